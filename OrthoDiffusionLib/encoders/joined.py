"""Convolutions of two maps joined, one of which has half the other's resolution."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from OrthoDiffusionLib.encoders.memory_order import enlarged


def of_joined(layer: nn.Conv3d, coarse: Tensor, fine: Tensor) -> Tensor:
    """layer(cat([enlarged(coarse), fine])).

    A transposed convolution of the small map would need less than half of the products, but on some small maps its
    gradient was not a number (test_older_training.py).

    Args:
        layer: of stride 1, with kernels of 1 or 3 voxels an axis that keep the size.
        coarse: (B, C, S, H, W).
        fine: (B, C', S', H', W').

    Returns:
        (B, C'', S', H', W').
    """
    return layer(torch.cat([enlarged(coarse, fine.shape[2:]), fine], dim=1))
