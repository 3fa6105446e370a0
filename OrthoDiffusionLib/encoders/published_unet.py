"""The original authors' 3D U-Net, block for block in our own words.

arXiv 2602.20752 pretrains one such network a plane: a 3D form of the U-Net of Dhariwal and Nichol 2021
(arXiv 2105.05233). Sizes, order of the layers and the embedding of the step are those of the authors' public code
(https://github.com/lt-0123/OrthoDiffusion, commit 99d1518, MIT License, Copyright (c) 2026 Lan Tian), of which nothing
is copied. Here the benchmark times it beside our encoders, the experiment on labels trains a small one, and
`published_view.py` makes a view encoder of it for weights that are imported. Nothing in the shipped bundle uses it.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

FEATURE_STEP = 100
"""The step of the diffusion that the authors read features at (their configs/*.yaml)."""

INPUT_SHAPE = (1, 1, 16, 256, 256)
"""(B, channel, S, H, W): sixteen slices of 256 x 256, each volume scaled by its minimum and maximum to [-1, 1]."""


class PublishedUNet(nn.Module):
    """Predicts the noise in a view, and gives the bottleneck features that the authors build upon.

    Args:
        base: channels of the first level.
        multipliers: channels of each level, as multiples of `base`; each level halves all three axes.
        attention_levels: the levels with self-attention after the residual block (the middle always has one).
        groups: of channels that are normalised together; must divide the channels of every level.

    Attributes:
        channels: of each level, finest first.
    """

    def __init__(
        self,
        *,
        base: int = 64,
        multipliers: tuple[int, ...] = (1, 1, 2, 2, 4),
        attention_levels: tuple[int, ...] = (4,),
        groups: int = 32,
    ) -> None:
        super().__init__()
        self.base = base
        self.channels = tuple(base * multiplier for multiplier in multipliers)
        width = 4 * base
        self.time_embedding = nn.Sequential(nn.Linear(base, width), nn.SiLU(), nn.Linear(width, width))

        channels = base * multipliers[0]
        self.contracting = nn.ModuleList([_Stage([nn.Conv3d(1, channels, 3, padding=1)])])
        skips = [channels]
        last = len(multipliers) - 1
        for level, multiplier in enumerate(multipliers):
            layers: list[nn.Module] = [_ResidualBlock(channels, base * multiplier, width, groups)]
            channels = base * multiplier
            if level in attention_levels:
                layers.append(_SelfAttention(channels, groups))
            self.contracting.append(_Stage(layers))
            skips.append(channels)
            if level != last:
                self.contracting.append(_Stage([_Downsampling(channels)]))
                skips.append(channels)

        self.middle = _Stage(
            [
                _ResidualBlock(channels, channels, width, groups),
                _SelfAttention(channels, groups),
                _ResidualBlock(channels, channels, width, groups),
            ]
        )

        self.expanding = nn.ModuleList()
        for level in range(last, -1, -1):
            for repeat in range(2):
                layers = [_ResidualBlock(channels + skips.pop(), base * multipliers[level], width, groups)]
                channels = base * multipliers[level]
                if level in attention_levels:
                    layers.append(_SelfAttention(channels, groups))
                if level and repeat == 1:
                    layers.append(_Upsampling(channels))
                self.expanding.append(_Stage(layers))

        self.output_norm = nn.GroupNorm(groups, channels)
        self.output_convolution = nn.Conv3d(channels, 1, 3, padding=1)

    def forward(self, views: Tensor, steps: Tensor) -> Tensor:
        """Predict the noise in `views`.

        Args:
            views: (B, 1, S, H, W) in [-1, 1] plus noise; S, H and W multiples of 16.
            steps: (B,) diffusion steps, 0 to 999 on the authors' cosine schedule.

        Returns:
            The predicted noise, (B, 1, S, H, W).
        """
        return self.noise_from(self.levels(views, steps)[0])

    def noise_from(self, finest: Tensor) -> Tensor:
        """The predicted noise, from the finest of `levels`."""
        return self.output_convolution(functional.silu(self.output_norm(finest)))

    def levels(self, views: Tensor, steps: Tensor) -> list[Tensor]:
        """The decoder's features at every level, finest first; the coarsest are those of the bottleneck.

        In the authors' names the finest is the last `out_*`, the coarsest `mid_2`; those between are what an `out_*`
        with an upsampling holds before it. Level k is 2^k times smaller than the views in all three axes.
        """
        embedding = self._embed(steps)
        hidden, skips = self._contract(views, embedding)
        hidden = bottleneck = self.middle(hidden, embedding)
        found = []
        for stage in self.expanding:
            hidden = torch.cat([hidden, skips.pop()], dim=1)
            for layer in stage.children():
                if isinstance(layer, _Upsampling):
                    found.append(hidden)
                hidden = layer(hidden, embedding) if isinstance(layer, _ResidualBlock) else layer(hidden)
        return [hidden, *found[:0:-1], bottleneck]

    def to_bottleneck(self, views: Tensor, steps: Tensor) -> Tensor:
        """The features that the authors call `mid_2`: (B, 256, S/16, H/16, W/16), without the decoder's cost."""
        embedding = self._embed(steps)
        hidden, _ = self._contract(views, embedding)
        return self.middle(hidden, embedding)

    def _embed(self, steps: Tensor) -> Tensor:
        half = self.base // 2
        exponents = torch.arange(half, dtype=torch.float32, device=steps.device) / half
        # The slowest wave has a period of 1000 steps here, not the usual 10,000.
        angles = steps[:, None].float() * torch.exp(-math.log(1000.0) * exponents)
        waves = torch.cat([angles.cos(), angles.sin()], dim=-1)
        return self.time_embedding(waves.to(next(self.time_embedding.parameters()).dtype))

    def _contract(self, views: Tensor, embedding: Tensor) -> tuple[Tensor, list[Tensor]]:
        hidden, skips = views, []
        for stage in self.contracting:
            hidden = stage(hidden, embedding)
            skips.append(hidden)
        return hidden, skips


class _Stage(nn.ModuleList):
    """Layers, one after the other; residual blocks get the diffusion step as well."""

    def forward(self, hidden: Tensor, embedding: Tensor) -> Tensor:
        for layer in self:
            hidden = layer(hidden, embedding) if isinstance(layer, _ResidualBlock) else layer(hidden)
        return hidden


class _ResidualBlock(nn.Module):
    """Two convolutions after normalisation; the diffusion step is added between them, a channel each."""

    def __init__(self, channels_in: int, channels_out: int, width: int, groups: int) -> None:
        super().__init__()
        self.norm_in = nn.GroupNorm(groups, channels_in)
        self.convolution_in = nn.Conv3d(channels_in, channels_out, 3, padding=1)
        self.step_shift = nn.Linear(width, channels_out)
        self.norm_out = nn.GroupNorm(groups, channels_out)
        self.convolution_out = nn.Conv3d(channels_out, channels_out, 3, padding=1)
        same = channels_in == channels_out
        self.shortcut = nn.Identity() if same else nn.Conv3d(channels_in, channels_out, 1)

    def forward(self, hidden: Tensor, embedding: Tensor) -> Tensor:
        inner = self.convolution_in(functional.silu(self.norm_in(hidden)))
        inner = inner + self.step_shift(functional.silu(embedding))[:, :, None, None, None]
        inner = self.convolution_out(functional.silu(self.norm_out(inner)))
        return self.shortcut(hidden) + inner


class _SelfAttention(nn.Module):
    """One head over all positions."""

    def __init__(self, channels: int, groups: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(groups, channels)
        self.query_key_value = nn.Conv1d(channels, 3 * channels, 1)
        self.projection = nn.Conv1d(channels, channels, 1)

    def forward(self, hidden: Tensor) -> Tensor:
        positions = hidden.flatten(2)
        query, key, value = self.query_key_value(self.norm(positions)).transpose(1, 2).chunk(3, dim=-1)
        mixed = functional.scaled_dot_product_attention(query, key, value)
        return (positions + self.projection(mixed.transpose(1, 2))).reshape(hidden.shape)


class _Downsampling(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.convolution = nn.Conv3d(channels, channels, 3, stride=2, padding=1)

    def forward(self, hidden: Tensor) -> Tensor:
        return self.convolution(hidden)


class _Upsampling(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.convolution = nn.Conv3d(channels, channels, 3, padding=1)

    def forward(self, hidden: Tensor) -> Tensor:
        finer = [2 * size for size in hidden.shape[2:]]
        return self.convolution(functional.interpolate(hidden, finer, mode="trilinear"))
