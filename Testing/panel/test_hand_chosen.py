"""What a person chose in a selector stays; what a program put there does not count as chosen, in Slicer's own way."""

import handmade
import numpy as np
import pytest
from nodes import AXES, add_volume, affine_around_origin


@pytest.fixture
def settled(panel, knee, wait_for):
    """The panel with three volumes, at rest."""
    wait_for(lambda: panel.session.settled)
    return panel


def shown(panel):
    return {plane: panel.sections.inputs.selector(plane).currentNode() for plane in handmade.PLANES}


def test_volumes_that_the_program_filled_in_do_not_count_as_chosen_by_hand(settled, knee):
    assert settled.session.parameters.chosenByHand == ""
    assert shown(settled) == knee
    assert all("by hand" not in getattr(settled.ui, f"{plane}Reason").text for plane in knee)


def test_entering_the_module_again_chooses_nothing_by_hand(slicer, settled, knee):
    settled.exit()
    settled.enter()
    assert settled.session.parameters.chosenByHand == "" and shown(settled) == knee


def test_a_parameter_set_by_a_script_is_shown_and_not_chosen_by_hand(slicer, settled, knee):
    other = add_volume(slicer.mrmlScene, "sag t1", "sagittal")
    settled.logic.getParameterNode().sagittal = other
    assert settled.sections.inputs.selector("sagittal").currentNode() is other
    assert settled.session.parameters.chosenByHand == ""


def test_only_the_plane_that_a_person_chose_is_remembered(slicer, settled, knee, wait_for):
    other = add_volume(slicer.mrmlScene, "cor t1", "coronal")
    wait_for(lambda: settled.session.settled)
    settled.sections.inputs.selector("coronal").pick(other)
    assert settled.session.parameters.chosenByHand == f"coronal:{other.GetID()}"
    assert shown(settled) == {**knee, "coronal": other}


def test_only_what_a_person_chose_is_saved_with_the_scene(slicer, settled, knee, tmp_path, wait_for):
    other = add_volume(slicer.mrmlScene, "cor t1", "coronal")
    wait_for(lambda: settled.session.settled)
    settled.sections.inputs.selector("coronal").pick(other)
    path = str(tmp_path / "chosen.mrb")
    assert slicer.mrmlScene.WriteToMRB(path)
    slicer.mrmlScene.Clear(False)
    assert slicer.mrmlScene.ReadFromMRB(path, True)
    wait_for(lambda: settled.session.settled)
    assert settled.session.parameters.coronal.GetName() == "cor t1"
    assert settled.ui.coronalReason.text.startswith("Chosen by hand")
    assert {
        plane for plane, _, _ in (part.partition(":") for part in settled.session.parameters.chosenByHand.split(","))
    } == {"coronal"}
    assert settled.sections.inputs.selector("sagittal").currentNode().GetName() == handmade.PLANES["sagittal"]


def test_a_choice_that_comes_with_a_scene_stays_with_its_volume_though_the_volume_gets_another_id(
    slicer, settled, knee, tmp_path, wait_for
):
    """A scene that is added to another one brings nodes whose IDs are taken."""
    other = add_volume(slicer.mrmlScene, "cor t1", "coronal")
    wait_for(lambda: settled.session.settled)
    settled.sections.inputs.selector("coronal").pick(other)
    path = str(tmp_path / "chosen.mrb")
    assert slicer.mrmlScene.WriteToMRB(path)
    slicer.mrmlScene.Clear(False)
    for number in range(5):
        add_volume(slicer.mrmlScene, f"of before {number}", "axial")
    assert slicer.mrmlScene.ReadFromMRB(path, False)
    wait_for(lambda: settled.session.settled)
    assert settled.session.parameters.coronal.GetName() == "cor t1"
    assert settled.session.parameters.chosenByHand == f"coronal:{settled.session.parameters.coronal.GetID()}"


def test_the_row_before_a_removed_volume_is_not_taken_for_a_choice(slicer, settled, knee, wait_for):
    slicer.mrmlScene.RemoveNode(knee["coronal"])
    wait_for(lambda: settled.session.parameters.coronal is None)
    assert settled.session.parameters.chosenByHand == ""
    assert shown(settled) == {**knee, "coronal": None}


def test_a_click_right_after_a_removal_does_not_send_the_row_before(slicer, settled, knee, click, wait_for, standin):
    slicer.mrmlScene.RemoveNode(knee["coronal"])
    settled.session.analyze()  # before the panel has looked again
    wait_for(lambda: not settled.run.busy)
    sent = {entry["name"] for entry in standin.received["study"]["volumes"]}
    assert sent == {name for plane, name in handmade.PLANES.items() if plane != "coronal"}


def test_only_what_a_person_chose_is_sent_as_chosen(slicer, settled, knee, click, wait_for, standin):
    other = add_volume(slicer.mrmlScene, "cor t1", "coronal")
    wait_for(lambda: settled.session.settled)
    settled.sections.inputs.selector("coronal").pick(other)
    settled.session.analyze()
    wait_for(lambda: not settled.run.busy)
    sent = {entry["name"]: entry["plane"] for entry in standin.received["study"]["volumes"]}
    assert sent == {handmade.PLANES["sagittal"]: None, "cor t1": "coronal", handmade.PLANES["axial"]: None}


def test_a_fault_while_filling_leaves_the_next_choice_a_choice(settled, knee):
    with pytest.raises(RuntimeError), settled.sections.filling:
        raise RuntimeError
    settled.sections.inputs.selector("axial").pick(knee["axial"])
    assert settled.session.parameters.chosenByHand == f"axial:{knee['axial'].GetID()}"


def test_volumes_of_two_studies_chosen_by_hand_are_said_in_panel_and_results(slicer, settled, knee, click, wait_for):
    shift = np.eye(4)
    shift[0, 3] = 200
    left = add_volume(slicer.mrmlScene, "left sag", "sagittal", affine=shift @ affine_around_origin(AXES["sagittal"]))
    wait_for(lambda: settled.ui.studySelector.count == 2)
    settled.sections.inputs.selector("sagittal").pick(left)
    assert "different studies" in settled.ui.noticesLabel.text
    click(settled.ui.analyzeButton)
    wait_for(lambda: settled.ui.findingsTable.rowCount and not settled.run.busy)
    assert "different studies" in settled.ui.warningsLabel.text


def test_heat_maps_are_no_inputs(slicer, settled, click, wait_for):
    click(settled.ui.analyzeButton)
    wait_for(lambda: settled.ui.findingsTable.rowCount == 8 and not settled.run.busy)
    wait_for(lambda: settled.session.settled)
    heat = slicer.util.getNode("Evidence: joint effusion")
    assert all(heat.GetID() not in settled.sections.inputs.selector(plane)._ids for plane in handmade.PLANES)
