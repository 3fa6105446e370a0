"""Two cases at once in one process: the next is read and the last is written while the networks run."""

from __future__ import annotations

import functools
import queue
import threading
from collections.abc import Callable

from OrthoDiffusionLib.batch.job import CaseOutcome, Job
from OrthoDiffusionLib.batch.one_case import Hooks, analyse_case
from OrthoDiffusionLib.batch.settings import BatchSettings
from OrthoDiffusionLib.batch.workers.events import LANES, Ended, Event, Stepped
from OrthoDiffusionLib.batch.workers.networks import Networks
from OrthoDiffusionLib.progress import Cancelled, Progress


class Lanes:
    """Works on jobs in threads of this process; files are read by one at a time, and so do the networks run.

    Args:
        settings: how cases are analysed.
        networks: gives the Analyzer.
        tell: gets what happens, from any thread.
        count: how many cases are under way at most.
    """

    def __init__(
        self, settings: BatchSettings, networks: Networks, tell: Callable[[Event], None], *, count: int = LANES
    ) -> None:
        self._settings, self._networks, self._tell = settings, networks, tell
        self._jobs: queue.SimpleQueue[tuple[int, Job] | None] = queue.SimpleQueue()
        self._turns = _Turns(tell)
        self._submitted = 0
        self._reading, self._computing = threading.Lock(), threading.Lock()
        self._cancelled = threading.Event()
        self._threads = [threading.Thread(target=self._work, name=f"lane-{n}", daemon=True) for n in range(count)]
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job) -> None:
        self._jobs.put((self._submitted, job))
        self._submitted += 1

    def cancel(self) -> None:
        """Stop at the next step of each case; nothing half-done stays."""
        self._cancelled.set()

    def close(self, seconds: float | None = None) -> None:
        """Let the threads end, after what is under way."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join(seconds)

    def _work(self) -> None:
        while (given := self._jobs.get()) is not None and not self._cancelled.is_set():
            number, job = given
            hooks = Hooks(
                progress=functools.partial(self._advance, job.case.name),
                reading=self._reading,
                computing=self._computing,
            )
            try:
                outcome = analyse_case(
                    job, self._settings, joint=self._networks.joint, analyzer=self._networks.analyzer, hooks=hooks
                )
            except Cancelled:
                return
            except Exception as error:  # not one of the kinds that a study may fail of; the others go on all the same
                outcome = unexpected_outcome(job, error)
            self._turns.ended(number, Ended(outcome))

    def _advance(self, name: str, step: Progress) -> None:
        if self._cancelled.is_set():
            raise Cancelled
        self._tell(Stepped(name, step))


class _Turns:
    """Passes outcomes on in the order in which the jobs were submitted, so that one process's rows come in order."""

    def __init__(self, tell: Callable[[Event], None]) -> None:
        self._tell, self._next = tell, 0
        self._waiting: dict[int, Event] = {}
        self._lock = threading.Lock()

    def ended(self, number: int, event: Event) -> None:
        with self._lock:
            self._waiting[number] = event
            while self._next in self._waiting:
                self._tell(self._waiting.pop(self._next))
                self._next += 1


def unexpected_outcome(job: Job, error: Exception) -> CaseOutcome:
    """The outcome of a case that failed of something nobody expected."""
    from OrthoDiffusionLib.batch.records.study_record import StudyRecord
    from OrthoDiffusionLib.errors import OrthoDiffusionError, text_without_names
    from OrthoDiffusionLib.messages import Message
    from OrthoDiffusionLib.reports.csv_rows import failure_row

    values = {"kind": type(error).__name__, "error": text_without_names(error)}
    fault = OrthoDiffusionError(Message("batch", "internal_error", values))
    row = {**failure_row(job.case.name, fault), "stage": "process"}
    return CaseOutcome(
        job.case.name, (StudyRecord(job.case.name, job.case.name, row, stage="process", error=fault.as_dict()),)
    )
