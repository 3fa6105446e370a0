"""Many studies, one after the other: what is done stays done, a failure is a row, one row a study."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from OrthoDiffusionLib.analysis_run import analyze_to_folder, open_analyzer
from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.errors import OrthoDiffusionError, OutputError, StudyError
from OrthoDiffusionLib.findings import Analysis
from OrthoDiffusionLib.progress import ProgressCallback, part_of, report
from OrthoDiffusionLib.reports.csv_rows import failure_row, study_columns, study_row
from OrthoDiffusionLib.study_inputs import joint_of, read_study

TABLE = "results.csv"


@dataclass
class BatchOutcome:
    """How a batch ended.

    Attributes:
        analysed: studies analysed in this run.
        done_before: studies whose results folder was complete already.
        failed: study name -> what was wrong, where, and what to do.
        told_before: of those done before, those whose referral is told now; their results may not take account of it.
    """

    analysed: int = 0
    done_before: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    told_before: int = 0


def find_studies(folder: Path) -> list[Path]:
    """The studies in a folder: its folders, hidden ones left out, by name.

    Raises:
        StudyError: if there is none.
    """
    if not folder.is_dir():
        raise StudyError("There is no such folder", where=str(folder), remedy="Name the folder that holds the studies.")
    studies = sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if not studies:
        raise StudyError(
            "The folder holds no folders, one for each study",
            where=str(folder),
            remedy="For a single study use `orthodiffusion analyze`.",
        )
    return studies


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

    Run again, it leaves out what has a complete results folder and tries what failed once more.

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
    columns = study_columns([part.name for part in manifest.structures], [what.name for what in manifest.abnormalities])
    table = _Table(out / TABLE, columns)
    outcome = BatchOutcome()
    analyzer = None
    for index, path in enumerate(studies):
        name, results = path.name, out / path.name
        start = index / len(studies)
        if (results / "findings.json").exists() and not overwrite:
            outcome.done_before += 1
            outcome.told_before += bool(clinical.get(name))
            if not table.says_done(name):
                table.put(_done_before(name, results))
            continue
        report(progress, "study", start, f"Study {index + 1} of {len(studies)}: {name}")
        try:
            analyzer = analyzer or open_analyzer(bundle, device=device)
            analysis = analyze_to_folder(
                read_study([path], side=side, joint=joint_of(manifest), name=name),
                results,
                analyzer=analyzer,
                overwrite=overwrite,
                clinical=clinical.get(name),
                progress=_named(part_of(progress, start, (index + 1) / len(studies)), name),
            )
        except OrthoDiffusionError as error:
            outcome.failed[name] = str(error)
            table.put(failure_row(name, error))
        except (MemoryError, RuntimeError, ArithmeticError, LookupError, TypeError, ValueError, OSError) as error:
            # One study must not end the night's work, whatever it is; the next ones show whether it is general.
            fault = OrthoDiffusionError(
                f"The analysis stopped by a fault of its own: {type(error).__name__}: {error}",
                remedy="Analyse this study alone to see more.",
            )
            outcome.failed[name] = str(fault)
            table.put(failure_row(name, fault))
        else:
            outcome.analysed += 1
            table.put(study_row(name, analysis))
    report(progress, "done", 1.0, "Done")
    return outcome


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
