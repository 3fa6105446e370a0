"""What a denoiser may be asked for: three prediction targets, each as a loss on the same network."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from OrthoDiffusionLib.diffusion import EDM, EPSILON, Denoiser, cosine_sigmas, denoising_loss

Loss = Callable[[Denoiser, Tensor], Tensor]
"""Denoiser and (B, 1, S, H, W) clean views to a scalar."""

VELOCITY = "v"


def own_loss(denoiser: Denoiser, clean: Tensor) -> Tensor:
    """As `orthodiffusion pretrain` asks a denoiser of its target."""
    return denoising_loss(denoiser, clean, sigma_data=denoiser.sigma_data, target=denoiser.target)


def velocity_loss(denoiser: Denoiser, clean: Tensor) -> Tensor:
    """Squared error of v; cosine schedule.

    Salimans and Ho 2022 (arXiv 2202.00512): v = alpha epsilon - sigma x for a view of unit variance. It is the EDM
    target with its sign turned, so that against EDM only the noise levels drawn differ.
    """
    sigma = cosine_sigmas(len(clean), denoiser.sigma_data)
    noise = torch.randn(clean.shape)
    noisy = clean + sigma.reshape(-1, 1, 1, 1, 1) * noise
    predicted = denoiser.network(*denoiser.network_input(noisy, sigma)).float()
    angle = torch.atan(sigma / denoiser.sigma_data).reshape(-1, 1, 1, 1, 1)
    return (predicted - (angle.cos() * noise - angle.sin() * clean / denoiser.sigma_data)).square().mean()


TARGETS: dict[str, tuple[str, Loss]] = {
    EDM: (EDM, own_loss),
    VELOCITY: (EDM, velocity_loss),
    EPSILON: (EPSILON, own_loss),
}
"""Name -> the target of the Denoiser that is trained, and the loss."""
