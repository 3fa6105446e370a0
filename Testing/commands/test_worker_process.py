"""The worker as the panel starts it: a process of its own, real networks, real pipes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time

import numpy as np
import pytest

from OrthoDiffusionLib import __version__
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.findings import Analysis
from OrthoDiffusionLib.findings.array_results import ArrayResults
from OrthoDiffusionLib.findings.results_json import read_findings_json
from OrthoDiffusionLib.service.pipe import PipeWorker
from OrthoDiffusionLib.service.protocol import Analyze, Batch, Options
from OrthoDiffusionLib.volumes import Plane, read_volume
from OrthoDiffusionLib.volumes.files.study_folder import write_study_folder


class WorkerProcess:
    def __init__(self, environment):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "OrthoDiffusionLib", "worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )

    def send(self, **message):
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def hear(self) -> dict:
        line = self.process.stdout.readline()
        assert line, f"the worker ended with {self.process.wait(5)}"
        return json.loads(line)  # a line that is no message would fail here

    def hear_until(self, *kinds) -> dict:
        while (message := self.hear())["type"] not in kinds:
            pass
        return message

    def tidy(self):
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


@pytest.fixture
def worker(quiet_environment):
    started = WorkerProcess(quiet_environment)
    yield started
    started.tidy()


@pytest.fixture
def study(small_study, tmp_path):
    volume = read_volume(small_study / "sagittal.nii.gz")
    write_study_folder(tmp_path / "study", [(Plane.SAGITTAL, volume)], side=None, joint="knee")
    return tmp_path / "study"


def test_requests_of_both_kinds_are_answered_with_complete_folders(worker, study, small_study, small_bundle, tmp_path):
    hello = worker.hear()
    assert (hello["type"], hello["protocol"], hello["version"]) == ("hello", 1, __version__)
    assert worker.hear_until("ready")["device"].startswith(("cpu", "cuda"))

    common = {"type": "analyze", "bundle": str(small_bundle), "options": {"device": "cpu", "overwrite": False}}
    worker.send(id="1", inputs={"study": str(study)}, out=str(tmp_path / "one"), **common)
    answer = worker.hear_until("result", "error")
    assert answer == {"type": "result", "id": "1", "folder": str(tmp_path / "one")}
    assert (tmp_path / "one" / "findings.json").exists()

    asked = time.monotonic()
    files = {"files": [str(small_study)], "side": "left"}
    worker.send(id="2", inputs=files, out=str(tmp_path / "two"), **common)
    first = worker.hear()
    assert (first["type"], first["id"]) == ("progress", "2")
    assert time.monotonic() - asked < 3.0  # warm; `orthodiffusion benchmark` measures, this only notices a reload
    assert worker.hear_until("result", "error")["type"] == "result"
    found = json.loads((tmp_path / "two" / "findings.json").read_text(encoding="utf-8"))
    assert found["study"]["side"] == "left"

    worker.send(id="3", inputs={"study": str(study)}, out=str(tmp_path / "one"), **common)
    error = worker.hear_until("result", "error")
    assert (error["type"], error["id"]) == ("error", "3")
    assert str(tmp_path / "one") in error["where"]
    assert error["remedy"]

    worker.send(id="4", inputs={"study": str(study)}, out=str(tmp_path / "four"), **common)
    while worker.hear()["stage"] != "segment":
        pass
    asked = time.monotonic()
    worker.send(type="cancel", id="4")
    assert worker.hear_until("result", "error", "cancelled") == {"type": "cancelled", "id": "4"}
    assert time.monotonic() - asked < 10.0  # the panel waits 2 s; a busy machine gets more here
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "study", "two"]

    worker.send(type="quit")
    assert worker.process.wait(20) == 0


def test_a_worker_whose_panel_has_gone_ends_in_the_middle_of_its_work(worker, study, small_bundle, tmp_path):
    worker.send(
        type="analyze", id="1", inputs={"study": str(study)}, bundle=str(small_bundle), out=str(tmp_path / "results")
    )
    worker.hear_until("progress")
    worker.process.stdin.close()
    assert worker.process.wait(20) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["study"]


def test_the_first_words_come_before_torch_is_loaded_and_a_torch_that_fails_is_named(
    quiet_environment, study, small_bundle, tmp_path
):
    broken = tmp_path / "broken" / "torch"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise ImportError('a library is missing', name='torch')", encoding="utf-8")
    worker = WorkerProcess({**quiet_environment, "PYTHONPATH": str(broken.parent)})
    assert worker.hear()["type"] == "hello"
    worker.send(type="analyze", id="1", inputs={"study": str(study)}, bundle=str(small_bundle), out=str(tmp_path / "r"))
    error = worker.hear_until("result", "error")
    assert "torch" in error["what"]
    assert error["remedy"]
    worker.tidy()


@pytest.fixture
def pipe(quiet_environment, monkeypatch):
    """The worker as a script or Slicer's console has it."""
    for name, value in quiet_environment.items():
        monkeypatch.setenv(name, value)
    with PipeWorker() as worker:
        yield worker


@pytest.mark.long
def test_a_batch_through_the_worker_is_the_batch_of_the_command(
    pipe, orthodiffusion, small_bundle, small_study, tmp_path
):
    """The same table, byte by byte, the same end; each way leaves what the other has done."""
    studies = tmp_path / "studies"
    shutil.copytree(small_study, studies / "anna")
    (studies / "broken").mkdir()
    (studies / "broken" / "sagittal.nii.gz").write_bytes(b"not an image")
    command = ["batch", str(studies), "--bundle", str(small_bundle), "--side", "right", "--device", "cpu", "--out"]
    # In a process of its own, too: the last digits depend on the number of threads.
    assert orthodiffusion(*command, tmp_path / "by_command").returncode == 3

    request = Batch(str(studies), str(tmp_path / "by_worker"), str(small_bundle), "right", options=Options("cpu"))
    rows = []
    answer = pipe.ask(request, on_row=lambda row: rows.append((row.number, row.count, row.row["status"])))
    assert rows == [(1, 2, "done"), (2, 2, "failed")]
    assert (answer.exit_status, answer.analysed, list(answer.failed)) == (3, 1, ["broken"])
    table = (tmp_path / "by_command" / "results.csv").read_bytes()
    assert (tmp_path / "by_worker" / "results.csv").read_bytes() == table

    again = orthodiffusion(*command, tmp_path / "by_worker")
    assert again.returncode == 3
    assert "0 analysed, 1 done before, 1 failed" in again.stdout
    answer = pipe.ask(Batch(str(studies), str(tmp_path / "by_command"), str(small_bundle), options=Options("cpu")))
    assert (answer.exit_status, answer.analysed, answer.done_before) == (3, 0, 1)
    assert (tmp_path / "by_worker" / "results.csv").read_bytes() == table

    (tmp_path / "empty").mkdir()
    with pytest.raises(OrthoDiffusionError, match="one for each study"):
        pipe.ask(Batch(str(tmp_path / "empty"), str(tmp_path / "nothing"), str(small_bundle)))


@pytest.mark.long
def test_results_come_back_as_arrays_that_are_those_of_the_results_folder(pipe, study, small_bundle, tmp_path):
    for name, arrays in (("arrays", True), ("files", False)):
        options = Options("cpu", arrays=arrays)
        pipe.ask(Analyze({"study": str(study)}, str(tmp_path / name), str(small_bundle), options))
    arrived = ArrayResults(tmp_path / "arrays")
    for _ in arrived.steps():
        pass
    saved = Analysis.load(tmp_path / "files")
    affine = saved.segmentation.labels.geometry.affine  # in single precision, as NIfTI has it
    assert np.allclose(arrived.labels.geometry.affine, affine, atol=1e-5)
    assert np.array_equal(arrived.labels.array, saved.segmentation.labels.array)
    heat = {finding.name: finding.evidence for finding in saved.findings if finding.evidence is not None}
    assert arrived.evidence.keys() == heat.keys()
    assert all(np.array_equal(arrived.evidence[name].array, heat[name].array) for name in heat)
    told = read_findings_json(tmp_path / "files" / "findings.json")
    assert {**arrived.findings, "created": ""} == {**told, "created": ""}
    assert sorted(path.name for path in (tmp_path / "arrays").iterdir()) == ["arrays", "findings.json"]
