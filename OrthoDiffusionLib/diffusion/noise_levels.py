"""Noise levels sigma: how training draws them, how sampling walks down them."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def training_sigmas(
    count: int,
    *,
    log_sigma_mean: float = -1.2,
    log_sigma_std: float = 1.2,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Draw noise levels for one training batch: ln(sigma) ~ N(mean, std^2).

    Karras et al. 2022 (arXiv 2206.00364), Table 1, last column.

    Returns:
        (count,) noise levels, in units of the normalised view.
    """
    return (log_sigma_mean + log_sigma_std * torch.randn(count, generator=generator)).exp()


def cosine_sigmas(count: int, sigma_data: float, *, generator: torch.Generator | None = None) -> Tensor:
    """Noise levels of the cosine schedule at times drawn evenly: sigma / sigma_data = tan(pi t / 2).

    Nichol and Dhariwal 2021 (arXiv 2102.09672), without their small offset at time 0: the signal's share is
    cos(pi t / 2), the noise's sin(pi t / 2).

    Returns:
        (count,) levels; the last thousandth of the times, where nothing is left of the view, is not drawn.
    """
    times = 0.001 + 0.998 * torch.rand(count, generator=generator)
    return sigma_data * torch.tan(0.5 * math.pi * times)


def sampling_sigmas(steps: int, *, sigma_min: float = 0.02, sigma_max: float = 80.0, rho: float = 7.0) -> Tensor:
    """Noise levels from `sigma_max` down to `sigma_min`, and a last 0.

    Karras et al. 2022, Eq. 5. `sigma_min` is larger than the paper's 0.002, because a view carries more
    scanner noise than that.

    Returns:
        (steps + 1,) decreasing levels, the last one 0.
    """
    if steps < 2:
        raise ValueError(f"steps must be at least 2, got {steps} instead")
    ramp = torch.linspace(0, 1, steps)
    low, high = sigma_min ** (1 / rho), sigma_max ** (1 / rho)
    return torch.cat([(high + ramp * (low - high)) ** rho, torch.zeros(1)])
