"""Many studies, one after the other: what is done stays done, a failure is a row, one row a study."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from OrthoDiffusionLib.analysis.analysis_run import Outputs, analyze_to_folder
from OrthoDiffusionLib.analysis.analyzer import Analyzer
from OrthoDiffusionLib.analysis.batch_table import TABLE, BatchTable
from OrthoDiffusionLib.analysis.study_inputs import read_study
from OrthoDiffusionLib.anatomy import Joint, Side
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.errors import OrthoDiffusionError, StudyError
from OrthoDiffusionLib.findings import Analysis
from OrthoDiffusionLib.messages import ENGLISH, Language, Message
from OrthoDiffusionLib.progress import Progress, ProgressCallback, part_of, report
from OrthoDiffusionLib.reports.csv_rows import failure_row, study_columns, study_row
from OrthoDiffusionLib.volumes import Study
from OrthoDiffusionLib.volumes.studies_in_folder import find_studies

ALL_DONE, SOME_FAILED, NONE_DONE = 0, 3, 4
"""Exit statuses of `orthodiffusion batch`."""

BOTH_SIDES = ("two_joints", "several_studies")
"""Codes of refusals after which the right and the left joint are tried as a study each."""

FAULTS = (
    *(OrthoDiffusionError, MemoryError, RuntimeError, ArithmeticError),
    *(LookupError, TypeError, ValueError, OSError),
)
"""One study must not end the night's work, whatever it is; the next ones show whether it is general."""


@dataclass
class BatchOutcome:
    """How a batch ended.

    Attributes:
        analysed: studies analysed in this run.
        done_before: studies whose results folder was complete already.
        failed: study name -> what was wrong, where, and what to do.
        done_before_with_clinical: of those done before, those that have clinical values now; their results may not
            take account of them.
        implausible: names of the studies whose results were found implausible and should not be used.
    """

    analysed: int = 0
    done_before: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    done_before_with_clinical: int = 0
    implausible: list[str] = field(default_factory=list)

    @property
    def exit_status(self) -> int:
        """0 all done, now or before; 3 some failed; 4 none done."""
        if not self.failed:
            return ALL_DONE
        return SOME_FAILED if self.analysed or self.done_before else NONE_DONE


@dataclass
class StudyBatch:
    """A folder of studies to analyse, each into `out/<its folder's name>`, with a row for each in `out/results.csv`.

    Run again, it leaves out what has a complete results folder and tries what failed once more. A folder that shows
    both joints of a person, in one image or in a study each, becomes two studies, `<name>_right` and `<name>_left`,
    unless the user says the side.

    Attributes:
        folder: holds a folder for each study; `out` itself is passed over.
        out: where the results folders and the table go.
        bundle: the weights.
        open_analyzer: gives the bundle's Analyzer; called when the first study needs it.
        side: of all studies, if the user says it.
        clinical: study name -> what its referral says, as in `Analyzer.analyze`.
        overwrite: analyse what is complete, too.
        progress: gets every step; may raise `Cancelled`, which loses the study at hand only.
        on_row: gets (number, count, row) for each study when it is done, was done before, or has failed; number and
            count are of folders, and the row has all columns of the table.
        language: of the reports; the table stays English.
        dicom: write DICOM objects of each study as well.
        errors: study name -> why it failed in this run.
    """

    folder: Path
    out: Path
    bundle: Bundle
    open_analyzer: Callable[[], Analyzer]
    side: Side | str | None = None
    clinical: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    overwrite: bool = False
    progress: ProgressCallback | None = None
    on_row: Callable[[int, int, dict[str, str]], None] | None = None
    language: Language = ENGLISH
    dicom: bool = False
    errors: dict[str, OrthoDiffusionError] = field(default_factory=dict, init=False)

    def run(self) -> BatchOutcome:
        """Analyse what is not done yet.

        Raises:
            OutputError: if the table cannot be written; a study's own failure is its row, never an exception.
            StudyError: if there is no study, or `clinical` speaks of one that is not there.
        """
        studies = [study for study in find_studies(self.folder) if study.resolve() != self.out.resolve()]
        names = {study.name for study in studies}
        unknown = sorted(set(self.clinical) - names)
        if unknown:
            raise StudyError(Message("batch", "clinical_of_nobody", {"count": len(unknown), "name": unknown[0]}))
        run = _Run(self)
        for index, path in enumerate(studies):
            part = part_of(self.progress, index / len(studies), (index + 1) / len(studies))
            place = {"number": index + 1, "count": len(studies), "name": path.name}
            report(part, "study", 0.0, Message("progress", "study", place))
            run.place = (index + 1, len(studies))
            run.folder(path, names, part)
        report(self.progress, "done", 1.0, Message("progress", "done"))
        return run.outcome


def _jobs(path: Path, side: Side | str | None, joint: Joint, pair: Mapping[str, Side]) -> dict[str, Study]:
    """The studies of one folder by name: itself, or its right and its left joint where it shows both.

    Raises:
        OrthoDiffusionError: if the folder holds no study, or several that do not differ in their sides.
    """
    try:
        return {path.name: read_study([path], side=side, joint=joint, name=path.name)}
    except OrthoDiffusionError as error:
        if side is not None or error.code not in BOTH_SIDES or not pair:
            raise
        try:
            both = {name: read_study([path], side=one, joint=joint, name=name) for name, one in pair.items()}
        except OrthoDiffusionError:
            raise error from None  # the first words name both; the second would speak of a side that was not given
        used = [{volume.name for volume in study.volumes} for study in both.values()]
        if error.code == "several_studies" and used[0] & used[1]:
            raise
        return both


class _Run:
    """One run of a batch: the table, what was counted, the networks once they are needed."""

    def __init__(self, batch: StudyBatch) -> None:
        self._batch = batch
        manifest = batch.bundle.manifest
        columns = study_columns(
            manifest.structures,
            [abnormality.name for abnormality in manifest.abnormalities],
            [measurement.name for measurement in manifest.as_joint().measurements],
        )
        self._table = BatchTable(batch.out / TABLE, columns)
        self._analyzer: Analyzer | None = None
        self.outcome = BatchOutcome()
        self.place = (0, 0)  # number of the folder at hand and how many there are

    def folder(self, path: Path, names: Collection[str], progress: ProgressCallback | None) -> None:
        """One folder: one study, or the two of both joints; `names` are those of all folders."""
        clinical, side = self._batch.clinical.get(path.name), self._batch.side
        pair = {f"{path.name}_{one.value}": one for one in Side}
        pair = {} if set(names) & set(pair) else pair
        if self._is_done(path.name, clinical):
            return
        if side is None and pair and all(self._has_results(name) for name in pair):
            for name in pair:
                self._is_done(name, clinical)
            return
        try:
            jobs = _jobs(path, side, self._batch.bundle.manifest.as_joint(), pair)
        except FAULTS as error:
            self._fails(path.name, error)
            return
        if path.name not in jobs:
            self._table.drop(path.name)  # it failed before it became two
        for number, (name, study) in enumerate(jobs.items()):
            if name == path.name or not self._is_done(name, clinical):
                self._analyze(name, study, clinical, part_of(progress, number / len(jobs), (number + 1) / len(jobs)))

    def _has_results(self, name: str) -> bool:
        return (self._batch.out / name / "findings.json").exists() and not self._batch.overwrite

    def _is_done(self, name: str, clinical: Mapping[str, object] | None) -> bool:
        """Whether a study was done before; if so it is counted, and has its row."""
        if not self._has_results(name):
            return False
        self.outcome.done_before += 1
        self.outcome.done_before_with_clinical += bool(clinical)
        if not self._table.says_done(name):
            self._table.put(_done_before(name, self._batch.out / name))
        self._report(name)
        return True

    def _fails(self, name: str, error: Exception) -> None:
        """Put the row of a study that failed, whatever it failed of."""
        if not isinstance(error, OrthoDiffusionError):
            error = OrthoDiffusionError(
                Message("batch", "internal_error", {"kind": type(error).__name__, "error": error})
            )
        self._batch.errors[name] = error
        self.outcome.failed[name] = f"[{error.code}] {error}" if error.code else str(error)
        self._table.put(failure_row(name, error))
        self._report(name)

    def _analyze(
        self, name: str, study: Study, clinical: Mapping[str, object] | None, progress: ProgressCallback | None
    ) -> None:
        """Analyse one study and put its row; an error of any kind makes its row, too."""
        try:
            self._analyzer = self._analyzer or self._batch.open_analyzer()
            analysis = analyze_to_folder(
                study,
                self._batch.out / name,
                analyzer=self._analyzer,
                outputs=Outputs(
                    overwrite=self._batch.overwrite, dicom=self._batch.dicom, language=self._batch.language
                ),
                clinical=clinical,
                progress=_named(progress, name),
            )
        except FAULTS as error:
            self._fails(name, error)
        else:
            self.outcome.analysed += 1
            self._table.put(study_row(name, analysis))
            self._report(name)

    def _report(self, name: str) -> None:
        """The row of a study is in the table."""
        if self._table.says_implausible(name):
            self.outcome.implausible.append(name)
        if self._batch.on_row is not None:
            self._batch.on_row(*self.place, self._table.row(name))


def _named(progress: ProgressCallback | None, name: str) -> ProgressCallback | None:
    if progress is None:
        return None
    return lambda step: progress(
        Progress(step.stage, step.fraction, Message("progress", "of_study", {"study": name, "step": step.message}))
    )


def _done_before(name: str, results: Path) -> dict[str, str]:
    """The row of a study whose run was stopped between its results and its row."""
    try:
        return study_row(name, Analysis.load(results))
    except OrthoDiffusionError as error:
        return failure_row(name, error)
