"""Answer the panel's requests from standard input on standard output, as JSON lines, and keep the networks loaded.

It starts with the message "hello", and sends "ready" once the networks' library is loaded. Each request is answered
with its id: by messages of progress, and then by exactly one result, cancellation or failure. All messages are defined
in OrthoDiffusionLib/service/protocol.py. The worker ends at the end of its input, also during an analysis.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn

from OrthoDiffusionLib import __version__, progress
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.progress import Progress
from OrthoDiffusionLib.service.faults import unexpected
from OrthoDiffusionLib.service.protocol import (
    PROTOCOL,
    Answer,
    BatchResult,
    Cancel,
    Cancelled,
    Failure,
    Hello,
    MessageError,
    Quit,
    Ready,
    Request,
    Result,
    Row,
    Step,
    Work,
    request_from_line,
)

SECONDS_TO_TIDY = 1.0
"""After the end of input, work in progress gets this long to remove its temporary files."""

Report = Callable[[Progress | Row], None]
"""Gets every step and, of a batch, every row; raises `progress.Cancelled` when the work shall stop."""

CarryOut = Callable[[Work, Report], Result | BatchResult]
"""Carries out one request, reports how far it is, returns the answer."""


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
class _Open:
    """A request that was taken and not yet answered."""

    work: Work
    begun: bool = False
    stopped: bool = False


class Worker:
    """Answers requests one after the other, and receives a cancel while one is running.

    Args:
        requests: lines of JSON, UTF-8.
        answers: where the messages go; flushed after each.
        carry_out: carries out one request.
        prepare: called once after the hello, slow imports in it; returns the device for the `ready` message.
        leave: ends the process at once; a test gives its own.
    """

    def __init__(
        self,
        requests: BinaryIO,
        answers: BinaryIO,
        carry_out: CarryOut,
        *,
        prepare: Callable[[], str] | None = None,
        leave: Callable[[int], object] = os._exit,
    ) -> None:
        self._requests = requests
        self._answers = answers
        self._carry_out = carry_out
        self._prepare = prepare
        self._leave = leave
        self._waiting: queue.SimpleQueue[_Open | None] = queue.SimpleQueue()
        self._open: dict[str, _Open] = {}  # by id
        self._lock = threading.Lock()
        self._pipe = threading.Lock()
        self._ending = threading.Event()
        self._finished = threading.Event()

    def serve(self) -> None:
        """Say hello and answer until `quit` or the end of input."""
        self._send(Hello(PROTOCOL, __version__, likely_device()))
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
            self._send(Ready(self._prepare()))
        except Exception:  # the first request meets the same fault and answers it with its id
            traceback.print_exc(file=sys.stderr)

    def _read(self) -> None:
        for line in self._requests:
            if not line.strip():
                continue
            try:
                request = request_from_line(line)
            except MessageError as error:
                self._send(Failure.of(error, error.identifier))
                continue
            if isinstance(request, Quit):
                break
            self._take(request)
        self._end()

    def _take(self, request: Request) -> None:
        """Note one request."""
        if isinstance(request, Cancel):
            self._cancel(request.id)
        elif not isinstance(request, Quit):
            with self._lock:
                asked = self._open.setdefault(request.id, new := _Open(request))
            if asked is not new:
                self._send(Failure.of(MessageError(f"A request with the id {request.id!r} is still open"), None))
            else:
                # Said at once, though the networks may still be loading.
                self._send(Step(request.id, "start", 0.0, "Starting"))
                self._waiting.put(new)

    def _cancel(self, identifier: str) -> None:
        with self._lock:
            request = self._open.get(identifier)
            if request is None:
                return  # it has been answered a moment ago
            request.stopped = True
            if request.begun:
                return  # the work itself notices and answers
            del self._open[identifier]
        self._send(Cancelled(identifier))

    def _end(self) -> None:
        """Stop the work and leave: there is no client any more."""
        self._ending.set()
        with self._lock:
            for request in self._open.values():
                request.stopped = True
        self._waiting.put(None)
        if not self._finished.wait(SECONDS_TO_TIDY):
            self._leave(0)

    def _answer(self, request: _Open) -> None:
        with self._lock:
            if request.stopped:
                return
            request.begun = True
        identifier = request.work.id

        def report(said: Progress | Row) -> None:
            if request.stopped:
                raise progress.Cancelled
            if isinstance(said, Progress):
                self._send(Step.of(said, identifier))
            else:
                self._send(said)

        answer: Answer
        try:
            answer = self._carry_out(request.work, report)
        except progress.Cancelled:
            answer = Cancelled(identifier)
        except OrthoDiffusionError as error:
            answer = Failure.of(error, identifier)
        except Exception as error:
            answer = Failure.of(unexpected(error), identifier)
        with self._lock:
            del self._open[identifier]
        self._send(answer)

    def _send(self, message: Answer) -> None:
        try:
            with self._pipe:
                self._answers.write(message.to_line())
                self._answers.flush()
        except (BrokenPipeError, ValueError, OSError):
            self._leave(0)  # the panel has gone


def likely_device() -> str:
    """The device, as far as it can be known without loading torch, which takes seconds."""
    try:
        torch_version = importlib.metadata.version("torch")
    except importlib.metadata.PackageNotFoundError:
        return "none: torch is not installed"
    if "+cpu" in torch_version or not any(Path(name).exists() for name in ("/dev/nvidia0", "/dev/dxg")):
        return f"cpu (torch {torch_version})"
    return f"cuda (torch {torch_version})"
