"""Complete studies of the spool become results folders, in a process of its own, so that no crash ends the node."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from OrthoDiffusionLib.archive.node import journal
from OrthoDiffusionLib.archive.node.settings import Keeping
from OrthoDiffusionLib.archive.node.spool import (
    ANALYSED,
    FAILED,
    HELD,
    RECEIVING,
    Spool,
    SpooledStudy,
    State,
    key_of,
)
from OrthoDiffusionLib.archive.patience import pause
from OrthoDiffusionLib.errors import ArchiveError, OrthoDiffusionError, OutputError
from OrthoDiffusionLib.findings.analysis import REPORT_PAGE, check_only_results
from OrthoDiffusionLib.findings.complete_folder import FULL_DISK
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.progress import Cancelled
from OrthoDiffusionLib.reports.page_language import language_of_page
from OrthoDiffusionLib.service.pipe import PipeWorker
from OrthoDiffusionLib.service.protocol import Analyze, Options
from OrthoDiffusionLib.volumes.selection.belonging import shows_both_joints

MOST_ATTEMPTS = 3
"""A study on which the worker, or the node itself, ended so often is left alone."""

_OF_THE_DISK = (*FULL_DISK, "file.not_written", "file.folder_not_made", "folder.not_written", "folder.not_allowed")
"""Also a share that has gone."""


class Analysis(Protocol):
    """Analyses the images of one study."""

    def __call__(self, images: Path, results: Path, side: str | None) -> None:
        """Write a results folder, complete or not at all; replace one that is there.

        Raises:
            OrthoDiffusionError: if it cannot be done.
            Cancelled: if the node ends.
        """


class WorkerAnalysis:
    """Analyses in a worker process that keeps the networks loaded; one that crashed is replaced.

    Args:
        bundle: folder or name; None for the default of the joint that each study shows.
        device: "auto", "cpu" or "cuda".
        ending: whether the node is about to end.
        language: code, of the reports; None for that of the report that is replaced, else English.
    """

    def __init__(self, bundle: str | None, device: str, ending: Callable[[], bool], language: str | None) -> None:
        self._bundle, self._ending, self._language = bundle, ending, language
        self._options = Options(device=device, overwrite=True, dicom=True)
        self._worker = PipeWorker(idle=self._stop_if_ending)

    def __call__(self, images: Path, results: Path, side: str | None) -> None:
        inputs: dict[str, Any] = {"files": [str(images)]}
        if side is not None:
            inputs["side"] = side
        language = self._language or language_of_page(results / REPORT_PAGE).code
        self._worker.ask(Analyze(inputs, str(results), self._bundle, replace(self._options, language=language)))

    def _stop_if_ending(self) -> None:
        if self._ending():
            raise Cancelled

    def close(self) -> None:
        self._worker.close()


@dataclass
class Analysing:
    """Looks for complete studies and has them analysed, one after the other.

    Attributes:
        spool, keeping: of the node.
        analysis: does it.
        is_open: whether an association is open that brings instances of a study.
        side: of all studies, if the user says it.
    """

    spool: Spool
    keeping: Keeping
    analysis: Analysis
    is_open: Callable[[str], bool]
    side: str | None = None

    def turn(self) -> bool:
        """Analyse the next study that is due.

        Returns:
            Whether there was one.

        Raises:
            Cancelled: if the node ends.
            OutputError: if the disk is full.
        """
        for study in self.spool.studies():
            if self._is_due(study):
                with self.spool.claimed(study) as mine:
                    if mine and self._is_due(study):
                        self._analyse(study)
                        return True
        return False

    def _is_due(self, study: SpooledStudy) -> bool:
        now = time.time()
        if self.is_open(study.uid) or self._is_coming(study, now):
            return False
        state = study.state()
        return state.stage == RECEIVING and state.not_before <= now and study.content()[0] > 0

    def _is_coming(self, study: SpooledStudy, now: float) -> bool:
        """Whether something of it came less than the time of quiet ago.

        The age of the last file alone does not say it: a clock that was set back makes it negative. Then the time of
        quiet begins anew.
        """
        age = now - study.last_arrival
        if age < 0:
            os.utime(study.images)
        return age < self.keeping.quiet_seconds

    def _analyse(self, study: SpooledStudy) -> None:
        if self.spool.take_back(study):
            journal.note("late", study=study.key)
        instances, fingerprint = study.content()
        earlier = self.spool.finished_before(study)
        if earlier is not None and instances < earlier.instances:
            # The rest was deleted when it was finished; a part of a study could give a wrong result.
            late = ArchiveError(Message("listen", "late", {"count": instances, "before": earlier.instances}))
            self._set(study, State.stopped(HELD, instances, fingerprint, late))
            journal.warn("held", study=study.key, instances=instances, of=earlier.instances)
            return
        before = study.written_state
        older = before.results or (earlier.results if earlier is not None else ())
        attempts = before.attempts + 1 if (before.instances, before.fingerprint) == (instances, fingerprint) else 1
        if attempts > MOST_ATTEMPTS:
            self._fail(study, instances, fingerprint, ArchiveError(Message("listen", "gave_up")))
            return
        # Written first: if this study ends the node itself, the next start knows.
        self._set(study, State(RECEIVING, instances, fingerprint, attempts, results=older))
        start = time.monotonic()
        journal.note("analysing", study=study.key, instances=instances, attempt=attempts)
        try:
            results = self._results(study)
        except Cancelled:
            self._set(study, State(RECEIVING, instances, fingerprint, attempts - 1, results=older))
            raise
        except Exception as error:  # whatever it is, the other studies go on
            self._after(error, study, State(RECEIVING, instances, fingerprint, attempts, results=older))
            return
        self._remove(set(older) - set(results))
        self._set(study, State(ANALYSED, instances, fingerprint, results=tuple(results)))
        journal.note("analysed", study=study.key, seconds=round(time.monotonic() - start, 1), results=len(results))

    def _results(self, study: SpooledStudy) -> list[str]:
        """Names of the results folders: one, or one for each side of a study that shows both joints."""
        try:
            self.analysis(study.images, self.keeping.out / study.uid, self.side)
            return [study.uid]
        except OrthoDiffusionError as error:
            if self.side is not None or not shows_both_joints(error):
                raise
        names = {side: f"{study.uid}_{side}" for side in ("right", "left")}
        for side, name in names.items():
            self.analysis(study.images, self.keeping.out / name, side)
        return list(names.values())

    def _remove(self, superseded: Iterable[str]) -> None:
        """Results of this study from before more of it came, under a name that the new ones do not have.

        They are of a part of it: two joints may have been taken for one. Those that hold somebody's own files stay.
        """
        for name in superseded:
            try:
                check_only_results(self.keeping.out / name)
            except OutputError as error:
                journal.warn("superseded_kept", results=key_of(name), why=journal.kind_of(error))
                continue
            journal.note("superseded", results=key_of(name))
            shutil.rmtree(self.keeping.out / name, ignore_errors=True)

    def _after(self, error: Exception, study: SpooledStudy, state: State) -> None:
        kind = journal.kind_of(error)
        if kind in _OF_THE_DISK:  # no fault of the study
            wait = pause(6)
            self._set(study, replace(state, attempts=state.attempts - 1, not_before=time.time() + wait))
            journal.warn("later", study=study.key, why=kind, seconds=round(wait))
        elif kind.startswith("worker.") or not isinstance(error, OrthoDiffusionError):
            self._set(study, replace(state, not_before=time.time() + pause(state.attempts)))
            journal.warn("worker_ended", study=study.key, why=kind, attempt=state.attempts)
        else:
            self._fail(study, state.instances, state.fingerprint, error)

    def _fail(self, study: SpooledStudy, instances: int, fingerprint: str, error: Exception) -> None:
        self._set(study, State.stopped(FAILED, instances, fingerprint, error))
        journal.warn("failed", study=study.key, why=journal.kind_of(error))

    def _set(self, study: SpooledStudy, state: State) -> None:
        study.write_state(state)
