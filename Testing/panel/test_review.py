"""A reader's decisions on the panel: beside the model's word, by mouse and by keyboard, taken back, kept."""

from dataclasses import replace

import handmade


def choose(panel, key):
    row = panel.sections.findings.table.rowOf(key)
    panel.ui.findingsTable.setCurrentCell(row, 0)
    panel.ui.findingsTable.cellClicked.emit(row, 0)


def reader(panel, key):
    """What the table says of the reader's word on one finding."""
    return panel.ui.findingsTable.item(panel.sections.findings.table.rowOf(key), 2).text()


def press(panel, key):
    from PySide6 import QtCore, QtTest

    QtTest.QTest.keyClick(panel.ui.findingsTable, getattr(QtCore.Qt, f"Key_{key}"))


def write_note(panel, text):
    panel.ui.reviewNoteEdit.text = text
    panel.ui.reviewNoteEdit.editingFinished.emit()


def test_before_a_finding_is_chosen_nothing_can_be_decided(analyzed):
    ui = analyzed.ui
    assert not any(one.enabled for one in (ui.acceptButton, ui.rejectButton, ui.unsureButton, ui.undoReviewButton))
    assert not ui.reviewNoteEdit.enabled and reader(analyzed, "joint_effusion") == "–"


def test_the_buttons_say_what_the_readers_word_will_be(analyzed):
    said = {}
    for key in ("joint_effusion", "lateral_meniscus_injury", "patellar_dislocation"):
        choose(analyzed, key)
        said[key] = (analyzed.ui.acceptButton.text, analyzed.ui.rejectButton.text)
    assert said == {
        "joint_effusion": ("✓ positive", "✗ negative"),
        "lateral_meniscus_injury": ("✓ negative", "✗ positive"),
        "patellar_dislocation": ("positive", "negative"),
    }


def test_a_click_puts_the_readers_word_beside_the_models_with_time_and_note(analyzed, click):
    choose(analyzed, "lateral_meniscus_injury")
    click(analyzed.ui.rejectButton)
    write_note(analyzed, "seen on two slices")
    assert reader(analyzed, "lateral_meniscus_injury") == "✗ positive"
    row = analyzed.sections.findings.table.rowOf("lateral_meniscus_injury")
    assert analyzed.ui.findingsTable.cellWidget(row, 1).text == "0.12", "the model's word stays as it was"
    words = analyzed.ui.findingDetails.text
    assert "probability 0.12" in words and "Reader: positive, 20" in words and "Note: seen on two slices" in words
    assert analyzed.ui.findingsTable.currentRow() == row and analyzed.ui.rejectButton.checked
    review = analyzed.session.results.row("lateral_meniscus_injury").review
    assert (review.decision, review.word, review.note) == ("rejected", "positive", "seen on two slices")


def test_what_the_model_did_not_assess_gets_a_word_of_the_reader(analyzed, click):
    choose(analyzed, "patellar_dislocation")
    click(analyzed.ui.acceptButton)
    assert reader(analyzed, "patellar_dislocation") == "positive"
    assert "not assessed" in analyzed.ui.findingDetails.text


def test_the_same_button_again_takes_the_word_back_and_undo_brings_it_again(analyzed, click):
    choose(analyzed, "joint_effusion")
    click(analyzed.ui.acceptButton)
    click(analyzed.ui.acceptButton)
    assert reader(analyzed, "joint_effusion") == "–" and not analyzed.ui.acceptButton.checked
    click(analyzed.ui.undoReviewButton)
    assert reader(analyzed, "joint_effusion") == "✓ positive"
    click(analyzed.ui.undoReviewButton)
    assert reader(analyzed, "joint_effusion") == "–" and not analyzed.ui.undoReviewButton.enabled


def test_undo_shows_the_finding_that_it_was_about(analyzed, click):
    choose(analyzed, "joint_effusion")
    click(analyzed.ui.acceptButton)
    choose(analyzed, "medial_meniscus_injury")
    click(analyzed.ui.undoReviewButton)
    assert analyzed.session.finding.key == "joint_effusion"
    assert analyzed.ui.findingsTable.currentRow() == analyzed.sections.findings.table.rowOf("joint_effusion")


def test_every_decision_can_be_made_by_keys_on_the_line_that_has_the_keyboard(analyzed, slicer):
    table = analyzed.ui.findingsTable
    analyzed.parent.activateWindow()
    table.setFocus()
    slicer.app.processEvents()
    table.setCurrentCell(0, 0)
    press(analyzed, "A")
    assert reader(analyzed, "joint_effusion") == "✓ positive"
    press(analyzed, "Down")
    press(analyzed, "R")
    assert reader(analyzed, "medial_meniscus_injury") == "✗ negative"
    press(analyzed, "Down")
    press(analyzed, "U")
    assert reader(analyzed, "anterior_cruciate_ligament_injury") == "? unsure"
    press(analyzed, "Z")
    assert reader(analyzed, "anterior_cruciate_ligament_injury") == "–"


def test_a_note_that_is_being_written_is_not_overwritten_by_a_refresh(analyzed, click):
    choose(analyzed, "joint_effusion")
    click(analyzed.ui.acceptButton)
    analyzed.ui.reviewNoteEdit.text = "half a sen"
    analyzed.session.checkPackages()
    assert analyzed.ui.reviewNoteEdit.text == "half a sen"
    analyzed.ui.reviewNoteEdit.editingFinished.emit()
    choose(analyzed, "medial_meniscus_injury")
    assert analyzed.ui.reviewNoteEdit.text == "" and not analyzed.ui.reviewNoteEdit.enabled
    choose(analyzed, "joint_effusion")
    assert analyzed.ui.reviewNoteEdit.text == "half a sen"


def test_decisions_survive_a_new_analysis_and_say_where_the_model_has_changed_its_word(
    analyzed, click, standin, wait_for, tmp_path
):
    for key in ("joint_effusion", "medial_meniscus_injury"):
        choose(analyzed, key)
        click(analyzed.ui.acceptButton)
    lower = tuple(
        replace(one, probability=0.1) if one.name == "medial_meniscus_injury" else one for one in handmade.findings()
    )
    standin.tell(results=str(handmade.save_array_results(tmp_path / "again", findings=lower)))
    before = analyzed.session.results
    click(analyzed.ui.analyzeButton)
    wait_for(lambda: analyzed.session.results not in (None, before) and not analyzed.run.busy)
    assert reader(analyzed, "joint_effusion") == "✓ positive"
    assert reader(analyzed, "medial_meniscus_injury") == "✓ positive\n(earlier result)"
    choose(analyzed, "medial_meniscus_injury")
    assert "Made on an earlier result, in which the model said positive." in analyzed.ui.findingDetails.text
    assert not analyzed.ui.undoReviewButton.enabled, "there is nothing to take back on the new table"


def test_decisions_come_back_with_the_scene_file(slicer, analyzed, click, tmp_path, wait_for):
    choose(analyzed, "joint_effusion")
    click(analyzed.ui.rejectButton)
    path = str(tmp_path / "knee.mrb")
    assert slicer.mrmlScene.WriteToMRB(path)
    slicer.mrmlScene.Clear(False)
    assert slicer.mrmlScene.ReadFromMRB(path, True)
    wait_for(lambda: analyzed.ui.findingsTable.rowCount == 8)
    assert reader(analyzed, "joint_effusion") == "✗ negative"


def test_what_is_never_looked_for_is_listed(analyzed, slicer):
    assert analyzed.ui.notLookedForLabel.text == (
        "Not looked for: fracture, bone marrow oedema, tumour, loose body, cartilage defect, cyst."
    )
    slicer.mrmlScene.RemoveNode(analyzed.session.results.table)
    assert analyzed.ui.notLookedForLabel.text == ""
