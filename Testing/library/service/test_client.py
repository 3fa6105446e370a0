"""What the client makes of each thing that can happen to a worker; no process, no clock, no waiting."""

from __future__ import annotations

import json

import pytest

from OrthoDiffusionLib import __version__
from OrthoDiffusionLib.service.client import (
    Abandon,
    Advanced,
    Client,
    Failed,
    Finished,
    Patience,
    Quiet,
    Start,
    State,
    Stopped,
    Waiting,
    Write,
)
from OrthoDiffusionLib.service.protocol import Analyze, Result

REQUEST = Analyze({"study": "in"}, "out")
LAUNCHER = "error: [PythonSlicer] exit abnormally - Report the problem.\n"


def line(**message) -> bytes:
    return json.dumps(message).encode() + b"\n"


HELLO = line(type="hello", protocol=1, version=__version__, device="cpu")
RESULT = line(type="result", id="1", folder="out")


@pytest.fixture
def client():
    return Client(again="press the button again")


@pytest.fixture
def busy(client):
    """A client with a warm worker that was asked at 0 s."""
    client.start(0.0)
    client.received(HELLO, 0.0)
    client.ask(REQUEST, 0.0)
    return client


def error_of(effects):
    (failed,) = [effect for effect in effects if isinstance(effect, Failed)]
    return failed.error


def test_a_request_starts_a_worker_says_what_it_waits_for_and_is_answered(client):
    assert client.state == State.ABSENT
    start, write, waiting = client.ask(REQUEST, 0.0)
    assert (start, waiting) == (Start(), Waiting("start"))
    assert json.loads(write.line)["id"] == "1"
    assert client.state == State.BUSY
    assert client.received(HELLO, 1.0) == [Waiting("load")]
    step = line(type="progress", id="1", stage="encode", fraction=0.5, message="Looking")
    (advanced,) = client.received(step, 2.0)
    assert isinstance(advanced, Advanced) and advanced.step.fraction == 0.5
    assert client.received(RESULT, 3.0) == [Finished(Result("1", "out"))]
    assert (client.state, client.deadline) == (State.READY, None)


def test_a_warm_worker_is_used_again_and_each_request_has_an_id_of_its_own(busy):
    busy.received(RESULT, 1.0)
    (write,) = busy.ask(REQUEST, 2.0)
    assert json.loads(write.line)["id"] == "2"
    assert busy.received(RESULT, 3.0) == [], "an answer to an earlier request is no answer to this one"


def test_a_second_request_has_to_wait(busy):
    with pytest.raises(ValueError, match="running already"):
        busy.ask(REQUEST, 0.0)


def test_a_message_may_come_in_pieces_and_what_is_no_message_goes_to_the_log(busy):
    assert busy.received(RESULT[:10], 1.0) == []
    assert busy.received(RESULT[10:] + b"a library prints here \xe4\n", 1.0) == [Finished(Result("1", "out"))]
    assert "a library prints here" in busy.log


def test_a_cancel_that_is_obeyed_leaves_the_worker_warm(busy):
    (write,) = busy.cancel(5.0)
    assert json.loads(write.line) == {"type": "cancel", "id": "1"}
    assert busy.state == State.CANCELLING
    assert busy.cancel(5.5) == [], "one message is enough"
    assert busy.received(line(type="progress", id="1", stage="s", fraction=0, message="late"), 5.6) == []
    assert busy.received(line(type="cancelled", id="1"), 6.0) == [Stopped()]
    assert busy.state == State.READY


@pytest.mark.parametrize("late", [RESULT, line(type="error", id="1", what="too late")])
def test_an_answer_that_crosses_the_cancel_is_no_news(busy, late):
    busy.cancel(5.0)
    assert busy.received(late, 5.1) == [Stopped()]


def test_a_cancel_that_is_not_obeyed_kills_after_two_seconds_and_the_next_request_starts_anew(busy):
    busy.cancel(5.0)
    assert busy.deadline == 7.0
    assert busy.tick(6.9) == []
    assert busy.tick(7.0) == [Abandon(), Stopped()]
    assert busy.state == State.ABSENT
    assert busy.ask(REQUEST, 8.0)[0] == Start()


def test_a_worker_that_dies_while_it_is_cancelled_has_obeyed(busy):
    busy.cancel(5.0)
    assert busy.ended(1) == [Stopped()]


@pytest.mark.parametrize(
    ("exit_code", "crashed", "words", "said"),
    [
        (-9, False, "", "stopped from outside, most often because the computer ran out of memory"),
        (0, True, "", "stopped from outside"),
        (137, False, "", "stopped from outside"),
        (1, False, f"loading\n{LAUNCHER}", "stopped from outside"),
        (1, False, "Traceback\nRuntimeError: a wrong shape\n", "without a result: RuntimeError: a wrong shape"),
        (0, False, "", "The worker stopped without a result."),
        (0, False, LAUNCHER, "The worker stopped without a result."),
    ],
)
def test_the_end_of_the_worker_is_told_by_its_exit_code_and_last_words(busy, exit_code, crashed, words, said):
    busy.error_output(words)
    error = error_of(busy.ended(exit_code, crashed=crashed))
    assert said in str(error)
    assert "press the button again" in error.remedy.lower()
    assert busy.state == State.ABSENT and busy.log == words
    assert busy.ask(REQUEST, 9.0)[0] == Start() and busy.log == ""


def test_a_worker_that_ends_when_nobody_waits_is_no_error(busy):
    busy.received(RESULT, 1.0)
    assert busy.ended(-9) == []
    assert busy.state == State.ABSENT


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"protocol": 2}, "The worker speaks protocol 2, this panel speaks 1"),
        ({"version": "0.0.1"}, "The worker has version 0.0.1"),
    ],
)
def test_a_foreign_hello_ends_the_worker_and_is_said_to_who_waits(client, changed, said):
    foreign = line(**{"type": "hello", "protocol": 1, "version": __version__, "device": "", **changed})
    client.ask(REQUEST, 0.0)
    effects = client.received(foreign + RESULT, 1.0)
    assert effects[0] == Abandon() and said in str(error_of(effects)) and len(effects) == 2
    client.start(2.0)
    assert client.received(foreign, 3.0) == [Abandon()], "nobody waits"


def test_a_program_that_cannot_be_started_is_named(client):
    client.ask(REQUEST, 0.0)
    assert "could not be started (PythonSlicer)" in str(error_of(client.not_started("PythonSlicer")))
    assert (client.state, client.deadline) == (State.ABSENT, None)


def test_a_worker_that_never_says_hello_is_given_up(client):
    client.ask(REQUEST, 0.0)
    assert client.deadline == 60.0
    effects = client.tick(60.0)
    assert effects[0] == Abandon() and "did not answer within 60 s of its start" in str(error_of(effects))


def test_a_quiet_worker_is_told_of_again_and_again(busy):
    assert busy.tick(30.0) == [Quiet(30.0)]
    assert busy.tick(59.0) == []
    assert busy.tick(60.0) == [Quiet(30.0)]
    busy.received(line(type="progress", id="1", stage="s", fraction=0.1, message="m"), 61.0)
    assert busy.deadline == 91.0 and busy.busy


def test_a_quiet_worker_is_given_up_where_nobody_watches():
    client = Client(Patience(quiet=600.0, gives_up=True))
    client.ask(REQUEST, 0.0)
    client.received(HELLO, 1.0)
    effects = client.tick(601.0)
    assert effects[0] == Abandon() and "did not answer within 600 s" in str(error_of(effects))


def test_stop_forgets_the_request_and_is_silent(busy):
    assert busy.stop() == [Abandon()]
    assert (busy.state, busy.deadline) == (State.ABSENT, None)
    assert busy.received(RESULT, 1.0) == [] and busy.ended(0) == []
    assert busy.stop() == []


def test_the_device_is_the_last_that_the_worker_said(client):
    client.start(0.0)
    client.received(HELLO, 0.0)
    assert client.device == "cpu" and client.warm
    client.received(line(type="ready", device="cuda (a card)"), 1.0)
    assert client.device == "cuda (a card)"


def test_a_write_goes_out_before_the_hello(client):
    assert any(isinstance(effect, Write) for effect in client.ask(REQUEST, 0.0))
