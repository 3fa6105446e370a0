"""Things that happen to the scene while an analysis runs: nothing is lost, and what happened is said."""

import errno

import handmade
import numpy as np
import pytest
from nodes import add_volume, matrix_of


@pytest.fixture
def running(panel, knee, standin, click, wait_for):
    """An analysis in the middle of its work; `standin.tell(pause=0)` cannot hurry it, `finish` lets it go on."""
    standin.tell(pause=0.3, steps=3)
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.ui.stageLabel.text == "Step 1")
    return panel


@pytest.fixture
def finish(running, wait_for):
    def finish():
        wait_for(lambda: not running.run.busy)

    return finish


def segmentations(slicer):
    """Those that a user sees; what was predicted is kept in hidden ones."""
    nodes = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    return [node for node in nodes if not node.GetHideFromEditors()]


def test_the_scene_is_closed(slicer, running, wait_for, standin, knee):
    slicer.mrmlScene.Clear(False)
    assert not running.run.busy
    assert "The scene was closed; the analysis was stopped" in running.ui.stageLabel.text
    wait_for(lambda: not standin.running, seconds=20)
    assert not segmentations(slicer)


def test_after_a_closed_scene_the_next_study_is_analyzed(slicer, running, wait_for, standin, click):
    slicer.mrmlScene.Clear(False)
    slicer.add_slice_views()
    node = add_volume(slicer.mrmlScene, "next sag", "sagittal")
    wait_for(lambda: running.sections.inputs.selector("sagittal").currentNode() is node)
    click(running.ui.analyzeButton)
    wait_for(lambda: running.ui.findingsTable.rowCount == 8)


def test_a_volume_is_deleted(slicer, running, finish, knee):
    slicer.mrmlScene.RemoveNode(knee["coronal"])
    finish()
    assert len(segmentations(slicer)) == 1
    assert "‘cor_fs’ was deleted during the analysis" in running.ui.warningsLabel.text


def test_all_volumes_are_deleted(slicer, running, finish, knee):
    for node in knee.values():
        slicer.mrmlScene.RemoveNode(node)
    finish()
    assert len(segmentations(slicer)) == 1, "the results of minutes must not be lost"


def test_a_volume_is_renamed(slicer, running, finish, knee):
    knee["sagittal"].SetName("my knee")
    finish()
    assert "during the analysis" not in running.ui.warningsLabel.text
    assert len(segmentations(slicer)) == 1


def test_a_volumes_voxels_are_edited(slicer, running, finish, knee):
    slicer.util.arrayFromVolume(knee["axial"])[:] = 7
    slicer.util.arrayFromVolumeModified(knee["axial"])
    finish()
    assert "‘ax_fs’ was edited during the analysis" in running.ui.warningsLabel.text


def test_a_volume_is_moved(slicer, running, finish, knee):
    transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "moved")
    shift = np.eye(4)
    shift[2, 3] = 30
    transform.SetMatrixTransformToParent(matrix_of(shift))
    knee["sagittal"].SetAndObserveTransformNodeID(transform.GetID())
    finish()
    assert "‘sag_fs’ was moved during the analysis" in running.ui.warningsLabel.text


def test_another_volume_is_loaded(slicer, running, finish, knee):
    better = add_volume(slicer.mrmlScene, "sag pd fs better", "sagittal", shape=(120, 120, 40))
    finish()
    assert "Done" in running.ui.stageLabel.text
    assert better is not None


def test_another_module_is_opened_and_this_one_again(slicer, running, finish):
    running.exit()
    finish()
    assert running.ui.findingsTable.rowCount == 8
    running.enter()
    assert running.ui.analyzeButton.enabled


def test_the_module_is_reloaded(slicer, running, module, wait_for, standin):
    import slicerhost

    running.cleanup()
    again = slicerhost.open_panel(module)
    wait_for(lambda: not standin.running, seconds=20)
    again.run.worker.arguments = running.run.worker.arguments
    assert again.ui.analyzeButton.enabled
    # Slicer keeps the widgets of before under the new ones, hidden; the old selectors still follow the scene.
    running.sections.inputs.selector("sagittal").pick(None)
    running.session.analyze()
    assert again.session.volumes.keys() == {"sagittal", "coronal", "axial"} and not again.run.busy
    assert not running.run.busy
    again.cleanup()
    running.cleanup = lambda: None


def test_the_segmentation_is_open_in_the_segment_editor(slicer, panel, knee, click, wait_for):
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.ui.findingsTable.rowCount == 8 and not panel.run.busy)
    (first,) = segmentations(slicer)
    editor = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentEditorNode", "SegmentEditor")
    editor.SetAndObserveSegmentationNode(first)
    editor.SetActiveEffectName("Paint")
    click(panel.ui.analyzeButton)
    wait_for(lambda: not panel.run.busy)
    assert len(segmentations(slicer)) == 2
    assert "open in the Segment Editor" in panel.ui.warningsLabel.text


def test_an_edited_segment_survives_the_next_click(slicer, panel, knee, click, wait_for):
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.ui.findingsTable.rowCount == 8 and not panel.run.busy and not panel.run._laterSteps.busy)
    (node,) = segmentations(slicer)
    mask = slicer.util.arrayFromSegmentBinaryLabelmap(node, "tibia", knee["sagittal"])
    mask[:, :, :] = 0
    mask[5, 50, 50] = 1
    slicer.util.updateSegmentBinaryLabelmapFromArray(mask, node, "tibia", knee["sagittal"])
    click(panel.ui.analyzeButton)
    wait_for(lambda: not panel.run.busy)
    assert slicer.util.arrayFromSegmentBinaryLabelmap(node, "tibia", knee["sagittal"]).sum() == 1
    assert "‘Tibia’ was edited and is kept" in panel.ui.warningsLabel.text
    assert node.GetSegmentation().GetNumberOfSegments() == len(handmade.BOXES) + 1


def test_a_non_linear_transform_is_refused_before_anything_starts(slicer, panel, knee, click, standin):
    import vtk

    grid = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLGridTransformNode", "warp")
    field = vtk.vtkImageData()
    field.SetDimensions(3, 3, 3)
    field.AllocateScalars(vtk.VTK_DOUBLE, 3)
    transform = slicer.vtkOrientedGridTransform()
    transform.SetDisplacementGridData(field)
    grid.SetAndObserveTransformFromParent(transform)
    knee["sagittal"].SetAndObserveTransformNodeID(grid.GetID())
    click(panel.ui.analyzeButton)
    assert "non-linear transform ‘warp’" in panel.ui.problemLabel.text
    assert "Harden" in panel.ui.problemLabel.text
    assert not standin.pids and not panel.run.busy


def test_a_full_disk_is_said_before_the_worker_is_asked(slicer, panel, knee, click, wait_for, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np.lib.format, "write_array_header_1_0", full)
    click(panel.ui.analyzeButton)
    wait_for(lambda: not panel.run.busy)
    assert "No space left on device" in panel.ui.problemLabel.text
    assert "Free some disk space" in panel.ui.problemLabel.text


def test_results_that_cannot_be_read_are_said_and_leave_the_scene_alone(
    slicer, panel, knee, click, wait_for, tmp_path, standin
):
    broken = handmade.save_array_results(tmp_path / "broken")
    (broken / "arrays" / "evidence" / "joint_effusion.npy").write_bytes(b"not a picture")
    standin.tell(results=str(broken))
    before = slicer.mrmlScene.GetNumberOfNodes()
    click(panel.ui.analyzeButton)
    wait_for(lambda: not panel.run.busy)
    assert "joint_effusion.npy cannot be read" in panel.ui.problemLabel.text
    assert slicer.mrmlScene.GetNumberOfNodes() == before
