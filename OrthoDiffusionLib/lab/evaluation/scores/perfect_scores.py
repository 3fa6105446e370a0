"""Intervals of perfect scores: where every bootstrap draw gives the same, the draws say nothing of other patients.

Four of four tears found are not a sensitivity of "1.00 (1.00 to 1.00)": with a sensitivity of 0.40 that happens in one
cohort of forty.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from OrthoDiffusionLib.lab.evaluation.scores.diagnosis_scores import Estimate

_LEVEL, _Z = 0.95, 1.959964


def perfect_share(estimate: Estimate, patients: int) -> Estimate:
    """A share of 0 or 1 whose draws are all alike with its exact interval (Clopper and Pearson, Biometrika 1934).

    Args:
        estimate: any share; others stay as they are.
        patients: that the share is of.
    """
    if not _is_perfect(estimate):
        return estimate
    from scipy.stats import binomtest

    found = patients if estimate.value == 1.0 else 0
    interval = binomtest(found, patients).proportion_ci(_LEVEL, method="exact")
    return replace(estimate, low=float(interval.low), high=float(interval.high))


def perfect_other(estimate: Estimate) -> Estimate:
    """A mean AUROC or an average precision of 0 or 1 whose draws are all alike, without an interval: none is known."""
    return replace(estimate, low=None, high=None) if _is_perfect(estimate) else estimate


def perfect_area(estimate: Estimate, positives: int, negatives: int) -> Estimate:
    """An AUROC of 0 or 1 whose draws are all alike with an interval by its variance at the far end.

    Newcombe, Statistics in Medicine 2006 (25:559), method 5: the end is the AUROC from which the one found is 1.96 of
    its own standard deviations away, with the variance of Hanley and McNeil and the mean number of both classes.

    Args:
        estimate: any AUROC; others stay as they are.
        positives, negatives: how many patients have the finding, and how many have not.
    """
    if not _is_perfect(estimate):
        return estimate
    from scipy.optimize import brentq

    # At 1 the distance and the deviation are both 0; the root sought is the other one.
    far = brentq(lambda area: 1.0 - area - _Z * _deviation(area, positives, negatives), 0.0, 1.0 - 1e-9)
    return replace(estimate, low=far) if estimate.value == 1.0 else replace(estimate, high=1.0 - far)


def _deviation(area: float, positives: int, negatives: int) -> float:
    others = 0.5 * (positives + negatives) - 1.0
    spread = 1.0 + others * ((1.0 - area) / (2.0 - area) + area / (1.0 + area))
    return math.sqrt(area * (1.0 - area) * spread / (positives * negatives))


def _is_perfect(estimate: Estimate) -> bool:
    """Whether it is 0 or 1 with an interval of no width; one that has no interval stays without."""
    return estimate.value in (0.0, 1.0) and estimate.low == estimate.high == estimate.value
