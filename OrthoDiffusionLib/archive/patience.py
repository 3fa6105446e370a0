"""An archive that went away is asked again, after pauses that grow."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from OrthoDiffusionLib.archive.faults import GONE
from OrthoDiffusionLib.errors import ArchiveError

Value = TypeVar("Value")

FIRST_PAUSE, LONGEST_PAUSE = 2.0, 600.0


def pause(attempt: int) -> float:
    """Seconds to wait after so many failed attempts: doubled each time, at most ten minutes.

    A quarter of it is chance, so that many nodes do not return to a restarted archive at once.
    """
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(attempt - 1, 20)) * random.uniform(0.75, 1.0)


def patiently(action: Callable[[], Value], *, seconds: float, sleep: Callable[[float], object] = time.sleep) -> Value:
    """Do something; while the archive is gone, again, for so many seconds.

    Raises:
        ArchiveError: that of the last attempt.
    """
    for wait in _waits(seconds):
        try:
            return action()
        except ArchiveError as error:
            if error.code not in (GONE, "archive_incomplete") or wait is None:
                raise
        sleep(wait)
    raise AssertionError("the last wait is None")


def _waits(seconds: float) -> Iterator[float | None]:
    left, attempt = seconds, 1
    while left > 0:
        wait = min(pause(attempt), left)
        yield wait
        left -= wait
        attempt += 1
    yield None
