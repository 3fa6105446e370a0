"""What the finished cells reached, by measure, kind of arm and share of labels, seed by seed, with bootstrap draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult, patients_of
from OrthoDiffusionLib.lab.experiments.common.experiment import Arm, Experiment
from OrthoDiffusionLib.lab.experiments.common.study_statistics import Bootstrap, Draws, Rows, average
from OrthoDiffusionLib.lab.experiments.fixed_images.cell_training import tasks_of
from OrthoDiffusionLib.lab.experiments.fixed_images.fixed_work import DICE, LOGITS, TRUTH
from OrthoDiffusionLib.lab.experiments.fixed_images.label_network import FINDINGS, OUTLINES
from OrthoDiffusionLib.lab.experiments.fixed_images.study_plan import SEEN, UNSEEN

AUROC = "AUROC"


@dataclass(frozen=True)
class Measure:
    """One column of the tables.

    Attributes:
        task: that it measures.
        sites: `SEEN` or `UNSEEN`.
    """

    task: str
    sites: str

    @property
    def title(self) -> str:
        """For tables."""
        return f"{DICE if self.task == OUTLINES else AUROC}, {self.sites} sites"


MEASURES = tuple(Measure(task, sites) for task in (OUTLINES, FINDINGS) for sites in (SEEN, UNSEEN))

Key = tuple[Measure, str, float]
"""Measure, kind of arm, share of labels."""


@dataclass(frozen=True)
class ShareFigures:
    """Figures of an experiment whose arms differ in their kind and in their share of labels.

    Attributes:
        experiment: all its arms, run or not.
        reached: key -> seed -> figure.
        done: arms and seeds that were run.
    """

    experiment: Experiment
    reached: Mapping[Key, Mapping[int, Draws]]
    done: frozenset[tuple[str, int]] = frozenset()

    @property
    def kinds(self) -> dict[str, str]:
        """Kind of arm -> its title, in the order of the tables."""
        return {kind_of(arm): arm.title for arm in self.experiment.arms}

    @property
    def shares(self) -> tuple[float, ...]:
        """Shares of labels, in the order of the arms."""
        return tuple(dict.fromkeys(share_of(arm) for arm in self.experiment.arms))

    def arm(self, kind: str, share: float) -> Arm | None:
        """The arm of a kind at a share, or None if there is none."""
        arms = (arm for arm in self.experiment.arms if (kind_of(arm), share_of(arm)) == (kind, share))
        return next(arms, None)

    def planned(self, measure: Measure, kind: str, share: float) -> tuple[int, ...]:
        """Seeds of the cells that would give a figure; none where the arm doesn't exist or doesn't learn the task."""
        arm = self.arm(kind, share)
        if arm is None or measure.task not in tasks_of(arm.settings):
            return ()
        return self.experiment.seeds if arm.seeds is None else arm.seeds

    def run(self, kind: str, share: float) -> tuple[int, ...]:
        """Seeds of the finished cells of a kind at a share."""
        arm = self.arm(kind, share)
        return tuple(sorted(seed for name, seed in self.done if arm is not None and name == arm.name))

    def seeds(self, measure: Measure, kind: str, share: float) -> tuple[int, ...]:
        """Seeds of those that gave one."""
        return tuple(self.reached.get((measure, kind, share), {}))

    def of(self, measure: Measure, kind: str, share: float, seeds: Sequence[int] | None = None) -> Draws | None:
        """A figure averaged over the finished seeds, or over some of them; None while there is none."""
        found = self.reached.get((measure, kind, share), {})
        return average(draws for seed, draws in found.items() if seeds is None or seed in seeds)

    def common_seeds(self, measure: Measure, kind: str, other: str, share: float) -> tuple[int, ...]:
        """Seeds with which two kinds gave a figure."""
        return tuple(s for s in self.seeds(measure, kind, share) if s in self.seeds(measure, other, share))

    def difference(self, measure: Measure, kind: str, other: str, share: float) -> Draws | None:
        """How much a kind is above another, on the same draws of studies and the seeds that both have."""
        both = self.common_seeds(measure, kind, other, share)
        one, two = self.of(measure, kind, share, both), self.of(measure, other, share, both)
        return None if one is None or two is None else one.minus(two)

    def kept(self, measure: Measure, kind: str, few: float, full: float) -> Draws | None:
        """The figure at few labels as a share of the one at all."""
        one, two = self.of(measure, kind, few), self.of(measure, kind, full)
        return None if one is None or two is None else one.share_of(two)


def share_figures(experiment: Experiment, results: Sequence[CellResult]) -> ShareFigures:
    """Work out all figures with their bootstrap draws."""
    arms = {arm.name: arm for arm in experiment.arms}
    patients = patients_of(results)
    studies = {sites: _studies(results, sites) for sites in (SEEN, UNSEEN)}
    bootstraps = {sites: Bootstrap(names, patients) for sites, names in studies.items() if names}
    reached: dict[Key, dict[int, Draws]] = {}
    for result in results:
        arm = arms[result.arm]
        for measure in MEASURES:
            bootstrap = bootstraps.get(measure.sites)
            if bootstrap is None or measure.task not in tasks_of(arm.settings):
                continue
            draws = _draws(result, measure, bootstrap)
            if draws is not None:
                reached.setdefault((measure, kind_of(arm), share_of(arm)), {})[result.seed] = draws
    return ShareFigures(experiment, reached, frozenset((result.arm, result.seed) for result in results))


def _draws(result: CellResult, measure: Measure, bootstrap: Bootstrap) -> Draws | None:
    if measure.task == FINDINGS:
        logits, truth = (of_sites(rows_of(result, title), measure.sites) for title in (LOGITS, TRUTH))
        return bootstrap.auroc(logits, truth) if logits else None
    rows = of_sites(rows_of(result, DICE), measure.sites)
    return bootstrap.mean(rows) if rows else None


def rows_of(result: CellResult, title: str) -> Rows:
    """A table of a cell, or nothing."""
    return next((table.rows for table in result.tables if table.title == title), {})


def of_sites(rows: Rows, sites: str) -> dict[str, dict[str, float]]:
    """The studies of seen or of unseen imaging sites; rows without any are left out."""
    kept = {
        name: {study: value for study, value in row.items() if study.startswith(f"{sites}-")}
        for name, row in rows.items()
    }
    return {name: row for name, row in kept.items() if row}


def _studies(results: Sequence[CellResult], sites: str) -> list[str]:
    found = (
        study for r in results for table in r.tables for row in of_sites(table.rows, sites).values() for study in row
    )
    return sorted(set(found))


def kind_of(arm: Arm) -> str:
    """What an arm compares, whatever its share of labels."""
    return str(arm.settings["kind"])


def share_of(arm: Arm) -> float:
    """Its share of labels."""
    return float(arm.settings["labels"])


def percent(share: float) -> str:
    """0.1 as it is written."""
    return f"{100 * share:.3g} %"
