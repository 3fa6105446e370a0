"""Bone: one bone on a canvas as the distance to its surface."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Box, Canvas, noise, signed_distance

_FAR = FLOAT(50.0)


@dataclass(frozen=True, eq=False)
class Bone:
    """A bone on the canvas.

    Attributes:
        box: about it.
        distance: mm to its surface over the box, negative inside.
    """

    box: Box
    distance: np.ndarray

    def over(self, box: Box) -> np.ndarray:
        """Its distance over another box; what its own does not reach is far, float32."""
        result = np.full(box.shape, _FAR)
        mine, wanted = self.box.slices, box.slices
        shared = [(max(a.start, b.start), min(a.stop, b.stop)) for a, b in zip(mine, wanted, strict=True)]
        if all(low < high for low, high in shared):
            source = tuple(slice(low - a.start, high - a.start) for (low, high), a in zip(shared, mine, strict=True))
            target = tuple(slice(low - b.start, high - b.start) for (low, high), b in zip(shared, wanted, strict=True))
            result[target] = self.distance[source]
        return result


def smooth_bone(canvas: Canvas, box: Box, inside: np.ndarray) -> Bone:
    """A bone whose voxels are known (bool, the box's shape), smoothed so that neither its shell nor its cartilage
    shows the steps of voxels."""
    from scipy.ndimage import gaussian_filter

    distance = gaussian_filter(signed_distance(inside, canvas.frame.spacing_mm), 0.7, truncate=2.5)
    # The map is 0 on the outermost voxels inside; the surface lies half a voxel farther out.
    return Bone(box, (distance - FLOAT(0.45 * canvas.frame.spacing_mm)).astype(FLOAT))


def uneven_cortex(box: Box, rng: np.random.Generator, least: float) -> np.ndarray:
    """A factor on the cortex that makes it thick here and thin there, never below `least` (assumed)."""
    return np.maximum(1 + FLOAT(0.3) * noise(box, rng, 8.5), FLOAT(least))
