"""Fine-tuning on a table of corrections as one piece of work: the run is there as a whole, or nothing of it is.

For a person at a window, who names a table and a bundle and waits. `finetune_on_table`, which it calls, keeps what it
has done for a second call; here a run that fails or is stopped takes its files with it.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.errors import OutputError, TrainingError
from OrthoDiffusionLib.findings.complete_folder import complete_folder
from OrthoDiffusionLib.lab.training.engine.early_stopping import Patience
from OrthoDiffusionLib.lab.training.tables.case_preparation import SkippedCaseError, study_of
from OrthoDiffusionLib.lab.training.tables.case_splits import TEST
from OrthoDiffusionLib.lab.training.tables.case_table import CaseTable, read_case_table
from OrthoDiffusionLib.lab.training.tables.table_figures import PatientCohort, score_patients
from OrthoDiffusionLib.lab.training.tables.table_finetune import TableSettings, check_teaching, finetune_on_table
from OrthoDiffusionLib.lab.training.tables.table_loss import SEGMENTATION
from OrthoDiffusionLib.lab.training.tables.vocabulary import Vocabulary, vocabulary_of
from OrthoDiffusionLib.progress import Progress, ProgressCallback, part_of, report
from OrthoDiffusionLib.table_file import read_table

RUNS = "runs"
"""Folder beside a table that holds a folder for each bundle that was made of it."""

STEPS = 120
LEARNING_RATE = 1e-4
"""For some ten cases: at five times the rate the validation cases lose from the second validation on."""

_VALIDATIONS = 6
_NOT_KEPT = ("prepared", "uncalibrated", "training/checkpoint.pt", "training/best.pt")
"""What only a second call would need; prepared cases hold image data."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
_TRAINED_FROM, _TRAINED_TO = 0.1, 0.8


@dataclass(frozen=True)
class ShortRun:
    """What is to be learned from what.

    Attributes:
        table: the CSV.
        start: the bundle to begin with.
        name: of the new bundle: small letters, digits, dots, dashes and underlines.
        trained: as of TableSettings.
        steps: the most steps; it is validated six times on the way.
        device: "auto", "cpu" or "cuda".
        seed: of splits, order and windows.

    Raises:
        TrainingError: for a name that cannot be a folder's, or impossible settings.
    """

    table: Path
    start: Bundle
    name: str
    trained: str = SEGMENTATION
    steps: int = STEPS
    device: str = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise TrainingError(
                f"A bundle cannot be named {self.name!r}",
                remedy="Take small letters, digits, dots, dashes and underlines, beginning with a letter or a digit.",
            )
        _ = self.settings  # checked now

    @property
    def settings(self) -> TableSettings:
        """The same as `finetune` takes them."""
        every = max(1, self.steps // _VALIDATIONS)
        patience = Patience(steps=self.steps, round_steps=every, rounds=_VALIDATIONS, warmup=min(20, every))
        return replace(
            TableSettings(), trained=self.trained, seed=self.seed, patience=patience, learning_rate=LEARNING_RATE
        )

    @property
    def folder(self) -> Path:
        """Where the finished run lies."""
        return self.table.parent / RUNS / self.name


@dataclass(frozen=True)
class Learned:
    """What came of it.

    Attributes:
        folder: of the run: figures, splits, log and the bundle.
        bundle: folder of the new bundle: in the folder of bundles if one was named, else in that of the run.
        name, version: of the bundle.
        best_step: after which the weights were taken; 0 if nothing was better than the start.
        last_step: how far it went.
        skipped: case -> why it was left out.
        dice: structure -> mean Dice of the held-out cases, as far as their label maps cover it.
        dice_before: the same of the bundle that it began with, on the same cases: more steps do not always help.
    """

    folder: Path
    bundle: Path
    name: str
    version: str
    best_step: int
    last_step: int
    skipped: dict[str, str]
    dice: dict[str, float]
    dice_before: dict[str, float]

    def as_dict(self) -> dict:
        """The same as plain data, for JSON."""
        return {**vars(self), "folder": str(self.folder), "bundle": str(self.bundle)}


def learn(
    run: ShortRun,
    *,
    keep_in: Path | None = None,
    command: str = "",
    progress: ProgressCallback | None = None,
    log: Callable[[str], None] = print,
) -> Learned:
    """Fine-tune, and keep the run and the bundle; whatever ends it early leaves nothing behind.

    Args:
        keep_in: folder of bundles that gets a copy of the new one; None for none.
        command: for the training record.
        progress: gets every step; may raise `Cancelled`.
        log: gets the lines of the training's log.

    Raises:
        TrainingError: if the table cannot teach what was asked, or the name is taken.
        OutputError: if something cannot be written.
    """
    vocabulary = vocabulary_of(run.start.manifest)
    progress = _never_back(progress)
    report(progress, "table", 0.0, "Reading the table")
    table = read_case_table(run.table, vocabulary)
    check_teaching(table, run.settings)
    check_name(run, keep_in)
    work = run.table.parent / f".{run.name}.unfinished"
    shutil.rmtree(work, ignore_errors=True)  # of a run whose process was killed
    report(progress, "prepare", 0.02, f"Preparing {len(table.cases)} cases")

    def stepped(step: int) -> None:
        fraction = _TRAINED_FROM + (_TRAINED_TO - _TRAINED_FROM) * step / run.steps
        report(progress, "train", fraction, f"Step {step + 1} of at most {run.steps}")

    try:
        done = finetune_on_table(
            table, vocabulary, run.start, work, run.settings, name=run.name, command=command, device=run.device,
            workers=0, progress=part_of(progress, _TRAINED_TO, 0.93), report=log, on_step=stepped,
        )  # fmt: skip
        before = _dice_before(run, vocabulary, table, work, part_of(progress, 0.93, 0.98))
        report(progress, "keep", 0.98, "Keeping the new bundle")
        manifest = done.bundle.manifest
        kept = _keep(run, work, keep_in, f"{manifest.name}-{manifest.version}")
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return Learned(
        run.folder, kept, manifest.name, manifest.version, done.stopped.best_step,
        done.stopped.last_step, dict(done.skipped), dice_of(manifest.figures), before,
    )  # fmt: skip


def _keep(run: ShortRun, work: Path, keep_in: Path | None, name: str) -> Path:
    """Give run and bundle their places, both or none; returns the bundle's.

    Raises:
        OutputError: if that fails.
    """
    for unneeded in _NOT_KEPT:
        _remove(work / unneeded)
    kept = _install(work / "bundle", keep_in, name) if keep_in else None
    try:
        run.folder.parent.mkdir(parents=True, exist_ok=True)
        work.rename(run.folder)
    except OSError as error:
        if kept is not None:
            shutil.rmtree(kept, ignore_errors=True)
        raise OutputError(
            f"The run cannot be kept: {error.strerror or error}", where=str(run.folder), remedy="Free some space."
        ) from error
    return kept or run.folder / "bundle"


def _never_back(progress: ProgressCallback | None) -> ProgressCallback | None:
    """The parts after the training begin anew each; a person sees a bar that goes on."""
    furthest = 0.0

    def told(step: Progress) -> None:
        nonlocal furthest
        furthest = max(furthest, step.fraction)
        if progress is not None:
            progress(Progress(step.stage, furthest, step.message))

    return None if progress is None else told


def check_name(run: ShortRun, keep_in: Path | None) -> None:
    """Refuse a name that is taken, before anything is computed.

    Raises:
        TrainingError: saying where.
    """
    taken = [run.folder]
    if keep_in is not None:
        taken += keep_in.glob(f"{run.name}-*")
    for place in taken:
        if place.exists():
            raise TrainingError(
                f"There is a bundle named {run.name} already", where=str(place), remedy="Choose another name."
            )


def _dice_before(
    run: ShortRun, vocabulary: Vocabulary, table: CaseTable, work: Path, progress: ProgressCallback | None
) -> dict[str, float]:
    """Structure -> mean Dice of the starting bundle on the held-out cases; without those whose side nothing tells."""
    rows, _ = read_table(work / "splits.csv", error=TrainingError)
    held_out = {row["case"] for _, row in rows if row["split"] == TEST}
    pairs = []
    for case in table.cases:
        if case.name in held_out:
            with contextlib.suppress(SkippedCaseError):
                pairs.append((case, study_of(case, vocabulary)))
    cohort = PatientCohort(f"table {table.name}, held-out patients", table.sha256[:12], tuple(pairs))
    records = score_patients(
        run.start, cohort, vocabulary, work / "before.studies.jsonl", device=run.device, progress=progress
    )
    found: dict[str, list[float]] = {}
    for record in records:
        for name, scores in record.structures.items():
            if scores.get("dice") is not None:
                found.setdefault(name, []).append(float(scores["dice"]))
    return {name: sum(values) / len(values) for name, values in found.items()}


def dice_of(figures: Mapping[str, Any]) -> dict[str, float]:
    """Structure -> Dice of the held-out cases, of those that were measured."""
    return {
        name: float(entry["dice"])
        for name, entry in figures.get("structures", {}).items()
        if entry.get("dice") is not None
    }


def _install(bundle: Path, destination: Path, name: str) -> Path:
    """A copy of a bundle in a folder of bundles, verified before it counts."""
    target = destination / name
    with complete_folder(target, overwrite=False, ours=lambda _: False, marker="", kind="bundle") as temporary:
        shutil.copytree(bundle, temporary, dirs_exist_ok=True)
        Bundle.open(temporary)
    return target


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
