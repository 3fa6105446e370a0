"""From a calibration cohort to a bundle's training reference: what honest studies look like, and where they end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from OrthoDiffusionLib.analysis.analyzer import Analyzer
from OrthoDiffusionLib.analysis.training_likeness import (
    CERTAINTY,
    FEATURES,
    REFERENCE_FILE,
    FeatureSpace,
    ViewObservation,
)
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.bundles.training_reference import TrainingReference, UsualRange
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.evaluation.cohorts.cohort_run import choose_studies
from OrthoDiffusionLib.lab.evaluation.cohorts.kept_observations import KeptObservations
from OrthoDiffusionLib.lab.evaluation.scores.folds import folds_of
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import weights_of
from OrthoDiffusionLib.progress import ProgressCallback, report
from OrthoDiffusionLib.volumes import Plane, Study

if TYPE_CHECKING:
    from OrthoDiffusionLib.lab.phantom.datasets.cohort import Cohort

LEAST_STUDIES = 8  # ours: of a plane; fewer say nothing about what is usual
AXES = 4  # of the features' Gaussian; with some 60 views a plane, more fit their noise
FOLDS = 5
EDGE = 98.0
"""Percentile of one statistic, by which studies are compared: which of them lies farthest out."""

LEFT_OUT = 0.02
"""Share of the honest studies, the farthest ones and one at least, that no limit has to let pass."""

MARGIN = 1.25
"""How far a limit lies beyond the farthest of the other studies: the next hundred will have a farther one (ours)."""

TOLERANCE = {
    "slice_distance": 1.0, "slice_order": 0.15, "background": 0.3, "brightness": 0.1, "detail": 2.0, "void_rim": 0.5,
    "ghosting": 0.05, CERTAINTY: 0.02, FEATURES: 0.25,
}  # fmt: skip
"""Statistic -> the least distance of its limit from its centre: digital studies vary less than real ones (assumed)."""

LOW, HIGH = "low", "high"
SIDES: Mapping[str, tuple[str, ...]] = {"slice_distance": (LOW, HIGH), "detail": (LOW, HIGH), CERTAINTY: (LOW,)}
"""On which sides of its centre a statistic is unlike; above it alone for all others."""


Observations = Sequence[Mapping[Plane, ViewObservation]]
"""One mapping for each study."""


def observe_cohort(
    bundle: Bundle,
    cohort: Cohort,
    *,
    count: int,
    lines: Path | None = None,
    device: str = "auto",
    progress: ProgressCallback | None = None,
) -> list[Mapping[Plane, ViewObservation]]:
    """The first studies of a cohort; those that `lines` holds of the same weights are read from there.

    Args:
        bundle: whose encoders look.
        cohort: of honest studies that no figure is printed for.
        count: how many studies.
        lines: a file that grows by a line a study; None keeps nothing.
        device: "auto", "cpu" or "cuda".
        progress: gets every study; may raise `Cancelled`, finished studies stay finished.
    """
    numbers = choose_studies(len(cohort), count, None, where=cohort.name)
    kept = KeptObservations(lines, weights_of(bundle.manifest))
    analyzer: Analyzer | None = None
    found = []
    for done, number in enumerate(numbers):
        name = cohort.study_name(number)
        report(progress, "reference", done / len(numbers), f"Study {done + 1} of {len(numbers)}")
        if name not in kept:
            analyzer = analyzer or Analyzer(bundle, device=device)
            phantom = cohort.study(number)
            study = Study.from_volumes(phantom.volumes, side=phantom.side, joint=analyzer.joint)
            kept.add(name, analyzer.observed(study))
        found.append(kept[name])
    return found


def fit_reference(
    observations: Observations, *, cohort: str, patients: Sequence[str] | None = None
) -> tuple[TrainingReference, dict[str, np.ndarray]]:
    """The reference that 98 % of honest studies are well within, and the tensors of its file.

    Each statistic has its own limit: one study that is odd in one of them widens no other's.

    Args:
        observations: of honest studies.
        cohort: their name and version.
        patients: who each study is of; None if each is of another.

    Raises:
        TrainingError: if there are too few of a plane, or all are of one patient.
    """
    tensors: dict[str, np.ndarray] = {}
    edges: dict[Plane, dict[str, UsualRange]] = {}
    values: dict[Plane, list[dict[str, float]]] = {}
    everyone = [str(number) for number in range(len(observations))] if patients is None else patients
    for plane in Plane:
        views = [study[plane] for study in observations if plane in study]
        if not views:
            continue
        if len(views) < LEAST_STUDIES:
            raise TrainingError(
                f"Only {len(views)} of the studies have a {plane.value} view; {LEAST_STUDIES} are needed",
                remedy="Take more studies.",
            )
        features = np.stack([view.features for view in views])
        tensors |= fit_feature_space(features).tensors(plane)
        people = np.array([who for who, study in zip(everyone, observations, strict=True) if plane in study])
        if len(np.unique(people)) < 2:
            raise TrainingError(
                f"All studies with a {plane.value} view are of one patient", remedy="Take studies of several."
            )
        distances = _distances_unseen(features, people)
        values[plane] = [
            {**view.statistics, FEATURES: distance} for view, distance in zip(views, distances, strict=True)
        ]
        edges[plane] = _edges(values[plane])
    scores = np.array(_study_scores(observations, values, edges))
    kept = np.ones(len(scores), bool)
    kept[np.argsort(-scores)[: max(1, int(LEFT_OUT * len(scores)))]] = False
    views_of = {}
    for plane, own in edges.items():
        seen = kept[[plane in study for study in observations]]
        near = [view for view, keep in zip(values[plane], seen, strict=True) if keep]
        views_of[plane] = {name: _beyond(name, edge, near) for name, edge in own.items()}
    return TrainingReference(REFERENCE_FILE, cohort, len(observations), views_of), tensors


def fit_feature_space(features: np.ndarray) -> FeatureSpace:
    """A FeatureSpace for the features (N, D) of honest views."""
    mean = features.mean(axis=0)
    scale = features.std(axis=0) + 1e-3 * float(np.abs(features).mean()) + 1e-6
    standard = (features - mean) / scale
    _, singular, axes = np.linalg.svd(standard, full_matrices=False)
    variances = singular**2 / max(1, len(features) - 1)
    kept = max(1, min(AXES, len(features) // 8))
    left = features.shape[1] - kept
    rest = max(float(variances[kept:].sum()) / max(1, left), 1e-3)
    return FeatureSpace(mean, scale, axes[:kept], np.maximum(variances[:kept], rest), np.array([rest]))


def _distances_unseen(features: np.ndarray, patients: np.ndarray) -> np.ndarray:
    """(N,) distance of each view in the space fitted to the views of the other folds, which are of other patients."""
    distances = np.zeros(len(features))
    folds = folds_of(patients, FOLDS)
    for fold in np.unique(folds):
        own = folds == fold
        space = fit_feature_space(features[~own])
        distances[own] = [space.distance(each) for each in features[own]]
    return distances


def _edges(values: Sequence[Mapping[str, float]]) -> dict[str, UsualRange]:
    """Where each statistic's own scale ends."""
    found = {}
    for name, tolerance in TOLERANCE.items():
        sample = np.array([view[name] for view in values if name in view])
        if len(sample) < LEAST_STUDIES:
            continue
        centre = float(np.median(sample))
        sides = SIDES.get(name, (HIGH,))
        above = max(float(np.percentile(sample, EDGE, method="lower")) - centre, tolerance)
        below = max(centre - float(np.percentile(sample, 100.0 - EDGE, method="higher")), tolerance)
        found[name] = UsualRange(
            centre, centre - below if LOW in sides else None, centre + above if HIGH in sides else None
        )
    return found


def _study_scores(
    observations: Observations,
    values: Mapping[Plane, Sequence[Mapping[str, float]]],
    ranges: Mapping[Plane, Mapping[str, UsualRange]],
) -> list[float]:
    """The score of every study: of its farthest statistic in any plane."""
    rows = {plane: iter(views) for plane, views in values.items()}
    return [
        max(
            ranges[plane][name].score(value)
            for plane in study
            for name, value in next(rows[plane]).items()
            if name in ranges[plane]
        )
        for study in observations
    ]


def _beyond(name: str, edge: UsualRange, views: Sequence[Mapping[str, float]]) -> UsualRange:
    """The range with limits beyond all these views, by the margin, and no nearer than the tolerance; rounded.

    Args:
        edge: centre, and on which sides a value may be too far.
        views: of the studies that shall pass.
    """
    away = np.array([view[name] - edge.centre for view in views if name in view])

    def limit(side: float) -> float:
        farthest = float((side * away).max()) if len(away) else 0.0
        return round(edge.centre + side * max(MARGIN * farthest, TOLERANCE[name]), 4)

    return UsualRange(
        round(edge.centre, 4),
        None if edge.lowest is None else limit(-1.0),
        None if edge.highest is None else limit(1.0),
    )
