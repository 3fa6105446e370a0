"""A worker behind pipes, for scripts and consoles: each call waits for its answer, without Qt."""

from __future__ import annotations

import contextlib
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import IO

from OrthoDiffusionLib import progress
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.service.client import (
    Abandon,
    Advanced,
    Client,
    Effect,
    Failed,
    Finished,
    Patience,
    Start,
    Stopped,
    StudyDone,
    Write,
)
from OrthoDiffusionLib.service.command import ARGUMENTS, inherited_environment, without_window, worker_environment
from OrthoDiffusionLib.service.protocol import BatchResult, Result, Row, Work

QUIET_SECONDS = 600.0
"""A script has no user to decide: a worker that is silent for so long is given up."""

CALL_AGAIN = Message("again", "console")


class PipeWorker:
    """One worker process, kept warm between calls. Use it as a context, or `close` it.

    Args:
        program: the Python that runs the worker; called for it where it is a function.
        arguments: of the program.
        idle: called some twenty times a second while an answer is waited for, so that a window can repaint.
        again: what the user does to try again, in words.

    Attributes:
        patience: how long to wait for what.
    """

    idle_seconds = 0.05

    def __init__(
        self,
        program: str | Callable[[], str] = sys.executable,
        arguments: Sequence[str] = ARGUMENTS,
        *,
        idle: Callable[[], None] | None = None,
        again: Message | str = CALL_AGAIN,
    ) -> None:
        self.program, self.arguments = program, list(arguments)
        self.patience = Patience(quiet=QUIET_SECONDS, gives_up=True)
        self._idle = idle
        self._client = Client(self.patience, again=again)
        self._process: _Process | None = None

    def __enter__(self) -> PipeWorker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(
        self,
        request: Work,
        on_progress: Callable[[str, float, Message], None] | None = None,
        on_row: Callable[[Row], None] | None = None,
    ) -> Result | BatchResult:
        """Have one request carried out.

        Args:
            request: Analyze or Batch.
            on_progress: called with (stage, fraction, message); may raise `progress.Cancelled`.
            on_row: called for each study of a batch; may raise it too.

        Raises:
            OrthoDiffusionError: what the worker said, or that it stopped or stayed silent; or that another call
                is waiting for its answer, which can happen where ``idle`` lets the user click.
            Cancelled: if a callback raised it, or the worker was closed meanwhile. Ctrl-C stops the work as well and
                goes on upwards.
        """
        if self._client.busy:
            raise OrthoDiffusionError(Message("worker", "busy"))
        self._notice_end()
        try:
            self._perform(self._client.ask(request, time.monotonic()))
            while True:
                for effect in self._next():
                    if isinstance(effect, Finished):
                        return effect.answer
                    self._tell(effect, on_progress, on_row)
        except BaseException:
            self._cancel()
            raise

    @property
    def process_id(self) -> int:
        """Of the program, 0 if none runs."""
        return self._process.id if self._process is not None else 0

    def close(self) -> None:
        """End the worker; the end of its standard input ends it, whatever it does."""
        self._perform(self._client.stop())

    def _tell(
        self,
        effect: Effect,
        on_progress: Callable[[str, float, Message], None] | None,
        on_row: Callable[[Row], None] | None,
    ) -> None:
        if isinstance(effect, Failed):
            raise effect.error
        if isinstance(effect, Stopped):
            raise progress.Cancelled
        if isinstance(effect, Advanced) and on_progress is not None:
            on_progress(effect.step.stage, effect.step.fraction, effect.step.said)
        if isinstance(effect, StudyDone) and on_row is not None:
            on_row(effect.row)

    def _cancel(self) -> None:
        """Stop the request that is still open; without an answer in time the worker goes."""
        try:
            self._perform(self._client.cancel(time.monotonic()))
            while self._client.busy:
                self._next(idle=False)
        except BaseException:  # such as another Ctrl-C
            self.close()
            raise

    def _notice_end(self) -> None:
        """A worker that ended since the last call is replaced."""
        if self._process is not None and self._process.ended:
            self.close()

    def _perform(self, effects: Sequence[Effect]) -> list[Effect]:
        """Carry out what is for the process; gives the rest."""
        others: list[Effect] = []
        for effect in effects:
            if isinstance(effect, Start):
                others += self._start()
            elif isinstance(effect, Write):
                if self._process is not None:
                    self._process.write(effect.line)
            elif isinstance(effect, Abandon):
                self._leave()
            else:
                others.append(effect)
        return others

    def _start(self) -> list[Effect]:
        program = ""
        try:
            program = self.program if isinstance(self.program, str) else self.program()
            self._process = _Process([program, *self.arguments])
        except OSError:
            return self._raise_from(self._client.not_started(program))
        except OrthoDiffusionError:
            self._client.stop()
            raise
        return []

    def _raise_from(self, effects: list[Effect]) -> list[Effect]:
        for effect in effects:
            if isinstance(effect, Failed):
                raise effect.error
        return effects

    def _leave(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.end(self.patience.cancel)

    def _next(self, *, idle: bool = True) -> list[Effect]:
        """Wait for the next thing to happen, and give what its user should know."""
        process = self._process
        if process is None:  # closed while the window was repainted
            raise progress.Cancelled
        happened = self._wait(process, idle)
        if self._process is not process:
            raise progress.Cancelled
        now = time.monotonic()
        if happened is None:
            return self._perform(self._client.tick(now))
        kind, data = happened
        if kind == "error":
            self._client.error_output(data.decode(errors="replace"))
            return []
        if kind == "output":
            return self._perform(self._client.received(data, now))
        exit_code = process.wait()
        for text in process.rest_of_errors():
            self._client.error_output(text)
        effects = self._client.ended(exit_code)
        self._leave()
        return self._perform(effects)

    def _wait(self, process: _Process, idle: bool) -> tuple[str, bytes] | None:
        """What happens before the client's deadline; lets the window live meanwhile."""
        deadline = self._client.deadline
        seconds = None if deadline is None else max(0.0, deadline - time.monotonic())
        if self._idle is not None and idle:
            self._idle()
            seconds = self.idle_seconds if seconds is None else min(seconds, self.idle_seconds)
        try:
            return process.happenings.get(timeout=seconds)
        except queue.Empty:
            return None


class _Process:
    """A process whose output arrives in one queue of ("output" | "error" | "end", bytes), in order for each stream.

    Raises:
        OSError: if it cannot be started.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self.happenings: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**inherited_environment(), **worker_environment()},
            **without_window(),
        )
        given, output, errors = self._process.stdin, self._process.stdout, self._process.stderr
        assert given is not None and output is not None and errors is not None  # as asked for
        self._input, self._output, self._error_output = given, output, errors
        self._errors = self._thread("error", self._error_output)
        self._thread("output", self._output, last=True)

    @property
    def id(self) -> int:
        return self._process.pid

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def write(self, line: bytes) -> None:
        try:
            self._input.write(line)
            self._input.flush()
        except OSError:
            self._process.kill()  # it does not listen; the end of its output says the rest

    def wait(self) -> int:
        return self._process.wait()

    def rest_of_errors(self) -> list[str]:
        """What it wrote to standard error in the end."""
        self._errors.join(1.0)
        texts = []
        with contextlib.suppress(queue.Empty):
            while True:
                kind, data = self.happenings.get_nowait()
                texts += [data.decode(errors="replace")] if kind == "error" else []
        return texts

    def end(self, seconds: float) -> None:
        """Close its input, and kill it if it has not ended after so long."""
        with contextlib.suppress(OSError):
            self._input.close()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._output.close()
        self._error_output.close()

    def _thread(self, kind: str, stream: IO[bytes], *, last: bool = False) -> threading.Thread:
        def read() -> None:
            with contextlib.suppress(ValueError, OSError):
                for line in stream:
                    self.happenings.put((kind, line))
            if last:
                self.happenings.put(("end", b""))

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        return thread
