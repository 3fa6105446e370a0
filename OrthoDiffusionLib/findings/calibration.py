"""Calibration: from a network's logit to a probability, and whether the probability means anything."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import overload

import numpy as np

PROBABILITY_DIGITS = 4
"""Digits of a probability in results files."""


def sigmoid(logit: float | np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-logit)) for a number or an array, without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(logit, dtype=np.float64)))


def counts_as_positive(probability: float, threshold: float) -> bool:
    """Whether a probability is at or above a threshold, with the digits that results files keep: all say the same."""
    return round(probability, PROBABILITY_DIGITS) >= round(threshold, PROBABILITY_DIGITS)


@dataclass(frozen=True)
class OperatingPoint:
    """Where a probability counts as positive, and how often that was right on the bundle's calibration cohort.

    Attributes:
        threshold: probabilities at or above it are positive.
        sensitivity, specificity: at that threshold, each in [0, 1].

    Raises:
        ValueError: if a number lies outside [0, 1] or is not a number.
    """

    threshold: float
    sensitivity: float
    specificity: float

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not 0.0 <= value <= 1.0:  # also refuses NaN
                raise ValueError(f"operating point: {name} must be in [0, 1], got {value} instead")

    def is_positive(self, probability: float) -> bool:
        """Whether a probability counts as positive."""
        return counts_as_positive(probability, self.threshold)


@dataclass(frozen=True)
class Calibration:
    """Platt scaling of one abnormality: probability = sigmoid(a * logit + b).

    Attributes:
        a, b: slope and offset; the identity is a = 1, b = 0. a is never negative: calibration keeps the order.
        auroc, auroc_low, auroc_high: area under the ROC curve on the bundle's own evaluation cohort with
            its interval; NaN-free, in [0, 1].
        operating_point: where the probability counts as positive; None if the bundle names no such point.

    Raises:
        ValueError: if a number is not finite, a is negative, or the interval does not hold its AUROC.
    """

    a: float = 1.0
    b: float = 0.0
    auroc: float = 0.5
    auroc_low: float = 0.0
    auroc_high: float = 1.0
    operating_point: OperatingPoint | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.a) and math.isfinite(self.b)):
            raise ValueError(f"a and b must be finite, got a = {self.a}, b = {self.b} instead")
        if self.a < 0:
            raise ValueError(f"a must be 0 or more, got {self.a} instead")
        if not 0.0 <= self.auroc_low <= self.auroc <= self.auroc_high <= 1.0:
            raise ValueError(
                "the AUROC must lie in its interval and in [0, 1], got "
                f"{self.auroc} ({self.auroc_low} to {self.auroc_high}) instead"
            )

    @property
    def assessable(self) -> bool:
        """True if the evaluation distinguished this finding from chance: the AUROC interval lies above 0.5."""
        return self.auroc_low > 0.5

    @overload
    def probability(self, logit: float) -> float: ...

    @overload
    def probability(self, logit: np.ndarray) -> np.ndarray: ...

    def probability(self, logit: float | np.ndarray) -> float | np.ndarray:
        """Calibrated probability of a logit (float) or of an array of logits (same shape)."""
        value = sigmoid(self.a * np.asarray(logit, dtype=np.float64) + self.b)
        return float(value) if value.ndim == 0 else value

    def as_dict(self) -> dict:
        """Its numbers, for the manifest."""
        point = self.operating_point
        return {
            "a": float(self.a),
            "b": float(self.b),
            "auroc": float(self.auroc),
            "auroc_low": float(self.auroc_low),
            "auroc_high": float(self.auroc_high),
            **({} if point is None else {"operating_point": asdict(point)}),
        }

    @classmethod
    def from_dict(cls, entry: Mapping) -> Calibration:
        """Reads what `as_dict` wrote.

        Raises:
            ValueError, TypeError: if a number is missing, unknown or no number.
        """
        numbers = {key: float(value) for key, value in entry.items() if key != "operating_point"}
        point = entry.get("operating_point")
        return cls(
            **numbers,
            operating_point=None if point is None else OperatingPoint(**{k: float(v) for k, v in point.items()}),
        )


def fit_platt(logits, positive, *, ridge: float = 0.02, iterations: int = 100) -> tuple[float, float]:
    """Slope and offset that turn logits into probabilities, also with a handful of positives.

    Maximum likelihood with the softened targets of Platt 1999, (n+ + 1)/(n+ + 2) and 1/(n- + 2), so that a
    separable sample does not drive the slope to infinity, and a weak pull of the slope to that of
    standardised logits, which decides where the sample says nothing. Newton's method with step halving.

    Args:
        logits: (N,) the network's outputs.
        positive: (N,) bool, the truth.
        ridge: weight of the pull, as a share of N.
        iterations: most Newton steps.

    Returns:
        a >= 0 and b. With one class only, or with logits that are all alike: a = 0 and the offset of the
        softened prevalence; with logits in reverse order a = 0 as well, as calibration must not turn an
        order round that the network got wrong.

    Raises:
        ValueError: if the two lengths differ, a logit is not finite, or there are none.
    """
    x = np.asarray(logits, dtype=np.float64).ravel()
    y = np.asarray(positive, dtype=bool).ravel()
    if len(x) != len(y) or len(x) == 0:
        raise ValueError(f"logits and positive must be of the same length above 0, got {len(x)} and {len(y)} instead")
    if not np.isfinite(x).all():
        raise ValueError("logits must be finite")
    positives, negatives = int(y.sum()), int((~y).sum())
    prevalence = (positives + 1.0) / (len(y) + 2.0)
    flat = 0.0, math.log(prevalence / (1.0 - prevalence))
    centre, scale = float(x.mean()), float(x.std())
    if positives == 0 or negatives == 0 or scale < 1e-9:
        return flat

    z = (x - centre) / scale
    target = np.where(y, (positives + 1.0) / (positives + 2.0), 1.0 / (negatives + 2.0))
    pull = ridge * len(y)

    def cost(theta):
        t = theta[0] * z + theta[1]
        return float((np.logaddexp(0.0, t) - target * t).sum()) + 0.5 * pull * (theta[0] - 1.0) ** 2

    theta = np.array([1.0, flat[1]])
    value = cost(theta)
    for _ in range(iterations):
        p = sigmoid(theta[0] * z + theta[1])
        gradient = np.array([((p - target) * z).sum() + pull * (theta[0] - 1.0), (p - target).sum()])
        weight = p * (1.0 - p)
        cross = (weight * z).sum()
        hessian = np.array([[(weight * z * z).sum() + pull, cross], [cross, weight.sum() + 1e-9]])
        step = np.linalg.solve(hessian, gradient)
        size = 1.0
        while size > 1e-6 and cost(theta - size * step) > value:
            size *= 0.5
        theta = theta - size * step
        new_value = cost(theta)
        if value - new_value < 1e-10:
            break
        value = new_value

    if theta[0] <= 0.0:
        return flat
    a = float(theta[0] / scale)
    return a, float(theta[1] - a * centre)
