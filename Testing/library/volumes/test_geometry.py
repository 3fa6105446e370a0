"""Where voxels lie: RAS millimetres, axis codes, handedness, mirroring."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from OrthoDiffusionLib.errors import GeometryError
from OrthoDiffusionLib.volumes import Geometry
from OrthoDiffusionLib.volumes.geometry import OPPOSITE, direction_vectors


def rotation(axis: int, degrees: float) -> np.ndarray:
    one, two = (n for n in range(3) if n != axis)
    matrix, angle = np.eye(3), np.deg2rad(degrees)
    matrix[[one, one, two, two], [one, two, one, two]] = np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)
    return matrix


ALL_CODES = ["RAS", "LPS", "LIP", "PIL", "SPL", "PIR", "ASR", "LAS"]


def test_index_and_ras_are_inverse_for_an_oblique_left_handed_grid(oblique_geometry):
    ijk = np.random.default_rng(0).uniform(0, 8, (50, 3))
    np.testing.assert_allclose(oblique_geometry.to_ijk(oblique_geometry.to_ras(ijk)), ijk, atol=1e-9)
    assert not oblique_geometry.is_right_handed
    np.testing.assert_allclose(oblique_geometry.spacing_mm, (0.5, 0.75, 3.0))
    np.testing.assert_allclose(oblique_geometry.to_ras((0, 0, 0)), (12.0, -40.0, 88.5))


@pytest.mark.parametrize("codes", ALL_CODES)
def test_reordering_keeps_every_voxel_where_it_is(oblique_geometry, codes):
    turned = oblique_geometry.reoriented(codes)
    assert turned.axis_codes == codes
    perm, flips = oblique_geometry.reorientation_to(codes)
    corner = [n - 1 if flip else 0 for n, flip in zip(turned.shape, flips, strict=True)]
    np.testing.assert_allclose(turned.to_ras(corner), oblique_geometry.origin_ras, atol=1e-9)
    assert turned.shape == tuple(oblique_geometry.shape[axis] for axis in perm)
    np.testing.assert_allclose(turned.centre_ras, oblique_geometry.centre_ras, atol=1e-9)


def test_a_box_is_filled_with_voxels_that_lie_inside_it():
    geometry = Geometry.from_box((-10, 0, 5), (11, 14, 12), 0.7)
    assert geometry.shape == (30, 20, 10)
    assert geometry.axis_codes == "RAS"
    np.testing.assert_allclose(geometry.centre_ras, (0.5, 7.0, 8.5))
    assert (geometry.corners_ras.min(axis=0) > (-10, 0, 5)).all()
    assert (geometry.corners_ras.max(axis=0) < (11, 14, 12)).all()


def test_mirroring_swaps_right_and_left_and_nothing_else(oblique_geometry):
    mirrored = oblique_geometry.mirrored(5.0)
    here, there = oblique_geometry.to_ras((3, 4, 5)), mirrored.to_ras((3, 4, 5))
    np.testing.assert_allclose(there, (10.0 - here[0], here[1], here[2]))
    assert mirrored.is_right_handed is not oblique_geometry.is_right_handed
    assert mirrored.mirrored(5.0).is_same_grid(oblique_geometry)


def test_same_grid_tolerates_rounding_but_no_visible_shift(oblique_geometry):
    affine = oblique_geometry.affine.copy()
    affine[0, 3] += 5e-4
    assert oblique_geometry.is_same_grid(Geometry(oblique_geometry.shape, affine))
    affine[0, 3] += 0.1
    assert not oblique_geometry.is_same_grid(Geometry(oblique_geometry.shape, affine))
    assert not oblique_geometry.is_same_grid(Geometry((9, 12, 8), oblique_geometry.affine))


def test_a_crop_keeps_its_place(oblique_geometry):
    part = oblique_geometry.cropped((2, 3, 1), (7, 9, 6))
    np.testing.assert_allclose(part.to_ras((0, 0, 0)), oblique_geometry.to_ras((2, 3, 1)))
    assert part.shape == (5, 6, 5)


def test_a_geometry_cannot_be_changed_by_its_user(oblique_geometry):
    with pytest.raises(ValueError, match="read-only"):
        oblique_geometry.affine[0, 0] = 3.0


@pytest.mark.parametrize(
    ("shape", "affine", "words"),
    [
        ((4, 4), np.eye(4), "three axes"),
        ((4, 4, 0), np.eye(4), "three axes"),
        ((4, 4, 4), np.diag((1.0, 0.0, 1.0, 1.0)), "spacing is zero"),
        ((4, 4, 4), np.full((4, 4), np.nan), "finite"),
        ((4, 4, 4), np.eye(3), "finite"),
    ],
)
def test_an_impossible_geometry_is_refused_with_a_reason(shape, affine, words):
    with pytest.raises(GeometryError, match=words):
        Geometry(shape, affine)


@pytest.mark.parametrize("codes", ["LPS", "LIP", "PIL", "RAS", "ASR"])
@pytest.mark.parametrize("axis", range(3))
@pytest.mark.parametrize("degrees", [45, -45, 135])
def test_axes_that_stand_just_half_way_are_named_alike_in_whatever_order_they_are_stored(codes, axis, degrees):
    """As slices that are turned by 45°; with their directions in six digits, as a header has them."""
    turned = np.round(rotation(axis, degrees) @ direction_vectors(codes), 6)
    turned /= np.linalg.norm(turned, axis=0)
    geometry = Geometry.from_axes((5, 6, 7), spacing_mm=(0.3125, 0.3125, 3.3), directions=turned, origin_ras=(1, 2, 3))
    for order in itertools.permutations("RAS"):
        for flips in itertools.product((False, True), repeat=3):
            wanted = "".join(OPPOSITE[one] if flip else one for one, flip in zip(order, flips, strict=True))
            hung = geometry.reoriented(wanted)
            assert hung.axis_codes == wanted
            again = Geometry.from_axes(
                hung.shape, spacing_mm=(0.8, 0.8, 3.0), directions=hung.directions, centre_ras=hung.centre_ras
            )
            assert again.axis_codes == wanted


def test_two_axes_at_45_degrees_still_get_different_names():
    half = np.sqrt(0.5)
    affine = np.eye(4)
    affine[:3, :3] = [[half, -half, 0], [half, half, 0], [0, 0, 1]]
    codes = Geometry((3, 3, 3), affine).axis_codes
    assert sorted(codes) in (sorted("RAS"), sorted("LAS"), sorted("RPS"), sorted("LPS"))
    with pytest.raises(ValueError, match="axis codes"):
        Geometry((3, 3, 3), affine).reoriented("RRS")
