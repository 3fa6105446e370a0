"""What happens while cases are worked on, and what all who work on them have in common."""

from __future__ import annotations

import queue
from dataclasses import dataclass
from typing import Protocol

from OrthoDiffusionLib.batch.job import CaseOutcome, Job
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.progress import Progress

LANES = 2
"""Cases under way in one process: more would hold more studies in memory, and the networks run one at a time anyway."""

QUIT = "quit"
"""Sent to a worker instead of a job: there are no more."""


@dataclass(frozen=True)
class Stepped:
    """A case is a step further."""

    case: str
    step: Progress


@dataclass(frozen=True)
class Ended:
    """A case is done or has failed."""

    outcome: CaseOutcome


@dataclass(frozen=True)
class Died:
    """A worker ended without a word.

    Attributes:
        cases: names of those that were under way in it.
        error: why, as far as it is known.
    """

    cases: tuple[str, ...]
    error: OrthoDiffusionError


Event = Stepped | Ended | Died


def waiting_in(events: queue.SimpleQueue[Event], seconds: float) -> list[Event]:
    """All events of a queue in their order; waits so long for the first one, and gives none if it does not come."""
    found: list[Event] = []
    try:
        found.append(events.get(timeout=seconds))
        while True:
            found.append(events.get_nowait())
    except queue.Empty:
        return found


class Workers(Protocol):
    """Who works on cases.

    Attributes:
        room: how many more jobs may be submitted now.
    """

    @property
    def room(self) -> int: ...

    def submit(self, job: Job, *, alone: bool = False) -> None:
        """Begin to work on a case; `alone` in a worker that has nothing else under way."""

    def wait(self, seconds: float) -> list[Event]:
        """What has happened; waits so long for the first event.

        Raises:
            OrthoDiffusionError: if no worker can be started at all.
        """

    def close(self, *, cancel: bool = False) -> None:
        """End the workers; with `cancel` whatever is under way is given up."""
