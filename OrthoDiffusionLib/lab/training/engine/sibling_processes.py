"""Starts the other processes of a training on this computer, and ends this one if one of them is lost.

Lightning Fabric would start them too, but where one ends it kills the others without a word to the user.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from OrthoDiffusionLib.errors import OrthoDiffusionError, TrainingError

LOST = (
    "Another process of this training has ended or cannot be reached. Its own message, if it left one, stands above. "
    "What was learned up to the last checkpoint is kept (one is written every two minutes)"
)
GO_ON = "Run the same command again: it goes on from the last checkpoint."

BAD_INPUT = 2
LOOKING_SECONDS = 1.0
SECONDS_TO_NOTICE = 20.0
"""Usually the loss of a process is an error of the next exchange with it, which is told in the ordinary way; a graphics
card's exchange may wait for ever instead."""


_KILLED_SECONDS = 2.0
"""An exchange fails a moment before the process that broke it off is known to have ended."""

_siblings: list[subprocess.Popen] = []
_parent = os.getppid()


def start_siblings(processes: int, address: str, port: int) -> None:
    """Start this very command once for each further process, and watch over them.

    Args:
        processes: on this computer, this one among them. The variables that tell a process its rank are set here.
        address, port: at which the first process waits for the others.
    """
    os.environ["MASTER_ADDR"], os.environ["MASTER_PORT"] = address, str(port)
    os.environ.setdefault("NODE_RANK", "0")
    os.environ["LOCAL_RANK"] = "0"
    _siblings[:] = [
        subprocess.Popen(_this_command(), env={**os.environ, "LOCAL_RANK": str(rank)}) for rank in range(1, processes)
    ]
    threading.Thread(target=_watch, args=(list(_siblings),), daemon=True, name="siblings").start()


@contextlib.contextmanager
def lost_process_told(where: Path, processes: int) -> Iterator[None]:
    """Turn the error of an exchange with a process that is gone into one that says so, and what to do.

    Raises:
        TrainingError: in its place.
    """
    try:
        yield
    except OrthoDiffusionError:
        raise
    except Exception as error:
        if processes == 1 or not (is_lost_process(error) or _is_a_process_killed()):
            raise
        raise TrainingError(LOST, where=str(where), remedy=GO_ON) from error


def is_lost_process(error: BaseException) -> bool:
    """Whether an error of an exchange between processes says that one of them is gone."""
    text = str(error).lower()
    words = ("connection closed", "connection reset", "broken pipe", "connectfull", "nccl", "timed out", "socket")
    return isinstance(error, RuntimeError) and any(word in text for word in words)


def _is_a_process_killed() -> bool:
    """Whether another process of this computer was ended from outside: no list of words knows every error of that."""
    end = time.monotonic() + _KILLED_SECONDS
    while time.monotonic() < end:
        if any((sibling.poll() or 0) < 0 for sibling in _siblings):
            return True
        if os.environ.get("LOCAL_RANK", "0") != "0" and os.getppid() != _parent:
            return True
        time.sleep(0.05)
    return False


def _this_command() -> list[str]:
    main = sys.modules["__main__"].__spec__
    start = [sys.argv[0]] if main is None else ["-m", main.name]
    return [sys.executable, *start, *sys.argv[1:]]


def _watch(siblings: list[subprocess.Popen]) -> None:
    while any(sibling.poll() is None for sibling in siblings):
        if any(sibling.poll() for sibling in siblings):
            break
        time.sleep(LOOKING_SECONDS)
    if not any(sibling.poll() for sibling in siblings):
        return
    time.sleep(SECONDS_TO_NOTICE)
    print(f"Error: {LOST}.\n  What to do: {GO_ON}", file=sys.stderr, flush=True)
    for sibling in siblings:
        sibling.kill()
    os._exit(BAD_INPUT)  # the main thread waits in an exchange that will never be answered
