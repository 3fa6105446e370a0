"""The cosine schedule in steps: how much of the view is left at a step, and which step a noise level belongs to.

Nichol and Dhariwal 2021 (arXiv 2102.09672), Eq. 17, with 1000 steps counted from 0. Step t shows
sqrt(share) view + sqrt(1 - share) noise; divided by sqrt(share), a view with noise of the level sigma.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

STEPS = 1000
_OFFSET = 0.008


def signal_share(step: Tensor) -> Tensor:
    """The share of the clean view in the variance at a step, (B,) to (B,) float64."""
    return _cosine((step.double() + 1) / STEPS) / _cosine(torch.zeros((), dtype=torch.float64))


def sigma_of_step(step: Tensor) -> Tensor:
    """The noise level at a step, in units of the view, (B,) to (B,) float64."""
    share = signal_share(step)
    return ((1 - share) / share).sqrt()


def step_of_sigma(sigma: Tensor) -> Tensor:
    """The step of a noise level, in general between two steps; levels beyond the schedule get its first or last step.

    Args:
        sigma: (B,) noise levels, in units of the view.

    Returns:
        (B,) float64 in [0, 999].
    """
    share = 1 / (1 + sigma.double().square())
    angle = (share * _cosine(torch.zeros((), dtype=torch.float64))).sqrt().acos()
    time = (angle / (math.pi / 2)) * (1 + _OFFSET) - _OFFSET
    return (STEPS * time - 1).clamp(0, STEPS - 1)


def _cosine(time: Tensor) -> Tensor:
    return torch.cos((time + _OFFSET) / (1 + _OFFSET) * math.pi / 2).square()
