"""Fine-tuning from the panel: what it says beforehand, asks, shows, stops and leaves; a stand-in does the learning."""

import json
from pathlib import Path

import pytest

from OrthoDiffusionLib.errors import OrthoDiffusionError

STANDIN = '''
"""Learns as it is told: writes half a run, waits for a file, ends as the file says; tidies up when its input ends."""
import json, os, shutil, sys, threading, time
from pathlib import Path
arguments = sys.argv[1:]
folder = Path(__file__).parent
(folder / "asked.json").write_text(json.dumps(arguments))
action, table = arguments[1], Path(arguments[2])
def say(**message):
    print(json.dumps(message), flush=True)
work = None
if action == "learn":
    name = arguments[arguments.index("--name") + 1]
    work = table.parent / f".{name}.unfinished"
    work.mkdir()
    (work / "half").write_text("half a run")
def watch():
    while os.read(0, 4096):
        pass
    if (folder / "stubborn").exists():
        return
    if work:
        shutil.rmtree(work)
    say(type="cancelled")
    os._exit(130)
threading.Thread(target=watch, daemon=True).start()
say(type="progress", stage="train", fraction=0.4, message="Step 48 of at most 120")
say(type="log", line="step 40 loss 0.5")
print("a library prints here", flush=True)
begin = time.monotonic()
while not (folder / "end.json").exists():
    time.sleep(0.01)
    if time.monotonic() - begin > 60:
        sys.exit(1)  # killed was its launcher: it must not stay behind
end = json.loads((folder / "end.json").read_text())
if end["type"] == "crash":
    raise MemoryError("no memory")
if end["type"] == "done" and action == "learn":
    shutil.rmtree(work)
    shutil.copytree(end["copy"], end["result"]["bundle"])
say(**end)
'''

ESTIMATE = {
    "prepare": 4.0, "step": 3.2, "validate": 1.0, "analyze": 12.0, "load": 2.0, "steps": 120, "validations": 6,
    "cases": 7, "device": "cpu", "seconds_this_table": 540.0, "seconds_ten_cases": 620.0,
}  # fmt: skip


class Learner:
    """Tells the stand-in how to end, and hears what it was asked."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "learner.py").write_text(STANDIN, encoding="utf-8")

    def end(self, **message):
        partial = self.folder / "end.partial"
        partial.write_text(json.dumps(message), encoding="utf-8")
        partial.replace(self.folder / "end.json")

    @property
    def asked(self):
        return json.loads((self.folder / "asked.json").read_text(encoding="utf-8"))


@pytest.fixture
def learner(tmp_path):
    (tmp_path / "learner").mkdir()
    return Learner(tmp_path / "learner")


@pytest.fixture
def tuning(panel, learner, tmp_path):
    """The panel with the section open and filled in; nothing is asked, and nothing missing."""
    table = tmp_path / "cases" / "corrections.csv"
    table.parent.mkdir()
    table.write_text("case,patient\n", encoding="utf-8")
    panel.parent.show()
    part = panel.session.corrections.fineTuning
    part.job.arguments = [str(learner.folder / "learner.py")]
    part.requirements = ()
    panel.ui.trainingButton.collapsed = False
    panel.ui.trainingTableEdit.text = str(table)
    panel.ui.trainingNameEdit.text = "mine"
    return panel


def unfinished(tmp_path):
    return tmp_path / "cases" / ".mine.unfinished"


def running(panel):
    return panel.session.corrections.fineTuning.fraction == 0.4


def test_without_a_table_or_a_name_nothing_can_be_begun(tuning):
    assert tuning.ui.learnButton.enabled and tuning.ui.estimateButton.enabled
    assert not tuning.ui.stopTrainingButton.enabled and not tuning.ui.useBundleButton.visible
    tuning.ui.trainingNameEdit.text = " "
    assert not tuning.ui.learnButton.enabled and tuning.ui.estimateButton.enabled
    tuning.ui.trainingTableEdit.text = ""
    assert not tuning.ui.estimateButton.enabled
    assert "knee-small 0.1.0" in tuning.ui.trainingStart.text


def test_it_says_beforehand_how_long_ten_cases_take_and_how_that_was_found(tuning, learner, click, wait_for):
    assert "Ten cases" in tuning.ui.trainingStatus.text
    learner.end(type="done", result=ESTIMATE)
    click(tuning.ui.estimateButton)
    wait_for(lambda: "10 min for ten cases" in tuning.ui.trainingStatus.text)
    words = tuning.ui.trainingStatus.text
    assert "9 min for the cases of this table (7)" in words
    assert "Measured here: one case prepared (4 s) and analyzed (12 s), a step of the training 3.2 s" in words
    assert learner.asked[:2] == ["corrections", "estimate"] and "--name" not in learner.asked


def test_a_run_shows_its_progress_and_its_log_and_its_bundle_can_be_chosen(
    tuning, learner, click, wait_for, tmp_path, bundle_folder
):
    from OrthoDiffusionSlicer.panel import Bundles

    ui = tuning.ui
    ui.trainedSelector.currentIndex = 2
    click(ui.learnButton)
    wait_for(lambda: running(tuning))
    assert ui.trainingStatus.text == "Step 48 of at most 120" and ui.trainingBar.value == 400
    wait_for(lambda: "step 40 loss 0.5" in ui.trainingLog.plainText)
    assert not ui.learnButton.enabled and ui.stopTrainingButton.enabled
    asked = learner.asked
    assert asked[asked.index("--train") + 1] == "all" and asked[asked.index("--name") + 1] == "mine"
    assert asked[asked.index("--bundle") + 1] == tuning.session.bundle.folder
    kept = Path(asked[asked.index("--keep-in") + 1])
    assert kept == Path(Bundles.keptFolder())
    result = {
        "folder": str(tmp_path / "cases" / "runs" / "mine"), "bundle": str(kept / "mine-0.1.0"), "name": "mine",
        "version": "0.1.0", "best_step": 100, "last_step": 120, "skipped": {}, "dice": {"femur": 0.9, "tibia": 0.8},
        "dice_before": {"femur": 0.92, "tibia": 0.9},
    }  # fmt: skip
    learner.end(type="done", result=result, copy=str(bundle_folder / "hand-made"))
    wait_for(lambda: ui.useBundleButton.visible)
    assert "mine 0.1.0 was made in" in ui.trainingStatus.text and "0.850, before 0.910" in ui.trainingStatus.text
    assert "⚠ On them it is worse than the bundle it began with" in ui.trainingStatus.text
    assert str(kept / "mine-0.1.0") in [choice.folder for choice in tuning.session.software.bundles]
    click(ui.useBundleButton)
    assert tuning.session.bundle.folder == str(kept / "mine-0.1.0")
    assert not unfinished(tmp_path).exists()


def test_stop_ends_the_process_and_leaves_nothing_of_the_run(tuning, learner, click, wait_for, tmp_path):
    click(tuning.ui.learnButton)
    wait_for(lambda: running(tuning))
    assert unfinished(tmp_path).exists()
    click(tuning.ui.stopTrainingButton)
    wait_for(lambda: not tuning.session.corrections.fineTuning.busy)
    assert tuning.ui.trainingStatus.text == "Stopped; nothing of the run was kept."
    assert not unfinished(tmp_path).exists() and not tuning.ui.useBundleButton.visible
    assert tuning.ui.learnButton.enabled


def test_a_process_that_does_not_stop_is_killed_and_what_it_left_is_removed(
    tuning, learner, click, wait_for, tmp_path, monkeypatch
):
    from OrthoDiffusionSlicer.worker import LibraryJob

    monkeypatch.setattr(LibraryJob, "PATIENCE_SECONDS", 1)
    (learner.folder / "stubborn").touch()
    click(tuning.ui.learnButton)
    wait_for(lambda: running(tuning))
    click(tuning.ui.stopTrainingButton)
    assert not tuning.ui.stopTrainingButton.enabled and "Stopping" in tuning.ui.trainingStatus.text
    wait_for(lambda: not tuning.session.corrections.fineTuning.busy)
    assert tuning.ui.trainingStatus.text == "Stopped; nothing of the run was kept."
    assert not unfinished(tmp_path).exists()


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (
            {"type": "error", "what": "The split test is empty", "where": "", "remedy": "More patients."},
            "More patients.",
        ),
        ({"type": "crash"}, "ended without a result (MemoryError: no memory)"),
    ],
)
def test_a_run_that_fails_says_why_and_leaves_nothing(tuning, learner, click, wait_for, tmp_path, end, words):
    learner.end(**end)
    click(tuning.ui.learnButton)
    wait_for(lambda: tuning.ui.trainingStatus.text.startswith("⚠"))
    assert words in tuning.ui.trainingStatus.text
    assert not unfinished(tmp_path).exists()
    assert tuning.ui.learnButton.enabled and not tuning.ui.useBundleButton.visible


def test_packages_are_asked_for_and_a_no_is_a_clear_state(tuning, learner, click, tmp_path):
    from OrthoDiffusionSlicer.panel.corrections.TrainingRequirements import TrainingRequirements

    path = tmp_path / "requirements.txt"
    path.write_text("no-such-package>=3\n", encoding="utf-8")
    asked, installed = [], []

    def ask(text):
        asked.append(text)
        return False

    tuning.session.corrections.fineTuning.requirements = (TrainingRequirements(path, ask, installed.append),)
    click(tuning.ui.learnButton)
    assert "no-such-package>=3" in asked[0]
    assert (
        "Nothing was installed, and nothing was learned. Missing: no-such-package>=3" in tuning.ui.trainingStatus.text
    )
    assert installed == [] and not (learner.folder / "asked.json").exists()


def test_whatever_is_installed_stays_as_it_is(module, tmp_path):
    import importlib.metadata

    from OrthoDiffusionSlicer.panel.corrections.TrainingRequirements import TrainingRequirements

    path = tmp_path / "requirements.txt"
    path.write_text("no-such-package>=3\n", encoding="utf-8")
    seen = []
    requirements = TrainingRequirements(
        path, lambda text: True, lambda arguments: seen.append(Path(arguments[1]).read_text().split())
    )
    with pytest.raises(OrthoDiffusionError, match="still missing"):
        requirements.ensure()
    pinned = {line.split("==")[0].lower() for line in seen[0]}
    there = {item.metadata["Name"].lower() for item in importlib.metadata.distributions() if item.metadata["Name"]}
    assert pinned == there
    assert f"torch=={importlib.metadata.version('torch')}" in seen[0]


def test_the_packages_of_the_training_are_those_of_the_library(project_root):
    import tomllib

    extras = tomllib.loads((project_root / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    path = project_root / "OrthoDiffusion" / "Resources" / "requirements-training.txt"
    assert [line for line in path.read_text().splitlines() if not line.startswith("#")] == extras["train"]


def test_the_panel_goes_away_and_the_process_with_it(tuning, learner, click, wait_for, tmp_path):
    click(tuning.ui.learnButton)
    wait_for(lambda: running(tuning))
    tuning.session.corrections.close()
    wait_for(lambda: not unfinished(tmp_path).exists())


def test_closing_the_scene_does_not_stop_it(slicer, tuning, learner, click, wait_for):
    click(tuning.ui.learnButton)
    wait_for(lambda: running(tuning))
    slicer.mrmlScene.Clear(False)
    assert tuning.session.corrections.fineTuning.busy
    click(tuning.ui.stopTrainingButton)
    wait_for(lambda: not tuning.session.corrections.fineTuning.busy)
