"""Slicer never waits, and whatever happens to the worker the next click works and no process is left behind."""

import os
import signal
import subprocess
import sys
import time

import pytest


@pytest.fixture
def analyze(panel, knee, click, wait_for):
    """Click, and wait until the panel has come to rest."""

    def analyze(expect=None):
        click(panel.ui.analyzeButton)
        assert panel.run.busy or panel.ui.problemFrame.isVisibleTo(panel.parent)
        wait_for(lambda: not panel.run.busy)
        if expect:
            assert expect in words(panel)

    return analyze


def words(panel):
    """Everything that the panel says about its last analysis."""
    problem = panel.ui.problemLabel.text if panel.ui.problemFrame.isVisibleTo(panel.parent) else ""
    return f"{panel.ui.stageLabel.text}\n{problem}"


def works(panel, analyze, standin):
    """The next click brings a result."""
    standin.tell(mode="normal", pause=0.01)
    analyze("Done in")
    assert panel.ui.findingsTable.rowCount == 8


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("crash", "a tensor had the wrong shape"),
        ("kill", "ran out of memory"),
        ("out_of_memory", "not enough memory"),
        ("error", "The bundle is damaged (weights.safetensors).\nGet it again."),
        ("no_result", "stopped without a result"),
        ("protocol", "The worker speaks protocol 2, this panel speaks 1"),
        ("version", "The worker has version 0.0.1"),
    ],
)
def test_trouble_is_said_changes_nothing_and_the_next_click_works(
    slicer, panel, analyze, standin, wait_for, mode, said
):
    standin.tell(mode=mode)
    before = slicer.mrmlScene.GetNumberOfNodes()
    analyze()
    assert said in words(panel)
    assert slicer.mrmlScene.GetNumberOfNodes() == before
    wait_for(lambda: not list(_temporary(slicer)))
    works(panel, analyze, standin)


def test_out_of_memory_is_recognised_through_slicers_launcher(panel, knee, standin, click, wait_for):
    """The system's killer ends the launcher's child by SIGKILL; the launcher itself says exit code 1 and one line."""
    standin.tell(pause=60)
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.ui.stageLabel.text == "Step 1")
    ended = []
    panel.run.worker._process.connect("finished(int,QProcess::ExitStatus)", lambda code, status: ended.append(code))
    (child,) = standin.running
    os.kill(child, signal.SIGKILL)
    wait_for(lambda: not panel.run.busy and ended)
    assert ended == [1], "the launcher has ended in peace"
    assert "The analysis was stopped from outside, most often because the computer ran out of memory" in words(panel)
    assert "exit abnormally" not in panel.ui.problemLabel.text


def test_an_exit_code_of_1_alone_is_no_lack_of_memory(panel, analyze, standin):
    standin.tell(mode="crash")
    analyze("a tensor had the wrong shape")
    assert "memory" not in words(panel)


@pytest.mark.parametrize("inside", [True, False])
def test_a_start_that_fails_inside_start_or_later_is_said_once_and_the_next_click_works(
    panel, analyze, standin, monkeypatch, inside
):
    """Qt tells of it inside `start()` on Windows, a moment later elsewhere."""
    import qt

    monkeypatch.setattr(qt.QProcess, "failsInsideStart", inside)
    said = []
    panel.run.failed.connect(said.append)
    panel.run.worker.program = "/no/such/PythonSlicer"
    analyze("The worker could not be started (/no/such/PythonSlicer)")
    assert len(said) == 1
    panel.run.worker.program = None
    works(panel, analyze, standin)


def test_slicer_may_close_right_after_the_panel_went_away(project_root, tmp_path, standin, bundle_folder):
    """No process is left behind and Qt does not complain of one."""
    program = tmp_path / "close.py"
    program.write_text(_CLOSE.format(root=str(project_root)))
    standin.tell(pause=60)
    (tmp_path / "host").mkdir()
    done = subprocess.run(
        [sys.executable, str(program), str(tmp_path / "host")], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "running" in done.stdout
    assert "Destroyed while process is still running" not in done.stderr
    end = time.monotonic() + 20
    while standin.running:
        assert time.monotonic() < end, "a worker was left behind"
        time.sleep(0.05)


_CLOSE = """
import sys, time
from pathlib import Path
root = Path({root!r})
sys.path[:0] = [str(root / "Testing" / "panel"), str(root / "Testing" / "scene"), str(root)]
import slicerhost
slicerhost.make_launcher(sys.argv[1])
slicer = slicerhost.start(sys.argv[1])
import handmade, nodes
module = slicerhost.load_module(root / "OrthoDiffusion" / "OrthoDiffusion.py")
panel = slicerhost.open_panel(module)
panel.run.worker.arguments = [str(root / "Testing" / "panel" / "standin_worker.py")]
for plane, name in handmade.PLANES.items():
    nodes.add_volume(slicer.mrmlScene, name, plane)
panel.session.fillFromScene()
panel.session.analyze()
end = time.monotonic() + 60
while panel.ui.stageLabel.text != "Step 1" and time.monotonic() < end:
    slicer.app.processEvents()
print("running" if panel.run.busy else "")
panel.cleanup()
"""


def test_a_crash_shows_the_workers_last_words_in_a_fold_out(panel, analyze, standin, click):
    standin.tell(mode="crash")
    analyze()
    assert not panel.ui.detailsText.isVisibleTo(panel.parent)
    panel.ui.detailsButton.checked = True
    assert panel.ui.detailsText.isVisibleTo(panel.parent)
    assert "Traceback" in panel.ui.detailsText.plainText


def test_a_silent_worker_is_given_up_with_a_message(panel, analyze, standin, wait_for):
    standin.tell(mode="silent")
    panel.run.worker.patience.hello = 0.8
    analyze("did not answer within 1 s")
    wait_for(lambda: not standin.running, seconds=20)
    panel.run.worker.patience.hello = 60
    works(panel, analyze, standin)


def test_a_worker_that_falls_silent_in_the_middle_is_told_of_and_can_be_cancelled(
    panel, knee, standin, click, wait_for, analyze
):
    standin.tell(mode="deaf")
    panel.run.worker.patience.quiet = 0.5
    click(panel.ui.analyzeButton)
    wait_for(lambda: "has not reported" in panel.ui.stageLabel.text)
    assert panel.run.busy
    click(panel.ui.cancelButton)
    wait_for(lambda: not panel.run.busy)
    panel.run.worker.patience.quiet = 30
    works(panel, analyze, standin)


def test_a_missing_python_is_named(panel, analyze, standin, monkeypatch):
    panel.run.worker.program = "/no/such/PythonSlicer"
    analyze("The worker could not be started (/no/such/PythonSlicer)")
    panel.run.worker.program = None
    works(panel, analyze, standin)


def test_a_slicer_without_its_launcher_says_so(panel, analyze, standin, monkeypatch):
    from OrthoDiffusionSlicer.worker import WorkerCommand

    monkeypatch.setattr(WorkerCommand.shutil, "which", lambda name: None)
    monkeypatch.setattr(WorkerCommand.sys, "executable", "/opt/Slicer/bin/SlicerApp-real")
    analyze("PythonSlicer) was not found")


def test_cancel_is_obeyed_by_a_message_and_the_worker_stays_warm(
    slicer, panel, knee, standin, click, wait_for, analyze
):
    standin.tell(pause=20)
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.ui.stageLabel.text == "Step 1")
    before = slicer.mrmlScene.GetNumberOfNodes()
    click(panel.ui.cancelButton)
    wait_for(lambda: not panel.run.busy)
    assert "Cancelled; nothing in the scene has changed" in panel.ui.stageLabel.text
    assert slicer.mrmlScene.GetNumberOfNodes() == before
    works(panel, analyze, standin)
    assert len(standin.pids) == 1, "the warm worker was not used again"


def test_a_worker_that_does_not_obey_is_killed_after_two_seconds(panel, knee, standin, click, wait_for, analyze):
    standin.tell(mode="stubborn", pause=60)
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.ui.stageLabel.text == "Step 1")
    click(panel.ui.cancelButton)
    wait_for(lambda: not panel.run.busy)
    assert "Cancelled" in panel.ui.stageLabel.text
    wait_for(lambda: not standin.running, seconds=20)
    works(panel, analyze, standin)


def test_the_launcher_killed_from_outside_leaves_no_orphan(panel, knee, standin, click, wait_for, analyze):
    standin.tell(pause=60)
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.ui.stageLabel.text == "Step 1")
    os.kill(panel.run.worker.processId, signal.SIGKILL)
    wait_for(lambda: not panel.run.busy)
    assert "stopped from outside" in words(panel)
    wait_for(lambda: not standin.running, seconds=20)
    works(panel, analyze, standin)


@pytest.mark.parametrize("mode", ["normal", "late"])
def test_the_panel_going_away_leaves_no_process_and_no_file(slicer, panel, knee, standin, click, wait_for, mode):
    """Also where the worker writes its results at the moment it is told to end."""
    standin.tell(pause=60, mode=mode)
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.ui.stageLabel.text == "Step 1")
    assert standin.running and list(_temporary(slicer))
    panel.cleanup()
    wait_for(lambda: not standin.running, seconds=20)
    wait_for(lambda: not list(_temporary(slicer)))
    panel.setup = panel.cleanup = lambda: None  # gone already


def test_two_clicks_are_one_analysis(slicer, panel, knee, standin, click, wait_for):
    click(panel.ui.analyzeButton, double=True)
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.ui.findingsTable.rowCount == 8 and not panel.run.busy)
    assert len(standin.pids) == 1
    nodes = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    assert len([node for node in nodes if not node.GetHideFromEditors()]) == 1


def test_what_a_library_prints_does_not_break_the_protocol(panel, analyze, standin):
    standin.tell(mode="noisy")
    analyze("Done in")


def test_a_cold_start_says_at_once_what_it_is_doing(panel, knee, standin, click, wait_for):
    """In the click itself, before anything is waited for; the benchmark gives the time."""
    click(panel.ui.analyzeButton)
    assert panel.ui.stageLabel.text
    assert panel.ui.progressBar.isVisibleTo(panel.parent) and not panel.ui.analyzeButton.enabled
    wait_for(lambda: not panel.run.busy)


def _temporary(slicer):
    import pathlib

    return pathlib.Path(slicer.app.temporaryPath).glob("joint-*")
