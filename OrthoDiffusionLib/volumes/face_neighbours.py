"""A mask and the voxels beside it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def with_face_neighbours(mask: np.ndarray, axes: Sequence[int] = (0, 1, 2)) -> np.ndarray:
    """The mask and every voxel that shares a face with it.

    Many times as fast as scipy's `binary_dilation`, which looks at each voxel by itself.

    Args:
        mask: bool, any number of dimensions.
        axes: along which neighbours are looked for.
    """
    grown = mask.copy()
    for axis in axes:
        first, rest = [slice(None)] * mask.ndim, [slice(None)] * mask.ndim
        first[axis], rest[axis] = slice(None, -1), slice(1, None)
        grown[tuple(first)] |= mask[tuple(rest)]
        grown[tuple(rest)] |= mask[tuple(first)]
    return grown
