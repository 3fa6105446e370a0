"""Outlines that were drawn on different grids, brought onto one without moving a voxel that need not move."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from OrthoDiffusionLib.findings.label_resampling import labels_on
from OrthoDiffusionLib.volumes import Geometry, Volume

ALIGNED_VOXELS = 1e-3
"""Voxel centres that are off by less of a voxel lie on one another."""


def offset_in(grid: Geometry, other: Geometry) -> tuple[int, int, int] | None:
    """Where the first voxel of `other` lies in `grid`, in whole voxels; None if their voxels do not coincide."""
    to_grid = np.linalg.inv(grid.affine) @ other.affine
    reach = max(*grid.shape, *other.shape)
    if np.abs(to_grid[:3, :3] - np.eye(3)).max() * reach > ALIGNED_VOXELS:
        return None
    start = np.rint(to_grid[:3, 3])
    if np.abs(to_grid[:3, 3] - start).max() > ALIGNED_VOXELS:
        return None
    i, j, k = (int(value) for value in start)
    return i, j, k


def grid_around(grid: Geometry, others: Iterable[Geometry]) -> Geometry:
    """`grid`, grown by whole voxels until it holds the grids of `others` as well: nothing drawn outside it is lost."""
    low, high = np.zeros(3), np.asarray(grid.shape, float) - 1
    for other in others:
        index = grid.to_ijk(other.corners_ras)
        low, high = np.minimum(low, index.min(axis=0)), np.maximum(high, index.max(axis=0))
    first = [int(value) for value in np.floor(low + ALIGNED_VOXELS)]
    stop = [int(value) + 1 for value in np.ceil(high - ALIGNED_VOXELS)]
    return grid.cropped(first, stop)


def mask_on(mask: Volume, grid: Geometry) -> np.ndarray:
    """One structure's voxels on another grid.

    Args:
        mask: (I, J, K); what is not 0 belongs to the structure.
        grid: the wanted grid.

    Returns:
        (I, J, K) bool: copied where the voxels of both grids coincide, else by `labels_on`; outside of the mask's own
        grid it is False.
    """
    inside = mask.array != 0
    start = offset_in(grid, mask.geometry)
    if start is None:
        return labels_on(Volume(inside.astype(np.uint8), mask.geometry), grid).array != 0
    result = np.zeros(grid.shape, bool)
    source, target = [], []
    for first, size, room in zip(start, mask.array.shape, grid.shape, strict=True):
        low, high = max(0, first), min(room, first + size)
        if low >= high:
            return result
        source.append(slice(low - first, high - first))
        target.append(slice(low, high))
    result[tuple(target)] = inside[tuple(source)]
    return result
