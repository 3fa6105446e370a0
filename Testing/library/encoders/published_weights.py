"""Weights that two programs make alike, so that their answers can be compared without any weights being kept."""

from __future__ import annotations

import zlib

import numpy as np
import torch

SEED = 2602
STEPS = (0, 100, 999)
"""Of the diffusion; blocks are compared at the second, which the authors read features at."""

SHAPE = (1, 1, 16, 32, 48)
"""(B, channel, S, H, W) of the views: small in plane, and with three different sides, so that no axis is mistaken."""

SAMPLES = 16
"""Values that are kept of each block's answer, evenly spread over it."""


def filled(name: str, shape: tuple[int, ...]) -> torch.Tensor:
    """Values of one tensor, by its published name alone: none is zero, and answers stay of the order of one.

    Args:
        name: in the authors' network, without `denoise_fn.`.
    """
    rng = np.random.default_rng([SEED, zlib.crc32(name.encode())])
    values = rng.standard_normal(shape)
    if len(shape) > 1:
        values /= np.sqrt(np.prod(shape[1:]))
    else:
        values = 0.1 * values + (1.0 if name.endswith("weight") else 0.0)
    return torch.from_numpy(values.astype(np.float32))


def views() -> torch.Tensor:
    """What both networks are shown."""
    values = np.random.default_rng([SEED, 1]).uniform(-1, 1, SHAPE)
    return torch.from_numpy(values.astype(np.float32))


def noise() -> torch.Tensor:
    """What is added to the views at a step."""
    return torch.from_numpy(np.random.default_rng([SEED, 2]).standard_normal(SHAPE).astype(np.float32))


def sampled(answer: torch.Tensor) -> np.ndarray:
    """(SAMPLES,) float32 values of an answer."""
    flat = answer.detach().float().flatten().numpy()
    return flat[np.linspace(0, flat.size - 1, SAMPLES).astype(int)]
