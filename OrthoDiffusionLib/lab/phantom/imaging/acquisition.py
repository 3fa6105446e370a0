"""Acquisition: the slice stacks a study is taken with, as technicians place them around a joint."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.lab.phantom.engine.placing import Placing
from OrthoDiffusionLib.lab.phantom.engine.pose import rotation_matrix
from OrthoDiffusionLib.volumes.geometry import Geometry, direction_vectors
from OrthoDiffusionLib.volumes.plane import Plane

PIXEL_MM = 0.8
"""In-plane pixel of views made for training, millimetres; the bundles' grids use the same."""

_MOST_FIELD_OF_VIEW_MM = 260.0  # assumed: the largest that a knee protocol uses

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


def draw_style(rng: np.random.Generator) -> str:
    """One study in ten is a 3D volume cut in three planes, the rest are ordinary slices."""
    return "isotropic" if rng.random() < 0.1 else "slices"


def draw_acquisitions(
    rng: np.random.Generator, placing: Placing, *, style: str = "mixed", pixel_mm: float | None = PIXEL_MM
) -> dict[Plane, Acquisition]:
    """Draw the three stacks of a study.

    Args:
        rng: the only source of chance.
        placing: of the joint.
        style: "slices" for three 2D stacks, "isotropic" for one fine 3D volume cut in three planes, "mixed" for
            either.
        pixel_mm: in-plane pixel; None draws one a clinic would store, 0.4 to 0.62 mm.

    Raises:
        ValueError: for an unknown style.
    """
    if style not in STYLES:
        raise ValueError(f"style must be one of {', '.join(STYLES)}, got {style!r} instead")
    if (draw_style(rng) if style == "mixed" else style) == "isotropic":
        return _draw_isotropic(rng, placing, pixel_mm)
    return {plane: _draw_slices(rng, placing, plane, pixel_mm) for plane in Plane}


def _draw_slices(rng: np.random.Generator, placing: Placing, plane: Plane, pixel_mm: float | None) -> Acquisition:
    step = float(np.clip(rng.normal(3.4, 0.5), 2.5, 4.5))
    coverage = placing.coverage_mm[plane].draw(rng)
    slices = int(np.clip(round(coverage / step), 20, 40))
    height = placing.field_of_view_mm.draw(rng)
    # Many stacks are square; others leave out rows or columns where only air would be.
    width = height if rng.random() < 0.5 else height * float(rng.uniform(0.8, 1.0))
    oblique = rng.normal(0.0, [2.5, 2.5, 4.0])
    if rng.random() < 0.1:
        oblique[int(rng.integers(3))] = rng.uniform(-15.0, 15.0)
    centre = np.array(placing.aim_ras) + rng.normal(0.0, [3.5, 5.0, 6.0])
    pixel = float(rng.uniform(0.4, 0.62)) if pixel_mm is None else pixel_mm
    width = max(width, placing.field_of_view_mm.least)
    geometry = _stack(plane, (slices, step), (height, width), pixel, centre, oblique)
    return Acquisition(plane, geometry, float(rng.uniform(0.7, 1.0)))


def _draw_isotropic(rng: np.random.Generator, placing: Placing, pixel_mm: float | None) -> dict[Plane, Acquisition]:
    # One box for all planes: a 3D volume has one place and one obliquity, and shows more thigh and calf.
    box = np.array([rng.uniform(*limits) for limits in placing.volume_mm])
    centre = np.array(placing.aim_ras) + rng.normal(0.0, [3.0, 5.0, 7.0])
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
    slices, rows, columns = (int(axis) for axis in np.abs(direction_vectors(plane.hanging)).argmax(axis=0))
    return slices, rows, columns


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


def draw_volume_acquisition(rng: np.random.Generator, placing: Placing) -> Acquisition:
    """One sagittal 3D volume of about 0.6 x 0.6 x 1 mm, as a research protocol stores it."""
    pixel, step = float(rng.uniform(0.5, 0.65)), float(rng.uniform(0.8, 1.2))
    box = [rng.uniform(*limits) for limits in placing.volume_mm]
    centre = np.array(placing.aim_ras) + rng.normal(0.0, [3.0, 5.0, 7.0])
    oblique = rng.normal(0.0, [2.0, 2.0, 3.0])
    geometry = _stack(Plane.SAGITTAL, (int(box[0] / step), step), (box[2], box[1]), pixel, centre, oblique)
    return Acquisition(Plane.SAGITTAL, geometry, 1.0)


def with_field_of_view(acquisition: Acquisition, side_mm: float, placing: Placing) -> Acquisition:
    """The same stack with square slices of another size about the same middle; the pixel stays.

    Raises:
        OrthoDiffusionError: if the slices would not show the joint, or show more than there is; it says which can.
    """
    least, most = placing.field_of_view_mm.least, _MOST_FIELD_OF_VIEW_MM
    if not least <= side_mm <= most:
        raise OrthoDiffusionError(
            f"The field of view must be {least:g} to {most:g} mm, got {side_mm:g} instead",
            remedy="Leave it out to have it drawn as technicians choose it.",
        )
    geometry = acquisition.geometry
    slices, height, width = geometry.shape
    _, row_mm, column_mm = (float(mm) for mm in geometry.spacing_mm)
    rows, columns = round(side_mm / row_mm), round(side_mm / column_mm)
    top, left = (height - rows) // 2, (width - columns) // 2
    return replace(acquisition, geometry=geometry.cropped((0, top, left), (slices, top + rows, left + columns)))
