"""Convolutions of two maps joined, one of which has half the other's resolution and need not be enlarged for it.

Most of what a decoder's convolution sees of an enlarged map is the same voxel several times. Where a kernel's weights
of equal voxels are added first, it is a transposed convolution of the small map, with less than half of the products;
and norms and activations before it have a quarter or an eighth of the voxels.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from OrthoDiffusionLib.encoders.memory_order import enlarged


def of_joined(layer: nn.Conv3d, coarse: Tensor, fine: Tensor) -> Tensor:
    """layer(cat([enlarged(coarse), fine])), up to rounding.

    Args:
        layer: of stride 1, with kernels of 1 or 3 voxels an axis that keep the size.
        coarse: (B, C, S, H, W).
        fine: (B, C', S', H', W').

    Returns:
        (B, C'', S', H', W').
    """
    size, channels = fine.shape[2:], coarse.shape[1]
    ratios = [large // small for large, small in zip(size, coarse.shape[2:], strict=True)]
    whole = all(r * small == large for r, large, small in zip(ratios, size, coarse.shape[2:], strict=True))
    # torch 2.13's bfloat16 on a CPU gets gradients of a transposed convolution wrong where a row or column is one voxel
    # long, up to infinite ones, and writes beyond its memory (measured: never with two and more).
    lone = any(ratio == 2 and small == 1 for ratio, small in zip(ratios, coarse.shape[2:], strict=True))
    if fine.device.type != "cpu" or not whole or max(ratios) > 2 or lone:
        return layer(torch.cat([enlarged(coarse, size), fine], dim=1))
    of_coarse, of_fine = layer.weight[:, :channels], layer.weight[:, channels:]
    own = functional.conv3d(fine, of_fine, layer.bias, padding=layer.padding)
    if max(layer.kernel_size) == 1:
        return own.add_(enlarged(functional.conv3d(coarse, of_coarse), size))
    return own.add_(_of_enlarged(of_coarse, coarse, ratios))


def _of_enlarged(weight: Tensor, coarse: Tensor, ratios: list[int]) -> Tensor:
    """What a convolution that keeps the size answers to an enlarged map."""
    kernel = weight
    padding = []
    for axis, ratio in enumerate(ratios, start=2):
        length = weight.shape[axis]
        if ratio == 2 and length == 3:
            # voxel 2 n sees voxel n - 1 once and n twice, voxel 2 n + 1 sees n twice and n + 1 once
            first, middle, last = kernel.unbind(axis)
            kernel = torch.stack([last, middle + last, first + middle, first], axis)
        elif ratio == 2:
            kernel = torch.cat([kernel, kernel], axis)
        else:
            kernel = kernel.flip(axis)
        padding.append((kernel.shape[axis] - 1) // 2)
    return functional.conv_transpose3d(coarse, kernel.transpose(0, 1), stride=tuple(ratios), padding=tuple(padding))
