"""Workers of other machines, by Dask: the same cases, the same shared folders, an address more.

Dask and not Ray: it is pure Python (a scheduler and workers that Slurm, a script or a container starts), asks for no
agent on each machine, and moves no data here but the names of files. The process that records stays the only one that
writes into the books; a worker leaves results staged in the shared folder.
"""

from __future__ import annotations

import queue
from pathlib import Path
from typing import TYPE_CHECKING, Any

from OrthoDiffusionLib import __version__
from OrthoDiffusionLib.batch.job import CaseOutcome, Job
from OrthoDiffusionLib.batch.settings import BatchSettings
from OrthoDiffusionLib.batch.workers.events import Died, Ended, Event, waiting_in
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.messages import Message

if TYPE_CHECKING:
    from OrthoDiffusionLib.batch.workers.networks import Networks

AHEAD = 2
"""Cases for each thread of a worker: one is worked on, and one waits there so that no time is lost between them."""

_SECONDS_TO_CONNECT = 30
_networks: dict[tuple[str, str, str], Networks] = {}


class ClusterWorkers:
    """The workers of a Dask cluster as `Workers`; they may come and go while a batch runs.

    Args:
        settings: how cases are analysed; its paths must lie on a shared disk.
        address: ``tcp://HOST:PORT``, ``tls://HOST:PORT``, or the path of a scheduler file.

    Raises:
        OrthoDiffusionError: if Dask is missing, the cluster cannot be reached, has no workers, or these have another
            version of this program or do not see the folders.
    """

    def __init__(self, settings: BatchSettings, address: str) -> None:
        distributed = _import_distributed()
        self._settings = settings
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._futures: dict[str, Any] = {}
        try:
            named = {"scheduler_file": address} if Path(address).is_file() else {"address": address}
            self._client = distributed.Client(**named, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise OrthoDiffusionError(Message("batch", "no_cluster", {"error": error}), where=address) from error
        try:
            self._check_workers(address)
        except BaseException:
            self._client.close()
            raise

    @property
    def room(self) -> int:
        threads = sum(self._client.nthreads().values())
        return max(1, AHEAD * threads) - len(self._futures)

    def submit(self, job: Job, *, alone: bool = False) -> None:
        name = job.case.name
        # A task whose worker died is given to another one by Dask, once; then it counts as what kills workers.
        key = f"{self._settings.run}-{name}-{int(alone)}"
        future = self._client.submit(run_case, job, self._settings, pure=False, key=key)
        self._futures[name] = future
        future.add_done_callback(lambda done: self._events.put(_event_of(name, done)))

    def wait(self, seconds: float) -> list[Event]:
        found = waiting_in(self._events, seconds)
        for event in found:
            if isinstance(event, Ended):
                self._futures.pop(event.outcome.case, None)
            elif isinstance(event, Died):
                for name in event.cases:
                    self._futures.pop(name, None)
        return found

    def close(self, *, cancel: bool = False) -> None:
        if cancel and self._futures:
            self._client.cancel(list(self._futures.values()))
        self._client.close()

    def _check_workers(self, address: str) -> None:
        """Before the first case: whether all are of this version and see the folders.

        Raises:
            OrthoDiffusionError: saying what is wrong.
        """
        folders = [str(self._settings.out), str(self._settings.bundle)]
        answers = self._client.run(about_worker, folders)
        if not answers:
            raise OrthoDiffusionError(Message("batch", "cluster_empty"), where=address)
        for worker, (version, missing) in answers.items():
            if version != __version__:
                values = {"version": version, "own": __version__}
                raise OrthoDiffusionError(Message("batch", "cluster_version", values), where=worker)
            if missing:
                raise OrthoDiffusionError(Message("batch", "cluster_folder", {"folder": missing[0]}), where=worker)


def about_worker(folders: list[str]) -> tuple[str, list[str]]:
    """On a worker: its version of this program, and which folders it does not see."""
    return __version__, [folder for folder in folders if not Path(folder).is_dir()]


def run_case(job: Job, settings: BatchSettings) -> CaseOutcome:
    """On a worker: one case, with the networks of the last bundle kept."""
    from OrthoDiffusionLib.batch.one_case import analyse_case
    from OrthoDiffusionLib.batch.workers.networks import networks_of, use_threads

    key = (settings.sha256, settings.device, settings.precision)
    if key not in _networks:
        use_threads(settings.threads)
        _networks.clear()
        _networks[key] = networks_of(settings)
    networks = _networks[key]
    return analyse_case(job, settings, joint=networks.joint, analyzer=networks.analyzer)


def _event_of(name: str, future: Any) -> Event:
    try:
        return Ended(future.result())
    except OrthoDiffusionError as error:
        return Died((name,), error)
    except Exception as error:  # KilledWorker, CancelledError, and whatever a network brings
        values = {"status": type(error).__name__}
        return Died((name,), OrthoDiffusionError(Message("batch", "worker_died", values), code="worker_died"))


def _import_distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise OrthoDiffusionError(Message("batch", "no_dask", {"package": error.name or "distributed"})) from error
    return distributed
