"""The client's side of the conversation with a worker: what each event means, without a process, a clock or a thread.

A transport owns the process and the clock. It reports what happens to the Client (`ask`, `received`, `ended`, `tick`)
and carries out the effects that it gets back, in their order: `Start`, `Write` and `Abandon` are for the process, the
others are what its user wants to know. `deadline` says when the next `tick` is due.

    ABSENT ──start──► STARTING ──hello──► READY ──ask──► BUSY ──answer──► READY
    BUSY ──cancel──► CANCELLING ──answer──► READY, or after `Patience.cancel` seconds: killed, ABSENT

A request may be asked before the hello as well, and starts a worker if there is none. Wherever the process ends or is
given up, the next request starts another one.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, replace

from OrthoDiffusionLib import __version__
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.service.protocol import (
    Answer,
    BatchResult,
    Cancel,
    Cancelled,
    Failure,
    Hello,
    MessageError,
    Ready,
    Result,
    Row,
    Step,
    Work,
    answer_from_line,
)

LOG_CHARACTERS = 20000

# Slicer's launcher turns a crash of its child, whatever ended it, into exit code 1 and this line of error output
# (commontk/AppLauncher, ctkAppLauncher.cpp, applicationFinished).
_LAUNCHERS_LINE = re.compile(r"^error: \[.*\] exit abnormally - Report the problem\.\s*$", re.MULTILINE)


class State(enum.Enum):
    """Where the conversation is."""

    ABSENT = "no process"
    STARTING = "no hello yet"
    READY = "nothing asked"
    BUSY = "a request waits for its answer"
    CANCELLING = "and was cancelled"


@dataclass
class Patience:
    """Seconds to wait.

    Attributes:
        hello: from the start to the first word; a cold disk may take many.
        quiet: without a word while a request is open.
        cancel: from the cancel message to the kill.
        gives_up: whether a worker that is quiet for so long is given up; else the user is informed, again and again.
    """

    hello: float = 60.0
    quiet: float = 30.0
    cancel: float = 2.0
    gives_up: bool = False


# Effects on the process


@dataclass(frozen=True)
class Start:
    """Start a worker process."""


@dataclass(frozen=True)
class Write:
    """Write a line to its standard input; without a process it is dropped."""

    line: bytes


@dataclass(frozen=True)
class Abandon:
    """Close its standard input, which ends the worker wherever it is, and kill it; it is not listened to any more."""


# Effects for the user


@dataclass(frozen=True)
class Waiting:
    """A request waits for the process ("start") or for the networks ("load")."""

    what: str


@dataclass(frozen=True)
class Advanced:
    """The request goes on."""

    step: Step


@dataclass(frozen=True)
class StudyDone:
    """A study of the batch has its row."""

    row: Row


@dataclass(frozen=True)
class Quiet:
    """The worker has not said anything for so long."""

    seconds: float


@dataclass(frozen=True)
class Finished:
    """The request was carried out."""

    answer: Result | BatchResult


@dataclass(frozen=True)
class Failed:
    """The request was not carried out."""

    error: OrthoDiffusionError


@dataclass(frozen=True)
class Stopped:
    """The request was cancelled."""


Effect = Start | Write | Abandon | Waiting | Advanced | StudyDone | Quiet | Finished | Failed | Stopped


START_AGAIN = Message("again")
"""What a user does to try again."""


class Client:
    """One conversation with one worker process after the other, a request at a time.

    Every `ask` is followed by exactly one of Finished, Failed and Stopped, unless `stop` forgets it.

    Args:
        patience: how long to wait; may be changed at any time.
        again: what the user does to try again, in words that follow "and".

    Attributes:
        log: the end of what the worker wrote to standard error, and of what is no message.
        device: what it computes on, in its own words; empty before it said so.
    """

    def __init__(self, patience: Patience | None = None, *, again: Message | str = START_AGAIN) -> None:
        self.patience = patience or Patience()
        self.log = self.device = ""
        self._again = again
        self._running = self._greeted = self._cancelling = False
        self._request: Work | None = None
        self._count = 0
        self._buffer = b""
        self._due: float | None = None  # when hello or the next word is late
        self._cancel_due: float | None = None

    @property
    def state(self) -> State:
        if self._request is not None:
            return State.CANCELLING if self._cancelling else State.BUSY
        if not self._running:
            return State.ABSENT
        return State.READY if self._greeted else State.STARTING

    @property
    def busy(self) -> bool:
        """Whether a request waits for its answer."""
        return self._request is not None

    @property
    def running(self) -> bool:
        """Whether there is a process, as far as the transport has reported."""
        return self._running

    @property
    def warm(self) -> bool:
        """Whether a worker runs and has said hello."""
        return self._running and self._greeted

    @property
    def deadline(self) -> float | None:
        """When `tick` is to be called, on the transport's clock; None if nothing is waited for."""
        return self._cancel_due if self._cancelling else self._due

    # What the user wants

    def start(self, now: float) -> list[Effect]:
        """Have a worker, so that the first request finds it warm."""
        if self._running:
            return []
        self._running, self._greeted, self._buffer, self.log, self.device = True, False, b"", "", ""
        self._due = now + self.patience.hello
        return [Start()]

    def ask(self, request: Work, now: float) -> list[Effect]:
        """Ask for one analysis or batch; it gets an id of its own.

        Raises:
            ValueError: if another request is open.
        """
        if self.busy:
            raise ValueError("an analysis is running already")
        self._count += 1
        self._request = replace(request, id=str(self._count))
        self._cancelling = False
        effects = [*self.start(now), Write(self._request.to_line())]
        if not self._greeted:
            return [*effects, Waiting("start")]
        self._due = now + self.patience.quiet
        return effects

    def cancel(self, now: float) -> list[Effect]:
        """Stop the open request: by a message, and by force if that is not answered in time."""
        if self._request is None or self._cancelling:
            return []
        self._cancelling = True
        self._cancel_due = now + self.patience.cancel
        return [Write(Cancel(self._request.id).to_line())]

    def stop(self) -> list[Effect]:
        """End the worker and forget the request, silently."""
        self._forget()
        return self._abandon()

    # What happens

    def received(self, data: bytes, now: float) -> list[Effect]:
        """Bytes of the worker's standard output."""
        effects: list[Effect] = []
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            if not self._running:
                break
            effects += self._hear(line, now)
        return effects

    def error_output(self, text: str) -> None:
        """What the worker wrote to standard error."""
        self.log = (self.log + text)[-LOG_CHARACTERS:]

    def ended(self, exit_code: int, *, crashed: bool = False) -> list[Effect]:
        """The process has ended, by itself or from outside, and all that it said has been passed on.

        Args:
            exit_code: of the launcher, or of the worker where there is none.
            crashed: whether the operating system says that a signal ended it.
        """
        if not self._running:
            return []
        self._running = self._greeted = False
        if self._cancelling:
            return self._answered(Stopped())
        crashed = crashed or ended_from_outside(exit_code, self.log)
        return self._fail(stopped_error(crashed, self.log, self._again))

    def not_started(self, program: str) -> list[Effect]:
        """The operating system cannot start the process."""
        self._running = self._greeted = False
        return self._fail(OrthoDiffusionError(Message("worker", "not_started"), where=program))

    def tick(self, now: float) -> list[Effect]:
        """Time has passed; does nothing before `deadline`."""
        if self.deadline is None or now < self.deadline:
            return []
        if self._cancelling:
            return [*self._abandon(), *self._answered(Stopped())]
        if not self._greeted:
            values = {"seconds": self.patience.hello, "again": self._again}
            return self._give_up(Message("worker", "no_hello", values))
        if self.patience.gives_up:
            values = {"seconds": self.patience.quiet, "again": self._again}
            return self._give_up(Message("worker", "silent", values))
        self._due = now + self.patience.quiet
        return [Quiet(self.patience.quiet)]

    def _hear(self, line: bytes, now: float) -> list[Effect]:
        try:
            answer = answer_from_line(line)
        except MessageError:  # what a library prints
            self.error_output(line.decode(errors="replace") + "\n")
            return []
        if isinstance(answer, Hello):
            return self._greet(answer, now)
        if isinstance(answer, Ready):
            self.device = answer.device
        if self._request is None:
            return []
        if self._greeted:
            self._due = now + self.patience.quiet
        if isinstance(answer, Ready) or answer.id != self._request.id:
            return []
        return self._cancelling_received(answer) if self._cancelling else self._busy_received(answer)

    def _greet(self, hello: Hello, now: float) -> list[Effect]:
        try:
            hello.check(__version__)
        except OrthoDiffusionError as error:
            return [*self._abandon(), *self._fail(error)]
        self._greeted, self.device, self._due = True, hello.device, None
        if self._request is None:
            return []
        self._due = now + self.patience.quiet
        return [] if self._cancelling else [Waiting("load")]

    def _busy_received(self, answer: Answer) -> list[Effect]:
        if isinstance(answer, Step):
            return [Advanced(answer)]
        if isinstance(answer, Row):
            return [StudyDone(answer)]
        if isinstance(answer, (Result, BatchResult)):
            return self._answered(Finished(answer))
        if isinstance(answer, Failure):
            return self._answered(Failed(answer.error()))
        return self._answered(Stopped())

    def _cancelling_received(self, answer: Answer) -> list[Effect]:
        """Whatever ends the request ends it as cancelled: its user has turned away already."""
        if isinstance(answer, (Cancelled, Result, BatchResult, Failure)):
            return self._answered(Stopped())
        return []

    def _answered(self, effect: Effect) -> list[Effect]:
        self._forget()
        return [effect]

    def _fail(self, error: OrthoDiffusionError) -> list[Effect]:
        """The open request, if there is one, has failed."""
        was_busy, was_cancelling = self.busy, self._cancelling
        self._forget()
        if not was_busy:
            return []
        return [Stopped()] if was_cancelling else [Failed(error)]

    def _give_up(self, why: Message) -> list[Effect]:
        return [*self._abandon(), *self._fail(OrthoDiffusionError(why))]

    def _forget(self) -> None:
        self._request, self._cancelling = None, False
        self._due = self._cancel_due = None

    def _abandon(self) -> list[Effect]:
        was_running, self._running, self._greeted, self._due = self._running, False, False, None
        return [Abandon()] if was_running else []


def ended_from_outside(exit_code: int, error_output: str) -> bool:
    """Whether a signal ended the worker and not the worker itself, as far as an exit code and words can show.

    Args:
        exit_code: of the launcher, or of the worker where there is none; negative for a signal (`subprocess`).
        error_output: the end of what both wrote to standard error.
    """
    # A shell as launcher says 128 + signal, Windows a large number; Slicer's own says it in words.
    return not 0 <= exit_code < 128 or bool(exit_code and _LAUNCHERS_LINE.search(error_output))


def last_line(error_output: str) -> str:
    """The last line that the worker itself wrote to standard error, an empty text if there is none."""
    lines = [line.strip() for line in _LAUNCHERS_LINE.sub("", error_output).splitlines() if line.strip()]
    return lines[-1] if lines else ""


def stopped_error(crashed: bool, last_words: str, again: Message | str = START_AGAIN) -> OrthoDiffusionError:
    """What to say when the worker ended without an answer.

    Args:
        crashed: True if it was ended by a signal rather than by itself.
        last_words: the end of its error output.
        again: what the user does to try again.
    """
    if crashed:
        return OrthoDiffusionError(Message("worker", "killed", {"again": again}))
    last = last_line(last_words)
    if not last:
        return OrthoDiffusionError(Message("worker", "stopped", {"again": again}))
    return OrthoDiffusionError(Message("worker", "stopped_with", {"again": again, "last": last}))
