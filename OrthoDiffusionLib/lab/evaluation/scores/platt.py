"""Platt scaling: the slope and offset that turn a finding's logits into probabilities."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike


def fit_platt(logits: ArrayLike, positive: ArrayLike, *, ridge: float = 0.02) -> tuple[float, float]:
    """Slope and offset that turn logits into probabilities, also with a handful of positives.

    Maximum likelihood with the softened targets of Platt 1999, (n+ + 1)/(n+ + 2) and 1/(n- + 2), so that a
    separable sample does not drive the slope to infinity, and a weak pull of the slope to that of
    standardised logits, which decides where the sample says nothing.

    Args:
        logits: (N,) the network's outputs.
        positive: (N,) bool, the truth.
        ridge: weight of the pull, as a share of N.

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
    slopes, offset = softened_regression(((x - centre) / scale)[:, None], y, towards=1.0, ridge=ridge)
    slope = float(slopes[0])
    if slope <= 0.0:
        return flat
    a = slope / scale
    return a, offset - a * centre


def softened_regression(
    standardised: np.ndarray, positive: np.ndarray, *, towards: float, ridge: float
) -> tuple[np.ndarray, float]:
    """Slopes (C,) and offset of a logistic regression with the softened targets of `fit_platt`.

    scikit-learn's takes no such targets.

    Args:
        standardised: (N, C), each column of mean 0 and standard deviation 1.
        positive: (N,) bool, the truth.
        towards: what the slopes are pulled to.
        ridge: weight of the pull, as a share of N.
    """
    from scipy.optimize import minimize
    from scipy.special import expit

    positives, negatives = int(positive.sum()), int((~positive).sum())
    target = np.where(positive, (positives + 1.0) / (positives + 2.0), 1.0 / (negatives + 2.0))
    begin = np.append(np.full(standardised.shape[1], towards), math.log((positives + 1.0) / (negatives + 1.0)))

    def cost(theta: np.ndarray) -> tuple[float, np.ndarray]:
        """Mean over the sample, and its gradient."""
        t, pull = standardised @ theta[:-1] + theta[-1], theta[:-1] - towards
        error = expit(t) - target
        value = log_loss(t, target) + 0.5 * ridge * float(pull @ pull)
        return value, np.append(standardised.T @ error / len(error) + ridge * pull, error.mean())

    theta = minimize(cost, begin, jac=True, method="L-BFGS-B", options={"ftol": 1e-15, "gtol": 1e-9}).x
    return theta[:-1], float(theta[-1])


def log_loss(logits: np.ndarray, target: np.ndarray) -> float:
    """Mean binary cross entropy of (N,) logits; targets are 0, 1 or between."""
    return float((np.logaddexp(0.0, logits) - target * logits).mean())
