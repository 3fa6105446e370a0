"""The report on the panel: what it says, what a click on it does, what the reader writes, what is saved."""

import csv
import json
import sys
from dataclasses import replace
from pathlib import Path

import handmade
import pytest
from nodes import add_volume

from OrthoDiffusionLib.findings import Measurement


@pytest.fixture
def analyzed(analyzed):
    analyzed.ui.reportButton.collapsed = False
    return analyzed


def text(panel):
    return panel.ui.reportText.plainText


def put_cursor(panel, words):
    """A click into the line that begins with these words."""
    cursor = panel.ui.reportText.textCursor()
    cursor.setPosition(text(panel).index(words) + 3)
    panel.ui.reportText.setTextCursor(cursor)


def decide(panel, key, button):
    row = panel.sections.findings.table.rowOf(key)
    panel.ui.findingsTable.setCurrentCell(row, 0)
    panel.ui.findingsTable.cellClicked.emit(row, 0)
    button.click()


def test_without_results_there_is_no_report(panel):
    assert panel.ui.reportButton.collapsed and not panel.ui.reportButton.enabled
    assert text(panel) == "" and panel.session.report is None


def test_the_text_is_the_librarys_and_follows_each_decision(analyzed):
    before = text(analyzed)
    assert before.startswith("RIGHT KNEE, MRI\nResearch use only, not a diagnosis.\n")
    assert "Joint effusion: positive, probability 0.93 (threshold 0.50)." in before
    assert "The volume has only 12 slices (cor_fs)." in before
    decide(analyzed, "joint_effusion", analyzed.ui.rejectButton)
    assert "Joint effusion: negative, says the reader; the model says positive (probability 0.93)." in text(analyzed)
    analyzed.session.undoReview()
    assert text(analyzed) == before


def test_a_click_on_a_sentence_chooses_the_row_of_its_finding(analyzed):
    put_cursor(analyzed, "Medial meniscus injury")
    assert analyzed.session.finding.key == "medial_meniscus_injury"
    assert analyzed.ui.findingsTable.currentRow() == analyzed.sections.findings.table.rowOf("medial_meniscus_injury")
    put_cursor(analyzed, "Not looked for")
    assert analyzed.session.finding.key == "medial_meniscus_injury", "a line about no finding changes nothing"


def test_the_text_goes_to_the_clipboard(analyzed, click):
    import qt

    click(analyzed.ui.copyReportButton)
    assert qt.QApplication.clipboard().text() == text(analyzed)


def test_what_the_reader_writes_is_kept_and_never_overwritten_but_said_to_be_old(analyzed, click):
    assert not analyzed.ui.renewReportButton.enabled
    analyzed.ui.reportText.setPlainText("My own words.\nSecond line.")
    analyzed.session.checkPackages()
    assert text(analyzed) == "My own words.\nSecond line." and "have changed" not in analyzed.ui.reportStatus.text
    decide(analyzed, "joint_effusion", analyzed.ui.rejectButton)
    assert text(analyzed) == "My own words.\nSecond line."
    assert "The findings have changed since this text was edited" in analyzed.ui.reportStatus.text
    click(analyzed.ui.renewReportButton)
    assert "Joint effusion: negative, says the reader" in text(analyzed) and analyzed.ui.reportStatus.text == ""


def test_it_survives_a_new_analysis_and_the_scene_file(slicer, analyzed, click, wait_for, tmp_path):
    analyzed.ui.reportText.setPlainText("My own: words;\nkept, ‘here’.")
    before = analyzed.session.results
    click(analyzed.ui.analyzeButton)
    wait_for(lambda: analyzed.session.results not in (None, before) and not analyzed.run.busy)
    assert text(analyzed) == "My own: words;\nkept, ‘here’."
    path = str(tmp_path / "knee.mrb")
    assert slicer.mrmlScene.WriteToMRB(path)
    slicer.mrmlScene.Clear(False)
    assert text(analyzed) == ""
    assert slicer.mrmlScene.ReadFromMRB(path, True)
    wait_for(lambda: analyzed.ui.findingsTable.rowCount == 8)
    analyzed.ui.reportButton.collapsed = False
    assert text(analyzed) == "My own: words;\nkept, ‘here’."


def test_page_text_and_findings_are_saved_with_the_reviews_into_a_new_folder(
    slicer, analyzed, click, tmp_path, monkeypatch
):
    import qt

    window = qt.QMainWindow()
    views = qt.QLabel("views", window)
    window.setCentralWidget(views)
    window.resize(200, 100)
    monkeypatch.setattr(slicer.util, "mainWindow", lambda: window)
    monkeypatch.setattr(slicer.app.layoutManager(), "views", views)
    decide(analyzed, "joint_effusion", analyzed.ui.rejectButton)
    analyzed.sections.report.askFolder = lambda title: str(tmp_path)
    click(analyzed.ui.saveReportButton)
    click(analyzed.ui.saveReportButton)
    folders = sorted(tmp_path.glob("knee_right_20*"))
    assert len(folders) == 2, "nothing that is there is replaced"
    assert str(folders[-1]) in analyzed.ui.reportStatus.text
    page = (folders[0] / "report.html").read_text(encoding="utf-8")
    assert "data:image/png;base64," in page and "negative, says the reader" in page
    assert (folders[0] / "report.txt").read_text(encoding="utf-8") == text(analyzed)
    content = json.loads((folders[0] / "findings.json").read_text(encoding="utf-8"))
    reviews = {finding["name"]: finding["review"] for finding in content["findings"]}
    assert reviews["joint_effusion"]["decision"] == "rejected" and reviews["medial_meniscus_injury"] is None
    with open(folders[0] / "findings.csv", newline="", encoding="utf-8") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    assert rows["joint_effusion"]["review_word"] == "negative"


@pytest.fixture
def revising(analyzed, tmp_path):
    """The panel with DICOM objects of its analysis; its processes write down what they are asked for."""
    from OrthoDiffusionSlicer.panel import KeptObjects

    objects = tmp_path / "dicom_of_analysis"
    objects.mkdir()
    (objects / "report.dcm").touch()
    KeptObjects.note(analyzed.session.results.table, objects)
    job = analyzed.session.revision.job
    job.program = sys.executable
    job.arguments = ["-c", (
        "import json, pathlib, sys; folder = pathlib.Path(sys.argv[2]); (folder / 'dicom').mkdir()\n"
        "(folder / 'dicom' / 'report.dcm').write_text(json.dumps(sys.argv[1:]))\n"
        "print(json.dumps({'type': 'done', 'result': {'report': str(folder / 'dicom' / 'report.dcm')}}))"
    )]  # fmt: skip
    analyzed.sections.report.askFolder = lambda title: str(tmp_path)
    return analyzed


def test_a_saved_report_has_a_dicom_report_that_follows_the_one_before(revising, click, wait_for, tmp_path):
    written = []
    revising.session.revision.written.connect(written.append)
    click(revising.ui.saveReportButton)
    click(revising.ui.saveReportButton)  # perhaps before the first one is done
    wait_for(lambda: len(written) == 2 and not revising.session.revision.busy)
    first, second = (json.loads(Path(path).read_text(encoding="utf-8")) for path in written)
    assert first[2:] == ["--dicom", "--earlier", str(tmp_path / "dicom_of_analysis" / "report.dcm"), "--events"]
    assert second[2:] == ["--dicom", "--earlier", written[0], "--events"]
    assert revising.session.analysis.problem is None


def test_a_dicom_report_that_cannot_be_written_leaves_the_saved_report(revising, click, wait_for, tmp_path):
    revising.session.revision.job.arguments = ["-c", "import sys; sys.exit(1)"]
    click(revising.ui.saveReportButton)
    wait_for(lambda: revising.session.analysis.problem is not None)
    (saved,) = tmp_path.glob("knee_right_20*")
    assert (saved / "report.html").is_file() and not (saved / "dicom").exists()


def test_without_dicom_objects_a_report_is_saved_as_before(analyzed, click, tmp_path):
    analyzed.sections.report.askFolder = lambda title: str(tmp_path)
    click(analyzed.ui.saveReportButton)
    assert not analyzed.session.revision.busy and len(list(tmp_path.glob("knee_right_20*"))) == 1


def test_a_folder_that_cannot_be_written_is_said_and_nothing_is_lost(analyzed, click, tmp_path):
    (tmp_path / "file").write_text("")
    analyzed.ui.reportText.setPlainText("My own words.")
    analyzed.sections.report.askFolder = lambda title: str(tmp_path / "file")
    click(analyzed.ui.saveReportButton)
    assert "cannot be made" in analyzed.ui.problemLabel.text and text(analyzed) == "My own words."


@pytest.fixture
def prior_folder(tmp_path):
    """Results of the exam before: no effusion, thicker cartilage."""
    findings = tuple(
        replace(one, probability=0.12) if one.name == "joint_effusion" else one for one in handmade.findings()
    )
    measured = (Measurement("patellar_cartilage_thickness", 2.4, "mm"),)
    created = "2025-03-01T09:00:00+01:00"
    return str(handmade.save_results(tmp_path / "prior", findings=findings, measurements=measured, created=created))


def test_a_prior_exam_from_a_folder_stands_beside_it_and_goes_again(analyzed, click, prior_folder):
    before = text(analyzed)
    analyzed.sections.report.askFolder = lambda title: prior_folder
    click(analyzed.ui.priorFolderButton)
    assert "Compared with the exam analysed on 2025-03-01" in text(analyzed)
    assert "Joint effusion: positive, before negative. Probability 0.93, before 0.12." in text(analyzed)
    assert analyzed.ui.priorSelector.currentText == "prior"
    analyzed.ui.priorSelector.activated.emit(0)
    assert text(analyzed) == before and analyzed.session.prior is None


def test_a_prior_exam_of_the_scene_can_be_chosen_until_it_is_deleted(slicer, analyzed, prior_folder):
    from OrthoDiffusionSlicer.scene.SceneWriter import SceneWriter

    node = add_volume(slicer.mrmlScene, "last year", "sagittal")
    table = SceneWriter(slicer.mrmlScene, prior_folder, {"sagittal": node}).write().table
    analyzed.session.checkPackages()
    names = [analyzed.ui.priorSelector.itemText(index) for index in range(analyzed.ui.priorSelector.count)]
    assert names == ["none", "Knee findings_1, 2025-03-01 09:00"]
    analyzed.ui.priorSelector.activated.emit(1)
    assert "Compared with the exam analysed on 2025-03-01" in text(analyzed)
    slicer.mrmlScene.RemoveNode(table)
    assert "Compared with" not in text(analyzed) and analyzed.ui.priorSelector.count == 1


def test_a_prior_exam_of_the_other_side_is_refused_with_the_reason(analyzed, click, tmp_path):
    from OrthoDiffusionLib.anatomy import Side
    from OrthoDiffusionLib.findings import StudyRecord

    left = handmade.save_results(tmp_path / "left", study=StudyRecord("knee", Side.LEFT, "tag", dict(handmade.PLANES)))
    analyzed.sections.report.askFolder = lambda title: str(left)
    click(analyzed.ui.priorFolderButton)
    assert "of the left side, this one of the right" in analyzed.ui.problemLabel.text
    assert "Compared with" not in text(analyzed)


def test_it_is_made_anew_only_when_something_is_different(analyzed):
    report = analyzed.session.report
    analyzed.session.checkPackages()
    assert analyzed.session.report is report
    decide(analyzed, "joint_effusion", analyzed.ui.acceptButton)
    assert analyzed.session.report is not report


def test_results_of_an_earlier_version_say_that_they_hold_no_report(slicer, analyzed):
    table = analyzed.session.results.table
    table.RemoveAttribute("OrthoDiffusion.Results")
    analyzed.session.showResultsOfScene()
    assert text(analyzed) == "" and "Analyze again for a report" in analyzed.ui.reportStatus.text
    assert not analyzed.ui.saveReportButton.enabled
