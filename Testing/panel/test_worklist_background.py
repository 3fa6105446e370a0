"""The next cases are analyzed in the background."""

import time

from worklist_sitting import cell, draw, row_of, write_case

from OrthoDiffusionLib.annotation.case_folder import CaseFolder
from OrthoDiffusionLib.annotation.layers_file import read_layers
from OrthoDiffusionLib.findings import Analysis
from OrthoDiffusionLib.lab.corrections.worklist_cases import structures_of_layers


def test_the_next_cases_are_analyzed_in_the_background_and_open_with_their_outlines(
    panel, worklists, standin, tmp_path, click, wait_for, analysed_folder
):
    folder = tmp_path / "plain"
    for name in ("knee1", "knee2"):
        write_case(folder, name)
    standin.tell(folder=str(analysed_folder))
    worklists.background.wanted = True
    panel.sections.worklist.askFolder = lambda title: str(folder)
    click(panel.ui.newFromFolderButton)
    done = folder.with_name("plain-worklist") / "cases"
    wait_for(
        lambda: (done / "knee1/analysis/findings.json").is_file() and (done / "knee2/analysis/findings.json").is_file()
    )
    wait_for(lambda: all(case.uncertainty is not None for case in worklists.list.worklist.cases))
    assert 0 < worklists.list.worklist.case("knee1").uncertainty < 1 and cell(panel, "knee1", 2)
    click(panel.ui.nextCaseButton)
    wait_for(lambda: worklists.case is not None and not worklists.busy)
    assert "predicted outlines" in panel.ui.worklistStatus.text
    assert panel.ui.findingsTable.rowCount == 8
    assert worklists.saving.node.GetSegmentation().GetSegment("femur") is not None
    # A decision on a finding belongs to the case as well.
    row = panel.sections.findings.table.rowOf("joint_effusion")
    panel.ui.findingsTable.cellClicked.emit(row, 0)
    click(panel.ui.rejectButton)
    assert not panel.session.measurements.outlinesCorrected
    draw(worklists.saving.node, where=(slice(20, 30), slice(20, 30), slice(20, 30)))
    worklists.saving.node.GetSegmentation().RemoveSegment("patella")
    click(panel.ui.nextCaseButton)
    wait_for(lambda: worklists.case is not None and worklists.case.name == "knee2" and not worklists.busy)
    click(panel.ui.previousCaseButton)
    wait_for(lambda: worklists.case is not None and worklists.case.name == "knee1" and not worklists.busy)
    assert panel.session.results.row("joint_effusion").readerWord == "negative"
    version = CaseFolder(done.parent, "knee1").latest(worklists.list.reader)
    left = structures_of_layers(Analysis.load(done / "knee1/analysis"), read_layers(version.segmentation))
    assert {"femur", "patella"} <= {one.name for one in left if one.change.changed}, "deleted is known to be deleted"
    assert panel.session.measurements.outlinesCorrected, "the numbers are of the predicted outlines, and it is said"


def test_an_analysis_that_the_user_starts_does_not_wait_for_the_background(
    panel, opened, standin, wait_for, click, analysed_folder
):
    standin.tell(folder=str(analysed_folder), steps=400, pause=0.05)
    opened.setBackground(True)
    wait_for(lambda: opened.background.running is not None and panel.run.worker.busy)
    standin.tell(steps=2, pause=0.01)
    begin = time.monotonic()
    panel.session.parameters.show3D = False
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.ui.findingsTable.rowCount == 8 and not panel.run.busy)
    assert time.monotonic() - begin < 15
    wait_for(lambda: all((opened.list.folder(case).analysis / "findings.json").is_file()
                         for case in opened.list.worklist.cases))  # fmt: skip


def test_a_case_that_cannot_be_analyzed_says_so_in_its_line_and_is_not_tried_for_ever(panel, opened, wait_for):
    opened.setBackground(True)
    wait_for(lambda: all(case.problem for case in opened.list.worklist.cases))
    assert cell(panel, "knee2", 3).startswith("⚠")
    assert "cannot be analyzed" in panel.ui.casesTable.item(row_of(panel, "knee2"), 0).toolTip()
    assert opened.background.running is None and opened.case.name == "knee1"
