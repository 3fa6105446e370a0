"""ViewGrid: the grid a plane's volume is prepared to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from OrthoDiffusionLib.volumes import Plane


@dataclass(frozen=True, slots=True)
class ViewGrid:
    """What an encoder expects of its plane. Physical spacing is fixed, the size follows the patient.

    Attributes:
        plane: sagittal, coronal or axial; its hanging gives the axes (slice, row, column).
        in_plane_mm: pixel size of rows and columns.
        slice_mm: step to which a 3D volume is reformatted; a 2D stack keeps its own.
        max_slices: with more than these, slices are averaged to a larger step.
        max_size: with more rows or columns than these, the view is cropped around the body.
    """

    plane: Plane
    in_plane_mm: float = 0.8
    slice_mm: float = 3.0
    max_slices: int = 48
    max_size: int = 256

    def __post_init__(self) -> None:
        for name in ("in_plane_mm", "slice_mm"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} must be a positive number of millimetres, got {value}")
        for name in ("max_slices", "max_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, got {getattr(self, name)}")

    def as_dict(self) -> dict[str, object]:
        """As it stands in a bundle's manifest."""
        return {**asdict(self), "plane": self.plane.value}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> ViewGrid:
        """Reads what `as_dict` gave.

        Raises:
            ValueError: for unknown keys or values out of range.
        """
        unknown = set(fields) - set(cls.__dataclass_fields__)
        if unknown:
            raise ValueError(f"a view grid has no {', '.join(sorted(unknown))}")
        return cls(**{**fields, "plane": Plane.from_name(fields["plane"])})
