"""The process that loads the library and the networks once, and then becomes any number of workers by fork.

Workers made so share the memory of all that they only read: the weights, torch, the library. It has one thread, does no
work itself, and ends when the process that started it does. Linux, and networks on the processor alone.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from multiprocessing import reduction
from multiprocessing.connection import Connection

from OrthoDiffusionLib.batch.settings import BatchSettings
from OrthoDiffusionLib.errors import OrthoDiffusionError

FORK, STATUS, READY, NO_FORK = "fork", "status", "ready", "no_fork"


def main(handle: int) -> None:
    """Answer requests on a connection: FORK gives a worker's process number, STATUS its exit status."""
    gc.disable()  # a quarter of the time to load torch and the library would go into looking for garbage
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the one who records ends the others
    control = Connection(handle)
    try:
        settings: BatchSettings = control.recv()
        networks = _loaded(settings, control)
    except OrthoDiffusionError as error:
        control.send(error)
        return
    except EOFError:
        return
    if networks is None:
        return
    from OrthoDiffusionLib.batch.workers.worker import serve

    gc.freeze()  # else the collector would write to every object, and no page stayed shared
    control.send(READY)
    while True:
        try:
            request, *rest = control.recv()
        except (EOFError, OSError):
            os._exit(0)
        if request == STATUS:
            control.send(os.waitstatus_to_exitcode(os.waitpid(rest[0], 0)[1]))
            continue
        channel = reduction.recv_handle(control)
        process = os.fork()
        if process == 0:
            control.close()
            gc.enable()
            try:
                serve(Connection(channel), settings, networks)
            finally:
                os._exit(0)
        os.close(channel)
        control.send(process)


def _loaded(settings: BatchSettings, control: Connection):  # type: ignore[no-untyped-def]  # torch stays out of here
    """The networks, in memory; None where workers must load their own."""
    import torch

    from OrthoDiffusionLib.batch.workers.networks import networks_of

    if settings.device != "cpu" and torch.cuda.is_available():
        control.send(NO_FORK)  # a graphics card cannot be shared through a fork
        return None
    own = torch.get_num_threads()
    torch.set_num_threads(1)  # threads do not survive a fork
    networks = networks_of(settings, device="cpu")
    networks.analyzer()
    if not settings.threads:
        torch.set_num_threads(own)
    return networks


if __name__ == "__main__":
    main(int(sys.argv[1]))
