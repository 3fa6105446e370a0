"""Sums over blocks of an array."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike


def block_sums(array: np.ndarray, size: int, axes: Sequence[int], dtype: DTypeLike) -> np.ndarray:
    """Sums of every `size` entries along some axes.

    Whole arrays are added; numpy's own sums over a short axis take many times as long.

    Args:
        array: any number of dimensions; what is left over at the end of an axis is cut off.
        size: 1 or more.
        axes: one after the other.
        dtype: of the sums, which must hold them.
    """
    for axis in axes:
        along = np.moveaxis(array, axis, 0)
        whole = len(along) // size * size
        total = along[:whole:size].astype(dtype)
        for start in range(1, size):
            total += along[start:whole:size]
        array = np.moveaxis(total, 0, axis)
    return array
