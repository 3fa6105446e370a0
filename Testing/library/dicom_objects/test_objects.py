"""All objects of an analysis together: odd sources, repeated runs, what is refused, what the picture shows."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.dicom_objects import DicomObjects
from OrthoDiffusionLib.dicom_objects.revised_report import _frame_of_reference
from OrthoDiffusionLib.errors import DicomError, Notice, StudyError
from OrthoDiffusionLib.findings import StudyRecord
from OrthoDiffusionLib.reports import overview
from OrthoDiffusionLib.volumes import Plane, read_inputs, write_volume
from OrthoDiffusionLib.volumes.dicom.kinds import CLASSIC_MR_CLASS

from .conftest import analysis_of, faults, study_of, write_objects


def test_the_same_input_gives_the_same_bytes(sagittal_exam, tmp_path):
    study = study_of(sagittal_exam)
    picture = overview(analysis_of(study), study)
    first = write_objects(study, tmp_path / "first", overview=picture)
    second = write_objects(study_of(sagittal_exam), tmp_path / "second", overview=picture)

    assert set(first) == {"seg_sagittal", "report", "overview"}
    for name, path in first.items():
        assert path.read_bytes() == second[name].read_bytes(), name


@pytest.mark.long
def test_the_same_input_gives_the_same_bytes_in_another_process(sagittal_exam, tmp_path):
    study = study_of(sagittal_exam)
    picture = overview(analysis_of(study), study)
    first = write_objects(study, tmp_path / "first", overview=picture)
    picture.save(tmp_path / "picture.png")
    script = (
        "import sys; from pathlib import Path; from PIL import Image;"
        "from library.dicom_objects.conftest import study_of, write_objects;"
        "write_objects(study_of(Path(sys.argv[1])), Path(sys.argv[2]), overview=Image.open(sys.argv[3]))"
    )
    root = str(sagittal_exam)
    testing = str(Path(__file__).parents[2])
    subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {testing!r}); {script}",
         root, str(tmp_path / "second"), str(tmp_path / "picture.png")], check=True,
    )  # fmt: skip

    assert set(first) == {"seg_sagittal", "report", "overview"}
    for name, path in first.items():
        assert path.read_bytes() == (tmp_path / "second" / "dicom" / f"{name}.dcm").read_bytes(), name


def test_another_bundle_makes_other_objects_in_other_series(sagittal_exam, tmp_path):
    study = study_of(sagittal_exam)
    before = analysis_of(study)
    first = write_objects(study, tmp_path / "first", before)
    second = write_objects(study, tmp_path / "second", replace(before, bundle=replace(before.bundle, sha256="cd" * 32)))

    for name, path in first.items():
        one, two = pydicom.dcmread(path), pydicom.dcmread(second[name])
        assert one.SeriesInstanceUID != two.SeriesInstanceUID
        assert one.SOPInstanceUID != two.SOPInstanceUID
        assert one.StudyInstanceUID == two.StudyInstanceUID


def _odd(index, dataset):
    """What software that removes names, and old software, leaves behind."""
    dataset.SpecificCharacterSet = "ISO_IR 100"
    dataset.PatientName = "Müller^Jörg=x"
    dataset.PatientBirthDate = "00010101"
    dataset.PatientSex = "?"
    dataset.PatientAge = "30"
    dataset.PatientWeight = None
    dataset.StudyDate, dataset.StudyTime, dataset.SeriesDate = "99999999", "2561", "20260230"
    dataset.AcquisitionDate = "2026.1.5"
    dataset.LossyImageCompression, dataset.LossyImageCompressionMethod = "01", "ISO_10918_1"
    ratio = RawDataElement(Tag("LossyImageCompressionRatio"), "DS", 4, b"10:1", 0, False, True)
    dataset[ratio.tag] = ratio
    dataset.StudyID = "a study identifier of far more than sixteen characters"
    dataset.StudyDescription = "knee " * 20
    dataset.ReferringPhysicianName = ["A^B", "C^D"]
    dataset.AccessionNumber = None
    dataset.PatientIdentityRemoved = "YES"
    del dataset.FrameOfReferenceUID, dataset.SliceThickness
    dataset.SpacingBetweenSlices = "-7.5"  # some writers state the gap, or a direction
    dataset.add_new((0x0009, 0x0010), "LO", "A MAKER")
    dataset.add_new((0x0009, 0x1001), "LO", "private")


@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom, of what the test writes
def test_an_odd_source_gives_valid_objects_of_the_same_study(exam, tmp_path):
    folder = exam("odd", np.eye(3), (3.3, 0.9, 0.8), (12, 48, 54), change=_odd)
    study = study_of(folder)
    files = write_objects(study, tmp_path / "out", overview=overview(analysis_of(study), study))
    source = pydicom.dcmread(next(folder.iterdir()))

    for name, path in files.items():
        made = pydicom.dcmread(path)
        assert made.StudyInstanceUID == source.StudyInstanceUID
        assert str(made.PatientName) == "Müller^Jörg=x"
        assert (made.PatientBirthDate, made.StudyDate, made.StudyTime, made.PatientSex) == ("", "", "", "")
        # The source's own too long identifier and name stay, so that the objects are filed with it; nothing else.
        told = [fault for fault in faults(path) if "StudyID" not in fault and "StudyDescription" not in fault]
        assert [fault for fault in told if "PatientName" not in fault] == [], name
    seg = pydicom.dcmread(files["seg_sagittal"])
    measures = seg.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    assert float(measures.SpacingBetweenSlices) == pytest.approx(3.3)
    assert seg.FrameOfReferenceUID.startswith("2.25.")
    assert (seg.LossyImageCompression, seg.get("LossyImageCompressionRatio")) == ("01", None)
    assert seg.LossyImageCompressionMethod == "ISO_10918_1"


def test_of_mixed_input_what_comes_from_dicom_is_written_and_the_rest_is_said(exam, sagittal_exam, tmp_path):
    other = study_of(exam("coronal", np.eye(3), (0.9, 3.3, 0.8), (48, 12, 54)))
    write_volume(other.planes[Plane.CORONAL], tmp_path / "coronal.nii.gz")
    ((volume,), _) = read_inputs([tmp_path / "coronal.nii.gz"])
    sagittal = study_of(sagittal_exam).planes[Plane.SAGITTAL]
    study = study_of(sagittal_exam, forced={Plane.CORONAL: volume, Plane.SAGITTAL: sagittal})
    assert set(study.planes) == {Plane.SAGITTAL, Plane.CORONAL}

    objects = DicomObjects.of(study)

    assert set(objects.sources) == {Plane.SAGITTAL}
    (notice,) = objects.notices
    assert (notice.code, notice.where) == ("no_dicom_source", study.planes[Plane.CORONAL].name)
    assert sorted(write_objects(study, tmp_path / "out")) == ["report", "seg_sagittal"]


def test_without_any_dicom_source_it_is_refused(sagittal_exam, tmp_path):
    write_volume(study_of(sagittal_exam).planes[Plane.SAGITTAL], tmp_path / "sagittal.nii.gz")

    with pytest.raises(StudyError, match="none of these does") as refused:
        DicomObjects.of(study_of(tmp_path / "sagittal.nii.gz"))
    assert refused.value.code == "no_dicom_source"


def test_a_source_without_identifiers_is_said(exam):
    def change(index, dataset):
        del dataset.SOPInstanceUID

    study = study_of(exam("nameless", np.eye(3), (3.3, 0.9, 0.8), (12, 48, 54), change=change))

    with pytest.raises(StudyError):
        DicomObjects.of(study)


@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom, of what the test writes
@pytest.mark.parametrize("frame", ["no frame", "1.2.abc", "1.2.03.4", "1.2." + "3" * 70])
def test_an_invalid_frame_of_reference_is_replaced_by_one_that_all_objects_share(exam, tmp_path, frame):
    def change(index, dataset):
        dataset.FrameOfReferenceUID = frame

    one = exam("one", np.eye(3), (3.3, 0.9, 0.8), (12, 48, 54), change=change)
    other = exam("other", np.eye(3), (0.9, 3.3, 0.8), (48, 12, 54), change=change, number=2)
    objects = DicomObjects.of(study := study_of(one, other))
    assert [(notice.code, notice.variant) for notice in objects.notices] == [("frame_of_reference", "not_valid")] * 2
    assert "is not valid" in objects.notices[0].what
    files = write_objects(study, tmp_path / "out")
    assert [fault for path in files.values() for fault in faults(path)] == []
    segs = [pydicom.dcmread(path) for name, path in files.items() if name.startswith("seg")]
    (shared,) = {seg.FrameOfReferenceUID for seg in segs}
    assert shared.startswith("2.25.")
    assert _frame_of_reference(pydicom.dcmread(files["report"])) == shared


@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom, of what the test writes
@pytest.mark.parametrize("tag", ["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"])
def test_identifiers_that_no_object_can_name_are_said(exam, tag):
    def change(index, dataset):
        setattr(dataset, tag, f"image {index}" if tag == "SOPInstanceUID" else "exam A")

    with pytest.raises(StudyError) as caught:
        DicomObjects.of(study_of(exam("odd", np.eye(3), (3.3, 0.9, 0.8), (12, 48, 54), change=change)))
    assert caught.value.code == "no_dicom_source"


@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom, of what the test writes
def test_a_source_that_does_not_state_its_class_gives_valid_objects(exam, tmp_path):
    def change(index, dataset):
        del dataset.SOPClassUID

    files = write_objects(study_of(exam("odd", np.eye(3), (3.3, 0.9, 0.8), (12, 48, 54), change=change)), tmp_path)
    assert [fault for path in files.values() for fault in faults(path)] == []
    (series,) = pydicom.dcmread(files["seg_sagittal"]).ReferencedSeriesSequence
    assert {item.ReferencedSOPClassUID for item in series.ReferencedInstanceSequence} == {CLASSIC_MR_CLASS}


def test_a_source_that_was_exchanged_meanwhile_is_refused(sagittal_exam, tmp_path):
    study = study_of(sagittal_exam)
    path = sorted(sagittal_exam.iterdir())[5]
    dataset = pydicom.dcmread(path)
    dataset.SOPInstanceUID = "1.2.3.4"
    dataset.save_as(path)

    with pytest.raises(DicomError, match="changed or removed") as refused:
        write_objects(study, tmp_path / "out")
    assert path.name in refused.value.where


@pytest.mark.parametrize(("version", "words"), [(None, "needs the Python package"), ("0.22.0", "0.22.0 is installed")])
def test_a_missing_or_old_highdicom_is_named(version, words, sagittal_exam, monkeypatch):
    import highdicom

    if version is None:
        monkeypatch.setitem(sys.modules, "highdicom", None)
    else:
        monkeypatch.setattr(highdicom, "__version__", version)
    with pytest.raises(DicomError, match=words):
        DicomObjects.of(study_of(sagittal_exam))


def test_the_picture_is_valid_and_shows_neither_names_of_series_nor_times(sagittal_exam, tmp_path):
    study = study_of(sagittal_exam)

    def shown(planes, created, notices):
        analysis = analysis_of(
            study, created=created, notices=notices, record=StudyRecord("knee", study.side, "tag", planes)
        )
        folder = tmp_path / created[:4]
        path = write_objects(study, folder, analysis, overview=overview(analysis, study))["overview"]
        return path, pydicom.dcmread(path)

    path, one = shown({"sagittal": "Jane Doe 4711"}, "2026-01-01T10:00:00+01:00", (
        Notice("duplicate_slices", where="Jane Doe", values={"count": 3}),))  # fmt: skip
    _, other = shown({"sagittal": "PD FS"}, "1999-05-05T11:11:11+01:00", (
        Notice("few_slices", where="PD FS", values={"slices": 4}),))  # fmt: skip

    assert faults(path) == []
    assert (one.SOPClassUID.name, one.BurnedInAnnotation) == ("Secondary Capture Image Storage", "NO")
    assert (one.pixel_array == other.pixel_array).all()
    assert one.pixel_array.std() > 20
    assert one.StudyInstanceUID == study.planes[Plane.SAGITTAL].origin.study


def test_the_picture_is_the_overview_but_for_its_heading(sagittal_exam, tmp_path):
    study = study_of(sagittal_exam)
    analysis = analysis_of(study, notices=())
    picture = overview(analysis, study)
    made = pydicom.dcmread(write_objects(study, tmp_path / "out", analysis, overview=picture)["overview"])

    different = (np.asarray(picture) != made.pixel_array).any(axis=(1, 2))
    assert not different[90:].any()
    assert isinstance(picture, Image.Image)


def test_right_and_left_of_one_series_are_told_apart_by_series_and_by_what_is_tracked(exam, tmp_path):
    folder = exam("coronal", np.eye(3)[:, [0, 2, 1]], (0.9, 0.8, 3.3), (48, 54, 12), side=None)
    written = [write_objects(study_of(folder, side=side), tmp_path / side.value) for side in Side]
    for name in written[0]:
        uids = [str(pydicom.dcmread(files[name]).SeriesInstanceUID) for files in written]
        assert uids[0] != uids[1], name
    tracked = [_tracked(pydicom.dcmread(files["report"]).ContentSequence) for files in written]
    assert tracked[0] and not tracked[0] & tracked[1], "the right ligament is not the left one at another time"


def _tracked(items) -> set[str]:
    """The tracking identifiers of a report."""
    found = set()
    for item in items:
        if item.ValueType == "UIDREF" and item.ConceptNameCodeSequence[0].CodeValue == "112040":
            found.add(str(item.UID))
        found |= _tracked(item.get("ContentSequence", ()))
    return found
