"""A shoulder's segmentation and report carry its words and codes, on an oblique coronal series."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest
from handmade_shoulder import TEAR_RAS, parts

from OrthoDiffusionLib.anatomy import SHOULDER, Side
from OrthoDiffusionLib.findings import Analysis, StudyRecord
from OrthoDiffusionLib.volumes import Geometry, Plane, Study, Volume, read_inputs
from OrthoDiffusionLib.volumes.dicom.writing import write_dicom_series

from .conftest import faults, write_objects


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The objects of one oblique coronal series through the scapula's plane."""
    folder = tmp_path_factory.mktemp("shoulder")
    out, front, up = (np.array(axis) for axis in SHOULDER.axes)
    geometry = Geometry.from_axes(
        (24, 90, 90), spacing_mm=(3.5, 1.6, 1.6), directions=np.stack([front, out, up], axis=1), centre_ras=(0, 0, 0)
    )
    values = np.random.default_rng(3).integers(20, 400, geometry.shape).astype(np.int16)
    volume = Volume(values, geometry, side=Side.RIGHT, description="PD FS COR", body_part="SHOULDER")
    write_dicom_series(volume, folder / "cor", patient="Exam", series_number=1)
    volumes, notices = read_inputs([folder / "cor"])
    study = Study.from_volumes(volumes, joint=SHOULDER, notices=notices)
    (plane,) = study.planes
    assert plane is Plane.CORONAL
    origin = study.planes[plane].origin
    uids = {"study": origin.study, "series_coronal": origin.series}
    record = StudyRecord("shoulder", Side.RIGHT, "tag", {"coronal": study.planes[plane].name}, uids)
    return write_objects(study, folder / "out", Analysis(**{**parts(), "study": record}))


def test_they_are_valid(files):
    assert faults(files["report"]) == [] and faults(files["seg_coronal"]) == []


def test_segments_have_titles_and_codes_of_the_shoulder(files):
    segments = {one.SegmentLabel: one for one in pydicom.dcmread(files["seg_coronal"]).SegmentSequence}
    humerus, tendon, labrum = (segments[name] for name in ("Humerus", "Supraspinatus tendon", "Glenoid labrum"))
    assert humerus.SegmentedPropertyTypeCodeSequence[0].CodeValue == "85050009"
    assert tendon.SegmentedPropertyTypeCodeSequence[0].CodeMeaning == "Tendon"
    assert tendon.AnatomicRegionSequence[0].CodeMeaning == "Supraspinatus muscle"
    assert labrum.SegmentedPropertyTypeCodeSequence[0].CodingSchemeDesignator == "99ORTHODIFFUSION"
    assert labrum.AnatomicRegionSequence[0].CodeMeaning == "Shoulder"
    assert not {"Femur", "Talus"} & set(segments)


def test_the_report_has_the_tear_at_its_place(files):
    report = pydicom.dcmread(files["report"])
    said = str(report)
    assert "SSP-INJURY" in said and "Supraspinatus injury" in said and "16982005" in said
    assert "KNEE" not in said.upper()
    places = [one.GraphicData for one in _items(report) if getattr(one, "GraphicType", "") == "POINT"]
    x, y, z = TEAR_RAS
    assert any(np.allclose(place, (-x, -y, z)) for place in places)  # LPS


def _items(dataset):
    for item in getattr(dataset, "ContentSequence", ()):
        yield item
        yield from _items(item)
