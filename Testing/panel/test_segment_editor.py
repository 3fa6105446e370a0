"""The Segment Editor in one click, its keys left alone; what is drawn in a view's slices reaches the fine outlines."""

import numpy as np
import pytest
import slicer_keys
from slicerhost import segmenteditor


@pytest.fixture
def analyzed(panel, knee, click, wait_for):
    """A panel with results, in a main window beside the Segment Editor."""
    panel.session.parameters.show3D = False
    window = segmenteditor.open_main_window(panel)
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.ui.findingsTable.rowCount == 8 and not panel.run.busy)
    panel.window = window
    yield panel
    segmenteditor.close_main_window(window)


def editor_node(slicer):
    return slicer.mrmlScene.GetSingletonNode("SegmentEditor", "vtkMRMLSegmentEditorNode")


def choose(panel, name):
    panel.ui.segmentsTable.setSelectedSegmentIDs([name])


def test_one_click_opens_the_editor_on_outlines_volume_and_segment(analyzed, slicer, click, knee):
    choose(analyzed, "patella")
    click(analyzed.ui.editOutlinesButton)
    node = editor_node(slicer)
    assert analyzed.window.current is analyzed.window.modules["SegmentEditor"]
    assert node.GetSegmentationNode() is analyzed.session.results.segmentation
    assert node.GetSourceVolumeNode() is knee["sagittal"] and node.GetSelectedSegmentID() == "patella"
    assert node.GetOverwriteMode() == node.OverwriteAllSegments
    assert node.GetMaskMode() == slicer.vtkMRMLSegmentationNode.EditAllowedEverywhere
    assert not node.GetSourceVolumeIntensityMask()
    nodes = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    assert len([one for one in nodes if not one.GetHideFromEditors()]) == 1, (
        "the editor makes no empty segmentation of its own"
    )


def test_a_volume_other_than_that_of_the_outlines_geometry_is_opened_as_well(analyzed, slicer, knee):
    from OrthoDiffusionSlicer.annotation import SegmentEditor

    SegmentEditor.open_(analyzed.session.results.segmentation, knee["axial"], "tibia")
    node = editor_node(slicer)
    assert node.GetSourceVolumeNode() is knee["axial"] and node.GetSelectedSegmentID() == "tibia"


def test_every_plane_keeps_its_series_and_heat_map_while_outlines_are_edited(analyzed, slicer, click, knee):
    from OrthoDiffusionSlicer.scene import SliceViews

    def shown():
        names = SliceViews.VIEW_OF_PLANE
        views = {plane: SliceViews.compositeOf(slicer.mrmlScene, names[plane]) for plane in knee}
        return {plane: (view.GetBackgroundVolumeID(), view.GetForegroundVolumeID()) for plane, view in views.items()}

    analyzed.session.chooseFinding(next(row for row in analyzed.session.results.rows if row.pointRAS is not None))
    before = shown()
    assert [before[plane][0] for plane in knee] == [node.GetID() for node in knee.values()]
    assert all(foreground for _background, foreground in before.values())
    choose(analyzed, "patella")
    click(analyzed.ui.editOutlinesButton)
    assert shown() == before


def test_a_volume_that_no_view_shows_is_shown_by_the_editor(analyzed, slicer, click, knee):
    from OrthoDiffusionSlicer.scene import SliceViews

    other = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "another exam")
    for view in SliceViews.composites(slicer.mrmlScene):
        view.SetBackgroundVolumeID(other.GetID())
    click(analyzed.ui.editOutlinesButton)
    for view in SliceViews.composites(slicer.mrmlScene):
        assert view.GetBackgroundVolumeID() == knee["sagittal"].GetID()


def test_settings_that_were_for_another_segmentation_are_put_right_and_the_users_own_stay(analyzed, slicer, click):
    other = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode")
    from OrthoDiffusionSlicer.annotation.SegmentEditor import editorNode

    node = editorNode(slicer.mrmlScene)
    node.SetAndObserveSegmentationNode(other)
    node.SetOverwriteMode(node.OverwriteNone)
    node.SetSourceVolumeIntensityMask(True)
    click(analyzed.ui.editOutlinesButton)
    assert node.GetOverwriteMode() == node.OverwriteAllSegments and not node.GetSourceVolumeIntensityMask()
    node.SetSourceVolumeIntensityMask(True)  # the user paints within a range now
    analyzed.window.selectModule("OrthoDiffusion")
    choose(analyzed, "femur")
    click(analyzed.ui.editOutlinesButton)
    assert node.GetSourceVolumeIntensityMask() and node.GetSelectedSegmentID() == "femur"


def test_no_key_of_ours_that_works_in_the_whole_window_is_one_of_slicers(analyzed):
    from PySide6 import QtCore, QtGui

    window = [shortcut for shortcut in analyzed.window.findChildren(QtGui.QShortcut)
              if shortcut.context not in (QtCore.Qt.WidgetShortcut, QtCore.Qt.WidgetWithChildrenShortcut)]  # fmt: skip
    ours = {shortcut.key.toString() for shortcut in window}
    assert {"Ctrl+PgDown", "Ctrl+PgUp"} <= ours
    assert not ours & {QtGui.QKeySequence(key).toString() for key in slicer_keys.ALL}


def test_while_the_editor_is_shown_its_keys_work_and_ours_do_not(analyzed, slicer, click):
    from PySide6 import QtCore, QtTest

    called = []
    for shortcut in analyzed.sections.worklist._keys:
        shortcut.setEnabled(True)
        shortcut.connect("activated()", lambda: called.append(1))
    click(analyzed.ui.editOutlinesButton)
    editor = analyzed.window.current.editor
    for key in (QtCore.Qt.Key_Z, QtCore.Qt.Key_1, QtCore.Qt.Key_Space, QtCore.Qt.Key_Q):
        QtTest.QTest.keyClick(analyzed.window, key)
    QtTest.QTest.keyClick(analyzed.window, QtCore.Qt.Key_PageDown, QtCore.Qt.ControlModifier)
    assert editor.pressed == ["Z", "1", "Space", "Q"] and called == []
    analyzed.window.selectModule("OrthoDiffusion")
    for shortcut in analyzed.sections.worklist._keys:
        shortcut.setEnabled(True)
    for key in (QtCore.Qt.Key_Z, QtCore.Qt.Key_1):
        QtTest.QTest.keyClick(analyzed.window, key)
    QtTest.QTest.keyClick(analyzed.window, QtCore.Qt.Key_PageDown, QtCore.Qt.ControlModifier)
    assert len(editor.pressed) == 4 and called == [1], "back on the panel it is the other way round"


# Corrections in slices


def mask_of(node, name):
    from OrthoDiffusionSlicer.annotation.SegmentLayers import layersOf

    layers = layersOf(node)
    return layers.mask(layers.segment(name)), layers.geometry


def grow_right(node, name, slices, pixels):
    """Move the right border of a segment in some slices of the first axis that is thick, as a brush would."""
    from OrthoDiffusionSlicer.scene.VoxelHash import labelsOfSegment

    segment = node.GetSegmentation().GetSegment(name)
    voxels, _affine = labelsOfSegment(segment)  # (K, J, I); K counts the slices
    for number in slices:
        plane = voxels[number]
        mask = plane == segment.GetLabelValue()
        for step in range(1, pixels + 1):
            grown = np.zeros_like(mask)
            grown[:, step:] = mask[:, :-step]
            plane[grown & (plane == 0)] = segment.GetLabelValue()
    image = segment.GetRepresentation("Binary labelmap")
    image.GetPointData().GetScalars().Modified()
    image.Modified()


@pytest.fixture
def correcting(analyzed, click, wait_for):
    """The outlines are shown in the sagittal slices."""
    choose(analyzed, "femur")
    click(analyzed.ui.correctSlicesButton)
    correction = analyzed.session.worklists.correction
    wait_for(lambda: correction.active and not correction.busy)
    return analyzed


def test_the_outlines_are_shown_in_the_views_own_slices(correcting, slicer, knee):
    correction, node = correcting.session.worklists.correction, editor_node(slicer)
    assert node.GetSegmentationNode() is correction.node and node.GetSourceVolumeNode() is knee["sagittal"]
    assert node.GetSelectedSegmentID() == "femur"
    mask, geometry = mask_of(correction.node, "femur")
    assert geometry.shape == (100, 100, 26) and mask.any()
    assert not correcting.session.results.segmentation.GetDisplayNode().GetVisibility()


def test_what_is_drawn_in_slices_moves_the_fine_outlines_and_nothing_else(correcting, click, wait_for):
    session = correcting.session
    correction, fused = session.worklists.correction, session.results.segmentation
    before = {name: mask_of(fused, name)[0] for name in ("femur", "tibia", "patella", "joint_fluid")}
    grow_right(correction.node, "femur", (12, 13), 3)  # along i of the sagittal slices: posterior by 3 mm
    click(correcting.ui.applySlicesButton)
    wait_for(lambda: not correction.active and not correction.busy)
    assert correcting.ui.slicesStatus.text == "Corrected: Femur."
    femur, geometry = mask_of(fused, "femur")
    moved = femur & ~before["femur"]
    assert moved.any() and not (before["femur"] & ~femur).any()
    places = geometry.to_ras(np.argwhere(moved))
    assert np.abs(places[:, 0]).max() <= 6.0, "within the two slices and half a slice around them"
    middle = moved[np.argmin(np.abs(geometry.to_ras(np.eye(3)[0] * np.arange(femur.shape[0])[:, None])[:, 0]))]
    assert middle.any(axis=0).any() and moved.sum(axis=1).max() == pytest.approx(3, abs=1)
    for name in ("tibia", "patella", "joint_fluid"):
        np.testing.assert_array_equal(mask_of(fused, name)[0], before[name])
    assert fused.GetDisplayNode().GetVisibility() and not correcting.ui.applySlicesButton.visible


@pytest.mark.parametrize("moved", ["both", "outlines", "volume"])
def test_outlines_and_volume_under_transforms_are_corrected_where_they_lie(
    analyzed, slicer, knee, click, wait_for, moved
):
    from nodes import matrix_of
    from OrthoDiffusionSlicer.scene.corrections.HandedOutlines import toWorldOf

    session, place = analyzed.session, np.eye(4)
    fused, correction = session.results.segmentation, session.worklists.correction
    place[:3, 3] = (8.0, 0.0, 0.0) if moved != "both" else (60.0, -20.0, 10.0)
    transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "moved")
    transform.SetMatrixTransformToParent(matrix_of(place))
    for node in (*[fused] * (moved != "volume"), *[knee["sagittal"]] * (moved != "outlines")):
        node.SetAndObserveTransformNodeID(transform.GetID())

    def centre(node):
        mask, geometry = mask_of(node, "femur")
        return (toWorldOf(node) @ [*geometry.to_ras(np.argwhere(mask).mean(axis=0)), 1.0])[:3]

    choose(analyzed, "femur")
    click(analyzed.ui.correctSlicesButton)
    wait_for(lambda: correction.active and not correction.busy)
    assert centre(correction.node) == pytest.approx(centre(fused), abs=2.0)
    before = mask_of(fused, "femur")[0].sum()
    grow_right(correction.node, "femur", (12, 13), 3)
    click(analyzed.ui.applySlicesButton)
    wait_for(lambda: not correction.active and not correction.busy)
    assert analyzed.ui.slicesStatus.text == "Corrected: Femur." and mask_of(fused, "femur")[0].sum() > before


def test_the_surface_follows_what_was_drawn_in_slices(correcting, click, wait_for):
    session = correcting.session
    correction, fused = session.worklists.correction, session.results.segmentation
    segmentation = fused.GetSegmentation()
    segmentation.CreateRepresentation("Closed surface")

    def back():
        surface = segmentation.GetSegment("femur").GetRepresentation("Closed surface")
        return surface.GetBounds()[2] if surface is not None else None

    before = back()
    grow_right(correction.node, "femur", (11, 12, 13, 14), 3)  # i runs from anterior to posterior
    click(correcting.ui.applySlicesButton)
    wait_for(lambda: not correction.active and back() is not None and not session.worklists.surfaces.busy)
    assert before - back() == pytest.approx(3.0, abs=1.0)


def test_applying_nothing_and_discarding_leave_every_voxel(correcting, click, wait_for):
    session = correcting.session
    fused, correction = session.results.segmentation, session.worklists.correction
    before = mask_of(fused, "femur")[0]
    click(correcting.ui.applySlicesButton)
    wait_for(lambda: not correction.active)
    assert "Nothing was drawn" in correcting.ui.slicesStatus.text
    np.testing.assert_array_equal(mask_of(fused, "femur")[0], before)
    correcting.window.selectModule("OrthoDiffusion")
    click(correcting.ui.correctSlicesButton)
    wait_for(lambda: correction.active and not correction.busy)
    grow_right(correction.node, "femur", (12, 13), 3)
    click(correcting.ui.discardSlicesButton)
    assert not correction.active and "discarded" in correcting.ui.slicesStatus.text
    np.testing.assert_array_equal(mask_of(fused, "femur")[0], before)


def test_a_corrected_segment_survives_the_next_analysis(correcting, click, wait_for):
    session = correcting.session
    correction = session.worklists.correction
    grow_right(correction.node, "femur", (12, 13), 3)
    click(correcting.ui.applySlicesButton)
    wait_for(lambda: not correction.active)
    femur = mask_of(session.results.segmentation, "femur")[0]
    results = session.results
    correcting.window.selectModule("OrthoDiffusion")
    click(correcting.ui.analyzeButton)
    wait_for(lambda: session.results not in (None, results) and not correcting.run.busy)
    np.testing.assert_array_equal(mask_of(session.results.segmentation, "femur")[0], femur)


def test_a_correction_that_is_being_drawn_outlives_the_reload_of_the_module(correcting, slicer, click, wait_for):
    """With ‘Reload’ or slicer.util.reloadScriptedModule; the outlines themselves are hidden meanwhile."""
    import slicerhost

    fused, node = correcting.session.results.segmentation, correcting.session.worklists.correction.node
    before = mask_of(fused, "femur")[0]
    grow_right(node, "femur", (12, 13), 3)
    again = slicerhost.reload_panel(correcting)
    correction = again.session.worklists.correction
    wait_for(lambda: correction.active and not correction.busy)
    assert correction.node is node and "press ‘Apply’" in again.ui.slicesStatus.text
    again.sections.segmentation._onApply()
    wait_for(lambda: not correction.active and not correction.busy)
    assert again.ui.slicesStatus.text == "Corrected: Femur."
    assert mask_of(fused, "femur")[0].sum() > before.sum() and fused.GetDisplayNode().GetVisibility()
    again._onModuleAboutToBeUnloaded("OrthoDiffusion")


def test_a_correction_that_is_being_drawn_comes_back_with_its_scene_file(correcting, slicer, click, wait_for, tmp_path):
    session, path = correcting.session, str(tmp_path / "in_the_middle.mrb")
    before = mask_of(session.results.segmentation, "femur")[0]
    grow_right(session.worklists.correction.node, "femur", (12, 13), 3)
    assert slicer.mrmlScene.WriteToMRB(path)
    slicer.mrmlScene.Clear(False)
    assert slicer.mrmlScene.ReadFromMRB(path, True)
    correction = session.worklists.correction
    wait_for(lambda: correction.active and not correction.busy)
    correcting.window.selectModule("OrthoDiffusion")
    click(correcting.ui.applySlicesButton)
    wait_for(lambda: not correction.active and not correction.busy)
    fused = session.results.segmentation
    assert correcting.ui.slicesStatus.text == "Corrected: Femur."
    assert mask_of(fused, "femur")[0].sum() > before.sum() and fused.GetDisplayNode().GetVisibility()


def test_a_correction_without_its_volume_leaves_the_outlines_to_be_seen(correcting, slicer, knee, wait_for, tmp_path):
    slicer.mrmlScene.RemoveNode(knee["sagittal"])
    path = str(tmp_path / "without.mrb")
    assert slicer.mrmlScene.WriteToMRB(path)
    slicer.mrmlScene.Clear(False)
    assert slicer.mrmlScene.ReadFromMRB(path, True)
    wait_for(lambda: correcting.session.settled)
    assert correcting.session.results.segmentation.GetDisplayNode().GetVisibility()


def test_a_correction_that_is_deleted_by_hand_is_discarded(correcting, slicer):
    """In the Data module, say; without it no button would show the outlines again."""
    slicer.mrmlScene.RemoveNode(correcting.session.worklists.correction.node)
    assert "discarded" in correcting.ui.slicesStatus.text and not correcting.ui.applySlicesButton.visible
    assert correcting.session.results.segmentation.GetDisplayNode().GetVisibility()


def test_a_scene_that_is_closed_while_a_correction_is_computed_says_nothing_of_it(analyzed, slicer, click, wait_for):
    click(analyzed.ui.correctSlicesButton)
    correction, process = analyzed.session.worklists.correction, analyzed.session.worklists.process
    assert correction.busy
    slicer.mrmlScene.Clear(False)
    assert not correction.busy
    wait_for(lambda: not process.busy)
    slicer.app.processEvents()
    assert analyzed.ui.slicesStatus.text == "" and not correction.busy and correction.problem is None


def test_a_worklist_is_opened_once_the_correction_of_other_outlines_is_over(
    correcting, slicer, click, wait_for, studies
):
    """Else it would be saved with the first case, and carried on when that is left."""
    worklists = correcting.session.worklists
    worklists.background.wanted = False
    worklists.new(studies)
    assert worklists.list is None
    assert "Apply or discard it" in correcting.ui.worklistProblem.text
    worklists.correction.discard()
    worklists.new(studies)
    wait_for(lambda: worklists.list is not None)
    assert correcting.ui.worklistProblem.text == ""


def test_a_scene_that_is_closed_while_slices_are_corrected_leaves_no_trace(correcting, slicer):
    correction = correcting.session.worklists.correction
    slicer.mrmlScene.Clear(False)
    assert not correction.active and not correction.busy
    assert not correcting.ui.applySlicesButton.visible


def test_without_a_main_window_outlines_are_corrected_in_slices_all_the_same(panel, knee, slicer, click, wait_for):
    """As in an application that shows the panel by itself, with --no-main-window: there is no module to be selected."""
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.ui.findingsTable.rowCount == 8 and not panel.run.busy)
    panel.session.editOutlines("femur")
    assert editor_node(slicer).GetSelectedSegmentID() == "femur"
    panel.session.correctSlices("sagittal", "tibia")
    correction = panel.session.worklists.correction
    wait_for(lambda: correction.active and not correction.busy)
    assert "press ‘Apply’" in panel.ui.slicesStatus.text
    assert editor_node(slicer).GetSegmentationNode() is correction.node
