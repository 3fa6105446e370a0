"""Prediction and edit beside each other: none is ever lost, whatever is restored, analyzed again, saved or deleted."""

import handmade
import numpy as np
import pytest
import slicer
import vtk
from nodes import centroid_ras, segment_mask
from OrthoDiffusionSlicer.scene import Provenance, Scene
from OrthoDiffusionSlicer.scene.corrections import KeptOutlines
from OrthoDiffusionSlicer.scene.SceneWriter import SceneWriter
from OrthoDiffusionSlicer.scene.SegmentationWriter import SURFACE
from OrthoDiffusionSlicer.scene.StudyReader import subjectHierarchy

_Logic = slicer.vtkSlicerSegmentationsModuleLogic
FEMUR = 24**3  # voxels of the hand-made femur


@pytest.fixture
def node(scene, results, inputs):
    return SceneWriter(scene, results, inputs).write().segmentation


def erase(node, segmentId="femur", count=100):
    """Take the first voxels out of a segment, as an eraser does."""
    segmentation = node.GetSegmentation()
    segmentation.SeparateSegmentLabelmap(segmentId)
    segment = segmentation.GetSegment(segmentId)
    mask, _ = segment_mask(segment)
    image, extent = segment.GetRepresentation("Binary labelmap"), None
    extent = image.GetExtent()
    for k, j, i in np.argwhere(mask)[:count]:
        image.SetScalarComponentFromDouble(int(extent[0] + i), int(extent[2] + j), int(extent[4] + k), 0, 0)
    image.Modified()
    return voxels(node, segmentId)


def voxels(node, segmentId="femur"):
    return int(segment_mask(node.GetSegmentation().GetSegment(segmentId))[0].sum())


def everythingElse(node, but="femur"):
    segments = node.GetSegmentation()
    return {name: int(segment_mask(segments.GetSegment(name))[0].sum()) for name in handmade.BOXES if name != but}


def test_the_prediction_is_kept_out_of_sight_and_an_edit_does_not_reach_it(scene, node):
    erase(node)
    prediction = KeptOutlines.predictionOf(node, "femur")
    assert segment_mask(prediction)[0].sum() == FEMUR
    hidden = KeptOutlines.hiddenOf(node)
    assert hidden.GetHideFromEditors() and hidden.GetSaveWithScene()
    assert subjectHierarchy(scene).GetItemByDataNode(hidden) == 0
    assert hidden.GetNumberOfDisplayNodes() == 0


def test_back_to_the_prediction_and_back_to_the_edit_voxel_for_voxel_and_in_its_place(node):
    left, others = erase(node), everythingElse(node)
    assert KeptOutlines.restorePrediction(node, "femur")
    assert voxels(node) == FEMUR
    assert centroid_ras(node.GetSegmentation().GetSegment("femur")) == pytest.approx(handmade.BOXES["femur"][0])
    assert not KeptOutlines.isEdited(node, "femur")
    assert everythingElse(node) == others
    assert KeptOutlines.restoreEdit(node, "femur")
    assert voxels(node) == left
    assert KeptOutlines.isEdited(node, "femur")
    assert KeptOutlines.editsOf(node, "femur") == []
    assert everythingElse(node) == others


def test_a_prediction_that_nobody_touched_has_nothing_to_restore(node):
    assert not KeptOutlines.restorePrediction(node, "femur")
    assert not KeptOutlines.restoreEdit(node, "femur")


def test_an_edit_that_was_made_after_going_back_does_not_cost_the_first_one(node):
    first = erase(node, count=100)
    KeptOutlines.restorePrediction(node, "femur")
    second = erase(node, count=700)
    KeptOutlines.restorePrediction(node, "femur")
    assert len(KeptOutlines.editsOf(node, "femur")) == 2
    KeptOutlines.restoreEdit(node, "femur")
    assert voxels(node) == second
    KeptOutlines.restoreEdit(node, "femur")  # the second takes the place of the first
    assert voxels(node) == first
    KeptOutlines.restoreEdit(node, "femur")
    assert voxels(node) == second


def test_the_readers_status_goes_and_comes_with_the_edit(node):
    erase(node)
    segment = node.GetSegmentation().GetSegment("femur")
    _Logic.SetSegmentStatus(segment, _Logic.Completed)
    KeptOutlines.restorePrediction(node, "femur")
    assert _Logic.GetSegmentStatus(segment) == _Logic.InProgress
    KeptOutlines.restoreEdit(node, "femur")
    assert _Logic.GetSegmentStatus(segment) == _Logic.Completed


def test_a_segment_that_was_deleted_comes_back_with_its_name_and_colour(node):
    segmentation = node.GetSegmentation()
    colour = segmentation.GetSegment("patella").GetColor()
    segmentation.RemoveSegment("patella")
    assert "patella" in KeptOutlines.predictedIds(node)
    assert KeptOutlines.restorePrediction(node, "patella")
    patella = segmentation.GetSegment("patella")
    assert (patella.GetName(), patella.GetColor()) == ("Patella", colour)
    assert voxels(node, "patella") == 16**3
    assert not KeptOutlines.isEdited(node, "patella")


def test_a_segment_of_which_everything_was_erased_comes_back(node):
    erase(node, "patella", count=16**3)
    assert KeptOutlines.isEdited(node, "patella")
    assert KeptOutlines.restorePrediction(node, "patella")
    assert voxels(node, "patella") == 16**3
    assert KeptOutlines.restoreEdit(node, "patella")
    assert KeptOutlines.voxelsOf(node.GetSegmentation().GetSegment("patella")) is None


def test_after_another_analysis_an_edit_has_the_prediction_it_was_made_from(scene, results, inputs, node, tmp_path):
    left = erase(node)
    boxes = {**handmade.BOXES, "femur": ((0.0, 0.0, 30.0), 9.0), "tibia": ((0.0, 0.0, -30.0), 10.0)}
    other = handmade.save_array_results(tmp_path / "other", labels=handmade.box_labels(handmade.grid(), boxes))
    again = SceneWriter(scene, other, inputs).write()
    assert again.segmentation is node
    assert voxels(node) == left, "the edit survived"
    assert segment_mask(KeptOutlines.predictionOf(node, "femur"))[0].sum() == FEMUR
    beside = again.segments["femur"]
    assert segment_mask(KeptOutlines.predictionOf(node, beside))[0].sum() == 18**3
    assert segment_mask(KeptOutlines.predictionOf(node, "tibia"))[0].sum() == 20**3


def test_an_edit_that_was_set_aside_survives_another_analysis(scene, results, inputs, node):
    left = erase(node)
    KeptOutlines.restorePrediction(node, "femur")
    SceneWriter(scene, results, inputs).write()
    assert voxels(node) == FEMUR
    KeptOutlines.restoreEdit(node, "femur")
    assert voxels(node) == left


def test_everything_is_there_when_the_scene_file_is_opened_again(scene, node, tmp_path):
    left = erase(node)
    KeptOutlines.restorePrediction(node, "femur")
    second = erase(node, count=900)
    erase(node, "tibia", count=50)
    path = str(tmp_path / "knee.mrb")
    assert scene.WriteToMRB(path)
    (tmp_path / "again").mkdir()
    other = Scene.newScene(tmp_path / "again")
    assert other.ReadFromMRB(path, True)
    nodes = [other.GetNthNodeByClass(n, "vtkMRMLSegmentationNode") for n in range(2)]
    (opened,) = [node for node in nodes if not node.GetHideFromEditors()]
    assert other.GetNumberOfNodesByClass("vtkMRMLSegmentationNode") == 2
    assert voxels(opened) == second
    assert KeptOutlines.isEdited(opened, "femur")
    assert not KeptOutlines.isEdited(opened, "patella")
    assert segment_mask(KeptOutlines.predictionOf(opened, "femur"))[0].sum() == FEMUR
    KeptOutlines.restoreEdit(opened, "femur")
    assert voxels(opened) == left
    KeptOutlines.restorePrediction(opened, "tibia")
    assert voxels(opened, "tibia") == FEMUR
    assert not KeptOutlines.isEdited(opened, "tibia")


def test_the_predictions_of_two_studies_are_saved_beside_each_other(scene, results, node, tmp_path):
    """Slicer 5.10 writes each hidden node to Private/<its name>, for all scene files of a folder (saveHiddenNodes)."""
    name, names = node.GetName(), {KeptOutlines.hiddenOf(node).GetName()}
    node.SetName("renamed, so that the next one gets the name")
    other = SceneWriter(scene, results, {}).write().segmentation
    (tmp_path / "another").mkdir()
    later = SceneWriter(Scene.newScene(tmp_path / "another"), results, {}).write().segmentation
    assert name == other.GetName() == later.GetName()
    names |= {KeptOutlines.hiddenOf(one).GetName() for one in (other, later)}
    assert len(names) == 3


def test_the_surface_of_a_prediction_comes_back_with_it(node):
    segmentation = node.GetSegmentation()
    predicted, edited = vtk.vtkPolyData(), vtk.vtkPolyData()
    for segmentId in handmade.BOXES:
        segmentation.GetSegment(segmentId).AddRepresentation(SURFACE, predicted)
    KeptOutlines.keepSurfaces(node, dict.fromkeys(handmade.BOXES, predicted))
    erase(node)
    segmentation.GetSegment("femur").AddRepresentation(SURFACE, edited)
    KeptOutlines.restorePrediction(node, "femur")
    assert segmentation.GetSegment("femur").GetRepresentation(SURFACE) is predicted
    KeptOutlines.restoreEdit(node, "femur")
    assert segmentation.GetSegment("femur").GetRepresentation(SURFACE) is edited


def test_a_scene_that_comes_without_the_file_of_its_predictions_knows_none(node):
    """As slicer.util.saveScene writes a .mrml file in Slicer 5.10 (qSlicerSceneWriter.cxx: Commit alone)."""
    assert KeptOutlines.areKnown(node)
    KeptOutlines.hiddenOf(node).GetSegmentation().RemoveAllSegments()  # what is read of a file that is not there
    assert not KeptOutlines.areKnown(node) and not KeptOutlines.restorePrediction(node, "femur")


def test_a_scene_of_the_version_before_has_no_prediction_and_says_so(node):
    assert KeptOutlines.areKnown(node)
    node.SetNodeReferenceID(Provenance.PREDICTION_ROLE, None)
    assert not KeptOutlines.areKnown(node)
    erase(node)
    assert KeptOutlines.predictionOf(node, "femur") is None
    assert not KeptOutlines.restorePrediction(node, "femur")
    assert KeptOutlines.editsOf(node, "femur") == []
