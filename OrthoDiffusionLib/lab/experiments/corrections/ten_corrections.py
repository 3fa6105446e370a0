"""Ten cases of a scanner that a bundle does not know: corrected, learned from, and measured on cases nobody corrected.

The whole way that a user goes: the bundle predicts, a correction is exported, `finetune --table` reads the table. A
corrected outline is the phantom's own true one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.analysis.analyzer import Analyzer
from OrthoDiffusionLib.anatomy import KNEE
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.findings import Analysis
from OrthoDiffusionLib.lab.corrections.corrected_case import CorrectedCase, structures_of_maps
from OrthoDiffusionLib.lab.corrections.correction_table import TABLE_FILE, cases_of
from OrthoDiffusionLib.lab.corrections.export import export_case
from OrthoDiffusionLib.lab.evaluation.scores.segmentation_scores import ABSENT, imaged_region, score_volumes
from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult, ScoreTable, learning_settings
from OrthoDiffusionLib.lab.experiments.common.experiment import Arm, Cell, Experiment
from OrthoDiffusionLib.lab.phantom.datasets.cohort import PhantomStudy, phantom_study
from OrthoDiffusionLib.lab.phantom.engine.seeds import CALIBRATION_SEEDS, FRESH_SEEDS
from OrthoDiffusionLib.lab.phantom.imaging.artefacts import Artefacts
from OrthoDiffusionLib.lab.phantom.imaging.contrast import Protocol
from OrthoDiffusionLib.lab.phantom.imaging.imaging_sites import ImagingSite
from OrthoDiffusionLib.lab.phantom.phantom import stored_shapes
from OrthoDiffusionLib.lab.training.engine.early_stopping import Patience
from OrthoDiffusionLib.lab.training.tables.case_table import read_case_table
from OrthoDiffusionLib.lab.training.tables.short_run import LEARNING_RATE
from OrthoDiffusionLib.lab.training.tables.table_finetune import TableSettings, finetune_on_table
from OrthoDiffusionLib.lab.training.tables.vocabulary import vocabulary_of
from OrthoDiffusionLib.volumes import Plane, Study
from OrthoDiffusionLib.volumes.files.atomic import write_text

DICE = "Dice on cases that nobody corrected"
MEAN = "Mean over the structures"

SITE = ImagingSite(
    "t1_dark",
    "T1 spin echo in three planes, 1.5 T, shown with a steep display curve",
    "protocols",
    1.5,
    {plane: (Protocol("T1 SE", "spin_echo", 450, 10),) for plane in Plane},
    Artefacts(gamma=(2.0, 2.4), bias=(0.3, 0.45)),
)
"""Cartilage and fluid look otherwise than in anything that a clinic of the training shows."""

CORRECTED_SEED = CALIBRATION_SEEDS.start + 500_000
HELD_OUT_SEED = FRESH_SEEDS.start + 60_000

EXPERIMENT = Experiment(
    "corrections",
    "Fine-tuning on ten corrected cases",
    "A clinic's images have a contrast that the bundle hardly knows. Ten of its cases are corrected, and the bundle is"
    " fine-tuned on them. Does it get better on the clinic's other cases?",
    (
        Arm("shipped", "as shipped", {"train": None}),
        Arm("outlines", "fine-tuned, segmentation head only", {"train": "segmentation"}),
        Arm("all", "fine-tuned, all weights", {"train": "all"}),
    ),
)


@dataclass(frozen=True)
class CorrectionsWork:
    """What a cell of this experiment does.

    Attributes:
        out: the experiment's folder.
        bundle: folder of the bundle to begin with.
        corrected: how many cases are corrected.
        evaluated: how many cases it is measured on.
        steps: of the fine-tuning.
    """

    out: Path
    bundle: Path
    corrected: int
    evaluated: int
    steps: int

    @property
    def settings(self) -> dict:
        """All that the numbers depend on."""
        return {
            "bundle": Bundle.open(self.bundle).identity,
            "site": SITE.name,
            "corrected": self.corrected,
            "corrected_seed": CORRECTED_SEED,
            "evaluated": self.evaluated,
            "evaluated_seed": HELD_OUT_SEED,
            "steps": self.steps,
            "learning": learning_settings(table_settings(TableSettings().trained, 0, self.steps)),
        }

    def preparations(self, cells: Sequence[Cell], parts: int) -> list[list[Callable[[], object]]]:
        """The corrected cases, shared by all arms that learn; made one after the other, into one table."""
        return [[self.correct]] if any(cell.arm.settings["train"] for cell in cells) else []

    def correct(self) -> None:
        """Predict, correct and export the cases that are not in the table yet."""
        done = set(cases_of(self.table))
        analyzer: list[Analyzer] = []
        for number in range(self.corrected):
            if study_name(CORRECTED_SEED + number) in done:
                continue
            phantom = site_study(CORRECTED_SEED + number)
            analyzer = analyzer or [Analyzer(self.bundle, device="cpu")]
            export_case(corrected_phantom(phantom, analyzer[0].analyze(study_of_phantom(phantom))), self.table.parent)

    @property
    def table(self) -> Path:
        """The table of corrected cases."""
        return self.out / "corrections" / TABLE_FILE

    def run(self, cell: Cell, folder: Path, report: Callable[[str], None]) -> CellResult:
        """Fine-tune as the arm says, and measure."""
        trained = cell.arm.settings["train"]
        bundle = Bundle.open(self.bundle)
        facts: dict[str, object] = {}
        if trained:
            bundle, facts = self._finetuned(bundle, trained, cell.seed, folder, report)
        score = partial(score_study, Analyzer(bundle, device="cpu"))
        rows: dict[str, dict[str, float]] = {}
        for number in range(self.evaluated):
            seed = HELD_OUT_SEED + number
            scores = _kept(folder / "studies" / f"{number:03d}.json", partial(score, seed))
            report(f"study {number + 1} of {self.evaluated}: mean Dice {scores[MEAN]:.3f}")
            for measure, value in scores.items():
                rows.setdefault(measure, {})[study_name(seed)] = value
        seeds = range(HELD_OUT_SEED, HELD_OUT_SEED + self.evaluated)
        patients = stored_shapes(KNEE.name, {study_name(seed): (seed, None) for seed in seeds})
        return CellResult(cell.arm.name, cell.seed, self.settings, (ScoreTable(DICE, rows),), facts, patients)

    def _finetuned(
        self, start: Bundle, trained: str, seed: int, folder: Path, report: Callable[[str], None]
    ) -> tuple[Bundle, dict]:
        vocabulary = vocabulary_of(start.manifest)
        settings = table_settings(trained, seed, self.steps)
        table = read_case_table(self.table, vocabulary)
        done = finetune_on_table(
            table, vocabulary, start, folder / "run", settings, name="phantom-corrections", workers=0, report=report
        )
        record = done.bundle.manifest.training["finetuning"]
        stopped = {"best_step": done.stopped.best_step, "last_step": done.stopped.last_step}
        return done.bundle, {**stopped, "cases": record["cases"]}


def table_settings(trained: str, seed: int, steps: int) -> TableSettings:
    """Of a short fine-tuning: validated six times."""
    every = max(1, steps // 6)
    patience = Patience(steps=steps, round_steps=every, rounds=6, warmup=min(20, every))
    return replace(TableSettings(), trained=trained, seed=seed, patience=patience, learning_rate=LEARNING_RATE)


def study_name(seed: int) -> str:
    """Of one digital patient of the clinic."""
    return f"{SITE.name}_{seed}"


def site_study(seed: int) -> PhantomStudy:
    """One digital patient of the clinic."""
    return phantom_study(seed, site=SITE, joint=KNEE.name, name=study_name(seed))


def study_of_phantom(phantom: PhantomStudy) -> Study:
    """Its volumes, as the Analyzer takes them."""
    return Study.from_volumes(phantom.volumes, joint=phantom.joint, side=phantom.side)


def corrected_phantom(phantom: PhantomStudy, analysis: Analysis) -> CorrectedCase:
    """The case as a perfect reader would leave it: every outline is the true one."""
    predicted = analysis.segmentation.labels
    truth = phantom.truth_on(predicted.geometry)
    labels = {structure.name: structure.label for structure in analysis.segmentation.structures}
    return CorrectedCase(
        name=phantom.name,
        patient=phantom.name,
        joint=phantom.joint,
        side=phantom.side,
        volumes=study_of_phantom(phantom).planes,
        structures=structures_of_maps(predicted, truth, labels, reviewed=labels),
        grid=predicted.geometry,
        bundle=analysis.bundle,
        predicted=analysis.created,
        reader="true outlines of the phantom",
    )


def score_study(analyzer: Analyzer, seed: int) -> dict[str, float]:
    """Dice of each structure that a study of the clinic shows, and their mean."""
    phantom = site_study(seed)
    analysis = analyzer.analyze(study_of_phantom(phantom))
    grid = analysis.segmentation.labels.geometry
    counted = imaged_region(grid, [volume.geometry for volume in phantom.volumes])
    structures = [structure for structure in analysis.segmentation.structures if not structure.auxiliary]
    found = score_volumes(analysis.segmentation.labels, phantom.truth_on(grid), structures, counted=counted)
    scores = {s.title: found[s.name].dice or 0.0 for s in structures if found[s.name].presence != ABSENT}
    return {MEAN: float(np.mean(list(scores.values()))), **scores}


def _kept(path: Path, make: Callable[[], Mapping[str, float]]) -> dict[str, float]:
    """What a file keeps, made first if it is not there."""
    if not path.exists():
        write_text(path, json.dumps(make()) + "\n")
    return dict(json.loads(path.read_text(encoding="utf-8")))
