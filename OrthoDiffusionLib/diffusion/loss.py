"""The loss that pretrains a denoiser."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from OrthoDiffusionLib.diffusion.denoiser import EDM, EPSILON
from OrthoDiffusionLib.diffusion.noise_levels import cosine_sigmas, training_sigmas


def denoising_loss(
    denoiser: Callable[[Tensor, Tensor], Tensor],
    clean: Tensor,
    *,
    log_sigma_mean: float = -1.2,
    log_sigma_std: float = 1.2,
    sigma_data: float = 0.5,
    target: str = EDM,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Weighted denoising error of one batch of views.

    Karras et al. 2022 (arXiv 2206.00364), Eq. 2 with lambda(sigma) and ln(sigma) ~ N(mean, std^2) of Table 1.
    The best constant-free reference: an ideal denoiser of Gaussian views scores 1. For the target "epsilon" the levels
    are those of the cosine schedule and the weight is 1 / sigma^2, which makes it the squared error of the noise.

    Args:
        denoiser: D(x; sigma), from (B, 1, S, H, W) and (B,) to (B, 1, S, H, W).
        clean: (B, 1, S, H, W) views of mean 0 and standard deviation `sigma_data`.
        target: of the denoiser.

    Returns:
        A scalar.
    """
    if target == EPSILON:
        sigma = cosine_sigmas(len(clean), sigma_data, generator=generator).to(clean)
    else:
        sigma = training_sigmas(
            len(clean), log_sigma_mean=log_sigma_mean, log_sigma_std=log_sigma_std, generator=generator
        ).to(clean)
    s = sigma.reshape(-1, 1, 1, 1, 1)
    noise = torch.randn(clean.shape, generator=generator).to(clean)
    weight = 1 / s.square() + (1 / sigma_data**2 if target == EDM else 0)  # EDM's lambda(sigma), written as a sum
    return (weight * (denoiser(clean + s * noise, sigma) - clean).square()).mean()
