"""`OrthoDiffusionLogic` in the Python console: waits, shows progress, returns the nodes that the panel would make."""

import ast
import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import handmade
import numpy as np
import pytest
from nodes import AXES, add_volume, affine_around_origin, centroid_ras

from OrthoDiffusionLib.errors import OrthoDiffusionError

HERE = Path(__file__).parent


@pytest.fixture
def logic(module, standin, bundle_folder):
    logic = module.OrthoDiffusionLogic()
    logic._synchronous().worker.arguments = [str(HERE / "standin_worker.py")]
    yield logic
    logic.close()
    end = time.monotonic() + 5
    while standin.running:
        assert time.monotonic() < end, "a worker was left behind"
        time.sleep(0.01)


@pytest.fixture
def volumes(slicer):
    return {plane: add_volume(slicer.mrmlScene, name, plane) for plane, name in handmade.PLANES.items()}


def test_it_returns_the_nodes_and_shows_progress(slicer, logic, volumes, capsys):
    results = logic.analyze(**volumes, side="left")
    assert results.segmentation is slicer.util.getNode("Knee segmentation")
    femur = results.segmentation.GetSegmentation().GetSegment("femur")
    assert centroid_ras(femur) == pytest.approx(handmade.BOXES["femur"][0], abs=0.01)
    assert {row.key: row.probability for row in results.findings}["joint_effusion"] == 0.93
    assert set(results.evidence) >= {"joint_effusion"}
    assert results.warnings[0]["code"] == "few_slices"
    said = capsys.readouterr().out
    assert "Step 1" in said and "100 %" in said


def test_bundles_that_were_carried_in_are_found_without_opening_the_panel(module, monkeypatch, bundle_folder):
    from OrthoDiffusionSlicer.panel import Bundles

    assert os.environ["ORTHODIFFUSION_BUNDLES"] == str(bundle_folder)
    module.OrthoDiffusionLogic().close()
    assert Bundles.keptFolder() in os.environ["ORTHODIFFUSION_BUNDLES"].split(os.pathsep)


def test_what_the_referral_tells_goes_to_the_worker(logic, volumes, standin):
    logic.analyze(**volumes, clinical={"age": 42, "trauma": "yes"})
    assert standin.received["options"]["clinical"] == {"age": 42, "trauma": "yes"}


def test_without_arguments_it_takes_what_is_loaded(logic, volumes, standin):
    logic.analyze()
    sent = standin.received["study"]["volumes"]
    assert {entry["name"] for entry in sent} == set(handmade.PLANES.values())
    assert {entry["plane"] for entry in sent} == {None}  # nothing was named, so that nothing is forced


def test_the_worker_stays_warm_between_calls(logic, volumes, standin):
    logic.analyze(**volumes)
    logic.analyze(**volumes)
    assert len(standin.pids) == 1


def test_progress_can_be_watched_and_stopped(logic, volumes, standin, slicer):
    from OrthoDiffusionLib.progress import Cancelled

    standin.tell(pause=20)
    seen = []

    def watch(fraction, message):
        seen.append(message)
        if message == "Step 1":
            raise Cancelled

    with pytest.raises(Cancelled):
        logic.analyze(**volumes, onProgress=watch)
    assert seen == ["Reading the volumes", "Step 1"]
    assert not slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    standin.tell(pause=0)
    logic.analyze(**volumes)
    assert len(standin.pids) == 1


def test_a_scene_that_is_closed_meanwhile_ends_the_call_and_stays_empty(logic, volumes, standin, slicer):
    """The call lets the window answer, so that a user can close the scene in the middle of it."""

    def close(fraction, message):
        if message == "Step 1":
            slicer.mrmlScene.Clear(False)

    with pytest.raises(OrthoDiffusionError, match="The scene was closed"):
        logic.analyze(**volumes, onProgress=close)
    assert not slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    assert not slicer.util.getNodesByClass("vtkMRMLTableNode")
    add_volume(slicer.mrmlScene, "next", "sagittal")
    assert logic.analyze().segmentation is not None


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("crash", "a tensor had the wrong shape"),
        ("kill", "ran out of memory"),
        ("error", "The bundle is damaged"),
        ("protocol", "speaks protocol 2"),
        ("no_result", "stopped without a result"),
    ],
)
def test_trouble_is_raised_in_words_and_the_next_call_works(logic, volumes, standin, mode, said):
    standin.tell(mode=mode)
    with pytest.raises(OrthoDiffusionError, match=said):
        logic.analyze(**volumes)
    standin.tell(mode="normal")
    assert logic.analyze(**volumes).table.GetNumberOfRows() == 8


def test_a_silent_worker_is_given_up(logic, volumes, standin):
    standin.tell(mode="silent")
    logic._synchronous().worker.patience.hello = 0.5
    with pytest.raises(OrthoDiffusionError, match="did not answer"):
        logic.analyze(**volumes)


def test_slicers_window_is_repainted_while_the_console_waits(logic, volumes, standin, slicer, monkeypatch):
    standin.tell(pause=1.5, steps=2)
    painted, real = [], slicer.app.processEvents
    monkeypatch.setattr(slicer.app, "processEvents", lambda: (painted.append(time.monotonic()), real()))
    begin = time.monotonic()
    logic.analyze(**volumes)
    gaps = np.diff([begin, *painted, time.monotonic()])
    assert gaps.max() < 1.2, "the window stood still"


def test_only_the_blocking_call_repaints_by_force(module):
    """In the panel `processEvents` would let clicks in at any moment."""
    folder = Path(module.__file__).parent
    calls = {path.name for path in folder.rglob("*.py") if "processEvents()" in path.read_text(encoding="utf-8")}
    assert calls == {"SynchronousAnalysis.py"}


def test_a_second_call_while_the_first_one_waits_is_refused(logic, volumes, standin, slicer):
    """The window lives while the console waits, so a button or a timer may call again."""
    import qt

    said = []

    def again():
        with pytest.raises(OrthoDiffusionError) as caught:
            logic.analyze(**volumes)
        said.append(str(caught.value))

    standin.tell(pause=0.5)
    for moment in (0, 400):  # while the volumes are read, and while the worker computes
        qt.QTimer.singleShot(moment, again)
    results = logic.analyze(**volumes)
    assert len(said) == 2 and all("An analysis is running already" in words for words in said)
    assert results.table.GetNumberOfRows() == 8


def test_a_volume_that_is_deleted_while_the_console_waits_is_said(logic, volumes, standin, slicer):
    standin.tell(pause=0.2)

    def delete(fraction, message):
        if message == "Step 1":
            slicer.mrmlScene.RemoveNode(volumes["coronal"])

    results = logic.analyze(**volumes, onProgress=delete)
    assert any("‘cor_fs’ was deleted during the analysis" in warning["what"] for warning in results.warnings)


def test_no_process_of_ours_opens_a_console_window_on_windows(logic, volumes, monkeypatch):
    asked = []

    def start(command, **options):
        asked.append(options)
        raise OSError("enough")

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(subprocess, "CREATE_NO_WINDOW", 0x08000000, raising=False)
    monkeypatch.setattr(subprocess, "Popen", start)
    with pytest.raises(OrthoDiffusionError, match="could not be started"):
        logic.analyze(**volumes)
    assert asked[0]["creationflags"] == 0x08000000


def test_every_call_of_subprocess_in_the_module_goes_without_a_window(module):
    for path in Path(module.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("subprocess."):
                assert "**without_window()" in ast.unparse(node), f"{path.name}, line {node.lineno}"


def test_volumes_of_two_studies_are_not_mixed_without_a_word(slicer, logic, volumes, capsys):
    shift = np.eye(4)
    shift[0, 3] = 200
    left = add_volume(slicer.mrmlScene, "left sag", affine=shift @ affine_around_origin(AXES["sagittal"]))
    logic.analyze()
    assert "2 studies are loaded; ‘sag_fs’ is used" in capsys.readouterr().out
    results = logic.analyze(**{**volumes, "sagittal": left})
    assert "several_studies" in {warning["code"] for warning in results.warnings}


def test_a_heat_map_is_refused_as_an_input(slicer, logic, volumes):
    results = logic.analyze(**volumes)
    with pytest.raises(OrthoDiffusionError, match="The volume is a result of an analysis and no image"):
        logic.analyze(sagittal=results.evidence["joint_effusion"])


def test_a_result_that_is_not_to_be_used_says_so_at_the_end(logic, volumes, standin, tmp_path, capsys):
    standin.tell(results=str(handmade.save_implausible(tmp_path / "implausible")))
    results = logic.analyze(**volumes)
    assert "⚠ The femur measures 3 ml (femur). Do not use this result." in capsys.readouterr().out.splitlines()[-1]
    assert results.warnings[-1]["code"] == "implausible_result"


def test_no_volume_and_another_side_are_refused(logic, slicer):
    with pytest.raises(OrthoDiffusionError, match="No volume is loaded"):
        logic.analyze()
    with pytest.raises(ValueError, match="side must be 'right', 'left' or None"):
        logic.analyze(side="both")


def test_a_folder_of_studies_is_the_librarys_batch_told_row_by_row(logic, standin, tmp_path, capsys):
    """What the batch itself does is tested with the command, whose table and exit status are the same."""
    rows = [
        {"study": "a_first", "status": "done", "joint_effusion": "0.93", "implausible": "", "error": "", "remedy": ""},
        {"study": "b_bad", "status": "failed", "implausible": "", "error": "No volume", "remedy": "Export it again."},
    ]
    standin.tell(rows=rows)
    result = logic.analyzeFolder(tmp_path / "studies", side="left", clinical={"a_first": {"age": 42}})
    assert result.rows == rows and result.outcome.exit_status == 3
    assert capsys.readouterr().out.splitlines() == [
        "1 of 2: a_first done",
        "2 of 2: b_bad failed No volume Export it again.",
    ]
    asked = standin.received
    assert (asked["studies"], asked["out"]) == (str(tmp_path / "studies"), str(tmp_path / "studies-results"))
    assert (asked["side"], asked["bundle"], asked["clinical"]) == ("left", None, {"a_first": {"age": 42}})
    told = []
    logic.analyzeFolder(tmp_path / "studies", tmp_path / "out", onStudy=lambda *row: told.append(row[:2]))
    assert told == [(1, 2), (2, 2)] and standin.received["out"] == str(tmp_path / "out")
    assert [standin.received["options"][name] for name in ("overwrite", "dicom")] == [False, False]
    logic.analyzeFolder(tmp_path / "studies", overwrite=True, dicom=True)
    assert [standin.received["options"][name] for name in ("overwrite", "dicom")] == [True, True]


def test_the_launcher_killed_from_outside_leaves_no_orphan(logic, volumes, standin):
    """Its Python may go on and answer; it ends with the call's worker, as the fixture sees."""
    standin.tell(pause=0.2)
    worker = logic._synchronous().worker

    def kill(fraction, message):
        if message == "Step 1":
            os.kill(worker.process_id, signal.SIGKILL)

    with contextlib.suppress(OrthoDiffusionError):
        logic.analyze(**volumes, onProgress=kill)
