"""Means over structures and findings with intervals over studies; arms are compared on the same draws of studies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.evaluation.drawing.markdown_tables import NOTHING
from OrthoDiffusionLib.lab.evaluation.scores.diagnosis_scores import (
    REPEATS,
    Estimate,
    bootstrap_weights,
    estimate_from_draws,
    weighted_auroc,
)
from OrthoDiffusionLib.lab.evaluation.scores.scores import mean_of_known

Rows = Mapping[str, Mapping[str, float]]
"""Measure -> study -> value."""


@dataclass(frozen=True)
class Draws:
    """A figure of the studies as they are, and of each bootstrap draw of them.

    Attributes:
        values: (1 + B,), the first of all studies once.
    """

    values: np.ndarray

    def minus(self, other: Draws) -> Draws:
        """The difference, draw by draw."""
        return Draws(self.values - other.values)

    def share_of(self, other: Draws) -> Draws:
        """The ratio, draw by draw."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return Draws(self.values / other.values)

    @property
    def estimate(self) -> Estimate:
        """The figure with its 95 % interval."""
        return estimate_from_draws(float(self.values[0]), self.values[1:])


class Bootstrap:
    """Draws of patients with their studies, the same for whatever is asked.

    Args:
        studies: names of all of them.
        patients: study -> who it is of; those that are not named are each of a patient of their own.
    """

    def __init__(self, studies: Iterable[str], patients: Mapping[str, str], *, repeats: int = REPEATS) -> None:
        self.studies = tuple(dict.fromkeys(studies))
        drawn = bootstrap_weights(np.array([patients.get(study, study) for study in self.studies]), repeats=repeats)
        self.weights = np.concatenate([np.ones((1, len(self.studies))), drawn])

    def mean(self, rows: Rows) -> Draws:
        """Mean over the measures of each one's mean over the studies that have it."""
        values = self._columns(rows, tuple(rows))
        known = np.isfinite(values)
        with np.errstate(invalid="ignore", divide="ignore"):
            means = (self.weights @ np.where(known, values, 0.0)) / (self.weights @ known)
        return Draws(mean_of_known(means))

    def auroc(self, logits: Rows, truth: Rows) -> Draws | None:
        """Mean over the findings that are there and are not there; None if none is."""
        areas = []
        for name in logits:
            score, positive = self._columns(logits, (name,))[:, 0], self._columns(truth, (name,))[:, 0]
            known = np.isfinite(score) & np.isfinite(positive)
            here = positive[known] > 0.5
            if here.any() and not here.all():
                areas.append(weighted_auroc(self.weights[:, known], score[known], here))
        return Draws(mean_of_known(np.stack(areas, axis=1))) if areas else None

    def _columns(self, rows: Rows, names: Sequence[str]) -> np.ndarray:
        """(studies, names), NaN where a study has no value."""
        return np.array([[rows[name].get(study, np.nan) for name in names] for study in self.studies], dtype=float)


def average(draws: Iterable[Draws | None]) -> Draws | None:
    """The mean of several trainings, draw by draw; None of none."""
    known = [draw.values for draw in draws if draw is not None]
    return Draws(np.mean(known, axis=0)) if known else None


def as_text(draws: Draws | None, *, digits: int = 3, signed: bool = False, scale: float = 1.0) -> str:
    """`0.870 (0.840 to 0.900)`, or a dash."""
    if draws is None:
        return NOTHING
    estimate, sign = draws.estimate, "+" if signed else ""
    if estimate.value is None:
        return NOTHING
    form = f"{sign}.{digits}f"
    text = format(scale * estimate.value, form)
    if estimate.low is None or estimate.high is None:
        return text
    return f"{text} ({format(scale * estimate.low, form)} to {format(scale * estimate.high, form)})"
