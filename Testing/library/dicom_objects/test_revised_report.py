"""A report that is written anew after a reader has decided: what is new in it, what stays, and what it follows."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace

import pydicom
import pytest

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.dicom_objects import DicomObjects
from OrthoDiffusionLib.dicom_objects.deidentification import deidentify_files
from OrthoDiffusionLib.dicom_objects.revised_report import write_revised_report
from OrthoDiffusionLib.errors import DicomError
from OrthoDiffusionLib.findings import Review
from OrthoDiffusionLib.findings.measurement_context import ReaderValue

from .conftest import analysis_of, faults, program, study_of

DECIDED = Review("rejected", "only physiological fluid", "2026-01-01T10:00:00+01:00", "negative", "positive")
MOVED = ReaderValue(14.25, "points", ((1.0, 2.0, 3.0), (4.0, 5.0, 9.0)), "2026-01-02T08:30:15+01:00")


@pytest.fixture
def results(sagittal_exam, tmp_path):
    """A results folder with objects, and what a reader's work makes of its analysis."""
    study = study_of(sagittal_exam)
    analysis = analysis_of(study)
    folder = analysis.save(tmp_path / "results")
    DicomObjects.of(study).write(analysis, folder)
    return folder, analysis


def decide(folder, analysis, *, review=DECIDED, reader=MOVED):
    """Write findings.json as after a reader's work."""
    findings = (replace(analysis.findings[0], review=review), *analysis.findings[1:])
    measurements = (replace(analysis.measurements[0], reader=reader), *analysis.measurements[1:])
    content = replace(analysis, findings=findings, measurements=measurements).as_dict()
    (folder / "findings.json").write_text(json.dumps(content), encoding="utf-8")


def items(container, value_type):
    """Name of each item of a kind -> items."""
    found = {}
    for item in container.ContentSequence:
        if item.ValueType == value_type:
            found.setdefault(item.ConceptNameCodeSequence[0].CodeMeaning, []).append(item)
    return found


def groups(report):
    (container,) = items(report, "CONTAINER")["Imaging Measurements"]
    return {items(one, "TEXT")["Tracking Identifier"][0].TextValue: one for one in container.ContentSequence}


def test_the_new_report_has_the_readers_word_beside_the_models_and_names_the_one_before(results):
    folder, analysis = results
    before = pydicom.dcmread(folder / "dicom" / "report.dcm")
    decide(folder, analysis)
    written = write_revised_report(folder)

    assert written == folder / "dicom" / "report.dcm" and faults(written) == []
    after = pydicom.dcmread(written)
    effusion = groups(after)["joint_effusion"]
    said = {name: one[0].ConceptCodeSequence[0].CodeMeaning for name, one in items(effusion, "CODE").items()}
    assert said["What the model says"] == "Probability at or above the operating point"
    assert (said["What a reader says"], said["Reader's decision on the model's word"]) == ("Absent", "Rejected")
    model, reader = items(groups(after)["measurements"], "NUM")["TT-TG distance"]
    assert [one.MeasuredValueSequence[0].NumericValue for one in (model, reader)] == [11.5, 14.25]
    assert "Taken from a reader's points or outlines" in str(reader) and "reader" not in str(model)
    (place,) = items(reader, "SCOORD3D").values()
    assert list(place[0].GraphicData) == [-1.0, -2.0, 3.0, -4.0, -5.0, 9.0]  # LPS
    # Another document of the same series and exam, later than the one that it follows.
    assert (
        after.SOPInstanceUID
        != before.SOPInstanceUID
        == pydicom.dcmread(folder / "dicom" / "report_1.dcm").SOPInstanceUID
    )
    assert (after.SeriesInstanceUID, after.StudyInstanceUID) == (before.SeriesInstanceUID, before.StudyInstanceUID)
    assert (after.InstanceNumber, after.ContentDate, after.ContentTime) == (2, "20260102", "083015")
    (study,) = after.PredecessorDocumentsSequence
    assert study.ReferencedSeriesSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID == before.SOPInstanceUID
    assert "PredecessorDocumentsSequence" not in before


def test_a_decision_by_command_names_its_reader_and_a_copy_without_names_does_not(results, tmp_path, capsys):
    folder, _ = results
    words = ["decide", str(folder), "--finding", "joint_effusion", "negative", "--reader", "Dr. Weber"]
    assert main(words) == 0
    assert "--dicom" in capsys.readouterr().err, "the report of before does not say it"
    assert main([*words, "--dicom"]) == 0
    report = folder / "dicom" / "report.dcm"
    effusion = groups(pydicom.dcmread(report))["joint_effusion"]
    assert faults(report) == [] and (folder / "dicom" / "report_1.dcm").exists()
    (name,) = items(effusion, "PNAME")["Person Observer Name"]
    assert name.PersonName.family_name == "Dr. Weber"
    assert items(effusion, "CODE")["What a reader says"][0].ConceptCodeSequence[0].CodeMeaning == "Absent"
    deidentify_files([folder / "dicom"], tmp_path / "copies")
    copies = list((tmp_path / "copies").rglob("*.dcm"))
    assert copies and not any("Weber" in str(pydicom.dcmread(path)) for path in copies)


def test_the_same_decisions_give_the_same_bytes_and_nothing_new_writes_nothing(results, capsys):
    folder, analysis = results
    assert write_revised_report(folder) is None
    first = (folder / "dicom" / "report.dcm").read_bytes()
    decide(folder, analysis)
    assert main(["report", str(folder), "--dicom"]) == 0
    second = (folder / "dicom" / "report.dcm").read_bytes()
    assert main(["report", str(folder), "--dicom"]) == 0
    assert "nothing was written" in capsys.readouterr().out
    for wrong in (["--earlier", "report.dcm"], ["--dicom", "--out", "page.html"]):
        assert main(["report", str(folder), *wrong]) == 2
    assert not folder.with_name("results.html").exists()
    assert sorted(path.name for path in (folder / "dicom").glob("report*")) == ["report.dcm", "report_1.dcm"]
    # Elsewhere, from the report of the analysis.
    other = folder.with_name("saved")
    other.mkdir()
    (other / "findings.json").write_bytes((folder / "findings.json").read_bytes())
    assert write_revised_report(other, earlier=folder / "dicom" / "report_1.dcm") == other / "dicom" / "report.dcm"
    assert (other / "dicom" / "report.dcm").read_bytes() == second != first


def test_a_decision_that_is_taken_back_leaves_the_report_and_each_one_follows_the_last(results):
    folder, analysis = results
    first = pydicom.dcmread(folder / "dicom" / "report.dcm")
    decide(folder, analysis)
    write_revised_report(folder)
    second = pydicom.dcmread(folder / "dicom" / "report.dcm")
    decide(folder, analysis, review=None, reader=None)
    write_revised_report(folder)
    third = pydicom.dcmread(folder / "dicom" / "report.dcm")

    assert third.ContentSequence == first.ContentSequence
    assert len({one.SOPInstanceUID for one in (first, second, third)}) == 3
    (study,) = third.PredecessorDocumentsSequence
    assert study.ReferencedSeriesSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID == second.SOPInstanceUID
    assert [pydicom.dcmread(folder / "dicom" / f"report_{n}.dcm").SOPInstanceUID for n in (1, 2)] == [
        *(first.SOPInstanceUID, second.SOPInstanceUID),
    ]


def test_a_measurement_that_corrected_outlines_do_not_give_says_why_beside_the_models_number(results):
    folder, analysis = results
    decide(folder, analysis, reader=ReaderValue(None, "outlines", time="2026-01-02T08:30:15", note="Cut off."))
    assert faults(write_revised_report(folder)) == []
    group = groups(pydicom.dcmread(folder / "dicom" / "report.dcm"))["measurements"]
    model, reader = items(group, "NUM")["TT-TG distance"]
    assert model.MeasuredValueSequence[0].NumericValue == 11.5 and len(reader.MeasuredValueSequence) == 0
    assert [one.TextValue for one in items(group, "TEXT")["Reader's note"]] == ["TT-TG distance: Cut off."]


def test_another_reader_finds_all_of_it(results, tmp_path):
    folder, analysis = results
    decide(folder, analysis)
    read = tmp_path / "read.json"
    subprocess.run(
        [program("tid1500reader", "the Python package dcmqi"), "--inputDICOM", str(write_revised_report(folder)),
         "--outputMetadata", str(read)], check=True, capture_output=True,
    )  # fmt: skip
    found = {one["TrackingIdentifier"]: one for one in json.loads(read.read_text(encoding="utf-8"))["Measurements"]}
    assert [one["value"] for one in found["measurements"]["measurementItems"]][:2] == ["11.5", "14.25"]


def test_the_report_of_another_exam_side_or_bundle_is_refused(results):
    folder, analysis = results
    left, unnamed = replace(analysis.study, side=Side.LEFT), replace(analysis.study, uids={})
    elsewhere = replace(analysis.study, uids=dict(analysis.study.uids) | {"study": "1.2.3"})
    of_others = [replace(analysis, study=study) for study in (left, unnamed, elsewhere)]
    for other in (*of_others, replace(analysis, bundle=replace(analysis.bundle, sha256="cd" * 32))):
        decide(folder, other)
        with pytest.raises(DicomError, match="another side or another bundle"):
            write_revised_report(folder)


def test_what_is_no_report_is_refused(results):
    folder, _ = results
    (folder / "dicom" / "report.dcm").write_bytes((folder / "dicom" / "seg_sagittal.dcm").read_bytes())
    with pytest.raises(DicomError, match="no DICOM report of this program"):
        write_revised_report(folder)
    (folder / "dicom" / "report.dcm").write_bytes(b"damaged")
    with pytest.raises(DicomError, match="no DICOM report of this program"):
        write_revised_report(folder)
    (folder / "dicom" / "report.dcm").unlink()
    with pytest.raises(DicomError, match="no DICOM report to write anew"):
        write_revised_report(folder)
