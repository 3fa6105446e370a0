"""A segmentation speaks in RAS millimetres and millilitres."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import KNEE_STRUCTURES
from OrthoDiffusionLib.findings import Segmentation, label_boxes
from OrthoDiffusionLib.volumes import Geometry, Volume, resample_to


def _boxes_of(array, spacing=1.0, structures=KNEE_STRUCTURES, **more):
    hi = np.array(array.shape) * spacing
    return Segmentation(Volume(array, Geometry.from_box((0, 0, 0), hi, spacing)), structures, **more)


def test_a_right_knee_lies_as_a_right_knee(right_knee):
    at = right_knee.centroid_ras
    assert at("lateral_meniscus")[0] - at("medial_meniscus")[0] > 20.0  # right side: lateral is +x
    assert at("patella")[1] - at("femur")[1] > 20.0
    assert at("femur")[2] - at("tibia")[2] > 40.0
    # The file's own page says 2.35 mL and (50.4, 4.2, -6.5) RAS, from 0.36 mm voxels.
    assert right_knee.volume_ml("medial_meniscus") == pytest.approx(2.35, rel=0.03)
    assert at("medial_meniscus") == pytest.approx((50.4, 4.2, -6.5), abs=0.3)


def test_centroid_and_volume_follow_the_geometry_and_not_the_array():
    array = np.zeros((10, 12, 14), np.uint8)
    array[2:4, 5:8, 6:10] = 1
    affine = np.array([[0, 0, -2.0, 50], [1.5, 0, 0, -7], [0, 3.0, 0, 11], [0, 0, 0, 1]])
    femur = Segmentation(Volume(array, Geometry(array.shape, affine)), KNEE_STRUCTURES)
    assert femur.volume_ml("femur") == pytest.approx(24 * 9.0 / 1000)
    assert femur.centroid_ras("femur") == pytest.approx((50 - 2 * 7.5, -7 + 1.5 * 2.5, 11 + 3 * 6.0))


def test_a_structure_cut_by_the_grid_or_by_what_was_imaged_is_not_complete(right_knee):
    assert not right_knee.complete("femur")
    assert right_knee.complete("medial_meniscus")
    assert not right_knee.complete("joint_fluid")  # not found at all

    array = np.zeros((20, 20, 20), np.uint8)
    array[5:10, 5:10, 5:10] = 3
    imaged = np.ones(array.shape, bool)
    imaged[:, :, 10:] = False
    assert not _boxes_of(array, imaged=imaged).complete("patella")
    imaged[:, :, 10] = True
    assert _boxes_of(array, imaged=imaged).complete("patella")


def test_labels_come_back_on_another_volume_s_own_grid(right_knee):
    centre = np.array(right_knee.centroid_ras("medial_meniscus"))
    slices = Geometry.from_axes(
        (20, 160, 90), spacing_mm=(3, 0.5, 0.5), directions=-np.eye(3), centre_ras=tuple(centre)
    )
    labels = right_knee.on(slices)
    where = slices.to_ras(np.argwhere(labels.array == 8)).mean(axis=0)
    assert labels.array.dtype == np.uint8
    assert where == pytest.approx(centre, abs=0.5)


def _oblique_left_handed(centre, shape=(24, 150, 140), spacing=(2.5, 0.35, 0.4), shear=0.0) -> Geometry:
    a, b = np.deg2rad(25), np.deg2rad(-35)
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_z = np.array([[np.cos(b), -np.sin(b), 0], [np.sin(b), np.cos(b), 0], [0, 0, 1]])
    directions = about_x @ about_z @ np.diag([1.0, -1.0, 1.0])
    directions[:, 0] += shear * directions[:, 1]
    return Geometry.from_axes(shape, spacing_mm=spacing, directions=directions, centre_ras=tuple(centre))


@pytest.mark.parametrize("shear", [0.0, 0.2])
def test_structures_keep_their_millimetres_on_an_oblique_left_handed_volume(right_knee, shear):
    centre = np.array(right_knee.centroid_ras("lateral_meniscus"))
    geometry = _oblique_left_handed(centre, shear=shear)
    assert not geometry.is_right_handed
    labels = right_knee.on(geometry)
    assert labels.geometry == geometry
    there = Segmentation(labels, KNEE_STRUCTURES)
    assert there.centroid_ras("lateral_meniscus") == pytest.approx(centre, abs=0.4)
    assert there.volume_ml("lateral_meniscus") == pytest.approx(right_knee.volume_ml("lateral_meniscus"), rel=0.06)


def test_outlines_on_a_finer_oblique_grid_are_smooth_and_hold_no_other_label():
    """Two halves of one ball, labels 4 and 11: what lies between them in number must not lie between them in space."""
    grid = Geometry.from_box((-14, -14, -14), (14, 14, 14), 0.7)
    at = grid.to_ras(np.stack(np.meshgrid(*(np.arange(n) for n in grid.shape), indexing="ij"), -1))
    truth = lambda ras: np.where(np.linalg.norm(ras, axis=-1) < 10, np.where(ras[..., 0] < 0.3, 4, 11), 0)  # noqa: E731
    ball = Segmentation(Volume(truth(at).astype(np.uint8), grid), KNEE_STRUCTURES)
    fine = _oblique_left_handed((0, 0, 0), (60, 84, 84), (0.4, 0.3, 0.3))
    points = fine.to_ras(np.stack(np.meshgrid(*(np.arange(n) for n in fine.shape), indexing="ij"), -1))
    found = ball.on(fine).array
    nearest = resample_to(ball.labels, fine, labels=True).array
    assert set(np.unique(found)) == {0, 4, 11}
    assert np.mean(found != truth(points)) < 0.75 * np.mean(nearest != truth(points))
    assert _teeth(found > 0) < 0.8 * _teeth(nearest > 0)


def _teeth(inside) -> int:
    """Voxels that stick out of an outline, or are missing from it, along a grid axis."""
    count = 0
    for axis in range(3):
        step = np.diff(inside.astype(np.int8), axis=axis)
        count += np.count_nonzero(np.delete(step, -1, axis) * np.delete(step, 0, axis) < 0)
    return count


def test_a_volume_beside_the_segmentation_gets_no_labels(right_knee):
    far = Geometry.from_axes((4, 5, 6), spacing_mm=(3, 1, 1), directions=np.eye(3), centre_ras=(900, 0, 0))
    labels = right_knee.on(far)
    assert labels.array.shape == (4, 5, 6) and not labels.array.any()


def test_a_label_without_a_structure_and_a_name_without_one_are_refused(right_knee):
    array = np.zeros((4, 4, 4), np.uint8)
    array[0, 0, 0] = 200
    with pytest.raises(ValueError, match=r"got \[200\] as well"):
        _boxes_of(array)
    with pytest.raises(ValueError, match="structure must be one of femur"):
        right_knee.volume_ml("tail")


def test_label_boxes_hold_every_voxel_and_no_more():
    random = np.random.default_rng(3)
    array = np.zeros((30, 25, 20), np.uint8)
    array[tuple(random.integers(4, 18, (3, 60)))] = random.integers(1, 5, 60)
    for label, box in label_boxes(array).items():
        where = np.argwhere(array == label)
        assert [s.start for s in box] == where.min(axis=0).tolist()
        assert [s.stop - 1 for s in box] == where.max(axis=0).tolist()
    assert set(label_boxes(array)) == set(np.unique(array)) - {0}
