"""A correction that is drawn in slices goes with its case."""

import numpy as np
import pytest
from nodes import matrix_of
from worklist_sitting import double_click, home, row_of, saved, show, volume_of


def correct_slices(panel, opened, wait_for, click):
    """Show the outlines of the open case in the sagittal slices and draw there; returns the correction."""
    from OrthoDiffusionSlicer.scene.VoxelHash import labelsOfSegment

    wait_for(lambda: panel.session.volumes.get("sagittal") is not None)
    click(panel.ui.correctSlicesButton)
    wait_for(lambda: opened.correction.active and not opened.correction.busy)
    segment = opened.correction.node.GetSegmentation().GetSegment("femur")
    voxels, _affine = labelsOfSegment(segment)
    voxels[5:8, 26:30, 14:26] = segment.GetLabelValue()
    image = segment.GetRepresentation("Binary labelmap")
    image.GetPointData().GetScalars().Modified()
    image.Modified()
    return opened.correction


@pytest.fixture
def editor(panel):
    from slicerhost import segmenteditor

    window = segmenteditor.open_main_window(panel)
    yield window
    segmenteditor.close_main_window(window)


def test_a_correction_that_is_being_drawn_goes_with_the_case(panel, editor, opened, studies, click, wait_for):
    correct_slices(panel, opened, wait_for, click)
    editor.selectModule("OrthoDiffusion")
    click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.case is not None and opened.case.name == "knee2" and not opened.busy)
    assert volume_of(saved(studies, "knee1", opened.list.reader, "v001"), "femur") > 12 * 12 * 6
    assert not opened.correction.active


def test_a_correction_finds_its_segments_again_when_their_order_has_changed(
    panel, editor, opened, studies, click, wait_for
):
    from OrthoDiffusionSlicer.annotation.SegmentLayers import layersOf

    correct_slices(panel, opened, wait_for, click)
    segments = opened.saving.node.GetSegmentation()
    segment, before = segments.GetSegment("femur"), layersOf(opened.saving.node)
    segments.RemoveSegment("femur")
    segments.AddSegment(segment, "femur")
    assert list(segments.GetSegmentIDs()) == ["label_77", "femur"]
    editor.selectModule("OrthoDiffusion")
    click(panel.ui.applySlicesButton)
    wait_for(lambda: not opened.correction.active)
    assert panel.ui.slicesStatus.text == "Corrected: Femur."
    after = layersOf(opened.saving.node)
    other, femur = ([layers.mask(layers.segment(key)) for layers in (before, after)] for key in ("Label 77", "femur"))
    assert (other[0] == other[1]).all() and other[0].any()
    assert (femur[1] >= femur[0]).all() and femur[1].sum() > femur[0].sum(), "only what was drawn has come"


def test_a_full_temporary_disk_leaves_case_and_correction_open_and_the_buttons_at_work(
    panel, editor, opened, studies, click, wait_for, slicer, tmp_path, monkeypatch
):
    with monkeypatch.context() as patch:
        patch.setattr(slicer.app, "temporaryPath", str(tmp_path / "gone"))
        click(panel.ui.correctSlicesButton)
        assert "No temporary folder can be made" in panel.ui.slicesStatus.text
        assert not opened.correction.busy and not opened.correction.active
    correct_slices(panel, opened, wait_for, click)
    editor.selectModule("OrthoDiffusion")
    with monkeypatch.context() as patch:
        patch.setattr(slicer.app, "temporaryPath", str(tmp_path / "gone"))
        click(panel.ui.nextCaseButton)
        assert "stays open" in panel.ui.worklistProblem.text and "Free some disk space" in panel.ui.worklistProblem.text
        assert opened.case.name == "knee1" and opened.correction.active and not opened.busy
    click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.case is not None and opened.case.name == "knee2" and not opened.busy)
    assert volume_of(saved(studies, "knee1", opened.list.reader, "v001"), "femur") > 12 * 12 * 6


def test_a_correction_that_is_being_drawn_is_saved_by_itself_and_comes_back(
    panel, editor, opened, studies, click, wait_for, slicer
):
    correct_slices(panel, opened, wait_for, click)
    opened.saving.tick()
    slices = home(studies) / "cases/knee1" / opened.list.reader / "slices" / "segmentation.seg.nrrd"
    wait_for(lambda: slices.is_file() and not opened.process.busy)
    slicer.mrmlScene.Clear(False)  # without applying it, as when Slicer is killed
    wait_for(lambda: not opened.process.busy)
    editor.selectModule("OrthoDiffusion")
    double_click(click, panel.ui.casesTable, row_of(panel, "knee1"))
    wait_for(lambda: opened.correction.active and not opened.correction.busy)
    assert opened.case.name == "knee1" and "was not applied yet" in panel.ui.worklistStatus.text
    click(panel.ui.applySlicesButton)
    wait_for(lambda: not opened.correction.active)
    assert "Corrected: Femur" in panel.ui.slicesStatus.text
    wait_for(lambda: not slices.exists())


def test_a_correction_of_outlines_that_were_moved_against_their_images_comes_back_as_well(
    panel, editor, opened, studies, click, wait_for, slicer
):
    """It is saved in the slices of the image's file, as the outlines are; a transform of the scene is gone by then."""
    moved = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "moved")
    moving = np.eye(4)
    moving[:3, 3] = 1.1, 0.7, -2.2
    moved.SetMatrixTransformToParent(matrix_of(moving))
    opened.saving.node.SetAndObserveTransformNodeID(moved.GetID())
    correct_slices(panel, opened, wait_for, click)
    opened.saving.tick()
    slices = home(studies) / "cases/knee1" / opened.list.reader / "slices" / "segmentation.seg.nrrd"
    wait_for(lambda: slices.is_file() and not opened.process.busy)
    slicer.mrmlScene.Clear(False)
    wait_for(lambda: not opened.process.busy)
    editor.selectModule("OrthoDiffusion")
    show(panel, opened, wait_for, "knee1")
    wait_for(lambda: opened.correction.active and not opened.correction.busy)
    click(panel.ui.applySlicesButton)
    wait_for(lambda: not opened.correction.busy)
    assert "Corrected: Femur" in panel.ui.slicesStatus.text


def test_a_correction_that_is_being_drawn_is_on_the_disk_when_the_module_is_closed(
    panel, editor, opened, studies, click, wait_for
):
    reader = opened.list.reader
    correct_slices(panel, opened, wait_for, click)
    panel.cleanup()
    assert volume_of(saved(studies, "knee1", reader, "slices"), "femur") > 12 * 12 * 6


def test_a_correction_comes_back_though_its_volume_was_renamed_while_it_was_drawn(
    panel, editor, opened, studies, click, wait_for, slicer
):
    correct_slices(panel, opened, wait_for, click)
    opened.correction.volume.SetName("my sagittal")
    slicer.mrmlScene.Clear(False)
    wait_for(lambda: not opened.process.busy)
    editor.selectModule("OrthoDiffusion")
    show(panel, opened, wait_for, "knee1")
    wait_for(lambda: opened.correction.active and not opened.correction.busy)
    assert "was not applied yet" in panel.ui.worklistStatus.text


@pytest.mark.parametrize("when", ["saving", "applying"])
def test_what_is_drawn_last_is_saved_when_the_scene_is_closed_in_the_middle(
    panel, editor, opened, studies, click, wait_for, slicer, when
):
    """While an earlier state is on its way to the disk; while it is being carried to the outlines."""
    from OrthoDiffusionSlicer.scene.VoxelHash import labelsOfSegment

    correct_slices(panel, opened, wait_for, click)
    opened.saving.tick()
    segment = opened.correction.node.GetSegmentation().GetSegment("femur")
    labelsOfSegment(segment)[0][8:10, 14:26, 14:26] = segment.GetLabelValue()
    drawn = int((labelsOfSegment(segment)[0] == segment.GetLabelValue()).sum())
    segment.GetRepresentation("Binary labelmap").GetPointData().GetScalars().Modified()
    segment.GetRepresentation("Binary labelmap").Modified()
    if when == "applying":
        opened.correction.apply()
        assert opened.correction.busy
    slicer.mrmlScene.Clear(False)
    wait_for(lambda: not opened.process.busy)
    assert volume_of(saved(studies, "knee1", opened.list.reader, "slices"), "femur") == drawn


def test_a_correction_of_other_outlines_is_not_saved_with_the_case(
    panel, editor, opened, studies, click, wait_for, slicer
):
    from OrthoDiffusionSlicer.annotation import SegmentLayers
    from OrthoDiffusionSlicer.scene.VoxelHash import labelsOfSegment

    mine = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "of another exam")
    mine.CreateDefaultDisplayNodes()
    SegmentLayers.fill(mine, SegmentLayers.layersOf(opened.saving.node))
    wait_for(lambda: panel.session.volumes.get("sagittal") is not None)
    opened.correction.begin(mine, panel.session.volumes["sagittal"])
    wait_for(lambda: opened.correction.active and not opened.correction.busy)
    segment = opened.correction.node.GetSegmentation().GetSegment("femur")
    labelsOfSegment(segment)[0][5:8, 26:30, 14:26] = segment.GetLabelValue()
    segment.GetRepresentation("Binary labelmap").GetPointData().GetScalars().Modified()
    segment.GetRepresentation("Binary labelmap").Modified()
    opened.saving.tick()
    wait_for(lambda: not opened.process.busy)
    assert not (home(studies) / "cases/knee1" / opened.list.reader / "slices").exists()


def test_a_discarded_correction_does_not_come_back(panel, editor, opened, studies, click, wait_for, slicer):
    """Neither by a save that is on its way, nor by one that failed and is tried again."""
    reader = opened.list.reader
    slices = home(studies) / "cases/knee1" / reader / "slices"
    correct_slices(panel, opened, wait_for, click)
    opened.saving.tick()
    editor.selectModule("OrthoDiffusion")
    click(panel.ui.discardSlicesButton)
    wait_for(lambda: not opened.process.busy)
    assert not slices.exists()
    slices.parent.mkdir(parents=True, exist_ok=True)
    slices.write_text("a file stands where the folder should be")
    correct_slices(panel, opened, wait_for, click)
    opened.saving.tick()
    wait_for(lambda: panel.ui.worklistProblem.text and not opened.process.busy)
    editor.selectModule("OrthoDiffusion")
    click(panel.ui.discardSlicesButton)
    wait_for(lambda: not opened.process.busy)
    slices.unlink(missing_ok=True)
    click(panel.ui.retrySavingButton)
    wait_for(lambda: not opened.process.busy)
    assert not slices.exists()
    show(panel, opened, wait_for, "knee2")
    show(panel, opened, wait_for, "knee1")
    assert not opened.correction.active and "not applied" not in panel.ui.worklistStatus.text
