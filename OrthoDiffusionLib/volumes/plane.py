"""Plane: the direction slices are cut in, and how radiologists hang them.

| plane | slices grow to | rows grow to | columns grow to |
|---|---|---|---|
| sagittal | Left | Inferior | Posterior |
| coronal | Posterior | Inferior | Left |
| axial | Superior | Posterior | Left |
"""

from __future__ import annotations

import enum

import numpy as np

from OrthoDiffusionLib.anatomy import BODY_AXES, Axes
from OrthoDiffusionLib.volumes.geometry import Geometry

MAX_3D_STEP_MM = 2.0
"""A volume whose slice step is no larger than this is 3D: it can be cut in any plane (ours)."""

_ROUNDING_MM = 0.01
"""Headers round places, some to hundredths of a millimetre; slices of 2 mm are then a little more or less apart."""


class Plane(enum.Enum):
    """One of the three planes of a joint protocol."""

    SAGITTAL = "sagittal"
    CORONAL = "coronal"
    AXIAL = "axial"

    @property
    def hanging(self) -> str:
        """Axis codes (slice, row, column) of a View of this plane."""
        return {"sagittal": "LIP", "coronal": "PIL", "axial": "SPL"}[self.value]

    @property
    def normal_axis(self) -> int:
        """World axis (0 R-L, 1 A-P, 2 S-I) the slices of this plane are stacked along."""
        return {"sagittal": 0, "coronal": 1, "axial": 2}[self.value]

    @classmethod
    def from_name(cls, name: str | Plane) -> Plane:
        """The plane of a name in any case.

        Raises:
            ValueError: naming the planes there are.
        """
        if isinstance(name, Plane):
            return name
        try:
            return cls(str(name).strip().lower())
        except ValueError:
            names = ", ".join(plane.value for plane in cls)
            raise ValueError(f"plane must be one of {names}, got {name!r} instead") from None


def slice_axis(geometry: Geometry) -> int:
    """The array axis slices are stacked along: the one of the largest spacing.

    Where the spacings are equal to within 1 % the axis with fewest voxels is taken, and the last of
    these, since files store slices last.
    """
    spacing = geometry.spacing_mm.tolist()
    largest = max(spacing)
    candidates = [axis for axis in range(3) if spacing[axis] >= largest * 0.99]
    fewest = min(geometry.shape[axis] for axis in candidates)
    return max(axis for axis in candidates if geometry.shape[axis] == fewest)


def slice_step_mm(geometry: Geometry) -> float:
    """Distance of slice centres, millimetres."""
    return float(geometry.spacing_mm[slice_axis(geometry)])


def is_3d(geometry: Geometry) -> bool:
    """Whether the volume may be cut in any plane: slice step of 2 mm or less."""
    return is_thin(slice_step_mm(geometry))


def is_thin(step_mm: float) -> bool:
    """Whether slices of this step, rounded as headers have it, are those of a 3D volume."""
    return step_mm <= MAX_3D_STEP_MM + _ROUNDING_MM


def plane_across(geometry: Geometry, axis: int, axes: Axes = BODY_AXES) -> Plane:
    """The plane of slices stacked along one array axis; the nearest plane if oblique.

    Args:
        axes: of the joint, in RAS: a shoulder's coronal slices stand 45° off the body's.
    """
    letter = geometry.in_axes(axes).axis_codes[axis]
    return {
        "R": Plane.SAGITTAL, "L": Plane.SAGITTAL,
        "A": Plane.CORONAL, "P": Plane.CORONAL,
        "S": Plane.AXIAL, "I": Plane.AXIAL,
    }[letter]  # fmt: skip


def degrees_from_next_plane(geometry: Geometry, axis: int, axes: Axes = BODY_AXES) -> float:
    """How far slices stacked along one array axis are from being nearer to another plane, 0 to 45 degrees."""
    along = np.sort(np.abs(np.asarray(axes, dtype=float) @ geometry.directions[:, axis]))
    return float(np.degrees(np.arctan2(along[-1], along[-2]))) - 45.0


def plane_of(geometry: Geometry, axes: Axes = BODY_AXES) -> Plane | None:
    """The plane of a joint of these axes that a stack was acquired in, by its slice axis.

    Returns:
        None if all three spacings agree to within 10 %: such a volume has no plane of its own.
    """
    spacing = geometry.spacing_mm
    if spacing.max() <= 1.1 * spacing.min():
        return None
    return plane_across(geometry, slice_axis(geometry), axes)
