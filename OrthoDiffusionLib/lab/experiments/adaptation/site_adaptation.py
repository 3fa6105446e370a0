"""A bundle at an imaging site that training never saw: as shipped, and adapted to the site's studies without labels.

The whole way that a user goes: image files in folders, `adapt`, the new bundle. What the outlines are worth is measured
on other digital patients of the site, whose truth is known.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.analysis.analyzer import Analyzer
from OrthoDiffusionLib.analysis.study_inputs import read_study
from OrthoDiffusionLib.anatomy import KNEE, Side
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.evaluation.scores.diagnosis_scores import auroc
from OrthoDiffusionLib.lab.evaluation.scores.segmentation_scores import imaged_region
from OrthoDiffusionLib.lab.evaluation.scores.study_scoring import logit_of, with_raw_logits
from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult, ScoreTable, learning_settings
from OrthoDiffusionLib.lab.experiments.common.evaluation_studies import dice_by_label
from OrthoDiffusionLib.lab.experiments.common.experiment import Arm, Cell, Experiment
from OrthoDiffusionLib.lab.experiments.corrections.ten_corrections import SITE as T1_DARK
from OrthoDiffusionLib.lab.phantom.datasets.cohort import PhantomStudy, phantom_study
from OrthoDiffusionLib.lab.phantom.engine.seeds import CALIBRATION_SEEDS, FRESH_SEEDS
from OrthoDiffusionLib.lab.phantom.imaging.imaging_sites import HELD_OUT_SITES, IMAGING_SITES, ImagingSite
from OrthoDiffusionLib.lab.phantom.phantom import stored_shapes
from OrthoDiffusionLib.lab.training.adaptation.adapt import BUNDLE, SiteRun, adapt
from OrthoDiffusionLib.lab.training.adaptation.plane_agreement import (
    StudyAgreement,
    agreement_of_study,
    primary,
    structure_agreement,
)
from OrthoDiffusionLib.lab.training.adaptation.settings import AdaptSettings
from OrthoDiffusionLib.lab.training.adaptation.study_outlines import outline_study
from OrthoDiffusionLib.lab.training.engine.early_stopping import Patience
from OrthoDiffusionLib.resources import resource_path
from OrthoDiffusionLib.views import prepare_views
from OrthoDiffusionLib.volumes import Study, write_volume
from OrthoDiffusionLib.volumes.files.atomic import make_folder, write_text

DICE = "Dice on other studies of the site"
AUROC = "AUROC on other studies of the site, logits"
REAL = "Real exam: mean Dice of each plane alone with all planes and of pairs of planes: agreement, not accuracy"
MEAN = "Mean over the structures"
MEAN_FINDING = "Mean over the findings"

SITES: dict[str, ImagingSite] = {T1_DARK.name: T1_DARK, **{name: IMAGING_SITES[name] for name in HELD_OUT_SITES}}
"""Imaging sites that no training draws. The first is one where the bundle is weak; at the others it is as good as at
those that training saw (Docs/experiments/centres.md), so that there is less to gain."""

UNLABELLED_SEED = CALIBRATION_SEEDS.start + 700_000
EVALUATED_SEED = FRESH_SEEDS.start + 80_000
PREVALENCE = 0.5
"""So that each finding is present in some of few studies."""

EXPERIMENT = Experiment(
    "adapt",
    "Adaptation to a site without labels",
    "A bundle is used at an imaging site that was not part of its training. It is adapted to the site's studies without"
    " any labels. Does this improve its outlines on the site's other studies?",
    (
        Arm("shipped", "as shipped", {"adapted": False}),
        Arm("adapted", "adapted", {"adapted": True}),
        Arm("outlines", "adapted, without the denoising loss", {"adapted": True, "denoising": 0.0}),
        Arm("head", "adapted, segmentation head only", {"adapted": True, "trained": "segmentation"}),
    ),
)


@dataclass(frozen=True)
class AdaptationWork:
    """What a cell of this experiment does.

    Attributes:
        out: the experiment's folder.
        bundle: folder of the bundle to begin with.
        site: name of the imaging site.
        unlabelled: how many studies it is adapted to.
        evaluated: how many others it is measured on.
        steps: the most steps.
    """

    out: Path
    bundle: Path
    site: str
    unlabelled: int
    evaluated: int
    steps: int

    @property
    def settings(self) -> dict:
        """All that the numbers depend on."""
        return {
            "bundle": Bundle.open(self.bundle).identity,
            "site": self.site,
            "unlabelled": self.unlabelled,
            "unlabelled_seed": UNLABELLED_SEED,
            "evaluated": self.evaluated,
            "evaluated_seed": EVALUATED_SEED,
            "steps": self.steps,
            "learning": learning_settings(adapt_settings({}, 0, self.steps)),
        }

    def preparations(self, cells: Sequence[Cell], parts: int) -> list[list[Callable[[], object]]]:
        """The site's studies as image files, shared by all arms that learn."""
        return [[self.write_site]] if any(cell.arm.settings["adapted"] for cell in cells) else []

    @property
    def data(self) -> Path:
        """The folder of the site's studies."""
        return self.out / "site"

    def write_site(self) -> None:
        """Take the site's studies and store them, a folder each; what is there stays."""
        for number in range(self.unlabelled):
            folder = self.data / f"study_{number:03d}"
            if (folder / "axial.nii.gz").exists():
                continue
            phantom = site_study(self.site, UNLABELLED_SEED + number)
            make_folder(folder)
            for plane, volume in zip(phantom.planes, phantom.volumes, strict=True):
                write_volume(volume, folder / f"{plane.value}.nii.gz")

    def run(self, cell: Cell, folder: Path, report: Callable[[str], None]) -> CellResult:
        """Adapt as the arm says, and measure."""
        start = Bundle.open(self.bundle)
        bundle, facts = start, dict[str, object]()
        if cell.arm.settings["adapted"]:
            bundle, facts = self._adapted(start, cell, folder, report)
        analyzer = Analyzer(with_raw_logits(bundle), device="cpu")
        scored = []
        for number in range(self.evaluated):
            path = folder / "studies" / f"{number:03d}.json"
            if not path.exists():
                write_text(path, json.dumps(score_study(analyzer, self.site, EVALUATED_SEED + number)) + "\n")
            scored.append(json.loads(path.read_text(encoding="utf-8")))
            report(f"study {number + 1} of {self.evaluated}: mean Dice {scored[-1]['dice'][MEAN]:.3f}")
        tables = (*_tables(scored), self._real_exam(analyzer, start, report))
        seeds = range(EVALUATED_SEED, EVALUATED_SEED + self.evaluated)
        patients = stored_shapes(KNEE.name, {study_name(self.site, seed): (seed, None) for seed in seeds})
        return CellResult(cell.arm.name, cell.seed, self.settings, tables, facts, patients)

    def _adapted(
        self, start: Bundle, cell: Cell, folder: Path, report: Callable[[str], None]
    ) -> tuple[Bundle, dict[str, object]]:
        """The adapted bundle, even if its planes agree less: whether agreement tells the truth is asked here.

        Where nothing was gained by agreement there is no new bundle, and the old one is what a user goes on with.
        """
        settings = adapt_settings(cell.arm.settings, cell.seed, self.steps)
        run = SiteRun(
            start, self.data, folder / "run", settings, name="phantom-site", side=Side.RIGHT, unlike_too=True,
            even_if_worse=True, device="cpu",
        )  # fmt: skip
        kept = folder / "adapted.json"
        if not kept.exists():
            try:
                done = adapt(run, report=report)
            except TrainingError as error:
                if error.message is None or error.message.key != "adapt.no_gain":
                    raise
                facts: dict[str, object] = {"gain": False}
            else:
                record = done.bundle.manifest.training["adaptation"]
                wanted = ("best_step", "last_step", "studies", "left_out", "agreement")
                facts = {"gain": True, **{key: record[key] for key in wanted}}
            write_text(kept, json.dumps(facts) + "\n")
        facts = json.loads(kept.read_text(encoding="utf-8"))
        return (Bundle.open(run.out / BUNDLE) if facts["gain"] else start), facts

    def _real_exam(self, analyzer: Analyzer, start: Bundle, report: Callable[[str], None]) -> ScoreTable:
        """How far the planes of the real exam agree; structures are those that the bundle to begin with shows."""
        report("measuring the agreement of the planes on the real exam")
        before = real_agreement(Analyzer(start, device="cpu")) if analyzer.bundle.sha256 != start.sha256 else None
        now = real_agreement(analyzer)
        earlier = before or now
        titles = {structure.name: structure.title for structure in primary(start.manifest.structures)}
        values = {title: structure_agreement(now, earlier, name) for name, title in titles.items()}
        known = {title: value for title, value in values.items() if value is not None}
        rows = {MEAN: {"knee_exam": float(np.mean(list(known.values())))}} if known else {}
        rows |= {title: {"knee_exam": value} for title, value in known.items()}
        return ScoreTable(REAL, rows, interval=False)


def adapt_settings(arm: Mapping, seed: int, steps: int) -> AdaptSettings:
    """As a user's, in fewer steps if so many are asked for; four looks at the agreement."""
    every = max(1, steps // 4)
    patience = Patience(steps=steps, round_steps=every, rounds=2, warmup=min(20, every))
    wanted = {key: arm[key] for key in ("denoising", "trained") if key in arm}
    return replace(AdaptSettings(), patience=patience, seed=seed, **wanted)


def study_name(site: str, seed: int) -> str:
    """Of one digital patient of the site."""
    return f"{site}_{seed}"


def site_study(site: str, seed: int) -> PhantomStudy:
    """One digital patient of the site; a right joint, since which side it is gets settled elsewhere."""
    return phantom_study(seed, site=SITES[site], joint=KNEE.name, side=Side.RIGHT, prevalence=PREVALENCE)


def score_study(analyzer: Analyzer, site: str, seed: int) -> dict:
    """Dice of each structure that a study shows, the logit of each finding, and whether it is there.

    Args:
        analyzer: by `with_raw_logits`.
    """
    phantom = site_study(site, seed)
    analysis = analyzer.analyze(Study.from_volumes(phantom.volumes, joint=phantom.joint, side=phantom.side))
    grid = analysis.segmentation.labels.geometry
    counted = imaged_region(grid, [volume.geometry for volume in phantom.volumes])
    found = dice_by_label([(analysis.segmentation.labels.array * counted, phantom.truth_on(grid).array * counted)])
    structures = primary(analysis.segmentation.structures)
    dice = {structure.title: found[structure.label] for structure in structures if structure.label in found}
    findings = {
        one.name: {"logit": logit_of(one.probability), "positive": bool(phantom.abnormalities[one.name])}
        for one in analysis.findings
        if one.probability is not None and one.name in phantom.abnormalities
    }
    return {
        "study": study_name(site, seed),
        "dice": {MEAN: float(np.mean(list(dice.values()))), **dice},
        "findings": findings,
    }


def _tables(scored: Sequence[Mapping]) -> tuple[ScoreTable, ScoreTable]:
    """Dice by study, and AUROC by finding where some studies have it and some do not."""
    dice: dict[str, dict[str, float]] = {}
    rows: dict[str, list[tuple[float, bool]]] = {}
    for one in scored:
        for title, value in one["dice"].items():
            dice.setdefault(title, {})[one["study"]] = value
        for name, finding in one["findings"].items():
            rows.setdefault(name, []).append((finding["logit"], finding["positive"]))
    areas = {}
    for name, pairs in rows.items():
        logits, present = (np.array(values) for values in zip(*pairs, strict=True))
        area = auroc(logits, present.astype(bool))
        if area is not None and np.isfinite(area):
            areas[name] = float(area)
    return ScoreTable(DICE, dice), ScoreTable(AUROC, {MEAN_FINDING: areas} if areas else {}, interval=False)


def real_agreement(analyzer: Analyzer) -> StudyAgreement:
    """How far the planes of the sample exam, a right knee, agree."""
    manifest = analyzer.bundle.manifest
    study = read_study([resource_path("SampleData", "knee_exam")], side=Side.RIGHT, joint=manifest.as_joint())
    found = outline_study(analyzer.model, prepare_views(study, manifest.grids), manifest.fusion_spacing_mm, alone=True)
    return agreement_of_study(found, primary(manifest.structures))


def facts_as_text(facts: Mapping) -> str:
    """What became of an adaptation, in a sentence or two."""
    if not facts.get("gain"):
        return "the planes of the site's own studies never agreed better, so no new bundle was written"
    agreement = facts["agreement"]
    studies = ", ".join(f"{count} {split}" for split, count in facts["studies"].items())
    return (
        f"best after step {facts['best_step']} of {facts['last_step']} ({studies}; {facts['left_out']} left out);"
        " agreement of the planes in held-out studies:"
        f" {agreement['before']:.3f} before, {agreement['after']:.3f} after"
    )
