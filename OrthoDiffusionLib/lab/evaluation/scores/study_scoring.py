"""One analysed phantom against its truth: outlines, logits, and how far a point lies from its lesion."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.findings import Analysis, Calibration, Finding, Segmentation, structure_sizes
from OrthoDiffusionLib.lab.evaluation.scores.segmentation_scores import imaged_region, score_volumes
from OrthoDiffusionLib.volumes import Geometry, Volume

if TYPE_CHECKING:
    from collections.abc import Iterable

    from OrthoDiffusionLib.lab.phantom.datasets.cohort import PhantomStudy

_SURE = 1e-12


def with_raw_logits(bundle: Bundle) -> Bundle:
    """The same weights, with every finding assessed and its probability the plain sigmoid of its logit.

    An evaluation needs the logits, also those of findings that the bundle itself would not speak of: from them
    the calibration is fitted, and only from them it shows that a finding has become assessable.
    """
    identity = Calibration(1.0, 0.0, 1.0, 1.0, 1.0)
    names = [abnormality.name for abnormality in bundle.manifest.abnormalities]
    return replace(bundle, manifest=replace(bundle.manifest, calibration=dict.fromkeys(names, identity)))


class PhantomTruth:
    """What is true of a phantom on one grid; the grid is sampled once for outlines and lesions together."""

    def __init__(self, phantom: PhantomStudy, geometry: Geometry) -> None:
        self._tables = phantom.tables
        self._geometry = geometry
        self._parts = phantom.parts_on(geometry)

    @property
    def labels(self) -> Volume:
        """uint8 structure labels."""
        return Volume(self._tables.structure[self._parts], self._geometry)

    def lesion(self, abnormality: str) -> Volume | None:
        """uint8, 1 inside the lesion; None for an abnormality the phantom has no lesion of."""
        if abnormality not in self._tables.abnormality_names:
            return None
        bit = self._tables.abnormality_names.index(abnormality)
        return Volume(((self._tables.lesion >> bit) & 1).astype(np.uint8)[self._parts], self._geometry)


def score_structures(segmentation: Segmentation, truth: Volume, imaged: Iterable[Geometry]) -> dict[str, dict]:
    """Scores of every structure, and the error of the mean thickness of cartilages in mm.

    Args:
        segmentation: of the Analyzer, on its own grid.
        truth: uint8 labels on the same grid; labels of structures the bundle does not know are left out.
        imaged: geometries of the volumes that were analysed. What none of them shows is not counted: nobody
            can outline it.
    """
    known = np.zeros(256, dtype=np.uint8)
    for structure in segmentation.structures:
        known[structure.label] = structure.label
    counted = imaged_region(truth.geometry, imaged)
    truth = truth.with_array(known[truth.array] * counted)
    labels = segmentation.labels.with_array(segmentation.labels.array * counted)
    scores = score_volumes(labels, truth, segmentation.structures)
    thickness = [
        {
            m.structure: m.value
            for m in structure_sizes(Segmentation(volume, segmentation.structures, imaged=counted))
            if m.unit == "mm" and m.name == "mean_thickness"
        }
        for volume in (labels, truth)
    ]
    return {
        name: {
            **score.as_dict(),
            "thickness_error_mm": thickness[0][name] - thickness[1][name]
            if name in thickness[0] and name in thickness[1]
            else None,
        }
        for name, score in scores.items()
    }


def score_findings(
    analysis: Analysis,
    truth: Mapping[str, bool],
    lesion_of: Callable[[str], Volume | None],
) -> dict[str, dict]:
    """What each finding said, beside the truth; `recalibrated` turns the logits into the bundle's probabilities.

    Args:
        analysis: by an Analyzer of `with_raw_logits`.
        truth: abnormality → present; findings without a truth are left out.
        lesion_of: abnormality → its lesion, non-zero inside, on any grid; None where none is to be seen.
    """
    out = {}
    for finding in analysis.findings:
        if finding.name not in truth:
            continue
        positive = bool(truth[finding.name])
        logit = None if finding.probability is None else logit_of(finding.probability)
        out[finding.name] = {
            "positive": positive,
            "logit": logit,
            "probability": finding.probability,
            "assessed": False,
            "by_plane": {plane: logit_of(p) for plane, p in finding.by_plane.items()},
            "point_distance_mm": _point_distance_mm(finding, lesion_of) if positive else None,
        }
    return out


def logit_of(probability: float) -> float:
    """ln(p / (1 − p)), bounded where p is as good as 0 or 1."""
    p = min(max(float(probability), _SURE), 1.0 - _SURE)
    return math.log(p) - math.log1p(-p)


def distance_to_lesion_mm(point_ras: tuple[float, float, float], lesion: Volume) -> float | None:
    """From a point to the nearest voxel centre of a lesion, in mm; 0 inside it; None for an empty lesion."""
    inside = np.argwhere(lesion.array != 0)
    if not len(inside):
        return None
    nearest = np.rint(lesion.geometry.to_ijk(np.asarray(point_ras, dtype=float))).astype(int)
    in_grid = np.all((nearest >= 0) & (nearest < lesion.array.shape))
    if in_grid and lesion.array[tuple(nearest)] != 0:
        return 0.0
    offsets = lesion.geometry.to_ras(inside) - np.asarray(point_ras, dtype=float)
    return float(np.sqrt(np.square(offsets).sum(axis=1).min()))


def _point_distance_mm(finding: Finding, lesion_of: Callable[[str], Volume | None]) -> float | None:
    if finding.point_ras is None:
        return None
    lesion = lesion_of(finding.name)
    return None if lesion is None else distance_to_lesion_mm(finding.point_ras, lesion)
