"""Pockets: what is round and uneven, such as cysts, recesses, bruises and clouds of oedema."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Box, Canvas, ellipsoid, noise


def pocket_box(canvas: Canvas, centre, radii, *, grown: float = 1.0, margin_mm: float = 2.0) -> Box:
    """The voxels about an ellipsoid.

    Args:
        centre, radii: (3,) canonical RAS mm.
        grown: factor on the radii.
        margin_mm: added outside them.
    """
    centre, radii = np.asarray(centre, dtype=float), np.asarray(radii, dtype=float)
    return canvas.box(centre - radii * grown - margin_mm, centre + radii * grown + margin_mm)


def ragged(box: Box, centre, radii, rng: np.random.Generator, *layers: tuple[float, float]) -> np.ndarray:
    """Distance over a box to an ellipsoid with an uneven outline, mm, negative inside.

    Args:
        layers: of unevenness, each a standard deviation and half the width of its waves, mm.
    """
    distance = ellipsoid(box, centre, radii)
    for deviation_mm, scale_mm in layers:
        distance = distance + FLOAT(deviation_mm) * noise(box, rng, scale_mm)
    return distance


def soaked(box: Box, centre, radii, rng: np.random.Generator, above: float) -> np.ndarray:
    """Where oedema about a torn ligament lies, bool over a box: a ragged cloud, and in it flakes that are wet.

    Args:
        above: flakes are wet where a random field of standard deviation 1 is above this.
    """
    cloud = ragged(box, centre, radii, rng, (1.5, 2.8)) < 0
    return cloud & (noise(box, rng, 2.0) > FLOAT(above))
