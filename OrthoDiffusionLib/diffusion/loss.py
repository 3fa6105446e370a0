"""The loss that pretrains a denoiser."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from OrthoDiffusionLib.diffusion.noise_levels import training_sigmas


def denoising_loss(
    denoiser: Callable[[Tensor, Tensor], Tensor],
    clean: Tensor,
    *,
    log_sigma_mean: float = -1.2,
    log_sigma_std: float = 1.2,
    sigma_data: float = 0.5,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Weighted denoising error of one batch of views.

    Karras et al. 2022 (arXiv 2206.00364), Eq. 2 with lambda(sigma) and ln(sigma) ~ N(mean, std^2) of Table 1.
    The best constant-free reference: an ideal denoiser of Gaussian views scores 1.

    Args:
        denoiser: D(x; sigma), from (B, 1, S, H, W) and (B,) to (B, 1, S, H, W).
        clean: (B, 1, S, H, W) views of mean 0 and standard deviation `sigma_data`.

    Returns:
        A scalar.
    """
    sigma = training_sigmas(
        len(clean), log_sigma_mean=log_sigma_mean, log_sigma_std=log_sigma_std, generator=generator
    ).to(clean)
    s = sigma.reshape(-1, 1, 1, 1, 1)
    noise = torch.randn(clean.shape, generator=generator).to(clean)
    weight = 1 / sigma_data**2 + 1 / s.square()  # lambda(sigma), written as a sum
    return (weight * (denoiser(clean + s * noise, sigma) - clean).square()).mean()
