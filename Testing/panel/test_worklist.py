"""An annotator's sitting on the panel: cases come and go, nothing that was drawn is dropped, bad cases are told."""

import json
import os
import shutil
import time
from pathlib import Path

import handmade
import nibabel
import numpy as np
import pytest
from nodes import AXES, affine_around_origin, matrix_of

from OrthoDiffusionLib.annotation.case import Case, CaseState
from OrthoDiffusionLib.annotation.case_folder import CaseFolder
from OrthoDiffusionLib.annotation.layers_file import read_layers
from OrthoDiffusionLib.annotation.worklist import Worklist
from OrthoDiffusionLib.annotation.worklist_file import read_worklist, write_worklist
from OrthoDiffusionLib.findings import Analysis
from OrthoDiffusionLib.lab.corrections.worklist_cases import structures_of_layers
from OrthoDiffusionLib.volumes import Geometry

SHAPE = (40, 40, 12)


def write_case(folder, name):
    """A study of one sagittal image."""
    (folder / name).mkdir(parents=True)
    affine = affine_around_origin(AXES["sagittal"], (1.5, 1.5, 4.0), SHAPE)
    voxels = (np.arange(np.prod(SHAPE)) % 700).astype(np.int16).reshape(SHAPE)
    nibabel.save(nibabel.Nifti1Image(voxels, affine), folder / name / "sag_fs.nii.gz")


def label_map(folder, name, half=6):
    """A label map of femur and a structure nobody knows, to start from."""
    affine = affine_around_origin(AXES["sagittal"], (1.5, 1.5, 4.0), SHAPE)
    labels = np.zeros(SHAPE, np.uint8)
    labels[20 - half : 20 + half, 20 - half : 20 + half, 3:9] = 1
    labels[2:5, 2:5, 2:5] = 77
    nibabel.save(nibabel.Nifti1Image(labels, affine), folder / name / "sag_fs_seg.nii.gz")


@pytest.fixture
def studies(tmp_path):
    folder = tmp_path / "studies"
    for name in ("knee1", "knee2", "knee3"):
        write_case(folder, name)
        label_map(folder, name)
    return folder


@pytest.fixture
def worklists(panel, slicer):
    panel.session.worklists.background.wanted = False
    panel.ui.worklistButton.collapsed = False
    panel.parent.show()
    slicer.app.processEvents()
    return panel.session.worklists


@pytest.fixture
def opened(panel, worklists, studies, click, wait_for):
    """A worklist of three cases, the first of them open."""
    panel.sections.worklist.askFolder = lambda title: str(studies)
    click(panel.ui.newFromFolderButton)
    assert panel.ui.worklistProblem.text == ""
    click(panel.ui.nextCaseButton)
    wait_for(lambda: worklists.case is not None)
    return worklists


def home(studies):
    return studies.with_name("studies-worklist")


def row_of(panel, name):
    return panel.sections.worklist.table.names.index(name)


def cell(panel, name, column):
    return panel.ui.casesTable.item(row_of(panel, name), column).text()


def double_click(click, table, row):
    table.scrollToItem(table.item(row, 0))
    place = table.visualItemRect(table.item(row, 0)).center()
    click(table.viewport(), place)
    click(table.viewport(), place, double=True)


def draw(node, name="femur", where=(slice(2, 4), slice(2, 9), slice(2, 9))):
    """What a brush does: voxels of one segment are set, and the segment says so."""
    from OrthoDiffusionSlicer.scene.VoxelHash import labelsOfSegment

    segment = node.GetSegmentation().GetSegment(name)
    voxels, _affine = labelsOfSegment(segment)
    voxels[where] = segment.GetLabelValue()
    image = segment.GetRepresentation("Binary labelmap")
    image.GetPointData().GetScalars().Modified()
    image.Modified()


def volume_of(segmentation, key):
    return int(segmentation.mask(segmentation.segment(key)).sum())


def saved(studies, case, reader, version):
    return read_layers(home(studies) / "cases" / case / reader / version / "segmentation.seg.nrrd")


def names_in_scene(scene):
    return {scene.GetNthNode(n).GetName() for n in range(scene.GetNumberOfNodes())}


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
    assert session.volumes["sagittal"].GetAttribute("OrthoDiffusion.Case") == "knee2"


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


def test_what_cannot_be_saved_is_not_left(panel, opened, studies, click, wait_for):
    """The case's folder cannot be made: the case stays open with all that was drawn until saving works again."""
    draw(opened.saving.node)
    blocked = home(studies) / "cases" / "knee1"
    blocked.parent.mkdir(exist_ok=True)
    blocked.write_text("a file stands where the folder should be")
    click(panel.ui.nextCaseButton)
    wait_for(lambda: panel.ui.worklistProblem.text)
    assert "‘knee1’ was not saved and stays open" in panel.ui.worklistProblem.text
    assert opened.case.name == "knee1" and not opened.busy
    blocked.unlink()
    click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.case is not None and opened.case.name == "knee2" and not opened.busy)
    assert volume_of(saved(studies, "knee1", opened.list.reader, "v001"), "femur") > 12 * 12 * 6


def test_edits_are_saved_by_themselves_and_the_window_does_not_wait(panel, opened, studies, wait_for, slicer):
    autosave = home(studies) / "cases/knee1" / opened.list.reader / "autosave" / "segmentation.seg.nrrd"
    opened.saving.tick()
    wait_for(lambda: not opened.process.busy)
    assert not autosave.exists(), "nothing has changed yet"
    draw(opened.saving.node)
    opened.saving.tick()
    wait_for(autosave.exists)
    wait_for(lambda: "Saved at" in panel.ui.worklistStatus.text)
    assert volume_of(read_layers(autosave), "femur") > 12 * 12 * 6
    assert opened.saving.longestMs < 50


def place_of(layers, key):
    """Centre of a segment, RAS mm."""
    indices = np.argwhere(layers.mask(layers.segment(key))).mean(axis=0)
    return layers.geometry.affine[:3, :3] @ indices + layers.geometry.affine[:3, 3]


def moving_by(*mm):
    matrix = np.eye(4)
    matrix[:3, 3] = mm
    return matrix


def test_outlines_that_were_moved_against_their_images_are_saved_where_they_lie(
    panel, opened, studies, click, wait_for, slicer
):
    """A transform above outlines and images moves nothing in the files; one above the outlines alone does."""
    from OrthoDiffusionSlicer.annotation.SegmentLayers import layersOf
    from OrthoDiffusionSlicer.scene import Provenance

    node = opened.saving.node
    draw(node)
    both = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "shown elsewhere")
    both.SetMatrixTransformToParent(matrix_of(moving_by(50, 0, 0)))
    for one in (node, *Provenance.inputsOf(node).values()):
        one.SetAndObserveTransformNodeID(both.GetID())
    autosave = home(studies) / "cases/knee1" / opened.list.reader / "autosave" / "segmentation.seg.nrrd"
    opened.saving.tick()
    wait_for(lambda: autosave.exists() and not opened.process.busy)
    before = place_of(read_layers(autosave), "femur")
    assert before == pytest.approx(place_of(layersOf(node), "femur"), abs=1e-3)

    alone = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "moved")
    alone.SetMatrixTransformToParent(matrix_of(moving_by(50, 7, 0)))
    node.SetAndObserveTransformNodeID(alone.GetID())
    click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.case is not None and opened.case.name == "knee2" and not opened.busy)
    after = place_of(saved(studies, "knee1", opened.list.reader, "v001"), "femur")
    assert after - before == pytest.approx([0, 7, 0], abs=1e-3)


def test_outlines_that_a_transform_bends_keep_the_case_open(panel, opened, studies, click, wait_for, slicer):
    draw(opened.saving.node)
    bent = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLBSplineTransformNode", "warp")
    opened.saving.node.SetAndObserveTransformNodeID(bent.GetID())
    opened.saving.tick()
    wait_for(lambda: panel.ui.worklistProblem.text)
    assert "‘warp’" in panel.ui.worklistProblem.text and "harden" in panel.ui.worklistProblem.text
    click(panel.ui.nextCaseButton)
    assert opened.case.name == "knee1"
    opened.saving.node.SetAndObserveTransformNodeID(None)
    click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.case is not None and opened.case.name == "knee2" and not opened.busy)
    assert volume_of(saved(studies, "knee1", opened.list.reader, "v001"), "femur") > 12 * 12 * 6


def test_a_full_disk_while_saving_is_told_and_repaired_by_a_button(panel, opened, studies, click, wait_for):
    autosave = home(studies) / "cases/knee1" / opened.list.reader / "autosave"
    draw(opened.saving.node)
    opened.saving.tick()
    wait_for(lambda: autosave.exists() and not opened.process.busy)
    before = (autosave / "segmentation.seg.nrrd").read_bytes()
    draw(opened.saving.node, where=(slice(0, 2), slice(0, 9), slice(0, 9)))
    (autosave / "reading.json").unlink()
    (autosave / "reading.json").mkdir()  # what cannot be replaced, as on a full or locked disk
    opened.saving.tick()
    wait_for(lambda: panel.ui.worklistProblem.text)
    assert panel.ui.retrySavingButton.visible and opened.case.name == "knee1"
    assert (autosave / "segmentation.seg.nrrd").read_bytes() == before
    (autosave / "reading.json").rmdir()
    click(panel.ui.retrySavingButton)
    wait_for(lambda: panel.ui.worklistProblem.text == "" and not opened.process.busy)
    assert (autosave / "segmentation.seg.nrrd").read_bytes() != before


def test_closing_the_scene_saves_the_case(panel, opened, studies, wait_for, slicer):
    draw(opened.saving.node)
    slicer.mrmlScene.Clear(False)
    assert opened.case is None
    wait_for(lambda: not opened.process.busy)
    assert volume_of(saved(studies, "knee1", opened.list.reader, "v001"), "femur") > 12 * 12 * 6
    assert "‘knee1’ was saved" in panel.ui.worklistStatus.text


def test_deleted_outlines_are_told(panel, opened, slicer):
    slicer.mrmlScene.RemoveNode(opened.saving.node)
    opened.saving.tick()
    assert "deleted from the scene" in panel.ui.worklistProblem.text


def test_a_module_that_is_closed_leaves_everything_on_the_disk(panel, opened, studies):
    draw(opened.saving.node)
    path, reader = opened.list.path, opened.list.reader
    panel.cleanup()
    layers = read_layers(home(studies) / "cases/knee1" / reader / "autosave" / "segmentation.seg.nrrd")
    assert volume_of(layers, "femur") > 12 * 12 * 6
    from OrthoDiffusionLib.annotation.lock import WorklistLock

    WorklistLock(path, "next").release()
    assert read_worklist(path).case("knee1").state(reader) is CaseState.IN_PROGRESS


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


def test_a_coarse_and_a_fine_segment_are_kept_on_the_fine_grid(panel, opened):
    """As after an analysis of a case that began with a label map in thick slices."""
    from OrthoDiffusionSlicer.annotation.SegmentLayers import fill, imageOf, layersOf

    node = opened.saving.node
    thick = layersOf(node)
    fine = Geometry.from_box((-20.0,) * 3, (20.0,) * 3, 1.0)
    ball = np.zeros(fine.shape, np.uint8)
    ball[15:25, 15:25, 15:25] = 1
    import slicer

    segment = slicer.vtkSegment()
    segment.SetName("Ball")
    segment.AddRepresentation("Binary labelmap", imageOf(ball, fine))
    node.GetSegmentation().AddSegment(segment, "ball")
    both = layersOf(node)
    assert both.geometry.spacing_mm == pytest.approx(1.0)
    assert both.mask(both.segment("Ball")).sum() == ball.sum()
    femur = both.mask(both.segment("femur")).sum() * both.geometry.voxel_volume_mm3
    assert femur == pytest.approx(thick.mask(thick.segment("femur")).sum() * thick.geometry.voxel_volume_mm3, rel=0.15)
    fill(node, both)
    assert layersOf(node).mask(both.segment("Ball")).sum() == ball.sum()


def correct_slices(panel, opened, wait_for, click):
    """Show the outlines of the open case in the sagittal slices and draw there; returns the correction."""
    from OrthoDiffusionSlicer.scene.VoxelHash import labelsOfSegment

    wait_for(lambda: panel.session.volumes.get("sagittal") is not None)
    click(panel.ui.correctSlicesButton)
    wait_for(lambda: opened.correction.active and not opened.correction.busy)
    segment = opened.correction.node.GetSegmentation().GetSegment("femur")
    voxels, _affine = labelsOfSegment(segment)
    voxels[5:8, 26:30, 14:26] = segment.GetLabelValue()
    image = segment.GetRepresentation("Binary labelmap")
    image.GetPointData().GetScalars().Modified()
    image.Modified()
    return opened.correction


@pytest.fixture
def editor(panel):
    from slicerhost import segmenteditor

    window = segmenteditor.open_main_window(panel)
    yield window
    segmenteditor.close_main_window(window)


def test_a_correction_that_is_being_drawn_goes_with_the_case(panel, editor, opened, studies, click, wait_for):
    correct_slices(panel, opened, wait_for, click)
    editor.selectModule("OrthoDiffusion")
    click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.case is not None and opened.case.name == "knee2" and not opened.busy)
    assert volume_of(saved(studies, "knee1", opened.list.reader, "v001"), "femur") > 12 * 12 * 6
    assert not opened.correction.active


def test_a_correction_finds_its_segments_again_when_their_order_has_changed(
    panel, editor, opened, studies, click, wait_for
):
    from OrthoDiffusionSlicer.annotation.SegmentLayers import layersOf

    correct_slices(panel, opened, wait_for, click)
    segments = opened.saving.node.GetSegmentation()
    segment, before = segments.GetSegment("femur"), layersOf(opened.saving.node)
    segments.RemoveSegment("femur")
    segments.AddSegment(segment, "femur")
    assert list(segments.GetSegmentIDs()) == ["label_77", "femur"]
    editor.selectModule("OrthoDiffusion")
    click(panel.ui.applySlicesButton)
    wait_for(lambda: not opened.correction.active)
    assert panel.ui.slicesStatus.text == "Corrected: Femur."
    after = layersOf(opened.saving.node)
    other, femur = ([layers.mask(layers.segment(key)) for layers in (before, after)] for key in ("Label 77", "femur"))
    assert (other[0] == other[1]).all() and other[0].any()
    assert (femur[1] >= femur[0]).all() and femur[1].sum() > femur[0].sum(), "only what was drawn has come"


def test_a_full_temporary_disk_leaves_case_and_correction_open_and_the_buttons_at_work(
    panel, editor, opened, studies, click, wait_for, slicer, tmp_path, monkeypatch
):
    with monkeypatch.context() as patch:
        patch.setattr(slicer.app, "temporaryPath", str(tmp_path / "gone"))
        click(panel.ui.correctSlicesButton)
        assert "No temporary folder can be made" in panel.ui.slicesStatus.text
        assert not opened.correction.busy and not opened.correction.active
    correct_slices(panel, opened, wait_for, click)
    editor.selectModule("OrthoDiffusion")
    with monkeypatch.context() as patch:
        patch.setattr(slicer.app, "temporaryPath", str(tmp_path / "gone"))
        click(panel.ui.nextCaseButton)
        assert "stays open" in panel.ui.worklistProblem.text and "Free some disk space" in panel.ui.worklistProblem.text
        assert opened.case.name == "knee1" and opened.correction.active and not opened.busy
    click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.case is not None and opened.case.name == "knee2" and not opened.busy)
    assert volume_of(saved(studies, "knee1", opened.list.reader, "v001"), "femur") > 12 * 12 * 6


def test_a_full_temporary_disk_costs_the_surfaces_alone(opened, slicer, tmp_path, monkeypatch):
    monkeypatch.setattr(slicer.app, "temporaryPath", str(tmp_path / "gone"))
    opened.surfaces.make(opened.saving.node)
    assert not opened.surfaces.busy


def test_two_segments_of_one_name_keep_their_own_voxels(opened, slicer):
    """The second one is a part of the grid: it is made larger before the change is written."""
    from OrthoDiffusionSlicer.annotation import FlatLabels
    from OrthoDiffusionSlicer.annotation.SegmentLayers import imageOf, layersOf

    node = opened.saving.node
    grid = layersOf(node).geometry
    segment = slicer.vtkSegment()
    segment.SetName("Femur")
    segment.AddRepresentation(
        "Binary labelmap", imageOf(np.ones((4, 4, 4), np.uint8), grid.cropped((0,) * 3, (4,) * 3))
    )
    node.GetSegmentation().AddSegment(segment, "second")
    layers = layersOf(node)
    before = FlatLabels.flat(layers)
    after = before.copy(order="F")
    after[-1, -1, -1] = [record.id for record in layers.segments].index("second") + 1
    FlatLabels.write(node, layers, before, after)
    now = layersOf(node)
    masks = {record.id: now.mask(record) for record in now.segments}
    assert masks["second"].sum() == 4**3 + 1 and masks["second"][-1, -1, -1]
    assert (masks["femur"] == layers.mask(layers.segment("femur"))).all()


def test_a_correction_that_is_being_drawn_is_saved_by_itself_and_comes_back(
    panel, editor, opened, studies, click, wait_for, slicer
):
    correct_slices(panel, opened, wait_for, click)
    opened.saving.tick()
    slices = home(studies) / "cases/knee1" / opened.list.reader / "slices" / "segmentation.seg.nrrd"
    wait_for(lambda: slices.is_file() and not opened.process.busy)
    slicer.mrmlScene.Clear(False)  # without applying it, as when Slicer is killed
    wait_for(lambda: not opened.process.busy)
    editor.selectModule("OrthoDiffusion")
    double_click(click, panel.ui.casesTable, row_of(panel, "knee1"))
    wait_for(lambda: opened.correction.active and not opened.correction.busy)
    assert opened.case.name == "knee1" and "was not applied yet" in panel.ui.worklistStatus.text
    click(panel.ui.applySlicesButton)
    wait_for(lambda: not opened.correction.active)
    assert "Corrected: Femur" in panel.ui.slicesStatus.text
    wait_for(lambda: not slices.exists())


def test_a_discarded_correction_does_not_come_back(panel, editor, opened, studies, click, wait_for, slicer):
    """Neither by a save that is on its way, nor by one that failed and is tried again."""
    reader = opened.list.reader
    slices = home(studies) / "cases/knee1" / reader / "slices"
    correct_slices(panel, opened, wait_for, click)
    opened.saving.tick()
    editor.selectModule("OrthoDiffusion")
    click(panel.ui.discardSlicesButton)
    wait_for(lambda: not opened.process.busy)
    assert not slices.exists()
    slices.parent.mkdir(parents=True, exist_ok=True)
    slices.write_text("a file stands where the folder should be")
    correct_slices(panel, opened, wait_for, click)
    opened.saving.tick()
    wait_for(lambda: panel.ui.worklistProblem.text and not opened.process.busy)
    editor.selectModule("OrthoDiffusion")
    click(panel.ui.discardSlicesButton)
    wait_for(lambda: not opened.process.busy)
    slices.unlink(missing_ok=True)
    click(panel.ui.retrySavingButton)
    wait_for(lambda: not opened.process.busy)
    assert not slices.exists()
    show(panel, opened, wait_for, "knee2")
    show(panel, opened, wait_for, "knee1")
    assert not opened.correction.active and "not applied" not in panel.ui.worklistStatus.text


# With an analysis


@pytest.fixture
def analysed_folder(tmp_path):
    return handmade.save_results(tmp_path / "analysed")


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


# What belongs to the open case


@pytest.fixture
def with_findings(panel, opened, studies, analysed_folder, wait_for, click):
    """The first case open with an analysis of its own, nothing decided yet."""
    for name in ("knee1", "knee2"):
        shutil.copytree(analysed_folder, home(studies) / "cases" / name / "analysis")
    show(panel, opened, wait_for, "knee2")
    show(panel, opened, wait_for, "knee1")
    assert panel.ui.findingsTable.rowCount == 8
    return opened


def show(panel, worklists, wait_for, name):
    """Open a case by its line."""
    panel.ui.casesTable.cellActivated.emit(row_of(panel, name), 0)
    wait_for(lambda: worklists.case is not None and worklists.case.name == name and not worklists.busy)


def decide(panel, click, key="joint_effusion"):
    panel.ui.findingsTable.cellClicked.emit(panel.sections.findings.table.rowOf(key), 0)
    click(panel.ui.rejectButton)


def read_decisions(studies, reader, folder, case="knee1"):
    path = home(studies) / "cases" / case / reader / folder / "reading.json"
    return json.loads(path.read_text(encoding="utf-8"))["reviews"]


def versions(studies, worklists, case="knee1"):
    folder = home(studies) / "cases" / case / worklists.list.reader
    return sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []


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


def test_a_visit_without_a_change_makes_no_version(panel, with_findings, studies, click, wait_for):
    decide(panel, click)
    show(panel, with_findings, wait_for, "knee2")
    assert versions(studies, with_findings) == ["v001"]
    show(panel, with_findings, wait_for, "knee1")
    assert panel.session.results.row("joint_effusion").readerWord == "negative"
    show(panel, with_findings, wait_for, "knee2")
    assert versions(studies, with_findings) == ["v001"]


def analyze(panel, click, wait_for):
    """The user analyzes what is open."""
    before = panel.session.results
    panel.session.parameters.show3D = False
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.session.results not in (None, before) and not panel.run.busy)


def test_outlines_that_an_analysis_made_beside_those_in_work_are_saved_as_well(
    panel, opened, studies, click, wait_for, slicer
):
    from OrthoDiffusionSlicer.annotation.SegmentEditor import editorNode

    reader, drawn_in = opened.list.reader, opened.saving.node
    editor = editorNode(slicer.mrmlScene)
    editor.SetAndObserveSegmentationNode(drawn_in)
    editor.SetActiveEffectName("Paint")
    analyze(panel, click, wait_for)
    predicted = panel.session.results.segmentation
    assert predicted is not drawn_in
    wait_for(lambda: not opened.process.busy)
    draw(drawn_in)
    draw(predicted, "tibia", (slice(0, 5), slice(0, 5), slice(0, 5)))
    opened.saving.tick()
    wait_for(lambda: not opened.process.busy)
    editor.SetActiveEffectName("")
    for folder in ("autosave", "v001"):
        if folder == "v001":
            click(panel.ui.nextCaseButton)
            wait_for(lambda: opened.case is not None and opened.case.name == "knee2" and not opened.busy)
        layers = saved(studies, "knee1", reader, folder)
        names = {record.name: record for record in layers.segments}
        assert {"Femur", "Femur (new prediction)", "Tibia", "Label 77"} <= set(names)
        assert layers.mask(names["Tibia"]).sum() == 24**3 + 5**3, "the prediction and what was drawn on it"
        millilitres = layers.mask(names["Femur"]).sum() * layers.geometry.voxel_volume_mm3 / 1000
        assert millilitres > 12 * 12 * 6 * 9 / 1000 * 1.05, "what was drawn is there"
    show(panel, opened, wait_for, "knee1")
    assert opened.saving.node.GetSegmentation().GetSegmentIdBySegmentName("Femur (new prediction)")


def test_outlines_analyzed_anew_after_all_were_deleted_are_saved(panel, opened, studies, click, wait_for, slicer):
    slicer.mrmlScene.RemoveNode(opened.saving.node)
    opened.saving.tick()
    analyze(panel, click, wait_for)
    wait_for(lambda: not opened.process.busy)
    assert panel.ui.worklistProblem.text == ""
    click(panel.ui.nextCaseButton)
    wait_for(lambda: opened.case is not None and opened.case.name == "knee2" and not opened.busy)
    assert saved(studies, "knee1", opened.list.reader, "v001").segment("tibia") is not None


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


def test_outlines_that_were_all_deleted_do_not_come_back(panel, opened, studies, click, wait_for):
    """First the segments, in the second case their voxels alone."""
    reader = opened.list.reader
    opened.saving.node.GetSegmentation().RemoveAllSegments()
    opened.saving.tick()
    wait_for(lambda: not opened.process.busy)
    assert saved(studies, "knee1", reader, "autosave").segments == ()
    show(panel, opened, wait_for, "knee2")
    segmentation = opened.saving.node.GetSegmentation()
    for name in segmentation.GetSegmentIDs():
        segmentation.GetSegment(name).RemoveRepresentation("Binary labelmap")
    show(panel, opened, wait_for, "knee1")
    assert "as you left it" in panel.ui.worklistStatus.text
    assert opened.saving.node.GetSegmentation().GetNumberOfSegments() == 0
    layers = saved(studies, "knee2", reader, "v001")
    assert {record.name for record in layers.segments} == {"Femur", "Label 77"} and not layers.arrays[0].any()
    show(panel, opened, wait_for, "knee2")
    segments = opened.saving.node.GetSegmentation().GetNumberOfSegments()
    assert segments == 2 and versions(studies, opened, "knee1") == versions(studies, opened, "knee2") == ["v001"]


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
