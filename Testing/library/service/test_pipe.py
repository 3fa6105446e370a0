"""A worker behind pipes, with a program of a few lines in its place."""

from __future__ import annotations

import os
import signal
import time

import pytest

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.progress import Cancelled
from OrthoDiffusionLib.service.pipe import PipeWorker
from OrthoDiffusionLib.service.protocol import Analyze, Result

PROGRAM = """
import json, os, sys, time
import OrthoDiffusionLib
def say(**message):
    print(json.dumps(message), flush=True)
say(type="hello", protocol=1, version=OrthoDiffusionLib.__version__, device="cpu")
for line in sys.stdin:
    request = json.loads(line)
    if request["type"] == "cancel":
        say(type="cancelled", id=request["id"])
        continue
    say(type="progress", id=request["id"], stage="s", fraction=0.5, message="half")
    if request["out"] == "fault":
        sys.exit("a wrong shape")
    if request["out"] == "slow":
        continue
    say(type="result", id=request["id"], folder=str(os.getpid()))
"""


@pytest.fixture
def worker():
    with PipeWorker(arguments=["-c", PROGRAM]) as worker:
        yield worker


def ask(worker, out="o", **callbacks) -> Result:
    return worker.ask(Analyze({"study": "in"}, out), **callbacks)


def test_answers_come_back_and_the_process_stays_warm(worker):
    seen = []
    first = ask(worker, on_progress=lambda *step: seen.append(step))
    assert [(stage, fraction, str(message)) for stage, fraction, message in seen] == [("s", 0.5, "half")]
    assert ask(worker).folder == first.folder == str(worker.process_id)


def test_a_process_that_died_between_two_calls_is_replaced(worker):
    first = ask(worker)
    os.kill(worker.process_id, signal.SIGKILL)
    while worker.process_id and os.path.exists(f"/proc/{first.folder}") and not worker._process.ended:
        time.sleep(0.01)
    assert ask(worker).folder != first.folder


def test_the_last_words_of_a_process_that_ends_are_said(worker):
    with pytest.raises(OrthoDiffusionError, match="without a result: a wrong shape"):
        ask(worker, "fault")
    assert ask(worker).folder == str(worker.process_id)


@pytest.mark.parametrize("raised", [Cancelled, KeyboardInterrupt, ZeroDivisionError])
def test_whatever_a_callback_raises_goes_upwards_and_the_next_call_works(worker, raised):
    def watch(*_step):
        raise raised

    with pytest.raises(raised):
        ask(worker, "slow", on_progress=watch)
    before = worker.process_id
    assert ask(worker).folder == str(before), "the warm worker was not used again"


def test_closed_in_the_middle_the_call_ends_as_cancelled():
    calls = []

    def idle():
        calls.append(1)
        if len(calls) > 3:
            worker.close()

    worker = PipeWorker(arguments=["-c", PROGRAM], idle=idle)
    with pytest.raises(Cancelled):
        ask(worker, "slow")
    assert worker.process_id == 0


def test_a_program_that_is_not_there_is_named_each_time():
    worker = PipeWorker("/no/such/python")
    for _ in range(2):
        with pytest.raises(OrthoDiffusionError, match=r"could not be started \(/no/such/python\)"):
            ask(worker)
