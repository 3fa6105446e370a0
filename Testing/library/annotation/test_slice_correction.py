"""A correction drawn in thick slices moves the isotropic outline by as much, smoothly, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.annotation.slice_correction import carry_correction
from OrthoDiffusionLib.errors import GeometryError
from OrthoDiffusionLib.findings.label_resampling import labels_on
from OrthoDiffusionLib.volumes import Geometry, Volume

VOXEL_MM, SLICE_MM, PIXEL_MM = 0.7, 4.0, 0.5
BONE, PLATE, OTHER = 1, 4, 2
TILT = 0.08
HALF = 14.0  # of the block of bone, mm


def isotropic(plate=True):
    """A block of bone, a plate of cartilage 3 mm thick on its right face, and another structure below.

    The face is tilted a little: over many columns its place is then known better than to a voxel.
    """
    geometry = Geometry.from_box((-30.0,) * 3, (30.0,) * 3, VOXEL_MM)
    x, y, z = geometry.to_ras(np.stack(np.indices(geometry.shape), -1)).transpose(3, 0, 1, 2)
    x = x - TILT * y
    labels = np.zeros(geometry.shape, np.uint8)
    inside = (np.abs(y) <= HALF) & (np.abs(z) <= HALF)
    labels[inside & (np.abs(x) <= HALF)] = BONE
    if plate:
        labels[inside & (x > HALF) & (x <= HALF + 3.0)] = PLATE
    labels[(np.abs(x) <= HALF) & (np.abs(y) <= HALF) & (z < -HALF - 2.0) & (z > -26.0)] = OTHER
    return Volume(labels, geometry)


def slices(turned_degrees=0.0):
    """Thick slices across z (axial), turned a little about x so that no axis agrees with the isotropic grid."""
    angle = np.radians(turned_degrees)
    turn = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    return Geometry.from_axes(
        (120, 120, 15), spacing_mm=(PIXEL_MM, PIXEL_MM, SLICE_MM), directions=turn, centre_ras=(0.0, 0.0, 0.0)
    )


def right_face(labels, values, y=(-8.0, 8.0)):
    """x in mm of the right border of some structures, by column (j, k), for columns that lie within y."""
    geometry = labels.geometry
    inside = np.isin(labels.array, values)
    last = inside.shape[0] - 1 - np.argmax(inside[::-1], axis=0)
    x = geometry.to_ras(np.stack([last.astype(float), *np.indices(last.shape).astype(float)], -1))[..., 0]
    y_of = geometry.to_ras(np.stack([np.zeros(last.shape[0]), np.arange(last.shape[0]), np.zeros(last.shape[0])], -1))
    rows = (y_of[:, 1] > y[0]) & (y_of[:, 1] < y[1])
    face = np.where(inside.any(axis=0), x + 0.5 * VOXEL_MM, np.nan)[rows]
    z = geometry.to_ras(np.stack([np.zeros(last.shape[1]), np.zeros(last.shape[1]), np.arange(last.shape[1])], -1))
    return face, z[:, 2]


def shifted_face(before, chosen, by_mm, values):
    """What an annotator draws: the right border of the structure moved to the right in some slices."""
    after = before.array.copy()
    pixels = round(by_mm / PIXEL_MM)
    for number in chosen:
        plane, was = after[:, :, number], before.array[:, :, number]
        mask = np.isin(was, values)
        for step in range(1, pixels + 1):
            grown = np.zeros_like(mask)
            grown[step:] = mask[:-step]
            plane[grown & ~mask & (plane == 0)] = values[-1]
        for step in range(1, -pixels + 1):  # to the left: the border gives way
            kept = np.zeros_like(mask)
            kept[:-step] = mask[step:]
            plane[mask & ~kept & (plane == values[-1])] = 0
    return before.with_array(after)


@pytest.mark.parametrize("turned", [0.0, 7.0])
@pytest.mark.parametrize("by_mm", [1.0, 2.0, 3.0, -1.0, -2.0])
def test_an_edge_that_is_moved_in_three_slices_moves_the_surface_by_as_much_there(by_mm, turned):
    fused, geometry = isotropic(), slices(turned)
    before = labels_on(fused, geometry)
    after = shifted_face(before, (6, 7, 8), by_mm, [BONE, PLATE])
    done = carry_correction(fused, before, after)
    was, z = right_face(fused, [BONE, PLATE])
    face, _ = right_face(done.labels, [BONE, PLATE])
    middle = np.abs(z) <= SLICE_MM - 2.0  # well within the three slices, also where they are turned
    moved = (face - was)[:, middle]
    assert np.abs(moved.mean() - by_mm) <= 0.5 * VOXEL_MM
    assert np.abs(moved - by_mm).max() <= VOXEL_MM, "no column is more than one voxel off"
    away = np.abs(z) >= 3 * SLICE_MM
    assert np.nanmax(np.abs((face - was)[:, away])) == 0.0


@pytest.mark.parametrize("turned", [0.0, 7.0])
def test_the_surface_has_no_stairs(turned):
    fused, geometry = isotropic(), slices(turned)
    before = labels_on(fused, geometry)
    after = shifted_face(before, (6, 7, 8), 3.0, [BONE, PLATE])
    face, z = right_face(carry_correction(fused, before, after).labels, [BONE, PLATE])
    inside = np.abs(z) < HALF - 1.0
    along = np.abs(np.diff(face[:, inside], axis=1))
    within = np.abs(np.diff(face[:, inside], axis=0))
    assert max(along.max(), within.max()) <= VOXEL_MM + 1e-6, "neighbouring columns differ by one voxel at most"
    # What copying the slices' voxels would do: a wall of 3 mm at the first and last of them.
    copied = labels_on(after, fused.geometry)
    assert np.abs(np.diff(right_face(copied, [BONE, PLATE])[0][:, inside], axis=1)).max() > 1.5 * VOXEL_MM


def test_other_structures_keep_every_voxel():
    fused, geometry = isotropic(), slices(7.0)
    before = labels_on(fused, geometry)
    after = shifted_face(before, (3, 4, 5, 6, 7), 2.0, [BONE, PLATE])
    done = carry_correction(fused, before, after)
    assert done.changed == (PLATE,)
    for label in (BONE, OTHER):
        np.testing.assert_array_equal(done.labels.array == label, fused.array == label)


def test_without_a_difference_nothing_changes_at_all():
    fused, geometry = isotropic(), slices(7.0)
    before = labels_on(fused, geometry)
    done = carry_correction(fused, before, before.with_array(before.array.copy()))
    assert done.labels is fused and done.voxels == 0 and done.changed == ()


def test_what_is_taken_back_with_the_opposite_correction_comes_back():
    fused, geometry = isotropic(), slices()
    before = labels_on(fused, geometry)
    after = shifted_face(before, (6, 7, 8), 2.0, [BONE, PLATE])
    there = carry_correction(fused, before, after).labels
    back = carry_correction(there, after, before).labels
    plate, was = back.array == PLATE, fused.array == PLATE
    assert 2 * (plate & was).sum() / (plate.sum() + was.sum()) > 0.98


def test_where_one_structure_is_drawn_over_another_their_border_moves_without_a_gap():
    fused, geometry = isotropic(), slices()
    before = labels_on(fused, geometry)
    after = before.array.copy()
    for number in (6, 7, 8):  # the bone is drawn 1 mm into the plate
        plane = after[:, :, number]
        bone = plane == BONE
        for step in (1, 2):
            grown = np.zeros_like(bone)
            grown[step:] = bone[:-step]
            plane[grown & (plane == PLATE)] = BONE
    done = carry_correction(fused, before, before.with_array(after)).labels
    was, z = right_face(fused, [BONE])
    face, _ = right_face(done, [BONE])
    middle = np.abs(z) <= SLICE_MM
    assert np.abs((face - was)[:, middle].mean() - 1.0) <= 0.5 * VOXEL_MM
    both, was_both = np.isin(done.array, [BONE, PLATE]), np.isin(fused.array, [BONE, PLATE])
    np.testing.assert_array_equal(both, was_both)  # nothing between them became empty


def test_a_new_structure_is_filled_between_its_slices():
    fused, geometry = isotropic(plate=False), slices()
    before = labels_on(fused, geometry)
    after = before.array.copy()
    i, j = np.indices(geometry.shape[:2])
    for number, radius in ((6, 10), (7, 12), (8, 10)):  # a ball beside the bone, radius in pixels
        disc = (i - 105) ** 2 + (j - 60) ** 2 <= radius**2
        after[:, :, number][disc] = PLATE
    done = carry_correction(fused, before, before.with_array(after)).labels
    ball = done.array == PLATE
    drawn_ml = sum(np.pi * (r * PIXEL_MM) ** 2 for r in (10, 12, 10)) * SLICE_MM / 1000
    assert ball.sum() * VOXEL_MM**3 / 1000 == pytest.approx(drawn_ml, rel=0.2)
    areas = ball.sum(axis=(0, 1)) * VOXEL_MM**2
    used = areas[areas > 0]
    assert np.abs(np.diff(used)).max() < 0.55 * used.max(), "no slice stands out"


def test_a_structure_that_is_wiped_out_in_every_slice_is_gone():
    fused, geometry = isotropic(), slices()
    before = labels_on(fused, geometry)
    after = np.where(before.array == OTHER, 0, before.array)
    done = carry_correction(fused, before, before.with_array(after.astype(np.uint8))).labels
    assert (done.array == OTHER).sum() < 0.01 * (fused.array == OTHER).sum()
    np.testing.assert_array_equal(done.array == BONE, fused.array == BONE)


def test_slices_of_another_place_are_refused():
    fused = isotropic()
    far = Geometry.from_axes((10, 10, 5), spacing_mm=(1, 1, 4), directions=np.eye(3), centre_ras=(500.0, 0, 0))
    before = Volume(np.zeros(far.shape, np.uint8), far)
    after = before.array.copy()
    after[4:6, 4:6, 2] = BONE
    with pytest.raises(GeometryError, match="do not lie where"):
        carry_correction(fused, before, before.with_array(after))
