"""The original authors' U-Net as a view encoder's network: same weights, our noise levels, any number of slices."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional

from OrthoDiffusionLib.diffusion import step_of_sigma
from OrthoDiffusionLib.encoders.published_unet import PublishedUNet
from OrthoDiffusionLib.precision import sound_gradients

SCALE, CENTRE = 2.0, 1.0
"""Our normalised views are SCALE times theirs plus CENTRE: air is at -1 and what is brightest at 3, where the authors
scale each volume from -1 to 1 by its minimum and maximum. One rule for all, so that a crop is shown as the whole is."""


class PublishedViewNetwork(nn.Module):
    """F(x, c_noise) for a `Denoiser` with the target "epsilon" and `sigma_data` = SCALE.

    With that `sigma_data` the denoiser's input is theirs but for the centre, its noise levels are drawn as theirs, and
    two of our units of noise are one of theirs.

    The authors train on 16 slices, of which one is left at the bottleneck. There a kernel's first and last slice have
    never met anything but padding: those weights learned nothing. So deeper views are shown in windows of 16 slices,
    evenly placed, and each slice is read in the window that has it nearest to its middle; of thinner views the outer
    slices are repeated.

    Args:
        unet: the network.
        sigma_data: of the denoiser around it.
    """

    def __init__(self, unet: PublishedUNet, *, sigma_data: float) -> None:
        super().__init__()
        if sigma_data != SCALE:
            raise ValueError(f"sigma_data must be {SCALE} around the authors' network, got {sigma_data} instead")
        self.unet = unet
        halvings = len(unet.channels) - 1
        self.window = 2**halvings
        self.tap_channels = unet.channels
        self.tap_strides = tuple((1, 2**level, 2**level) for level in range(halvings + 1))
        self.multiple = (1, self.window, self.window)

    def taps(self, x: Tensor, c_noise: Tensor) -> list[Tensor]:
        """Features at every level, finest first; coarser ones are repeated along the slices, so that each has its own.

        Args:
            x: (B, 1, S, H, W), rows and columns multiples of `self.multiple`.
            c_noise: (B,).
        """
        return [
            self._joined(level.repeat_interleave(self.window // level.shape[2], dim=2), x.shape[2])
            for level in self._levels(x, c_noise)
        ]

    def forward(self, x: Tensor, c_noise: Tensor) -> Tensor:
        """The noise, (B, 1, S, H, W) and (B,) to (B, 1, S, H, W)."""
        with sound_gradients(x.device.type, self._depths):
            return self._joined(self.unet.noise_from(self._levels(x, c_noise)[0]), x.shape[2])

    @property
    def _depths(self) -> list[int]:
        return [self.window >> level for level in range(len(self.tap_channels))]

    def _levels(self, x: Tensor, c_noise: Tensor) -> list[Tensor]:
        """Levels of all windows, (windows * B, C, S', H', W'), window after window."""
        sigma = (4 * c_noise).double().exp()
        noisy = x - (CENTRE / (sigma.square() + SCALE**2).sqrt()).to(x).reshape(-1, 1, 1, 1, 1)
        step = step_of_sigma(sigma / SCALE).float()
        lost = self.window - x.shape[2]
        if lost > 0:
            noisy = functional.pad(noisy, (0, 0, 0, 0, lost // 2, lost - lost // 2), mode="replicate")
        starts = window_starts(noisy.shape[2], self.window)
        windows = torch.cat([noisy[:, :, start : start + self.window] for start in starts])
        with sound_gradients(x.device.type, self._depths):
            return self.unet.levels(windows, step.repeat(len(starts)))

    def _joined(self, windows: Tensor, slices: int) -> Tensor:
        """(windows * B, C, window, H, W) to (B, C, slices, H, W)."""
        if slices <= self.window:
            before = (self.window - slices) // 2
            return windows[:, :, before : before + slices]
        starts = window_starts(slices, self.window)
        parts = windows.chunk(len(starts))
        chosen = nearest_windows(slices, starts, self.window)
        bounds = [0, *(number for number in range(1, slices) if chosen[number] != chosen[number - 1]), slices]
        return torch.cat(
            [
                parts[chosen[first]][:, :, first - starts[chosen[first]] : last - starts[chosen[first]]]
                for first, last in itertools.pairwise(bounds)
            ],
            dim=2,
        )


def window_starts(slices: int, window: int) -> list[int]:
    """First slices of as few windows as cover a view, evenly placed."""
    count = max(1, -(-slices // window))
    room = max(0, slices - window)
    return [round(number * room / max(1, count - 1)) for number in range(count)]


def nearest_windows(slices: int, starts: list[int], window: int) -> list[int]:
    """For each slice the number of the window that has it nearest to its middle."""
    middle = (window - 1) / 2
    return [min(range(len(starts)), key=lambda number: abs(place - starts[number] - middle)) for place in range(slices)]
