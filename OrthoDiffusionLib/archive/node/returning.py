"""The objects of analysed studies go to the archive; while it is away they wait, and nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from OrthoDiffusionLib.archive.archive import Archive, open_named_archive
from OrthoDiffusionLib.archive.node import journal
from OrthoDiffusionLib.archive.node.settings import Keeping, Returning
from OrthoDiffusionLib.archive.node.spool import ANALYSED, FAILED, Spool, SpooledStudy, State
from OrthoDiffusionLib.archive.patience import pause
from OrthoDiffusionLib.archive.sending import Sent, check_objects, objects_below, send_objects
from OrthoDiffusionLib.batch.records.lock import is_there
from OrthoDiffusionLib.errors import ArchiveError
from OrthoDiffusionLib.messages import Message


@dataclass
class Sending:
    """Sends what is due, and finishes studies.

    Attributes:
        spool, keeping: of the node.
        returning: where to; None to keep the results here alone.
        open_archive: opens it; a test may give its own.
    """

    spool: Spool
    keeping: Keeping
    returning: Returning | None
    open_archive: Callable[..., Archive] = open_named_archive

    def turn(self) -> bool:
        """Send the objects of the next study that is due.

        Returns:
            Whether there was one.
        """
        for study in self.spool.studies():
            if self._is_due(study):
                with self.spool.claimed(study) as mine:
                    if mine and self._is_due(study):
                        self._send(study)
                        return True
        return False

    def _is_due(self, study: SpooledStudy) -> bool:
        state = study.state()
        return state.stage == ANALYSED and state.not_before <= time.time()

    def _send(self, study: SpooledStudy) -> None:
        state = study.written_state
        if self.returning is not None:
            if not all((self.keeping.out / name).is_dir() for name in state.results) and is_there(self.keeping.out):
                # Removed by hand, or lost; the images are here, so that they can be made again.
                study.write_state(State())
                journal.warn("results_gone", study=study.key)
                return
            try:
                sent = self._sent(self.returning, state)
            except Exception as error:  # whatever it is, the other studies are not kept waiting
                self._later(study, state, journal.kind_of(error))
                return
            refused = [one for one in sent if not one.stored.is_there]
            if any(one.stored.may_pass for one in refused):
                self._later(study, state, f"status_{refused[0].stored.status:04X}")
                return
            if refused:
                named = [Message("listen", "object", {"file": x.path.name, "reason": x.stored.reason}) for x in refused]
                why = ArchiveError(Message("listen", "refused", {"objects": named}))
                study.write_state(replace(state, stage=FAILED, reason=str(why), problem=why.as_dict()))
                statuses = sorted({f"{one.stored.status:04X}" for one in refused})
                journal.warn("refused_by_archive", study=study.key, objects=len(refused), status="/".join(statuses))
                return
            journal.note("sent", study=study.key, objects=len(sent))
        if self.spool.finish(study, keep=self.keeping.keep_images):
            journal.note("finished", study=study.key, images="kept" if self.keeping.keep_images else "deleted")

    def _sent(self, returning: Returning, state: State) -> list[Sent]:
        folders = [self.keeping.out / name for name in state.results]
        paths = check_objects(path for folder in folders for path in objects_below(folder))
        with self.open_archive(returning.address, returning.caller) as archive:
            return send_objects(archive, paths)

    def _later(self, study: SpooledStudy, state: State, why: str) -> None:
        attempts = state.attempts + 1
        wait = pause(attempts)
        study.write_state(replace(state, attempts=attempts, not_before=time.time() + wait))
        journal.warn("not_sent", study=study.key, why=why, attempt=attempts, again_in=round(wait))
