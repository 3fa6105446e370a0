"""The command line: what it refuses, in which words, with which exit status, and what it does not load."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from OrthoDiffusionLib.cli import main as command
from OrthoDiffusionLib.cli.console import ProgressLine, table
from OrthoDiffusionLib.progress import Progress
from OrthoDiffusionLib.volumes import Geometry, Volume, write_volume


def run(*arguments) -> int:
    return command.main([str(argument) for argument in arguments])


def sagittal(folder, name="knee.nii.gz"):
    affine = np.array([[0, 0, -4.0, 0], [0, -1.0, 0, 0], [-1.0, 0, 0, 0], [0, 0, 0, 1]])
    array = np.random.default_rng(0).integers(0, 1000, (32, 32, 12)).astype(np.int16)
    write_volume(Volume(array, Geometry(array.shape, affine)), folder / name)
    return folder / name


def torch_is_loaded_by(*arguments) -> subprocess.CompletedProcess:
    code = (
        "import sys; from OrthoDiffusionLib.cli.main import main\n"
        "try: status = main(sys.argv[1:])\n"
        "except SystemExit as stop: status = stop.code\n"
        "heavy = {'torch', 'monai'} & set(sys.modules)\n"
        "sys.exit(99 if heavy else status or 0)"
    )
    arguments = [str(argument) for argument in arguments]
    return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--help"], 0),
        (["analyze", "--help"], 0),
        (["bundle", "list"], 0),
        (["bundle", "info", "no-such-bundle"], 2),
        (["analyze", "no-such-file.nii", "--out", "nowhere"], 2),
        (["analyze", "x.nii", "--out", "nowhere", "--side", "up"], 2),
        (["analyze", "no-such-file.nii", "--out", "nowhere", "--side", "Right"], 2),
        (["dance"], 2),
    ],
)
def test_help_lists_and_refusals_come_without_loading_torch(arguments, status):
    done = torch_is_loaded_by(*arguments)
    assert done.returncode == status, done.stderr
    assert ("invalid choice" in done.stderr) == (arguments[-1] in ("up", "dance"))
    assert "Traceback" not in done.stderr


def test_every_subcommand_explains_itself(capsys):
    with pytest.raises(SystemExit) as stop:
        run("--help")
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert all(name in text for name in command.COMMANDS)
    assert "not a medical device" in text


def test_a_missing_file_is_named_with_what_to_do(capsys, tmp_path):
    assert run("analyze", tmp_path / "gone.nii.gz", "--out", tmp_path / "results") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "gone.nii.gz" in said.err
    assert "What to do:" in said.err
    assert not (tmp_path / "results").exists()


def test_no_volume_at_all_is_said_in_words(capsys, tmp_path):
    assert run("analyze", "--out", tmp_path / "results") == 2
    assert "No volume was given" in capsys.readouterr().err


def test_two_volumes_forced_on_one_plane_are_refused(capsys, tmp_path):
    one, two = sagittal(tmp_path, "one.nii.gz"), sagittal(tmp_path, "two.nii.gz")
    assert run("analyze", "--joint", "knee", "--sagittal", one, "--sagittal", two, "--out", tmp_path / "results") == 2
    assert "sagittal" in capsys.readouterr().err


def test_a_results_folder_that_exists_is_refused_before_any_work(capsys, tmp_path):
    results = tmp_path / "results"
    results.mkdir()
    (results / "findings.json").write_text("{}", encoding="utf-8")
    assert run("analyze", sagittal(tmp_path), "--out", results) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert (results / "findings.json").read_text(encoding="utf-8") == "{}"


def test_a_folder_of_other_files_is_never_overwritten(capsys, tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("words", encoding="utf-8")
    assert run("analyze", sagittal(tmp_path), "--out", tmp_path / "thesis", "--overwrite") == 2
    assert (tmp_path / "thesis" / "chapter.txt").read_text(encoding="utf-8") == "words"


def test_results_that_a_reader_has_decided_on_are_never_overwritten(capsys, tmp_path):
    results = tmp_path / "results"
    results.mkdir()
    decided = '{"findings": [{"name": "joint_effusion", "review": {"decision": "rejected"}}]}'
    (results / "findings.json").write_text(decided, encoding="utf-8")
    assert run("analyze", sagittal(tmp_path), "--out", results, "--overwrite") == 2
    assert "holds a reader's decisions, such as that on joint_effusion" in capsys.readouterr().err
    assert (results / "findings.json").read_text(encoding="utf-8") == decided
    assert [path.name for path in results.iterdir()] == ["findings.json"]


def test_a_bundle_that_is_not_there_is_named_beside_those_that_are(capsys, tmp_path):
    assert run("analyze", sagittal(tmp_path), "--out", tmp_path / "r", "--bundle", "no-such-bundle") == 2
    assert "no-such-bundle" in capsys.readouterr().err


def close_to_us(monkeypatch, folder):
    """As the home of another user; whoever runs the tests as root may look into every folder."""
    stat = os.stat

    def closed(path, *arguments, **settings):
        if isinstance(path, (str, os.PathLike)) and os.fspath(path).startswith(f"{folder}/"):
            raise PermissionError(errno.EACCES, "Permission denied", os.fspath(path))
        return stat(path, *arguments, **settings)

    monkeypatch.setattr(os, "stat", closed)


@pytest.mark.parametrize("command", ["analyze", "batch"])
def test_what_lies_in_a_closed_folder_is_refused_in_words_and_no_internal_error(capsys, monkeypatch, tmp_path, command):
    (tmp_path / "closed").mkdir()
    exam = sagittal(tmp_path / "closed")
    close_to_us(monkeypatch, tmp_path / "closed")
    assert run(command, exam, "--out", tmp_path / "results") == 2
    said = capsys.readouterr().err
    assert " cannot be " in said and "Permission denied" in said
    assert str(tmp_path / "closed") in said


def test_a_home_that_may_not_be_looked_at_holds_no_bundles_and_stops_nothing(capsys, monkeypatch, tmp_path):
    """As in a container that is started as another user than the one it was made for."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    close_to_us(monkeypatch, home)
    assert run("bundle", "list") == 0
    assert "orthodiffusion-knee" in capsys.readouterr().out


def test_interrupting_gives_130_and_says_that_nothing_is_left(capsys, monkeypatch, tmp_path):
    def interrupted(*_arguments, **_settings):
        raise KeyboardInterrupt

    monkeypatch.setattr("OrthoDiffusionLib.analysis.study_inputs.StudyFiles.read", interrupted)
    assert run("analyze", "x", "--out", tmp_path / "results") == 130
    assert "Nothing half-written" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(signal, "SIGCHLD"), reason="Windows has no signal of children that end")
def test_the_end_of_loading_processes_after_an_interruption_is_not_complained_of():
    code = """
import multiprocessing, signal, sys, time
from OrthoDiffusionLib.cli import analyze
from OrthoDiffusionLib.cli.main import main

fork = multiprocessing.get_context("fork")
loads = fork.Event()

def load():
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # as torch's processes do
    loads.set()
    time.sleep(60)

def complain(*_):  # as torch's DataLoader does of its processes
    raise RuntimeError("a loading process was killed")

def run(arguments):
    fork.Process(target=load, daemon=True).start()
    loads.wait()
    signal.signal(signal.SIGCHLD, complain)
    raise KeyboardInterrupt

analyze.run = run
sys.exit(main(["analyze", "knee.nii.gz", "--out", "results"]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 130 and "Interrupted" in done.stderr
    assert "Traceback" not in done.stderr, done.stderr


def test_a_fault_nobody_foresaw_is_told_without_a_traceback_or_a_name(capsys, monkeypatch, tmp_path):
    def faulty(*_arguments, **_settings):
        raise ValueError(f"'/home/{person}/knee.nii' is odd")

    person = "Anna Muster"
    monkeypatch.setattr("OrthoDiffusionLib.analysis.study_inputs.StudyFiles.read", faulty)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert run("analyze", "x", "--out", tmp_path / "results") == 1
    said = capsys.readouterr().err
    assert "The program stopped because of an internal error" in said
    assert "Traceback" not in said and "Muster" not in said
    (log,) = tmp_path.iterdir()
    assert str(log) in said
    text = log.read_text(encoding="utf-8")
    assert "StudyFiles.read" in text and "ValueError" in text and "Muster" not in text


def test_a_disk_that_fills_up_anywhere_is_said_in_words(capsys, monkeypatch, tmp_path):
    def full(*_arguments, **_settings):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("OrthoDiffusionLib.analysis.study_inputs.StudyFiles.read", full)
    assert run("analyze", "x", "--out", tmp_path / "results") == 2
    said = capsys.readouterr().err
    assert "The disk is full" in said and "Free some space" in said


@pytest.mark.parametrize(
    "words", [["report"], ["bundle", "info"], ["bundle", "install"], ["phantom", "--count", "1", "--out"]]
)
def test_a_name_that_is_too_long_for_the_disk_is_the_users_to_put_right(capsys, monkeypatch, tmp_path, words):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "no log"))
    assert run(*words, f"{'x' * 300}.nii") == 2
    said = capsys.readouterr().err
    assert "The file or folder cannot be used: File name too long" in said
    assert "…" in said and "x.nii" in said and "Check its name" in said
    assert "internal error" not in said and "Traceback" not in said and ".log" not in said


@pytest.mark.parametrize(
    ("number", "file", "status"),
    [
        (errno.ENOTDIR, "results/page.html", 2),
        (errno.EROFS, "results/page.html", 2),
        (errno.EISDIR, "results/page.html", 2),
        (errno.EACCES, "results/page.html", 2),
        (errno.EIO, None, 2),  # while writing to a file that is open, the system names none
        (errno.ENOENT, "the program's own file", 1),
    ],
)
def test_what_the_system_says_of_a_file_has_one_rule(capsys, monkeypatch, tmp_path, number, file, status):
    def refused(*_arguments, **_settings):
        raise OSError(number, os.strerror(number), *([file] if file else []))

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("OrthoDiffusionLib.analysis.study_inputs.StudyFiles.read", refused)
    assert run("analyze", "x", "--out", tmp_path / "results") == status
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert (f"cannot be used: {os.strerror(number)}" in said) == (status == 2)
    assert ("internal error" in said) == (status == 1)
    if status == 2 and file:
        assert f"Where: {file}" in said


def test_a_second_ctrl_c_does_not_disturb_the_tidying_up_of_the_first(capsys, monkeypatch, tmp_path):
    tidied = []

    def interrupted(*_arguments, **_settings):
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(1.0)
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)
            tidied.append(True)

    monkeypatch.setattr("OrthoDiffusionLib.analysis.study_inputs.StudyFiles.read", interrupted)
    before = signal.getsignal(signal.SIGINT)
    assert run("analyze", "x", "--out", tmp_path / "results") == 130
    assert tidied == [True]
    assert signal.getsignal(signal.SIGINT) is before
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_works_again_where_the_first_one_was_lost(capsys, monkeypatch, tmp_path):
    def deaf(*_arguments, **_settings):
        with contextlib.suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(1.0)
        time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1.0)

    monkeypatch.setattr(command, "SECONDS_TO_TIDY", 0.01)
    monkeypatch.setattr("OrthoDiffusionLib.analysis.study_inputs.StudyFiles.read", deaf)
    assert run("analyze", "x", "--out", tmp_path / "results") == 130


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--count", 2, "--for-training", "--part", "3/2"], "3/2"),
        (["--count", 2, "--part", "1/2"], "--for-training"),
        (["--count", 0], "1 or more"),
        (["--count", 2], "training studies"),
    ],
)
def test_impossible_orders_of_phantoms_are_refused(capsys, tmp_path, arguments, words):
    (tmp_path / "study_0000000.npz").touch()
    assert run("phantom", "--joint", "knee", "--out", tmp_path, *arguments) == 2
    assert words in capsys.readouterr().err


def test_a_misspelt_option_leads_to_the_help_of_its_command(capsys, tmp_path):
    with pytest.raises(SystemExit) as ended:
        run("batch", tmp_path, "--outt", tmp_path)
    told = capsys.readouterr().err
    assert ended.value.code == 2 and "--outt" in told and "`orthodiffusion batch --help`" in told


def test_an_empty_folder_of_studies_is_refused(capsys, tmp_path):
    (tmp_path / "studies").mkdir()
    assert run("batch", tmp_path / "studies", "--out", tmp_path / "out") == 2
    assert "one for each study" in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_a_bar_on_a_terminal_and_leaves_nothing_behind():
    terminal = Terminal()
    with ProgressLine(terminal) as progress:
        progress(Progress("encode", 0.5, "Looking at the coronal view"))
    text = terminal.getvalue()
    assert "████████████░░░░░░░░░░░░  50 %  Looking at the coronal view" in text
    assert text.endswith("\r\x1b[2K")


def test_progress_is_one_plain_line_a_message_elsewhere():
    log = io.StringIO()
    with ProgressLine(log) as progress:
        for fraction in (0.1, 0.2, 0.3):
            progress(Progress("encode", fraction, "Looking"))
        progress(Progress("write", 0.9, "Writing"))
    assert log.getvalue() == " 10 %  Looking\n 90 %  Writing\n"


def test_columns_of_a_table_are_aligned():
    assert table([("a", "1", "x"), ("long", "22", "")], indent="") == "a     1   x\nlong  22"
