"""The building block of the network over the fused grid."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from torch import Tensor, nn

from OrthoDiffusionLib.encoders.norm_silu import norm_silu

GROUPS = 8


class ResidualUnit(nn.Module):
    """Two convolutions of 3 x 3 x 3 voxels, each with group norm and SiLU, added to what went in.

    The same as MONAI's `ResidualUnit` with these settings, parameter by parameter and under its names, which the
    weights of all bundles have. It is built here because importing MONAI took longer than importing torch, in every
    process.

    Args:
        stride: of the first convolution, along each axis.
    """

    def __init__(self, channels_in: int, channels_out: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Sequential()
        self.conv.add_module("unit0", _ConvolutionNorm(channels_in, channels_out, stride))
        self.conv.add_module("unit1", _ConvolutionNorm(channels_out, channels_out, 1))
        self.residual: nn.Module = nn.Identity()
        if stride != 1:
            self.residual = nn.Conv3d(channels_in, channels_out, 3, stride, 1)
        elif channels_in != channels_out:
            self.residual = nn.Conv3d(channels_in, channels_out, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, channels_in, I, J, K) to (B, channels_out, I / stride, J / stride, K / stride), rounded up."""
        h = x
        for step in cast(Iterable[_ConvolutionNorm], self.conv):
            h = norm_silu(step.conv(h), step.norm)  # norm and activation as one step
        return h + self.residual(x)


class _ConvolutionNorm(nn.Module):
    """A convolution and its norm."""

    def __init__(self, channels_in: int, channels_out: int, stride: int) -> None:
        super().__init__()
        self.conv = nn.Conv3d(channels_in, channels_out, 3, stride, 1)
        self.adn = nn.ModuleDict({"N": nn.GroupNorm(GROUPS, channels_out)})

    @property
    def norm(self) -> nn.GroupNorm:
        return cast(nn.GroupNorm, self.adn["N"])
