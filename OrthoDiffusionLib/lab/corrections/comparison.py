"""A structure as it was predicted and as a person left it: overlap, surface distance, volume."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from OrthoDiffusionLib.annotation.one_lattice import grid_around, mask_on
from OrthoDiffusionLib.lab.evaluation.scores.segmentation_scores import BOTH, score_labels
from OrthoDiffusionLib.volumes import Geometry, Volume


@dataclass(frozen=True)
class StructureChange:
    """What a correction did to one structure.

    Attributes:
        changed: whether any voxel is another.
        dice: of prediction and correction, in [0, 1]; None where neither has a voxel.
        mean_mm: mean distance of the two surfaces, both directions pooled; None where one of them is empty.
        hd95_mm: the larger of the two directed 95th percentiles of that distance; None as above.
        before_ml, after_ml: volumes.
        added_ml, removed_ml: what is in the correction alone, and in the prediction alone.
    """

    changed: bool
    dice: float | None
    mean_mm: float | None
    hd95_mm: float | None
    before_ml: float
    after_ml: float
    added_ml: float
    removed_ml: float

    def as_dict(self) -> dict:
        """The same as plain numbers, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping) -> StructureChange:
        """What `as_dict` made.

        Raises:
            TypeError: if it is none.
        """
        return cls(**content)


def compare(before: Volume | None, after: Volume | None) -> StructureChange:
    """Compare a structure's prediction with its correction.

    Args:
        before, after: (I, J, K), what is not 0 belongs to the structure; None for no voxel at all. On the same lattice
            as a rule; an `after` on another grid is brought onto that of `before`.

    Returns:
        Scores on the prediction's voxels, grown to hold all of both.
    """
    grids = [volume.geometry for volume in (before, after) if volume is not None]
    if not grids:
        return StructureChange(False, None, None, None, 0.0, 0.0, 0.0, 0.0)
    grid = grid_around(grids[0], grids[1:])
    one, two = (_on(volume, grid) for volume in (before, after))
    millilitres = grid.voxel_volume_mm3 / 1000.0
    volumes = [float(np.count_nonzero(mask)) * millilitres for mask in (one, two, two & ~one, one & ~two)]
    if np.array_equal(one, two):
        there = bool(one.any())
        exact = (1.0, 0.0, 0.0) if there else (None, None, None)
        return StructureChange(False, *exact, *volumes)
    score = score_labels(one.view(np.uint8), two.view(np.uint8), {"": 1}, grid.spacing_mm)[""]
    distances = (score.assd_mm, score.hd95_mm) if score.presence == BOTH else (None, None)
    return StructureChange(True, score.dice, *distances, *volumes)


def _on(volume: Volume | None, grid: Geometry) -> np.ndarray:
    return np.zeros(grid.shape, bool) if volume is None else mask_on(volume, grid)
