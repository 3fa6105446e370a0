"""How well a label map agrees with the truth: Dice, surface distances in mm and volume by structure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from OrthoDiffusionLib.findings.label_boxes import label_boxes, union
from OrthoDiffusionLib.volumes.face_neighbours import with_face_neighbours

if TYPE_CHECKING:
    from OrthoDiffusionLib.anatomy import Structure
    from OrthoDiffusionLib.volumes import Geometry, Volume

WORST_DISTANCE_MM = 100.0
"""Surface distance of a structure that is missed or invented, and the cap of every measured distance."""

TOLERANCES_MM = (1.0, 2.0)

BOTH, MISSED, FALSE, ABSENT = "both", "missed", "false", "absent"


@dataclass(frozen=True)
class StructureScore:
    """Agreement on one structure in one study.

    Attributes:
        presence: "both"; "missed" (in the truth only) and "false" (in the prediction only) score worst;
            "absent" (in neither) has no scores.
        dice: 2 |A ∩ B| / (|A| + |B|), in [0, 1].
        nsd_1mm, nsd_2mm: share of both surfaces within 1 or 2 mm of the other one, in [0, 1].
        hd95_mm: the larger of the two directed 95th percentiles of the surface distance.
        assd_mm: mean of all surface distances, both directions pooled.
        truth_ml, predicted_ml: volumes.
        volume_error_percent: 100 (predicted − truth) / truth; None without truth.
    """

    presence: str
    dice: float | None
    nsd_1mm: float | None
    nsd_2mm: float | None
    hd95_mm: float | None
    assd_mm: float | None
    truth_ml: float
    predicted_ml: float
    volume_error_percent: float | None

    def as_dict(self) -> dict:
        """The same as plain numbers, for JSON."""
        return asdict(self)


def score_labels(
    predicted: np.ndarray,
    truth: np.ndarray,
    labels: Mapping[str, int],
    spacing_mm: Sequence[float] | np.ndarray,
    *,
    counted: np.ndarray | None = None,
) -> dict[str, StructureScore]:
    """Score every structure of a label map.

    Definitions after Metrics Reloaded (Maier-Hein et al., 2024). A surface is the set of voxels of a
    structure with a face on something else, or on the edge of the grid; distances are between voxel centres.
    MONAI's metrics agree (a test compares them), but want one dense channel a structure, which is gigabytes
    on a whole knee.

    Args:
        predicted, truth: (I, J, K) labels, 0 or more, on one grid.
        labels: name → label value of each structure to score.
        spacing_mm: three voxel sides in the order of the axes; they may differ.
        counted: (I, J, K) bool; voxels outside count as background in both maps. None counts all.

    Raises:
        ValueError: for maps of different shape, other than 3D, or not of whole numbers of 0 and more.
    """
    if predicted.dtype.kind not in "biu" or truth.dtype.kind not in "biu":
        raise ValueError(f"label maps must hold whole numbers, got {predicted.dtype} and {truth.dtype}")
    if min(predicted.min(initial=0), truth.min(initial=0)) < 0:
        raise ValueError("labels must be 0 or more")
    if predicted.shape != truth.shape or predicted.ndim != 3:
        raise ValueError(f"two 3D label maps of one shape are needed, got {predicted.shape} and {truth.shape}")
    spacing = np.asarray(spacing_mm, dtype=float)
    if spacing.shape != (3,) or not np.all(np.isfinite(spacing)) or np.any(spacing <= 0):
        raise ValueError(f"spacing_mm must be three positive numbers, got {spacing_mm}")
    if counted is not None:
        if counted.shape != truth.shape:
            raise ValueError(f"counted must have the shape of the label maps {truth.shape}, got {counted.shape}")
        predicted, truth = predicted * counted, truth * counted
    in_predicted, in_truth = label_boxes(predicted), label_boxes(truth)
    boxes = {
        label: union([found[label] for found in (in_predicted, in_truth) if label in found])
        for label in in_predicted.keys() | in_truth.keys()
    }
    return {
        name: _score_structure(predicted[boxes[label]] == label, truth[boxes[label]] == label, spacing)
        if label in boxes
        else _without_surfaces(ABSENT, 0.0, 0.0)
        for name, label in labels.items()
    }


def score_volumes(
    predicted: Volume,
    truth: Volume,
    structures: Iterable[Structure],
    *,
    counted: np.ndarray | None = None,
) -> dict[str, StructureScore]:
    """Score two label Volumes that lie on the same grid in RAS.

    Raises:
        ValueError: if the grids differ; put the truth on the prediction's grid first.
    """
    if not predicted.geometry.is_same_grid(truth.geometry):
        raise ValueError("predicted and true labels must lie on the same grid in RAS")
    labels = {structure.name: structure.label for structure in structures}
    return score_labels(predicted.array, truth.array, labels, predicted.geometry.spacing_mm, counted=counted)


def imaged_region(geometry: Geometry, imaged: Iterable[Geometry]) -> np.ndarray:
    """(I, J, K) bool on `geometry`: inside the field of view of at least one of the imaged volumes."""
    inside = np.zeros(geometry.shape, dtype=bool)
    axes = np.ogrid[tuple(slice(0, n) for n in geometry.shape)]
    for other in imaged:
        to_other = np.linalg.inv(other.affine) @ geometry.affine
        seen = np.ones(geometry.shape, dtype=bool)
        for axis, size in enumerate(other.shape):
            x, y, z = (np.float32(to_other[axis, i]) * axes[i].astype(np.float32) for i in range(3))
            index = x + y + z + np.float32(to_other[axis, 3])
            seen &= (index >= -0.5) & (index <= size - 0.5)
        inside |= seen
    return inside


def _score_structure(predicted: np.ndarray, truth: np.ndarray, spacing: np.ndarray) -> StructureScore:
    voxel_ml = float(np.prod(spacing)) / 1000.0
    predicted_count, true_count = int(np.count_nonzero(predicted)), int(np.count_nonzero(truth))
    predicted_ml, truth_ml = predicted_count * voxel_ml, true_count * voxel_ml
    if not predicted_count or not true_count:
        return _without_surfaces(FALSE if predicted_count else MISSED, truth_ml, predicted_ml)
    to_truth, to_predicted = _surface_distances_mm(predicted, truth, spacing)
    pooled = np.concatenate((to_truth, to_predicted))
    return StructureScore(
        presence=BOTH,
        dice=2.0 * int(np.count_nonzero(predicted & truth)) / (predicted_count + true_count),
        nsd_1mm=_share_within(pooled, TOLERANCES_MM[0]),
        nsd_2mm=_share_within(pooled, TOLERANCES_MM[1]),
        hd95_mm=float(max(np.percentile(to_truth, 95), np.percentile(to_predicted, 95))),
        assd_mm=float(pooled.mean()),
        truth_ml=truth_ml,
        predicted_ml=predicted_ml,
        volume_error_percent=100.0 * (predicted_count - true_count) / true_count,
    )


def _without_surfaces(presence: str, truth_ml: float, predicted_ml: float) -> StructureScore:
    worst = None if presence == ABSENT else 0.0
    distance = None if presence == ABSENT else WORST_DISTANCE_MM
    error = -100.0 if presence == MISSED else None
    return StructureScore(presence, worst, worst, worst, distance, distance, truth_ml, predicted_ml, error)


def _share_within(distances_mm: np.ndarray, tolerance_mm: float) -> float:
    # A shift by exactly the tolerance counts as within it, whatever the rounding of the squared distances.
    return float(np.count_nonzero(distances_mm <= tolerance_mm + 1e-4) / distances_mm.size)


def _surface_distances_mm(a: np.ndarray, b: np.ndarray, spacing: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """From each surface voxel of a to the surface of b, and the other way round."""
    # A rim of background: the edge of the box must not hide a surface.
    surface_a, surface_b = (mask & with_face_neighbours(~mask) for mask in (np.pad(a, 1), np.pad(b, 1)))
    return _distance_to(surface_b, spacing)[surface_a], _distance_to(surface_a, spacing)[surface_b]


def _distance_to(surface: np.ndarray, spacing: np.ndarray) -> np.ndarray:
    image = sitk.GetImageFromArray(surface.view(np.uint8))
    # Only lengths are asked for: the axes may keep their order as long as the spacing turns with them.
    image.SetSpacing([float(s) for s in spacing[::-1]])
    squared = sitk.SignedMaurerDistanceMap(image, insideIsPositive=False, squaredDistance=True, useImageSpacing=True)
    distance = np.sqrt(np.maximum(sitk.GetArrayViewFromImage(squared), 0.0))
    return np.minimum(distance, WORST_DISTANCE_MM)
