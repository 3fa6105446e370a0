"""A place for arrays that come without one: hung as radiologists look at them, centred, with a usual spacing."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from OrthoDiffusionLib.volumes import Geometry, Plane, Volume, write_volume
from OrthoDiffusionLib.volumes.files.atomic import make_folder

_RAS = {"R": (0, 1), "L": (0, -1), "A": (1, 1), "P": (1, -1), "S": (2, 1), "I": (2, -1)}


def directions_of(codes: str) -> np.ndarray:
    """(3, 3) unit vectors in RAS, a column for each axis, from the letters of where each axis grows to, e.g. "LIP"."""
    found = np.zeros((3, 3))
    for column, letter in enumerate(codes):
        axis, sign = _RAS[letter]
        found[axis, column] = sign
    return found


def placed(array: np.ndarray, plane: Plane, *, pixel_mm: float, step_mm: float) -> Volume:
    """A stack of slices as a Volume.

    Args:
        array: (slice, row, column), rows from above to below or from front to back as they are looked at.
        plane: says the directions: those of the plane's hanging.
        pixel_mm, step_mm: of rows and columns, and of slices.

    Returns:
        A Volume whose middle is the world's origin.
    """
    geometry = Geometry.from_axes(
        array.shape,
        spacing_mm=(step_mm, pixel_mm, pixel_mm),
        directions=directions_of(plane.hanging),
        centre_ras=(0.0, 0.0, 0.0),
    )
    return Volume(array, geometry)


def write_once(path: Path, volume: Volume) -> Path:
    """Write an image, unless it is there: a conversion that was stopped goes on."""
    if not path.exists():
        make_folder(path.parent)
        write_volume(volume, path)
    return path
