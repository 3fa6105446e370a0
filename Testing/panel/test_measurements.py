"""The section ‘Measurements’: real clicks and moved points on the real scene."""

import json

import handmade
import numpy as np
import pytest
from vtk.util.numpy_support import vtk_to_numpy

from OrthoDiffusionLib.measurements import value_from_points


@pytest.fixture(scope="session")
def measured_results(slicer_host, tmp_path_factory):
    return handmade.save_array_results(tmp_path_factory.mktemp("measured") / "results", **handmade.measured())


@pytest.fixture
def analyzed(slicer, panel, knee, standin, measured_results, click, wait_for):
    """The panel after an analysis of a real knee's outlines."""
    standin.tell(results=str(measured_results))
    panel.session.parameters.show3D = False
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.ui.measurementsTable.rowCount == 17 and not panel.run.busy, seconds=240)
    panel.parent.resize(430, 1400)
    panel.parent.show()
    slicer.app.processEvents()
    return panel


def test_no_number_of_a_result_that_is_not_to_be_used_is_marked_as_high_or_low(analyzed):
    from OrthoDiffusionSlicer.scene import FindingsNodes

    from OrthoDiffusionLib.errors import Notice

    session, table = analyzed.session, analyzed.ui.measurementsTable

    def marked():
        cells = [table.item(line, 1) for line in range(table.rowCount)]
        return [cell for cell in cells if "▲" in cell.text() or "▼" in cell.text() or cell.font().bold()]

    assert marked()
    alarm = Notice.stored_as("The femur measures 3 ml", code="implausible_result", remedy="Do not use this result.")
    FindingsNodes.addWarning(session.results.table, alarm)
    results = session.results.table
    session.showResults(None)
    session.showResults(results)
    assert table.rowCount == 17 and not marked()
    for line in range(table.rowCount):
        assert "bove the usual" not in table.item(line, 1).toolTip()
        assert "elow the usual" not in table.item(line, 1).toolTip()


def row_of(panel, name):
    return panel.sections.measurements.table.rowOf(name)


def cell(panel, name, column):
    return panel.ui.measurementsTable.item(row_of(panel, name), column)


def text(panel, name, column=1):
    return cell(panel, name, column).text()


def choose(panel, name, click):
    """A real click on the title of a row, right of its box."""
    table = panel.ui.measurementsTable
    rectangle = table.visualItemRect(cell(panel, name, 0))
    click(table.viewport(), rectangle.center())


def nodes(panel, name):
    from OrthoDiffusionSlicer.measuring import MeasurementMarkups

    measurements = panel.session.measurements
    return MeasurementMarkups.nodes(panel.session.results.table, measurements.row(name).definition)


def move(node, index, by):
    """What dragging a point does: it starts, moves, ends."""
    node.InvokeCustomModifiedEvent(node.PointStartInteractionEvent)
    node.SetNthControlPointPositionWorld(index, *np.add(node.GetNthControlPointPositionWorld(index), by))


def drop(node):
    node.InvokeCustomModifiedEvent(node.PointEndInteractionEvent)


def slices_at(slicer):
    view = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLSliceNode")
    matrix = view.GetSliceToRAS()
    return np.array([matrix.GetElement(row, 3) for row in range(3)])


def erode(panel, structure="femur"):
    """A correction of an outline, as the Segment Editor leaves it: its own layer, voxels gone, an event."""
    segmentation = panel.session.results.segmentation.GetSegmentation()
    segmentation.SeparateSegmentLabelmap(structure)
    segment = segmentation.GetSegment(structure)
    image = segment.GetRepresentation("Binary labelmap")
    extent = image.GetExtent()
    shape = [extent[2 * axis + 1] - extent[2 * axis] + 1 for axis in (2, 1, 0)]
    voxels = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(shape)
    front = np.flatnonzero((voxels == segment.GetLabelValue()).any(axis=(0, 2)))[-6:]
    voxels[:, front, :] = 0  # 4.8 mm of the front of the bone, where the trochlea is
    image.Modified()
    segmentation.InvokeEvent(segmentation.SourceRepresentationModified)


def test_every_measurement_has_a_row_with_value_unit_usual_range_and_marks(analyzed):
    assert analyzed.ui.measurementsTable.rowCount == 17 and not analyzed.ui.measurementsButton.collapsed
    assert text(analyzed, "trochlear_sulcus_angle") == "137° ±" and text(analyzed, "trochlear_sulcus_angle", 2) == (
        "120 to 145"
    )
    extrusion = text(analyzed, "medial_meniscal_extrusion")
    assert extrusion.endswith("mm ▲") and cell(analyzed, "medial_meniscal_extrusion", 1).font().bold()
    assert "Trochlear sulcus angle" in analyzed.ui.measurementsAims.text
    tip = cell(analyzed, "trochlear_sulcus_angle", 0).toolTip()
    assert "Angle at the floor of the trochlear groove" in tip and "PMC5134791" in tip
    assert "On 60 phantoms it was off by 3.1° as a median: more than the aim of 3.0°" in tip


def test_a_number_that_cannot_be_had_is_the_reason_why(analyzed):
    assert text(analyzed, "tt_tg_distance") == "The patellar tendon was not found."
    assert analyzed.ui.measurementsTable.columnSpan(row_of(analyzed, "tt_tg_distance"), 1) == 2


def test_outlines_that_are_deleted_count_as_deleted_and_not_as_corrected(slicer, analyzed):
    """Slicer's subject hierarchy takes their segments away first, one after the other."""
    slicer.mrmlScene.RemoveNode(analyzed.session.results.segmentation)
    assert analyzed.ui.measurementsOffer.text == "The segmentation was deleted."
    assert "changed since" not in analyzed.session.report.text


def test_without_results_the_section_is_closed_and_every_button_is_off(panel):
    assert panel.ui.measurementsButton.collapsed and not panel.ui.measurementsButton.enabled
    for name in ("showMeasurements", "restoreMeasurement", "measureAgain", "thickness"):
        assert not getattr(panel.ui, f"{name}Button").enabled


def test_results_without_measurements_say_so(panel, knee, click, wait_for):
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.session.results is not None)
    assert panel.ui.measurementsOffer.text == "These results hold no measurements."


def test_a_click_on_a_row_goes_there_and_shows_its_points(slicer, analyzed, click):
    choose(analyzed, "trochlear_sulcus_angle", click)
    (angle,) = nodes(analyzed, "trochlear_sulcus_angle")
    assert angle.GetDisplayVisibility() and np.allclose(slices_at(slicer), angle.GetNthControlPointPositionWorld(1))
    assert "Trochlear sulcus angle: 137°." in analyzed.ui.measurementDetails.text
    others = [node for node in nodes(analyzed, "trochlear_depth") if node.GetDisplayVisibility()]
    assert not others
    assert cell(analyzed, "trochlear_sulcus_angle", 0).checkState() == checked()
    crosshair = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
    assert crosshair.GetCrosshairMode() == crosshair.ShowSmallBasic
    analyzed.exit()
    assert crosshair.GetCrosshairMode() == crosshair.NoCrosshair, "as the user had it"


def checked():
    from PySide6.QtCore import Qt

    return Qt.Checked


def test_a_thickness_row_goes_to_its_cartilage(slicer, analyzed, click):
    analyzed.session.results.segmentation.CreateClosedSurfaceRepresentation()
    choose(analyzed, "medial_tibial_cartilage_thickness", click)
    segment = analyzed.session.results.segmentation.GetSegmentation().GetSegment("medial_tibial_cartilage")
    points = vtk_to_numpy(segment.GetRepresentation("Closed surface").GetPoints().GetData())
    distance = np.linalg.norm(points - slices_at(slicer), axis=1)
    assert distance.min() < 0.01 and np.linalg.norm(points.mean(axis=0) - slices_at(slicer)) < 10.0


def test_all_points_are_shown_and_hidden_together_and_one_by_one_by_its_box(slicer, analyzed, click):
    from OrthoDiffusionSlicer.measuring import MeasurementMarkups

    click(analyzed.ui.showMeasurementsButton)
    table = analyzed.session.results.table
    assert all(node.GetDisplayVisibility() for node in MeasurementMarkups.allNodes(table))
    assert analyzed.ui.showMeasurementsButton.checked
    widget = analyzed.ui.measurementsTable
    box = widget.visualItemRect(cell(analyzed, "trochlear_depth", 0))
    from PySide6.QtCore import QPoint

    click(widget.viewport(), QPoint(box.left() + 9, box.center().y()))
    assert not any(node.GetDisplayVisibility() for node in nodes(analyzed, "trochlear_depth"))
    assert nodes(analyzed, "patellar_tilt") == [None, None], "not measured, not drawn"
    assert not analyzed.ui.showMeasurementsButton.checked
    click(analyzed.ui.showMeasurementsButton)
    click(analyzed.ui.showMeasurementsButton)
    assert not any(node.GetDisplayVisibility() for node in MeasurementMarkups.allNodes(table))


def test_a_point_that_is_moved_changes_the_number_at_once_and_the_models_stays_beside(analyzed, click, wait_for):
    choose(analyzed, "trochlear_sulcus_angle", click)
    (angle,) = nodes(analyzed, "trochlear_sulcus_angle")
    move(angle, 1, (0.0, -4.0, 0.0))
    row = analyzed.session.measurements.row("trochlear_sulcus_angle")
    points = [angle.GetNthControlPointPositionWorld(index) for index in range(3)]
    expected = value_from_points(row.definition, points)
    assert expected < 130 and text(analyzed, "trochlear_sulcus_angle") == f"{expected:.0f}° ▼\nedited; model 137°"
    assert angle.GetNthControlPointLabel(2) == f"Trochlear sulcus angle {expected:.0f}°"
    assert "Edited by the reader" in analyzed.ui.measurementDetails.text
    drop(angle)
    assert analyzed.ui.restoreMeasurementButton.enabled
    assert f"{expected:.0f}°" in analyzed.session.report.text
    assert "The reader moved points of it; the model's value was 137°." in analyzed.session.report.text


def test_restore_goes_back_to_the_models_number_and_place(analyzed, click):
    from OrthoDiffusionSlicer.measuring import ReaderValues

    choose(analyzed, "trochlear_depth", click)
    before = text(analyzed, "trochlear_depth")
    line, curve = nodes(analyzed, "trochlear_depth")
    place = np.array(curve.GetNthControlPointPositionWorld(1))
    move(curve, 1, (0.0, 5.0, 0.0))
    drop(curve)
    move(line, 0, (0.0, 2.0, 0.0))
    drop(line)
    assert "edited" in text(analyzed, "trochlear_depth")
    click(analyzed.ui.restoreMeasurementButton)
    assert text(analyzed, "trochlear_depth") == before
    assert np.allclose(curve.GetNthControlPointPositionWorld(1), place, atol=0.01)
    assert not analyzed.ui.restoreMeasurementButton.enabled
    assert ReaderValues.read(analyzed.session.results.table) == {}


def test_points_at_one_place_give_no_number_and_say_so(analyzed, click):
    choose(analyzed, "trochlear_sulcus_angle", click)
    (angle,) = nodes(analyzed, "trochlear_sulcus_angle")
    angle.SetNthControlPointPositionWorld(0, *angle.GetNthControlPointPositionWorld(1))
    assert text(analyzed, "trochlear_sulcus_angle").startswith("Two points of it are at the same place.\nedited")


def test_a_point_that_lost_its_place_is_said_and_restored(analyzed, click):
    choose(analyzed, "trochlear_sulcus_angle", click)
    (angle,) = nodes(analyzed, "trochlear_sulcus_angle")
    angle.UnsetNthControlPointPosition(1)
    assert text(analyzed, "trochlear_sulcus_angle") == "a point is missing"
    drop(angle)
    click(analyzed.ui.restoreMeasurementButton)
    assert text(analyzed, "trochlear_sulcus_angle") == "137° ±"


def test_markups_that_were_deleted_are_drawn_again_by_a_click(slicer, analyzed, click):
    choose(analyzed, "trochlear_sulcus_angle", click)
    slicer.mrmlScene.RemoveNode(nodes(analyzed, "trochlear_sulcus_angle")[0])
    assert text(analyzed, "trochlear_sulcus_angle") == "137° ±"
    choose(analyzed, "trochlear_sulcus_angle", click)
    (angle,) = nodes(analyzed, "trochlear_sulcus_angle")
    assert angle.GetNumberOfControlPoints() == 3 and angle.GetDisplayVisibility()
    move(angle, 1, (0.0, -4.0, 0.0))
    assert "edited" in text(analyzed, "trochlear_sulcus_angle")


def test_an_outline_that_was_corrected_is_offered_to_be_measured_and_moved_points_stay(analyzed, click, wait_for):
    measurements = analyzed.session.measurements
    choose(analyzed, "trochlear_depth", click)
    (_line, curve) = nodes(analyzed, "trochlear_depth")
    move(curve, 1, (0.0, 5.0, 0.0))
    drop(curve)
    moved = np.array(curve.GetNthControlPointPositionWorld(1))
    edited = text(analyzed, "trochlear_depth")
    assert "An outline was changed" not in analyzed.ui.measurementsOffer.text
    before = text(analyzed, "trochlear_sulcus_angle")
    erode(analyzed)
    assert "⚠ An outline was changed" in analyzed.ui.measurementsOffer.text
    assert analyzed.ui.measureAgainButton.font.bold()
    click(analyzed.ui.measureAgainButton)
    wait_for(lambda: not measurements.process.busy, seconds=240)
    after = text(analyzed, "trochlear_sulcus_angle")
    assert after != before and after.endswith("\nagain; model 137°")
    assert text(analyzed, "trochlear_depth") == edited
    assert np.allclose(curve.GetNthControlPointPositionWorld(1), moved), "never overwritten silently"
    assert "Points that you moved were left: Trochlear depth." in analyzed.ui.measurementsOffer.text
    assert "Measured again after outlines were corrected; the model's value was 137°" in analyzed.session.report.text
    assert "Outlines were changed after the last measurement" not in analyzed.session.report.text
    (angle,) = nodes(analyzed, "trochlear_sulcus_angle")
    row = measurements.row("trochlear_sulcus_angle")
    assert np.allclose(angle.GetNthControlPointPositionWorld(1), row.pointsRAS[1], atol=0.01)
    click(analyzed.ui.restoreMeasurementButton)
    assert "again" in text(analyzed, "trochlear_depth"), "back to what the outlines give"
    erode(analyzed)
    assert "Outlines were changed after the last measurement" in analyzed.session.report.text
    assert measurements.process.longestStepMs < 50


def test_a_number_without_points_is_looked_for_where_the_outlines_lie_now(slicer, panel, knee, click, wait_for):
    """The slices go to the surface of its structure, which has the segmentation's own coordinates."""
    from nodes import matrix_of
    from OrthoDiffusionSlicer.panel.ShownMeasurements import _middleOf

    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.session.results is not None and not panel.run.busy)
    node, place = panel.session.results.segmentation, np.eye(4)
    node.GetSegmentation().CreateRepresentation("Closed surface")
    before = _middleOf(node, "femur")
    place[:3, 3] = (50.0, -20.0, 10.0)
    transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "moved")
    transform.SetMatrixTransformToParent(matrix_of(place))
    node.SetAndObserveTransformNodeID(transform.GetID())
    assert np.subtract(_middleOf(node, "femur"), before) == pytest.approx(place[:3, 3], abs=1e-3)


def test_outlines_that_are_the_models_change_nothing(analyzed, click, wait_for):
    before = [analyzed.ui.measurementsTable.item(row, 1).text() for row in range(17)]
    click(analyzed.ui.measureAgainButton)
    wait_for(lambda: not analyzed.session.measurements.process.busy, seconds=240)
    assert [analyzed.ui.measurementsTable.item(row, 1).text() for row in range(17)] == before
    assert analyzed.ui.measurementsOffer.text == "The outlines were measured; 0 numbers changed."


def test_thickness_is_shown_as_colours_over_the_cartilage_and_hidden_again(slicer, analyzed, click, wait_for):
    click(analyzed.ui.thicknessButton)
    wait_for(lambda: not analyzed.session.measurements.process.busy, seconds=240)
    models = [node for node in slicer.util.getNodesByClass("vtkMRMLModelNode")
              if node.GetAttribute("OrthoDiffusion.Role") == "thickness"]  # fmt: skip
    assert len(models) == 4 and analyzed.ui.thicknessButton.checked
    display = models[0].GetDisplayNode()
    assert display.GetVisibility() and display.GetScalarVisibility() and display.GetScalarRange() == (0.0, 4.0)
    assert "0 mm (red, bare bone" in analyzed.ui.thicknessLegend.text
    legend = slicer.vtkSlicerColorLogic.GetColorLegendDisplayNode(models[0])
    assert legend.GetVisibility() and legend.GetTitleText() == "Thickness (mm)"
    click(analyzed.ui.thicknessButton)
    assert not display.GetVisibility() and not legend.GetVisibility() and not analyzed.ui.thicknessButton.checked
    click(analyzed.ui.thicknessButton)
    assert display.GetVisibility() and not analyzed.session.measurements.process.busy, "made once"


def test_measuring_that_fails_says_why_and_leaves_everything(analyzed, click, wait_for):
    analyzed.session.measurements.process._process._program = "/no/such/PythonSlicer"
    click(analyzed.ui.measureAgainButton)
    words = "could not be measured: the process could not be started"
    wait_for(lambda: words in analyzed.ui.measurementsOffer.text, seconds=240)
    assert text(analyzed, "trochlear_sulcus_angle") == "137° ±" and analyzed.ui.measureAgainButton.enabled


def test_the_saved_report_holds_the_readers_number_beside_the_models(analyzed, click, tmp_path):
    choose(analyzed, "trochlear_sulcus_angle", click)
    (angle,) = nodes(analyzed, "trochlear_sulcus_angle")
    move(angle, 1, (0.0, -4.0, 0.0))
    drop(angle)
    folder = analyzed.session.saveReport(tmp_path)
    content = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    entry = next(one for one in content["measurements"] if one["name"] == "trochlear_sulcus_angle")
    assert round(entry["value"]) == 137 and entry["reader"]["value"] < 130
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert f"{entry['reader']['value']:.0f}° (points moved by the reader; model: 137°)" in page


def test_a_scene_that_was_saved_and_opened_goes_on(slicer, analyzed, click, tmp_path, wait_for):
    choose(analyzed, "trochlear_sulcus_angle", click)
    (angle,) = nodes(analyzed, "trochlear_sulcus_angle")
    move(angle, 1, (0.0, -4.0, 0.0))
    drop(angle)
    erode(analyzed, "patella")
    before = text(analyzed, "trochlear_sulcus_angle")
    path = str(tmp_path / "knee.mrb")
    assert slicer.mrmlScene.WriteToMRB(path)
    slicer.mrmlScene.Clear(False)
    assert analyzed.ui.measurementsTable.rowCount == 0 and analyzed.ui.measurementsButton.collapsed
    slicer.add_slice_views()
    assert slicer.mrmlScene.ReadFromMRB(path, False)
    wait_for(lambda: analyzed.ui.measurementsTable.rowCount == 17)
    assert text(analyzed, "trochlear_sulcus_angle") == before
    assert "⚠ An outline was changed" in analyzed.ui.measurementsOffer.text
    (angle,) = nodes(analyzed, "trochlear_sulcus_angle")
    move(angle, 1, (0.0, -4.0, 0.0))
    again = text(analyzed, "trochlear_sulcus_angle")
    assert again != before and again.endswith("edited; model 137°")
    choose(analyzed, "trochlear_sulcus_angle", click)
    click(analyzed.ui.restoreMeasurementButton)
    assert text(analyzed, "trochlear_sulcus_angle") == "137° ±"


def test_a_point_that_was_moved_while_the_panel_was_away_counts(slicer, analyzed):
    table = analyzed.session.results.table
    (angle,) = nodes(analyzed, "trochlear_sulcus_angle")
    analyzed.session.showResults(None)
    angle.SetNthControlPointPositionWorld(1, *np.add(angle.GetNthControlPointPositionWorld(1), (0.0, -4.0, 0.0)))
    analyzed.session.showResults(table)
    assert "edited" in text(analyzed, "trochlear_sulcus_angle")


def test_a_scene_that_is_closed_while_it_is_measured_leaves_no_file(slicer, analyzed, click, wait_for):
    from pathlib import Path

    click(analyzed.ui.measureAgainButton)
    slicer.mrmlScene.Clear(False)
    assert not analyzed.session.measurements.process.busy
    wait_for(lambda: not list(Path(slicer.app.temporaryPath).glob("measures-*")), seconds=20)
