"""Whether a study looks like those that the model was trained on: its encoders' features and a few named numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from safetensors.numpy import load_file

from OrthoDiffusionLib.analysis.view_statistics import view_statistics
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.bundles.training_reference import UsualRange
from OrthoDiffusionLib.encoders import FeaturePyramid
from OrthoDiffusionLib.errors import BundleError
from OrthoDiffusionLib.findings.plausibility import PlaneOutlines
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.unlikeness import LIMIT, PlaneUnlikeness
from OrthoDiffusionLib.views import View
from OrthoDiffusionLib.volumes import Plane

REFERENCE_FILE = "training_reference.safetensors"

FINE_LEVELS = 2
"""The finest levels of an encoder, which say more of noise than of anatomy, are left out where there are others."""

FEATURES, CERTAINTY = "features", "certainty"


@dataclass(frozen=True, eq=False)
class FeatureSpace:
    """Where the pooled features of one plane's honest views lie: a Gaussian along a few axes, and round elsewhere.

    Probabilistic principal components (Tipping and Bishop 1999, J. R. Stat. Soc. B 61:611) of standardised features.

    Attributes:
        mean, scale: (D,) of the features.
        axes: (K, D) orthonormal.
        variances: (K,) along the axes.
        rest: (1,) variance along each other direction.
    """

    mean: np.ndarray
    scale: np.ndarray
    axes: np.ndarray
    variances: np.ndarray
    rest: np.ndarray

    def distance(self, features: np.ndarray) -> float:
        """Mahalanobis distance of features (D,), by the square root of D: about 1 for an honest view."""
        z = (features - self.mean) / self.scale
        along = self.axes @ z
        outside = max(float(z @ z - along @ along), 0.0) / float(self.rest[0])
        return float(np.sqrt((float((along**2 / self.variances).sum()) + outside) / len(z)))

    def tensors(self, plane: Plane) -> dict[str, np.ndarray]:
        """As they stand in the bundle's file."""
        parts = {name: getattr(self, name).astype(np.float32) for name in FEATURE_PARTS}
        return {f"{plane.value}.{name}": value for name, value in parts.items()}


FEATURE_PARTS = ("mean", "scale", "axes", "variances", "rest")


@torch.inference_mode()
def pooled_features(pyramid: FeaturePyramid) -> np.ndarray:
    """(D,) float32 mean and standard deviation of every channel of the encoder's coarser levels over a view."""
    levels = pyramid.levels[FINE_LEVELS:] or pyramid.levels[-1:]
    pooled = []
    for level in levels:
        part = level.features.float().flatten(1)
        mean = part.mean(dim=1)
        # torch's own deviation takes five times as long
        pooled += [mean, (part - mean[:, None]).square_().mean(dim=1).sqrt()]
    return torch.cat(pooled).cpu().numpy()


@dataclass(frozen=True, eq=False)
class ViewObservation:
    """What is looked at in one view.

    Attributes:
        statistics: those that can be said in words.
        features: (D,) of its encoder, by `pooled_features`.
    """

    statistics: Mapping[str, float]
    features: np.ndarray


def observe(
    views: Mapping[Plane, View], pyramids: Mapping[Plane, FeaturePyramid], alone: Mapping[Plane, PlaneOutlines]
) -> dict[Plane, ViewObservation]:
    """What is looked at in every view of a study.

    Args:
        views: as the encoders were shown them.
        pyramids: what the encoders say.
        alone: what each plane says of the structures without the others.
    """
    return {
        plane: ViewObservation(
            {**view_statistics(view), CERTAINTY: alone[plane].certainty}, pooled_features(pyramids[plane])
        )
        for plane, view in views.items()
    }


class TrainingLikeness:
    """Scores studies against the training reference of a bundle.

    Args:
        bundle: whose encoders look at the studies.

    Raises:
        BundleError: if it has none, or its file lacks a part.
    """

    def __init__(self, bundle: Bundle) -> None:
        reference = bundle.manifest.training_reference
        if reference is None:
            raise BundleError(Message("bundle", "no_reference"), where=str(bundle.folder))
        self._ranges = reference.views
        tensors = load_file(bundle.weight_paths[reference.file])
        try:
            self._spaces = {
                plane: FeatureSpace(*(tensors[f"{plane.value}.{name}"] for name in FEATURE_PARTS))
                for plane in reference.views
            }
        except KeyError as error:
            missing = f"{reference.file}: {error.args[0]}"
            raise BundleError(Message("bundle", "lacks_part", {"name": missing}), where=str(bundle.folder)) from error

    def of(self, observed: Mapping[Plane, ViewObservation]) -> dict[str, PlaneUnlikeness]:
        """Plane key -> its score, for every view whose plane the reference knows."""
        found = {}
        for plane, view in observed.items():
            if plane in self._ranges:
                statistics = {**view.statistics, FEATURES: self._spaces[plane].distance(view.features)}
                found[plane.value] = judged(statistics, self._ranges[plane])
        return found


def judged(statistics: Mapping[str, float], ranges: Mapping[str, UsualRange]) -> PlaneUnlikeness:
    """The score of a plane, that of its farthest statistic, and the words for all beyond their limits."""
    scores = {name: ranges[name].score(value) for name, value in statistics.items() if name in ranges}
    beyond = sorted((name for name in scores if scores[name] >= LIMIT), key=lambda name: -scores[name])
    # What can be said in words comes before what only the networks see.
    beyond.sort(key=lambda name: name == FEATURES)
    reasons = tuple(_in_words(name, statistics[name], ranges[name]) for name in beyond)
    return PlaneUnlikeness(max(scores.values(), default=0.0), reasons)


def _in_words(name: str, value: float, usual: UsualRange) -> Message:
    """A reason that a reader can check by looking at the images, but for the last."""
    if name == "slice_distance":
        return Message("unlike", "slice_distance", {"value": value, "usual": usual.centre})
    if name == "detail":
        return Message("unlike", "hard_edges") if value > usual.centre else Message("unlike", "smeared")
    if name == CERTAINTY and math.isfinite(value):
        return Message("unlike", "certainty", {"value": value, "usual": usual.centre})
    return _PLAIN.get(name) or Message("unlike", "features")


_PLAIN = {
    "slice_order": Message("unlike", "slice_order"),
    "background": Message("unlike", "background"),
    "brightness": Message("unlike", "brightness"),
    "void_rim": Message("unlike", "void_rim"),
    "ghosting": Message("unlike", "ghosting"),
}
