"""What Slicer's subject hierarchy does with segmentations, and that it neither complains nor holds the window up."""

import sys
import time

import numpy as np
import pytest


@pytest.fixture
def complaints(monkeypatch):
    """Errors that Slicer would write into its log."""
    heard = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _where: heard.append(str(error)))
    return heard


def add_segmentation(slicer, grid, hidden=False):
    """A segmentation node of 18 segments in one labelmap."""
    from OrthoDiffusionSlicer.scene.SegmentationWriter import orientedImage

    node, image = slicer.vtkMRMLSegmentationNode(), orientedImage(grid)
    node.SetHideFromEditors(hidden)
    slicer.mrmlScene.AddNode(node)
    if not hidden:
        node.CreateDefaultDisplayNodes()
    wasModifying = node.StartModify()
    for label in range(1, 19):
        segment = slicer.vtkSegment()
        segment.SetName(f"structure {label}")
        segment.SetLabelValue(label)
        segment.AddRepresentation("Binary labelmap", image)
        node.GetSegmentation().AddSegment(segment, f"s{label}")
    node.EndModify(wasModifying)
    return node


@pytest.fixture
def grid(module):
    """Labels of 18 structures, not small."""
    from OrthoDiffusionSlicer.scene.ResultsFolder import Grid

    array = np.zeros((144, 144, 144), np.uint8)
    for label in range(1, 19):
        array[8 * label - 7 : 8 * label, 20:-20, 20:-20] = label
    return Grid(array, np.eye(4))


def lines_of(slicer, node):
    """Names of the lines below a node's own."""
    import vtk

    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    children = vtk.vtkIdList()
    hierarchy.GetItemChildren(hierarchy.GetItemByDataNode(node), children)
    return [hierarchy.GetItemName(children.GetId(index)) for index in range(children.GetNumberOfIds())]


def test_each_segment_has_a_line_and_goes_with_it_before_its_node(slicer, grid):
    node = add_segmentation(slicer, grid)
    assert lines_of(slicer, node) == [f"structure {label}" for label in range(1, 19)]
    node.GetSegmentation().GetSegment("s3").SetName("femur")
    assert lines_of(slicer, node)[2] == "femur"
    left = []
    node.AddObserver(
        slicer.vtkSegmentation.SegmentRemoved, lambda *_: left.append(slicer.mrmlScene.IsNodePresent(node))
    )
    slicer.mrmlScene.RemoveNode(node)
    assert left and all(left), "while it was in the scene"
    assert node.GetSegmentation().GetNumberOfSegments() == 0


def test_a_hidden_segmentation_that_changes_is_complained_of(slicer, grid, complaints):
    node = add_segmentation(slicer, grid, hidden=True)
    assert any(node.GetName() in text for text in complaints)


def test_an_analysis_its_predictions_and_their_way_back_are_not_complained_of(
    slicer, panel, knee, click, wait_for, complaints
):
    from OrthoDiffusionSlicer.scene.corrections import KeptOutlines

    panel.parent.show()
    for _time in range(2):  # the second one writes over the first
        click(panel.ui.analyzeButton)
        wait_for(lambda: panel.session.results is not None and not panel.run.busy, 60)
        wait_for(lambda: not panel.run._laterSteps.busy and not panel.run._surfaces.busy, 120)
    node = panel.session.results.segmentation
    segment = node.GetSegmentation().GetSegment("femur")
    segment.SetTag("OrthoDiffusion.VoxelHash", "edited")
    assert KeptOutlines.restorePrediction(node, "femur") and KeptOutlines.restoreEdit(node, "femur")
    slicer.mrmlScene.RemoveNode(node)
    assert complaints == []


def test_predictions_that_changed_unheard_are_saved_again(slicer, panel, knee, click, wait_for, tmp_path):
    from OrthoDiffusionSlicer.scene.corrections import KeptOutlines

    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.session.results is not None and not panel.run.busy, 60)
    hidden = KeptOutlines.hiddenOf(panel.session.results.segmentation)
    assert slicer.mrmlScene.WriteToMRB(str(tmp_path / "one.mrb"))
    storage = hidden.GetStorageNode() or hidden.CreateDefaultStorageNode()
    storage.SetFileName(str(tmp_path / "hidden.seg.nrrd"))
    slicer.mrmlScene.AddNode(storage)
    hidden.SetAndObserveStorageNodeID(storage.GetID())
    assert storage.WriteData(hidden) and not hidden.GetModifiedSinceRead()
    KeptOutlines.keepMarks(panel.session.results.segmentation, {"femur": "femur"})
    assert hidden.GetModifiedSinceRead()


def test_a_scene_with_edits_that_were_set_aside_is_saved_opened_and_saved_again_without_a_complaint(
    slicer, panel, knee, click, wait_for, complaints, tmp_path
):
    """Slicer brings the segments of several layers together when it saves them, which is a change of each."""
    from OrthoDiffusionSlicer.scene.corrections import KeptOutlines
    from worklist_sitting import draw

    panel.parent.show()
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.session.results is not None and not panel.run.busy, 60)
    wait_for(lambda: not panel.run._laterSteps.busy, 120)
    for name in ("first.mrb", "second.mrb"):
        node = panel.session.results.segmentation
        draw(node)
        assert KeptOutlines.restorePrediction(node, "femur")
        assert slicer.mrmlScene.WriteToMRB(str(tmp_path / name))
        assert complaints == []
        slicer.mrmlScene.ReadFromMRB(str(tmp_path / name), True)
        wait_for(lambda: panel.session.results is not None)
    kept = KeptOutlines.editsOf(panel.session.results.segmentation, "femur")
    assert len(kept) == 2 and complaints == []


def quickest(action, times=3):
    taken = []
    for _time in range(times):
        prepared = action()
        begin = time.perf_counter()
        prepared()
        taken.append(time.perf_counter() - begin)
    return min(taken)


def test_outlines_go_and_others_come_without_a_look_at_the_labelmap_for_each_segment(slicer, grid):
    from OrthoDiffusionSlicer.annotation import SegmentLayers
    from OrthoDiffusionSlicer.scene.FindingsNodes import removeWhole

    layers = SegmentLayers.layersOf(add_segmentation(slicer, grid))

    def look():
        """What Slicer does for one segment that it removes."""
        segmentation = add_segmentation(slicer, grid).GetSegmentation()
        return lambda: segmentation.SeparateSegmentLabelmap("s1")

    def remove():
        node = add_segmentation(slicer, grid)
        return lambda: removeWhole(slicer.mrmlScene, node)

    def fill():
        node = add_segmentation(slicer, grid)
        return lambda: SegmentLayers.fill(node, layers)

    one = quickest(look)
    assert quickest(remove) < 3 * one and quickest(fill) < 6 * one  # of 18
