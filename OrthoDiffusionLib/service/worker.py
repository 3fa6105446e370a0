"""Stay warm behind the panel: requests on standard input, progress and results on standard output, as JSON lines.

Protocol 1. The worker speaks first:
    {"type": "hello", "protocol": 1, "version": "0.2.0", "device": "cpu"}
and, once the networks' library is loaded, {"type": "ready", "device": ...}. Requests:
    {"type": "analyze", "id": "1", "inputs": {"study": FOLDER} or {"files": [PATHS], "sagittal": PATH, "side": ...},
     "bundle": FOLDER or name or null, "out": FOLDER, "options": {"device": "auto", "overwrite": false,
     "clinical": {"age": 42, "sex": "female", "trauma": "yes"}}}
    {"type": "cancel", "id": "1"}    {"type": "quit"}
Answers, each with the request's id: progress (stage, fraction, message), and then exactly one of
result (folder), cancelled, error (what, where, remedy, log_path, code).
End of input ends the worker, in the middle of work too, so that no orphan survives its panel.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import importlib.metadata
import json
import os
import queue
import re
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from OrthoDiffusionLib import __version__
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.progress import Cancelled, Progress, ProgressCallback

HELP = "stay warm and answer the panel's requests (JSON lines on standard input and output)"
PROTOCOL = 1
SECONDS_TO_TIDY = 1.0
"""After the end of input, work in progress gets this long to remove its temporary files."""

Analyze = Callable[[dict[str, Any], ProgressCallback], str]
"""Carries out one request, reports progress, returns the results folder."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter


def run(_arguments: argparse.Namespace) -> NoReturn:
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    # Whatever a library prints, even from C, must not fall between the messages.
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    from OrthoDiffusionLib.service.worker_analysis import WarmAnalysis

    # Ctrl-C in the terminal that started Slicer reaches us too; our life is the panel's to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    analysis = WarmAnalysis()
    try:
        Worker(sys.stdin.buffer, answers, analysis, prepare=analysis.prepare).serve()
    except KeyboardInterrupt:  # a polite kill
        os._exit(128 + signal.SIGTERM)
    # Everything is answered and nothing open; taking torch down piece by piece would take seconds.
    os._exit(0)


@dataclass
class _Request:
    identifier: str
    fields: dict[str, Any]
    begun: bool = False
    stopped: bool = False


class Worker:
    """Answers requests one after the other, and hears a cancel while one is running.

    Args:
        requests: lines of JSON, UTF-8.
        answers: where the messages go; flushed after each.
        analyze: carries out one request.
        prepare: called once after the hello, slow imports in it; returns the device for the `ready` message.
        leave: ends the process at once; a test gives its own.
    """

    def __init__(
        self,
        requests: BinaryIO,
        answers: BinaryIO,
        analyze: Analyze,
        *,
        prepare: Callable[[], str] | None = None,
        leave: Callable[[int], Any] = os._exit,
    ) -> None:
        self._requests = requests
        self._answers = answers
        self._analyze = analyze
        self._prepare = prepare
        self._leave = leave
        self._waiting: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._open: dict[str, _Request] = {}  # asked and not yet answered, by id
        self._lock = threading.Lock()
        self._pipe = threading.Lock()
        self._ending = threading.Event()
        self._finished = threading.Event()

    def serve(self) -> None:
        """Say hello and answer until `quit` or the end of input."""
        self._send(type="hello", protocol=PROTOCOL, version=__version__, device=likely_device())
        threading.Thread(target=self._read, name="requests", daemon=True).start()
        self._warm_up()
        while (request := self._waiting.get()) is not None:
            self._answer(request)
            if self._ending.is_set():
                break
        self._finished.set()

    def _warm_up(self) -> None:
        if self._prepare is None:
            return
        try:
            self._send(type="ready", device=self._prepare())
        except Exception:  # the first request meets the same fault and answers it with its id
            traceback.print_exc(file=sys.stderr)

    def _read(self) -> None:
        for line in self._requests:
            if not line.strip():
                continue
            try:
                request = json.loads(line)
                if not isinstance(request, dict):
                    raise TypeError
            except (ValueError, TypeError):
                self._refuse(None, "A request is not one line holding a JSON object")
                continue
            if not self._take(request):
                break
        self._end()

    def _take(self, request: dict[str, Any]) -> bool:
        """Note one request; False after the last one."""
        kind, identifier = request.get("type"), request.get("id")
        if kind == "quit":
            return False
        if kind == "cancel":
            self._cancel(identifier)
        elif kind != "analyze":
            self._refuse(identifier, f"The worker knows no request of type {kind!r}")
        elif not isinstance(identifier, str) or not identifier:
            self._refuse(None, "A request has no id, a text that is not empty")
        else:
            with self._lock:
                asked = self._open.setdefault(identifier, new := _Request(identifier, request))
            if asked is not new:
                self._refuse(None, f"A request with the id {identifier!r} is still open")
            else:
                # Said at once, though the networks may still be loading.
                self._progress(identifier, Progress("start", 0.0, "Starting"))
                self._waiting.put(new)
        return True

    def _cancel(self, identifier: Any) -> None:
        with self._lock:
            request = self._open.get(identifier) if isinstance(identifier, str) else None
            if request is None:
                return  # it has been answered a moment ago
            request.stopped = True
            if request.begun:
                return  # the work itself notices and answers
            del self._open[identifier]
        self._send(type="cancelled", id=identifier)

    def _end(self) -> None:
        """Stop the work and leave: nobody is there any more to want its result."""
        self._ending.set()
        with self._lock:
            for request in self._open.values():
                request.stopped = True
        self._waiting.put(None)
        if not self._finished.wait(SECONDS_TO_TIDY):
            self._leave(0)

    def _answer(self, request: _Request) -> None:
        with self._lock:
            if request.stopped:
                return
            request.begun = True

        def progress(step: Progress) -> None:
            if request.stopped:
                raise Cancelled
            self._progress(request.identifier, step)

        try:
            answer = {"type": "result", "folder": str(self._analyze(request.fields, progress))}
        except Cancelled:
            answer = {"type": "cancelled"}
        except OrthoDiffusionError as error:
            answer = {"type": "error", **error.as_dict()}
        except Exception as error:
            answer = {"type": "error", **unexpected(error).as_dict()}
        with self._lock:
            del self._open[request.identifier]
        self._send(id=request.identifier, **answer)

    def _progress(self, identifier: str, step: Progress) -> None:
        self._send(
            type="progress",
            id=identifier,
            stage=step.stage,
            fraction=round(step.fraction, 4),
            message=step.message,
        )

    def _refuse(self, identifier: Any, what: str) -> None:
        error = OrthoDiffusionError(what, remedy="The panel and the worker may be of different versions.")
        self._send(type="error", id=identifier, **error.as_dict())

    def _send(self, **message: Any) -> None:
        line = json.dumps(message, ensure_ascii=False).encode() + b"\n"
        try:
            with self._pipe:
                self._answers.write(line)
                self._answers.flush()
        except (BrokenPipeError, ValueError, OSError):
            self._leave(0)  # the panel has gone


def likely_device() -> str:
    """The device, as far as it can be told without loading torch, which takes seconds."""
    try:
        torch_version = importlib.metadata.version("torch")
    except importlib.metadata.PackageNotFoundError:
        return "none: torch is not installed"
    if "+cpu" in torch_version or not any(Path(name).exists() for name in ("/dev/nvidia0", "/dev/dxg")):
        return f"cpu (torch {torch_version})"
    return f"cuda (torch {torch_version})"


def unexpected(error: BaseException) -> OrthoDiffusionError:
    """What to tell about a fault that nobody foresaw; its trace goes to a log without names of people or paths."""
    if _is_out_of_memory(error):
        return OrthoDiffusionError(
            "There was not enough memory for this analysis",
            remedy="Close other programs or scenes and analyse again, or choose the device cpu.",
        )
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return OrthoDiffusionError("The disk is full", remedy="Free some space and start again.")
    if isinstance(error, ImportError) and error.name:
        return OrthoDiffusionError(
            f"The Python package {error.name.partition('.')[0]} is missing or damaged",
            remedy="Install the requirements again from the panel, or with pip.",
            log_path=_write_log(error),
        )
    return OrthoDiffusionError(
        "The work stopped by a fault of its own",
        where=type(error).__name__,
        remedy="Start it again; if it stops again, send the log, which names no patient, with your report.",
        log_path=_write_log(error),
    )


def _is_out_of_memory(error: BaseException) -> bool:
    # torch says it by a RuntimeError on the CPU and by a child of it on a GPU; torch is not imported for this.
    text = str(error).lower()
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError)
        and any(sign in text for sign in ("out of memory", "can't allocate memory", "not enough memory"))
    )


def _write_log(error: BaseException) -> str:
    """The stack with code places only: a message could quote a patient's name or a folder called after one."""
    message = re.sub(r"(['\"‘“]).*?['\"’”]", "…", str(error))
    message = re.sub(r"(?:[A-Za-z]:\\|/)\S+", "…", message)
    lines = [
        time.strftime("%Y-%m-%d %H:%M:%S"),
        f"OrthoDiffusion {__version__}, Python {sys.version.split()[0]}, {sys.platform}",
        "".join(traceback.format_tb(error.__traceback__)).rstrip(),
        f"{type(error).__name__}: {message}",
    ]
    path = Path(tempfile.gettempdir()) / f"orthodiffusion-{os.getpid()}.log"
    with contextlib.suppress(OSError):
        with path.open("a", encoding="utf-8") as log:
            log.write("\n".join(lines) + "\n\n")
        return str(path)
    return ""
