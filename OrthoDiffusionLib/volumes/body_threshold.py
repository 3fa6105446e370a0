"""Where air ends and the body begins in an MR image."""

from __future__ import annotations

import numpy as np

_BINS = 128


def body_threshold(unit: np.ndarray) -> float:
    """Value in [0, 1] that best parts air from body: Otsu 1979 (IEEE SMC 9:62) on square roots.

    Not SimpleITK's filter, whose bins are others: bundles were trained with these thresholds.

    Args:
        unit: intensities scaled to [0, 1], any shape.
    """
    counts, edges = np.histogram(np.sqrt(unit), bins=_BINS, range=(0.0, 1.0))
    centres = (edges[:-1] + edges[1:]) / 2.0
    below = np.cumsum(counts)
    above = below[-1] - below
    sum_below = np.cumsum(counts * centres)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = sum_below / below - (sum_below[-1] - sum_below) / above
        between = np.where((below > 0) & (above > 0), below * above * gap**2, 0.0)
    return float(edges[int(np.argmax(between)) + 1] ** 2)
