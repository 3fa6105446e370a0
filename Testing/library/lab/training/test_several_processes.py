"""Fine-tuning in two processes is fine-tuning in one with steps twice as large; a lost process is told and survived."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
import torch

from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.training.engine.checkpoint import load_checkpoint
from OrthoDiffusionLib.lab.training.engine.sibling_processes import is_lost_process, lost_process_told
from OrthoDiffusionLib.lab.training.tables.table_finetune import TableSettings

ROOT = Path(__file__).parents[4]
STEPS = 6

several = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL; it runs on Linux and macOS")


def command(*words: object, **environment: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "OrthoDiffusionLib", *map(str, words)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **environment},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip


def run_script(text: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """A script of its own, as the first process of a training."""
    script = folder / "script.py"
    script.write_text(text, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "LOCAL_RANK"}
    return subprocess.run(
        [sys.executable, str(script), *arguments],
        env={**environment, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True, text=True, timeout=100,
    )  # fmt: skip


def done(process: subprocess.Popen) -> str:
    told, _ = process.communicate(timeout=500)
    assert process.returncode == 0, told
    return told


def largest_difference(one: Path, other: Path) -> float:
    """Of any kernel's weight of two checkpoints.

    A bias before a norm changes nothing, so that its gradient is rounding alone: its first steps are of full length, in
    whatever direction the rounding of one or two threads gives.
    """
    weights = [load_checkpoint(path)["module"] for path in (one, other)]
    assert weights[0].keys() == weights[1].keys()
    pairs = [(one, weights[1][name]) for name, one in weights[0].items() if one.dim() > 1]
    return max(float((one - other).abs().max()) for one, other in pairs)


@pytest.fixture
def table(archive):
    rows = archive.rows()
    splits = ("train", "train", "train", "train", "validation", "test")
    for number, (row, split) in enumerate(zip(rows, splits, strict=True)):
        row.update(split=split)
        if number == 1:  # a case without outlines has other terms in its loss
            row.update(sagittal_labels="", axial_labels="")
    return archive.table("processes.csv", rows)


@pytest.fixture
def words(table, vocabulary_file, untrained):
    fixed = ["--table", table, "--vocabulary", vocabulary_file, "--from", untrained.folder, "--device", "cpu"]
    return ["finetune", *fixed, "--steps", STEPS, "--validate-every", 3, "--accumulate", 2]


@pytest.mark.long
@several
def test_two_processes_on_a_table_do_the_steps_of_one(words, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    assert main([*map(str, words), "--devices", "1", "--out", str(one)]) == 0
    told = done(command(*words, "--devices", 2, "--out", two))
    assert told.count("Figures of") == 1 and told.count("cases 6") == 1
    scores = [json.loads((out / "training" / "validation.json").read_text(encoding="utf-8")) for out in (one, two)]
    assert [step for step, _ in scores[1]] == [0, 3, 6]
    assert [value for _, value in scores[1]] == pytest.approx([value for _, value in scores[0]], rel=2e-3)
    # AdamW moves a weight by about the rate, 5e-4, in each of the six steps.
    assert largest_difference(one / "training" / "checkpoint.pt", two / "training" / "checkpoint.pt") < 3e-4
    assert (two / "bundle" / "manifest.json").exists()


@pytest.mark.long
@several
def test_two_processes_on_digital_joints_do_the_steps_of_one(tmp_path):
    studies, recipe = tmp_path / "studies", tmp_path / "tiny.toml"
    words = ["phantom", "--joint", "knee", "--for-training", "--count", "2", "--pixel-mm", "2.0"]
    assert main([*words, "--out", str(studies)]) == 0
    recipe.write_text(
        'in_plane_mm = 2.0\n[network]\nkind = "orthodiffusion-1"\nchannels = [8, 8, 8, 8]\nstem_channels = 8\n'
        "embedding = 8\nsigma = 0.1\nsigma_data = 0.5\nwidth = 8\n[data]\ncrop = [12, 32, 32]\nfusion_size = 12\n"
        "fine_points = 512\n[finetune]\nsteps = 4\nsteps_alone = 2\nsteps_outlines_first = 1\naccumulate = 2\n"
        "warmup = 1\nfilter_rate = 0.0\nview_subsets = [0.2, 0.2, 0.6]\n",
        encoding="utf-8",
    )
    fixed = ["finetune", "--data", studies, "--from-scratch", "--recipe", recipe, "--device", "cpu"]
    assert main([*map(str, fixed), "--devices", "1", "--out", str(tmp_path / "1")]) == 0
    done(command(*fixed, "--devices", 2, "--out", tmp_path / "2"))
    paths = [tmp_path / str(devices) / "finetune" / "checkpoint.pt" for devices in (1, 2)]
    assert largest_difference(*paths) < 4e-4  # of steps of 2e-3
    assert (tmp_path / "2" / "bundle" / "manifest.json").exists()


def child_of(process: subprocess.Popen) -> int:
    """The other process of a training."""
    found = subprocess.run(["ps", "-eww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    for line in found.splitlines():
        pid, parent, arguments = line.split(None, 2)
        # the loaders of samples have their parent's own arguments
        if int(parent) == process.pid and "OrthoDiffusionLib.__main__ finetune" in arguments:
            return int(pid)
    raise AssertionError("there is no other process")


def logged(told: str) -> str:
    """What a command said, and what it wrote into a log that it names."""
    return told + "".join(Path(path).read_text(encoding="utf-8") for path in re.findall(r"Details: (\S+\.log)", told))


def end_all(process: subprocess.Popen) -> None:
    """End a training and all that it has started, if the test has not."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.long
@several
def test_a_process_that_is_killed_ends_the_run_with_a_clear_error_and_the_next_run_goes_on(words, tmp_path, request):
    out = tmp_path / "out"
    long_words = [*(word if word != STEPS else 400 for word in words), "--devices", 2, "--out", out]
    checkpoint = out / "training" / "checkpoint.pt"  # written at each validation
    for lost in ("the other", "the first"):
        process = command(*long_words)
        request.addfinalizer(partial(end_all, process))
        before, end = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0, time.monotonic() + 400
        while not checkpoint.exists() or checkpoint.stat().st_mtime_ns == before:
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < end
            time.sleep(0.05)
        other = child_of(process)
        os.kill(other if lost == "the other" else process.pid, signal.SIGKILL)
        told, _ = process.communicate(timeout=120)  # the pipe closes when both have ended
        assert "Another process of this training has ended" in told and "Run the same command again" in told, logged(
            told
        )
        assert "Traceback" not in told
        if lost == "the other":
            assert process.returncode == 2
        assert ("resuming at step" in told) == (before > 0)
    kept = load_checkpoint(checkpoint)["step"]
    again = [*(word if word != STEPS else kept + 3 for word in words), "--devices", 2, "--out", out]
    # Another number of steps is another run; what was trained is all the same taken up by the same command.
    text = (out / "run.json").read_text(encoding="utf-8")
    (out / "run.json").write_text(re.sub(r'"steps": \d+', f'"steps": {kept + 3}', text), encoding="utf-8")
    assert f"resuming at step {kept}" in done(command(*again))


def test_errors_of_a_lost_process_are_told_from_others(tmp_path):
    gone = RuntimeError("[../gloo/transport/tcp/pair.cc:534] Connection closed by peer [127.0.0.1]:4711")
    assert is_lost_process(gone) and not is_lost_process(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    with pytest.raises(TrainingError, match="Another process") as caught, lost_process_told(tmp_path, 2):
        raise gone
    assert "Run the same command again" in caught.value.remedy
    with pytest.raises(RuntimeError, match="closed by peer"), lost_process_told(tmp_path, 1):
        raise gone


KILLED = """
import os, signal, sys, time
from pathlib import Path
from OrthoDiffusionLib.lab.training.engine import sibling_processes as processes
if "LOCAL_RANK" in os.environ:
    if sys.argv[1] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)
processes.start_siblings(2, "127.0.0.1", 4711)
try:
    with processes.lost_process_told(Path("run"), 2):
        raise ValueError("words that nobody has foreseen")
except Exception as error:
    print(f"{type(error).__name__}: {error}")
processes._siblings[0].kill()
"""


@several
@pytest.mark.parametrize(
    ("ended", "told"), [("killed", "TrainingError: Another process"), ("alive", "ValueError: words")]
)
def test_an_error_of_any_words_is_that_of_a_process_that_was_killed_and_no_other(ended, told, tmp_path):
    done = run_script(KILLED, tmp_path, ended)
    assert done.stdout.startswith(told), done.stdout + done.stderr


BETWEEN_ROUNDS = """
import os, signal, sys, time
from pathlib import Path
import torch
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.training.engine.engine import Schedule, train
from OrthoDiffusionLib.lab.training.engine.fabric import Machine, launch
fabric = launch(Machine("cpu", 2))
if fabric.global_rank == 1:
    os.kill(os.getpid(), signal.SIGKILL)
time.sleep(1.0)
module = torch.nn.Linear(2, 1)
groups = [{"params": list(module.parameters()), "lr": 1e-3}]
try:
    train(
        module, groups, Schedule(1, 0), lambda start: iter([torch.ones(2)]),
        lambda sample, step: {"loss": module(sample).sum()}, Path(sys.argv[1]), ema=0.9, seed=0, fabric=fabric,
    )
except TrainingError as error:
    print(error)
    sys.stdout.flush()
os._exit(0)
"""


@several
def test_a_process_that_is_killed_before_a_round_begins_is_told_like_one_that_is_killed_in_it(tmp_path):
    done = run_script(BETWEEN_ROUNDS, tmp_path, str(tmp_path / "run"))
    assert "Another process of this training has ended" in done.stdout, done.stdout + done.stderr


def test_numbers_of_processes_and_cases_that_make_no_sense_are_refused(words, tmp_path, capsys):
    assert main([*map(str, words), "--nodes", "1", "--check", "--out", str(tmp_path)]) == 0
    with pytest.raises(SystemExit):
        main([*map(str, words[:-1]), "0", "--out", str(tmp_path)])
    assert "--accumulate" in capsys.readouterr().err
    with pytest.raises(TrainingError, match="1 case or more"):
        TableSettings(accumulate=0)


def test_parameters_without_a_gradient_keep_none_where_no_process_has_one(monkeypatch):
    from OrthoDiffusionLib.lab.training.engine import fabric as engine

    module = torch.nn.Linear(2, 1)
    module.weight.grad = torch.tensor([[2.0, 4.0]])

    class TwoAlike:
        """Two processes, of which the other has no gradient of anything."""

        world_size, device = 2, torch.device("cpu")

        @staticmethod
        def all_reduce(values, reduce_op):
            assert reduce_op == "sum"
            return values.clone()

    engine.average_gradients(module, TwoAlike())
    assert module.weight.grad.tolist() == [[1.0, 2.0]] and module.bias.grad is None


WAITING = """
import os, sys, time
from OrthoDiffusionLib.lab.training.engine import sibling_processes as processes
processes.LOOKING_SECONDS, processes.SECONDS_TO_NOTICE = 0.05, 0.3
if "LOCAL_RANK" in os.environ:
    sys.exit(3)
processes.start_siblings(2, "127.0.0.1", 4711)
time.sleep(60)
"""


def test_a_process_that_waits_for_a_lost_one_for_ever_is_ended_with_the_same_words(tmp_path):
    done = run_script(WAITING, tmp_path)
    assert done.returncode == 2
    assert "Another process of this training has ended" in done.stderr and "Run the same command again" in done.stderr
