"""What users are told about DICOM files, and what is left out: no fault hides another."""

from __future__ import annotations

import shutil

import numpy as np
import pydicom
import pytest
from pydicom.uid import generate_uid

from OrthoDiffusionLib.errors import DicomError, StudyError
from OrthoDiffusionLib.volumes import Plane, Study, read_dicom_folder, read_inputs, write_volume

STORAGE = "1.2.840.10008.5.1.4.1.1."

NO_IMAGES = [
    ("66.4", "SEG", "a segmentation"),
    ("66.7", "SEG", "a segmentation"),
    ("30", "MR", "a parametric map"),
    ("481.2", "RTDOSE", "a radiotherapy object"),
    ("481.3", "RTSTRUCT", "a radiotherapy object"),
    ("88.33", "SR", "a structured report"),
    ("11.1", "PR", "a presentation state"),
    ("104.1", "DOC", "an encapsulated document"),
    ("4.2", "MR", "a spectrum"),
]


def codes(notices):
    return [notice.code for notice in notices]


def make(path, sop_class: str, **elements):
    """Turn a file into an object of another class."""
    dataset = pydicom.dcmread(path)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = sop_class
    for keyword, value in elements.items():
        setattr(dataset, keyword, value)
    dataset.save_as(path, enforce_file_format=True)


@pytest.mark.parametrize(("end", "modality", "what"), NO_IMAGES)
def test_what_is_no_image_is_left_out_and_named(tmp_path, write_series, end, modality, what):
    write_series(tmp_path / "mr", SeriesDescription="sag")
    for path in write_series(tmp_path / "other"):
        make(path, STORAGE + end, Modality=modality)
    (volume,), (notice,) = read_dicom_folder(tmp_path)
    assert volume.name == "sag"
    assert (notice.code, notice.what) == ("no_volume_file", f"6 files are each {what} and were left out")
    with pytest.raises(DicomError, match=f"6 files are each {what}"):
        read_inputs([tmp_path / "other"])


@pytest.mark.parametrize("kind", ["BINARY", "FRACTIONAL", "LABELMAP"])
def test_a_real_segmentation_beside_its_series_is_left_out_and_alone_refused(tmp_path, write_series, kind):
    highdicom = pytest.importorskip("highdicom")
    from highdicom.sr.coding import CodedConcept

    paths = write_series(
        tmp_path / "mr", FrameOfReferenceUID="1.2.9", SeriesDescription="sag", StudyDate="20200101", StudyTime="120000",
        PatientBirthDate="", PatientSex="", AccessionNumber="", StudyID="1", SliceThickness=4.0, SeriesNumber=1,
        ReferringPhysicianName="", PatientName="Secret^Person",
    )  # fmt: skip
    sources = [pydicom.dcmread(path) for path in paths]
    code = CodedConcept("72001000", "SCT", "Bone")
    segmentation = highdicom.seg.Segmentation(
        source_images=sources,
        pixel_array=(np.indices((6, 10, 8)).sum(axis=0) % 2).astype(np.float32 if kind == "FRACTIONAL" else np.uint8),
        segmentation_type=kind,
        segment_descriptions=[highdicom.seg.SegmentDescription(1, "bone", code, code, "MANUAL")],
        series_instance_uid=generate_uid(), series_number=2, sop_instance_uid=generate_uid(), instance_number=1,
        manufacturer="x", manufacturer_model_name="x", software_versions="1", device_serial_number="1",
    )  # fmt: skip
    (tmp_path / "seg").mkdir()
    segmentation.save_as(tmp_path / "seg" / "seg.dcm")
    volumes, (notice,) = read_inputs([tmp_path])
    assert [volume.name for volume in volumes] == ["sag"]
    assert notice.what == "One file is a segmentation and was left out"
    assert notice.where == "seg.dcm"
    with pytest.raises(DicomError, match="One file is a segmentation"):
        read_inputs([tmp_path / "seg"])


def test_computed_tomography_is_left_out_beside_mr_and_read_alone(tmp_path, write_series):
    write_series(tmp_path / "mr", SeriesDescription="sag")
    for path in write_series(tmp_path / "ct"):
        make(path, STORAGE + "2", Modality="CT")
    (volume,), (notice,) = read_dicom_folder(tmp_path)
    assert volume.name == "sag"
    assert notice.what == "6 files are computed tomography (CT) beside MR images and were left out"
    (alone,), notices = read_dicom_folder(tmp_path / "ct")
    assert (alone.modality, notices) == ("CT", [])


def test_captures_of_the_screen_are_left_out_beside_mr_even_if_they_say_mr(tmp_path, write_series):
    write_series(tmp_path / "mr", SeriesDescription="sag")
    for path in write_series(tmp_path / "capture"):
        make(path, STORAGE + "7", Modality="MR")
    (volume,), (notice,) = read_dicom_folder(tmp_path)
    assert volume.name == "sag"
    assert notice.what == "6 files are each a secondary capture beside MR images and were left out"


def test_a_screen_that_was_saved_as_an_mr_image_with_a_place_is_left_out_beside_mr(tmp_path, write_series):
    write_series(tmp_path / "mr", SeriesDescription="sag pd fs")
    saved = ["DERIVED", "SECONDARY", "SCREEN SAVE"]
    write_series(tmp_path / "saved", slices=12, step=2.0, SeriesDescription="sag pd fs", ImageType=saved)
    (volume,), (notice,) = read_dicom_folder(tmp_path)
    assert volume.array.shape[2] == 6
    assert notice.what == "12 files are each a secondary capture beside MR images and were left out"


def test_faults_of_several_kinds_each_keep_their_remedy(tmp_path, write_series):
    paths = write_series(tmp_path, slices=2)
    paths[0].write_bytes(paths[0].read_bytes()[:300])
    dataset = pydicom.dcmread(paths[1])
    del dataset.ImagePositionPatient
    dataset.save_as(paths[1])
    with pytest.raises(DicomError) as caught:
        read_dicom_folder(tmp_path)
    assert "000.dcm: Copy or export the series again." in caught.value.remedy
    assert "001.dcm: Export the original MR images" in caught.value.remedy


def test_bad_files_of_several_formats_each_keep_their_own_words(tmp_path, make_volume, write_series):
    write_volume(make_volume(), tmp_path / "good.nii.gz")
    (tmp_path / "cut.nii.gz").write_bytes((tmp_path / "good.nii.gz").read_bytes()[:500])
    (tmp_path / "empty.nrrd").write_bytes(b"")
    (tmp_path / "good.nii.gz").unlink()
    paths = write_series(tmp_path, slices=1)
    with pytest.raises(StudyError) as caught:
        read_inputs([tmp_path])
    told = str(caught.value)
    for name in ("cut.nii.gz", "empty.nrrd"):
        assert name in told
    assert "The file is empty" in told
    assert "One single slice without neighbours" in told
    assert "give its folder instead" in told
    assert paths[0].exists()


def test_slices_that_all_lie_at_one_place_are_refused_with_what_to_do(tmp_path, write_series):
    write_series(tmp_path, ImagePositionPatient=[0.0, 0.0, 0.0], SeriesNumber=4, SeriesDescription="sag pd")
    with pytest.raises(DicomError) as caught:
        read_dicom_folder(tmp_path)
    assert "All 6 slices have the same position" in caught.value.what
    assert "series 4 sag pd" in caught.value.what
    assert "export the series again" in caught.value.remedy


def test_slices_at_one_place_do_not_spoil_another_series(tmp_path, write_series):
    write_series(tmp_path / "a", ImagePositionPatient=[10.0, 0.0, 0.0])
    write_series(tmp_path / "b", SeriesDescription="good")
    (volume,), notices = read_dicom_folder(tmp_path)
    assert volume.name == "good"
    assert codes(notices) == ["same_position"]


@pytest.mark.parametrize("also", [(), ("StudyInstanceUID",), ("StudyInstanceUID", "FrameOfReferenceUID")])
def test_slices_with_a_series_identifier_each_are_put_together(tmp_path, write_series, also):
    more = {keyword: lambda n: generate_uid() for keyword in also}
    more.setdefault("FrameOfReferenceUID", "1.2.9")
    write_series(tmp_path, slices=12, SeriesInstanceUID=lambda n: generate_uid(), SeriesNumber=5,
                 SeriesDescription="sag pd", EchoTime=lambda n: 30.498 + 0.004 * (n % 2), **more)  # fmt: skip
    (volume,), (notice,) = read_dicom_folder(tmp_path)
    assert volume.array[0, 0].tolist() == list(range(100, 112))
    assert (volume.origin.study == "") is ("StudyInstanceUID" in also)
    assert notice.code == "series_joined"
    assert notice.what.startswith("Each of 12 slices has its own series identifier; they were joined")


@pytest.mark.parametrize(
    "other",
    [
        {"SeriesDescription": "sag t2"},
        {"SeriesNumber": 6},
        {"EchoTime": 60.0},
        {"ImageType": ["DERIVED", "PRIMARY", "DIXON", "FAT"]},
        {"FlipAngle": 20},
        {"RepetitionTime": 900},
        {"PatientID": "4712"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_two_sequences_without_series_identifiers_are_never_mixed(tmp_path, write_series, other):
    tags = {"SeriesDescription": "sag pd", "SeriesNumber": 5, "EchoTime": 30.0, "FlipAngle": 90, "RepetitionTime": 3000}
    tags["ImageType"] = ["DERIVED", "PRIMARY", "DIXON", "WATER"]
    unknown = {"SeriesInstanceUID": lambda n: generate_uid()}
    write_series(tmp_path, slices=9, prefix="a", **tags, **unknown)
    write_series(tmp_path, slices=9, prefix="b", first=(-32.0, -20, 15), **{**tags, **other}, **unknown)
    volumes, _ = read_dicom_folder(tmp_path)
    assert [volume.array[0, 0].tolist() for volume in volumes] == [list(range(100, 109))] * 2


def test_single_slices_that_form_no_even_stack_stay_apart(tmp_path, write_series):
    for number in range(6):
        write_series(tmp_path, slices=1, first=(-30.0 - 1.7 * number**2, -20.0, 15.0), prefix=f"{number}_",
                     SeriesDescription="scout")  # fmt: skip
    with pytest.raises(DicomError, match="6 single slices"):
        read_dicom_folder(tmp_path)


def depths_of_slices(volume, paths):
    """Where the real slices lie along the axis of slices, in voxels."""
    places = []
    for path in paths:
        x, y, z = pydicom.dcmread(path).ImagePositionPatient
        places.append(volume.geometry.to_ijk((-x, -y, z))[2])
    return np.array(places)


@pytest.mark.parametrize("dense", [range(8), range(12, 20)], ids=["dense first", "dense last"])
def test_no_real_slice_is_lost_where_slices_are_dense_and_sparse(tmp_path, write_series, dense):
    every = [n for n in range(20) if n in dense or n % 2 == 0]
    paths = write_series(tmp_path, slices=20, skip=[n for n in range(20) if n not in every], step=3.0)
    (volume,), (notice,) = read_dicom_folder(tmp_path)
    assert volume.geometry.spacing_mm[2] == pytest.approx(3.0)
    for path, place in zip(paths, depths_of_slices(volume, paths), strict=True):
        assert abs(place - round(place)) < 1e-6
        picture = pydicom.dcmread(path).pixel_array
        np.testing.assert_array_equal(volume.array[..., round(place)], picture.T)
    assert notice.code == "uneven_slices"
    assert notice.what == "The slices are 3.0 to 6.0 mm apart and were resampled to even steps of 3.0 mm"


def test_dense_and_sparse_steps_that_do_not_fit_each_other_keep_all_slices(tmp_path, write_series):
    depths = [*np.arange(0, 20, 2.0), *np.arange(20, 90, 5.3)]
    write_series(tmp_path, slices=len(depths), ImagePositionPatient=lambda n: [-depths[n], -20.0, 15.0],
                 picture=lambda n: np.full((10, 8), round(10 * depths[n]) + n % 2, np.uint16))  # fmt: skip
    (volume,), notices = read_dicom_folder(tmp_path)
    assert volume.geometry.spacing_mm[2] < 2.6
    x = [volume.geometry.to_ras((0, 0, k))[0] for k in range(volume.array.shape[2])]
    np.testing.assert_allclose(volume.array[0, 0], 10 * np.array(x), atol=2.0)
    assert codes(notices) == ["uneven_slices"]


def test_a_wide_gap_parts_the_stack_and_nothing_is_invented_in_it(tmp_path, write_series):
    write_series(tmp_path, slices=40, step=4.0, skip=range(15, 25))
    volumes, (notice,) = read_dicom_folder(tmp_path)
    assert [volume.array.shape[2] for volume in volumes] == [15, 15]
    assert volumes[1].array[0, 0].tolist() == list(range(125, 140))
    assert notice.what == "The stack has gaps of up to 44 mm and was split there"


def test_unreadable_slices_in_the_middle_are_filled_and_named(tmp_path, write_series):
    paths = write_series(tmp_path, slices=20)
    for number in (9, 10):
        paths[number].write_bytes(paths[number].read_bytes()[:-60])
    (volume,), notices = read_dicom_folder(tmp_path)
    assert volume.array.shape[2] == 20
    assert volume.array[0, 0].tolist() == list(range(100, 120))
    assert codes(notices) == ["damaged_file", "uneven_slices"]
    assert notices[0].where == "009.dcm, 010.dcm"
    assert notices[1].what == "2 of 20 slices are missing and were filled from the neighbours"


def test_the_same_files_in_two_folders_are_no_news(tmp_path, write_series):
    write_series(tmp_path / "one")
    shutil.copytree(tmp_path / "one", tmp_path / "copy")
    (volume,), notices = read_dicom_folder(tmp_path)
    assert (volume.array.shape[2], notices) == (6, [])


def test_two_pictures_of_one_identifier_are_not_taken_for_copies(tmp_path, write_series):
    write_series(tmp_path, slices=9)
    path = tmp_path / "004.dcm"
    dataset = pydicom.dcmread(path)
    dataset.PixelData = bytes(len(dataset.PixelData))
    dataset.save_as(tmp_path / "004b.dcm")
    (volume,), notices = read_dicom_folder(tmp_path)
    assert volume.array[0, 0, 4] == 104
    assert codes(notices) == ["duplicate_slices"]


def test_empty_slices_of_two_echoes_with_one_identifier_are_no_copies(tmp_path, write_series):
    """Software that removes names may give all files one identifier."""
    for number, echo in enumerate((15.0, 30.0)):
        write_series(tmp_path, series="1.2.7", prefix=f"{number}_", EchoTime=echo, SOPInstanceUID="1.2.8",
                     picture=lambda n: np.full((10, 8), 0 if n == 0 else 100 + n, np.uint16))  # fmt: skip
    volumes, notices = read_dicom_folder(tmp_path)
    assert [volume.array.shape[2] for volume in volumes] == [6, 6]
    assert notices == []


def directory(folder, listed) -> None:
    """A DICOMDIR that lists some files, as pydicom writes it."""
    from pydicom.fileset import FileSet

    files = FileSet()
    for path in listed:
        dataset = pydicom.dcmread(path)
        dataset.StudyDate, dataset.StudyTime, dataset.StudyID = "20200101", "120000", "1"
        dataset.AccessionNumber, dataset.SeriesNumber = "1", 1
        files.add(dataset)
    stage = files._stage["t"]
    files.write(folder)
    for folder_of_it in {stage, files._stage["t"]}:
        folder_of_it.cleanup()  # else it complains when it is collected


def test_a_dicomdir_stands_for_the_files_that_it_lists(tmp_path, write_series):
    directory(tmp_path / "disc", write_series(tmp_path / "made", slices=9, SeriesDescription="sag"))
    (volume,), notices = read_inputs([tmp_path / "disc" / "DICOMDIR"])
    assert (volume.name, volume.array.shape[2], notices) == ("sag", 9, [])
    (again,), notices = read_inputs([tmp_path / "disc"])
    assert (again.array.shape[2], notices) == (9, [])
    (tmp_path / "disc" / "DICOMDIR").rename(tmp_path / "disc" / "list.dcm")
    (renamed,), notices = read_inputs([tmp_path / "disc" / "list.dcm"])
    assert (renamed.array.shape[2], notices) == (9, [])


def test_files_that_a_dicomdir_lists_and_that_are_not_there_are_named(tmp_path, write_series):
    directory(tmp_path / "disc", write_series(tmp_path / "made", slices=9))
    files = sorted(path for path in (tmp_path / "disc").rglob("*") if path.is_file() and path.name != "DICOMDIR")
    files[8].unlink()
    for given in ("disc/DICOMDIR", "disc"):
        _, notices = read_inputs([tmp_path / given])
        assert "missing_file" in codes(notices)
        (notice,) = [one for one in notices if one.code == "missing_file"]
        assert files[8].name in notice.what
        assert notice.what.startswith("One file of the DICOMDIR is missing")
        assert "whole disc" in notice.remedy
    for path in files[:8]:
        path.unlink()
    with pytest.raises(DicomError, match="9 files of the DICOMDIR are missing"):
        read_inputs([tmp_path / "disc" / "DICOMDIR"])


def _list(directory, names):
    """Let a DICOMDIR list other files."""
    dataset = pydicom.dcmread(directory)
    records = [record for record in dataset.DirectoryRecordSequence if "ReferencedFileID" in record]
    for record, name in zip(records, names, strict=True):
        record["ReferencedFileID"]._value = pydicom.multival.MultiValue(str, name)
    dataset.save_as(directory)


def test_names_on_a_medium_are_found_in_small_letters_and_never_outside(tmp_path, write_series):
    paths = write_series(tmp_path / "made", slices=6)
    directory(tmp_path / "disc", paths)
    for path in sorted((tmp_path / "disc").rglob("*"), reverse=True):
        if path.name != "DICOMDIR":
            path.rename(path.with_name(path.name.lower()))
    (volume,), notices = read_inputs([tmp_path / "disc" / "DICOMDIR"])
    assert (volume.array.shape[2], notices) == (6, [])
    for first in (".", "D:", ""):
        files = sorted(path.relative_to(tmp_path / "disc") for path in (tmp_path / "disc").rglob("*") if path.is_file())
        _list(tmp_path / "disc" / "DICOMDIR", [[first, *path.parts] for path in files if path.name != "DICOMDIR"])
        (volume,), notices = read_inputs([tmp_path / "disc" / "DICOMDIR"])
        assert (volume.array.shape[2], notices) == (6, [])
    _list(tmp_path / "disc" / "DICOMDIR", [["..", "made", "000"]] * 6)
    with pytest.raises(DicomError, match="6 files of the DICOMDIR are missing"):
        read_inputs([tmp_path / "disc" / "DICOMDIR"])


def test_files_of_two_patients_are_said_and_kept_apart(tmp_path, write_series):
    write_series(tmp_path / "a", SeriesDescription="one")
    write_series(tmp_path / "b", SeriesDescription="two", PatientID="4712", PatientName="Other^Person", study="1.2.4")
    volumes, (notice,) = read_dicom_folder(tmp_path)
    assert len({volume.origin.patient for volume in volumes}) == 2
    assert (notice.code, notice.what) == ("several_studies", "The files belong to 2 patients")
    assert "Other" not in f"{notice}{volumes}"


def test_a_study_takes_the_mr_series_from_a_full_archive_folder(tmp_path, write_series):
    """All at once, as a folder from an archive looks."""
    write_series(tmp_path / "1", slices=3, SeriesNumber=1, SeriesDescription="localizer")
    write_series(tmp_path / "2", slices=20, SeriesNumber=2, SeriesDescription="pd fs sag")
    for path in write_series(tmp_path / "3", slices=20, SeriesNumber=3, SeriesDescription="pd fs sag seg"):
        make(path, STORAGE + "66.4", Modality="SEG")
    for path in write_series(tmp_path / "4", slices=40, SeriesNumber=4, SeriesDescription="pd fs sag"):
        make(path, STORAGE + "2", Modality="CT")
    volumes, notices = read_inputs([tmp_path])
    study = Study.from_volumes(volumes, notices=notices, joint="knee")
    assert study.planes[Plane.SAGITTAL].name == "pd fs sag"
    assert codes(notices) == ["no_volume_file", "no_volume_file"]


@pytest.mark.parametrize(
    ("tags", "what"),
    [
        ({"PhotometricInterpretation": "PALETTE COLOR"}, "a colour picture"),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "M", "MOSAIC"]}, "a mosaic of many slices"),
    ],
)
def test_pictures_whose_values_are_no_slice_are_left_out(tmp_path, write_series, tags, what):
    write_series(tmp_path / "good", SeriesDescription="sag")
    write_series(tmp_path / "bad", **tags)
    (volume,), (notice,) = read_dicom_folder(tmp_path)
    assert (volume.name, notice.what) == ("sag", f"6 files are each {what} and were left out")


def test_slices_far_denser_in_one_part_are_said_to_fall_together(tmp_path, write_series):
    depths = [*np.arange(0, 5, 0.1), *np.arange(5, 120, 6.0)]
    write_series(tmp_path, slices=len(depths), ImagePositionPatient=lambda n: [-depths[n], -20.0, 15.0])
    (volume,), (notice,) = read_dicom_folder(tmp_path)
    assert volume.array.shape[2] <= 8 * len(depths)
    assert "are too close to others to be kept separate" in notice.what
