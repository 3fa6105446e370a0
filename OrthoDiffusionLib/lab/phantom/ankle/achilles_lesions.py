"""Rupture of the Achilles tendon, and tendinosis, which alone is no rupture.

Complete: a gap about 4 cm above the insertion, frayed ends, fluid in it, oedema of Kager's fat, a wavy lower stump;
partial: bright lines in a thick tendon (radsource.us); tendinosis: fusiform and grey, 11.2 ± 3.3 mm thick against
4.9 ± 0.5 in controls (n = 81, Szaro). The tendon is poorest in vessels 2 to 6 cm above its insertion. Other
millimetres are assumed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.ankle import parts as p
from OrthoDiffusionLib.lab.phantom.engine.cords import Course, course_box, distance_to
from OrthoDiffusionLib.lab.phantom.engine.pockets import pocket_box, ragged
from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Canvas, noise

_AROUND = p.LOOSE | p.members("deep_fascia")
_TENDON = p.members("achilles_tendon", "achilles_tendinosis")


@dataclass(frozen=True)
class AchillesLesion:
    """What was drawn of a rupture.

    Attributes:
        grade: 1 partial, 2 complete with a small gap, 3 with ends drawn apart.
        above_insertion_mm: height of its middle above the insertion.
        gap_mm: between the ends; 0 for a partial one.
        centre_ras: canonical mm.
    """

    grade: int
    above_insertion_mm: float
    gap_mm: float
    centre_ras: tuple[float, float, float]


def thicken(canvas: Canvas, line: Course, rng: np.random.Generator, *, most: float = 2.6) -> None:
    """Tendinosis: a spindle in the middle of the tendon, grey inside."""
    middle = _place(line, float(rng.uniform(25, 55)))
    half = float(rng.uniform(16, 32))
    factor = float(rng.uniform(1.5, most))
    swollen = _spindle(line, middle[2], half, factor)
    box = course_box(canvas, swollen, 4.0)
    near = np.abs(box.z - FLOAT(middle[2])) < half * 1.2
    inside = distance_to(box, swollen) < 0
    canvas.paint(box, inside & near, p.part_number("achilles_tendon"), onto=_AROUND)
    depth = distance_to(box, swollen, thicker=0.72, wider=0.8) + FLOAT(0.5) * noise(box, rng, 2.2) < 0
    grey = depth & near & (noise(box, rng, 2.2) > FLOAT(rng.uniform(-1.2, 0.3)))
    canvas.paint(box, grey, p.part_number("achilles_tendinosis"), onto=p.members("achilles_tendon"))


def rupture(canvas: Canvas, line: Course, grade: int, rng: np.random.Generator) -> AchillesLesion:
    """A partial or complete rupture 2 to 6 cm above the insertion."""
    above = float(np.clip(rng.normal(40, 10), 20, 60))
    middle = _place(line, above)
    gap = 0.0 if grade == 1 else float(rng.uniform(*((4, 11), (12, 32))[grade - 2]))
    half = float(rng.uniform(*((9, 16), (12, 20), (16, 26))[grade - 1])) + gap / 2
    swollen = _spindle(line, middle[2], half, float(rng.uniform(1.35, 2.0)))
    if grade == 3:
        swollen = _wavy_below(swollen, middle[2] - gap / 2, rng)
    box = course_box(canvas, swollen, 6.0)
    near = np.abs(box.z - FLOAT(middle[2])) < half + FLOAT(2.0) * noise(box, rng, 3.0)
    inside = distance_to(box, swollen) + FLOAT(0.5) * noise(box, rng, 2.2) < 0
    view = canvas.view(box)
    old = _TENDON[view] & near
    if grade == 1:
        # Bright lines along the fibres, most of them on one side; the rest holds.
        side = FLOAT(rng.choice([-1.0, 1.0]))
        part = (box.x - FLOAT(middle[0])) * side > FLOAT(rng.uniform(-3.5, 0.5))
        lines = noise(box, rng, 1.6) + FLOAT(0.5) * noise(box, rng, 4.2) > FLOAT(rng.uniform(-0.6, 0.0))
        view[inside & near & _AROUND[view]] = p.part_number("achilles_tendinosis")
        view[(old | (inside & near)) & part & lines & (_TENDON[view])] = p.part_number("torn_achilles_tendon")
    else:
        frayed = noise(box, rng, 1.6) > -1.1
        view[(old | (inside & near & _AROUND[view])) & frayed] = p.part_number("torn_achilles_tendon")
        ends = FLOAT(gap / 2) + FLOAT(2.6) * noise(box, rng, 1.6)
        hole = (np.abs(box.z - FLOAT(middle[2])) < ends) & (old | inside)
        hole &= _TENDON[view] | _AROUND[view] | p.members("torn_achilles_tendon")[view]
        view[hole] = p.part_number("achilles_gap")
    _haze(canvas, middle, half, grade, rng)
    x, y, z = middle.tolist()
    return AchillesLesion(grade, above, gap, (x, y, z))


def _place(line: Course, above_mm: float) -> np.ndarray:
    """(3,) the place of a course so far above the calcaneal end of it (its insertion's middle)."""
    z = line.points[:, 2]
    order = np.argsort(z)
    height = -47.5 + (line.points[-1, 2] + 60.0) + above_mm
    return np.array([np.interp(height, z[order], line.points[order, n]) for n in range(3)])


def _spindle(line: Course, z: float, half_mm: float, factor: float) -> Course:
    bulge = np.exp(-(((line.points[:, 2] - z) / half_mm) ** 2))
    return Course(
        line.points, line.thick * (1 + (factor - 1) * bulge), line.wide * (1 + 0.25 * (factor - 1) * bulge), line.across
    )


def _wavy_below(line: Course, z: float, rng: np.random.Generator) -> Course:
    points = line.points.copy()
    below = np.clip((z + 4 - points[:, 2]) / 10, 0, 1) * np.clip((points[:, 2] + 42) / 12, 0, 1)
    points[:, 1] += float(rng.uniform(1.5, 3.0)) * below * np.sin(points[:, 2] / 4.5 + rng.uniform(0, 6))
    return Course(points, line.thick, line.wide, line.across)


def _haze(canvas: Canvas, middle: np.ndarray, half: float, grade: int, rng: np.random.Generator) -> None:
    """Oedema of Kager's fat and round the tendon."""
    radii = np.array([12.0, (7.0, 10.0, 13.0)[grade - 1], half * 1.15]) * rng.uniform(0.85, 1.15, 3)
    centre = middle + np.array([-1.0, 4.0, 0.0])
    box = pocket_box(canvas, centre, radii, grown=1.3, margin_mm=0.0)
    cloud = ragged(box, centre, radii, rng, (2.0, 3.0)) < 0
    wet = noise(box, rng, 2.2) > FLOAT((0.7, 0.1, -0.4)[grade - 1])
    fat = p.members("kager_fat_pad", "kager_septum")
    canvas.paint(box, cloud & wet, p.part_number("achilles_oedema"), onto=fat)
    other = p.members("subcutaneous_fat", "intermuscular_fat", "thin_fascia", "fat_septum")
    canvas.paint(box, cloud & wet, p.part_number("soft_tissue_oedema"), onto=other)
