"""Image files: exact places after a round trip, and a clear word for every bad file."""

from __future__ import annotations

import gzip
import os
import resource
import signal
import struct

import numpy as np
import pytest
import SimpleITK as sitk

from OrthoDiffusionLib.errors import GeometryError, OutputError, StudyError, VolumeFileError
from OrthoDiffusionLib.volumes import Geometry, Volume, read_volume, write_volume
from OrthoDiffusionLib.volumes.itk_border import array_from_sitk, geometry_from_sitk


@pytest.fixture
def oblique_volume(oblique_geometry):
    array = np.random.default_rng(1).integers(-300, 900, oblique_geometry.shape).astype(np.int16)
    return Volume(array, oblique_geometry, name="knee")


@pytest.mark.parametrize("ending", [".nii", ".nii.gz", ".nrrd", ".mha"])
def test_a_round_trip_keeps_voxels_and_places_of_an_oblique_left_handed_volume(tmp_path, oblique_volume, ending):
    path = tmp_path / f"my knee{ending}"
    write_volume(oblique_volume, path)
    back = read_volume(path)
    np.testing.assert_array_equal(back.array, oblique_volume.array)
    assert back.geometry.is_same_grid(oblique_volume.geometry, tolerance_mm=1e-4)
    assert back.name == "my knee"
    assert back.notices == ()
    assert os.listdir(tmp_path) == [path.name]  # no temporary file is left


@pytest.mark.parametrize("dtype", ["u1", "i1", "i2", "u2", "i4", "u4", "i8", "f4", "f2", "?"])
def test_every_number_type_survives_nifti(tmp_path, oblique_geometry, dtype):
    array = np.random.default_rng(2).integers(0, 2, oblique_geometry.shape).astype(dtype)
    write_volume(Volume(array, oblique_geometry), tmp_path / "a.nii.gz")
    np.testing.assert_array_equal(read_volume(tmp_path / "a.nii.gz").array, array)


def test_simpleitk_reads_our_nifti_at_the_same_place(tmp_path, oblique_volume):
    write_volume(oblique_volume, tmp_path / "a.nii.gz")
    other = sitk.ReadImage(str(tmp_path / "a.nii.gz"))
    np.testing.assert_array_equal(array_from_sitk(other), oblique_volume.array)
    assert geometry_from_sitk(other).is_same_grid(oblique_volume.geometry, tolerance_mm=1e-3)


def test_we_read_the_nifti_of_simpleitk_at_the_same_place(tmp_path, oblique_volume):
    from OrthoDiffusionLib.volumes.itk_border import sitk_from_volume

    sitk.WriteImage(sitk_from_volume(oblique_volume), str(tmp_path / "a.nii"))
    back = read_volume(tmp_path / "a.nii")
    np.testing.assert_array_equal(back.array, oblique_volume.array)
    assert back.geometry.is_same_grid(oblique_volume.geometry, tolerance_mm=1e-3)


def edited(path, *changes):
    """Overwrite fields of a NIfTI header: (offset, struct format, values...)."""
    raw = bytearray(path.read_bytes())
    for at, form, *values in changes:
        struct.pack_into(form, raw, at, *values)
    path.write_bytes(bytes(raw))
    return path


@pytest.fixture
def nifti(tmp_path, oblique_volume):
    path = tmp_path / "a.nii"
    write_volume(oblique_volume, path)
    return path


def test_the_qform_alone_gives_the_same_place_as_the_sform(nifti, oblique_volume):
    by_qform = read_volume(edited(nifti, (254, "<h", 0)))
    assert by_qform.geometry.is_same_grid(oblique_volume.geometry, tolerance_mm=1e-3)


def test_metres_and_microns_become_millimetres(nifti, oblique_volume):
    row = oblique_volume.geometry.affine[:3].ravel() * 1000.0
    back = read_volume(edited(nifti, (123, "<B", 3), (280, "<12f", *row)))
    assert back.geometry.is_same_grid(oblique_volume.geometry, tolerance_mm=1e-3)


def test_a_big_endian_nifti_is_read(tmp_path, oblique_volume):
    path = tmp_path / "big.nii"
    write_volume(oblique_volume, path)
    raw = path.read_bytes()
    head = bytearray(raw[:352])
    for kind, at, count in [("i4", 0, 1), ("i2", 40, 8), ("i2", 70, 2), ("f4", 76, 8), ("f4", 108, 3),
                            ("i2", 252, 2), ("f4", 256, 18)]:  # fmt: skip
        values = np.frombuffer(raw, "<" + kind, count, at)
        head[at : at + values.nbytes] = values.astype(">" + kind).tobytes()
    path.write_bytes(bytes(head) + np.frombuffer(raw[352:], "<i2").astype(">i2").tobytes())
    np.testing.assert_array_equal(read_volume(path).array, oblique_volume.array)


def test_the_files_own_scaling_is_applied(nifti, oblique_volume):
    scaled = read_volume(edited(nifti, (112, "<ff", 2.0, -10.0)))
    np.testing.assert_allclose(scaled.array, oblique_volume.array * 2.0 - 10.0)


def test_a_file_without_orientation_is_read_and_noticed(nifti):
    volume = read_volume(edited(nifti, (252, "<hh", 0, 0)))
    assert [notice.code for notice in volume.notices] == ["no_orientation"]
    np.testing.assert_allclose(volume.geometry.spacing_mm, (0.5, 0.75, 3.0))


BAD_HEADERS = {
    "no spacing": ([(252, "<hh", 0, 0), (80, "<fff", 0.0, 0.0, 0.0)], "how large its voxels are"),
    "spacing is nan": ([(252, "<hh", 1, 0), (80, "<f", float("nan"))], "how large its voxels are"),
    "four time points": ([(40, "<5h", 4, 9, 12, 7, 4)], "4D image: 4 volumes"),
    "one slice": ([(40, "<4h", 3, 9, 12, 1)], "2D image"),
    "two axes": ([(40, "<3h", 2, 9, 12)], "2D image"),
    "colour": ([(70, "<hh", 128, 24)], "colour image"),
    "complex": ([(70, "<hh", 32, 64)], "complex numbers"),
    "huge": ([(40, "<4h", 3, 30000, 30000, 3000)], "2,700,000,000,000 voxels"),
    "vectors": ([(40, "<6h", 5, 9, 12, 7, 1, 3)], "several values in each voxel"),
    "voxels nowhere": ([(108, "<f", float("nan"))], "damaged"),
    "voxels far beyond the end": ([(108, "<f", 1e30)], "damaged"),
    "long double": ([(70, "<hh", 1536, 128)], "number type"),
    "a flat affine": ([(280, "<4f", 0, 0, 0, 0)], "three dimensions"),
}


@pytest.mark.parametrize("case", BAD_HEADERS)
def test_a_bad_nifti_is_refused_in_words(nifti, case):
    changes, words = BAD_HEADERS[case]
    with pytest.raises(VolumeFileError, match=words) as caught:
        read_volume(edited(nifti, *changes))
    assert str(nifti) in caught.value.where


def test_a_4d_file_with_one_time_point_is_a_volume(nifti, oblique_volume):
    volume = read_volume(edited(nifti, (40, "<5h", 4, 9, 12, 7, 1)))
    np.testing.assert_array_equal(volume.array, oblique_volume.array)


@pytest.mark.parametrize("ending", [".nii", ".nii.gz", ".nrrd", ".mha"])
def test_a_truncated_file_is_never_taken_for_a_whole_one(tmp_path, oblique_volume, ending):
    path = tmp_path / f"a{ending}"
    write_volume(oblique_volume, path)
    raw = path.read_bytes()
    for share in (0.3, 0.7, 0.95):
        path.write_bytes(raw[: int(len(raw) * share)])
        with pytest.raises(VolumeFileError):
            read_volume(path)


def test_a_compressed_file_with_a_changed_byte_is_refused(tmp_path, oblique_volume):
    path = tmp_path / "a.nii.gz"
    write_volume(oblique_volume, path)
    whole = path.read_bytes()
    for at in (len(whole) // 2, len(whole) - 6):  # among the voxels, and in the checksum itself
        changed = bytearray(whole)
        changed[at] ^= 0xFF
        path.write_bytes(changed)
        with pytest.raises(VolumeFileError, match="damaged"):
            read_volume(path)


@pytest.mark.parametrize("ending", [".mhd", ".nhdr"])
def test_a_header_whose_voxels_lie_elsewhere_names_the_file_that_is_missing(tmp_path, ending, capfd):
    sitk.WriteImage(sitk.Image([5, 6, 7], sitk.sitkInt16), str(tmp_path / f"knee{ending}"))
    assert read_volume(tmp_path / f"knee{ending}").array.shape == (5, 6, 7)
    (data,) = (path for path in tmp_path.iterdir() if path.suffix != ending)
    data.unlink()
    with pytest.raises(VolumeFileError, match=rf"{data.name}.*is missing.*same folder"):
        read_volume(tmp_path / f"knee{ending}")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("compressed", [False, True])
def test_a_truncated_metaimage_is_refused_in_our_words_alone(tmp_path, oblique_volume, compressed, capfd):
    from OrthoDiffusionLib.volumes.itk_border import sitk_from_volume

    path = tmp_path / "a.mha"
    sitk.WriteImage(sitk_from_volume(oblique_volume), str(path), compressed)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(VolumeFileError, match="ends too early"):
        read_volume(path)
    assert capfd.readouterr().err == ""  # the MetaImage library would print its own


@pytest.mark.parametrize("ending", [".nii", ".nii.gz", ".nrrd", ".mha"])
def test_empty_and_foreign_files_are_named(tmp_path, ending):
    empty, foreign = tmp_path / f"e{ending}", tmp_path / f"f{ending}"
    empty.touch()
    foreign.write_text("Dear colleague, thank you for referring this patient. " * 20)
    with pytest.raises(VolumeFileError, match="empty"):
        read_volume(empty)
    with pytest.raises(VolumeFileError, match=r"foreign|damaged|not a NIfTI|how large"):
        read_volume(foreign)


def test_a_missing_file_a_folder_and_an_unknown_ending_are_told_apart(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"x")
    for path, words in [(tmp_path / "no.nii", "no such file"), (tmp_path, "folder"),
                        (tmp_path / "a.jpg", "does not end like")]:  # fmt: skip
        with pytest.raises(VolumeFileError, match=words):
            read_volume(path)


def test_nan_in_a_file_is_counted(tmp_path, oblique_geometry):
    array = np.zeros(oblique_geometry.shape, np.float32)
    write_volume(Volume(array, oblique_geometry), tmp_path / "a.nii")
    edited(tmp_path / "a.nii", (352, "<f", float("nan")))
    with pytest.raises(StudyError, match="1 of 756 voxels"):
        read_volume(tmp_path / "a.nii")


@pytest.mark.parametrize("ending", [".nrrd", ".mha"])
def test_2d_4d_and_colour_are_refused_in_other_formats_too(tmp_path, ending):
    for name, image, words in [
        ("flat", sitk.Image([5, 6], sitk.sitkInt16), "2D"),
        ("time", sitk.Image([5, 6, 7, 3], sitk.sitkInt16), "4D image: 3 volumes"),
        ("rgb", sitk.Image([5, 6, 7], sitk.sitkVectorUInt8, 3), "colour"),
    ]:
        path = tmp_path / f"{name}{ending}"
        sitk.WriteImage(image, str(path))
        with pytest.raises(VolumeFileError, match=words):
            read_volume(path)


def test_one_time_point_in_nrrd_is_a_volume(tmp_path):
    sitk.WriteImage(sitk.Image([5, 6, 7, 1], sitk.sitkInt16), str(tmp_path / "a.nrrd"))
    assert read_volume(tmp_path / "a.nrrd").array.shape == (5, 6, 7)


def test_a_nrrd_without_spacing_is_refused_and_one_without_orientation_noticed(tmp_path):
    data = np.arange(60, dtype=np.uint8).tobytes()
    head = "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 3 4 5\nencoding: raw\n"
    (tmp_path / "no.nrrd").write_bytes(head.encode() + b"\n" + data)
    (tmp_path / "some.nrrd").write_bytes((head + "spacings: 0.5 0.5 3\n").encode() + b"\n" + data)
    with pytest.raises(VolumeFileError, match="how large its voxels are"):
        read_volume(tmp_path / "no.nrrd")
    assert [n.code for n in read_volume(tmp_path / "some.nrrd").notices] == ["no_orientation"]


@pytest.mark.parametrize("ending", [".nii.gz", ".nii", ".nrrd", ".mha"])
def test_a_full_disk_is_an_error_and_the_old_file_stays(tmp_path, ending):
    path = tmp_path / f"a{ending}"
    small = Volume(np.arange(27, dtype=np.uint8).reshape(3, 3, 3), Geometry((3, 3, 3), np.eye(4)))
    write_volume(small, path)
    noise = np.random.default_rng(0).integers(0, 255, (80, 80, 80)).astype(np.uint8)
    large = Volume(noise, Geometry(noise.shape, np.eye(4)))
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))  # the disk is full after 100 kB
    try:
        with pytest.raises(OutputError, match="Cannot write"):
            write_volume(large, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    np.testing.assert_array_equal(read_volume(path).array, small.array)
    assert os.listdir(tmp_path) == [path.name]


def test_a_missing_folder_is_an_error_with_a_remedy(tmp_path, oblique_volume):
    with pytest.raises(OutputError, match="folder exists"):
        write_volume(oblique_volume, tmp_path / "nowhere" / "a.nii.gz")
    with pytest.raises(ValueError, match=r"must end in \.nii\.gz"):
        write_volume(oblique_volume, tmp_path / "a.jpg")


def test_the_same_volume_gives_the_same_bytes(tmp_path, oblique_volume):
    write_volume(oblique_volume, tmp_path / "a.nii.gz")
    write_volume(oblique_volume, tmp_path / "b.nii.gz")
    assert (tmp_path / "a.nii.gz").read_bytes() == (tmp_path / "b.nii.gz").read_bytes()
    assert len(gzip.decompress((tmp_path / "a.nii.gz").read_bytes())) == 352 + 2 * oblique_volume.array.size


@pytest.mark.parametrize(
    ("line", "damaged", "word"),
    [
        ("NDims = 3", "NDims = -1", "ndims is -1"),
        ("NDims = 3", "NDims = 99999999999999999999", "ndims is 9999"),
        ("TransformMatrix = ", "TransformMatrix = nan ", "transformmatrix is nan"),
        ("ElementSpacing = ", "ElementSpacing = inf ", "elementspacing is inf"),
    ],
)
def test_a_metaimage_with_numbers_that_cannot_be_is_refused_before_itk_believes_them(line, damaged, word, tmp_path):
    """With a wrong NDims ITK would end the whole process, and 3D Slicer's worker with it."""
    path = tmp_path / "damaged.mha"
    write_volume(Volume(np.zeros((4, 5, 6), np.uint8), Geometry((4, 5, 6), np.eye(4))), path)
    data = path.read_bytes()
    assert line.encode() in data
    path.write_bytes(data.replace(line.encode(), damaged.encode(), 1))
    with pytest.raises(VolumeFileError, match=word):
        read_volume(path)


def test_a_voxel_larger_than_any_patient_is_refused():
    with pytest.raises(GeometryError, match="impossibly large"):
        Geometry((4, 4, 4), np.diag([1e20, 1.0, 1.0, 1.0]))


@pytest.mark.parametrize(("ending", "header"), [(".nii", 352), (".nrrd", 330), (".mha", 420)])
def test_damage_anywhere_in_a_header_is_read_or_refused_in_words(tmp_path, oblique_volume, ending, header):
    path = tmp_path / f"a{ending}"
    write_volume(oblique_volume, path)
    whole = path.read_bytes()
    rng = np.random.default_rng(3)
    refused = 0
    for _ in range(150):
        changed = bytearray(whole)
        for at in rng.integers(0, min(header, len(whole)), rng.integers(1, 5)):
            changed[at] = rng.integers(0, 256)
        path.write_bytes(changed)
        try:
            read_volume(path)
        except (VolumeFileError, StudyError) as error:
            refused += 1
            assert error.what and error.remedy
    assert refused > 20
