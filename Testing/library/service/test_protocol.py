"""Each message arrives as it was sent; what is no message is refused in words."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from OrthoDiffusionLib.batch.outcome import BatchOutcome
from OrthoDiffusionLib.errors import BundleError
from OrthoDiffusionLib.service.protocol import (
    Analyze,
    Batch,
    BatchResult,
    Cancel,
    Cancelled,
    Failure,
    Hello,
    MessageError,
    Options,
    Quit,
    Ready,
    Result,
    Row,
    Step,
    answer_from_line,
    request_from_line,
)

OPTIONS = Options("cpu", True, True, {"age": 42, "trauma": "ja, Sprung"}, "float32", 2)
REQUESTS = [
    Analyze({"study": "/tmp/über"}, "out", None, OPTIONS, "1"),
    Analyze({"files": ["a.nii", "b\udce4.nii"], "sagittal": "s.nii", "side": "left"}, "out", "knee", id="2"),
    Batch("studies", "out", "knee", "right", {"anna": {"age": 3}}, OPTIONS, "3"),
    Cancel("3"),
    Quit(),
]
ANSWERS = [
    Hello(1, "0.2.0", "cpu"),
    Ready("cuda (a card)"),
    Step("1", "encode", 0.25, "Looking at the sagittal view"),
    Row("3", 1, 2, {"study": "anna", "status": "done"}),
    Result("1", "/tmp/über"),
    BatchResult("3", "out", 3, 1, 0, 0, {"berta": "[code] No."}, ("anna",)),
    Cancelled("1"),
    Failure.of(BundleError("A checksum is wrong", where="knee", remedy="Install it.", code="damaged"), "1"),
]


@pytest.mark.parametrize("message", REQUESTS, ids=lambda message: message.TYPE)
def test_a_request_makes_the_round_trip_in_one_line(message):
    line = message.to_line()
    assert line.count(b"\n") == 1 and json.loads(line)["type"] == message.TYPE
    assert request_from_line(line) == message


@pytest.mark.parametrize("message", ANSWERS, ids=lambda message: message.TYPE)
def test_an_answer_makes_the_round_trip_in_one_line(message):
    line = message.to_line()
    assert line.count(b"\n") == 1
    assert answer_from_line(line) == message


def test_the_messages_are_those_of_the_contract():
    analyze = json.loads(Analyze({"study": "in"}, "out", id="1").to_line())
    options = {
        "device": "auto",
        "overwrite": False,
        "arrays": False,
        "clinical": {},
        "precision": "auto",
        "threads": 0,
        "dicom": False,
        "language": "en",
    }
    expected = {"id": "1", "inputs": {"study": "in"}, "bundle": None, "out": "out", "options": options}
    assert analyze == {"type": "analyze", **expected}
    assert json.loads(Cancelled("1").to_line()) == {"type": "cancelled", "id": "1"}
    assert json.loads(Result("1", "f").to_line()) == {"type": "result", "id": "1", "folder": "f"}


@pytest.mark.parametrize("options", [{"precision": "half"}, {"threads": -1}, {"threads": "4"}, {"threads": True}])
def test_a_precision_or_number_of_threads_that_is_none_is_refused(options):
    line = json.dumps({"type": "analyze", "id": "1", "inputs": {}, "out": "o", "options": options}).encode()
    with pytest.raises(MessageError, match=next(iter(options))):
        request_from_line(line)


def test_options_may_be_missing_and_what_a_later_version_adds_is_passed_over():
    line = json.dumps({"type": "analyze", "id": "1", "inputs": {}, "out": "o", "later": 1}).encode()
    assert request_from_line(line) == Analyze({}, "o", id="1")
    assert answer_from_line(b'{"type": "ready", "device": "cpu", "later": 1}') == Ready("cpu")


def test_an_error_arrives_in_its_parts_whatever_its_log_is_called():
    error = answer_from_line(b'{"type": "error", "id": "1", "what": "No.", "log path": "/tmp/log"}').error()
    assert (error.what, error.log_path) == ("No.", "/tmp/log")


@pytest.mark.parametrize(
    ("line", "identifier", "said"),
    [
        (b"not json", None, "JSON object"),
        (b"\xff\xfe", None, "JSON object"),
        (b"[1, 2]", None, "JSON object"),
        (b"[" * 200_000, None, "JSON object"),
        (b'{"type": "dance", "id": "7"}', "7", "no request of type 'dance'"),
        (b'{"type": ["analyze"], "id": "7"}', "7", "no request of type"),
        (b'{"type": "analyze", "inputs": {}, "out": "o"}', None, "no id"),
        (b'{"type": "analyze", "id": "7", "inputs": [], "out": "o"}', "7", "no inputs or no results folder"),
        (b'{"type": "analyze", "id": "7", "inputs": {}, "out": "o", "options": {"clinical": 1}}', "7", "clinical"),
        (b'{"type": "batch", "id": "7", "out": "o"}', "7", "no folder of studies"),
        (b'{"type": "batch", "id": "7", "studies": "s", "out": "o", "clinical": {"a": 1}}', "7", "clinical"),
    ],
)
def test_a_line_that_is_no_request_is_refused_with_the_id_it_belongs_to(line, identifier, said):
    with pytest.raises(MessageError, match=said) as caught:
        request_from_line(line)
    assert caught.value.identifier == identifier and caught.value.remedy


@pytest.mark.parametrize(
    "line", [b"Loading weights", b"7", b'{"type": "song"}', b'{"type": "result", "id": "1"}', b'{"type": "progress"}']
)
def test_what_a_library_prints_is_no_answer(line):
    with pytest.raises(MessageError):
        answer_from_line(line)


def test_a_batch_of_the_worker_says_all_that_one_of_the_command_does():
    outcome = BatchOutcome(analysed=2, failed={"berta": "No."}, loose=["a.nii.gz"], named_otherwise=["ankle_anna"])
    sent = BatchResult("3", "out", outcome.exit_status, **asdict(outcome))
    came = answer_from_line(sent.to_line())
    for name, value in asdict(outcome).items():
        assert getattr(came, name) == (tuple(value) if isinstance(value, list) else value), name
