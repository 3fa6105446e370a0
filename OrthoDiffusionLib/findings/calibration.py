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
    def evaluated(self) -> bool:
        """False where the interval is 0 to 1, which stands for a finding that nobody has evaluated."""
        return (self.auroc_low, self.auroc_high) != (0.0, 1.0)

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
