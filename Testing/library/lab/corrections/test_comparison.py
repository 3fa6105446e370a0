"""Prediction against correction: what a person reads in the table."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.lab.corrections.comparison import StructureChange, compare
from OrthoDiffusionLib.volumes import Geometry, Volume

OBLIQUE = np.array([[0.6, 0.8, 0.0], [-0.8, 0.6, 0.0], [0.0, 0.0, 1.0]])


def box(start, stop, *, grid=(20, 20, 20), spacing=(1.0, 1.0, 1.0), directions=OBLIQUE) -> Volume:
    """A box of voxels, cut out of its grid as the panel hands it over."""
    geometry = Geometry.from_axes(grid, spacing_mm=spacing, directions=directions, centre_ras=(30.0, -5.0, 12.0))
    size = [b - a for a, b in zip(start, stop, strict=True)]
    return Volume(np.ones(size, np.uint8), geometry.cropped(start, stop))


def test_a_structure_that_nobody_touched_is_not_edited():
    change = compare(box((4, 4, 4), (12, 12, 12)), box((4, 4, 4), (12, 12, 12)))
    assert change == StructureChange(False, 1.0, 0.0, 0.0, pytest.approx(0.512), pytest.approx(0.512), 0.0, 0.0)


def test_the_crop_is_no_part_of_the_outline():
    small = box((4, 4, 4), (12, 12, 12))
    wide = Volume(np.pad(small.array, 3), small.geometry.cropped((-3, -3, -3), (11, 11, 11)))
    assert not compare(small, wide).changed


def test_a_face_moved_by_two_millimetres_is_two_millimetres():
    change = compare(box((4, 4, 4), (12, 12, 12)), box((4, 4, 4), (12, 12, 14)))
    assert change.changed
    assert change.dice == pytest.approx(2 * 512 / (512 + 640))
    assert change.hd95_mm == pytest.approx(2.0)
    assert (change.added_ml, change.removed_ml) == (pytest.approx(0.128), 0.0)
    assert 0.2 < change.mean_mm < 1.0


def test_distances_are_in_millimetres_of_the_patient_not_in_voxels():
    thick = {"spacing": (1.0, 1.0, 3.0), "grid": (20, 20, 12)}
    change = compare(box((4, 4, 4), (12, 12, 8), **thick), box((4, 4, 4), (12, 12, 9), **thick))
    assert change.hd95_mm == pytest.approx(3.0)
    assert change.added_ml == pytest.approx(8 * 8 * 3 / 1000)


def test_what_was_drawn_outside_of_the_predictions_grid_counts():
    change = compare(box((4, 4, 4), (12, 12, 12)), box((4, 4, 4), (12, 12, 30)))
    assert change.after_ml == pytest.approx(8 * 8 * 26 / 1000)


@pytest.mark.parametrize("which", ["before", "after"])
def test_a_structure_that_is_there_on_one_side_alone_has_no_distance(which):
    drawn = box((4, 4, 4), (12, 12, 12))
    change = compare(drawn, None) if which == "before" else compare(None, drawn)
    assert (change.changed, change.dice, change.mean_mm, change.hd95_mm) == (True, 0.0, None, None)
    assert (change.removed_ml if which == "before" else change.added_ml) == pytest.approx(0.512)


def test_an_outline_on_another_grid_is_carried_over_in_patient_space():
    coarse = box((2, 2, 2), (6, 6, 6), grid=(10, 10, 10), spacing=(2.0, 2.0, 2.0))
    # the same 8 mm cube, on a grid of half the spacing that begins half a fine voxel earlier
    fine_affine = coarse.geometry.affine.copy()
    fine_affine[:3, :3] /= 2
    fine_affine[:3, 3] = coarse.geometry.to_ras((-0.25, -0.25, -0.25))
    fine = Volume(np.ones((8, 8, 8), np.uint8), Geometry((8, 8, 8), fine_affine))
    change = compare(fine, coarse)
    assert change.dice > 0.9
    assert change.hd95_mm <= 1.0 + 1e-6
