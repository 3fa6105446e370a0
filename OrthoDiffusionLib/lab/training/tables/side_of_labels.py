"""The side of a knee, from where its medial and lateral parts are outlined."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.volumes import Volume

LEAST_MM = 5.0
"""Ours: parts whose middles are nearer than this do not lie beside each other."""


def side_of_labels(labels: Volume, medial: int, lateral: int) -> Side | None:
    """Right if the lateral part lies to the patient's right of the medial one; None if one is missing.

    Args:
        labels: a label map in the patient's space.
        medial, lateral: values of two parts that lie beside each other.
    """
    middles = []
    for value in (medial, lateral):
        where = np.argwhere(labels.array == value)
        if not len(where):
            return None
        middles.append(labels.geometry.to_ras(where.mean(axis=0)[None])[0])
    apart = float(middles[1][0] - middles[0][0])
    if abs(apart) < LEAST_MM:
        return None
    return Side.RIGHT if apart > 0 else Side.LEFT
