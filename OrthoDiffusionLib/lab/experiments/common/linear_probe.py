"""Linear probes: what can be read from features without learning anything more. Deterministic, seconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from OrthoDiffusionLib.lab.evaluation.scores.learning import linear_models

_STEPS = 60
_PENALTY = 1e-4
_RIDGES = 10.0 ** np.arange(-3, 3.5, 0.5)


@dataclass(frozen=True)
class LinearReadout:
    """Logits of K classes from D features.

    Attributes:
        weight: (K, D).
        bias: (K,).
    """

    weight: Tensor
    bias: Tensor

    def split(self, sizes: list[int]) -> list[Tensor]:
        """The weights of each part of the features: (K, D') each."""
        return list(self.weight.split(sizes, dim=1))


def fit_softmax(features: Tensor, labels: Tensor, weights: Tensor, classes: int) -> LinearReadout:
    """Multinomial logistic regression of single pixels, by L-BFGS from zero.

    Not scikit-learn's, which gives no row to a class without a sample and is no faster.

    Args:
        features: (N, D) float32.
        labels: (N,) int64 below `classes`.
        weights: (N,) how much each sample counts; their scale does not matter.
    """
    mean = features.mean(dim=0)
    scale = 1 / features.std(dim=0).clamp(min=1e-6)
    x = (features - mean) * scale
    share = weights / weights.sum()
    weight = torch.zeros((classes, x.shape[1]), requires_grad=True)
    bias = torch.zeros(classes, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        error = functional.cross_entropy(x @ weight.T + bias, labels, reduction="none")
        loss = (share * error).sum() + _PENALTY * weight.square().sum()
        loss.backward()
        return loss

    with torch.enable_grad():
        optimizer.step(closure)
    # The scaling goes into the weights, so that they apply to the features as they are.
    scaled = weight.detach() * scale
    return LinearReadout(scaled, bias.detach() - scaled @ mean)


def ridge_scores(features: np.ndarray, present: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Scores of studies by ridge regression on presence; its strength is the best at leaving one study out.

    Args:
        features: (N, D) of the studies to learn from; D may be far above N.
        present: (N,) bool.
        asked: (M, D) of the studies to score.

    Returns:
        (M,) higher where the finding is more likely, 0 on the average of the studies that were learned from.

    Raises:
        OrthoDiffusionError: if scikit-learn is missing.
    """
    linear = linear_models("the probe of findings")
    mean, spread = features.mean(axis=0), features.std(axis=0)
    scale = np.where(spread > 1e-9, 1 / np.maximum(spread, 1e-9), 0.0) / np.sqrt(features.shape[1])
    x, z = ((part.astype(np.float64) - mean) * scale for part in (features, asked))
    model = linear.RidgeCV(alphas=_RIDGES).fit(x, present.astype(np.float64))
    return z @ model.coef_
