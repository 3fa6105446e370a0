"""Corrections on the panel: compared, restored, shown, exported; by real clicks, with the library's own process."""

import csv
import json
import time

import handmade
import numpy as np
import pytest
import vtk
from nodes import segment_mask

FEMUR = 24**3


@pytest.fixture
def corrected(analyzed, wait_for):
    """The knee with a femur of which somebody has erased the first 1000 voxels; the section is open."""
    panel = analyzed
    wait_for(lambda: not panel.run._laterSteps.busy)  # the hashes of the predictions are there
    erase(panel, "femur", 1000)
    panel.ui.correctionsButton.collapsed = False
    wait_for(lambda: measured(panel), 90)
    return panel


def segmentation(panel):
    return panel.session.results.segmentation


def voxels(panel, segmentId="femur"):
    return int(segment_mask(segmentation(panel).GetSegmentation().GetSegment(segmentId))[0].sum())


def erase(panel, segmentId, count):
    segments = segmentation(panel).GetSegmentation()
    segments.SeparateSegmentLabelmap(segmentId)
    segment = segments.GetSegment(segmentId)
    mask, _ = segment_mask(segment)
    image = segment.GetRepresentation("Binary labelmap")
    extent = image.GetExtent()
    for k, j, i in np.argwhere(mask)[:count]:
        image.SetScalarComponentFromDouble(int(extent[0] + i), int(extent[2] + j), int(extent[4] + k), 0, 0)
    image.Modified()
    segment.Modified()


def measured(panel):
    comparison = panel.session.corrections.comparison
    return not comparison.busy and comparison.rows and all(row.change is not None for row in comparison.rows)


def line_of(panel, segmentId):
    return [row.segmentId for row in panel.session.corrections.comparison.rows].index(segmentId)


def cells(panel, segmentId):
    table = panel.ui.correctionsTable
    return [table.item(line_of(panel, segmentId), column).text() for column in range(4)]


def choose(panel, segmentId):
    panel.ui.correctionsTable.setCurrentCell(line_of(panel, segmentId), 0)


@pytest.fixture
def tick(click):
    """A click on the box of a check box: its middle may lie beside the words."""
    import qt

    return lambda box: click(box, qt.QPoint(8, box.height // 2))


def difference(slicer):
    """The node of the difference view, None if there is none."""
    scene = slicer.mrmlScene
    nodes = [scene.GetNthNodeByClass(n, "vtkMRMLSegmentationNode")
             for n in range(scene.GetNumberOfNodesByClass("vtkMRMLSegmentationNode"))]  # fmt: skip
    return next((node for node in nodes if node.GetAttribute("OrthoDiffusion.Role") == "difference"), None)


def test_without_results_there_is_nothing_to_compare(panel):
    assert panel.ui.correctionsButton.collapsed and not panel.ui.correctionsButton.enabled
    assert not panel.ui.exportButton.enabled


def test_nothing_is_computed_while_the_section_is_closed(analyzed):
    comparison = analyzed.session.corrections.comparison
    assert comparison.rows == [] and not comparison.job.busy


def test_the_table_says_of_each_outline_how_far_it_is_from_its_prediction(corrected):
    assert corrected.ui.correctionsTable.rowCount == len(handmade.BOXES)
    title, dice, distances, volumes = cells(corrected, "femur")
    assert title == "✎ Femur"
    assert float(dice) == pytest.approx(2 * (FEMUR - 1000) / (2 * FEMUR - 1000), abs=6e-4)
    assert volumes == f"{FEMUR / 1000:.2f}→{(FEMUR - 1000) / 1000:.2f}"
    mean, far = (float(value) for value in distances.split(", "))
    assert 0 < mean < far <= 2.01  # at most two slices of 1 mm are gone
    assert cells(corrected, "tibia") == ["Tibia", "1.000", "0.00, 0.00", "13.82→13.82"]
    assert corrected.ui.correctionsStatus.text == "1 of 7 outlines were edited."
    assert "removed 1.00 mL" in corrected.ui.correctionsTable.item(line_of(corrected, "femur"), 0).toolTip()


def test_another_stroke_of_the_brush_is_seen(corrected, wait_for):
    erase(corrected, "tibia", 24 * 24)
    wait_for(lambda: cells(corrected, "tibia")[0].startswith("✎") and measured(corrected), 90)
    assert cells(corrected, "tibia")[3] == "13.82→13.25"
    assert corrected.ui.correctionsStatus.text == "2 of 7 outlines were edited."


def test_nothing_is_compared_while_another_module_is_shown_and_all_of_it_afterwards(corrected, wait_for, slicer):
    corrected.exit()
    erase(corrected, "tibia", 24 * 24)
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        slicer.app.processEvents()
    assert not corrected.session.corrections.comparison.job.busy and cells(corrected, "tibia")[0] == "Tibia"
    corrected.enter()
    wait_for(lambda: cells(corrected, "tibia")[0] == "✎ Tibia" and measured(corrected), 90)


def test_a_click_goes_back_to_the_prediction_and_another_back_to_the_edit(corrected, click, wait_for):
    ui = corrected.ui
    assert not ui.restorePredictionButton.enabled and not ui.restoreEditButton.enabled
    choose(corrected, "tibia")
    assert not ui.restorePredictionButton.enabled, "it is its prediction"
    choose(corrected, "femur")
    click(ui.restorePredictionButton)
    assert voxels(corrected) == FEMUR
    wait_for(lambda: measured(corrected), 90)
    assert cells(corrected, "femur")[:2] == ["Femur", "1.000"]
    assert "Edits set aside: 1" in ui.correctionsTable.item(line_of(corrected, "femur"), 0).toolTip()
    assert not ui.restorePredictionButton.enabled and ui.restoreEditButton.enabled
    click(ui.restoreEditButton)
    assert voxels(corrected) == FEMUR - 1000
    wait_for(lambda: measured(corrected), 90)
    assert cells(corrected, "femur")[0] == "✎ Femur"


def test_a_restored_outline_gets_its_surface_from_a_process(corrected, click, wait_for):
    segments = segmentation(corrected).GetSegmentation()
    for name in handmade.BOXES:  # as after an analysis with surfaces, in a scene that was opened again
        segments.GetSegment(name).AddRepresentation("Closed surface", vtk.vtkPolyData())
    choose(corrected, "femur")
    click(corrected.ui.restorePredictionButton)
    surface = corrected.session.corrections.surface
    assert surface.busy and segments.GetSegment("femur").GetRepresentation("Closed surface") is None
    wait_for(lambda: not surface.busy, 60)
    bounds = segments.GetSegment("femur").GetRepresentation("Closed surface").GetBounds()
    assert bounds == pytest.approx((-12, 12, -12, 12, 18, 42), abs=1.0)


def test_a_deleted_outline_is_said_and_comes_back(corrected, click, wait_for):
    segmentation(corrected).GetSegmentation().RemoveSegment("patella")
    wait_for(lambda: cells(corrected, "patella")[0] == "✗ Patella" and measured(corrected), 90)
    assert cells(corrected, "patella")[1:3] == ["0.000", "–, –"]
    choose(corrected, "patella")
    click(corrected.ui.restorePredictionButton)
    assert voxels(corrected, "patella") == 16**3


def test_the_difference_lies_over_the_slices_and_goes_again(slicer, corrected, tick, wait_for):
    tick(corrected.ui.differenceCheckBox)
    wait_for(lambda: difference(slicer) is not None)
    node = difference(slicer)
    segments = node.GetSegmentation()
    assert [segments.GetSegment(name).GetName() for name in ("added", "removed")] == ["added", "removed"]
    removed, affine = segment_mask(segments.GetSegment("removed"))
    assert removed.sum() == 1000
    places = np.argwhere(removed)[:, ::-1] @ affine[:3, :3].T + affine[:3, 3]
    before = np.array(handmade.BOXES["femur"][0])
    assert (np.abs(places - before) <= 12).all()
    added = segments.GetSegment("added").GetRepresentation("Binary labelmap")
    assert added.GetNumberOfPoints() == 0 or added.GetScalarRange()[1] == 0
    assert node.GetHideFromEditors() and not node.GetSaveWithScene() and node.GetDisplayNode().GetVisibility()
    erase(corrected, "femur", 500)

    def removed_now():
        return segment_mask(difference(slicer).GetSegmentation().GetSegment("removed"))[0].sum()

    wait_for(lambda: removed_now() == 1500, 90)
    tick(corrected.ui.differenceCheckBox)
    assert difference(slicer) is None
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLSegmentationDisplayNode") == 1, "that of the outlines"


def test_the_case_is_exported_and_brought_up_to_date(corrected, click, tick, wait_for, tmp_path):
    ui, export = corrected.ui, corrected.session.corrections.export
    assert ui.exportCaseEdit.text.startswith("case-") and ui.exportPatientEdit.text == ui.exportCaseEdit.text
    assert not ui.exportButton.enabled, "no folder yet"
    ui.exportFolderEdit.text = str(tmp_path / "mine")
    ui.exportCaseEdit.text, ui.exportPatientEdit.text, ui.exportReaderEdit.text = "knee-1", "p1", "A. Reader"
    click(ui.exportButton)
    assert not ui.exportButton.enabled
    wait_for(lambda: not export.busy, 120)
    assert "knee-1 was added to" in ui.exportStatus.text and "1 outlines were edited, 1 teach" in ui.exportStatus.text
    with (tmp_path / "mine" / "corrections.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["patient"], row["side"], row["joint"], row["covers"]) == ("p1", "right", "knee", "femur")
    from OrthoDiffusionLib.volumes import read_volume

    for plane in ("sagittal", "coronal", "axial"):
        image = read_volume(tmp_path / "mine" / row[plane])
        labels = read_volume(tmp_path / "mine" / row[f"{plane}_labels"])
        assert labels.geometry.is_same_grid(image.geometry)
        inside = labels.geometry.to_ras(np.argwhere(labels.array == 1).astype(float))
        assert np.abs(inside - handmade.BOXES["femur"][0]).max() < 13
    facts = json.loads((tmp_path / "mine" / "knee-1" / "1" / "correction.json").read_text(encoding="utf-8"))
    assert facts["bundle"]["name"] == "knee-small" and facts["reader"] == "A. Reader"
    assert ui.trainingTableEdit.text == str(tmp_path / "mine" / "corrections.csv")
    tick(ui.allReviewedCheckBox)
    click(ui.exportButton)
    wait_for(lambda: not export.busy, 120)
    assert "knee-1 was brought up to date" in ui.exportStatus.text and "18 teach" in ui.exportStatus.text


def test_outlines_that_did_not_begin_as_the_prediction_teach_nothing_of_what_is_not_there(
    corrected, module, tick, tmp_path
):
    """As a case that was opened with a label map of the femur alone."""
    segments = segmentation(corrected).GetSegmentation()
    for name in list(segments.GetSegmentIDs()):
        if name != "femur":
            segments.RemoveSegment(name)
    segments.GetSegment("femur").RemoveTag("OrthoDiffusion.Created")
    done = module.OrthoDiffusionLogic().exportCorrection(tmp_path / "mine", patient="p1", allReviewed=True)
    assert done["edited"] == ["femur"] and done["covered"] == ["femur"]


def test_a_prediction_that_came_back_alone_does_not_make_the_others_deleted(corrected, click, wait_for):
    from OrthoDiffusionSlicer.scene.corrections import KeptOutlines

    node = segmentation(corrected)
    segments = node.GetSegmentation()
    assert KeptOutlines.beganAsPrediction(node)
    for name in list(segments.GetSegmentIDs()):
        if name != "femur":
            segments.RemoveSegment(name)
    segments.GetSegment("femur").RemoveTag("OrthoDiffusion.Created")
    wait_for(lambda: cells(corrected, "patella")[1] == "–" and measured(corrected), 90)
    assert cells(corrected, "patella")[0] == "Patella", "nobody has deleted it"
    tip = corrected.ui.correctionsTable.item(line_of(corrected, "patella"), 0).toolTip()
    assert "not in the label map" in tip
    assert corrected.ui.correctionsStatus.text == "1 of 7 outlines were edited."
    choose(corrected, "patella")
    click(corrected.ui.restorePredictionButton)
    assert voxels(corrected, "patella") == 16**3 and not KeptOutlines.beganAsPrediction(node)


def test_an_export_that_cannot_be_written_says_so_and_loses_nothing(corrected, click, wait_for, tmp_path):
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    corrected.ui.exportFolderEdit.text = str(tmp_path / "file")
    click(corrected.ui.exportButton)
    wait_for(lambda: not corrected.session.corrections.export.busy, 120)
    assert corrected.ui.exportStatus.text.startswith("⚠")
    assert (tmp_path / "file").read_text(encoding="utf-8") == "no folder"
    assert voxels(corrected) == FEMUR - 1000


def test_a_volume_that_is_gone_is_named(slicer, corrected, knee, click, wait_for, tmp_path):
    slicer.mrmlScene.RemoveNode(knee["coronal"])
    corrected.ui.exportFolderEdit.text = str(tmp_path / "mine")
    click(corrected.ui.exportButton)
    wait_for(lambda: not corrected.session.corrections.export.busy)
    assert "coronal volume of this analysis is no longer in the scene" in corrected.ui.exportStatus.text
    assert not (tmp_path / "mine").exists()


def test_prediction_and_edit_are_there_when_the_scene_is_opened_again(slicer, corrected, click, wait_for, tmp_path):
    path = str(tmp_path / "knee.mrb")
    assert slicer.mrmlScene.WriteToMRB(path)
    slicer.mrmlScene.Clear(False)
    assert corrected.ui.correctionsButton.collapsed and corrected.ui.correctionsTable.rowCount == 0
    assert slicer.mrmlScene.ReadFromMRB(path, True)
    wait_for(lambda: corrected.session.results is not None)
    corrected.ui.correctionsButton.collapsed = False
    wait_for(lambda: measured(corrected), 90)
    assert cells(corrected, "femur")[0] == "✎ Femur"
    choose(corrected, "femur")
    click(corrected.ui.restorePredictionButton)
    assert voxels(corrected) == FEMUR


def test_closing_the_scene_stops_everything_and_leaves_nothing(slicer, corrected, tick, wait_for):
    tick(corrected.ui.differenceCheckBox)
    erase(corrected, "tibia", 10)
    slicer.mrmlScene.Clear(False)
    comparison = corrected.session.corrections.comparison
    assert comparison.rows == [] and not comparison.busy
    assert corrected.ui.correctionsTable.rowCount == 0 and not corrected.ui.differenceCheckBox.checked


def test_deleting_the_outlines_takes_their_predictions_along(slicer, corrected):
    slicer.mrmlScene.RemoveNode(segmentation(corrected))
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLSegmentationNode") == 0
    assert corrected.ui.correctionsTable.rowCount == 0


def test_outlines_of_an_earlier_version_say_what_to_do(corrected, wait_for):
    segmentation(corrected).SetNodeReferenceID("OrthoDiffusion.Prediction", None)
    corrected.session.corrections.comparison.again()
    corrected.session.checkPackages()
    assert "of an earlier version" in corrected.ui.correctionsStatus.text


def test_the_console_compares_and_exports_the_same(corrected, module, tmp_path):
    logic = module.OrthoDiffusionLogic()
    changes = logic.compareOutlines()
    rows = {row.segmentId: row.change for row in corrected.session.corrections.comparison.rows}
    assert changes == rows and changes["femur"]["removed_ml"] == pytest.approx(1.0)
    done = logic.exportCorrection(tmp_path / "mine", patient="p1")
    assert done["edited"] == ["femur"] and not done["updated"]
    assert (tmp_path / "mine" / "corrections.csv").is_file()


def test_a_structure_that_was_missed_and_drawn_anew_is_compared_with_nothing(corrected, wait_for):
    segments = segmentation(corrected).GetSegmentation()
    segments.AddEmptySegment("cyst", "My cyst")
    segments.AddEmptySegment("mine", "Segment_1")
    segments.GetSegment("mine").DeepCopy(segments.GetSegment("patella"))
    segments.GetSegment("mine").RemoveTag("OrthoDiffusion.Structure")
    segments.GetSegment("mine").SetName("Medial collateral ligament")
    wait_for(lambda: corrected.ui.correctionsTable.rowCount == 8 and measured(corrected), 90)
    assert cells(corrected, "mine") == ["+ Medial collateral ligament", "0.000", "–, –", "0.00→4.10"]
    choose(corrected, "mine")
    assert not corrected.ui.restorePredictionButton.enabled


def test_no_step_of_looking_holds_the_window_up(corrected):
    comparison = corrected.session.corrections.comparison
    comparison._looked = {}
    seconds, steps = [], comparison._lookSteps()
    while True:
        begin = time.process_time()  # of the processor: other programs may be in the way
        if next(steps, "end") == "end":
            break
        seconds.append(time.process_time() - begin)
    assert len(seconds) == len(handmade.BOXES) and max(seconds) < 0.05
