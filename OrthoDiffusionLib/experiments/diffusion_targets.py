"""What a denoiser may be asked for: three prediction targets, each as a loss on the same network."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from OrthoDiffusionLib.diffusion import Denoiser, denoising_loss

Loss = Callable[[Denoiser, Tensor], Tensor]
"""Denoiser and (B, 1, S, H, W) clean views to a scalar."""


def cosine_sigmas(count: int, sigma_data: float) -> Tensor:
    """Noise levels of the cosine schedule at times drawn evenly: sigma / sigma_data = tan(pi t / 2).

    Nichol and Dhariwal 2021 (arXiv 2102.09672), without their small offset at time 0: the signal's share is
    cos(pi t / 2), the noise's sin(pi t / 2).

    Returns:
        (count,) levels; the last thousandth of the times, where nothing is left of the view, is not drawn.
    """
    times = 0.001 + 0.998 * torch.rand(count)
    return sigma_data * torch.tan(0.5 * math.pi * times)


def edm_loss(denoiser: Denoiser, clean: Tensor) -> Tensor:
    """As `orthodiffusion pretrain`: the target of Karras et al. 2022, levels drawn log-normally."""
    return denoising_loss(denoiser, clean, sigma_data=denoiser.sigma_data)


def epsilon_loss(denoiser: Denoiser, clean: Tensor) -> Tensor:
    """Squared error of the noise itself, as the original asks; cosine schedule."""
    predicted, noise, _ = _prediction(denoiser, clean)
    return (predicted - noise).square().mean()


def velocity_loss(denoiser: Denoiser, clean: Tensor) -> Tensor:
    """Squared error of v; cosine schedule.

    Salimans and Ho 2022 (arXiv 2202.00512): v = alpha epsilon - sigma x for a view of unit variance. It is the EDM
    target with its sign turned, so that against `edm_loss` only the noise levels drawn differ.
    """
    predicted, noise, sigma = _prediction(denoiser, clean)
    angle = torch.atan(sigma / denoiser.sigma_data)
    return (predicted - (angle.cos() * noise - angle.sin() * clean / denoiser.sigma_data)).square().mean()


def _prediction(denoiser: Denoiser, clean: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """What the network says of noisy views, the noise, and the level as (B, 1, 1, 1, 1)."""
    sigma = cosine_sigmas(len(clean), denoiser.sigma_data)
    noise = torch.randn(clean.shape)
    s = sigma.reshape(-1, 1, 1, 1, 1)
    return denoiser.network(*denoiser.network_input(clean + s * noise, sigma)).float(), noise, s


TARGETS: dict[str, Loss] = {"edm": edm_loss, "v": velocity_loss, "epsilon": epsilon_loss}
