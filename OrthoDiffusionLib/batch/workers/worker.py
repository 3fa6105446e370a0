"""The worker's end of a connection: jobs come in, steps and outcomes go out, and the end of the line is its own end."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

from OrthoDiffusionLib.batch.settings import BatchSettings
from OrthoDiffusionLib.batch.workers.events import QUIT, Event, Stepped
from OrthoDiffusionLib.batch.workers.lanes import Lanes
from OrthoDiffusionLib.batch.workers.networks import Networks, networks_of, use_threads

_SECONDS_BETWEEN_STEPS = 0.5
_FIRST_TO_GO = 500
"""Added to its OOM score, so that a system out of memory ends a worker and not the process that records."""


def serve(connection: Connection, settings: BatchSettings, networks: Networks) -> None:
    """Work on jobs until there are no more; ends the process at once when the other side has gone."""
    _volunteer()
    if settings.threads:
        use_threads(settings.threads)
    sending, last = threading.Lock(), 0.0

    def tell(event: Event) -> None:
        nonlocal last
        now = time.monotonic()
        if isinstance(event, Stepped):
            if now - last < _SECONDS_BETWEEN_STEPS:
                return
            last = now
        with sending:
            connection.send(event)

    lanes = Lanes(settings, networks, tell)
    while True:
        try:
            job = connection.recv()
        except (EOFError, OSError):
            os._exit(1)  # nobody records what would come of it
        if job == QUIT:
            lanes.close()
            return
        lanes.submit(job)


def spawned(connection: Connection, settings: BatchSettings) -> None:
    """The main function of a process that loads its networks itself."""
    serve(connection, settings, networks_of(settings))


def _volunteer() -> None:
    with contextlib.suppress(OSError, ValueError):
        path = Path("/proc/self/oom_score_adj")
        path.write_text(str(max(_FIRST_TO_GO, int(path.read_text(encoding="ascii")))), encoding="ascii")
