"""Places level by level along one direction, and percentiles of the few that lie in one level."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np


def by_level(level: np.ndarray, places: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """The places (N, 3) of each level that has any, (N,) whole numbers, from the lowest to the highest level."""
    order = np.argsort(level, kind="stable")
    found, starts = np.unique(level[order], return_index=True)
    yield from zip(found.tolist(), np.split(places[order], starts[1:]), strict=True)


def percentiles(values: np.ndarray, *percents: float) -> list[float]:
    """Percentiles of (N,) values, one or more, as numpy's: linear between two values.

    For a few values, of which numpy's own function needs a fifth of a millisecond.
    """
    ordered = np.sort(values).tolist()
    found = []
    for percent in percents:
        place = (len(ordered) - 1) * (percent / 100)
        below = math.floor(place)
        low, high, share = ordered[below], ordered[min(below + 1, len(ordered) - 1)], place - below
        found.append(high - (high - low) * (1 - share) if share >= 0.5 else low + (high - low) * share)
    return found
