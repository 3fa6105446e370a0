"""Acquisition: the slice stacks a study is taken with, as technicians place them around a joint."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..volumes.geometry import Geometry, direction_vectors
from ..volumes.plane import Plane
from .pose import rotation_matrix

PIXEL_MM = 0.8
"""In-plane pixel of views made for training, millimetres; the bundles' grids use the same."""

STYLES = ("mixed", "slices", "isotropic")


@dataclass(frozen=True)
class Acquisition:
    """One stack of slices.

    Attributes:
        plane: what the stack is meant to show.
        geometry: (S, H, W) grid hung as `plane.hanging`, voxel index to RAS millimetres of the right-knee world.
        thickness_fraction: slice thickness as a share of the slice step; the rest is gap.
        blur_mm: extra in-plane blur (standard deviation) of a 3D volume that was cut anew, 0 for 2D slices.
    """

    plane: Plane
    geometry: Geometry
    thickness_fraction: float
    blur_mm: float = 0.0


# Length covered across the slices, millimetres: mean, standard deviation, least, most. Assumed from usual protocols.
_COVERAGE_MM = {
    Plane.SAGITTAL: (100.0, 10.0, 80.0, 128.0),
    Plane.CORONAL: (100.0, 12.0, 78.0, 130.0),
    Plane.AXIAL: (118.0, 12.0, 90.0, 145.0),
}
# Where the middle of the stack is meant to lie against the joint's origin, RAS millimetres.
_CENTRE_RAS = np.array([0.0, 3.0, 5.0])


def draw_style(rng: np.random.Generator) -> str:
    """One study in ten is a 3D volume cut in three planes, the rest are ordinary slices."""
    return "isotropic" if rng.random() < 0.1 else "slices"


def draw_acquisitions(
    rng: np.random.Generator, *, style: str = "mixed", pixel_mm: float | None = PIXEL_MM
) -> dict[Plane, Acquisition]:
    """Draw the three stacks of a study.

    Args:
        rng: the only source of chance.
        style: "slices" for three 2D stacks, "isotropic" for one fine 3D volume cut in three planes, "mixed" for
            either.
        pixel_mm: in-plane pixel; None draws one a clinic would store, 0.4 to 0.62 mm.

    Raises:
        ValueError: for an unknown style.
    """
    if style not in STYLES:
        raise ValueError(f"style must be one of {', '.join(STYLES)}, got {style!r} instead")
    if (draw_style(rng) if style == "mixed" else style) == "isotropic":
        return _draw_isotropic(rng, pixel_mm)
    return {plane: _draw_slices(rng, plane, pixel_mm) for plane in Plane}


def _draw_slices(rng: np.random.Generator, plane: Plane, pixel_mm: float | None) -> Acquisition:
    step = float(np.clip(rng.normal(3.4, 0.5), 2.5, 4.5))
    mean, deviation, least, most = _COVERAGE_MM[plane]
    coverage = float(np.clip(rng.normal(mean, deviation), least, most))
    slices = int(np.clip(round(coverage / step), 20, 40))
    height = float(np.clip(rng.normal(154.0, 14.0), 112.0, 178.0))
    # Many stacks are square; others leave out rows or columns where only air would be.
    width = height if rng.random() < 0.5 else height * float(rng.uniform(0.8, 1.0))
    oblique = rng.normal(0.0, [2.5, 2.5, 4.0])
    if rng.random() < 0.1:
        oblique[int(rng.integers(3))] = rng.uniform(-15.0, 15.0)
    centre = _CENTRE_RAS + rng.normal(0.0, [3.5, 5.0, 6.0])
    pixel = float(rng.uniform(0.4, 0.62)) if pixel_mm is None else pixel_mm
    geometry = _stack(plane, (slices, step), (max(height, 110.0), max(width, 110.0)), pixel, centre, oblique)
    return Acquisition(plane, geometry, float(rng.uniform(0.7, 1.0)))


def _draw_isotropic(rng: np.random.Generator, pixel_mm: float | None) -> dict[Plane, Acquisition]:
    # One box for all planes: a 3D volume has one place and one obliquity, and shows more thigh and calf.
    box = np.array([rng.uniform(96.0, 140.0), rng.uniform(125.0, 160.0), rng.uniform(130.0, 175.0)])
    centre = _CENTRE_RAS + rng.normal(0.0, [3.0, 5.0, 7.0])
    oblique = rng.normal(0.0, [2.0, 2.0, 3.0])
    blur = float(rng.uniform(0.2, 0.45))
    pixel = float(rng.uniform(0.4, 0.62)) if pixel_mm is None else pixel_mm
    step, thickness = 3.0, float(rng.uniform(0.6, 1.0))
    stacks = {}
    for plane in Plane:
        slice_axis, row_axis, column_axis = _world_axes(plane)
        slices = int(box[slice_axis] / step)
        geometry = _stack(plane, (slices, step), (box[row_axis], box[column_axis]), pixel, centre, oblique)
        stacks[plane] = Acquisition(plane, geometry, thickness, blur)
    return stacks


def _world_axes(plane: Plane) -> tuple[int, int, int]:
    return tuple(int(axis) for axis in np.abs(direction_vectors(plane.hanging)).argmax(axis=0))


def _stack(
    plane: Plane,
    slices_and_step: tuple[int, float],
    field_of_view_mm: tuple[float, float],
    pixel_mm: float,
    centre_ras: np.ndarray,
    oblique_deg: np.ndarray,
) -> Geometry:
    slices, step = slices_and_step
    height, width = (int(length / pixel_mm) for length in field_of_view_mm)
    return Geometry.from_axes(
        (slices, height, width),
        spacing_mm=(step, pixel_mm, pixel_mm),
        directions=rotation_matrix(oblique_deg) @ direction_vectors(plane.hanging),
        centre_ras=tuple(centre_ras),
    )


def draw_volume_acquisition(rng: np.random.Generator) -> Acquisition:
    """One sagittal 3D volume of about 0.6 x 0.6 x 1 mm, as a research protocol stores it."""
    pixel, step = float(rng.uniform(0.5, 0.65)), float(rng.uniform(0.8, 1.2))
    box = (rng.uniform(100.0, 130.0), rng.uniform(135.0, 170.0), rng.uniform(130.0, 155.0))
    centre = _CENTRE_RAS + rng.normal(0.0, [3.0, 5.0, 7.0])
    oblique = rng.normal(0.0, [2.0, 2.0, 3.0])
    geometry = _stack(Plane.SAGITTAL, (int(box[0] / step), step), box[1:], pixel, centre, oblique)
    return Acquisition(Plane.SAGITTAL, geometry, 1.0)
