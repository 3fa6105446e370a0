"""The node as a whole: receiver, analysis and sender side by side, until it is told to end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from OrthoDiffusionLib.archive.node import journal
from OrthoDiffusionLib.archive.node.analysing import Analysing, Analysis
from OrthoDiffusionLib.archive.node.receiver import Receiver
from OrthoDiffusionLib.archive.node.returning import Sending
from OrthoDiffusionLib.archive.node.settings import Keeping, Listening, Returning
from OrthoDiffusionLib.archive.node.spool import ANALYSED, FAILED, RECEIVING, Spool, State
from OrthoDiffusionLib.batch.records.journal import JOURNAL
from OrthoDiffusionLib.batch.records.lock import NODE, locked
from OrthoDiffusionLib.errors import OutputError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.progress import Cancelled
from OrthoDiffusionLib.volumes.files.atomic import make_folder

LOOK_SECONDS = 1.0
"""Between two looks at the spool."""

AFTER_A_FAULT_SECONDS = 30.0
SECONDS_TO_END = 20.0


@dataclass
class Node:
    """A DICOM node; `run` serves until `end` is called or Ctrl-C or SIGTERM arrives.

    Attributes:
        listening, keeping, returning: its settings.
        side: of all studies, if the user says it.
        retry_failed: try once more what failed in an earlier run.
        started: called with the port once it listens.
    """

    listening: Listening
    keeping: Keeping
    returning: Returning | None = None
    side: str | None = None
    retry_failed: bool = False
    started: Callable[[int], object] = lambda port: None
    _end: threading.Event = field(default_factory=threading.Event, repr=False)

    @property
    def is_ending(self) -> bool:
        return self._end.is_set()

    def end(self) -> None:
        """End soon; may be called from any thread."""
        self._end.set()

    def run(self, analysis: Analysis) -> None:
        """Serve.

        Args:
            analysis: analyses one study.

        Raises:
            ArchiveError: if the port cannot be opened, or another node holds the spool.
            OutputError: if spool or results folder cannot be made, or a batch or another node writes results there.
        """
        spool = Spool(self.keeping.spool)
        make_folder(spool.folder)
        make_folder(self.keeping.out)
        if (self.keeping.out / JOURNAL).exists():
            raise OutputError(Message("archive", "out_of_batch"), where=str(self.keeping.out))
        with spool.held(), locked(self.keeping.out, NODE) as lock:
            spool.open()
            self._take_up(spool)
            receiver = Receiver(self.listening, self.keeping, spool)
            analysing = Analysing(spool, self.keeping, analysis, receiver.is_open, self.side)
            sending = Sending(spool, self.keeping, self.returning)
            port = receiver.start()
            journal.note("listening", ae_title=self.listening.ae_title, port=port, tls=not self.listening.insecure)
            threads = [
                threading.Thread(target=self._repeat, args=(turn,), name=name, daemon=True)
                for name, turn in (("analysis", analysing.turn), ("sender", sending.turn))
            ]
            try:
                for thread in threads:
                    thread.start()
                self.started(port)
                while not self._end.wait(0.5):
                    lock.check()
            finally:
                self._end.set()
                receiver.stop()
                for thread in threads:
                    thread.join(SECONDS_TO_END)
                journal.note("ended")

    def _take_up(self, spool: Spool) -> None:
        """What waits from an earlier run is tried at once."""
        waiting = 0
        for study in spool.studies():
            state = study.state()
            if state.stage == FAILED and self.retry_failed:
                state = State(ANALYSED if state.results else RECEIVING, state.instances, state.fingerprint)
                state = replace(state, results=study.written_state.results)
                study.write_state(state)
            elif state.not_before:
                study.write_state(replace(state, not_before=0.0))
            waiting += state.stage != FAILED
        if waiting:
            journal.note("resumed", studies=waiting)

    def _repeat(self, turn: Callable[[], bool]) -> None:
        """Work until the end. A fault is noted and waited out: the others' studies go on."""
        while not self._end.is_set():
            try:
                if turn():
                    continue
                wait = LOOK_SECONDS
            except Cancelled:
                return
            except Exception as error:
                journal.warn("fault", kind=journal.kind_of(error))
                wait = AFTER_A_FAULT_SECONDS
            self._end.wait(wait)
