"""Figures of the experiment on the representation: each reading and block with its interval over studies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from OrthoDiffusionLib.evaluation.diagnosis_scores import (
    Estimate,
    bootstrap_weights,
    estimate_from_draws,
    mean_with_interval,
    weighted_auroc,
)
from OrthoDiffusionLib.experiments.cell_result import CellResult
from OrthoDiffusionLib.experiments.representation import DICE, EXPERIMENT, PRESENT, SCORES, row_parts

ALL = "all"


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
    """

    arm: str
    title: str
    sigma: float | None
    passes: int
    dice: Mapping[str, Mapping[str, Mapping[str, float]]]
    scores: Mapping[str, Mapping[str, Mapping[str, float]]]
    present: Mapping[str, Mapping[str, float]]

    @property
    def blocks(self) -> tuple[str, ...]:
        """In the order of the table."""
        return tuple(self.dice)


def reading_figures(results: Sequence[CellResult]) -> list[ReadingFigures]:
    """One entry a reading of every finished arm; several seeds are averaged study by study."""
    figures = []
    for arm in EXPERIMENT.arms:
        cells = [result for result in results if result.arm == arm.name]
        if not cells:
            continue
        entries = arm.settings["readings"]
        for entry in entries:
            name = "+".join(f"{sigma:g}" for sigma in entry["sigmas"])
            title = arm.title if len(entries) == 1 else f"{arm.title}, σ {name}"
            tables = {kind: _by_block(cells, kind, name) for kind in (DICE, SCORES)}
            present = next(table.rows for table in cells[0].tables if table.title == PRESENT)
            sigma = entry["sigmas"][0] if len(entry["sigmas"]) == 1 else None
            passes = len(entry["sigmas"]) * max(1, entry["draws"])
            figures.append(ReadingFigures(arm.name, title, sigma, passes, tables[DICE], tables[SCORES], present))
    return figures


def study_dice(figures: ReadingFigures, block: str, structure: str | None = None) -> dict[str, float]:
    """Study -> Dice of one structure, or the mean over those the study shows."""
    found: dict[str, list[float]] = {}
    for name, values in figures.dice[block].items():
        if structure in (None, name):
            for study, value in values.items():
                found.setdefault(study, []).append(value)
    return {study: float(np.mean(values)) for study, values in sorted(found.items())}


def dice(figures: ReadingFigures, block: str, structure: str | None = None) -> Estimate:
    """Mean over studies with its interval."""
    return mean_with_interval(np.array(list(study_dice(figures, block, structure).values())))


def dice_difference(figures: ReadingFigures, block: str, other: ReadingFigures, other_block: str) -> Estimate:
    """How much better than another, on the same studies."""
    mine, theirs = study_dice(figures, block), study_dice(other, other_block)
    return mean_with_interval(np.array([mine[study] - theirs[study] for study in mine if study in theirs]))


def auroc(figures: ReadingFigures, block: str, finding: str | None = None) -> Estimate:
    """AUROC of one finding, or the mean over those that were probed, with its interval."""
    return _estimate(_auroc_draws(figures, block, finding))


def auroc_difference(figures: ReadingFigures, block: str, other: ReadingFigures, other_block: str) -> Estimate:
    """How much better than another, on the same studies in every draw."""
    mine, theirs = _auroc_draws(figures, block, None), _auroc_draws(other, other_block, None)
    return _estimate(mine - theirs if mine.size and theirs.size else np.zeros(0))


def _auroc_draws(figures: ReadingFigures, block: str, finding: str | None) -> np.ndarray:
    """The figure itself, then those of the bootstrap's draws; empty without a finding."""
    found = []
    for name, values in figures.scores.get(block, {}).items():
        if finding in (None, name):
            studies = sorted(values)
            positives = np.array([figures.present[name][study] > 0 for study in studies])
            ranking = np.array([values[study] for study in studies])
            found.append(weighted_auroc(_draws(len(studies)), ranking, positives))
    return np.mean(found, axis=0) if found else np.zeros(0)


@lru_cache(maxsize=2)
def _draws(studies: int) -> np.ndarray:
    """(1 + repeats, N) how often each study counts: once in the figure itself, by chance in the bootstrap."""
    return np.concatenate([np.ones((1, studies)), bootstrap_weights(np.arange(studies))])


def _estimate(draws: np.ndarray) -> Estimate:
    return estimate_from_draws(float(draws[0]), draws[1:]) if draws.size else Estimate(None)


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
