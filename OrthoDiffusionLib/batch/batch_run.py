"""One run of a batch: hands cases to workers, and records what comes of them, alone and at once."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.batch.bundle_of_batch import named_otherwise
from OrthoDiffusionLib.batch.cases.case import Case, Plan
from OrthoDiffusionLib.batch.job import CaseOutcome, Job
from OrthoDiffusionLib.batch.outcome import BatchOutcome
from OrthoDiffusionLib.batch.page.batch_page import PageWriter
from OrthoDiffusionLib.batch.records.journal import Journal
from OrthoDiffusionLib.batch.records.lock import FolderLock, is_there
from OrthoDiffusionLib.batch.records.study_record import FAILED, StudyRecord
from OrthoDiffusionLib.batch.records.tables import ResultTables
from OrthoDiffusionLib.batch.settings import BatchSettings
from OrthoDiffusionLib.batch.staging import (
    clear_left_over,
    forget_record,
    is_complete,
    left_ready,
    put_in_place,
    ready_record,
)
from OrthoDiffusionLib.batch.workers.events import Died, Ended, Event, Stepped, Workers
from OrthoDiffusionLib.bundles import Manifest
from OrthoDiffusionLib.errors import OrthoDiffusionError, OutputError, StudyError
from OrthoDiffusionLib.findings import Analysis
from OrthoDiffusionLib.findings.analysis import check_only_results
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.progress import Progress, ProgressCallback, report
from OrthoDiffusionLib.reports.csv_rows import failure_row, study_row

_SECONDS_TO_LOOK = 0.5  # between two looks whether somebody wants to stop


@dataclass(frozen=True)
class Books:
    """What a run writes into.

    Attributes:
        journal: what counts; tables, page: made from it.
        lock: on the folder of results.
    """

    journal: Journal
    tables: ResultTables
    page: PageWriter
    lock: FolderLock


@dataclass(frozen=True)
class Listeners:
    """Who hears of a run.

    Attributes:
        progress: gets every step; may raise `Cancelled`.
        on_row: gets (number, count, row) for each study, see `StudyBatch`.
    """

    progress: ProgressCallback | None = None
    on_row: Callable[[int, int, dict[str, str]], None] | None = None


class BatchRun:
    """Goes through a plan once.

    Args:
        plan: what to analyse.
        settings: how.
        manifest: of the bundle.
        books: what it writes into.
        clinical: case -> what its referral says.
        listeners: who hears of it.
    """

    def __init__(
        self,
        plan: Plan,
        settings: BatchSettings,
        manifest: Manifest,
        books: Books,
        clinical: Mapping[str, Mapping[str, object]],
        listeners: Listeners,
    ) -> None:
        self._plan, self._settings, self._manifest, self._books = plan, settings, manifest, books
        self._clinical, self._listeners = clinical, listeners
        self._numbers = {case.name: number for number, case in enumerate(plan.cases, 1)}
        self._under_way: dict[str, tuple[Job, float]] = {}
        self._alone: deque[Job] = deque()
        self._tried_alone: set[str] = set()
        self._ended = 0
        self._recovered: set[str] = set()
        self._last = Progress("study", 0.0, Message("progress", "read"))
        self.outcome = BatchOutcome(
            unused=len(plan.unused),
            loose=[path.name for path in plan.loose],
            named_otherwise=named_otherwise(plan.cases, manifest.as_joint()),
        )
        self.errors: dict[str, OrthoDiffusionError] = {}

    def run(self, start_workers: Callable[[], Workers]) -> None:
        """Analyse what is not done yet.

        Args:
            start_workers: called if there is anything to do.

        Raises:
            OutputError: if results cannot be recorded; everything complete is kept, and the next run goes on.
            StudyError: if the studies are not there any more.
            Cancelled: if the progress callback asked for it.
        """
        self._recover()
        jobs = deque(job for case in self._plan.cases if (job := self._to_do(case)) is not None)
        self._books.journal.note("started", cases=len(self._plan.cases), to_do=len(jobs))
        ended_well = False
        try:
            if jobs:
                self._work(jobs, start_workers)
            ended_well = True
        finally:
            self._close_books(ended_well)
        report(self._listeners.progress, "done", 1.0, Message("progress", "done"))

    def _work(self, jobs: deque[Job], start_workers: Callable[[], Workers]) -> None:
        workers, well = start_workers(), False
        try:
            while jobs or self._under_way:
                while jobs and workers.room > 0:
                    self._submit(workers, jobs.popleft())
                self._hear(workers)
            while self._alone:
                self._submit(workers, self._alone.popleft(), alone=True)
                while self._under_way:
                    self._hear(workers)
            well = True
        finally:
            workers.close(cancel=not well)

    def _submit(self, workers: Workers, job: Job, *, alone: bool = False) -> None:
        case = job.case
        place = {"number": self._numbers[case.name], "count": len(self._plan.cases), "name": case.name}
        self._under_way[case.name] = (job, 0.0)
        if alone:
            self._tried_alone.add(case.name)
        self._say("study", Message("progress", "study", place))
        workers.submit(job, alone=alone)

    def _hear(self, workers: Workers) -> None:
        events = workers.wait(_SECONDS_TO_LOOK)
        self._books.lock.check()
        for event in events:
            self._handle(event)
        if not events and self._listeners.progress is not None:
            self._listeners.progress(self._last)  # so that a wish to stop is heard while nothing happens

    def _handle(self, event: Event) -> None:
        if isinstance(event, Stepped):
            if event.case in self._under_way:
                self._under_way[event.case] = (self._under_way[event.case][0], event.step.fraction)
                self._say(event.step.stage, event.step.message)
        elif isinstance(event, Ended):
            job, _ = self._under_way.pop(event.outcome.case)
            self._case_ended(job, event.outcome)
        else:
            self._worker_died(event)

    def _case_ended(self, job: Job, outcome: CaseOutcome) -> None:
        if outcome.stop is not None:
            raise outcome.stop
        failed = [record for record in outcome.records if record.status == FAILED]
        if failed:
            self._check_places()
        if failed and outcome.out_of_memory and job.case.name not in self._tried_alone:
            self._alone.append(job)
            return
        if all(record.study != job.case.name for record in outcome.records):
            self._books.tables.drop(job.case.name)  # it failed before it became two
        for record in outcome.records:
            self._record(record)
        self._ended += 1

    def _worker_died(self, event: Died) -> None:
        self._check_places()
        for name in event.cases:
            job, _ = self._under_way.pop(name)
            complete = ready_record(self._settings.out, name, self._settings.run)
            if complete is not None:
                self._case_ended(job, CaseOutcome(name, (complete,)))
            elif name in self._tried_alone:
                row = {**failure_row(name, event.error), "stage": "process"}
                self._record(StudyRecord(name, name, row, stage="process", error=event.error.as_dict()))
                self._ended += 1
            else:
                self._alone.append(job)

    def _record(self, record: StudyRecord) -> None:
        """Put one study's results in their place and its row into the books."""
        if not record.row:
            self._count_done_before(record.study, self._clinical.get(record.case))
            return
        if record.is_done and not self._may_be_replaced(record.study):
            return  # somebody put a file there meanwhile; what was staged is cleared at the end
        self._commit(record, self._settings.run)
        if record.is_done:
            self.outcome.analysed += 1
        else:
            self._fail(record.study, OrthoDiffusionError.from_dict(record.error))
        self._tell_row(record.study, self._numbers.get(record.case, 0))

    def _commit(self, record: StudyRecord, run: str) -> None:
        # In this order a crash in between loses nothing: the staged results and their record are found again.
        self._books.tables.put(record)
        if record.is_done:
            put_in_place(self._settings.out, record, run)
            forget_record(self._settings.out, record, run)
        self._books.page.put(record)

    def _recover(self) -> None:
        """Put in place what an earlier run had complete when it was killed, and remove what it had half done."""
        out = self._settings.out
        for record, run in left_ready(out):
            if not record.is_done:
                continue
            staged_again = not is_complete(out, record.study) or self._settings.overwrite
            if record.study not in self._books.journal or staged_again:
                with contextlib.suppress(OutputError):  # what somebody put there meanwhile stays
                    check_only_results(out / record.study)
                    self._commit(record, run)
                    self._recovered.add(record.study)
                    self.outcome.analysed += 1
                    self._tell_row(record.study, self._numbers.get(record.case, 0))
        clear_left_over(out)

    def _to_do(self, case: Case) -> Job | None:
        """The case as a job; None if all of it is done."""
        clinical = self._clinical.get(case.name) or case.clinical
        pair = {f"{case.name}_{side.value}": side for side in Side}
        pair = {} if self._plan.names & set(pair) else pair
        one_side = case.side is not None or self._settings.side is not None
        done = [case.name] if self._is_done(case.name) else []
        if not done and not one_side and pair and all(self._is_done(name) for name in pair):
            done = list(pair)
        if done:
            for name in done:
                if (why := self._why_not_this_one(name, case)) is not None:
                    # What lies there and its row stay as they are; it is this run that fails.
                    self._fail(name, StudyError(why, where=name, code="other_study"))
                else:
                    self._count_done_before(name, clinical, case.name)
        elif self._may_be_replaced(case.name):
            return Job(case, pair, clinical)
        self._ended += 1
        return None

    def _may_be_replaced(self, name: str) -> bool:
        """Whether results may be put there; else this run fails, and what lies there stays, corrected outlines say."""
        try:
            check_only_results(self._settings.out / name)
            return True
        except OutputError as error:
            self._fail(name, error)
            return False

    def _fail(self, name: str, error: OrthoDiffusionError) -> None:
        """Count a study as failed in this run."""
        self.errors[name] = error
        self.outcome.failed[name] = f"[{error.code}] {error}" if error.code else str(error)

    def _is_done(self, name: str) -> bool:
        return is_complete(self._settings.out, name) and not self._settings.overwrite

    def _why_not_this_one(self, name: str, case: Case) -> Message | None:
        """Why results of that name are not those of this case; None if they are, or nothing is known of them."""
        journal, wanted = self._books.journal, case.side or self._settings.side
        source = journal.source_of_results(name)
        if source and case.source and source != case.source:
            return Message("batch", "other_files")
        side = journal.record(name).row.get("side", "") if journal.status(name) == "done" else ""
        if wanted is not None and side and side != wanted.value:
            return Message("batch", "other_side", {"side": Side(side)})
        return None

    def _count_done_before(self, name: str, clinical: Mapping[str, object] | None, case: str = "") -> None:
        """Count a study that was done before, and see that it has its row."""
        if name in self._recovered:
            return
        journal = self._books.journal
        if journal.status(name) != "done":
            self._books.tables.put(_done_before(name, case or name, self._settings.out / name))
        record = journal.record(name)
        if not record.is_done:  # its row was lost, and the folder cannot be read to make it again
            self._fail(name, OrthoDiffusionError.from_dict(record.error))
            self._tell_row(name, self._numbers.get(case or name, 0))
            return
        self.outcome.done_before += 1
        self.outcome.done_before_with_clinical += bool(clinical)
        by = (record.row.get("bundle", ""), record.row.get("bundle_version", ""))
        if by != ("", "") and by != (self._manifest.name, self._manifest.version):
            self.outcome.done_by_other_bundle += 1
        self._tell_row(name, self._numbers.get(case or name, 0))

    def _tell_row(self, study: str, number: int) -> None:
        """The row of a study is in the books."""
        record = self._books.journal.record(study)
        if record.row.get("implausible"):
            self.outcome.implausible.append(study)
        if self._listeners.on_row is not None:
            self._listeners.on_row(number, len(self._plan.cases), self._books.tables.row(study))

    def _check_places(self) -> None:
        """After a failure: whether studies and results still lie where they were; a share may have gone.

        Raises:
            StudyError, OutputError: saying which has gone; the study at hand is not counted as failed.
        """
        if not is_there(self._settings.out):
            raise OutputError(Message("batch", "results_gone"), where=str(self._settings.out), code="share_gone")
        if not is_there(self._plan.home):
            raise StudyError(Message("batch", "studies_gone"), where=str(self._plan.home), code="share_gone")

    def _say(self, stage: str, message: Message) -> None:
        done = self._ended + sum(fraction for _, fraction in self._under_way.values())
        self._last = Progress(stage, min(1.0, done / max(1, len(self._plan.cases))), message)
        if self._listeners.progress is not None:
            self._listeners.progress(self._last)

    def _close_books(self, ended_well: bool) -> None:
        """Bring tables and page up to date; an error that is on its way already goes first."""
        quiet: contextlib.AbstractContextManager[object]
        quiet = contextlib.nullcontext() if ended_well else contextlib.suppress(OrthoDiffusionError, OSError)
        with quiet:
            self._books.lock.check()
            self._books.tables.finish()
            self._books.page.finish()
            self._books.journal.note("ended" if ended_well else "stopped", **_counts(self.outcome))
        if not self._books.lock.lost:
            with contextlib.suppress(OSError):
                clear_left_over(self._settings.out)


def _counts(outcome: BatchOutcome) -> dict[str, int]:
    return {"analysed": outcome.analysed, "done_before": outcome.done_before, "failed": len(outcome.failed)}


def _done_before(name: str, case: str, results: Path) -> StudyRecord:
    """The record of a study whose row was lost."""
    try:
        return StudyRecord(name, case, study_row(name, Analysis.load(results)))
    except OrthoDiffusionError as error:
        return StudyRecord(name, case, failure_row(name, error), stage="read", error=error.as_dict())


def order_of(cases: Iterable[Case]) -> list[str]:
    """Names of studies in the order of their rows: each case, then the two that it may become."""
    return [name for case in cases for name in (case.name, *(f"{case.name}_{side.value}" for side in Side))]
