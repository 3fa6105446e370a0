"""What is drawn is saved by itself, where it lies, and nothing of it is dropped."""

import json

import numpy as np
import pytest
from nodes import matrix_of
from worklist_sitting import decide, draw, home, label_map, saved, show, versions, volume_of, write_case

from OrthoDiffusionLib.annotation.case import CaseState
from OrthoDiffusionLib.annotation.layers_file import read_layers
from OrthoDiffusionLib.annotation.worklist_file import read_worklist
from OrthoDiffusionLib.volumes import Geometry


def test_what_cannot_be_saved_is_not_left(panel, opened, studies, click, wait_for):
    """The case's folder cannot be made: the case stays open with all that was drawn until saving works again."""
    draw(opened.saving.node)
    blocked = home(studies) / "cases" / "knee1"
    blocked.parent.mkdir(exist_ok=True)
    blocked.write_text("a file stands where the folder should be")
    click(panel.ui.nextCaseButton)
    wait_for(lambda: panel.ui.worklistProblem.text)
    assert "‘knee1’ was not saved and stays open" in panel.ui.worklistProblem.text
    assert opened.case.name == "knee1" and not opened.busy
    blocked.unlink()
    click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.case is not None and opened.case.name == "knee2" and not opened.busy)
    assert volume_of(saved(studies, "knee1", opened.list.reader, "v001"), "femur") > 12 * 12 * 6


def test_edits_are_saved_by_themselves_and_the_window_does_not_wait(panel, opened, studies, wait_for, slicer):
    autosave = home(studies) / "cases/knee1" / opened.list.reader / "autosave" / "segmentation.seg.nrrd"
    opened.saving.tick()
    wait_for(lambda: not opened.process.busy)
    assert not autosave.exists(), "nothing has changed yet"
    draw(opened.saving.node)
    opened.saving.tick()
    wait_for(autosave.exists)
    wait_for(lambda: "Saved at" in panel.ui.worklistStatus.text)
    assert volume_of(read_layers(autosave), "femur") > 12 * 12 * 6
    assert opened.saving.longestMs < 50


def place_of(layers, key):
    """Centre of a structure, RAS mm."""
    return centre_of(layers, layers.segment(key))


def centre_of(layers, segment):
    indices = np.argwhere(layers.mask(segment)).mean(axis=0)
    return layers.geometry.affine[:3, :3] @ indices + layers.geometry.affine[:3, 3]


def moving_by(*mm):
    matrix = np.eye(4)
    matrix[:3, 3] = mm
    return matrix


def test_outlines_that_were_moved_against_their_images_are_saved_where_they_lie(
    panel, opened, studies, click, wait_for, slicer
):
    """A transform above outlines and images moves nothing in the files; one above the outlines alone does."""
    from OrthoDiffusionSlicer.annotation.SegmentLayers import layersOf
    from OrthoDiffusionSlicer.scene import Provenance

    node = opened.saving.node
    draw(node)
    both = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "shown elsewhere")
    both.SetMatrixTransformToParent(matrix_of(moving_by(50, 0, 0)))
    for one in (node, *Provenance.inputsOf(node).values()):
        one.SetAndObserveTransformNodeID(both.GetID())
    autosave = home(studies) / "cases/knee1" / opened.list.reader / "autosave" / "segmentation.seg.nrrd"
    opened.saving.tick()
    wait_for(lambda: autosave.exists() and not opened.process.busy)
    before = place_of(read_layers(autosave), "femur")
    assert before == pytest.approx(place_of(layersOf(node), "femur"), abs=1e-3)

    alone = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "moved")
    alone.SetMatrixTransformToParent(matrix_of(moving_by(50, 7, 0)))
    node.SetAndObserveTransformNodeID(alone.GetID())
    click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.case is not None and opened.case.name == "knee2" and not opened.busy)
    after = place_of(saved(studies, "knee1", opened.list.reader, "v001"), "femur")
    assert after - before == pytest.approx([0, 7, 0], abs=1e-3)


def test_outlines_of_which_some_were_moved_are_saved_where_each_of_them_lies(
    panel, opened, studies, click, wait_for, slicer
):
    """Those of an analysis are turned and moved by hand, those of the case stay: both are in one file, in place."""
    from OrthoDiffusionSlicer.annotation.SegmentLayers import layersOf

    case = opened.saving.node
    editor = drawing_in(case)
    analyze(panel, click, wait_for)
    editor.SetActiveEffectName("")
    predicted = panel.session.results.segmentation
    draw(case)
    femur, tibia = place_of(layersOf(case), "femur"), place_of(layersOf(predicted), "tibia")
    angle = np.radians(20)
    turn = moving_by(12, -7, 5)
    turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    registration = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "registration")
    registration.SetMatrixTransformToParent(matrix_of(moving_by(90000, 0, 0)))  # a slip of the mouse
    predicted.SetAndObserveTransformNodeID(registration.GetID())
    click(panel.ui.nextCaseButton)
    assert opened.case.name == "knee1" and "so far from the others" in panel.ui.worklistProblem.text
    registration.SetMatrixTransformToParent(matrix_of(turn))
    click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.case is not None and opened.case.name == "knee2" and not opened.busy)
    assert panel.ui.worklistProblem.text == ""
    layers = saved(studies, "knee1", opened.list.reader, "v001")
    names = {record.name: record for record in layers.segments}
    assert centre_of(layers, names["Femur"]) == pytest.approx(femur, abs=0.5)
    assert place_of(layers, "tibia") == pytest.approx(turn[:3, :3] @ tibia + turn[:3, 3], abs=0.5)
    millilitres = layers.mask(names["Tibia"]).sum() * layers.geometry.voxel_volume_mm3 / 1000
    assert millilitres == pytest.approx(24**3 / 1000, rel=0.02)


def test_outlines_that_a_transform_bends_keep_the_case_open(panel, opened, studies, click, wait_for, slicer):
    draw(opened.saving.node)
    bent = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLBSplineTransformNode", "warp")
    opened.saving.node.SetAndObserveTransformNodeID(bent.GetID())
    opened.saving.tick()
    wait_for(lambda: panel.ui.worklistProblem.text)
    assert "‘warp’" in panel.ui.worklistProblem.text and "harden" in panel.ui.worklistProblem.text
    click(panel.ui.nextCaseButton)
    assert opened.case.name == "knee1"
    opened.saving.node.SetAndObserveTransformNodeID(None)
    click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.case is not None and opened.case.name == "knee2" and not opened.busy)
    assert volume_of(saved(studies, "knee1", opened.list.reader, "v001"), "femur") > 12 * 12 * 6


def test_images_that_a_transform_bends_without_their_outlines_keep_the_case_open(
    panel, opened, studies, click, wait_for, slicer
):
    from OrthoDiffusionSlicer.scene import Provenance

    node = opened.saving.node
    draw(node)
    (image,) = set(Provenance.inputsOf(node).values())
    bent = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLBSplineTransformNode", "warp")
    image.SetAndObserveTransformNodeID(bent.GetID())
    click(panel.ui.nextCaseButton)
    said = panel.ui.worklistProblem.text
    assert opened.case.name == "knee1" and "‘warp’" in said and image.GetName() in said
    assert "put the outlines under it as well" in said
    node.SetAndObserveTransformNodeID(bent.GetID())  # as it says
    click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.case is not None and opened.case.name == "knee2" and not opened.busy)
    assert volume_of(saved(studies, "knee1", opened.list.reader, "v001"), "femur") > 12 * 12 * 6


def test_a_full_disk_while_saving_is_told_and_repaired_by_a_button(panel, opened, studies, click, wait_for):
    autosave = home(studies) / "cases/knee1" / opened.list.reader / "autosave"
    draw(opened.saving.node)
    opened.saving.tick()
    wait_for(lambda: autosave.exists() and not opened.process.busy)
    before = (autosave / "segmentation.seg.nrrd").read_bytes()
    draw(opened.saving.node, where=(slice(0, 2), slice(0, 9), slice(0, 9)))
    (autosave / "reading.json").unlink()
    (autosave / "reading.json").mkdir()  # what cannot be replaced, as on a full or locked disk
    opened.saving.tick()
    wait_for(lambda: panel.ui.worklistProblem.text)
    assert panel.ui.retrySavingButton.visible and opened.case.name == "knee1"
    assert (autosave / "segmentation.seg.nrrd").read_bytes() == before
    (autosave / "reading.json").rmdir()
    click(panel.ui.retrySavingButton)
    wait_for(lambda: panel.ui.worklistProblem.text == "" and not opened.process.busy)
    assert (autosave / "segmentation.seg.nrrd").read_bytes() != before


def test_closing_the_scene_saves_the_case(panel, opened, studies, wait_for, slicer):
    draw(opened.saving.node)
    slicer.mrmlScene.Clear(False)
    assert opened.case is None
    wait_for(lambda: not opened.process.busy)
    assert volume_of(saved(studies, "knee1", opened.list.reader, "v001"), "femur") > 12 * 12 * 6
    assert "‘knee1’ was saved" in panel.ui.worklistStatus.text


def test_deleted_outlines_are_told(panel, opened, slicer):
    slicer.mrmlScene.RemoveNode(opened.saving.node)
    opened.saving.tick()
    assert "deleted from the scene" in panel.ui.worklistProblem.text


def test_a_module_that_is_closed_leaves_everything_on_the_disk(panel, opened, studies):
    draw(opened.saving.node)
    path, reader = opened.list.path, opened.list.reader
    panel.cleanup()
    layers = read_layers(home(studies) / "cases/knee1" / reader / "autosave" / "segmentation.seg.nrrd")
    assert volume_of(layers, "femur") > 12 * 12 * 6
    from OrthoDiffusionLib.annotation.lock import WorklistLock

    WorklistLock(path, "next").release()
    assert read_worklist(path).case("knee1").state(reader) is CaseState.IN_PROGRESS


def test_a_coarse_and_a_fine_segment_are_kept_on_the_fine_grid(panel, opened):
    """As after an analysis of a case that began with a label map in thick slices."""
    from OrthoDiffusionSlicer.annotation.SegmentLayers import fill, imageOf, layersOf

    node = opened.saving.node
    thick = layersOf(node)
    fine = Geometry.from_box((-20.0,) * 3, (20.0,) * 3, 1.0)
    ball = np.zeros(fine.shape, np.uint8)
    ball[15:25, 15:25, 15:25] = 1
    import slicer

    segment = slicer.vtkSegment()
    segment.SetName("Ball")
    segment.AddRepresentation("Binary labelmap", imageOf(ball, fine))
    node.GetSegmentation().AddSegment(segment, "ball")
    both = layersOf(node)
    assert both.geometry.spacing_mm == pytest.approx(1.0)
    assert both.mask(both.segment("Ball")).sum() == ball.sum()
    femur = both.mask(both.segment("femur")).sum() * both.geometry.voxel_volume_mm3
    assert femur == pytest.approx(thick.mask(thick.segment("femur")).sum() * thick.geometry.voxel_volume_mm3, rel=0.15)
    fill(node, both)
    assert layersOf(node).mask(both.segment("Ball")).sum() == ball.sum()


def test_a_full_temporary_disk_costs_the_surfaces_alone(opened, slicer, tmp_path, monkeypatch):
    monkeypatch.setattr(slicer.app, "temporaryPath", str(tmp_path / "gone"))
    opened.surfaces.make(opened.saving.node)
    assert not opened.surfaces.busy


def test_two_segments_of_one_name_keep_their_own_voxels(opened, slicer):
    """The second one is a part of the grid: it is made larger before the change is written."""
    from OrthoDiffusionSlicer.annotation import FlatLabels
    from OrthoDiffusionSlicer.annotation.SegmentLayers import imageOf, layersOf

    node = opened.saving.node
    grid = layersOf(node).geometry
    segment = slicer.vtkSegment()
    segment.SetName("Femur")
    segment.AddRepresentation(
        "Binary labelmap", imageOf(np.ones((4, 4, 4), np.uint8), grid.cropped((0,) * 3, (4,) * 3))
    )
    node.GetSegmentation().AddSegment(segment, "second")
    layers = layersOf(node)
    before = FlatLabels.flat(layers)
    after = before.copy(order="F")
    after[-1, -1, -1] = [record.id for record in layers.segments].index("second") + 1
    FlatLabels.write(node, layers, before, after)
    now = layersOf(node)
    masks = {record.id: now.mask(record) for record in now.segments}
    assert masks["second"].sum() == 4**3 + 1 and masks["second"][-1, -1, -1]
    assert (masks["femur"] == layers.mask(layers.segment("femur"))).all()


def test_a_visit_without_a_change_makes_no_version(panel, with_findings, studies, click, wait_for):
    decide(panel, click)
    show(panel, with_findings, wait_for, "knee2")
    assert versions(studies, with_findings) == ["v001"]
    show(panel, with_findings, wait_for, "knee1")
    assert panel.session.results.row("joint_effusion").readerWord == "negative"
    show(panel, with_findings, wait_for, "knee2")
    assert versions(studies, with_findings) == ["v001"]


def drawing_in(node):
    """The Segment Editor with an effect in hand: a new analysis puts its outlines beside these."""
    from OrthoDiffusionSlicer.annotation.SegmentEditor import editorNode

    editor = editorNode(node.GetScene())
    editor.SetAndObserveSegmentationNode(node)
    editor.SetActiveEffectName("Paint")
    return editor


def analyze(panel, click, wait_for):
    """The user analyzes what is open."""
    before = panel.session.results
    panel.session.parameters.show3D = False
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.session.results not in (None, before) and not panel.run.busy)


def test_outlines_that_an_analysis_made_beside_those_in_work_are_saved_as_well(
    panel, opened, studies, click, wait_for, slicer
):
    reader, drawn_in = opened.list.reader, opened.saving.node
    editor = drawing_in(drawn_in)
    analyze(panel, click, wait_for)
    predicted = panel.session.results.segmentation
    assert predicted is not drawn_in
    wait_for(lambda: not opened.process.busy)
    draw(drawn_in)
    draw(predicted, "tibia", (slice(0, 5), slice(0, 5), slice(0, 5)))
    opened.saving.tick()
    wait_for(lambda: not opened.process.busy)
    editor.SetActiveEffectName("")
    for folder in ("autosave", "v001"):
        if folder == "v001":
            click(panel.ui.nextCaseButton)
            wait_for(lambda: opened.case is not None and opened.case.name == "knee2" and not opened.busy)
        layers = saved(studies, "knee1", reader, folder)
        names = {record.name: record for record in layers.segments}
        assert {"Femur", "Femur (new prediction)", "Tibia", "Label 77"} <= set(names)
        assert layers.mask(names["Tibia"]).sum() == 24**3 + 5**3, "the prediction and what was drawn on it"
        millilitres = layers.mask(names["Femur"]).sum() * layers.geometry.voxel_volume_mm3 / 1000
        assert millilitres > 12 * 12 * 6 * 9 / 1000 * 1.05, "what was drawn is there"
    show(panel, opened, wait_for, "knee1")
    assert opened.saving.node.GetSegmentation().GetSegmentIdBySegmentName("Femur (new prediction)")


def test_outlines_analyzed_anew_after_all_were_deleted_are_saved(panel, opened, studies, click, wait_for, slicer):
    slicer.mrmlScene.RemoveNode(opened.saving.node)
    opened.saving.tick()
    analyze(panel, click, wait_for)
    wait_for(lambda: not opened.process.busy)
    assert panel.ui.worklistProblem.text == ""
    click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.case is not None and opened.case.name == "knee2" and not opened.busy)
    assert saved(studies, "knee1", opened.list.reader, "v001").segment("tibia") is not None


def test_outlines_that_were_all_deleted_do_not_come_back(panel, opened, studies, click, wait_for):
    """First the segments, in the second case their voxels alone."""
    reader = opened.list.reader
    opened.saving.node.GetSegmentation().RemoveAllSegments()
    opened.saving.tick()
    wait_for(lambda: not opened.process.busy)
    assert saved(studies, "knee1", reader, "autosave").segments == ()
    show(panel, opened, wait_for, "knee2")
    segmentation = opened.saving.node.GetSegmentation()
    for name in segmentation.GetSegmentIDs():
        segmentation.GetSegment(name).RemoveRepresentation("Binary labelmap")
    show(panel, opened, wait_for, "knee1")
    assert "as you left it" in panel.ui.worklistStatus.text
    assert opened.saving.node.GetSegmentation().GetNumberOfSegments() == 0
    layers = saved(studies, "knee2", reader, "v001")
    assert {record.name for record in layers.segments} == {"Femur", "Label 77"} and not layers.arrays[0].any()
    show(panel, opened, wait_for, "knee2")
    segments = opened.saving.node.GetSegmentation().GetNumberOfSegments()
    assert segments == 2 and versions(studies, opened, "knee1") == versions(studies, opened, "knee2") == ["v001"]


def test_a_scene_that_was_saved_with_a_case_open_is_not_taken_for_a_case_of_that_name(
    panel, with_findings, tmp_path, click, wait_for, slicer
):
    """Case names are often numbers: nothing of the old scene is saved with the new case, or leaves with it."""
    decide(panel, click)
    scene = slicer.mrmlScene
    assert scene.WriteToMRB(str(tmp_path / "yesterday.mrb"))
    other = tmp_path / "others"
    write_case(other, "knee1")
    label_map(other, "knee1")
    with_findings.new(str(other))
    wait_for(lambda: with_findings.list is not None and with_findings.list.path.parent.name == "others-worklist")
    scene.ReadFromMRB(str(tmp_path / "yesterday.mrb"), False)
    wait_for(lambda: panel.session.results is not None)
    yesterday = panel.session.results.table
    show(panel, with_findings, wait_for, "knee1")
    draw(with_findings.saving.node)
    reader, path = with_findings.list.reader, with_findings.list.path
    with_findings.close()
    wait_for(lambda: with_findings.list is None)
    assert scene.IsNodePresent(yesterday)
    folder = path.parent / "cases" / "knee1" / reader / "v001"
    assert volume_of(read_layers(folder / "segmentation.seg.nrrd"), "femur") > 12 * 12 * 6
    assert json.loads((folder / "reading.json").read_text(encoding="utf-8"))["reviews"] == {}


def bend(slicer, node):
    bent = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLBSplineTransformNode", "warp")
    node.SetAndObserveTransformNodeID(bent.GetID())


def test_outlines_that_a_transform_bends_are_not_lost_with_the_scene(panel, opened, studies, wait_for, slicer):
    """There is no case left that could stay open: they are saved as they are without it, and that is said."""
    draw(opened.saving.node)
    bend(slicer, opened.saving.node)
    slicer.mrmlScene.Clear(False)
    wait_for(lambda: not opened.process.busy)
    assert volume_of(saved(studies, "knee1", opened.list.reader, "v001"), "femur") > 12 * 12 * 6
    assert "‘knee1’" in panel.ui.worklistProblem.text and "without the transform" in panel.ui.worklistProblem.text


def test_outlines_that_a_transform_bends_are_not_lost_with_the_module(panel, opened, studies, slicer):
    reader = opened.list.reader
    draw(opened.saving.node)
    bend(slicer, opened.saving.node)
    panel.cleanup()
    assert volume_of(saved(studies, "knee1", reader, "autosave"), "femur") > 12 * 12 * 6
