"""Boxes of a canvas, and single places, in the axes of a bone that is turned."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Box

_NOWHERE = (slice(0, 0),) * 3


def turned(box: Box, origin, rows: np.ndarray) -> Box:
    """The same voxels with the coordinates that they have in other axes, so that shapes are drawn in these.

    Args:
        origin: (3,) of the other axes, mm.
        rows: (3, 3) their unit vectors.
    """
    x, y, z = (FLOAT(1) * axis - FLOAT(c) for axis, c in zip((box.x, box.y, box.z), origin, strict=True))
    u, v, w = (x * FLOAT(row[0]) + y * FLOAT(row[1]) + z * FLOAT(row[2]) for row in rows)
    return Box(box.slices, u, v, w, box.first)


def places(points: np.ndarray) -> Box:
    """Single places (N, 3) as a box of shape (N, 1, 1), so that the distance to a shape can be asked there."""
    x, y, z = (np.asarray(points, FLOAT)[:, n, None, None] for n in range(3))
    return Box(_NOWHERE, x, y, z, (0, 0, 0))
