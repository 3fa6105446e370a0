"""Heun sampler: pictures that show what pretraining learned."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import torch
from torch import Tensor

from OrthoDiffusionLib.diffusion.noise_levels import sampling_sigmas


@torch.inference_mode()
def sample(
    denoiser: Callable[[Tensor, Tensor], Tensor],
    shape: tuple[int, ...],
    *,
    steps: int = 18,
    sigma_max: float = 80.0,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Draw views from noise by Heun's second-order method, without stochasticity.

    Karras et al. 2022 (arXiv 2206.00364), Algorithm 1.

    Args:
        denoiser: D(x; sigma).
        shape: (B, 1, S, H, W) wanted.

    Returns:
        Views of that shape, float32.
    """
    sigmas = sampling_sigmas(steps, sigma_max=sigma_max)
    x = sigmas[0] * torch.randn(shape, generator=generator)
    for now, after in itertools.pairwise(sigmas):
        slope = (x - denoiser(x, now.expand(shape[0]))) / now
        euler = x + (after - now) * slope
        if after > 0:  # the last step is Euler's: there is no slope at sigma 0
            slope_after = (euler - denoiser(euler, after.expand(shape[0]))) / after
            euler = x + (after - now) * (slope + slope_after) / 2
        x = euler
    return x
