"""Volumes that exist are right; SimpleITK gets and gives the same place; resampling keeps it."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.errors import GeometryError, StudyError, VolumeFileError
from OrthoDiffusionLib.volumes import Geometry, Volume, resample_to
from OrthoDiffusionLib.volumes.itk_border import array_from_sitk, geometry_from_sitk, sitk_from_volume


@pytest.mark.parametrize("codes", ["RAS", "LIP", "SPL", "ASR"])
def test_reorienting_moves_no_tissue(make_volume, ramp_at, codes):
    volume = make_volume("PIR", tilt=15).reoriented(codes)
    index = (3, 17, 30)[: volume.array.ndim]
    index = tuple(min(n, size - 1) for n, size in zip(index, volume.array.shape, strict=True))
    assert volume.array[index] == pytest.approx(ramp_at(volume.geometry.to_ras(index)), abs=1e-3)


def test_a_mirrored_left_knee_is_called_a_right_one(make_volume):
    mirrored = make_volume(side=Side.LEFT).mirrored()
    assert mirrored.side is Side.RIGHT


@pytest.mark.parametrize("base", [np.array([0.5, np.nan, 1.5]), np.array(np.nan)])
def test_nan_is_found_in_an_array_that_repeats_its_memory(base):
    array = np.broadcast_to(base[:, None, None] if base.ndim else base, (3, 4, 5))
    with pytest.raises(StudyError, match="20|60"):
        Volume(array, Geometry((3, 4, 5), np.eye(4)))


def test_nan_voxels_are_counted_in_the_message(make_volume):
    volume = make_volume()
    array = volume.array.copy()
    array[:2, 0, 0] = np.nan
    array[5, 5, 5] = np.inf
    with pytest.raises(StudyError, match="3 of 28,800 voxels are not numbers"):
        volume.with_array(array)


def test_what_is_not_a_volume_is_refused(make_volume):
    geometry = make_volume().geometry
    with pytest.raises(StudyError, match="this array has 2"):
        Volume(np.zeros((4, 4)), geometry)
    with pytest.raises(ValueError, match="must agree"):
        Volume(np.zeros((4, 4, 4)), geometry)
    with pytest.raises(ValueError, match="real numbers"):
        Volume(np.zeros(geometry.shape, dtype=complex), geometry)


def test_simpleitk_and_back_is_exact_for_an_oblique_left_handed_volume(oblique_geometry):
    rng = np.random.default_rng(0)
    volume = Volume(rng.normal(size=oblique_geometry.shape), oblique_geometry)
    image = sitk_from_volume(volume)
    np.testing.assert_array_equal(array_from_sitk(image), volume.array)
    np.testing.assert_allclose(geometry_from_sitk(image).affine, oblique_geometry.affine, atol=1e-12)
    # ITK's own words for the same voxel: LPS, with the index in the order i, j, k.
    lps = np.array(image.TransformIndexToPhysicalPoint((2, 5, 3)))
    np.testing.assert_allclose(lps * (-1, -1, 1), oblique_geometry.to_ras((2, 5, 3)), atol=1e-9)
    assert image.GetPixel(2, 5, 3) == volume.array[2, 5, 3]


def test_a_vector_image_and_a_sheared_grid_do_not_cross_the_border():
    with pytest.raises(VolumeFileError, match="Not a 3D grey image"):
        array_from_sitk(sitk.Image([4, 4, 4], sitk.sitkVectorUInt8, 3))
    affine = np.eye(4)
    affine[0, 1] = 0.4
    with pytest.raises(VolumeFileError, match="perpendicular"):
        sitk_from_volume(Volume(np.zeros((4, 4, 4)), Geometry((4, 4, 4), affine)))


def test_resampling_puts_the_same_value_at_the_same_place(make_volume, ramp_at, oblique_geometry):
    volume = make_volume("PIR", shape=(60, 60, 40), spacing=(1.0, 1.0, 3.0), centre=(14.0, -38.0, 95.0))
    sampled = resample_to(volume, oblique_geometry)
    for index in [(1, 1, 1), (4, 6, 3), (7, 10, 5)]:
        assert sampled.array[index] == pytest.approx(ramp_at(oblique_geometry.to_ras(index)), abs=0.01)


def test_labels_are_never_mixed_and_outside_is_background(make_volume):
    source = make_volume("LPS", shape=(20, 20, 20), spacing=(1, 1, 1))
    labels = source.with_array(np.random.default_rng(0).choice([0, 3, 17], source.array.shape).astype(np.uint8))
    wide = Geometry.from_box((-40, -40, -40), (40, 40, 40), 1.7)
    sampled = resample_to(labels, wide, labels=True)
    assert sampled.array.dtype == np.uint8
    assert set(np.unique(sampled.array)) == {0, 3, 17}
    assert sampled.array[0, 0, 0] == 0


def test_outside_the_field_of_view_signal_is_as_dark_as_air(make_volume):
    volume = make_volume()
    wide = Geometry.from_box((-90, -90, -90), (90, 90, 90), 6.0)
    assert resample_to(volume, wide).array[0, 0, 0] == pytest.approx(volume.array.min())


def test_grids_that_do_not_meet_are_an_error_not_an_empty_picture(make_volume):
    with pytest.raises(GeometryError, match="do not overlap"):
        resample_to(make_volume(), Geometry.from_box((400, 400, 400), (420, 420, 420), 1.0))
