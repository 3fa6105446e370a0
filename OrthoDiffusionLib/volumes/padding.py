"""Padding: voxels outside the scanned field, which hold a number that is no signal."""

from __future__ import annotations

import numpy as np


def without_padding(array: np.ndarray, *, declared: tuple[float, float] | None = None) -> tuple[np.ndarray, int]:
    """Give padding voxels the lowest value of the signal, so that nothing later takes them for tissue.

    Args:
        array: (I, J, K) stored or scaled values, NaN and infinite values allowed.
        declared: lowest and highest padding value, where the file names them (DICOM PixelPaddingValue and
            PixelPaddingRangeLimit, on the same scale as `array`).

    Returns:
        The array (the same one if nothing was padding) and how many voxels were padding.
    """
    padding = np.zeros(array.shape, bool)
    if declared is not None:
        low, high = sorted(declared)
        padding |= (array >= low) & (array <= high)
    if not padding.any() or padding.all():
        return array, 0
    return np.where(padding, array[~padding].min(), array), int(np.count_nonzero(padding))
