"""Many studies, one after the other: what is done stays done, a failure is a row, one row a study."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from OrthoDiffusionLib.analysis.analysis_run import analyze_to_folder, open_analyzer
from OrthoDiffusionLib.analysis.analyzer import Analyzer
from OrthoDiffusionLib.analysis.study_inputs import read_study
from OrthoDiffusionLib.anatomy import Joint, Side
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.errors import OrthoDiffusionError, OutputError, StudyError
from OrthoDiffusionLib.findings import Analysis
from OrthoDiffusionLib.progress import ProgressCallback, part_of, report
from OrthoDiffusionLib.reports.csv_rows import failure_row, study_columns, study_row
from OrthoDiffusionLib.volumes import Study, volume_ending
from OrthoDiffusionLib.volumes.dicom.slices import looks_like_dicom

TABLE = "results.csv"

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
        told_before: of those done before, those whose referral is told now; their results may not take account of it.
        implausible: names of the studies whose results were found implausible and should not be used.
    """

    analysed: int = 0
    done_before: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    told_before: int = 0
    implausible: list[str] = field(default_factory=list)

    @property
    def exit_status(self) -> int:
        """0 all done, now or before; 3 some failed; 4 none done."""
        if not self.failed:
            return ALL_DONE
        return SOME_FAILED if self.analysed or self.done_before else NONE_DONE


def find_studies(folder: Path) -> list[Path]:
    """The studies in a folder: its folders, hidden ones left out, by name.

    Raises:
        StudyError: if there is none.
    """
    if not folder.is_dir():
        raise StudyError("There is no such folder", where=str(folder), remedy="Name the folder that holds the studies.")
    studies = sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if not studies:
        loose = len(loose_images(folder))
        raise StudyError(
            f"The folder holds {loose} image files, but no folders, one for each study"
            if loose
            else "The folder holds no folders, one for each study",
            where=str(folder),
            remedy=f"If the files are a single study, use `orthodiffusion analyze`. {OWN_FOLDER}"
            if loose
            else "For a single study use `orthodiffusion analyze`.",
        )
    return studies


OWN_FOLDER = "Several studies need a folder each: put the files of each study into a folder of its own."


def loose_images(folder: Path) -> list[Path]:
    """Image files that lie in the folder itself, in no study's folder: nobody can say which study they belong to."""
    return sorted(
        entry
        for entry in folder.iterdir()
        if entry.is_file() and not entry.name.startswith(".") and (volume_ending(entry) or looks_like_dicom(entry))
    )


def analyze_studies(
    studies: Iterable[Path],
    out: Path,
    *,
    bundle: Bundle,
    device: str = "auto",
    side: Side | str | None = None,
    clinical: Mapping[str, Mapping[str, object]] | None = None,
    overwrite: bool = False,
    progress: ProgressCallback | None = None,
) -> BatchOutcome:
    """Analyse each study into `out/<its folder's name>` and keep a row for it in `out/results.csv`.

    Run again, it leaves out what has a complete results folder and tries what failed once more. A folder that shows
    both joints of a person, in one picture or in a study each, becomes two studies, `<name>_right` and `<name>_left`,
    unless the user says the side.

    Args:
        studies: a folder each; `out` itself is passed over.
        out: where the results folders and the table go.
        bundle: the weights.
        device: where the networks run.
        side: of all studies, if the user says it.
        clinical: study name -> what its referral tells, as in `Analyzer.analyze`.
        overwrite: analyse what is complete, too.
        progress: gets every step; may raise `Cancelled`, which loses the study at hand only.

    Raises:
        OutputError: if the table cannot be written; a study's own failure is its row, never an exception.
        StudyError: if `clinical` speaks of a study that is not there.
    """
    studies = [study for study in studies if study.resolve() != out.resolve()]
    clinical = clinical or {}
    strangers = sorted(set(clinical) - {study.name for study in studies})
    if strangers:
        raise StudyError(
            f"Clinical values are given for {len(strangers)} studies that are not there, such as {strangers[0]!r}",
            remedy="The column study must hold the names of the studies' folders.",
        )
    manifest = bundle.manifest
    columns = study_columns(manifest.structures, [what.name for what in manifest.abnormalities])
    table = _Table(out / TABLE, columns)
    outcome = BatchOutcome()
    names = {study.name for study in studies}
    run = _Run(bundle, device, out, table, outcome, overwrite)
    for index, path in enumerate(studies):
        part = part_of(progress, index / len(studies), (index + 1) / len(studies))
        report(part, "study", 0.0, f"Study {index + 1} of {len(studies)}: {path.name}")
        pair = {f"{path.name}_{one.value}": one for one in Side}
        told = clinical.get(path.name)
        if run.is_done(path.name, told):
            continue
        if side is None and not names & set(pair) and all(run.has_results(name) for name in pair):
            for name in pair:
                run.is_done(name, told)
            continue
        try:
            jobs = _jobs(path, side, manifest.as_joint(), {} if names & set(pair) else pair)
        except FAULTS as error:
            run.fails(path.name, error)
            continue
        if path.name not in jobs:
            table.drop(path.name)  # it failed before it became two
        for number, (name, study) in enumerate(jobs.items()):
            if name != path.name and run.is_done(name, told):
                continue
            run.analyze(name, study, told, part_of(part, number / len(jobs), (number + 1) / len(jobs)))
    report(progress, "done", 1.0, "Done")
    return outcome


def _jobs(path: Path, side: Side | str | None, joint: Joint, pair: Mapping[str, Side]) -> dict[str, Study]:
    """The studies of one folder by name: itself, or its right and its left joint where it shows both.

    Raises:
        OrthoDiffusionError: if the folder holds no study, or several that are not told apart by their sides.
    """
    try:
        return {path.name: read_study([path], side=side, joint=joint, name=path.name)}
    except OrthoDiffusionError as error:
        if side is not None or error.code not in BOTH_SIDES or not pair:
            raise
        try:
            both = {name: read_study([path], side=one, joint=joint, name=name) for name, one in pair.items()}
        except OrthoDiffusionError:
            raise error from None  # the first words name both; the second would speak of a side nobody gave
        used = [{volume.name for volume in study.volumes} for study in both.values()]
        if error.code == "several_studies" and used[0] & used[1]:
            raise
        return both


@dataclass
class _Run:
    """What all studies of one batch share; the networks are loaded for the first that needs them."""

    bundle: Bundle
    device: str
    out: Path
    table: _Table
    outcome: BatchOutcome
    overwrite: bool
    analyzer: Analyzer | None = None

    def has_results(self, name: str) -> bool:
        return (self.out / name / "findings.json").exists() and not self.overwrite

    def is_done(self, name: str, told: Mapping[str, object] | None) -> bool:
        """Whether a study was done before; if so it is counted, and has its row."""
        if not self.has_results(name):
            return False
        self.outcome.done_before += 1
        self.outcome.told_before += bool(told)
        if not self.table.says_done(name):
            self.table.put(_done_before(name, self.out / name))
        if self.table.says_implausible(name):
            self.outcome.implausible.append(name)
        return True

    def fails(self, name: str, error: Exception) -> None:
        """Put the row of a study that failed, whatever it failed of."""
        if not isinstance(error, OrthoDiffusionError):
            error = OrthoDiffusionError(
                f"The analysis stopped by a fault of its own: {type(error).__name__}: {error}",
                remedy="Analyse this study alone to see more.",
            )
        self.outcome.failed[name] = f"[{error.code}] {error}" if error.code else str(error)
        self.table.put(failure_row(name, error))

    def analyze(
        self, name: str, study: Study, told: Mapping[str, object] | None, progress: ProgressCallback | None
    ) -> None:
        """Analyse one study and put its row; a fault of its own is its row, too."""
        try:
            self.analyzer = self.analyzer or open_analyzer(self.bundle, device=self.device)
            analysis = analyze_to_folder(
                study,
                self.out / name,
                analyzer=self.analyzer,
                overwrite=self.overwrite,
                clinical=told,
                progress=_named(progress, name),
            )
        except FAULTS as error:
            self.fails(name, error)
        else:
            self.outcome.analysed += 1
            self.table.put(study_row(name, analysis))
            if self.table.says_implausible(name):
                self.outcome.implausible.append(name)


def _named(progress: ProgressCallback | None, name: str) -> ProgressCallback | None:
    if progress is None:
        return None
    return lambda step: progress(type(step)(step.stage, step.fraction, f"{name}: {step.message}"))


def _done_before(name: str, results: Path) -> dict[str, str]:
    """The row of a study whose run was stopped between its results and its row."""
    try:
        return study_row(name, Analysis.load(results))
    except OrthoDiffusionError as error:
        return failure_row(name, error)


class _Table:
    """results.csv, always complete on disk: each change writes it anew beside and renames."""

    def __init__(self, path: Path, columns: tuple[str, ...]) -> None:
        self._path = path
        self._columns = columns
        self._rows: dict[str, dict[str, str]] = {}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists():
                text = path.read_text(encoding="utf-8-sig")
                self._rows = {row["study"]: row for row in csv.DictReader(io.StringIO(text))}
        except (OSError, KeyError, UnicodeDecodeError, csv.Error) as error:
            raise OutputError(
                "The table of results cannot be read or made",
                where=str(path),
                remedy="Move the file away, or choose another folder you may write to.",
            ) from error

    def says_done(self, study: str) -> bool:
        return self._rows.get(study, {}).get("status") == "done"

    def says_implausible(self, study: str) -> bool:
        return bool(self._rows.get(study, {}).get("implausible"))

    def drop(self, study: str) -> None:
        """Forget a row; the next `put` writes the table without it."""
        self._rows.pop(study, None)

    def put(self, row: dict[str, str]) -> None:
        """Add or replace the row of `row["study"]`.

        Raises:
            OutputError: if the table cannot be written; the one on disk stays as it was.
        """
        self._rows[row["study"]] = row
        # A table begun with another bundle keeps the columns that only its rows have.
        known = (column for row in self._rows.values() for column in row)
        columns = list(dict.fromkeys([*self._columns, *known]))
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(self._rows.values())
        temporary = self._path.with_name(f".{self._path.name}.partial")
        try:
            temporary.write_text(text.getvalue(), encoding="utf-8")
            os.replace(temporary, self._path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise OutputError(
                f"The table of results cannot be written: {error.strerror}",
                where=str(self._path),
                remedy="Free some space or close the program that has it open, and run the same command again.",
            ) from error
