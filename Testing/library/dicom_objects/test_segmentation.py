"""Segmentations: others read the same voxels at the same places, with the same names, sides and references."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.resources import resource_path
from OrthoDiffusionLib.volumes import Geometry, Plane, Volume

from .conftest import (
    KNEE,
    LABELS,
    analysis_of,
    faults,
    outlines,
    read_by_dcmqi,
    study_of,
    voxels_at,
    voxels_of,
    write_objects,
)

TITLES = {structure.title: structure.name for structure in KNEE.structures}


def _turned(degrees: float, axis: int) -> np.ndarray:
    angle = np.deg2rad(degrees)
    turn = np.eye(3)
    first, second = (n for n in range(3) if n != axis)
    turn[first, first] = turn[second, second] = np.cos(angle)
    turn[first, second], turn[second, first] = -np.sin(angle), np.sin(angle)
    return turn


def _from_the_other_end(count):
    """Change of a series: its images are numbered from the other end."""

    def change(index, dataset):
        dataset.InstanceNumber = count - index

    return change


def _turned_pictures(index, dataset):
    """Change of a series: each picture is stored upside down and mirrored; each pixel keeps its place."""
    rows, columns = np.array(dataset.ImageOrientationPatient[:3]), np.array(dataset.ImageOrientationPatient[3:])
    height, width = dataset.Rows, dataset.Columns
    down, across = (float(mm) for mm in dataset.PixelSpacing)
    corner = np.array(dataset.ImagePositionPatient) + rows * across * (width - 1) + columns * down * (height - 1)
    dataset.PixelData = np.ascontiguousarray(dataset.pixel_array[::-1, ::-1]).tobytes()
    dataset.ImagePositionPatient = [f"{mm:.6f}" for mm in corner]
    dataset.ImageOrientationPatient = [f"{c:.10f}" for c in (*-rows, *-columns)]


CASES = {
    "sagittal": (np.eye(3), (3.3, 0.9, 0.8), (12, 48, 54), None),
    "coronal": (np.eye(3), (0.9, 3.3, 0.8), (48, 12, 54), None),
    "axial": (np.eye(3), (0.9, 0.8, 3.3), (48, 54, 12), None),
    "oblique": (_turned(17.0, 2) @ _turned(-11.0, 0), (3.3, 0.9, 0.8), (12, 48, 54), None),
    "slices from the other end": (np.eye(3), (3.3, 0.9, 0.8), (12, 48, 54), _from_the_other_end(12)),
    "pictures turned": (np.eye(3), (3.3, 0.9, 0.8), (12, 48, 54), _turned_pictures),
}


_QUICK = {("sagittal", Side.RIGHT), ("oblique", Side.LEFT), ("pictures turned", Side.RIGHT)}


@pytest.mark.parametrize(
    ("case", "side"),
    [
        pytest.param(case, side, marks=() if (case, side) in _QUICK else pytest.mark.long)
        for case in CASES
        for side in Side
    ],
)
def test_another_reader_finds_the_same_voxels_at_the_same_places(case, side, exam, tmp_path):
    directions, spacing, shape, change = CASES[case]
    study = study_of(exam(case, directions, spacing, shape, side=side, change=change))
    segmentation = outlines()

    (plane,) = {plane for plane, volume in study.planes.items() if volume is study.volumes[0]}
    path = write_objects(study, tmp_path / "out", analysis_of(study, segmentation))[f"seg_{plane.value}"]

    assert faults(path) == []
    ours = segmentation.on(study.volumes[0].geometry)
    theirs = read_by_dcmqi(path, tmp_path / "read")
    assert {TITLES[title] for title in theirs} == set(LABELS)
    for title, found in theirs.items():
        assert voxels_at(found, ours.geometry) == voxels_of(ours, LABELS[TITLES[title]]), title
        # Against the outlines themselves: a flip would move a box by more than a slice.
        middle, true = found.mean(axis=0), segmentation.centroid_ras(TITLES[title])
        assert np.abs(middle - true).max() < 1.7, title


def test_viewers_find_what_they_need(sagittal_exam, tmp_path):
    study = study_of(sagittal_exam)
    seg = pydicom.dcmread(write_objects(study, tmp_path / "out")["seg_sagittal"])
    images = {d.SOPInstanceUID: d for d in map(pydicom.dcmread, sorted(sagittal_exam.iterdir()))}
    one = next(iter(images.values()))

    # Slicer's plug-in: modality, the name of the node, the labels, the series it belongs to.
    assert (seg.Modality, seg.SOPClassUID.name, seg.SegmentationType) == ("SEG", "Segmentation Storage", "BINARY")
    assert seg.SeriesDescription == "OrthoDiffusion segmentation sagittal"
    assert [segment.SegmentLabel for segment in seg.SegmentSequence] == [
        *("Femur", "Medial tibial cartilage", "Lateral meniscus", "Fibula", "Joint fluid")
    ]
    (series,) = seg.ReferencedSeriesSequence
    assert series.SeriesInstanceUID == one.SeriesInstanceUID
    assert [item.ReferencedSOPInstanceUID for item in series.ReferencedInstanceSequence] == list(images)
    # OHIF: the same study and space, the source's orientation, a segment number and a source image in each frame.
    for keyword in ("StudyInstanceUID", "FrameOfReferenceUID", "PatientID", "PatientName", "StudyDate"):
        assert seg[keyword].value == one[keyword].value
    shared = seg.SharedFunctionalGroupsSequence[0]
    assert shared.PlaneOrientationSequence[0].ImageOrientationPatient == one.ImageOrientationPatient
    assert shared.PixelMeasuresSequence[0].PixelSpacing == one.PixelSpacing
    assert float(shared.PixelMeasuresSequence[0].SpacingBetweenSlices) == pytest.approx(3.3)
    assert (seg.Rows, seg.Columns) == (one.Rows, one.Columns)
    for frame in seg.PerFrameFunctionalGroupsSequence:
        assert 1 <= frame.SegmentIdentificationSequence[0].ReferencedSegmentNumber <= 5
        (source,) = frame.DerivationImageSequence[0].SourceImageSequence
        place = images[source.ReferencedSOPInstanceUID].ImagePositionPatient
        assert np.allclose(frame.PlanePositionSequence[0].ImagePositionPatient, place, atol=1e-4)
        assert "ReferencedFrameNumber" not in source
    assert seg.SeriesInstanceUID != one.SeriesInstanceUID


def test_segments_say_what_they_are_on_which_side_and_who_made_them(sagittal_exam, tmp_path):
    study = study_of(sagittal_exam)
    seg = pydicom.dcmread(write_objects(study, tmp_path / "out")["seg_sagittal"])
    femur, cartilage, *_ = seg.SegmentSequence

    kind = femur.SegmentedPropertyTypeCodeSequence[0]
    assert (kind.CodeValue, kind.CodingSchemeDesignator) == ("71341001", "SCT")
    assert kind.SegmentedPropertyTypeModifierCodeSequence[0].CodeMeaning == "Right"
    kind, region = cartilage.SegmentedPropertyTypeCodeSequence[0], cartilage.AnatomicRegionSequence[0]
    assert (kind.CodeMeaning, region.CodeMeaning) == ("Cartilage", "Tibia")
    assert kind.SegmentedPropertyTypeModifierCodeSequence[0].CodeMeaning == "Medial"
    assert region.AnatomicRegionModifierSequence[0].CodeMeaning == "Right"
    # At the segment itself a modifier is lost in readers.
    assert not {"SegmentedPropertyTypeModifierCodeSequence", "AnatomicRegionModifierSequence"} & set(cartilage.dir())
    algorithm = cartilage.SegmentationAlgorithmIdentificationSequence[0]
    assert (algorithm.AlgorithmName, algorithm.AlgorithmVersion) == ("made-up", "1.2")
    assert algorithm.AlgorithmFamilyCodeSequence[0].CodeMeaning == "Artificial Intelligence"
    assert "ab" * 32 in algorithm.AlgorithmParameters
    assert cartilage.SegmentAlgorithmType == "AUTOMATIC"
    assert (cartilage.TrackingID, seg.ContentDescription) == (
        *("medial_tibial_cartilage", "Research use only, not for diagnosis."),
    )


def test_an_unknown_side_is_not_invented(exam, tmp_path):
    study = study_of(exam("sagittal", np.eye(3), (3.3, 0.9, 0.8), (12, 48, 54), side=None))
    seg = pydicom.dcmread(write_objects(study, tmp_path / "out")["seg_sagittal"])

    assert study.side is None
    assert (
        "SegmentedPropertyTypeModifierCodeSequence" not in seg.SegmentSequence[0].SegmentedPropertyTypeCodeSequence[0]
    )
    assert not {"Right", "Left"} & {element.value for element in seg.iterall() if element.keyword == "CodeMeaning"}
    assert "ImageLaterality" not in seg


def test_the_colours_are_ours(sagittal_exam, tmp_path):
    from highdicom.color import CIELabColor

    study = study_of(sagittal_exam)
    seg = pydicom.dcmread(write_objects(study, tmp_path / "out")["seg_sagittal"])
    colours = {structure.title: structure.colour for structure in KNEE.structures}

    for segment in seg.SegmentSequence:
        shown = CIELabColor.from_dicom_value(segment.RecommendedDisplayCIELabValue).to_rgb()
        assert np.abs(np.subtract(shown, colours[segment.SegmentLabel])).max() <= 1


def test_uneven_slices_are_outlined_at_their_own_places(exam, tmp_path):
    directions, spacing, shape, _ = CASES["sagittal"]
    folder = exam("uneven", directions, spacing, shape)
    sorted(folder.iterdir())[4].unlink()  # the reader puts an even stack of it, with a slice that no file holds
    study = study_of(folder)
    path = write_objects(study, tmp_path / "out")["seg_sagittal"]
    seg = pydicom.dcmread(path)
    depths = {round(float(pydicom.dcmread(p).ImagePositionPatient[0]), 2) for p in folder.iterdir()}

    assert faults(path) == []
    assert {round(float(frame.PlanePositionSequence[0].ImagePositionPatient[0]), 2)
            for frame in seg.PerFrameFunctionalGroupsSequence} <= depths  # fmt: skip
    assert len(seg.ReferencedSeriesSequence[0].ReferencedInstanceSequence) == 11
    segmentation, femur = outlines(), np.zeros(3)
    rows = [frame for frame in seg.PerFrameFunctionalGroupsSequence
            if frame.SegmentIdentificationSequence[0].ReferencedSegmentNumber == 1]  # fmt: skip
    array, orientation = seg.pixel_array, np.array(seg.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence[0]
                                                   .ImageOrientationPatient)  # fmt: skip
    for number, frame in enumerate(rows):
        origin = np.array(frame.PlanePositionSequence[0].ImagePositionPatient)
        row, column = np.argwhere(array[number]).mean(axis=0)
        middle = origin + orientation[:3] * column * 0.9 + orientation[3:] * row * 0.8
        femur += middle / len(rows)
    # In LPS; the height of the box does not depend on which slices are there.
    assert femur[2] == pytest.approx(segmentation.centroid_ras("femur")[2], abs=2.0)


def _enhanced(folder, target):
    """The images of a folder as one enhanced image, in a mixed order of frames."""
    paths = sorted(folder.iterdir())
    order = [*range(0, len(paths), 2), *range(1, len(paths), 2)]
    datasets = [pydicom.dcmread(paths[n]) for n in order]
    whole, frames = datasets[0], []
    for dataset in datasets:
        frame, position = pydicom.Dataset(), pydicom.Dataset()
        position.ImagePositionPatient = dataset.ImagePositionPatient
        frame.PlanePositionSequence = [position]
        frames.append(frame)
    shared, measures, orientation = (pydicom.Dataset() for _ in range(3))
    measures.PixelSpacing, measures.SliceThickness = whole.PixelSpacing, whole.SliceThickness
    orientation.ImageOrientationPatient = whole.ImageOrientationPatient
    shared.PixelMeasuresSequence, shared.PlaneOrientationSequence = [measures], [orientation]
    pixels = b"".join(dataset.PixelData for dataset in datasets)
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SliceThickness"):
        delattr(whole, keyword)
    whole.SOPClassUID = whole.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.4.1"
    whole.NumberOfFrames = len(frames)
    whole.SharedFunctionalGroupsSequence, whole.PerFrameFunctionalGroupsSequence = [shared], frames
    whole.PixelData = pixels
    target.mkdir()
    whole.save_as(target / "enhanced.dcm")
    return whole


def test_frames_of_an_enhanced_image_are_named(sagittal_exam, tmp_path):
    whole = _enhanced(sagittal_exam, tmp_path / "enhanced")
    study = study_of(tmp_path / "enhanced")
    path = write_objects(study, tmp_path / "out")["seg_sagittal"]
    seg = pydicom.dcmread(path)

    assert faults(path) == []
    (instance,) = seg.ReferencedSeriesSequence[0].ReferencedInstanceSequence
    assert instance.ReferencedSOPInstanceUID == whole.SOPInstanceUID
    for frame in seg.PerFrameFunctionalGroupsSequence:
        (source,) = frame.DerivationImageSequence[0].SourceImageSequence
        other = whole.PerFrameFunctionalGroupsSequence[source.ReferencedFrameNumber - 1]
        place = other.PlanePositionSequence[0].ImagePositionPatient
        assert np.allclose(frame.PlanePositionSequence[0].ImagePositionPatient, place, atol=1e-4)


def test_a_volume_that_registration_moved_is_outlined_where_its_images_lie(sagittal_exam, tmp_path):
    from dataclasses import replace

    study = study_of(sagittal_exam)
    volume = study.planes[Plane.SAGITTAL]
    shift = np.eye(4)
    shift[:3, 3] = (3.3, -1.8, 2.4)
    moved = Geometry(volume.geometry.shape, shift @ volume.geometry.affine)
    registered = replace(
        study, planes={Plane.SAGITTAL: replace(volume, geometry=moved, header_geometry=volume.geometry)}
    )
    segmentation = outlines()

    path = write_objects(registered, tmp_path / "out", analysis_of(registered, segmentation))["seg_sagittal"]

    theirs = read_by_dcmqi(path, tmp_path / "read")
    expected = segmentation.on(moved)
    in_place = Volume(expected.array, volume.geometry)
    assert voxels_at(theirs["Femur"], in_place.geometry) == voxels_of(in_place, LABELS["femur"])


def test_a_3d_volume_that_serves_three_planes_has_one_segmentation(exam, tmp_path):
    study = study_of(exam("3D", np.eye(3), (1.2, 1.1, 1.0), (40, 44, 50)))
    assert len(study.planes) == 3 and len(study.volumes) == 1

    assert sorted(write_objects(study, tmp_path / "out")) == ["report", "seg_sagittal"]


def test_the_real_sample_series_with_its_empty_identifiers_is_written_valid(tmp_path):
    study = study_of(resource_path("SampleData", "dicom_echo"))
    volume = study.volumes[0]
    segmentation = outlines(tuple(volume.geometry.centre_ras))

    files = write_objects(study, tmp_path / "out", analysis_of(study, segmentation))

    seg = pydicom.dcmread(files["seg_sagittal"])
    assert (seg.PatientID, seg.StudyID, seg.PatientName, seg.StudyDate) == ("", "", "", "")
    assert [fault for path in files.values() for fault in faults(path)] == []
    ours = segmentation.on(volume.geometry)
    for title, found in read_by_dcmqi(files["seg_sagittal"], tmp_path / "read").items():
        assert voxels_at(found, ours.geometry) == voxels_of(ours, LABELS[TITLES[title]]), title
