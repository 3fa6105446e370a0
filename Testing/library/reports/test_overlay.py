"""Slices hang as in the reading room, and outlines lie where the structures are."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import find_structure
from OrthoDiffusionLib.findings import Segmentation
from OrthoDiffusionLib.reports.overlay import OutlineStyle, slice_picture
from OrthoDiffusionLib.volumes import Geometry, Plane, Volume

# plane -> the direction that lies to the left of the picture, and the one on top
HANGING = {
    Plane.SAGITTAL: ((0, 1, 0), (0, 0, 1)),
    Plane.CORONAL: ((1, 0, 0), (0, 0, 1)),
    Plane.AXIAL: ((1, 0, 0), (0, 1, 0)),
}


def _spot_at(point, codes, spacing=(1.0, 1.0, 1.0)):
    geometry = Geometry.from_box((-40, -40, -40), (40, 40, 40), spacing).reoriented(codes)
    index = np.stack(np.meshgrid(*(np.arange(n) for n in geometry.shape), indexing="ij"), -1)
    distance = np.linalg.norm(geometry.to_ras(index) - np.array(point), axis=-1)
    return Volume((1000 * (distance < 6)).astype(np.int16) + 10, geometry)


def _bright_centre(image):
    grey = np.asarray(image.convert("L")).astype(float)
    rows, columns = np.nonzero(grey > 128)
    return columns.mean() + 0.5, rows.mean() + 0.5


@pytest.mark.parametrize("plane", list(Plane))
@pytest.mark.parametrize("codes", ["RAS", "LPI", "PIR", "SAL"])
def test_a_spot_lies_where_radiologists_expect_it_however_the_volume_is_stored(plane, codes):
    left, top = (np.array(direction) for direction in HANGING[plane])
    point = 20.0 * left + 10.0 * top
    picture = slice_picture(_spot_at(point, codes), plane, (320, 240), through_ras=(0, 0, 0), pixels_per_mm=3.0)
    x, y = _bright_centre(picture.image)
    assert (x, y) == pytest.approx((160 - 60, 120 - 30), abs=1.6)
    assert picture.position(point) == pytest.approx((x, y), abs=1.6)


@pytest.mark.parametrize("spacing", [(1.0, 0.5, 2.0), (2.0, 2.0, 0.5)])
def test_a_ball_is_round_whatever_the_pixels(spacing):
    picture = slice_picture(_spot_at((0, 0, 0), "RAS", spacing), Plane.SAGITTAL, (240, 240), pixels_per_mm=3.0)
    grey = np.asarray(picture.image.convert("L")) > 128
    width, height = np.flatnonzero(grey.any(axis=0)).size, np.flatnonzero(grey.any(axis=1)).size
    assert abs(width - height) <= 7  # one voxel of 2 mm


def test_the_slice_nearest_to_the_point_is_shown_and_named():
    volume = _spot_at((0, 0, 0), "RAS", (4.0, 1.0, 1.0))
    picture = slice_picture(volume, Plane.SAGITTAL, (100, 100), through_ras=(15.0, 0, 0))
    assert picture.count == 20 and picture.step_mm == 4.0
    assert picture.distance_mm((15.0, 9.0, -3.0)) <= 2.0
    assert picture.distance_mm(picture.centre_ras) == pytest.approx(0.0, abs=1e-9)
    beyond = slice_picture(volume, Plane.SAGITTAL, (100, 100), through_ras=(500.0, 0, 0))
    assert beyond.index == 0  # slices grow to the left: the rightmost is the first


@pytest.mark.parametrize("plane", list(Plane))
def test_the_outline_of_a_ball_is_a_circle_of_its_radius_around_its_place(knee, planes, plane):
    flat = Volume(np.full(planes[plane].array.shape, 5, np.int16), planes[plane].geometry)
    at = np.array(knee.centroid_ras("tibia"))
    tibia = knee.structure("tibia")
    ball = Segmentation(knee.labels.with_array(knee.labels.array * (knee.labels.array == tibia.label)), (tibia,))
    picture = slice_picture(
        flat, plane, (400, 400), through_ras=at, segmentation=ball, pixels_per_mm=5.0, style=OutlineStyle(fill=0.0),
    )  # fmt: skip
    weight = np.asarray(picture.image).astype(float).max(axis=-1)  # the volume itself is black
    rows, columns = np.nonzero(weight)
    centre = picture.position(at)
    radius = np.hypot(columns + 0.5 - centre[0], rows + 0.5 - centre[1]) / 5.0
    expected = np.sqrt(20.0**2 - picture.distance_mm(at) ** 2)
    mean = np.average(radius, weights=weight[rows, columns])
    assert mean == pytest.approx(expected, abs=0.15)
    # Two to three pixels wide, and the steps of voxels of 0.7 mm.
    assert np.sqrt(np.average((radius - mean) ** 2, weights=weight[rows, columns])) < 0.4
    assert weight.max() == pytest.approx(0.95 * max(find_structure("tibia").colour), abs=2)


def test_outlines_leave_the_signal_beside_them_as_it_is(knee, planes):
    bare = slice_picture(planes[Plane.CORONAL], Plane.CORONAL, (300, 300))
    empty = Segmentation(knee.labels.with_array(np.zeros_like(knee.labels.array)), knee.structures)
    nothing = slice_picture(planes[Plane.CORONAL], Plane.CORONAL, (300, 300), segmentation=empty)
    drawn = slice_picture(planes[Plane.CORONAL], Plane.CORONAL, (300, 300), segmentation=knee)
    assert np.array_equal(np.asarray(bare.image), np.asarray(nothing.image))
    assert not np.array_equal(np.asarray(bare.image), np.asarray(drawn.image))


def test_what_lies_beyond_the_slice_is_black():
    volume = _spot_at((0, 0, 0), "RAS")
    picture = slice_picture(volume.with_array(volume.array + 300), Plane.AXIAL, (400, 200), pixels_per_mm=2.0)
    pixels = np.asarray(picture.image)
    assert not pixels[:, :115].any() and not pixels[:, -115:].any()


def test_a_constant_volume_gives_a_picture_and_no_warning():
    geometry = Geometry.from_box((-10, -10, -10), (10, 10, 10), 1.0)
    picture = slice_picture(Volume(np.zeros(geometry.shape, np.float32), geometry), Plane.AXIAL, (64, 64))
    assert picture.image.size == (64, 64)
