"""One piece of work in a process of its own, told to whoever started it in JSON lines on standard output.

    {"type": "progress", "stage": "train", "fraction": 0.4, "message": "Step 40 of at most 120", …}   any number
    {"type": "log", "line": "…"}                                                                       any number
    {"type": "done", "result": {…}}                                                                    or one of
    {"type": "error", "what": "…", "where": "…", "remedy": "…", …}       an OrthoDiffusionError's `as_dict`
    {"type": "cancelled"}

The end of standard input stops the work where it stands: a launcher such as PythonSlicer leaves its child when it is
killed, and the child must not go on for hours.
"""

from __future__ import annotations

import _thread
import contextlib
import json
import os
import sys
import threading
from collections.abc import Callable
from typing import Any, TextIO

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.progress import Cancelled, Progress, ProgressCallback
from OrthoDiffusionLib.service.faults import exit_status, unexpected
from OrthoDiffusionLib.service.protocol import Step

SECONDS_TO_TIDY = 20.0
"""After standard input has ended; then the process leaves, tidied up or not."""

Work = Callable[[ProgressCallback, Callable[[str], None]], dict[str, Any]]
"""Gets progress and log, returns plain data."""


def do_and_tell(work: Work, *, while_wanted: bool = True) -> int:
    """Do a piece of work and tell every step.

    Args:
        work: raises OrthoDiffusionError for what a user can mend.
        while_wanted: stop when standard input ends.

    Returns:
        The exit status: 0 done, 2 what a user can put right, 1 an internal error, 130 stopped.
    """
    teller = _Teller(sys.stdout)
    if while_wanted:
        threading.Thread(target=_stop_with_input, daemon=True).start()
    try:
        with contextlib.redirect_stdout(sys.stderr):  # a chatty library must not break the lines
            result = work(teller.progress, teller.log)
    except OrthoDiffusionError as error:
        teller.tell({"type": "error", **error.as_dict()})
        return exit_status(error)
    except (Cancelled, KeyboardInterrupt):
        teller.tell({"type": "cancelled"})
        return 130
    except Exception as error:
        problem = unexpected(error)
        teller.tell({"type": "error", **problem.as_dict()})
        return exit_status(problem)
    teller.tell({"type": "done", "result": result})
    return 0


class _Teller:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def progress(self, step: Progress) -> None:
        self.tell(Step.of(step, "").as_dict())

    def log(self, line: str) -> None:
        self.tell({"type": "log", "line": line})

    def tell(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(OSError, ValueError):  # nobody reads any more; the work ends with its input
            self._stream.write(json.dumps(message) + "\n")
            self._stream.flush()


def _stop_with_input() -> None:
    while os.read(0, 4096):  # not by sys.stdin: Python aborts when it ends while a thread holds that
        pass
    _thread.interrupt_main()
    threading.Event().wait(SECONDS_TO_TIDY)
    os._exit(130)
