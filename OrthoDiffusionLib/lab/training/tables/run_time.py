"""How long a fine-tuning will take on this computer: its parts are tried once, and counted up."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TypeVar

import numpy as np
import torch

from OrthoDiffusionLib.analysis.analyzer import Analyzer
from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.errors import StudyError, TrainingError
from OrthoDiffusionLib.lab.training.engine.fabric import Machine, launch
from OrthoDiffusionLib.lab.training.tables.case_dataset import CaseDraws, CaseSample
from OrthoDiffusionLib.lab.training.tables.case_preparation import PreparedCase, prepare_case, study_of
from OrthoDiffusionLib.lab.training.tables.case_splits import SHARES, TEST, VALIDATION
from OrthoDiffusionLib.lab.training.tables.case_table import Case, read_case_table
from OrthoDiffusionLib.lab.training.tables.short_run import ShortRun
from OrthoDiffusionLib.lab.training.tables.table_loss import Lesson, case_loss, parts_to_train
from OrthoDiffusionLib.lab.training.tables.transfer import transferred_model, with_vocabulary
from OrthoDiffusionLib.lab.training.tables.vocabulary import Vocabulary, vocabulary_of
from OrthoDiffusionLib.progress import ProgressCallback, report
from OrthoDiffusionLib.volumes import Study

TRIED_STEPS = 3
"""The first is not counted: it pays for what later ones find ready."""

_REPORTED_CASES = 10
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class RunTime:
    """What one piece of each kind took, in seconds of the clock.

    Attributes:
        prepare: one case made ready.
        step: of the training.
        validate: one case at one validation.
        analyze: one case measured afterwards.
        load: the networks.
        steps, validations: the most there can be.
        cases: of the table.
        device: what it was tried on.
    """

    prepare: float
    step: float
    validate: float
    analyze: float
    load: float
    steps: int
    validations: int
    cases: int
    device: str

    def seconds(self, cases: int) -> float:
        """The longest that a table of so many cases takes; it may stop earlier."""
        judged = max(1, math.ceil(SHARES[VALIDATION] * cases))
        held_out = max(1, math.ceil(SHARES[TEST] * cases))
        training = self.step * self.steps + self.validate * judged * (self.validations + 1)
        return 2 * self.load + self.prepare * cases + training + self.analyze * (judged + 2 * held_out)

    def as_dict(self) -> dict:
        """The same as plain data with `seconds` of this table and of ten cases, for JSON."""
        return {
            **asdict(self),
            "seconds_this_table": self.seconds(self.cases),
            "seconds_ten_cases": self.seconds(_REPORTED_CASES),
        }


def run_time(run: ShortRun, *, progress: ProgressCallback | None = None) -> RunTime:
    """Try one case and a few steps on this computer; nothing is written.

    Raises:
        TrainingError: if the table cannot be read, or no case of it can be used.
    """
    manifest = run.start.manifest
    vocabulary = vocabulary_of(manifest)
    table = read_case_table(run.table, vocabulary)
    case = next((case for case in table.cases if case.label_maps), None)
    if case is None:
        raise TrainingError("No case of the table has label maps", where=str(run.table), remedy="Export a correction.")
    report(progress, "load", 0.0, "Loading the networks")
    fabric = launch(Machine(run.device, 1))
    analyzer, load = _timed(lambda: Analyzer(run.start, device=fabric.device.type))
    report(progress, "prepare", 0.2, "Preparing one case")
    study = study_of(case, vocabulary, partial(_side_seen, analyzer))
    prepared, prepare = _timed(lambda: prepare_case(case, study, vocabulary, manifest))
    report(progress, "analyze", 0.4, "Analyzing one case")
    _, analyze = _timed(lambda: analyzer.analyze(study))
    report(progress, "train", 0.6, f"Trying {TRIED_STEPS} steps")
    step, validate = _try_steps(run, case, prepared, vocabulary, fabric.device)
    patience = run.settings.patience
    return RunTime(
        prepare, step, validate, analyze, load, run.steps, math.ceil(run.steps / patience.round_steps),
        len(table.cases), str(fabric.device),
    )  # fmt: skip


def _side_seen(analyzer: Analyzer, study: Study) -> Side:
    side = analyzer.analyze(study).study.side
    if side is None:
        raise StudyError("The side is not known", remedy="Fill the table's column side.")
    return side


def _try_steps(
    run: ShortRun, case: Case, prepared: PreparedCase, vocabulary: Vocabulary, device: torch.device
) -> tuple[float, float]:
    """Seconds of a step and of one case's validation."""
    start, settings = run.start, run.settings
    manifest = with_vocabulary(start.manifest, vocabulary.joint, ())
    model = transferred_model(start, manifest).to(device)
    before = copy.deepcopy(model).requires_grad_(False).eval()
    draw = replace(settings.draw, whole=settings.draw.whole and settings.findings and bool(case.findings))
    started = {structure.name for structure in start.manifest.structures}
    draws = CaseDraws(
        (), vocabulary, manifest.fusion_spacing_mm, draw,
        seed=settings.seed, started=started, pixel_ratio=model.pixel_ratio,
    )  # fmt: skip
    lesson = Lesson(settings.outlines, settings.findings, torch.ones(len(vocabulary.joint.abnormalities)))
    encoders, others = parts_to_train(model, settings.trained)
    optimizer = torch.optim.AdamW([*encoders, *others], lr=0.0)

    def sample(number: int) -> CaseSample:
        return draws.sample(case, prepared, np.random.default_rng(number))

    def one_step(number: int) -> None:
        case_loss(model, sample(number), lesson, before)["loss"].backward()
        optimizer.step()
        optimizer.zero_grad()

    def validation() -> None:
        with torch.no_grad():
            case_loss(model, sample(0), lesson, before)

    seconds = [_timed(partial(one_step, number))[1] for number in range(TRIED_STEPS)]
    return sum(seconds[1:]) / (TRIED_STEPS - 1), _timed(validation)[1]


def _timed(work: Callable[[], _Value]) -> tuple[_Value, float]:
    begin = time.monotonic()
    value = work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return value, time.monotonic() - begin
