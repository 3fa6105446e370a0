"""NIfTI as other programs write it: two orientations, odd units, scaling; places are checked in RAS millimetres."""

from __future__ import annotations

import gzip

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk

from OrthoDiffusionLib.errors import StudyError, VolumeFileError
from OrthoDiffusionLib.volumes import read_volume
from OrthoDiffusionLib.volumes.itk_border import geometry_from_sitk


def rotation(axis: int, degrees: float) -> np.ndarray:
    vector = np.zeros(3)
    vector[axis] = np.sin(np.deg2rad(degrees) / 2)
    return nibabel.quaternions.quat2mat((np.cos(np.deg2rad(degrees) / 2), *vector))


SHAPE, SPACING = (12, 10, 6), np.array((0.5, 0.6, 3.0))
VALUES = np.random.default_rng(0).integers(0, 900, SHAPE).astype(np.int16)


def placed(matrix, origin=(-40.0, 30.0, 12.0)) -> np.ndarray:
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = matrix, origin
    return affine


SAGITTAL = placed(np.array([[0, 0, 1.0], [-1, 0, 0], [0, -1, 0]]) * SPACING)
OBLIQUE = placed(rotation(0, 25) @ rotation(2, -30) * SPACING)
DEFAULT = np.diag((*SPACING, 1.0))
FLIPPED_DEFAULT = placed(np.diag(SPACING * (-1, 1, 1)), np.array((5.5, -4.5, -2.5)) * SPACING)
SHEARED = placed(OBLIQUE[:3, :3] @ np.array([[1, 0.2, 0], [0, 1, 0], [0, 0, 1]]))


@pytest.fixture
def write(tmp_path):
    """Writes a file with these forms and header fields; returns its path."""

    def write(*, qform=None, sform=None, codes=(1, 1), array=VALUES, unit="mm", kind=nibabel.Nifti1Image, **fields):
        image = kind(array, None, dtype=array.dtype)
        image.header.set_qform(OBLIQUE if qform is None else qform, codes[0])
        image.header.set_sform(OBLIQUE if sform is None else sform, codes[1])
        image.header.set_xyzt_units(unit)
        path = tmp_path / "knee.nii"
        nibabel.save(image, path)
        header = nibabel.load(path).header
        return _with_fields(path, header, fields)

    return write


def _with_fields(path, header, fields):
    raw = path.read_bytes()
    for name, value in fields.items():
        header[name] = value
    start = header.sizeof_hdr
    header["vox_offset"] = start + 4  # nibabel forgets it once the file is read
    path.write_bytes(bytes(header.binaryblock) + raw[start:])
    return path


def codes_of(volume):
    return [notice.code for notice in volume.notices]


def read_with(path, affine):
    volume = read_volume(path)
    np.testing.assert_allclose(volume.geometry.affine, affine, atol=2e-3)
    return volume


# --- sform and qform ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stale", [DEFAULT, FLIPPED_DEFAULT, placed(np.diag(SPACING * (-1, -1, 1)), (0, 0, 0))])
@pytest.mark.parametrize("codes", [(1, 2), (1, 1), (2, 2)])
def test_an_sform_that_is_a_default_gives_way_to_the_qform_and_the_other_way_round(write, stale, codes):
    volume = read_with(write(qform=SAGITTAL, sform=stale, codes=codes), SAGITTAL)
    assert codes_of(volume) == ["sform_qform_disagree"]
    assert "the qform is used" in volume.notices[0].what and volume.notices[0].where == "knee.nii"
    volume = read_with(write(qform=stale, sform=SAGITTAL, codes=codes), SAGITTAL)
    assert codes_of(volume) == ["sform_qform_disagree"]
    assert "the sform is used" in volume.notices[0].what


def test_an_sform_of_another_voxel_size_is_stale(write):
    moved = placed(rotation(1, 40) * SPACING * 1.4)
    volume = read_with(write(qform=OBLIQUE, sform=moved), OBLIQUE)
    assert "voxel size" in volume.notices[0].what


def test_where_both_may_be_right_the_one_that_slicer_shows_is_used_and_the_distance_is_said(write):
    moved = OBLIQUE.copy()
    moved[:3, 3] += (0.0, 12.0, 0.0)
    path = write(qform=OBLIQUE, sform=moved, codes=(1, 2))
    volume = read_with(path, OBLIQUE)
    assert codes_of(volume) == ["sform_qform_disagree"] and "12 mm" in volume.notices[0].what
    assert volume.geometry.is_same_grid(geometry_from_sitk(sitk.ReadImage(str(path))), tolerance_mm=1e-3)


def test_rounding_is_no_disagreement(write):
    near = OBLIQUE.copy()
    near[:3, 3] += 0.05
    assert codes_of(read_volume(write(sform=near))) == []


def test_left_and_right_are_never_guessed(write):
    mirrored = placed(np.diag((-1.0, 1.0, 1.0)) @ OBLIQUE[:3, :3])
    with pytest.raises(VolumeFileError, match=r"twice.*left and right differ.*[Ee]xport it again"):
        read_volume(write(qform=OBLIQUE, sform=mirrored))


def test_the_patient_goes_before_a_template_and_a_template_alone_is_named(write):
    template = placed(rotation(2, 15) * SPACING)
    assert codes_of(read_with(write(qform=OBLIQUE, sform=template, codes=(1, 4)), OBLIQUE)) == ["sform_qform_disagree"]
    assert codes_of(read_with(write(qform=template, sform=OBLIQUE, codes=(4, 1)), OBLIQUE)) == ["sform_qform_disagree"]
    for code in (3, 4, 5):
        assert codes_of(read_with(write(codes=(0, code)), OBLIQUE)) == ["template_space"]


@pytest.mark.parametrize("code", [6, 99])
def test_a_code_without_a_meaning_tells_nothing_of_the_patient(write, code):
    assert codes_of(read_volume(write(codes=(0, 0), sform_code=code))) == ["orientation_unknown"]


def test_a_negative_code_means_none(write):
    assert codes_of(read_volume(write(sform_code=-1, qform_code=-3))) == ["no_orientation"]
    assert codes_of(read_with(write(sform=DEFAULT, sform_code=-1), OBLIQUE)) == []


def test_a_sheared_sform_is_refused_and_gives_way_to_a_qform(write):
    with pytest.raises(VolumeFileError, match=r"not perpendicular.*knee\.nii.*[Rr]esample"):
        read_volume(write(sform=SHEARED, codes=(0, 2)))
    assert codes_of(read_with(write(qform=OBLIQUE, sform=SHEARED), OBLIQUE)) == ["sform_qform_disagree"]


def test_an_empty_sform_with_a_code_gives_way_to_the_qform(write):
    read_with(write(srow_x=0, srow_y=0, srow_z=0), OBLIQUE)


def test_a_quaternion_that_is_too_long_is_damage_unless_it_is_rounding(write):
    long = {"quatern_b": 0.9, "quatern_c": 0.9, "quatern_d": 0.1}
    with pytest.raises(VolumeFileError, match="qform is damaged"):
        read_volume(write(codes=(1, 0), **long))
    volume = read_with(write(**long), OBLIQUE)
    assert codes_of(volume) == ["sform_qform_disagree"]
    half_turn = placed(np.diag((-1.0, -1.0, 1.0)) * SPACING)
    read_with(write(qform=half_turn, codes=(1, 0), quatern_d=1.0002), half_turn)


def test_a_qfac_of_zero_means_one(write):
    path = write(codes=(1, 0))
    header = nibabel.load(path).header
    header["pixdim"][0] = 0
    read_with(_with_fields(path, header, {}), OBLIQUE)


# --- units -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scale", "unit", "noticed"),
    [
        (1.0, "mm", False),
        (1.0, "unknown", False),
        (0.001, "meter", False),
        (1000.0, "micron", False),
        (1.0, "meter", True),
        (1.0, "micron", True),
        (0.001, "mm", True),
        (0.001, "unknown", True),
        (1000.0, "mm", True),
    ],
)
@pytest.mark.parametrize("codes", [(1, 1), (1, 0), (0, 1)])
def test_a_voxel_has_the_size_that_one_of_a_joint_can_have_whatever_the_unit(write, scale, unit, noticed, codes):
    scaled = OBLIQUE * np.array([[scale], [scale], [scale], [1.0]])
    volume = read_with(write(qform=scaled, sform=scaled, codes=codes, unit=unit), OBLIQUE)
    assert codes_of(volume) == (["voxel_size_unit"] if noticed else [])


def test_units_are_told_where_there_is_no_orientation_too(write):
    volume = read_volume(write(codes=(0, 0), unit="meter"))
    np.testing.assert_allclose(volume.geometry.spacing_mm, SPACING, rtol=1e-5)
    assert set(codes_of(volume)) == {"voxel_size_unit", "no_orientation"}


def test_a_size_that_is_plausible_in_no_unit_is_refused(write):
    with pytest.raises(VolumeFileError, match=r"voxel size is not possible.*mm"):
        read_volume(write(qform=placed(np.diag((0.5, 300.0, 3.0))), codes=(1, 0)))


# --- scaling -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slope", [0.0, np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("intercept", [0.0, 7.0, np.nan])
def test_a_slope_that_is_none_leaves_the_values_alone(write, slope, intercept):
    volume = read_volume(write(scl_slope=slope, scl_inter=intercept))
    assert volume.array.dtype == np.int16
    np.testing.assert_array_equal(volume.array, VALUES)


@pytest.mark.parametrize("kind", [nibabel.Nifti1Image, nibabel.Nifti2Image])
@pytest.mark.parametrize("dtype", ["u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"])
@pytest.mark.parametrize("scaling", [(1.0, 0.0), (0.25, 3.0), (-2.0, 10.0)])
def test_values_of_every_type_and_scaling_are_those_of_nibabel(write, kind, dtype, scaling):
    values = VALUES.astype(dtype)
    path = write(array=values, kind=kind, scl_slope=scaling[0], scl_inter=scaling[1])
    volume = read_volume(path)
    np.testing.assert_allclose(volume.array, nibabel.load(path).get_fdata(), rtol=1e-6)
    assert volume.array.dtype.itemsize <= 4 or dtype in ("i8", "u8")


@pytest.mark.parametrize("dtype", ["i2", "f4", "f8"])
def test_a_big_endian_file_is_read(tmp_path, dtype):
    image = nibabel.Nifti1Image(VALUES.astype(dtype), OBLIQUE, nibabel.Nifti1Header(endianness=">"))
    image.header["scl_slope"] = np.nan
    image.header.set_data_dtype(f">{dtype}")
    nibabel.save(image, tmp_path / "big.nii.gz")
    volume = read_with(tmp_path / "big.nii.gz", OBLIQUE)
    np.testing.assert_array_equal(volume.array, VALUES)
    assert volume.array.dtype.isnative and volume.array.dtype.itemsize <= 4


def test_a_slope_without_an_intercept_is_refused(write):
    with pytest.raises(VolumeFileError, match="scaling is damaged"):
        read_volume(write(scl_slope=2.0, scl_inter=np.nan))


def test_values_beyond_single_precision_are_refused(write):
    values = np.full(SHAPE, 5.0)
    values[4:8, 4:8, 2:4] = 1e200
    with pytest.raises(StudyError, match="NaN or infinite"):
        read_volume(write(array=values))


def test_a_large_double_volume_is_never_in_memory_as_double(write):
    import tracemalloc

    values = np.random.default_rng(0).normal(100, 20, (160, 160, 160))
    path = write(array=values, qform=DEFAULT, sform=DEFAULT)
    tracemalloc.start()
    read_volume(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.75 * values.nbytes + 70e6  # the array itself, and a few slices


# --- packing -----------------------------------------------------------------------------------------------------


def test_compression_shows_in_the_file_and_not_in_its_name(write, tmp_path):
    plain = write().read_bytes()
    once, twice, none = tmp_path / "once.nii", tmp_path / "twice.nii.gz", tmp_path / "none.nii.gz"
    once.write_bytes(gzip.compress(plain))
    twice.write_bytes(gzip.compress(gzip.compress(plain)))
    none.write_bytes(plain)
    for path in (once, twice, none):
        np.testing.assert_array_equal(read_with(path, OBLIQUE).array, VALUES)
    broken = bytearray(gzip.compress(gzip.compress(plain)))
    broken[-6] ^= 0xFF
    twice.write_bytes(broken)
    with pytest.raises(VolumeFileError, match="damaged"):
        read_volume(twice)


# --- anything ----------------------------------------------------------------------------------------------------


def test_whatever_a_header_says_the_place_is_that_of_nibabel_or_itk_or_is_noticed_or_refused(tmp_path):
    """Two hundred random headers; without a notice, every reader must see the voxels at the same place."""
    rng = np.random.default_rng(2024)
    refused = silent = 0
    for number in range(200):
        path = tmp_path / "knee.nii"
        matrices = [
            placed(rotation(0, rng.uniform(-60, 60)) @ rotation(2, rng.uniform(-60, 60)) * SPACING
                   * rng.choice([1.0, -1.0], 3), rng.uniform(-90, 90, 3))
            for _ in range(2)
        ]  # fmt: skip
        same = rng.random() < 0.6
        image = nibabel.Nifti1Image(VALUES, None)
        image.header.set_qform(matrices[0], int(rng.choice([0, 1, 1, 2, 4])))
        image.header.set_sform(matrices[0] if same else matrices[1], int(rng.choice([0, 1, 1, 2, 4])))
        image.header.set_xyzt_units(str(rng.choice(["mm", "mm", "mm", "unknown", "meter"])))
        nibabel.save(image, path)
        slope = float(rng.choice([1.0, 0.0, 2.5, np.nan]))
        _with_fields(path, nibabel.load(path).header, {"scl_slope": slope, "scl_inter": 0.0})
        try:
            volume = read_volume(path)
        except VolumeFileError as error:
            assert error.remedy, number
            refused += 1
            continue
        np.testing.assert_allclose(volume.array, nibabel.load(path).get_fdata(), rtol=1e-6, err_msg=str(number))
        if not volume.notices:
            silent += 1
            np.testing.assert_allclose(volume.geometry.affine, nibabel.load(path).affine, atol=1e-3)
            assert volume.geometry.is_same_grid(geometry_from_sitk(sitk.ReadImage(str(path))), tolerance_mm=1e-3)
    assert refused > 5 and silent > 40
