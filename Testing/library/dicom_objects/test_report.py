"""The structured report: what others read in it, and that it says no more than the analysis does."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace

import numpy as np
import pydicom
import pytest

from OrthoDiffusionLib.anatomy.coding import PRIVATE_SCHEME, Code
from OrthoDiffusionLib.dicom_objects import codes
from OrthoDiffusionLib.findings import Review

from .conftest import analysis_of, faults, program, study_of, write_objects


def _written(study, folder, analysis=None):
    return pydicom.dcmread(write_objects(study, folder, analysis)["report"])


def _groups(report):
    """Tracking identifier -> measurement group."""
    (measurements,) = [item for item in report.ContentSequence if _name(item) == "Imaging Measurements"]
    return {_texts(group)["Tracking Identifier"][0]: group for group in measurements.ContentSequence}


def _name(item):
    return item.ConceptNameCodeSequence[0].CodeMeaning if "ConceptNameCodeSequence" in item else ""


def _texts(container):
    found = {}
    for item in container.ContentSequence:
        if item.ValueType == "TEXT":
            found.setdefault(_name(item), []).append(item.TextValue)
    return found


def _codes(container):
    return {_name(item): item.ConceptCodeSequence[0].CodeMeaning
            for item in container.ContentSequence if item.ValueType == "CODE"}  # fmt: skip


def _numbers(container):
    return {_name(item): item for item in container.ContentSequence if item.ValueType == "NUM"}


def _value(number):
    (value,) = number.MeasuredValueSequence
    return float(value.NumericValue), value.MeasurementUnitsCodeSequence[0].CodeValue


def test_it_is_valid_and_another_reader_finds_findings_measurements_and_volumes(sagittal_exam, tmp_path):
    files = write_objects(study_of(sagittal_exam), tmp_path / "out")

    assert faults(files["report"]) == []
    read = tmp_path / "read.json"
    subprocess.run(
        [program("tid1500reader", "the Python package dcmqi"), "--inputDICOM", str(files["report"]),
         "--outputMetadata", str(read)], check=True, capture_output=True,
    )  # fmt: skip
    groups = {one["TrackingIdentifier"]: one for one in json.loads(read.read_text(encoding="utf-8"))["Measurements"]}
    effusion, femur = groups["joint_effusion"], groups["femur"]
    assert effusion["Finding"]["CodeValue"] == "KNEE-EFFUSION"
    assert (effusion["measurementItems"][0]["value"], effusion["Laterality"]["CodeMeaning"]) == ("0.91", "Right")
    seg = pydicom.dcmread(files["seg_sagittal"])
    assert (femur["segmentationSOPInstanceUID"], femur["ReferencedSegment"]) == (seg.SOPInstanceUID, 1)
    assert femur["TrackingUniqueIdentifier"] == seg.SegmentSequence[0].TrackingUID
    assert femur["measurementItems"][0]["units"]["CodeValue"] == "mL"


def test_a_finding_has_its_probability_place_and_operating_point(sagittal_exam, tmp_path):
    report = _written(study_of(sagittal_exam), tmp_path / "out")
    effusion = _groups(report)["joint_effusion"]
    numbers = _numbers(effusion)

    assert _value(numbers["Probability"]) == (0.91, "1")
    (place,) = numbers["Probability"].ContentSequence
    assert (place.ValueType, place.GraphicType) == ("SCOORD3D", "POINT")
    assert np.allclose(place.GraphicData, (-12.5, -30.25, -8.0))  # LPS
    assert place.ReferencedFrameOfReferenceUID == pydicom.dcmread(next(sagittal_exam.iterdir())).FrameOfReferenceUID
    assert [round(_value(numbers[code.meaning])[0], 4) for code in (codes.THRESHOLD, codes.SENSITIVITY)] == [0.4, 0.8]
    # A model's number above a threshold is neither presence nor diagnosis.
    assert _codes(effusion)["What the model says"] == "Probability at or above the operating point"
    assert not {"Present", "Absent"} & set(_codes(effusion).values())


def test_a_volume_is_written_with_the_digits_of_the_other_files(sagittal_exam, tmp_path):
    groups = _groups(_written(study_of(sagittal_exam), tmp_path / "out"))

    (volume,) = _numbers(groups["femur"])["Volume"].MeasuredValueSequence
    assert len(str(volume.NumericValue).partition(".")[2]) <= 3  # viewers show what stands there: no 71.2963230000000


def test_what_was_not_assessed_or_not_measured_has_no_number_and_says_why(sagittal_exam, tmp_path):
    groups = _groups(_written(study_of(sagittal_exam), tmp_path / "out"))

    ligament = groups["anterior_cruciate_ligament_injury"]
    assert (_numbers(ligament), _codes(ligament)["What the model says"]) == ({}, "Not assessed")
    assert _texts(ligament)["Comment"] == ["Cannot be distinguished from chance"]
    numbers = _numbers(groups["measurements"])
    assert _value(numbers["TT-TG distance"]) == (11.5, "mm")
    failed = numbers["Insall-Salvati ratio"]
    assert len(failed.MeasuredValueSequence) == 0
    assert failed.NumericValueQualifierCodeSequence[0].CodeMeaning == "Measurement failure"
    assert _texts(groups["measurements"])["Comment"] == ["Insall-Salvati ratio: The patella is cut off."]
    # What is usual stands beside the number.
    limits = _numbers(numbers["TT-TG distance"])
    assert [_value(limits[name])[0] for name in ("Normal Range Lower Limit", "Normal Range Upper Limit")] == [2.0, 17.0]


def test_it_says_what_made_it_and_that_it_is_for_research(sagittal_exam, tmp_path):
    report = _written(study_of(sagittal_exam), tmp_path / "out")
    (about,) = [item for item in report.ContentSequence if _name(item) == "Qualitative Evaluations"]
    said = _texts(about)

    assert said["Intended use"][0].startswith("Research use only")
    assert (said["Bundle of weights"], said["SHA-256 of the bundle's manifest"]) == (["made-up 1.2"], ["ab" * 32])
    assert said["Notice"] == ["Said of a series (PD FS)."]
    assert (report.CompletionFlag, report.PreliminaryFlag, report.VerificationFlag) == (
        *("COMPLETE", "PRELIMINARY", "UNVERIFIED"),
    )


def test_a_readers_decision_stands_beside_the_models_word(sagittal_exam, tmp_path):
    study = study_of(sagittal_exam)
    before = analysis_of(study)
    decided = Review("rejected", "only physiological fluid", "2026-01-01T10:00:00+01:00", "negative", "positive")
    findings = (replace(before.findings[0], review=decided), *before.findings[1:])

    first = _written(study, tmp_path / "first", before)
    second = _written(study, tmp_path / "second", replace(before, findings=findings))

    effusion = _groups(second)["joint_effusion"]
    assert _codes(effusion)["What the model says"] == "Probability at or above the operating point"
    assert (_codes(effusion)["What a reader says"], _codes(effusion)["Reader's decision on the model's word"]) == (
        *("Absent", "Rejected"),
    )
    assert _texts(effusion)["Reader's note"] == ["only physiological fluid"]
    # Another document of the same series: an archive keeps both.
    assert first.SOPInstanceUID != second.SOPInstanceUID
    assert first.SeriesInstanceUID == second.SeriesInstanceUID


@pytest.mark.parametrize(
    ("note", "reader", "named"),
    [("  \n", "Dr. A^B^C^D^E^F", "Dr. A^B^C^D^E F"), ("", "Müller = Söhne\\x", "Müller   Söhne x^"), (" ", " ", None)],
)
def test_whatever_a_reader_types_as_name_and_note_the_report_is_valid(sagittal_exam, tmp_path, note, reader, named):
    study = study_of(sagittal_exam)
    before = analysis_of(study)
    review = Review.now("negative", "positive", 0.91, note, reader=reader)
    said = replace(before, findings=(replace(before.findings[0], review=review), *before.findings[1:]))
    path = write_objects(study, tmp_path / "out", said)["report"]
    assert faults(path) == []
    assert _names_in(pydicom.dcmread(path)) == ([named] if named else [])


def _names_in(item):
    found = [str(item.PersonName)] if "PersonName" in item else []
    return found + [name for inner in item.get("ContentSequence", ()) for name in _names_in(inner)]


def test_every_public_code_is_in_pydicoms_dictionary():
    from pydicom.sr import _concepts_dict

    own = [code for code in vars(codes).values() if isinstance(code, Code)]
    public = [code for code in own if code.scheme not in (PRIVATE_SCHEME, "UMLS")]
    assert len(public) > 8
    for code in (*public, *codes.UNITS.values()):
        entries = _concepts_dict.concepts[code.scheme]
        meanings = {entry[code.value][0] for entry in entries.values() if code.value in entry}
        assert code.meaning in meanings or code.scheme == "UCUM", code


@pytest.mark.parametrize("code", codes.UNITS)
def test_units_are_those_of_measurements(code):
    from OrthoDiffusionLib.anatomy import known_joints
    from OrthoDiffusionLib.measurements import definitions

    assert {one.unit for joint in known_joints() for one in definitions(joint)} <= set(codes.UNITS)
