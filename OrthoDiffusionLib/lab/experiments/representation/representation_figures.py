"""Figures of the experiment on the representation: each reading and block with its draws of studies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult, patients_of
from OrthoDiffusionLib.lab.experiments.common.experiment import Arm
from OrthoDiffusionLib.lab.experiments.common.study_statistics import Bootstrap, Draws, Rows, average
from OrthoDiffusionLib.lab.experiments.representation.representation import DICE, EXPERIMENT, PRESENT, SCORES, row_parts

ALL = "all"

Figure = Callable[..., Draws | None]
"""`dice` or `auroc`."""


@dataclass(frozen=True)
class ReadingFigures:
    """What was read in one way from every block.

    Attributes:
        arm: its name.
        title: for people.
        sigma: the noise level; None where several are side by side.
        passes: of the network that one view costs.
        dice: block -> structure -> study -> Dice.
        scores: block -> finding -> study -> score.
        present: finding -> study -> 1 or 0.
        patients: see `CellResult.patients`.
        seeds: seed -> what was read with it alone; empty of one seed's own.
    """

    arm: str
    title: str
    sigma: float | None
    passes: int
    dice: Mapping[str, Rows]
    scores: Mapping[str, Rows]
    present: Rows
    patients: Mapping[str, str] = field(default_factory=dict)
    seeds: Mapping[int, ReadingFigures] = field(default_factory=dict)

    @property
    def blocks(self) -> tuple[str, ...]:
        """In the order of the table."""
        return tuple(self.dice)


def reading_figures(results: Sequence[CellResult]) -> list[ReadingFigures]:
    """One entry a reading of every finished arm, with each of its seeds."""
    figures = []
    for arm in EXPERIMENT.arms:
        cells = [result for result in results if result.arm == arm.name]
        for entry in arm.settings["readings"] if cells else ():
            figures.append(
                replace(_figures(arm, entry, cells), seeds={c.seed: _figures(arm, entry, [c]) for c in cells})
            )
    return figures


def _figures(arm: Arm, entry: Mapping, cells: Sequence[CellResult]) -> ReadingFigures:
    """One reading of some of an arm's cells."""
    name = "+".join(f"{sigma:g}" for sigma in entry["sigmas"])
    title = arm.title if len(arm.settings["readings"]) == 1 else f"{arm.title}, σ {name}"
    tables = {kind: _by_block(cells, kind, name) for kind in (DICE, SCORES)}
    present = next(table.rows for table in cells[0].tables if table.title == PRESENT)
    sigma = entry["sigmas"][0] if len(entry["sigmas"]) == 1 else None
    passes = len(entry["sigmas"]) * max(1, entry["draws"])
    return ReadingFigures(arm.name, title, sigma, passes, tables[DICE], tables[SCORES], present, patients_of(cells))


def dice(figures: ReadingFigures, block: str, structure: str | None = None) -> Draws | None:
    """Dice of one structure, or the mean over all that were seen."""
    rows = _chosen(figures.dice.get(block, {}), structure)
    return _bootstrap(rows, figures.patients).mean(rows) if rows else None


def auroc(figures: ReadingFigures, block: str, finding: str | None = None) -> Draws | None:
    """AUROC of one finding, or the mean over those that were probed; of several seeds the mean of theirs.

    Not the AUROC of their mean scores, which would be that of all of them asked together.
    """
    if figures.seeds:
        return average(auroc(one, block, finding) for one in figures.seeds.values())
    rows = _chosen(figures.scores.get(block, {}), finding)
    return _bootstrap(rows, figures.patients).auroc(rows, figures.present) if rows else None


def difference(figure: Figure, one: ReadingFigures, other: ReadingFigures) -> Draws | None:
    """How much better one is than another from all blocks, draw by draw, with the seeds that both have."""
    both = [seed for seed in one.seeds if seed in other.seeds]
    mine, theirs = (average(figure(of.seeds[seed], ALL) for seed in both) for of in (one, other))
    return None if mine is None or theirs is None else mine.minus(theirs)


def _chosen(rows: Rows, name: str | None) -> Rows:
    return rows if name is None else {name: rows[name]} if name in rows else {}


def _bootstrap(rows: Rows, patients: Mapping[str, str]) -> Bootstrap:
    studies = sorted({study for values in rows.values() for study in values})
    return _same_bootstrap(tuple((study, patients.get(study, study)) for study in studies))


@lru_cache(maxsize=4)
def _same_bootstrap(patients: tuple[tuple[str, str], ...]) -> Bootstrap:
    """The same draws wherever the same studies are asked about, so that differences are paired."""
    return Bootstrap((study for study, _ in patients), dict(patients))


def _by_block(cells: Sequence[CellResult], kind: str, reading: str) -> dict[str, dict[str, dict[str, float]]]:
    gathered: dict[str, dict[str, dict[str, list[float]]]] = {}
    for cell in cells:
        for table in cell.tables:
            if table.title != kind:
                continue
            for name, values in table.rows.items():
                of, block, item = row_parts(name)
                if of == reading:
                    for study, value in values.items():
                        gathered.setdefault(block, {}).setdefault(item, {}).setdefault(study, []).append(value)
    return {
        block: {item: {s: float(np.mean(v)) for s, v in studies.items()} for item, studies in items.items()}
        for block, items in gathered.items()
    }
