"""A light 3D U-Net for thick-slice views, with named taps."""

from __future__ import annotations

import itertools
import math
from collections import OrderedDict
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from OrthoDiffusionLib.encoders.joined import of_joined
from OrthoDiffusionLib.encoders.norm_silu import norm_silu, norm_silu_parts
from OrthoDiffusionLib.precision import sound_gradients

Triple = tuple[int, int, int]
IN_PLANE: Triple = (1, 3, 3)
CUBE: Triple = (3, 3, 3)


def convolution(channels_in: int, channels_out: int, kernel: Triple | int, stride: Triple | int = 1) -> nn.Module:
    """A convolution that keeps the size at stride 1; its name, `conv`, is that in the weights of all bundles."""
    slices, rows, columns = (kernel,) * 3 if isinstance(kernel, int) else kernel
    padding = (slices // 2, rows // 2, columns // 2) if stride == 1 else (0, 0, 0)
    layer = nn.Conv3d(channels_in, channels_out, kernel, stride, padding)
    return nn.Sequential(OrderedDict(conv=layer))


def bare(layer: nn.Module) -> nn.Conv3d:
    """Torch's own layer inside a `convolution`."""
    inside = layer.conv
    if not isinstance(inside, nn.Conv3d):
        raise ValueError(f"the layer must be a convolution, got {type(inside).__name__} instead")
    return inside


def start_at_zero(layer: nn.Module) -> None:
    """Let a layer answer 0 at first, so that what it adds begins at nothing."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)


class NoiseEmbedding(nn.Module):
    """Sines and cosines of c_noise, then a two-layer perceptron: (B,) to (B, width)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.layers = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU())

    def forward(self, c_noise: Tensor) -> Tensor:
        half = self.width // 2
        frequency = torch.exp(torch.linspace(0, math.log(64.0), half, device=c_noise.device))
        angle = c_noise.float()[:, None] * frequency
        return self.layers(torch.cat([angle.sin(), angle.cos()], dim=1))


class ResidualBlock(nn.Module):
    """Two convolutions; the noise level scales and shifts between them (FiLM)."""

    def __init__(self, channels_in: int, channels_out: int, *, kernel: Triple, embedding: int) -> None:
        super().__init__()
        self.norm_in = nn.GroupNorm(8, channels_in)
        self.conv_in = convolution(channels_in, channels_out, kernel)
        self.modulation = nn.Linear(embedding, 2 * channels_out)
        self.norm_out = nn.GroupNorm(8, channels_out)
        self.conv_out = convolution(channels_out, channels_out, kernel)
        same = channels_in == channels_out
        self.shortcut = nn.Identity() if same else convolution(channels_in, channels_out, 1)
        start_at_zero(self.conv_out)  # each block starts as its shortcut

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        return self._answer(self.conv_in(norm_silu(x, self.norm_in)), self.shortcut(x), embedding)

    def of_joined(self, coarse: Tensor, fine: Tensor, embedding: Tensor) -> Tensor:
        """The answer to cat([enlarged(coarse), fine], dim=1), both with half of the block's channels."""
        h = of_joined(bare(self.conv_in), *norm_silu_parts(coarse, fine, self.norm_in))
        return self._answer(h, of_joined(bare(self.shortcut), coarse, fine), embedding)

    def _answer(self, h: Tensor, passed: Tensor, embedding: Tensor) -> Tensor:
        scale, shift = self.modulation(embedding).chunk(2, dim=1)
        return passed + self.conv_out(norm_silu(h, self.norm_out, scale, shift))


class UNet3D(nn.Module):
    """F(x, c_noise) of one view's diffusion model.

    A thin layer at the view's full resolution, and a U-Net at half of it in plane, where nearly all of the
    work is done: the fine edges pass by, the anatomy goes through. Slices are never merged before the
    in-plane spacing has come up to the slice step, so depth is kept as long as it carries information.

    Args:
        channels: of the U-Net's levels, finest first.
        stem_channels: of the layer at full resolution.

    Attributes:
        tap_channels: channels of the taps, finest first.
        tap_strides: each tap's stride on the view, (slice, row, column).
    """

    LEVEL_STRIDES: tuple[Triple, ...] = ((1, 2, 2), (2, 2, 2), (2, 2, 2))

    def __init__(
        self,
        *,
        channels: tuple[int, ...] = (32, 64, 80, 80),
        stem_channels: int = 16,
        embedding: int = 64,
    ) -> None:
        super().__init__()
        if len(channels) != len(self.LEVEL_STRIDES) + 1:
            raise ValueError(f"channels must be {len(self.LEVEL_STRIDES) + 1} numbers, got {channels} instead")
        self.embed = NoiseEmbedding(embedding)
        self.stem = convolution(1, stem_channels, IN_PLANE)
        self.enter = convolution(stem_channels, channels[0], (1, 2, 2), (1, 2, 2))
        kernels = (IN_PLANE, *[CUBE] * (len(channels) - 1))
        self.encode = nn.ModuleList(
            ResidualBlock(c, c, kernel=k, embedding=embedding) for c, k in zip(channels, kernels, strict=True)
        )
        self.down = nn.ModuleList(
            convolution(a, b, s, s) for a, b, s in zip(channels, channels[1:], self.LEVEL_STRIDES, strict=False)
        )
        self.up = nn.ModuleList(convolution(b, a, 1) for a, b in itertools.pairwise(channels))
        self.decode = nn.ModuleList(ResidualBlock(2 * c, c, kernel=CUBE, embedding=embedding) for c in channels[:-1])
        self.leave = convolution(channels[0], stem_channels, 1)
        self.refine = convolution(2 * stem_channels, stem_channels, IN_PLANE)
        self.predict = convolution(stem_channels, 1, IN_PLANE)
        strides: list[Triple] = [(1, 2, 2)]
        for step in self.LEVEL_STRIDES:
            slices, rows, columns = (a * b for a, b in zip(strides[-1], step, strict=True))
            strides.append((slices, rows, columns))
        self.tap_channels = (stem_channels, *channels)
        self.tap_strides: tuple[Triple, ...] = ((1, 1, 1), *strides)
        self.multiple: Triple = strides[-1]

    def taps(self, x: Tensor, c_noise: Tensor) -> list[Tensor]:
        """Features of the decoder at every level, finest first.

        Args:
            x: (B, 1, S, H, W), each side a multiple of `self.multiple`.
            c_noise: (B,).
        """
        with sound_gradients(x.device.type, [x.shape[2] // stride[0] for stride in self.tap_strides]):
            return self._taps(x, c_noise)

    def _taps(self, x: Tensor, c_noise: Tensor) -> list[Tensor]:
        embedding = self.embed(c_noise)
        fine = functional.silu(self.stem(x))
        h = self.enter(fine)
        skips = []
        for level, block in enumerate(self.encode):
            h = block(h, embedding)
            if level < len(self.down):
                skips.append(h)
                h = self.down[level](h)
        taps = [h]
        for level in reversed(range(len(self.up))):
            h = cast(ResidualBlock, self.decode[level]).of_joined(self.up[level](h), skips[level], embedding)
            taps.append(h)
        h = functional.silu(of_joined(bare(self.refine), functional.silu(self.leave(h)), fine))
        taps.append(h)
        return taps[::-1]

    def forward(self, x: Tensor, c_noise: Tensor) -> Tensor:
        """(B, 1, S, H, W) and (B,) to (B, 1, S, H, W)."""
        return self.predict(self.taps(x, c_noise)[0])
