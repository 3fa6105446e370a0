"""What the text header of a NRRD or MetaImage file says of the place of its voxels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.errors import Notice


@dataclass(frozen=True, eq=False)
class HeaderPlace:
    """A place, as far as ITK does not read it right by itself.

    Attributes:
        affine: index of the three axes in space → RAS mm; None where ITK's own geometry holds, times `scale`.
        scale: millimetres in the file's unit of length.
        notices: ``no_orientation``, ``orientation_unknown``, ``no_position`` or ``voxel_size_unit``.
    """

    affine: np.ndarray | None
    scale: float
    notices: tuple[Notice, ...]


def no_position(path: str | Path) -> Notice:
    """The notice of a file that states its axes but not where it begins."""
    return Notice("no_position", where=Path(path).name)


def numbers_in(text: str) -> list[float]:
    """The numbers of a field, parted by spaces; none if one of them is no number."""
    try:
        return [float(word) for word in text.split()]
    except ValueError:
        return []
