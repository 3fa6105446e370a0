"""Measurements in the scene: drawn where they were taken, kept over analyses and files, taken again from outlines."""

import json

import handmade
import numpy as np
import pytest
import slicer
from nodes import segment_mask
from OrthoDiffusionSlicer.measuring import (
    MeasurementMarkups,
    MeasurementRows,
    MeasureOutlines,
    OutlineFiles,
    ReaderValues,
)
from OrthoDiffusionSlicer.scene import FindingsNodes, Scene
from OrthoDiffusionSlicer.scene.SceneWriter import SceneWriter
from OrthoDiffusionSlicer.scene.StudyReader import studyItem, subjectHierarchy
from vtk.util.numpy_support import vtk_to_numpy

from OrthoDiffusionLib.findings import ReaderValue
from OrthoDiffusionLib.measurements import value_from_points


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    return handmade.save_array_results(tmp_path_factory.mktemp("measured") / "results", **handmade.measured())


def rowsOf(table):
    return {row.name: row for row in MeasurementRows.rowsOf(table)}


def moved(table, name, by=(3.0, 0.0, 0.0)):
    """What a reader leaves who moved the last point of a measurement."""
    row = rowsOf(table)[name]
    points = [*row.pointsRAS[:-1], tuple(np.add(row.pointsRAS[-1], by))]
    value = ReaderValue.now(value_from_points(row.definition, points), "points", points)
    ReaderValues.put(table, name, value)
    return value


def test_a_measurement_is_drawn_at_its_points_with_its_number_hidden_and_of_a_fixed_number_of_points(written):
    row = rowsOf(written.table)["trochlear_sulcus_angle"]
    (node,) = MeasurementMarkups.nodes(written.table, row.definition)
    assert node.IsA("vtkMRMLMarkupsAngleNode") and not node.GetDisplayVisibility()
    assert np.allclose(slicer.util.arrayFromMarkupsControlPoints(node), row.pointsRAS, atol=0.01)
    assert node.GetNthControlPointLabel(2) == f"Trochlear sulcus angle {row.text}" and row.text.endswith("°")
    assert node.GetFixedNumberOfControlPoints()
    assert not any(node.GetNthMeasurement(i).GetEnabled() for i in range(node.GetNumberOfMeasurements()))


def test_the_next_click_places_a_point_of_the_markups_that_the_user_had_chosen(scene, results, inputs):
    """vtkSlicerMarkupsLogic.cxx, OnMRMLSceneNodeAdded: markups that come to the scene are made the active ones."""
    selection = scene.GetFirstNodeByClass("vtkMRMLSelectionNode")
    mine = scene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode", "mine")
    assert selection.GetActivePlaceNodeID() == mine.GetID()
    SceneWriter(scene, results, inputs).write()
    assert selection.GetActivePlaceNodeID() == mine.GetID()
    assert selection.GetActivePlaceNodeClassName() == "vtkMRMLMarkupsFiducialNode"


def test_a_line_that_is_measured_against_is_drawn_as_a_line_of_its_own(written):
    definition = rowsOf(written.table)["medial_tibial_slope"].definition
    kinds = [node.GetClassName() for node in MeasurementMarkups.nodes(written.table, definition)]
    assert kinds == ["vtkMRMLMarkupsLineNode", "vtkMRMLMarkupsLineNode"]
    depth = rowsOf(written.table)["trochlear_depth"].definition
    assert MeasurementMarkups.nodes(written.table, depth)[1].IsA("vtkMRMLMarkupsCurveNode")


def test_what_was_not_measured_is_not_drawn(written):
    row = rowsOf(written.table)["tt_tg_distance"]
    assert row.value is None and "patellar tendon" in row.note
    assert not row.drawn and MeasurementMarkups.nodes(written.table, row.definition) == [None, None]


def test_markups_lie_in_a_folder_of_the_study(scene, written):
    hierarchy = subjectHierarchy(scene)
    for node in MeasurementMarkups.allNodes(written.table):
        item = hierarchy.GetItemByDataNode(node)
        assert hierarchy.GetItemName(hierarchy.GetItemParent(item)) == "Measurements"
        assert studyItem(scene, node) == studyItem(scene, written.table)


def test_a_case_that_is_left_leaves_no_line_in_the_subject_hierarchy(scene, inputs, written):
    from OrthoDiffusionSlicer.annotation import CaseOpening

    for node in inputs.values():
        node.SetAttribute(CaseOpening.CASE_ATTRIBUTE, "knee-1")
    hierarchy = subjectHierarchy(scene)
    assert hierarchy.GetNumberOfItems() > 1
    CaseOpening.remove(scene, "knee-1")
    assert hierarchy.GetNumberOfItems() == 0
    assert scene.GetNumberOfNodesByClass("vtkMRMLSegmentationNode") == 0, "nor hidden predictions, case after case"


def test_a_second_analysis_replaces_the_markups_and_keeps_what_the_reader_moved(scene, results, inputs, written):
    count = len(MeasurementMarkups.allNodes(written.table))
    value = moved(written.table, "trochlear_depth")
    ReaderValues.put(written.table, "trochlear_sulcus_angle", ReaderValue.now(140.0, "outlines"))
    again = SceneWriter(scene, results, inputs).write().table
    row = rowsOf(again)["trochlear_depth"]
    assert row.measurement.reader == ReaderValue.from_dict(value.as_dict()) and row.moved
    assert row.measurement.value == pytest.approx(rowsOf(again)["trochlear_depth"].measurement.value)
    drawn = MeasurementMarkups.pointsOf(again, row.definition)
    assert np.allclose(drawn[-1], value.points_ras[-1], atol=0.01), "drawn where the reader put it"
    assert rowsOf(again)["trochlear_sulcus_angle"].measurement.reader is None, "of outlines that are no more"
    assert scene.GetNumberOfNodesByClass("vtkMRMLMarkupsNode") == count == len(MeasurementMarkups.allNodes(again))


def test_everything_comes_back_with_the_scene_file_and_moves_on(scene, written, tmp_path):
    value = moved(written.table, "trochlear_depth")
    before = rowsOf(written.table)
    path = str(tmp_path / "knee.mrb")
    assert scene.WriteToMRB(path)
    (tmp_path / "cache").mkdir()
    opened = Scene.newScene(tmp_path / "cache")
    assert opened.ReadFromMRB(path, True)
    (table,) = FindingsNodes.tablesIn(opened)
    after = rowsOf(table)
    assert {name: (row.text, row.note, row.moved) for name, row in after.items()} == {
        name: (row.text, row.note, row.moved) for name, row in before.items()
    }
    assert after["trochlear_depth"].value == pytest.approx(value.value, abs=1e-3)
    definition = after["trochlear_sulcus_angle"].definition
    points = MeasurementMarkups.pointsOf(table, definition)
    assert np.allclose(points, after["trochlear_sulcus_angle"].pointsRAS, atol=0.01)
    assert MeasurementMarkups.nodes(table, definition)[0].GetFixedNumberOfControlPoints()


def test_the_readers_number_stands_in_the_results_beside_the_models(written):
    model = rowsOf(written.table)["trochlear_depth"].measurement.value
    value = moved(written.table, "trochlear_depth")
    entry = next(one for one in FindingsNodes.resultsOf(written.table)["measurements"]
                 if one["name"] == "trochlear_depth")  # fmt: skip
    assert (entry["value"], entry["reader"]["value"], entry["reader"]["basis"]) == (
        model, round(value.value, 3), "points",
    )  # fmt: skip
    ReaderValues.drop(written.table, "trochlear_depth", "points")
    entry = next(one for one in FindingsNodes.resultsOf(written.table)["measurements"]
                 if one["name"] == "trochlear_depth")  # fmt: skip
    assert "reader" not in entry and entry["value"] == model


def test_a_readers_number_that_came_with_a_results_folder_is_shown(scene, inputs, tmp_path):
    parts = handmade.measured()
    reader = ReaderValue.now(150.0, "outlines")
    told = tuple(handmade.replace(one, reader=reader) if one.name == "trochlear_sulcus_angle" else one
                 for one in parts["measurements"])  # fmt: skip
    folder = handmade.save_array_results(tmp_path / "told", **{**parts, "measurements": told})
    row = rowsOf(SceneWriter(scene, folder, inputs).write().table)["trochlear_sulcus_angle"]
    assert row.text == "150°" and row.again


# Outlines → files → numbers


def requested(table, folder, plates=()):
    folder.mkdir()
    for _ in OutlineFiles.write(table, folder, plates):
        pass
    return json.loads((folder / OutlineFiles.REQUEST).read_text(encoding="utf-8"))


def test_outlines_that_nobody_touched_give_the_numbers_of_the_analysis(written, tmp_path):
    request = requested(written.table, tmp_path / "request")
    segmentation = MeasureOutlines.segmentationIn(tmp_path / "request", request)
    assert (segmentation.labels.array == handmade.measured()["labels"].array).all()
    keys = ("name", "value", "points_ras", "note")
    found = MeasureOutlines.measurementsOf(segmentation, request["study"])
    model = FindingsNodes.resultsOf(written.table)["measurements"]
    assert [{key: one[key] for key in keys} for one in found] == [{key: one[key] for key in keys} for one in model]


def test_a_corrected_outline_counts_in_its_own_layer_and_over_a_prediction_beside_it(written, tmp_path):
    segments = written.segmentation.GetSegmentation()
    before = segment_mask(segments.GetSegment("patella"))[0].sum()
    segments.SeparateSegmentLabelmap("patella")
    patella = segments.GetSegment("patella")
    image = patella.GetRepresentation("Binary labelmap")
    voxels = vtk_to_numpy(image.GetPointData().GetScalars())
    set_voxels = np.flatnonzero(voxels == patella.GetLabelValue())
    voxels[set_voxels[: len(set_voxels) // 2]] = 0
    image.Modified()
    request = requested(written.table, tmp_path / "request")
    segmentation = MeasureOutlines.segmentationIn(tmp_path / "request", request)
    assert [len(layer["structures"]) for layer in request["layers"]] == [9, 1]
    assert segmentation.mask("patella").sum() == before - len(set_voxels) // 2


def test_a_transform_of_the_segmentation_moves_the_points(written, scene, tmp_path):
    transform = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode")

    import vtk

    shift = vtk.vtkMatrix4x4()
    shift.SetElement(0, 3, 0.8 * 4)
    transform.SetMatrixTransformToParent(shift)
    written.segmentation.SetAndObserveTransformNodeID(transform.GetID())

    request = requested(written.table, tmp_path / "request")
    segmentation = MeasureOutlines.segmentationIn(tmp_path / "request", request)
    own = handmade.measured()["labels"].array
    assert (segmentation.labels.array[4:] == own[:-4]).all()


def test_the_thickness_surface_lies_over_the_bone_with_millimetres_as_scalars(written, tmp_path):
    from OrthoDiffusionSlicer.measuring.ThicknessSurface import SCALARS, thicknessSurface

    request = requested(written.table, tmp_path / "request")
    segmentation = MeasureOutlines.segmentationIn(tmp_path / "request", request)
    surface = thicknessSurface(segmentation, "femoral_cartilage")
    scalars = surface.GetPointData().GetScalars()
    values = vtk_to_numpy(scalars)
    assert scalars.GetName() == SCALARS and surface.GetNumberOfCells() > 1000
    mean = rowsOf(written.table)["femoral_cartilage_thickness"].value
    assert np.median(values) == pytest.approx(mean, abs=0.4)
    points = vtk_to_numpy(surface.GetPoints().GetData())
    cartilage = segmentation.labels.geometry.to_ras(np.argwhere(segmentation.mask("femoral_cartilage")))
    assert np.abs(points.mean(axis=0) - cartilage.mean(axis=0)).max() < 6.0
    from scipy.spatial import KDTree

    assert np.percentile(KDTree(cartilage).query(points)[0], 95) < 2.0


def test_bare_bone_within_a_plate_is_0_mm_and_red(tmp_path):
    from OrthoDiffusionSlicer.measuring.ThicknessScale import colourAt
    from OrthoDiffusionSlicer.measuring.ThicknessSurface import thicknessSurface

    from OrthoDiffusionLib.anatomy import KNEE
    from OrthoDiffusionLib.findings import Segmentation
    from OrthoDiffusionLib.volumes import Geometry, Volume

    grid = Geometry.from_box((-15.0, -15.0, -15.0), (15.0, 15.0, 15.0), 0.5)
    labels = np.zeros(grid.shape, np.uint8)
    z = grid.shape[2] // 2
    labels[4:-4, 4:-4, 4:z] = 2  # tibia
    labels[8:-8, 8:-8, z : z + 5] = 5  # 2.5 mm of medial tibial cartilage
    labels[24:36, 24:36, z : z + 5] = 0  # and a hole of 6 mm
    surface = thicknessSurface(Segmentation(Volume(labels, grid), KNEE.structures), "medial_tibial_cartilage")
    points = vtk_to_numpy(surface.GetPoints().GetData())
    values = vtk_to_numpy(surface.GetPointData().GetScalars())
    middle = np.linalg.norm(points[:, :2] - grid.centre_ras[:2], axis=1)
    assert values[middle < 1.5].max() == pytest.approx(0.0, abs=0.05)
    assert np.median(values[middle > 6]) == pytest.approx(2.5, abs=0.3)
    red, green, blue = colourAt(0.0)
    assert red > 0.7 and green < 0.2 and blue < 0.2 and colourAt(0.5)[0] < 0.5
