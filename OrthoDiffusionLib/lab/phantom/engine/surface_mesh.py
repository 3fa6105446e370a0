"""Closed surfaces of triangles painted into a voxel grid."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.shapes import Box


def inside_mesh(box: Box, vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Which voxel centres of a box lie inside a closed surface.

    Columns of voxels run along z; each triangle that a column passes is an entrance or an exit.

    Args:
        vertices: (N, 3) RAS mm.
        faces: (M, 3) indices, counter-clockwise seen from outside.

    Returns:
        bool, the box's shape.
    """
    x, y, z = (axis.ravel().astype(float) for axis in (box.x, box.y, box.z))
    step = (z[-1] - z[0]) / (len(z) - 1)
    # A shift of less than a micrometre keeps columns off the edges, where two triangles would count.
    corners = (vertices[faces] - np.array([x[0], y[0], z[0]]) + [3.1e-7, 4.7e-7, 0.0]) / step
    low = np.clip(np.ceil(corners[:, :, :2].min(axis=1)), 0, None).astype(int)
    high = np.minimum(np.floor(corners[:, :, :2].max(axis=1)), [len(x) - 1, len(y) - 1]).astype(int)
    counts = np.clip(high - low + 1, 0, None)
    total = counts.prod(axis=1)
    triangle = np.repeat(np.arange(len(faces)), total)
    within = np.arange(total.sum()) - np.repeat(np.cumsum(total) - total, total)
    i = low[triangle, 0] + within // np.maximum(counts[triangle, 1], 1)
    j = low[triangle, 1] + within % np.maximum(counts[triangle, 1], 1)
    a, b, c = (corners[triangle, n] for n in range(3))
    (ux, uy), (vx, vy) = (b - a)[:, :2].T, (c - a)[:, :2].T
    dx, dy = i - a[:, 0], j - a[:, 1]
    area = ux * vy - uy * vx
    flat = area == 0
    area[flat] = 1.0
    s, t = (dx * vy - dy * vx) / area, (ux * dy - uy * dx) / area
    hit = (s >= 0) & (t >= 0) & (s + t <= 1) & ~flat
    height = a[:, 2] + s * (b - a)[:, 2] + t * (c - a)[:, 2]
    k = np.clip(np.ceil(height[hit]), 0, len(z)).astype(int)
    # What faces up is left there, going up; what faces down is entered.
    crossings = np.zeros((len(x), len(y), len(z) + 1), np.int8)
    np.add.at(crossings, (i[hit], j[hit], k), np.where(area[hit] > 0, -1, 1).astype(np.int8))
    return np.cumsum(crossings, axis=2, dtype=np.int8)[:, :, :-1] > 0
