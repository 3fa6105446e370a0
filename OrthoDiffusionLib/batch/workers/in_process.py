"""Cases worked on in this very process: for a worker that keeps its networks warm, and where processes are unwanted."""

from __future__ import annotations

import queue

from OrthoDiffusionLib.batch.job import Job
from OrthoDiffusionLib.batch.settings import BatchSettings
from OrthoDiffusionLib.batch.workers.events import LANES, Ended, Event, waiting_in
from OrthoDiffusionLib.batch.workers.lanes import Lanes
from OrthoDiffusionLib.batch.workers.networks import Networks

_SECONDS_TO_STOP = 60.0  # for a step of an analysis that is given up; most take below one


class InProcess:
    """The lanes of this process as `Workers`; it cannot die without all dying, so there is no `Died`."""

    def __init__(self, settings: BatchSettings, networks: Networks) -> None:
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._lanes = Lanes(settings, networks, self._events.put)
        self._under_way = 0

    @property
    def room(self) -> int:
        return LANES - self._under_way

    def submit(self, job: Job, *, alone: bool = False) -> None:
        self._under_way += 1
        self._lanes.submit(job)

    def wait(self, seconds: float) -> list[Event]:
        found = waiting_in(self._events, seconds)
        self._under_way -= sum(isinstance(event, Ended) for event in found)
        return found

    def close(self, *, cancel: bool = False) -> None:
        if cancel:
            self._lanes.cancel()
        self._lanes.close(_SECONDS_TO_STOP)
