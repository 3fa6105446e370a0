"""An annotator's sitting on the panel: cases come and go, nothing that was drawn is dropped, bad cases are told."""

import json
import os
import time
from pathlib import Path

import pytest
from worklist_sitting import cell, double_click, draw, home, names_in_scene, row_of, saved, show, volume_of

from OrthoDiffusionLib.annotation.case import Case, CaseState
from OrthoDiffusionLib.annotation.worklist import Worklist
from OrthoDiffusionLib.annotation.worklist_file import read_worklist, write_worklist


def test_without_a_worklist_only_the_ways_to_open_one_are_shown(panel, worklists):
    assert panel.ui.newFromFolderButton.visible and not panel.ui.casesTable.visible
    assert not panel.ui.nextCaseButton.visible and panel.ui.worklistEnd.text == ""


def test_a_sitting_from_the_first_case_to_the_clear_end(panel, opened, studies, click, wait_for, slicer):
    reader = opened.list.reader
    assert opened.case.name == "knee1" and cell(panel, "knee1", 0) == "◐"
    assert "label map that came with it" in panel.ui.worklistStatus.text
    for number in (1, 2, 3):
        wait_for(lambda n=number: opened.case is not None and opened.case.name == f"knee{n}" and not opened.busy)
        draw(opened.saving.node)
        click(panel.ui.completedButton)
        assert panel.ui.completedButton.checked
        click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.done)
    assert panel.ui.worklistEnd.text.startswith("✔ All cases (3) are done: 3 completed, 0 flagged.")
    assert opened.case is None and panel.ui.worklistProblem.text == ""
    for name in ("knee1", "knee2", "knee3"):
        assert cell(panel, name, 0) == "✔"
        assert volume_of(saved(studies, name, reader, "v001"), "femur") > 12 * 12 * 6
    click(panel.ui.nextCaseButton)
    slicer.app.processEvents()
    assert opened.done and panel.ui.worklistProblem.text == "", "pressing on is no error"
    assert not [name for name in names_in_scene(slicer.mrmlScene) if "sag_fs" in name], "no case is left in the scene"


def test_a_case_gets_surfaces_for_the_3d_view(panel, opened, wait_for):
    segment = opened.saving.node.GetSegmentation().GetSegment("femur")
    wait_for(lambda: segment.GetRepresentation("Closed surface") is not None)
    bounds = segment.GetRepresentation("Closed surface").GetBounds()
    assert bounds[1] - bounds[0] == pytest.approx(6 * 4.0, abs=4.5) and not opened.surfaces.busy


def test_a_finished_case_opens_again_as_it_was_left(panel, opened, studies, click, wait_for):
    draw(opened.saving.node)
    click(panel.ui.completedButton)
    click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.case is not None and opened.case.name == "knee2" and not opened.busy)
    double_click(click, panel.ui.casesTable, row_of(panel, "knee1"))
    wait_for(lambda: opened.case is not None and opened.case.name == "knee1" and not opened.busy)
    assert "as you left it" in panel.ui.worklistStatus.text and cell(panel, "knee1", 0) == "✔"
    from OrthoDiffusionSlicer.annotation.SegmentLayers import layersOf

    assert volume_of(layersOf(opened.saving.node), "femur") == volume_of(
        saved(studies, "knee1", opened.list.reader, "v001"), "femur"
    )
    click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.case is not None and opened.case.name != "knee1" and not opened.busy)
    folders = sorted(entry.name for entry in (home(studies) / "cases/knee1" / opened.list.reader).iterdir())
    assert folders == ["v001"], "nothing was changed the second time, so there is no second version"


def test_the_keys_lead_to_the_next_and_the_previous_case(panel, opened, wait_for, slicer):
    from PySide6 import QtCore, QtTest

    panel.parent.activateWindow()
    panel.ui.casesTable.setFocus()
    slicer.app.processEvents()
    QtTest.QTest.keyClick(panel.ui.casesTable, QtCore.Qt.Key_PageDown, QtCore.Qt.ControlModifier)
    wait_for(lambda: opened.case is not None and opened.case.name == "knee2" and not opened.busy)
    QtTest.QTest.keyClick(panel.ui.casesTable, QtCore.Qt.Key_PageUp, QtCore.Qt.ControlModifier)
    wait_for(lambda: opened.case is not None and opened.case.name == "knee1" and not opened.busy)


def test_note_time_and_order_are_kept_in_the_file(panel, opened, studies, click, wait_for):
    panel.ui.caseNoteEdit.text = "motion"
    panel.ui.caseNoteEdit.editingFinished.emit()
    opened._onTime(75.0)
    panel.ui.orderSelector.activated.emit(2)
    click(panel.ui.closeWorklistButton)
    wait_for(lambda: opened.list is None)
    worklist = read_worklist(home(studies) / "worklist.json")
    work = next(iter(worklist.case("knee1").readers.values()))
    assert (work.note, work.state) == ("motion", CaseState.IN_PROGRESS) and 75 <= work.seconds < 120
    panel.sections.worklist.askFile = lambda title, kinds: str(home(studies) / "worklist.json")
    click(panel.ui.openWorklistButton)
    wait_for(lambda: opened.list is not None)
    assert panel.ui.orderSelector.currentIndex == 2
    assert cell(panel, "knee1", 3) == "motion" and cell(panel, "knee1", 4).startswith("1:")
    click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.case is not None)
    assert opened.case.name == "knee1", "the sitting goes on where it ended"
    assert panel.ui.caseNoteEdit.text == "motion"


def test_a_case_whose_images_are_gone_is_told_and_the_others_go_on(panel, opened, studies, click, wait_for):
    (studies / "knee2" / "sag_fs.nii.gz").unlink()
    click(panel.ui.nextCaseButton)
    wait_for(lambda: panel.ui.worklistProblem.text)
    assert "‘knee2’ cannot be opened" in panel.ui.worklistProblem.text
    assert "The other cases can be opened as before." in panel.ui.worklistProblem.text
    click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.case is not None and not opened.busy)
    assert opened.case.name == "knee3" and panel.ui.worklistProblem.text == ""


def test_an_image_that_cannot_be_read_is_told(panel, opened, studies, click, wait_for):
    (studies / "knee2" / "sag_fs.nii.gz").write_bytes(b"no image")
    click(panel.ui.nextCaseButton)
    wait_for(lambda: panel.ui.worklistProblem.text)
    assert "knee2" in panel.ui.worklistProblem.text and opened.case is None and not opened.busy


def test_a_label_map_that_is_damaged_is_never_passed_over(panel, opened, studies, click, wait_for):
    (studies / "knee2" / "sag_fs_seg.nii.gz").write_bytes(b"no labels")
    click(panel.ui.nextCaseButton)
    wait_for(lambda: panel.ui.worklistProblem.text)
    assert opened.case is None


def test_a_worklist_that_is_open_in_another_slicer_is_told(panel, worklists, tmp_path, click):
    from OrthoDiffusionLib.annotation.lock import WorklistLock

    path = tmp_path / "worklist.json"
    write_worklist(Worklist([Case("a", ("a",))]), path)
    other = WorklistLock(path, "Ann")
    before = path.read_bytes()
    panel.sections.worklist.askFile = lambda title, kinds: str(path)
    click(panel.ui.openWorklistButton)
    assert "is open already: by Ann" in panel.ui.worklistProblem.text and worklists.list is None
    other.release()
    assert path.read_bytes() == before
    click(panel.ui.openWorklistButton)
    assert worklists.list is not None and panel.ui.worklistProblem.text == ""


class Later:
    """The time of a computer that was asleep for an hour."""

    def __getattr__(self, name):
        return getattr(time, name)

    def time(self):
        return time.time() + 3600


def test_after_a_sleep_the_work_of_who_had_the_worklist_meanwhile_is_not_overwritten(
    panel, opened, studies, wait_for, monkeypatch
):
    path, reader = opened.list.path, opened.list.reader
    wait_for(lambda: read_worklist(path).case("knee1").state(reader) is CaseState.IN_PROGRESS)
    theirs = read_worklist(path)
    theirs.case("knee2").work("Eve").state = CaseState.COMPLETED
    lock = path.with_name(f"{path.name}.lock")
    facts = {"reader": "Eve", "computer": "another", "process": 1, "since": 5.0, "renewed": time.time() + 3600}
    write_worklist(theirs, path)
    lock.write_text(json.dumps(facts))
    monkeypatch.setattr("OrthoDiffusionLib.annotation.lock.time", Later())

    opened.list.touch(opened.case)
    wait_for(lambda: "is open already: by Eve on another" in panel.ui.worklistProblem.text)
    assert read_worklist(path).case("knee2").state("Eve") is CaseState.COMPLETED

    lock.write_text("")  # she has closed it
    opened.case.work(reader).note = "after the sleep"
    opened.list.touch(opened.case)
    wait_for(lambda: read_worklist(path).case("knee1").work(reader).note == "after the sleep")
    assert read_worklist(path).case("knee2").state("Eve") is CaseState.COMPLETED
    wait_for(lambda: panel.ui.worklistProblem.text == "")


def test_a_place_that_cannot_be_written_is_told(panel, worklists, studies, click):
    home(studies).write_text("a file where the worklist's folder should be")
    panel.sections.worklist.askFolder = lambda title: str(studies)
    click(panel.ui.newFromFolderButton)
    assert "cannot be made" in panel.ui.worklistProblem.text and worklists.list is None
    assert "Choose a folder you may write to" in panel.ui.worklistProblem.text


def test_nothing_that_was_chosen_for_a_case_is_left_for_the_next_one(panel, opened, click, wait_for):
    session = panel.session
    session.chooseSide("left")
    session.chooseVolume("sagittal", None)
    assert not session.volumes
    click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.case is not None and opened.case.name == "knee2" and not opened.busy)
    wait_for(lambda: session.settled)
    assert session.parameters.side == "automatic"
    assert session.volumes["sagittal"].GetAttribute("OrthoDiffusion.Case") == opened.mark


def test_side_and_planes_of_a_table_are_taken(panel, worklists, studies, tmp_path, click, wait_for):
    table = tmp_path / "cases.csv"
    images = [f"studies/{name}/sag_fs.nii.gz" for name in ("knee1", "knee2")]
    table.write_text(f"case,coronal,side\nA,{images[0]},left\nB,{images[1]},\n")
    panel.sections.worklist.askFile = lambda title, kinds: str(table)
    click(panel.ui.newFromTableButton)
    for name, side in (("A", "left"), ("B", "automatic")):
        click(panel.ui.nextCaseButton)
        wait_for(lambda name=name: worklists.case is not None and worklists.case.name == name and not worklists.busy)
        assert panel.session.parameters.side == side
        assert list(panel.session.volumes) == ["coronal"], "the table's word counts, whatever the slices look like"


def test_a_folder_without_studies_is_told(panel, worklists, tmp_path, click):
    (tmp_path / "empty").mkdir()
    panel.sections.worklist.askFolder = lambda title: str(tmp_path / "empty")
    click(panel.ui.newFromFolderButton)
    assert "no folders" in panel.ui.worklistProblem.text and not (tmp_path / "empty-worklist").exists()


def test_a_worklist_of_500_is_shown_at_once(panel, worklists, tmp_path, click):
    path = tmp_path / "worklist.json"
    write_worklist(Worklist([Case(f"knee{n:03d}", (f"k{n}",), uncertainty=n / 500) for n in range(500)]), path)
    panel.sections.worklist.askFile = lambda title, kinds: str(path)
    begin = time.process_time()
    click(panel.ui.openWorklistButton)
    spent = time.process_time() - begin
    assert panel.ui.casesTable.rowCount == 500
    assert spent < 1.0, f"{spent:.2f} s of CPU time"


def test_the_files_beside_the_worklist_are_what_the_documentation_says(panel, opened, studies, click, wait_for):
    draw(opened.saving.node)
    click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.case is not None and opened.case.name == "knee2" and not opened.busy)
    wait_for(lambda: not opened.process.busy)
    reader = opened.list.reader
    found = {path.relative_to(home(studies)).as_posix() for path in home(studies).rglob("*") if path.is_file()}
    assert found == {
        "worklist.json",
        "worklist.json.lock",
        f"cases/knee1/{reader}/v001/segmentation.seg.nrrd",
        f"cases/knee1/{reader}/v001/reading.json",
    }
    assert json.loads((home(studies) / "worklist.json").read_text())["current"] == "knee2"
    assert os.path.isdir(studies) and not list(studies.glob("**/*.seg.nrrd")), "nothing is written beside the images"
    assert Path(opened.list.path) == home(studies) / "worklist.json"


def test_a_double_click_opens_a_case_once(panel, opened, click, wait_for):
    asked, ask = [], opened.process.ask

    def listen(task, *rest, **more):
        asked.append(task)
        return ask(task, *rest, **more)

    opened.process.ask = listen
    double_click(click, panel.ui.casesTable, row_of(panel, "knee3"))
    wait_for(lambda: opened.case is not None and opened.case.name == "knee3" and not opened.busy)
    assert asked.count("bring") == 1
    opened.openCase("knee2")
    wait_for(lambda: opened.state == "opening")
    opened.openCase("knee2")
    wait_for(lambda: opened.case is not None and opened.case.name == "knee2" and not opened.busy)
    assert asked.count("bring") == 2, "a second wish for what is on its way changes nothing"


@pytest.mark.parametrize("way", ["next", "previous", "close", "row"])
def test_a_note_that_is_being_written_stays_with_its_case(panel, opened, studies, click, wait_for, slicer, way):
    from PySide6 import QtCore, QtTest

    show(panel, opened, wait_for, "knee2")
    note = panel.ui.caseNoteEdit
    panel.parent.activateWindow()
    note.setFocus()
    slicer.app.processEvents()
    QtTest.QTest.keyClicks(note, "motion")
    if way == "close":
        path, reader = opened.list.path, opened.list.reader
        panel.ui.closeWorklistButton.clicked.emit()  # as on macOS, where a button takes no focus
        wait_for(lambda: opened.list is None)
        assert read_worklist(path).case("knee2").work(reader).note == "motion"
        return
    if way == "row":
        panel.ui.casesTable.cellActivated.emit(row_of(panel, "knee1"), 0)
    else:
        key = {"next": QtCore.Qt.Key_PageDown, "previous": QtCore.Qt.Key_PageUp}[way]
        QtTest.QTest.keyClick(note, key, QtCore.Qt.ControlModifier)
    wait_for(lambda: opened.case is not None and opened.case.name != "knee2" and not opened.busy)
    assert cell(panel, "knee2", 3) == "motion" and panel.ui.caseNoteEdit.text == ""
    assert opened.case.work(opened.list.reader).note == ""


def test_a_scene_that_is_closed_while_a_case_is_left_harms_nothing(panel, opened, studies, click, wait_for, slicer):
    """The version is on its way when the scene goes: no answer that comes later may trip over it."""
    draw(opened.saving.node)
    heard = []
    click(panel.ui.nextCaseButton)
    opened.process.ask("write", {"path": str(studies / "later.txt")}, b"x", onDone=heard.append)
    slicer.mrmlScene.Clear(False)
    time.sleep(1.5)  # all answers lie in the pipe together
    wait_for(lambda: not opened.process.busy)
    assert heard and opened.case is None and not opened.busy
    assert "‘knee1’ was saved" in panel.ui.worklistStatus.text and panel.ui.worklistProblem.text == ""
    assert volume_of(saved(studies, "knee1", opened.list.reader, "v001"), "femur") > 12 * 12 * 6
    show(panel, opened, wait_for, "knee1")
    assert "as you left it" in panel.ui.worklistStatus.text


def test_one_answer_that_leads_to_an_error_takes_no_other_with_it(panel, opened, tmp_path, monkeypatch, wait_for):
    import sys

    told, heard = [], []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: told.append(error))

    def fail(answer):
        raise ValueError("a fault in a callback")

    for number, callback in enumerate((fail, heard.append, fail, heard.append)):
        opened.process.ask("write", {"path": str(tmp_path / f"{number}.txt")}, b"x", onDone=callback)
    time.sleep(1.5)
    wait_for(lambda: not opened.process.busy)
    assert len(heard) == 2 and told
    for callback in (fail, heard.append):
        opened.process.ask("write", {"path": str(tmp_path / "x.txt")}, b"x", onDone=callback, onError=callback)
    with pytest.raises(ValueError, match="a fault"):
        opened.process._ended("it was killed")
    assert len(heard) == 3 and not opened.process.busy
