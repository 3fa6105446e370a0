"""Slices that do not lie quite above each other, brought above the first: a Volume has perpendicular axes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from OrthoDiffusionLib.volumes.dicom.slices import DicomSlice
from OrthoDiffusionLib.volumes.dicom.stacks import beside_of

MOST_ASIDE_MM = 0.2
"""Headers round places by less than this, and it is less than a pixel: such slices stay as they are (ours)."""


def straightened(array: np.ndarray, slices: Sequence[DicomSlice]) -> tuple[np.ndarray, float]:
    """Move slices within their own planes to where a stack on perpendicular axes has them, by linear interpolation.

    Args:
        array: (columns, rows, slices) values.
        slices: of that array, in its order.

    Returns:
        The array (the same one if nothing had to be moved), and by how much a slice was moved at most, millimetres.
        What was not imaged gets the nearest value of its slice.
    """
    beside = beside_of(slices)
    aside_mm = beside - beside[0]
    farthest_mm = float(np.linalg.norm(aside_mm, axis=1).max())
    if farthest_mm <= MOST_ASIDE_MM:
        return array, 0.0
    from scipy.ndimage import shift

    moved = np.empty(array.shape, array.dtype)
    for number, pixels in enumerate(aside_mm / slices[0].pixel_mm):
        place = shift(array[..., number].astype(np.float32), pixels, order=1, mode="nearest")
        moved[..., number] = np.rint(place) if array.dtype.kind in "iu" else place
    return moved, farthest_mm
