"""Volume nodes become Volumes at the same place in the patient, however they are stored, wherever they were moved."""

from typing import ClassVar

import numpy as np
import pytest
import slicer
import vtk
from nodes import AXES, SPACING_MM, add_volume, affine_around_origin, matrix_of
from OrthoDiffusionSlicer.scene import StudyReader
from OrthoDiffusionSlicer.worker.StudySender import StudySender

from OrthoDiffusionLib.anatomy import KNEE, Side
from OrthoDiffusionLib.errors import GeometryError, StudyError
from OrthoDiffusionLib.volumes import Plane
from OrthoDiffusionLib.volumes.files.study_folder import read_study_folder
from OrthoDiffusionLib.volumes.origin import Origin

SHAPE = (40, 30, 20)
BRIGHT = (25, 7, 12)  # index (i, j, k) of the one bright voxel


def rotation(degrees, axis):
    transform = vtk.vtkTransform()
    transform.RotateWXYZ(degrees, *axis)
    return np.array([[transform.GetMatrix().GetElement(r, c) for c in range(4)] for r in range(4)])


STORED = {
    "axis-aligned": affine_around_origin(AXES["sagittal"], SPACING_MM, SHAPE),
    "oblique": rotation(23, (1, 2, 0.5)) @ affine_around_origin(AXES["axial"], (0.4, 0.5, 3.3), SHAPE),
    "left-handed": affine_around_origin(((1, 0, 0), (0, 1, 0), (0, 0, -1)), (0.5, 0.7, 2.5), SHAPE),
}


def bright(scene, affine, name="v"):
    array = np.zeros(SHAPE[::-1], np.int16)
    array[BRIGHT[::-1]] = 100
    return add_volume(scene, name, affine=affine, array=array)


def volume_of(node):
    """The node's voxels at the place and with the facts that the panel knows of them."""
    return StudyReader.outlineFromNode(node).with_array(StudyReader.arrayOf(node).transpose(2, 1, 0))


def brightest_ras(volume):
    index = np.unravel_index(volume.array.argmax(), volume.array.shape)
    return volume.geometry.to_ras(np.array(index, float))


@pytest.mark.parametrize("stored", STORED)
def test_a_voxel_keeps_its_place(scene, stored):
    volume = volume_of(bright(scene, STORED[stored]))
    assert volume.array.shape == SHAPE
    expected = (STORED[stored] @ (*BRIGHT, 1))[:3]
    assert brightest_ras(volume) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("stored", STORED)
def test_a_parent_transform_moves_the_voxel_as_slicer_shows_it(scene, stored):
    node = bright(scene, STORED[stored])
    outer = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "outer")
    inner = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "inner")
    move = rotation(40, (0, 1, 1))
    move[:3, 3] = (50, -20, 7)
    outer.SetMatrixTransformToParent(matrix_of(move))
    inner.SetMatrixTransformToParent(matrix_of(rotation(-15, (1, 0, 0))))
    inner.SetAndObserveTransformNodeID(outer.GetID())
    node.SetAndObserveTransformNodeID(inner.GetID())

    in_node = (STORED[stored] @ (*BRIGHT, 1))[:3]
    to_world = vtk.vtkGeneralTransform()
    slicer.vtkMRMLTransformNode.GetTransformBetweenNodes(inner, None, to_world)
    expected = to_world.TransformPoint(in_node)
    assert brightest_ras(volume_of(node)) == pytest.approx(expected, abs=1e-6)
    assert np.linalg.norm(np.subtract(expected, in_node)) > 20


def test_a_transform_that_bends_space_is_refused_with_a_way_out(scene):
    node = bright(scene, STORED["axis-aligned"])
    bent = scene.AddNewNodeByClass("vtkMRMLBSplineTransformNode", "registration")
    grid = scene.AddNewNodeByClass("vtkMRMLGridTransformNode", "warp")
    field = vtk.vtkImageData()
    field.SetDimensions(3, 3, 3)
    field.AllocateScalars(vtk.VTK_DOUBLE, 3)
    transform = (
        slicer.vtkOrientedGridTransform() if hasattr(slicer, "vtkOrientedGridTransform") else vtk.vtkGridTransform()
    )
    transform.SetDisplacementGridData(field)
    grid.SetAndObserveTransformFromParent(transform)
    scene.RemoveNode(bent)
    node.SetAndObserveTransformNodeID(grid.GetID())
    with pytest.raises(GeometryError) as caught:
        volume_of(node)
    assert "non-linear transform ‘warp’" in str(caught.value) and "Harden" in caught.value.remedy


def test_a_node_without_voxels_is_refused_by_name(scene):
    node = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "empty one")
    with pytest.raises(StudyError, match="empty one"):
        volume_of(node)


def test_planes_are_recognised_and_the_reason_is_given(scene):
    nodes = {plane: add_volume(scene, f"pd_fs {plane}", plane) for plane in AXES}
    choice = StudyReader.choosePlanes(list(nodes.values()), KNEE)
    assert {plane.value: node for plane, node in choice.nodes.items()} == nodes
    assert all("26 slices" in choice.reasons[plane] for plane in Plane)


def test_a_series_that_is_stored_slices_first_is_no_label_map(scene):
    """The voxels are not read for the choice; what stands for them must look like an image of any size."""
    wide = (256, 200, 24)
    array = (np.arange(np.prod(wide)) % 500).astype(np.int16).reshape(wide[::-1])
    sagittal = affine_around_origin(AXES["sagittal"], (0.4, 0.5, 4.0), wide)
    first = affine_around_origin(AXES["coronal"][::-1], (4.0, 0.5, 0.4), wide[::-1])
    nodes = [
        add_volume(scene, "sag fs", affine=sagittal, array=array),
        add_volume(scene, "cor fs", affine=first, array=array.transpose(2, 1, 0).copy()),
    ]
    choice = StudyReader.choosePlanes(nodes, KNEE)
    assert {plane.value: node.GetName() for plane, node in choice.nodes.items()} == {
        "sagittal": "sag fs", "coronal": "cor fs"
    }  # fmt: skip
    assert not any("label" in notice for notice in choice.notices)


def test_localizers_label_maps_colours_and_our_own_nodes_are_not_offered(scene):
    good = add_volume(scene, "sag pd fs", "sagittal")
    localizer = add_volume(scene, "localizer", "sagittal", shape=(64, 64, 3))
    labels = scene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", "labels")
    labels.SetAndObserveImageData(good.GetImageData())
    heat = add_volume(scene, "Evidence: joint effusion", "axial")
    heat.SetAttribute(StudyReader.MADE_BY_US, "evidence")
    assert StudyReader.candidates(scene) == [good, localizer]
    choice = StudyReader.choosePlanes(StudyReader.candidates(scene), KNEE)
    assert choice.nodes == {Plane.SAGITTAL: good}


def test_only_localizers_means_nothing_is_chosen_and_the_reason_is_said(scene):
    node = add_volume(scene, "localizer", "sagittal", shape=(64, 64, 3))
    choice = StudyReader.choosePlanes([node], KNEE)
    assert not choice.nodes
    assert "localizer" in choice.problem.lower()


def test_no_volume_at_all_is_said(scene):
    assert "No volume is loaded" in StudyReader.choosePlanes([], KNEE).problem


def test_two_knees_stay_two_studies(scene):
    shift = np.eye(4)
    shift[0, 3] = 180
    right = add_volume(scene, "right sag", "sagittal", affine=shift @ affine_around_origin(AXES["sagittal"]))
    left = add_volume(scene, "left sag", "sagittal")
    right_axial = add_volume(scene, "right ax", "axial", affine=shift @ affine_around_origin(AXES["axial"]))
    studies = StudyReader.loadedStudies(scene)
    assert [study.nodes for study in studies] == [(right, right_axial), (left,)]


def test_two_studies_of_the_subject_hierarchy_stay_two_though_they_lie_in_one_place(scene):
    hierarchy = StudyReader.subjectHierarchy(scene)
    nodes = []
    for year in ("2025", "2026"):
        patient = hierarchy.CreateSubjectItem(hierarchy.GetSceneItemID(), "Ann")
        study = hierarchy.CreateStudyItem(patient, f"MR {year}")
        nodes.append(add_volume(scene, f"sag {year}", "sagittal"))
        hierarchy.CreateItem(study, nodes[-1], "Volumes")
    studies = StudyReader.loadedStudies(scene)
    assert [(study.name, study.nodes) for study in studies] == [
        ("Ann · MR 2025", (nodes[0],)),
        ("Ann · MR 2026", (nodes[1],)),
    ]


class DicomDatabase:
    """Answers for the instances of two studies of two patients, as Slicer's database does."""

    isOpen = True
    FIRST: ClassVar = {
        "0010,0020": "4711",
        "0010,0010": "Doe^Ann",
        "0020,000D": "1.2.1",
        "0020,000E": "1.2.1.7",
        "0020,0052": "1.2.1.99",
        "0020,0011": "7",
        "0008,0008": "DERIVED\\PRIMARY\\M\\w",
        "0008,0022": "20260102",
        "0008,0032": "101112.250000",
        "0008,0060": "MR",
    }

    def fileForInstance(self, instance):
        return "" if instance.startswith("9") else f"/database/{instance}.dcm"

    def instanceValue(self, instance, tag):
        told = {**self.FIRST, "0010,0020": "4712", "0020,000D": "1.2.2"} if instance.startswith("9") else self.FIRST
        return told.get(tag, "")


@pytest.fixture
def database(monkeypatch):
    monkeypatch.setattr(slicer, "dicomDatabase", DicomDatabase(), raising=False)


def from_dicom(scene, name, instance, plane="sagittal"):
    node = add_volume(scene, name, plane)
    node.SetAttribute("DICOM.instanceUIDs", f"{instance} {instance}1")
    return node


def test_the_images_of_a_dicom_volume_reach_the_worker_where_objects_are_wanted(scene, database, tmp_path):
    node = from_dicom(scene, "sag", "1.1")
    for _ in StudySender(str(tmp_path), {"sagittal": node}, sources={node: StudyReader.sourcesOf(node)}).steps():
        pass
    sources = read_study_folder(tmp_path, joint=KNEE).planes[Plane.SAGITTAL].sources
    assert [(one.uid, one.path.name) for one in sources] == [("1.1", "1.1.dcm"), ("1.11", "1.11.dcm")]


def test_a_volume_whose_images_are_not_known_or_that_was_moved_has_none(scene, database):
    unknown, moved = from_dicom(scene, "sag", "9.1"), from_dicom(scene, "cor", "1.1", "coronal")
    transform = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode")
    assert StudyReader.sourcesOf(moved)
    moved.SetAndObserveTransformNodeID(transform.GetID())
    plain = add_volume(scene, "ax", "axial")
    assert [StudyReader.sourcesOf(node) for node in (unknown, moved, plain)] == [(), (), ()]


def test_where_a_dicom_volume_comes_from_reaches_the_worker(scene, database, tmp_path):
    node = from_dicom(scene, "sag", "1.1")
    for _ in StudySender(str(tmp_path), {"sagittal": node}).steps():
        pass
    origin = read_study_folder(tmp_path, joint=KNEE).planes[Plane.SAGITTAL].origin
    assert (origin.study, origin.series, origin.frame_of_reference) == ("1.2.1", "1.2.1.7", "1.2.1.99")
    assert (origin.series_number, origin.acquired) == (7, "20260102101112")
    assert origin.image_type == ("DERIVED", "PRIMARY", "M", "W")
    assert origin.patient and "4711" not in (tmp_path / "study.json").read_text()
    assert "Ann" not in (tmp_path / "study.json").read_text()


def test_without_a_database_the_subject_hierarchy_tells_study_and_series(scene, tmp_path):
    hierarchy = StudyReader.subjectHierarchy(scene)
    study = hierarchy.CreateStudyItem(hierarchy.GetSceneItemID(), "MR")
    hierarchy.SetItemUID(study, "DICOM", "1.2.5")
    node = add_volume(scene, "sag", "sagittal")
    hierarchy.SetItemUID(hierarchy.CreateItem(study, node, "Volumes"), "DICOM", "1.2.5.3")
    origin = StudyReader.outlineFromNode(node).origin
    assert (origin.study, origin.series, origin.frame_of_reference) == ("1.2.5", "1.2.5.3", "")


def test_a_volume_that_was_not_from_dicom_has_an_empty_origin(scene):
    assert volume_of(add_volume(scene, "sag", "sagittal")).origin == Origin()


def test_a_volume_that_somebody_moved_no_longer_claims_its_frame_of_reference(scene, database):
    node = from_dicom(scene, "sag", "1.1")
    transform = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "moved")
    node.SetAndObserveTransformNodeID(transform.GetID())
    origin = StudyReader.outlineFromNode(node).origin
    assert origin.study == "1.2.1" and origin.frame_of_reference == ""


def test_two_dicom_studies_in_one_place_are_not_mixed(scene, database):
    """Their volumes lie in one place and in no folder of the subject hierarchy."""
    first = from_dicom(scene, "sag", "1.1"), from_dicom(scene, "cor", "1.2", "coronal")
    second = from_dicom(scene, "sag", "9.1"), from_dicom(scene, "ax", "9.2", "axial")
    assert [study.nodes for study in StudyReader.loadedStudies(scene)] == [first, second]


@pytest.mark.parametrize("stored", STORED)
def test_what_is_sent_to_the_worker_arrives_voxel_by_voxel(scene, tmp_path, stored):
    node = bright(scene, STORED[stored], "sag fs")
    plane = StudyReader.choosePlanes([node], KNEE)
    (chosen,) = plane.nodes
    for _ in StudySender(str(tmp_path), {chosen.value: node}, Side.LEFT).steps():
        pass
    study = read_study_folder(tmp_path, joint=KNEE)
    arrived = study.planes[chosen]
    assert (arrived.name, study.side, study.side_source) == ("sag fs", Side.LEFT, "user")
    assert np.array_equal(arrived.array, volume_of(node).array)
    assert brightest_ras(arrived) == pytest.approx((STORED[stored] @ (*BRIGHT, 1))[:3], abs=1e-9)


def test_voxels_that_are_not_numbers_are_refused_by_name_before_anything_is_started(scene, tmp_path):
    array = np.ones(SHAPE[::-1], np.float32)
    array[3, 4, 5] = np.nan
    node = add_volume(scene, "broken", array=array, affine=STORED["axis-aligned"])
    with pytest.raises(StudyError, match="broken"):
        list(StudySender(str(tmp_path), {"sagittal": node}).steps())
