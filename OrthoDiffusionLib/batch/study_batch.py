"""Many studies into one folder of results: what is done stays done, a failure is a row, one row a study."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.batch.batch_run import BatchRun, Books, Listeners, order_of
from OrthoDiffusionLib.batch.cases.case import Plan
from OrthoDiffusionLib.batch.cases.plan import plan_of
from OrthoDiffusionLib.batch.cases.plan_text import UNUSED, write_unused
from OrthoDiffusionLib.batch.outcome import BatchOutcome
from OrthoDiffusionLib.batch.page.batch_page import PageWriter
from OrthoDiffusionLib.batch.records.journal import JOURNAL, Journal
from OrthoDiffusionLib.batch.records.lock import FolderLock, locked
from OrthoDiffusionLib.batch.records.tables import ResultTables
from OrthoDiffusionLib.batch.settings import BatchSettings
from OrthoDiffusionLib.batch.workers.events import Workers
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.errors import OrthoDiffusionError, OutputError, StudyError
from OrthoDiffusionLib.messages import ENGLISH, Language, Message
from OrthoDiffusionLib.progress import ProgressCallback, report
from OrthoDiffusionLib.reports.csv_rows import study_columns
from OrthoDiffusionLib.volumes.dicom.slices import looks_like_dicom
from OrthoDiffusionLib.volumes.files.folders import files_below
from OrthoDiffusionLib.volumes.files.volume_file import volume_ending

if TYPE_CHECKING:
    from OrthoDiffusionLib.analysis.analyzer import Analyzer


@dataclass(frozen=True)
class Effort:
    """What a batch may use.

    Attributes:
        workers: processes of this machine that share the weights' memory; 0 works in this process.
        cluster: address or scheduler file of a Dask cluster, whose workers are used instead; empty for none.
        threads: of the processor for each worker; 0 shares the cores of this machine out among its workers, and lets
            torch decide where there is one.
        device: "auto", "cpu" or "cuda"; precision: "auto", "bfloat16" or "float32". They count for workers and
            cluster; in this process `open_analyzer` decides.
    """

    workers: int = 0
    cluster: str = ""
    threads: int = 0
    device: str = "auto"
    precision: str = "auto"


@dataclass
class StudyBatch:
    """Studies to analyse, each into `out/<its name>`, with a row for each in `out/results.csv`.

    Run again, it leaves out what has a complete results folder and tries what failed once more. A case that shows
    both joints of a person, in one image or in a study each, becomes two studies, `<name>_right` and `<name>_left`,
    unless the side is said.

    Attributes:
        folder: what `plan_of` takes: a folder of studies of any shape, a DICOMDIR, or a table; `out` is passed over.
        out: where the results folders, the tables, the journal and the page go.
        bundle: the weights.
        open_analyzer: gives the bundle's Analyzer for work in this process; called when the first study needs it.
        side: of all studies, if the user says it.
        clinical: study name -> what its referral says, as in `Analyzer.analyze`.
        overwrite: analyse what is complete, too.
        progress: gets every step; may raise `Cancelled`, which loses the studies at hand only.
        on_row: gets (number, count, row) for each study when it is done, was done before, or has failed; number and
            count are of cases, and the row has all columns of the table.
        language: of the reports; the tables stay English.
        dicom: write DICOM objects of each study as well.
        effort: processes, threads, other machines.
        plan: what was found already, to spare a second look.
        errors: study name -> why it failed in this run.
    """

    folder: Path
    out: Path
    bundle: Bundle
    open_analyzer: Callable[[], Analyzer] | None = None
    side: Side | str | None = None
    clinical: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    overwrite: bool = False
    progress: ProgressCallback | None = None
    on_row: Callable[[int, int, dict[str, str]], None] | None = None
    language: Language = ENGLISH
    dicom: bool = False
    effort: Effort = field(default_factory=Effort)
    plan: Plan | None = None
    errors: dict[str, OrthoDiffusionError] = field(default_factory=dict, init=False)

    def run(self) -> BatchOutcome:
        """Analyse what is not done yet.

        Raises:
            OutputError: if the results cannot be recorded, the folder for them holds images, or another batch writes
                into the same folder (code ``batch_running``); a study's own failure is its row, never an exception.
            StudyError: if there is no study, `clinical` speaks of one that is not there, or the studies have gone.
        """
        check_no_images(self.out)
        plan = self.plan or self._found()
        check_clinical(self.clinical, plan)
        settings = self._settings()
        with locked(self.out) as lock, contextlib.closing(Journal(self.out / JOURNAL)) as journal:
            write_unused(plan, self.out / UNUSED)
            books = self._books(plan, journal, lock)
            listeners = Listeners(self.progress, self.on_row)
            run = BatchRun(plan, settings, self.bundle.manifest, books, self.clinical, listeners)
            try:
                run.run(lambda: self._workers(settings))
            finally:
                self.errors |= run.errors
        return run.outcome

    def _found(self) -> Plan:
        """Look for the studies; told now and then, since a large archive takes minutes."""

        def look() -> None:
            report(self.progress, "find", 0.0, Message("progress", "find"))

        return plan_of(self.folder, joint=self.bundle.manifest.as_joint(), out=self.out, check_cancelled=look)

    def _settings(self) -> BatchSettings:
        effort = self.effort
        return BatchSettings(
            out=self.out.absolute(),
            bundle=self.bundle.folder.absolute(),
            sha256=self.bundle.sha256,
            run=secrets.token_hex(4),
            side=None if self.side is None else Side(self.side),
            overwrite=self.overwrite,
            device=effort.device,
            precision=effort.precision,
            threads=effort.threads or _fair_share(effort.workers),
            dicom=self.dicom,
            language=self.language.code,
        )

    def _books(self, plan: Plan, journal: Journal, lock: FolderLock) -> Books:
        manifest = self.bundle.manifest
        columns = study_columns(
            manifest.structures,
            [abnormality.name for abnormality in manifest.abnormalities],
            [measurement.name for measurement in manifest.as_joint().measurements],
        )
        order = order_of(plan.cases)
        page = PageWriter(self.out, journal, manifest, order, self.language)
        return Books(journal, ResultTables(self.out, columns, journal, order), page, lock)

    def _workers(self, settings: BatchSettings) -> Workers:
        if self.effort.cluster:
            from OrthoDiffusionLib.batch.workers.cluster import ClusterWorkers

            return ClusterWorkers(settings, self.effort.cluster)
        if self.effort.workers:
            from OrthoDiffusionLib.batch.workers.processes import WorkerProcesses

            return WorkerProcesses(settings, self.effort.workers)
        from OrthoDiffusionLib.batch.workers.in_process import InProcess
        from OrthoDiffusionLib.batch.workers.networks import Networks, networks_of

        networks = networks_of(settings) if self.open_analyzer is None else Networks(self.bundle, self.open_analyzer)
        return InProcess(settings, networks)


def _fair_share(workers: int) -> int:
    """Threads for each of several workers, so that all together have as many as there are cores; 0 for one worker."""
    if workers < 2:
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores // workers)


def check_no_images(out: Path) -> None:
    """Refuse to write among images: what lies in the folder of results is no study, and would be passed over unsaid.

    Raises:
        OutputError: if there are some.
    """
    if not out.is_dir() or (out / JOURNAL).exists():
        return
    # A link that leads nowhere is no image; what cannot be read is said when it is written to.
    files, _ = files_below(out, faults=[])
    if any(volume_ending(path) or looks_like_dicom(path) for path in files):
        raise OutputError(Message("batch", "out_holds_images"), where=str(out))


def check_clinical(clinical: Mapping[str, Mapping[str, object]], plan: Plan) -> None:
    """Refuse values of nobody, and values in a table of cases that mean nothing, before the work begins.

    Raises:
        StudyError: saying whose, or which value.
    """
    told = [case for case in plan.cases if case.clinical]
    if told:
        from OrthoDiffusionLib.heads.clinical import encode_all

        for case in told:
            try:
                encode_all(case.clinical)
            except ValueError as error:
                raise StudyError(Message("batch", "clinical_value", {"error": error}), where=case.name) from error
    unknown = sorted(set(clinical) - plan.names)
    if unknown:
        raise StudyError(Message("batch", "clinical_of_nobody", {"count": len(unknown), "name": unknown[0]}))
