"""Voxel sizes as files state them: in which unit, and whether they are possible."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from OrthoDiffusionLib.errors import Notice, VolumeFileError
from OrthoDiffusionLib.messages import Message

UNITS = {"m": 1000.0, "cm": 10.0, "mm": 1.0, "um": 0.001}
"""Millimetres in a unit of length."""

SMALLEST_MM, LARGEST_PIXEL_MM, LARGEST_STEP_MM = 0.05, 10.0, 100.0
"""Voxels of MR of a joint measure 0.1 to 10 mm; the slices of a localizer may lie farther apart. The range is
narrower than the 1000 between one unit and the next, so that only one of m, mm and µm can be right."""


def millimetres(spacing: np.ndarray, unit: str, path: str | Path) -> tuple[float, tuple[Notice, ...]]:
    """How many millimetres the file's unit of length is.

    Args:
        spacing: (3,) voxel size as it stands in the file.
        unit: one of `UNITS` as the file says it; "" where it says none, which means millimetres.
        path: for messages.

    Returns:
        The factor, and ``voxel_size_unit`` if the unit cannot be right and another one is.

    Raises:
        VolumeFileError: if the voxel size is plausible in no unit.
    """
    declared = unit if unit in UNITS else "mm"
    if is_plausible(spacing * UNITS[declared]):
        return UNITS[declared], ()
    for other in ("mm", "m", "um"):
        if is_plausible(spacing * UNITS[other]):
            return UNITS[other], (_another_unit(spacing, declared, other, path),)
    sizes_mm = (spacing * UNITS[declared]).tolist()
    raise VolumeFileError(Message("file", "voxel_size", {"sizes_mm": sizes_mm}), where=str(path))


def is_plausible(spacing_mm: np.ndarray) -> bool:
    """Whether voxels of this size (3,) may be those of a joint's images."""
    low, middle, high = np.sort(spacing_mm)
    return bool(low >= SMALLEST_MM and middle <= LARGEST_PIXEL_MM and high <= LARGEST_STEP_MM)


def _another_unit(spacing: np.ndarray, declared: str, other: str, path: str | Path) -> Notice:
    values = {"sizes": spacing.tolist(), "declared": declared, "taken": other}
    return Notice("voxel_size_unit", where=Path(path).name, values=values)


def no_spacing(path: str | Path) -> VolumeFileError:
    """The error of a file that does not state its voxel size."""
    return VolumeFileError(Message("file", "no_voxel_size"), where=str(path))
