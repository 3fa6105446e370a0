"""Work on many studies in several processes, none of which a bad study can stop."""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from OrthoDiffusionLib.lab.training.pretraining.archive import ArchiveStudy, Skipped
from OrthoDiffusionLib.lab.training.pretraining.archive_views import StudyViews

DIED = "reading it ended the process that tried; it may be too large for the memory"


def each_study(
    studies: Sequence[ArchiveStudy], work: Callable[..., StudyViews], arguments: tuple, workers: int
) -> Iterator[tuple[ArchiveStudy, StudyViews]]:
    """Yield (study, work(study, *arguments)) in the order of the studies.

    A process that dies, as one does that the system kills for its memory, costs only the study that killed it.
    """
    if workers <= 1 or len(studies) < 2:
        for study in studies:
            yield study, work(study, *arguments)
        return
    waiting = deque(studies)
    while waiting:
        started: deque = deque()
        with _pool(min(workers, len(waiting))) as pool:
            try:
                while waiting or started:
                    while waiting and len(started) < 2 * workers:
                        future = pool.submit(work, waiting[0], *arguments)
                        started.append((waiting.popleft(), future))
                    study, future = started[0]
                    result = future.result()
                    started.popleft()
                    yield study, result
            except BrokenProcessPool:
                pass
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
        # One of those under way did it: each again, in a process of its own.
        for study, _ in started:
            yield study, _alone(study, work, arguments)


def _alone(study: ArchiveStudy, work: Callable[..., StudyViews], arguments: tuple) -> StudyViews:
    with _pool(1) as pool:
        try:
            return pool.submit(work, study, *arguments).result()
        except BrokenProcessPool:
            return StudyViews(skipped=[Skipped(study.path, DIED)])


def _pool(workers: int) -> ProcessPoolExecutor:
    # Started afresh: a copy of a process whose libraries have threads may wait for a lock for ever.
    return ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), initializer=_leave_interrupts_to_the_parent
    )


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
