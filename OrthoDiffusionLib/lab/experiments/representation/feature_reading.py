"""Readings: how features are taken from a denoiser: at which noise level, of the clean view or of a noisy one."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from OrthoDiffusionLib.encoders import ViewEncoder
from OrthoDiffusionLib.precision import autocast


@dataclass(frozen=True)
class Reading:
    """One way to read features.

    Attributes:
        sigmas: noise levels; features of several are put side by side.
        draws: of noise, whose features are averaged; 0 shows the network the clean view and gives it the level.
    """

    sigmas: tuple[float, ...]
    draws: int = 0

    @property
    def name(self) -> str:
        """For machines."""
        return "+".join(f"{sigma:g}" for sigma in self.sigmas)


@torch.no_grad()
def read_features(encoder: ViewEncoder, view: Tensor, reading: Reading, *, seed: int) -> list[Tensor]:
    """Features of one view at every tap, finest first.

    Args:
        encoder: whose noise level is set for the purpose.
        view: (S, H, W) normalised.
        seed: of the noise, which is the same for every encoder and scales with the level.

    Returns:
        (C, S', H', W') float32 a tap; C is the tap's channels times the number of noise levels.
    """
    generator = torch.Generator().manual_seed(seed)
    noises = [torch.randn(view.shape, generator=generator) for _ in range(reading.draws)]
    by_level = []
    for sigma in reading.sigmas:
        encoder.sigma = sigma
        shown = [view + sigma * noise for noise in noises] or [view]
        passes = []
        for one in shown:
            with autocast():
                passes.append([tap[0].float() for tap in encoder(one[None, None])])
        by_level.append([torch.stack(taps).mean(dim=0) for taps in zip(*passes, strict=True)])
    return [torch.cat(taps) for taps in zip(*by_level, strict=True)]
