"""How far two readers' label maps of one case agree: Dice and surface distance, structure by structure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from OrthoDiffusionLib.annotation.label_layers import LabelLayers
from OrthoDiffusionLib.annotation.layers_file import read_layers
from OrthoDiffusionLib.annotation.one_lattice import grid_around, mask_on
from OrthoDiffusionLib.findings.label_boxes import box_between, padded
from OrthoDiffusionLib.volumes import Geometry, Volume
from OrthoDiffusionLib.volumes.face_neighbours import with_face_neighbours


@dataclass(frozen=True)
class Agreement:
    """One structure in two label maps.

    Attributes:
        key: the structure's name, or the segment's.
        title: for people.
        dice: 2 |A ∩ B| / (|A| + |B|), in [0, 1]; None where neither has a voxel.
        mean_mm: mean distance of the two surfaces, both directions pooled; None where one of them has none.
        worst_mm: the larger of the two directed 95th percentiles of that distance; None as above.
        one_ml, other_ml: volumes.
    """

    key: str
    title: str
    dice: float | None
    mean_mm: float | None
    worst_mm: float | None
    one_ml: float
    other_ml: float

    def as_dict(self) -> dict[str, Any]:
        """The same as plain values."""
        return asdict(self)


def compare_files(one: Path, other: Path) -> list[Agreement]:
    """Compare two segmentations.

    Raises:
        VolumeFileError: if one of them cannot be read.
    """
    return compare(read_layers(one), read_layers(other))


def compare(one: LabelLayers, other: LabelLayers) -> list[Agreement]:
    """Compare two segmentations; a second one on another grid is put on the first one's, grown to hold all of both.

    Returns:
        One line for each structure that either has, in the order of the first one.
    """
    grid = grid_around(one.geometry, [other.geometry])
    titles = {segment.key: segment.name for segment in (*other.segments, *one.segments)}
    keys = list(dict.fromkeys(segment.key for segment in (*one.segments, *other.segments)))
    return [_agreement(key, titles[key], _mask(one, key, grid), _mask(other, key, grid), grid) for key in keys]


def _mask(layers: LabelLayers, key: str, grid: Geometry) -> np.ndarray:
    """(I, J, K) bool on a grid; nothing if there is no such structure."""
    mask = np.zeros(layers.geometry.shape, bool)
    for segment in layers.segments_of(key):
        mask |= layers.mask(segment)
    if layers.geometry.is_same_grid(grid):
        return mask
    return mask_on(Volume(mask.astype(np.uint8), layers.geometry), grid)


def _agreement(key: str, title: str, one: np.ndarray, other: np.ndarray, grid: Geometry) -> Agreement:
    voxel_ml = grid.voxel_volume_mm3 / 1000.0
    counts = int(np.count_nonzero(one)), int(np.count_nonzero(other))
    dice = 2.0 * int(np.count_nonzero(one & other)) / sum(counts) if sum(counts) else None
    mean = worst = None
    if all(counts):
        there, back = _distances_mm(one, other, grid.spacing_mm)
        mean = float(np.concatenate((there, back)).mean())
        worst = float(max(np.percentile(there, 95), np.percentile(back, 95)))
    return Agreement(key, title, dice, mean, worst, counts[0] * voxel_ml, counts[1] * voxel_ml)


def _distances_mm(one: np.ndarray, other: np.ndarray, spacing_mm: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """From each surface voxel of the one to the surface of the other, and back; between voxel centres."""
    from scipy import ndimage

    found = ndimage.find_objects((one | other).astype(np.uint8))[0]
    box = padded(box_between([s.start for s in found], [s.stop for s in found]), 1, (one.shape[0], *one.shape[1:3]))
    surfaces = [part & with_face_neighbours(~part) for part in (np.pad(one[box], 1), np.pad(other[box], 1))]
    to_one, to_other = (ndimage.distance_transform_edt(~surface, sampling=spacing_mm) for surface in surfaces)
    return to_other[surfaces[0]], to_one[surfaces[1]]
