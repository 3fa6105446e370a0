"""One case: read, choose, analyse, draw, write; what comes of it is a record, whatever happens."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from OrthoDiffusionLib.analysis.analysis_run import Outputs, analyze_to_folder
from OrthoDiffusionLib.analysis.analyzer import Analyzer
from OrthoDiffusionLib.analysis.study_inputs import read_study
from OrthoDiffusionLib.anatomy import Joint, Side
from OrthoDiffusionLib.batch.job import CaseOutcome, Job
from OrthoDiffusionLib.batch.records.study_record import StudyRecord
from OrthoDiffusionLib.batch.settings import BatchSettings
from OrthoDiffusionLib.batch.staging import is_complete, stage_record, staged_folder
from OrthoDiffusionLib.errors import OrthoDiffusionError, text_without_names
from OrthoDiffusionLib.findings.complete_folder import FULL_DISK
from OrthoDiffusionLib.memory import is_out_of_memory
from OrthoDiffusionLib.messages import Message, language_of
from OrthoDiffusionLib.progress import Progress, ProgressCallback
from OrthoDiffusionLib.reports.csv_rows import failure_row, study_row
from OrthoDiffusionLib.volumes import Study
from OrthoDiffusionLib.volumes.selection.belonging import shows_both_joints

FAULTS = (
    *(OrthoDiffusionError, MemoryError, RuntimeError, ArithmeticError),
    *(LookupError, TypeError, ValueError, OSError),
)
"""One study must not end the night's work, whatever it is; the next ones show whether it is general."""

_AFTER_ANALYSIS = ("draw", "write", "dicom", "done")
"""Stages of `analyze_to_folder` that follow the analysis in memory."""


@dataclass(frozen=True)
class Hooks:
    """What one case does beside its work.

    Attributes:
        progress: gets every step; may raise `Cancelled`.
        reading, computing: held while files are read, and while the networks run.
    """

    progress: ProgressCallback | None = None
    reading: AbstractContextManager[object] = field(default_factory=contextlib.nullcontext)
    computing: AbstractContextManager[object] = field(default_factory=contextlib.nullcontext)


def analyse_case(
    job: Job, settings: BatchSettings, *, joint: Joint, analyzer: Callable[[], Analyzer], hooks: Hooks | None = None
) -> CaseOutcome:
    """Analyse one case into staged folders of results.

    Args:
        job: what to analyse.
        settings: how.
        joint: of the bundle.
        analyzer: gives the networks; called when the first study needs them.
        hooks: what to do beside the work.

    Raises:
        Cancelled: if the progress callback asked for it; nothing half-done stays.
    """
    run = _CaseRun(job, settings, joint, analyzer, hooks or Hooks())
    try:
        studies = run.studies()
    except FAULTS as error:
        return run.outcome([run.failed(job.case.name, error)])
    return run.outcome([run.analysed(name, study) for name, study in studies.items()])


class _CaseRun:
    """The stages of one case, with the one at hand, so that a failure says where it was."""

    def __init__(
        self, job: Job, settings: BatchSettings, joint: Joint, analyzer: Callable[[], Analyzer], hooks: Hooks
    ) -> None:
        self._job, self._settings, self._joint = job, settings, joint
        self._analyzer, self._hooks = analyzer, hooks
        self._stage, self._seconds = "read", {}  # type: tuple[str, dict[str, float]]
        self._began: float | None = time.perf_counter()
        self._faults: list[Exception] = []

    def studies(self) -> dict[str, Study]:
        """The studies of the case by name: itself, or its right and its left joint where it shows both.

        Raises:
            OrthoDiffusionError: if it holds no study, or several that do not differ in their sides.
        """
        case, pair = self._job.case, self._job.pair
        side = case.side or self._settings.side
        with self._hooks.reading:
            self._enter("read")
            try:
                return {case.name: self._read(side, case.name)}
            except OrthoDiffusionError as error:
                if side is not None or not shows_both_joints(error) or not pair:
                    raise
                try:
                    both = {name: self._read(one, name) for name, one in pair.items()}
                except OrthoDiffusionError:
                    raise error from None  # the first words name both; the second speak of a side nobody gave
                used = [{volume.name for volume in study.volumes} for study in both.values()]
                if error.code == "several_studies" and used[0] & used[1]:
                    raise
                return both
            finally:
                self._leave()

    def analysed(self, name: str, study: Study) -> StudyRecord:
        """Analyse one study and stage its results; an error of any kind makes its record, too."""
        settings = self._settings
        if name != self._job.case.name and is_complete(settings.out, name) and not settings.overwrite:
            return StudyRecord(name, self._job.case.name, {})  # the other joint of a pair, done before
        folder = staged_folder(settings.out, name, settings.run)
        computing = _Held(self._hooks.computing)
        try:
            computing.take()
            self._enter("load")
            analyzer = self._analyzer()
            self._enter("analyse")
            shutil.rmtree(folder, ignore_errors=True)
            analysis = analyze_to_folder(
                study,
                folder,
                analyzer=analyzer,
                clinical=dict(self._job.clinical) or None,
                progress=lambda step: self._advanced(step, name, computing),
                outputs=Outputs(dicom=settings.dicom, language=language_of(settings.language), dated=False),
            )
            self._leave()
            record = StudyRecord(
                name,
                self._job.case.name,
                study_row(name, analysis),
                series=_series_of(study),
                seconds=self._all(analysis.timings),
                source=self._job.case.source,
            )
            stage_record(settings.out, record, settings.run)
            return record
        except FAULTS as error:
            return self.failed(name, error)
        finally:
            computing.give_back()

    def failed(self, name: str, error: Exception) -> StudyRecord:
        """The record of a study that failed, whatever it failed of."""
        self._faults.append(error)
        self._leave()
        if is_out_of_memory(error):
            error = OrthoDiffusionError(Message("worker", "out_of_memory"), code="out_of_memory")
        elif not isinstance(error, OrthoDiffusionError):
            values = {"kind": type(error).__name__, "error": text_without_names(error)}  # it goes into the tables
            error = OrthoDiffusionError(Message("batch", "internal_error", values))
        row = {**failure_row(name, error), "stage": self._stage}
        return StudyRecord(
            name,
            self._job.case.name,
            row,
            stage=self._stage,
            error=error.as_dict(),
            seconds=dict(self._seconds),
            source=self._job.case.source,
        )

    def outcome(self, records: list[StudyRecord]) -> CaseOutcome:
        """With what the faults mean for the batch as a whole."""
        memory = any(is_out_of_memory(error) for error in self._faults)
        stops = (stop for error in self._faults if (stop := _general_fault(error, self._stage, self._settings.out)))
        return CaseOutcome(self._job.case.name, tuple(records), memory, next(stops, None))

    def _read(self, side: Side | None, name: str) -> Study:
        case = self._job.case
        return read_study(
            case.inputs, by_plane=case.by_plane, side=side, joint=self._joint, name=name, on_stage=self._enter
        )

    def _advanced(self, step: Progress, name: str, computing: _Held) -> None:
        if step.stage in _AFTER_ANALYSIS:
            computing.give_back()
            if step.stage not in ("done", self._stage):
                self._enter(step.stage)
        if self._hooks.progress is not None:
            words = Message("progress", "of_study", {"study": name, "step": step.message})
            self._hooks.progress(Progress(step.stage, step.fraction, words))

    def _enter(self, stage: str) -> None:
        self._leave()
        self._stage, self._began = stage, time.perf_counter()

    def _leave(self) -> None:
        if self._began is not None:
            passed = time.perf_counter() - self._began
            self._seconds[self._stage] = self._seconds.get(self._stage, 0.0) + passed
        self._began = None  # what comes until the next stage is waiting, for the networks or for the other joint

    def _all(self, timings: Mapping[str, float]) -> dict[str, float]:
        """Seconds of the stages here, and of those within the analysis under their own names."""
        own = {stage: round(seconds, 4) for stage, seconds in self._seconds.items()}
        inner = {f"analyse.{stage}": round(seconds, 4) for stage, seconds in timings.items() if stage not in own}
        return {**own, **inner}


class _Held:
    """A context that is left once, early or late."""

    def __init__(self, context: AbstractContextManager[object]) -> None:
        self._stack, self._context = contextlib.ExitStack(), context

    def take(self) -> None:
        self._stack.enter_context(self._context)

    def give_back(self) -> None:
        self._stack.close()


def _general_fault(error: Exception, stage: str, out: Path) -> OrthoDiffusionError | None:
    """The error itself if it is no study's fault: results can be written nowhere, or no network be loaded."""
    if not isinstance(error, OrthoDiffusionError):
        return None
    key = error.message.key if error.message is not None else ""
    if key in FULL_DISK or (stage == "write" and not out.is_dir()):
        return error
    return error if stage == "load" else None


def _series_of(study: Study) -> list[dict[str, str]]:
    """Which volume serves which plane and why, and why the others serve none."""
    rows = [
        {"volume": volume.name, "plane": plane.value, "reason": str(study.reasons.get(plane, ""))}
        for plane, volume in study.planes.items()
    ]
    return rows + [{"volume": name, "plane": "", "reason": str(why)} for name, why in study.not_used.items()]
