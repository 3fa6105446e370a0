"""The panel as a user meets it: what it fills in by itself, what a click does, what it says."""

import handmade
import handmade_bundle
import numpy as np
import pytest
import vtk
from nodes import add_volume


def findings_shown(panel):
    """(title, probability or None, planes) of each row, as the table shows them."""
    table, rows = panel.ui.findingsTable, []
    for row in range(table.rowCount):
        bar = table.cellWidget(row, 1)
        planes = table.item(row, 3)
        rows.append((table.item(row, 0).text(), bar.text if bar is not None else None, planes.text() if planes else ""))
    return rows


@pytest.fixture
def analyzed(panel, knee, click, wait_for, standin):
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.ui.findingsTable.rowCount == 8 and not panel.run.busy)
    return panel


def views(slicer):
    scene = slicer.mrmlScene
    return [
        scene.GetNthNodeByClass(n, "vtkMRMLSliceNode") for n in range(scene.GetNumberOfNodesByClass("vtkMRMLSliceNode"))
    ]


def centre_of(view):
    return tuple(view.GetSliceToRAS().GetElement(axis, 3) for axis in range(3))


def foregrounds(slicer):
    scene, kind = slicer.mrmlScene, "vtkMRMLSliceCompositeNode"
    return {
        scene.GetNthNodeByClass(n, kind).GetForegroundVolumeID() for n in range(scene.GetNumberOfNodesByClass(kind))
    }


def test_an_empty_scene_says_what_to_load(panel):
    assert not panel.ui.analyzeButton.enabled
    assert "Load a knee study" in panel.ui.analyzeButton.toolTip
    assert panel.ui.noticesLabel.text == "No volume is loaded. Load a knee study."
    assert panel.ui.sideReason.isHidden(), "there is nothing yet that a side could be said of"
    assert panel.ui.findingsTable.rowCount == 0


def test_why_no_volume_can_be_used_is_said_once(slicer, panel, wait_for):
    node = add_volume(slicer.mrmlScene, "bent", "sagittal")
    transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLBSplineTransformNode", "bend")
    transform.SetAndObserveTransformFromParent(vtk.vtkThinPlateSplineTransform())
    node.SetAndObserveTransformNodeID(transform.GetID())
    wait_for(lambda: "bend" in panel.ui.noticesLabel.text)
    assert panel.ui.noticesLabel.text.count("bend") == 1


def test_loaded_volumes_fill_their_planes_and_the_reason_is_said(panel, knee):
    for plane, node in knee.items():
        assert panel.sections.inputs.selector(plane).currentNode() is node
        assert "26 slices" in getattr(panel.ui, f"{plane}Reason").text
    assert panel.ui.analyzeButton.enabled


def test_the_bundle_is_named_with_its_version_and_what_it_learned_from(panel):
    assert panel.ui.bundleSelector.currentText == "knee-small 0.1.0"
    assert "digital phantoms" in panel.ui.bundleFacts.text and "CC-BY-4.0" in panel.ui.bundleFacts.text


def test_the_referral_is_asked_only_by_a_bundle_that_learned_from_it_and_goes_to_the_worker(
    panel, knee, bundle_folder, click, wait_for, standin
):
    panel.parent.show()
    fields = (panel.ui.referralLabel, panel.ui.ageSpinBox, panel.ui.sexSelector, panel.ui.traumaSelector)
    assert not any(field.isVisible() for field in fields)
    handmade_bundle.write(bundle_folder / "referral", "knee-referral", clinical=("age", "sex"))
    panel.session.findBundles()
    panel.ui.bundleSelector.activated.emit(panel.ui.bundleSelector.findText("knee-referral 0.1.0"))
    assert [field.isVisible() for field in fields] == [True, True, True, False]
    click(panel.ui.analyzeButton)
    wait_for(lambda: standin.received is not None and not panel.run.busy)
    assert standin.received["options"]["clinical"] == {}, "nothing was given"
    panel.ui.ageSpinBox.value = 42
    panel.ui.sexSelector.currentIndex = 1
    click(panel.ui.analyzeButton)
    wait_for(lambda: standin.received["options"]["clinical"] and not panel.run.busy)
    assert standin.received["options"]["clinical"] == {"age": 42, "sex": "female"}


def test_what_was_told_of_one_patient_is_forgotten_with_the_study(slicer, panel, knee, bundle_folder):
    handmade_bundle.write(bundle_folder / "referral", "knee-referral", clinical=("age", "trauma"))
    panel.session.findBundles()
    panel.ui.bundleSelector.activated.emit(panel.ui.bundleSelector.findText("knee-referral 0.1.0"))
    panel.ui.ageSpinBox.value = 42
    panel.ui.traumaSelector.currentIndex = 1
    slicer.mrmlScene.Clear(False)
    panel.session.fillFromScene()
    assert panel.ui.ageSpinBox.text == "Age not given"
    assert panel.ui.traumaSelector.currentText == "Trauma not given"


def _told(panel, bundle_folder):
    handmade_bundle.write(bundle_folder / "referral", "knee-referral", clinical=("age",))
    panel.session.findBundles()
    panel.ui.bundleSelector.activated.emit(panel.ui.bundleSelector.findText("knee-referral 0.1.0"))
    panel.ui.ageSpinBox.value = 42
    panel.session.fillFromScene()
    assert panel.ui.ageSpinBox.value == 42, "the same patient's"


def test_the_next_patients_scene_does_not_inherit_the_referral_though_its_volumes_have_the_same_names(
    slicer, panel, knee, bundle_folder, wait_for
):
    _told(panel, bundle_folder)
    panel.exit()  # the user leaves the module, closes the scene, loads the next patient and comes back
    slicer.mrmlScene.Clear(False)
    for plane, name in handmade.PLANES.items():
        add_volume(slicer.mrmlScene, name, plane)
    panel.enter()
    wait_for(lambda: panel.sections.inputs.selector("axial").currentNode() is not None)
    assert panel.ui.ageSpinBox.text == "Age not given"


def test_the_referral_is_forgotten_with_the_last_volume_it_was_told_of(slicer, panel, knee, bundle_folder, wait_for):
    _told(panel, bundle_folder)
    others = {plane: add_volume(slicer.mrmlScene, name, plane) for plane, name in handmade.PLANES.items()}
    selector = panel.sections.inputs.selector("sagittal")
    wait_for(lambda: others["sagittal"].GetID() in selector._ids)
    selector.pick(others["sagittal"])
    assert panel.ui.ageSpinBox.value == 42, "two of the patient's volumes are still shown"
    for node in knee.values():
        slicer.mrmlScene.RemoveNode(node)
    wait_for(lambda: panel.sections.inputs.selector("axial").currentNode() is others["axial"])
    assert panel.ui.ageSpinBox.text == "Age not given"


def test_a_click_brings_findings_segments_and_a_scene_in_order(slicer, analyzed, knee, standin):
    panel = analyzed
    shown = findings_shown(panel)
    assert shown[0][:2] == ("Joint effusion", "0.93 +") and shown[0][2] == ".95  .86  .91"
    assert [row[1] for row in shown[-2:]] == [None, None]
    table = panel.ui.findingsTable
    assert table.item(7, 1).text() == "not assessed"
    assert "cannot distinguish" in table.item(7, 1).toolTip()
    assert "!" in next(planes for title, _p, planes in shown if "Medial meniscus" in title)
    node = slicer.util.getNode("Knee segmentation")
    assert node.GetSegmentation().GetNumberOfSegments() == len(handmade.BOXES)
    assert panel.ui.segmentsTable.segmentationNode() is node
    assert "The volume has only 12 slices" in panel.ui.warningsLabel.text
    assert "Research use only" in panel.ui.intendedUseLabel.text
    assert panel.ui.stageLabel.text.startswith("Done in")
    assert not panel.ui.problemFrame.isVisibleTo(panel.parent)
    red = slicer.mrmlScene.GetSingletonNode("Red", "vtkMRMLSliceCompositeNode")
    assert red.GetBackgroundVolumeID() == knee["axial"].GetID()


def test_a_finding_is_positive_from_its_operating_point_on(analyzed):
    table, rows = analyzed.ui.findingsTable, findings_shown(analyzed)
    shown = {title: (index, probability) for index, (title, probability, _planes) in enumerate(rows)}
    index, probability = shown["Anterior cruciate ligament injury"]
    assert probability == "0.34 +" and table.item(index, 0).font().bold()
    words = "Positive: at or above the threshold of 0.30 (sensitivity 0.85, specificity 0.90 in calibration)."
    assert words in table.item(index, 0).toolTip()
    index, probability = shown["Lateral meniscus injury"]
    assert probability == "0.12" and not table.item(index, 0).font().bold()  # below one half
    assert [row.positive for row in analyzed.sections.findings.table.rows] == [True] * 3 + [False] * 3 + [None] * 2


def test_the_worker_is_asked_for_what_the_panel_shows(analyzed, standin, bundle_folder):
    asked = standin.received
    assert asked["bundle"] == str(bundle_folder / "hand-made")
    assert {entry["name"] for entry in asked["study"]["volumes"]} == set(handmade.PLANES.values())
    # Nobody chose by hand: the worker, which sees the voxels, may register or leave out what does not fit.
    assert {entry["plane"] for entry in asked["study"]["volumes"]} == {None}
    assert asked["study"]["side"] is None


def test_a_row_takes_every_slice_view_to_the_place_and_lays_the_heat_map_over_it(slicer, analyzed, click):
    panel = analyzed
    row = panel.sections.findings.table.rowOf("medial_meniscus_injury")
    table = panel.ui.findingsTable
    panel.parent.show()
    slicer.app.processEvents()
    click(table.viewport(), table.visualItemRect(table.item(row, 0)).center())
    assert len(views(slicer)) == 3
    for view in views(slicer):
        assert centre_of(view) == pytest.approx(handmade.TEAR_RAS, abs=1e-6)
    heat = slicer.util.getNode("Evidence: medial meniscus injury")
    assert foregrounds(slicer) == {heat.GetID()}
    assert "The planes disagree" in panel.ui.findingDetails.text
    click(panel.ui.heatMapCheckBox, panel.ui.heatMapCheckBox.rect.center())
    assert foregrounds(slicer) == {None}
    click(panel.ui.heatMapCheckBox, panel.ui.heatMapCheckBox.rect.center())
    panel.ui.heatMapSlider.value = 0.25
    assert slicer.mrmlScene.GetSingletonNode("Red", "vtkMRMLSliceCompositeNode").GetForegroundOpacity() == 0.25


def test_a_row_that_was_not_assessed_says_why_and_moves_nothing(slicer, analyzed):
    before = [centre_of(view) for view in views(slicer)]
    analyzed.ui.findingsTable.cellClicked.emit(7, 0)
    assert "not assessed" in analyzed.ui.findingDetails.text and "cannot distinguish" in analyzed.ui.findingDetails.text
    assert [centre_of(view) for view in views(slicer)] == before


def test_surfaces_follow_in_their_right_places(slicer, panel, knee, click, wait_for):
    done = []
    panel.run.surfacesDone.connect(done.append)
    click(panel.ui.analyzeButton)
    wait_for(lambda: done)
    assert done == [""]
    segments = slicer.util.getNode("Knee segmentation").GetSegmentation()
    for name, (centre, half) in handmade.BOXES.items():
        bounds = np.array(segments.GetSegment(name).GetRepresentation("Closed surface").GetBounds()).reshape(3, 2)
        assert bounds.mean(axis=1) == pytest.approx(centre, abs=0.3)
        assert (bounds[:, 1] - bounds[:, 0]) == pytest.approx([2 * half] * 3, abs=1.5)


def test_a_volume_chosen_by_hand_stays_when_more_is_loaded(slicer, panel, knee, wait_for):
    other = add_volume(slicer.mrmlScene, "sag t1", "sagittal")
    selector = panel.sections.inputs.selector("sagittal")
    wait_for(lambda: other.GetID() in selector._ids)
    selector.pick(other)
    assert panel.session.parameters.sagittal is other
    assert panel.ui.sagittalReason.text.startswith("Chosen by hand")
    add_volume(slicer.mrmlScene, "ax pd fs more", "axial")
    wait_for(lambda: panel.session.settled)
    assert panel.session.parameters.sagittal is other
    slicer.mrmlScene.RemoveNode(other)
    wait_for(lambda: panel.session.parameters.sagittal is knee["sagittal"])


def test_choose_again_forgets_what_was_chosen_by_hand(slicer, panel, knee, click):
    selector = panel.sections.inputs.selector("coronal")
    selector.pick(None)
    assert panel.session.parameters.coronal is None and panel.ui.coronalReason.text == "Left empty by hand"
    click(panel.ui.chooseButton)
    assert panel.session.parameters.coronal is knee["coronal"]


def test_the_side_can_be_overruled(panel, knee, click, wait_for, standin):
    assert "found from the anatomy" in panel.ui.sideReason.text
    panel.ui.sideSelector.activated.emit(2)
    assert panel.session.parameters.side == "left" and panel.ui.sideReason.text == "As you chose"
    click(panel.ui.analyzeButton)
    wait_for(lambda: standin.received)
    assert standin.received["study"]["side"] == "left"


def test_two_studies_are_told_apart_and_can_be_chosen(slicer, panel, knee, wait_for):
    shift = np.eye(4)
    shift[0, 3] = 200
    from nodes import AXES, affine_around_origin

    left = add_volume(slicer.mrmlScene, "left sag", "sagittal", affine=shift @ affine_around_origin(AXES["sagittal"]))
    wait_for(lambda: panel.ui.studySelector.count == 2)
    assert "2 studies are loaded; ‘sag_fs’ is used" in panel.ui.noticesLabel.text
    assert panel.session.parameters.sagittal is knee["sagittal"]
    panel.ui.studySelector.activated.emit(1)
    assert panel.session.parameters.sagittal is left and panel.session.parameters.coronal is None
    selector = panel.sections.inputs.selector("axial")
    selector.pick(knee["axial"])
    assert "different studies" in panel.ui.noticesLabel.text


def test_localizers_alone_are_not_taken(slicer, panel, wait_for):
    add_volume(slicer.mrmlScene, "localizer", "sagittal", shape=(64, 64, 3))
    wait_for(lambda: "localizer" in panel.ui.noticesLabel.text.lower())
    assert not panel.ui.analyzeButton.enabled


def test_a_scene_with_results_shows_them_when_it_is_opened(slicer, analyzed, tmp_path, wait_for):
    panel = analyzed
    path = str(tmp_path / "knee.mrb")
    assert slicer.mrmlScene.WriteToMRB(path)
    slicer.mrmlScene.Clear(False)
    assert panel.ui.findingsTable.rowCount == 0
    assert slicer.mrmlScene.ReadFromMRB(path, True)
    wait_for(lambda: panel.ui.findingsTable.rowCount == 8)
    wait_for(lambda: panel.sections.inputs.selector("sagittal").currentNode() is not None)
    slicer.add_slice_views()
    panel.ui.findingsTable.cellClicked.emit(panel.sections.findings.table.rowOf("joint_effusion"), 0)
    assert all(centre_of(view) == pytest.approx(handmade.EFFUSION_RAS, abs=1e-6) for view in views(slicer))
    assert foregrounds(slicer) == {slicer.util.getNode("Evidence: joint effusion").GetID()}


def test_deleting_only_the_segmentation_marks_the_table_as_without_outlines(slicer, analyzed, tmp_path, wait_for):
    panel = analyzed
    slicer.mrmlScene.RemoveNode(slicer.util.getNode("Knee segmentation"))
    assert "These findings have no outlines" in panel.ui.warningsLabel.text
    assert panel.ui.segmentsTable.segmentationNode() is None
    assert panel.ui.findingsTable.rowCount == 8, "the findings stay"
    path = str(tmp_path / "without.mrb")
    assert slicer.mrmlScene.WriteToMRB(path)
    slicer.mrmlScene.Clear(False)
    assert panel.ui.warningsLabel.text == ""
    assert slicer.mrmlScene.ReadFromMRB(path, True)
    wait_for(lambda: panel.ui.findingsTable.rowCount == 8)
    assert "These findings have no outlines" in panel.ui.warningsLabel.text


def test_deleting_another_segmentation_says_nothing(slicer, analyzed):
    other = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "of mine")
    slicer.mrmlScene.RemoveNode(other)
    assert "have no outlines" not in analyzed.ui.warningsLabel.text
    assert analyzed.ui.segmentsTable.segmentationNode() is slicer.util.getNode("Knee segmentation")


def test_a_copy_of_the_findings_takes_the_place_of_none(slicer, analyzed, tmp_path, wait_for):
    """‘Clone’ of the Data module is CopyContent, which copies no references."""
    scene, path = slicer.mrmlScene, str(tmp_path / "copied.mrb")
    copy = scene.AddNewNodeByClass("vtkMRMLTableNode")
    copy.CopyContent(analyzed.session.results.table)
    copy.SetName("Knee findings Copy")
    assert analyzed.session.priorTables == []
    assert scene.WriteToMRB(path)
    scene.Clear(False)
    assert scene.ReadFromMRB(path, True)
    wait_for(lambda: analyzed.ui.findingsTable.rowCount == 8 and analyzed.session.settled)
    assert analyzed.session.results.table.GetName() == "Knee findings"
    assert "have no outlines" not in analyzed.ui.warningsLabel.text


@pytest.fixture
def implausible(panel, knee, standin, click, wait_for, tmp_path):
    """An analysis whose result is not to be used."""
    standin.tell(results=str(handmade.save_implausible(tmp_path / "implausible")))
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.ui.findingsTable.rowCount and not panel.run.busy)
    return panel


def test_a_result_that_is_not_to_be_used_is_said_first_and_large(slicer, implausible):
    panel, said = implausible, "The femur measures 3 ml (femur). Do not use this result."
    assert panel.ui.stageLabel.text.startswith(f"⚠ {said}\n")
    table = panel.ui.findingsTable
    assert table.rowCount == 9 and table.item(0, 0).text() == f"⚠ {said}"
    assert table.columnSpan(0, 0) == 4
    assert table.item(0, 0).background().color().red() > 2 * table.item(0, 0).background().color().green()
    assert f"⚠ {said}" in panel.ui.warningsLabel.text


def test_no_finding_of_such_a_result_is_shown_as_positive_or_negative(implausible):
    """Its numbers are shown, as on the page and at the terminal."""
    table, rows = implausible.ui.findingsTable, implausible.sections.findings.table.rows
    assert [row.positive for row in rows] == [True] * 3 + [False] * 3 + [None] * 2
    assert [probability for _, probability, _ in findings_shown(implausible)][1:4] == ["0.93", "0.71", "0.34"]
    for line, row in enumerate(rows, 1):
        assert not table.item(line, 0).font().bold(), row.title
        table.cellClicked.emit(line, 0)
        for words in (table.item(line, 0).toolTip(), implausible.ui.findingDetails.text):
            assert row.title in words and "ositive" not in words and "egative" not in words


def test_rows_below_such_a_line_are_still_those_that_are_clicked(slicer, implausible):
    panel = implausible
    before = [centre_of(view) for view in views(slicer)]
    panel.ui.findingsTable.cellClicked.emit(0, 0)
    assert [centre_of(view) for view in views(slicer)] == before, "the line itself has no place"
    row = panel.sections.findings.table.rowOf("medial_meniscus_injury")
    assert panel.ui.findingsTable.item(row, 0).text().startswith("Medial meniscus")
    panel.ui.findingsTable.cellClicked.emit(row, 0)
    assert all(centre_of(view) == pytest.approx(handmade.TEAR_RAS, abs=1e-6) for view in views(slicer))


def test_it_is_said_again_when_the_scene_is_opened(slicer, implausible, tmp_path, wait_for):
    panel, path = implausible, str(tmp_path / "implausible.mrb")
    assert slicer.mrmlScene.WriteToMRB(path)
    slicer.mrmlScene.Clear(False)
    assert "Do not use" not in panel.ui.stageLabel.text
    assert slicer.mrmlScene.ReadFromMRB(path, True)
    wait_for(lambda: panel.ui.findingsTable.rowCount == 9)
    assert "Do not use this result" in panel.ui.stageLabel.text


def test_the_views_are_fitted_to_the_volumes_and_the_3d_view_to_the_surfaces(slicer, panel, knee, click, wait_for):
    red = slicer.mrmlScene.GetSingletonNode("Red", "vtkMRMLSliceNode")
    red.SetFieldOfView(1000, 1000, 1)
    before, done = slicer.app.layoutManager().threeDResets, []
    panel.run.surfacesDone.connect(done.append)
    click(panel.ui.analyzeButton)
    wait_for(lambda: done)
    assert red.GetFieldOfView()[0] < 200, "the volume is 100 mm wide"
    assert slicer.app.layoutManager().threeDResets == before + 1


def test_without_a_main_window_there_are_no_layouts_and_the_analysis_goes_on(
    slicer, panel, knee, click, wait_for, monkeypatch
):
    monkeypatch.setattr(slicer.app, "layoutManager", lambda: None)
    done = []
    panel.run.surfacesDone.connect(done.append)
    click(panel.ui.analyzeButton)
    wait_for(lambda: done)
    assert done == [""] and panel.ui.findingsTable.rowCount == 8


def test_deleting_the_findings_table_empties_the_panel(slicer, analyzed):
    slicer.mrmlScene.RemoveNode(slicer.util.getNode("Knee findings"))
    assert analyzed.ui.findingsTable.rowCount == 0


def test_every_widget_of_the_ui_file_that_needs_the_scene_has_it(slicer, panel):
    for name in ("sagittalSelector", "coronalSelector", "axialSelector", "segmentsTable"):
        assert getattr(panel.ui, name).mrmlScene() is slicer.mrmlScene
