"""Calibration: from a network's logit to a probability, and whether the probability means anything."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


def sigmoid(logit):
    """1 / (1 + exp(-logit)) for a number or an array, without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(logit, dtype=np.float64)))


@dataclass(frozen=True)
class Calibration:
    """Platt scaling of one abnormality: probability = sigmoid(a * logit + b).

    Attributes:
        a, b: slope and offset; the identity is a = 1, b = 0. a is never negative: calibration keeps the order.
        auroc, auroc_low, auroc_high: area under the ROC curve on the bundle's own evaluation cohort with
            its interval; NaN-free, in [0, 1].

    Raises:
        ValueError: if a number is not finite, a is negative, or the interval does not hold its AUROC.
    """

    a: float = 1.0
    b: float = 0.0
    auroc: float = 0.5
    auroc_low: float = 0.0
    auroc_high: float = 1.0

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
        """True if the evaluation told this finding from chance: the AUROC interval lies above 0.5."""
        return self.auroc_low > 0.5

    def probability(self, logit):
        """Calibrated probability of a logit (float) or of an array of logits (same shape)."""
        value = sigmoid(self.a * np.asarray(logit, dtype=np.float64) + self.b)
        return float(value) if value.ndim == 0 else value

    def as_dict(self) -> dict[str, float]:
        """The five numbers, for the manifest."""
        return {
            "a": float(self.a),
            "b": float(self.b),
            "auroc": float(self.auroc),
            "auroc_low": float(self.auroc_low),
            "auroc_high": float(self.auroc_high),
        }
