"""Draws: independent random streams of one phantom, and the small freedom that a size has from person to person."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def streams(entropy: int | Sequence[int], *names: str) -> dict[str, np.random.Generator]:
    """Independent random streams, so that a change in one part of a joint leaves the others as they were.

    Args:
        entropy: the seed of a phantom; for a joint that has a number of its own, both.
        names: of the streams. Their order decides what each draws: append only, never reorder.
    """
    children = np.random.SeedSequence(entropy).spawn(len(names))
    return {name: np.random.default_rng(child) for name, child in zip(names, children, strict=True)}


def size_factor(rng: np.random.Generator, sd: float) -> float:
    """A factor about 1 on a size, no farther from it than 2.2 standard deviations."""
    return float(np.clip(rng.normal(1, sd), 1 - 2.2 * sd, 1 + 2.2 * sd))
