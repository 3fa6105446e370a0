"""Worker processes of this machine: started when they are needed, replaced when they die, ended with this process."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing import reduction
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for
from typing import Any

from OrthoDiffusionLib.batch.job import Job
from OrthoDiffusionLib.batch.settings import BatchSettings
from OrthoDiffusionLib.batch.workers import template
from OrthoDiffusionLib.batch.workers.events import LANES, QUIT, Died, Ended, Event
from OrthoDiffusionLib.batch.workers.memory_kills import MemoryKills
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.messages import Message

_SECONDS_TO_LEAVE = 10.0


@dataclass
class _Worker:
    """One process.

    Attributes:
        connection: this side of the line.
        pid: of the process.
        exit_status: asks how it ended; waits until it has.
        jobs: names of the cases under way.
    """

    connection: Connection
    pid: int
    exit_status: Callable[[], int | None]
    jobs: list[str] = field(default_factory=list)


class WorkerProcesses:
    """Processes as `Workers`.

    Args:
        settings: how cases are analysed; `settings.threads` for each process.
        count: how many processes.
    """

    def __init__(self, settings: BatchSettings, count: int) -> None:
        self._settings, self._count = settings, count
        self._workers: list[_Worker] = []
        self._kills = MemoryKills()
        self._source = _source_of(settings)  # begins to load now, while the caller looks for studies

    @property
    def room(self) -> int:
        return LANES * self._count - sum(len(worker.jobs) for worker in self._workers)

    @property
    def pids(self) -> list[int]:
        """Of the workers that run now."""
        return [worker.pid for worker in self._workers]

    def start_all(self) -> None:
        """Start all workers now; else each starts with the first case that needs it."""
        while len(self._workers) < self._count:
            self._source, worker = self._started()
            self._workers.append(worker)

    def submit(self, job: Job, *, alone: bool = False) -> None:
        if alone:
            self._renew()
        idle = min(self._workers, key=lambda worker: len(worker.jobs), default=None)
        if idle is None or (idle.jobs and len(self._workers) < self._count):
            self._source, idle = self._started()
            self._workers.append(idle)
        idle.jobs.append(job.case.name)
        with contextlib.suppress(OSError):  # it has died; `wait` will find out
            idle.connection.send(job)

    def wait(self, seconds: float) -> list[Event]:
        events: list[Event] = []
        ready = wait_for([worker.connection for worker in self._workers], seconds)
        for worker in [worker for worker in self._workers if worker.connection in ready]:
            try:
                event = worker.connection.recv()
            except (EOFError, OSError):
                events.append(self._died(worker))
                continue
            if isinstance(event, Ended):
                worker.jobs.remove(event.outcome.case)
            events.append(event)
        return events

    def close(self, *, cancel: bool = False) -> None:
        if cancel:
            for worker in self._workers:
                with contextlib.suppress(OSError):
                    os.kill(worker.pid, signal.SIGTERM)
        _let_leave(self._workers)
        self._workers.clear()
        self._source.close()

    def _renew(self) -> None:
        """Let those go that have nothing to do: one that was refused memory may be refused it again, and what the
        others hold is missing to the one that comes."""
        idle = [worker for worker in self._workers if not worker.jobs]
        self._workers = [worker for worker in self._workers if worker.jobs]
        _let_leave(idle)
        for worker in idle:
            worker.exit_status()  # so that the process is cleared away

    def _started(self) -> tuple[_Source, _Worker]:
        """A new worker, and where the next ones come from.

        Raises:
            OrthoDiffusionError: if the networks cannot be loaded.
        """
        try:
            return self._source, self._source.start()
        except _NoFork:
            self._source.close()
            source = _Spawned(self._settings)
            return source, source.start()

    def _died(self, worker: _Worker) -> Died:
        """What is known of a worker that has gone."""
        self._workers.remove(worker)
        worker.connection.close()
        status = worker.exit_status()
        if self._kills.more():
            error = OrthoDiffusionError(Message("batch", "killed_for_memory"), code="out_of_memory")
        else:
            error = OrthoDiffusionError(
                Message("batch", "worker_died", {"status": _status(status)}), code="worker_died"
            )
        return Died(tuple(worker.jobs), error)


def _let_leave(workers: Sequence[_Worker]) -> None:
    """Tell workers that there is no more to do, and wait until they have gone."""
    for worker in workers:
        with contextlib.suppress(OSError):
            worker.connection.send(QUIT)
    for worker in workers:
        with contextlib.suppress(EOFError, OSError):
            while worker.connection.poll(_SECONDS_TO_LEAVE):
                worker.connection.recv()
        worker.connection.close()


def _status(status: int | None) -> str:
    if status is None:
        return "?"
    if status < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-status).name
    return str(status)


class _NoFork(Exception):
    """The networks run where no fork reaches; each worker loads its own."""


class _Source:
    """Where workers come from."""

    def start(self) -> _Worker:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


def _source_of(settings: BatchSettings) -> _Source:
    return _Template(settings) if sys.platform == "linux" else _Spawned(settings)


class _Template(_Source):
    """Workers by fork, see `template`."""

    def __init__(self, settings: BatchSettings) -> None:
        self._settings = settings
        self._begin()

    def _begin(self) -> None:
        own, other = multiprocessing.Pipe()
        count = str(self._settings.threads or os.cpu_count() or 1)
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS")
        limits = dict.fromkeys(names, count) if self._settings.threads else {}
        self._process = subprocess.Popen(
            [sys.executable, "-m", template.__name__, str(other.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # standard output may be somebody's results
            pass_fds=[other.fileno()],
            env={**os.environ, **limits, "PYTORCH_NVML_BASED_CUDA_CHECK": "1"},
        )
        other.close()
        self._control = own
        self._control.send(self._settings)
        self._is_ready = False

    def start(self) -> _Worker:
        if self._process.poll() is not None and self._is_ready:
            self._control.close()
            self._begin()
        self._wait_until_ready()
        own, other = multiprocessing.Pipe()
        self._control.send((template.FORK,))
        reduction.send_handle(self._control, other.fileno(), self._process.pid)
        other.close()
        pid = self._control.recv()
        return _Worker(own, pid, lambda: self._exit_status(pid))

    def close(self) -> None:
        self._control.close()
        try:
            self._process.wait(_SECONDS_TO_LEAVE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait_until_ready(self) -> None:
        if self._is_ready:
            return
        try:
            answer: Any = self._control.recv()
        except (EOFError, OSError) as error:
            raise OrthoDiffusionError(
                Message("batch", "worker_died", {"status": _status(self._process.wait())}), code="worker_died"
            ) from error
        if isinstance(answer, OrthoDiffusionError):
            raise answer
        if answer == template.NO_FORK:
            raise _NoFork
        self._is_ready = True

    def _exit_status(self, pid: int) -> int | None:
        try:
            self._control.send((template.STATUS, pid))
            return int(self._control.recv())
        except (EOFError, OSError):
            return None


class _Spawned(_Source):
    """Workers that load library and networks each by itself: on graphics cards, on Windows and macOS."""

    def __init__(self, settings: BatchSettings) -> None:
        self._settings = settings
        self._context = multiprocessing.get_context("spawn")

    def start(self) -> _Worker:
        from OrthoDiffusionLib.batch.workers.worker import spawned  # brings torch, which this process needs not else

        own, other = self._context.Pipe()
        process = self._context.Process(target=spawned, args=(other, self._settings), daemon=True)
        process.start()
        other.close()

        def exit_status() -> int | None:
            process.join(_SECONDS_TO_LEAVE)
            return process.exitcode

        assert process.pid is not None  # it was started
        return _Worker(own, process.pid, exit_status)  # type: ignore[arg-type]  # PipeConnection on Windows

    def close(self) -> None:
        """They end with their lines."""
