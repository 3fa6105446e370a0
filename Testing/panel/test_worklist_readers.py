"""Readers have versions and decisions of their own, and own structures keep their values."""

import json

import numpy as np
from nodes import AXES, affine_around_origin
from worklist_sitting import (
    SHAPE,
    cell,
    decide,
    double_click,
    draw,
    home,
    names_in_scene,
    saved,
    show,
    versions,
    volume_of,
)

from OrthoDiffusionLib.annotation.worklist_file import read_worklist
from OrthoDiffusionLib.volumes import Geometry


def test_own_structures_have_the_same_value_in_every_case(panel, opened, studies, click, wait_for):
    panel.ui.ownStructureEdit.text = "plica"
    click(panel.ui.addStructureButton)
    assert panel.ui.ownStructureEdit.text == ""
    for number in (1, 2):
        wait_for(lambda n=number: opened.case is not None and opened.case.name == f"knee{n}" and not opened.busy)
        node = opened.saving.node
        segmentation = node.GetSegmentation()
        name = segmentation.GetSegmentIdBySegmentName("plica")
        assert name, "the structure is there in each case"
        mask = np.zeros(SHAPE[::-1], np.uint8)
        mask[8:10, 30:34, 30:34] = 1
        from OrthoDiffusionSlicer.annotation.SegmentLayers import imageOf

        image = imageOf(mask.T, Geometry(SHAPE, affine_around_origin(AXES["sagittal"], (1.5, 1.5, 4.0), SHAPE)))
        segment = segmentation.GetSegment(name)
        segment.SetLabelValue(1)  # as the Segment Editor leaves a segment in a layer of its own
        segment.AddRepresentation("Binary labelmap", image)
        click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.case is not None and opened.case.name == "knee3" and not opened.busy)
    for name in ("knee1", "knee2"):
        layers = saved(studies, name, opened.list.reader, "v001")
        assert layers.segment("plica").label == 101 and layers.segment("femur").label == 1
        assert layers.segment("Label 77").label == 77 and len(layers.arrays) == 1
        assert volume_of(layers, "plica") == 2 * 4 * 4


def test_two_readers_have_versions_of_their_own_and_a_final_one(
    panel, opened, studies, click, wait_for, slicer, monkeypatch
):
    draw(opened.saving.node)
    first = opened.list.reader
    panel.ui.readerEdit.text = "Second Reader"
    panel.ui.readerEdit.editingFinished.emit()
    wait_for(lambda: opened.list is not None and opened.list.reader == "Second_Reader")
    assert cell(panel, "knee1", 0) == "○", "the second reader has not begun"
    click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.case is not None and not opened.busy)
    assert opened.case.name == "knee1" and "label map that came with it" in panel.ui.worklistStatus.text
    draw(opened.saving.node, where=(slice(9, 11), slice(2, 9), slice(2, 9)))
    click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.case is not None and opened.case.name == "knee2" and not opened.busy)
    assert opened.list.folder(opened.list.worklist.case("knee1")).readers() == sorted([first, "Second_Reader"])
    one, two = (saved(studies, "knee1", reader, "v001") for reader in (first, "Second_Reader"))
    assert not np.array_equal(one.arrays[0], two.arrays[0])
    # Compared, and a final version put together structure by structure.
    click(panel.ui.previousCaseButton)
    wait_for(lambda: opened.case is not None and opened.case.name == "knee1" and not opened.busy)
    assert panel.ui.otherReaderSelector.currentText == first and not panel.ui.readersTable.visible
    with monkeypatch.context() as patch:  # a full temporary disk
        patch.setattr(slicer.app, "temporaryPath", "/nowhere")
        click(panel.ui.compareReadersButton)
        wait_for(lambda: opened.readers.problem is not None and not opened.readers.busy)
        assert "temporary folder" in str(opened.readers.problem) and not opened.readers.rows
    click(panel.ui.compareReadersButton)
    wait_for(lambda: opened.readers.rows and not opened.readers.busy)
    table = panel.ui.readersTable
    lines = {table.item(row, 0).text(): [table.item(row, column).text() for column in range(1, 5)]
             for row in range(table.rowCount)}  # fmt: skip
    assert 0.8 < float(lines["Femur"][0]) < 1.0 and float(lines["Femur"][1]) > 0
    assert lines["Label 77"][0] == "0.50" and lines["Label 77"][3] == "Second_Reader", "the first had drawn over it"
    assert opened.readers.node.GetSegmentation().GetNumberOfSegments() == 2, "the other reader's outlines are shown"
    femur = next(row for row in range(table.rowCount) if table.item(row, 0).text() == "Femur")
    double_click(click, table, femur)
    assert table.item(femur, 4).text() == first
    click(panel.ui.finalButton)
    wait_for(lambda: opened.case.final is not None)
    assert cell(panel, "knee1", 0).endswith("★") and "counts now" in panel.ui.readersStatus.text
    final = saved(studies, "knee1", "final", "v001")
    femurs = [layers.mask(layers.segment("femur")) for layers in (final, one, two)]
    assert np.array_equal(femurs[0], femurs[1]) and not np.array_equal(femurs[0], femurs[2])
    record = json.loads((home(studies) / "cases/knee1/final/v001/final.json").read_text())
    assert (record["reader"], record["sources"]) == ("Second_Reader", {"femur": first}) and record["time"]
    click(panel.ui.closeWorklistButton)
    wait_for(lambda: opened.list is None)
    assert read_worklist(home(studies) / "worklist.json").case("knee1").final.version == 1
    assert "Second_Reader" not in " ".join(names_in_scene(slicer.mrmlScene)), "the other's outlines went with the case"


def read_decisions(studies, reader, folder, case="knee1"):
    path = home(studies) / "cases" / case / reader / folder / "reading.json"
    return json.loads(path.read_text(encoding="utf-8"))["reviews"]


def test_decisions_on_another_study_are_not_written_into_the_open_case(
    panel, knee, with_findings, studies, click, wait_for
):
    session, own = panel.session, panel.session.results.table
    decide(panel, click, "joint_effusion")
    session.parameters.show3D = False
    for plane, node in knee.items():
        session.chooseVolume(plane, node)
    click(panel.ui.analyzeButton)
    wait_for(lambda: session.results is not None and session.results.table is not own and not panel.run.busy)
    panel.ui.correctionsButton.collapsed = False
    assert panel.ui.exportCaseEdit.text != "knee1", "these outlines are not those of the case"
    decide(panel, click, "anterior_cruciate_ligament_injury")
    draw(with_findings.saving.node)
    with_findings.saving.tick()
    wait_for(lambda: versions(studies, with_findings) == ["autosave"] and not with_findings.process.busy)
    reviews = read_decisions(studies, with_findings.list.reader, "autosave")
    assert list(reviews) == ["joint_effusion"], "the case's own decision, and none on the other study"


def test_decisions_stay_while_the_analysis_cannot_be_read(panel, with_findings, studies, click, wait_for):
    reader = with_findings.list.reader
    decide(panel, click)
    show(panel, with_findings, wait_for, "knee2")
    analysis = home(studies) / "cases" / "knee1" / "analysis"
    analysis.rename(analysis.with_name("elsewhere"))
    show(panel, with_findings, wait_for, "knee1")
    draw(with_findings.saving.node)
    show(panel, with_findings, wait_for, "knee2")
    assert versions(studies, with_findings) == ["v001", "v002"]
    assert read_decisions(studies, reader, "v002") == read_decisions(studies, reader, "v001") != {}
    analysis.with_name("elsewhere").rename(analysis)
    show(panel, with_findings, wait_for, "knee1")
    assert panel.session.results.row("joint_effusion").readerWord == "negative"


def test_a_scene_that_is_closed_while_a_final_version_is_made_leaves_the_buttons_at_work(
    panel, opened, studies, wait_for, slicer
):
    draw(opened.saving.node)
    opened.readers.finalise()
    assert opened.readers.busy
    slicer.mrmlScene.Clear(False)
    wait_for(lambda: not opened.process.busy)
    assert not opened.readers.busy
    show(panel, opened, wait_for, "knee1")
    opened.readers.finalise()
    wait_for(lambda: opened.case.final is not None)
