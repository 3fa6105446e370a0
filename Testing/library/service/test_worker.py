"""The worker's side of the conversation with the panel, with a stand-in for the networks."""

from __future__ import annotations

import json
import os
import queue
import threading
import time
from pathlib import Path

import pytest

from OrthoDiffusionLib import __version__
from OrthoDiffusionLib.errors import BundleError
from OrthoDiffusionLib.progress import Progress
from OrthoDiffusionLib.service.faults import unexpected
from OrthoDiffusionLib.service.protocol import Result
from OrthoDiffusionLib.service.worker import Worker


class Panel:
    """The other end of two real pipes, with the worker in a thread."""

    def __init__(self, analyze, **settings):
        self.left = threading.Event()
        requests_out, requests_in = os.pipe()
        answers_out, answers_in = os.pipe()
        self._requests = os.fdopen(requests_in, "wb", buffering=0)
        self._answers = os.fdopen(answers_out, "rb")
        self._lines = queue.Queue()
        self._reader = os.fdopen(requests_out, "rb")
        self._writer = os.fdopen(answers_in, "wb", buffering=0)
        worker = Worker(self._reader, self._writer, analyze, leave=lambda _status: self.left.set(), **settings)
        self.thread = threading.Thread(target=worker.serve, daemon=True)
        self.thread.start()
        self._collector = threading.Thread(target=self._collect, daemon=True)
        self._collector.start()

    def _collect(self):
        for line in self._answers:
            self._lines.put(json.loads(line))

    def send(self, **message):
        self.send_line(json.dumps(message))

    def send_line(self, line: str):
        self._requests.write(line.encode() + b"\n")

    def hear(self, seconds=5.0):
        return self._lines.get(timeout=seconds)

    def hear_until(self, *kinds, seconds=5.0):
        """All messages up to the first of these types, in the order they came."""
        heard = [self.hear(seconds)]
        while heard[-1]["type"] not in kinds:
            heard.append(self.hear(seconds))
        return heard

    def close(self):
        self._requests.close()

    def tidy(self):
        self.close()
        self.thread.join(5)
        self._reader.close()
        self._writer.close()
        self._collector.join(5)
        self._answers.close()


@pytest.fixture
def panel_with():
    panels = []

    def start(analyze, **settings):
        panels.append(Panel(analyze, **settings))
        return panels[-1]

    yield start
    for panel in panels:
        panel.tidy()


def analyze_at_once(request, progress):
    progress(Progress("encode", 0.5, "Looking at the sagittal view"))
    return Result(request.id, request.out)


def analyze_until_cancelled(_request, progress):
    for _ in range(1000):
        progress(Progress("encode", 0.5, "Looking"))
        time.sleep(0.005)
    raise AssertionError("nobody has cancelled")


def test_the_worker_speaks_first_and_says_protocol_version_and_device(panel_with):
    hello = panel_with(analyze_at_once).hear()
    assert hello["type"] == "hello"
    assert hello["protocol"] == 1
    assert hello["version"] == __version__
    assert hello["device"].split()[0] in ("cpu", "cuda")


def test_a_request_is_answered_with_progress_and_the_results_folder(panel_with):
    panel = panel_with(analyze_at_once)
    panel.send(type="analyze", id="7", inputs={"files": []}, out="über/results")
    heard = panel.hear_until("result")[1:]
    assert [message["type"] for message in heard] == ["progress", "progress", "result"]
    assert all(message["id"] == "7" for message in heard)
    assert heard[1] == {
        "type": "progress",
        "id": "7",
        "stage": "encode",
        "fraction": 0.5,
        "message": "Looking at the sagittal view",
    }
    assert heard[2]["folder"] == "über/results"


def test_many_requests_are_answered_one_after_the_other(panel_with):
    panel = panel_with(analyze_at_once)
    for identifier in "abc":
        panel.send(type="analyze", id=identifier, inputs={}, out=identifier)
    answers = [panel.hear_until("result")[-1] for _ in "abc"]
    assert [(answer["id"], answer["folder"]) for answer in answers] == [("a", "a"), ("b", "b"), ("c", "c")]


def test_a_running_request_is_cancelled_and_the_next_one_works(panel_with):
    panel = panel_with(
        lambda request, progress: {"x": analyze_until_cancelled, "y": analyze_at_once}[request.out](request, progress)
    )
    panel.send(type="analyze", id="1", inputs={}, out="x")
    panel.hear_until("progress")
    asked = time.monotonic()
    panel.send(type="cancel", id="1")
    assert panel.hear_until("cancelled")[-1]["id"] == "1"
    assert time.monotonic() - asked < 1.0
    panel.send(type="analyze", id="2", inputs={}, out="y")
    assert panel.hear_until("result")[-1] == {"type": "result", "id": "2", "folder": "y"}


def test_a_request_that_still_waits_is_cancelled_at_once_and_never_begun(panel_with):
    begun = []

    def analyze(request, progress):
        begun.append(request.id)
        return analyze_until_cancelled(request, progress)

    panel = panel_with(analyze)
    panel.send(type="analyze", id="1", inputs={}, out="x")
    panel.send(type="analyze", id="2", inputs={}, out="y")
    panel.send(type="cancel", id="2")
    assert panel.hear_until("cancelled")[-1]["id"] == "2"
    deadline = time.monotonic() + 30
    while not begun and time.monotonic() < deadline:  # on a busy machine the first one may not have begun yet
        time.sleep(0.01)
    panel.send(type="cancel", id="1")
    assert panel.hear_until("cancelled")[-1]["id"] == "1"
    assert begun == ["1"]


def test_a_cancel_that_comes_too_late_is_no_error(panel_with):
    panel = panel_with(analyze_at_once)
    panel.send(type="cancel", id="nobody")
    panel.send(type="analyze", id="1", inputs={}, out="x")
    assert panel.hear_until("result", "error")[-1]["type"] == "result"


def test_a_fault_the_user_can_mend_comes_in_its_parts(panel_with):
    def analyze(_request, _progress):
        raise BundleError("A checksum is wrong", where="knee", remedy="Install it again.", code="damaged")

    panel = panel_with(analyze)
    panel.send(type="analyze", id="1", inputs={}, out="x")
    answer = panel.hear_until("error")[-1]
    assert answer == {
        "type": "error",
        "id": "1",
        "what": "A checksum is wrong",
        "where": "knee",
        "remedy": "Install it again.",
        "log_path": "",
        "code": "damaged",
    }


def test_a_fault_nobody_foresaw_is_logged_without_names_and_the_worker_lives_on(panel_with, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    name = "-".join(["Doe", "Jane"])  # the log may quote lines of this file, but never what they held
    faults = {
        "bad": KeyError(name),
        "gone": FileNotFoundError(2, "No such file", f"/data/{name}/knee.nii"),
        "worse": ValueError(f"cannot open /data/{name}/knee.nii"),
    }

    def analyze(request, _progress):
        raise faults[request.out]

    panel = panel_with(analyze)
    for out in faults:
        panel.send(type="analyze", id=out, inputs={}, out=out)
        answer = panel.hear_until("error")[-1]
        assert answer["id"] == out
        assert answer["what"] and answer["remedy"]
        assert name not in json.dumps({**answer, "log_path": ""})
        log = Path(answer["log_path"]).read_text(encoding="utf-8")
        assert "test_worker.py" in log
        assert name not in log


@pytest.mark.parametrize(
    "fault",
    [
        MemoryError(),
        RuntimeError("[enforce fail at alloc_cpu.cpp:119] DefaultCPUAllocator: can't allocate memory: you tried"),
        RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    ],
)
def test_too_little_memory_is_said_in_words(fault):
    answer = unexpected(fault)
    assert "memory" in answer.what
    assert "Close other programs" in answer.remedy


def test_a_missing_package_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(ImportError) as raised:
        import no_such_package.inner  # noqa: F401
    assert "no_such_package" in unexpected(raised.value).what


@pytest.mark.parametrize("line", ["not json", "[1, 2]", "\udcff".encode("utf-8", "surrogateescape").decode("latin-1")])
def test_a_line_that_is_no_request_is_refused_and_the_worker_lives_on(panel_with, line):
    panel = panel_with(analyze_at_once)
    panel.send_line(line)
    answer = panel.hear_until("error")[-1]
    assert answer["id"] is None
    assert "JSON object" in answer["what"]
    panel.send(type="analyze", id="1", inputs={}, out="x")
    assert panel.hear_until("result")[-1]["id"] == "1"


def test_an_unknown_request_and_one_without_an_id_are_refused(panel_with):
    panel = panel_with(analyze_at_once)
    panel.send(type="dance", id="1")
    assert "'dance'" in panel.hear_until("error")[-1]["what"]
    panel.send(type="analyze", inputs={}, out="x")
    assert "no id" in panel.hear_until("error")[-1]["what"]


def test_quit_ends_the_worker_and_cancels_what_runs(panel_with):
    panel = panel_with(analyze_until_cancelled)
    panel.send(type="analyze", id="1", inputs={}, out="x")
    while panel.hear_until("progress")[-1]["stage"] != "encode":
        pass
    panel.send(type="quit")
    assert panel.hear_until("cancelled")[-1]["id"] == "1"
    panel.thread.join(2)
    assert not panel.thread.is_alive()
    assert not panel.left.is_set()


def test_the_end_of_input_ends_the_process_though_the_work_never_listens(panel_with):
    stuck = threading.Event()

    def analyze(_request, progress):
        progress(Progress("encode", 0.5, "Looking"))
        stuck.wait(20)
        return Result("1", "x")

    panel = panel_with(analyze)
    panel.send(type="analyze", id="1", inputs={}, out="x")
    while panel.hear_until("progress")[-1]["stage"] != "encode":
        pass
    panel.close()
    assert panel.left.wait(3)
    stuck.set()


def test_what_must_be_loaded_first_is_said_to_be_ready_and_does_not_delay_the_first_words(panel_with):
    loaded = threading.Event()

    def prepare():
        loaded.wait(5)
        return "cpu"

    panel = panel_with(analyze_at_once, prepare=prepare)
    assert panel.hear()["type"] == "hello"
    panel.send(type="analyze", id="1", inputs={}, out="x")
    assert panel.hear()["message"] == "Starting"  # though nothing is loaded yet
    loaded.set()
    assert [m["type"] for m in panel.hear_until("result")] == ["ready", "progress", "result"]
