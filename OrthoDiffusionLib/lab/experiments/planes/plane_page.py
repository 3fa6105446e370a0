"""Page, tables and plot of the experiment on planes, and the experiment ready to run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.anatomy import KNEE
from OrthoDiffusionLib.bundles import bundle_path
from OrthoDiffusionLib.lab.evaluation.drawing.markdown_tables import NOTHING, markdown_table
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import bundle_in_words
from OrthoDiffusionLib.lab.experiments.common.arm_plot import write_arm_plot
from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult, patients_of
from OrthoDiffusionLib.lab.experiments.common.experiment import Experiment
from OrthoDiffusionLib.lab.experiments.common.page import update_page
from OrthoDiffusionLib.lab.experiments.common.runner import finished_results, run_experiment, to_standard_error
from OrthoDiffusionLib.lab.experiments.common.study_statistics import Bootstrap, Draws, Rows, as_text
from OrthoDiffusionLib.lab.experiments.common.tables import cells_done, interval_words
from OrthoDiffusionLib.lab.experiments.planes.plane_subsets import (
    DICE,
    EXPERIMENT,
    LOGITS,
    TRUTH,
    PlanesWork,
    differences,
)
from OrthoDiffusionLib.lab.phantom.datasets.cohort import FROZEN

COHORT, EVALUATED = f"{KNEE.name}-{FROZEN}", 60
MEAN_DICE, MEAN_AUROC = "Mean Dice", "Mean AUROC"

_CAVEATS = """- Phantom numbers of one bundle, which was trained with one, two and three views per study. The answers of
  single planes come from the same network; a network trained for one plane may do better than this one with two planes
  hidden.
- A finding counts as present if any of the three views shows it, whichever planes an arm uses. With fewer planes some
  findings cannot be seen; that is part of what a plane adds.
- Outlines are compared where all three views have data, before the post-processing of an analysis, on a grid of 1.4 mm,
  so the numbers differ from those of `evaluate`. Averaging uses the planes' mean probabilities for outlines and their
  mean logits for findings."""


@dataclass(frozen=True)
class PreparedPlanes:
    """The experiment with its work and folder."""

    experiment: Experiment
    work: PlanesWork
    out: Path

    def run(self, *, only: Sequence[str] = (), jobs: int = 1) -> None:
        """Score the studies that are not scored; see `run_experiment`."""
        self.experiment.cells(only)
        self.work.check()
        to_standard_error(self.work.expected_minutes(jobs))
        run_experiment(self.experiment, self.work, self.out, only=only, jobs=jobs)

    def publish(self, page: Path) -> str:
        """Write page and plot of what is done so far; returns the tables."""
        results = finished_results(self.experiment, self.out)
        if not results:
            return cells_done(self.experiment, results)
        figures = plane_figures(results)
        tables = plane_tables(self.experiment, results, figures)
        picture = page.with_suffix(".png")
        titles = {arm.name: arm.title for arm in self.experiment.arms if arm.name in figures}
        caption = f"{self.experiment.title}: phantom numbers, {results[0].settings['cohort']}"
        write_arm_plot(picture, titles, {m: {n: f[m] for n, f in figures.items()} for m in MEASURES}, caption)
        bundle = results[0].settings["bundle"]
        parts = [
            "## Set-up",
            "```\northodiffusion experiment planes --bundle BUNDLE --out runs/planes --jobs 2\n```",
            f"Bundle {bundle_in_words(bundle)} on the"
            f" {results[0].facts['studies']} of the first {results[0].settings['evaluated']} studies of"
            f" {results[0].settings['cohort']} that have all three planes.",
            "## Results",
            tables,
            f"![Results of each set of planes]({picture.name})",
            "## Caveats",
            _CAVEATS,
        ]
        update_page(page, self.experiment, "\n\n".join(parts))
        return tables


MEASURES = (MEAN_DICE, MEAN_AUROC)
Figures = Mapping[str, Mapping[str, Draws | None]]
"""Arm -> measure -> figure."""


def prepared_planes(out: Path, *, bundle: Path | str | None, evaluated: int | None = None) -> PreparedPlanes:
    """The experiment on a bundle, a folder or a name, or None for the default bundle.

    Raises:
        BundleError: if there is no such bundle.
    """
    evaluated = EVALUATED if evaluated is None else evaluated
    return PreparedPlanes(EXPERIMENT, PlanesWork(out, bundle_path(bundle), COHORT, evaluated), out)


def plane_figures(results: Sequence[CellResult]) -> Figures:
    """Work out all figures on the same bootstrap draws."""
    studies = [study for result in results for row in _rows(result, DICE).values() for study in row]
    bootstrap = Bootstrap(sorted(set(studies)), patients_of(results))
    return {
        result.arm: {
            MEAN_DICE: bootstrap.mean(_rows(result, DICE)),
            MEAN_AUROC: bootstrap.auroc(_rows(result, LOGITS), _rows(result, TRUTH)),
        }
        for result in results
    }


def plane_tables(experiment: Experiment, results: Sequence[CellResult], figures: Figures) -> str:
    """All tables as Markdown."""
    arms = {arm.name: arm for arm in experiment.arms if arm.name in figures}
    compared = [
        [caption, *(_difference(figures, first, second, measure) for measure in MEASURES)]
        for caption, first, second in differences(arms)
        if first in figures and second in figures
    ]
    parts = [
        cells_done(experiment, results),
        "**Mean Dice over the primary structures and mean AUROC over the findings; phantom numbers**",
        markdown_table(
            ["", *MEASURES],
            [[arm.title, *(as_text(figures[name][measure]) for measure in MEASURES)] for name, arm in arms.items()],
        ),
        "**Differences on the same studies**",
        markdown_table(["", *MEASURES], compared),
        "**By structure, Dice, phantom numbers**",
        _by(results, arms, _structure_means),
        "**By finding, AUROC, phantom numbers**",
        _by(results, arms, _finding_areas),
        interval_words(results, paired=True),
    ]
    return "\n\n".join(part for part in parts if part)


def _difference(figures: Figures, first: str, second: str, measure: str) -> str:
    a, b = figures[first][measure], figures[second][measure]
    return NOTHING if a is None or b is None else as_text(a.minus(b), signed=True)


def _structure_means(result: CellResult) -> dict[str, float]:
    return {name: float(np.mean(list(row.values()))) for name, row in _rows(result, DICE).items()}


def _finding_areas(result: CellResult) -> dict[str, float]:
    logits, truth = _rows(result, LOGITS), _rows(result, TRUTH)
    found = {}
    for name, row in logits.items():
        area = Bootstrap(row, {}, repeats=1).auroc({name: row}, {name: truth[name]})
        if area is not None:
            found[f"{name} ({sum(truth[name].values()):.0f} of {len(row)} positive)"] = float(area.values[0])
    return found


def _by(results: Sequence[CellResult], arms: Mapping, of) -> str:
    """Measures as rows; as columns the arms of three planes and of one."""
    columns = {
        arms[result.arm].title: of(result)
        for result in results
        if len(arms[result.arm].settings["planes"]) != 2
    }  # fmt: skip
    names = dict.fromkeys(name for column in columns.values() for name in column)
    rows = [
        [name, *(f"{column[name]:.3f}" if name in column else NOTHING for column in columns.values())] for name in names
    ]
    return markdown_table(["", *columns], rows)


def _rows(result: CellResult, title: str) -> Rows:
    return next((table.rows for table in result.tables if table.title == title), {})
