"""Inflammation of the subacromial and subdeltoid bursa, and the fluid that is none.

Fluid is 1.3 mm thick on average, rarely above 2; above 3, medial of the acromioclavicular joint or before the humerus
it is abnormal (PubMed 16628056).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Box, Canvas, noise, signed_distance
from OrthoDiffusionLib.lab.phantom.shoulder import parts as p
from OrthoDiffusionLib.lab.phantom.shoulder.interior import bursa_depth
from OrthoDiffusionLib.lab.phantom.shoulder.skeleton import Skeleton

_SPACE = p.LOOSE | p.members("bursa", "bursal_fat", "deltoid_muscle", "air")
_CLOSED_MM = 2.4
_LEAST_SHARE = 0.3
THICKNESS_MM = ((3.1, 4.0), (4.0, 7.0), (7.0, 10.0))
"""Of the fluid, by grade."""


@dataclass(frozen=True)
class BursaLesion:
    """What was drawn.

    Attributes:
        grade: 1 to 3.
        thick_mm: of the fluid where it is thickest.
        centre_ras: canonical mm.
    """

    grade: int
    thick_mm: float
    centre_ras: tuple[float, float, float]


def inflame_bursa(canvas: Canvas, skeleton: Skeleton, grade: int, rng: np.random.Generator) -> BursaLesion:
    """Fluid of a thickness, its lining, and in the worst synovium that grows into it."""
    thick = float(rng.uniform(*THICKNESS_MM[grade - 1]))
    box, depth, share = _shape(canvas, skeleton, float(rng.uniform(0.0, 1.0)), rng)
    near = (depth > 0) & (share > _LEAST_SHARE)
    fluid = near & (depth < FLOAT(thick) * share)
    lining = near & (depth < FLOAT(thick) * share + FLOAT(0.5 + 0.35 * grade))
    canvas.paint(box, lining, p.part_number("bursal_synovium"), onto=_SPACE)
    canvas.paint(box, fluid, p.part_number("inflamed_bursa"), onto=_SPACE | p.members("bursal_synovium"))
    if grade == 3 or (grade == 2 and rng.random() < 0.4):
        fronds = fluid & (noise(box, rng, 2.2) > FLOAT(rng.uniform(0.3, 1.0)))
        canvas.paint(box, fronds, p.part_number("bursal_synovium"), onto=p.members("inflamed_bursa"))
    where = np.argwhere(p.members("inflamed_bursa")[canvas.view(box)]) + np.array(box.first)
    affine = canvas.frame.affine
    centre = affine[:3, :3] @ where.mean(axis=0) + affine[:3, 3] if len(where) else skeleton.head_centre
    x, y, z = centre.tolist()
    return BursaLesion(grade, thick, (x, y, z))


def wet_bursa(canvas: Canvas, skeleton: Skeleton, thick_mm: float, rng: np.random.Generator) -> None:
    """Fluid that is not enough for a bursitis, alone or with a torn cuff."""
    box, depth, share = _shape(canvas, skeleton, float(rng.uniform(0.0, 1.0)), rng)
    fluid = (depth > 0) & (share > _LEAST_SHARE) & (depth < FLOAT(thick_mm) * share)
    canvas.paint(box, fluid, p.part_number("bursa"), onto=p.LOOSE | p.members("air"))


def _shape(
    canvas: Canvas, skeleton: Skeleton, aside: float, rng: np.random.Generator
) -> tuple[Box, np.ndarray, np.ndarray]:
    """A box, how far outside head and cuff its places lie, and how much of the thickness is there, 0 to 1.

    Args:
        aside: where it is thickest: 0 lateral under the deltoid in front, 1 at the back.
    """
    box, depth = bursa_depth(canvas, skeleton)
    # Clefts between tendon and bone are no bursa: what is narrower than twice this is closed.
    depth = np.where(depth > 0, signed_distance(depth < _CLOSED_MM, canvas.frame.spacing_mm) + FLOAT(_CLOSED_MM), depth)
    r = skeleton.sizes.head_radius_mm
    x, y, z = skeleton.head_centre
    middle = (x + 0.75 * r, y + (0.5 - aside) * 0.9 * r, z + 0.35 * r)
    away = sum(
        ((axis - FLOAT(c)) / FLOAT(1.15 * r)) ** 2 for axis, c in zip((box.x, box.y, box.z), middle, strict=True)
    )
    share = np.clip(FLOAT(1.25) - away * FLOAT(0.75), 0, 1) * np.clip(1 + FLOAT(0.22) * noise(box, rng, 6.0), 0.4, 1.0)
    return box, depth, share.astype(FLOAT)
