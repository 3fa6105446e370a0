"""The chest wall that the scapula glides on: ribs, what lies between them, lung; all sizes are assumed."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Box, Canvas, ellipsoid, noise
from OrthoDiffusionLib.lab.phantom.shoulder import parts as p

_WALL_MM = 9.0


def chest_distance(box: Box, shift_mm: np.ndarray) -> np.ndarray:
    """Distance outside the ribs over a canonical box, mm.

    Args:
        shift_mm: (3,) how this person's chest lies against a usual one.
    """
    return ellipsoid(box, np.array([-85.0, 120.0, -70.0]) + shift_mm, (102.0, 100.0, 165.0))


def paint_chest(canvas: Canvas, shift_mm: np.ndarray, rng: np.random.Generator) -> None:
    """Ribs that slope down to the front, muscle between them, lung inside."""
    lo, hi = np.array(canvas.frame.lo_mm), np.array(canvas.frame.hi_mm)
    box = canvas.box((lo[0], 12.0, lo[2]), (36.0, hi[1], hi[2]))
    depth = chest_distance(box, shift_mm)
    spacing = float(rng.uniform(23.0, 28.0))
    along = box.z + FLOAT(0.45) * box.y + FLOAT(0.12) * box.x + FLOAT(rng.uniform(0, spacing))
    height = (along + FLOAT(spacing / 2)) % FLOAT(spacing) - FLOAT(spacing / 2)
    rib = (np.sqrt((height / FLOAT(6.5)) ** 2 + ((depth + FLOAT(4.3)) / FLOAT(4.0)) ** 2) - 1) * FLOAT(4.0)
    inside = (depth < 0) & (depth > -_WALL_MM)
    free = p.EMPTY
    canvas.paint(box, depth < -_WALL_MM, p.part_number("lung"), onto=free)
    canvas.paint(box, rib < 0, p.part_number("rib_cortex"), onto=free)
    canvas.paint(box, rib < -1.2, p.part_number("rib_marrow"), onto=p.members("rib_cortex"))
    canvas.paint(box, inside & (rib < 1.0), p.part_number("thin_fascia"), onto=free)
    fat = noise(box, rng, 4.2, above=0.9)
    canvas.paint(box, inside & fat, p.part_number("intermuscular_fat"), onto=free)
    canvas.paint(box, inside, p.part_number("muscle_b"), onto=free)
