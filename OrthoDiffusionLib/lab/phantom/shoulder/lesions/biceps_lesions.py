"""Injuries of the long head of the biceps: thin or split, hardly anything left, out of its groove, torn.

Types after BMC 2019 2654: hourglass, below half, above half, complete. An empty groove is a rupture or a dislocation;
fluid in its sheath alone is mostly effusion and none of these. Millimetres are assumed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.cords import Course, course_box, paint_course
from OrthoDiffusionLib.lab.phantom.engine.shapes import Canvas
from OrthoDiffusionLib.lab.phantom.shoulder import parts as p
from OrthoDiffusionLib.lab.phantom.shoulder.lesions.tendon_sheet import Sheet, cord_of
from OrthoDiffusionLib.lab.phantom.shoulder.skeleton import Skeleton

_SOFT = p.LOOSE | p.members("sheath_fluid", "joint_fluid", "bursa", "subscapularis_tendon", "deltoid_muscle")


@dataclass(frozen=True)
class BicepsLesion:
    """What was drawn.

    Attributes:
        grade: 1 to 3.
        kind: "thin", "split", "remnant", "subluxed" or "torn".
        centre_ras: canonical mm, in the groove or where the tendon has gone to.
    """

    grade: int
    kind: str
    centre_ras: tuple[float, float, float]


def injure_biceps(
    canvas: Canvas,
    skeleton: Skeleton,
    line: Course,
    groove: float,
    grade: int,
    rng: np.random.Generator,
    *,
    cuff_torn: bool = False,
) -> BicepsLesion:
    """Injure the tendon about its pulley and in its groove.

    Args:
        groove: share of its length at which it enters the groove.
        cuff_torn: whether the subscapularis is torn: then it is more often out of its groove.
    """
    sheet = cord_of(
        canvas, line, course_box(canvas, line, 3.0), p.members("long_head_of_biceps"), _outward(skeleton, line, groove)
    )
    entry = groove * line.length_mm
    if grade == 1:
        kind = str(rng.choice(["thin", "split"]))
        where = _between(sheet, entry + float(rng.uniform(-14, -4)), entry + float(rng.uniform(12, 26)))
        _thin(canvas, sheet, where, 0.62, rng) if kind == "thin" else _split(canvas, sheet, where, rng)
    elif grade == 2 and rng.random() >= (0.7 if cuff_torn else 0.4):
        kind = "remnant"
        where = _between(sheet, entry + float(rng.uniform(-18, -8)), entry + float(rng.uniform(16, 30)))
        _thin(canvas, sheet, where, 0.36, rng)
        _split(canvas, sheet, where, rng)
    elif grade == 2:
        return _sublux(canvas, skeleton, sheet, line, entry, rng)
    else:
        kind = "torn"
        where = _between(sheet, float(rng.uniform(-1, 8)), entry + float(rng.uniform(32, 48)))
        sheet.paint(canvas, where, p.part_number("biceps_gap"))
        fat = where & (sheet.along_mm > entry) & (sheet.noise(rng, 3.0) > float(rng.uniform(-0.2, 1.2)))
        sheet.paint(canvas, fat, p.part_number("biceps_bed"))
        below = _between(sheet, float(sheet.along_mm[where].max(initial=entry)), 1e3)
        stump = below & (sheet.along_mm < sheet.along_mm[where].max(initial=entry) + 18)
        sheet.paint(canvas, stump, p.part_number("torn_long_head_of_biceps"))
    return BicepsLesion(grade, kind, sheet.centre_ras(canvas, where & (sheet.along_mm > entry - 15)))


def _outward(skeleton: Skeleton, line: Course, groove: float) -> np.ndarray:
    """(3,) the way out of the groove."""
    way = line.at(groove) - skeleton.head_centre
    way -= (way @ skeleton.arm[2]) * skeleton.arm[2]
    return way / np.linalg.norm(way)


def _between(sheet: Sheet, low: float, high: float) -> np.ndarray:
    return (sheet.along_mm > low) & (sheet.along_mm < high)


def _thin(canvas: Canvas, sheet: Sheet, where: np.ndarray, left: float, rng: np.random.Generator) -> None:
    """Fluid instead of the outer part; `left` of its thickness stays, grey."""
    lost = where & (sheet.depth > 2 * left - 1 + 0.15 * sheet.noise(rng, 1.6))
    grey = where & ~lost & (sheet.noise(rng, 1.6) > -0.5)
    sheet.paint(canvas, grey, p.part_number("torn_long_head_of_biceps"))
    sheet.paint(canvas, lost, p.part_number("biceps_gap"))


def _split(canvas: Canvas, sheet: Sheet, where: np.ndarray, rng: np.random.Generator) -> None:
    """A line of fluid along its fibres."""
    middle = float(rng.uniform(-0.25, 0.25))
    sheet.paint(canvas, where & (np.abs(sheet.depth - middle) < 0.75), p.part_number("torn_long_head_of_biceps"))
    sheet.paint(canvas, where & (np.abs(sheet.depth - middle) < 0.34), p.part_number("biceps_gap"))


def _sublux(
    canvas: Canvas, skeleton: Skeleton, sheet: Sheet, line: Course, entry: float, rng: np.random.Generator
) -> BicepsLesion:
    """Out of its groove to medial, over or into the subscapularis, and back into its bed farther down."""
    start, stop = entry - float(rng.uniform(6, 12)), entry + float(rng.uniform(24, 34))
    where = _between(sheet, start, stop)
    sheet.paint(canvas, where, p.part_number("biceps_gap"))
    sheet.paint(canvas, where & (sheet.noise(rng, 3.0) > 0.2), p.part_number("biceps_bed"))
    steps = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line.points, axis=0), axis=1))])
    share = np.clip((steps - start) / (stop - start), 0, 1)
    moved = np.sin(np.pi * share)[:, None] ** 0.7
    aside = skeleton.arm[0] * float(rng.uniform(7, 12)) + skeleton.arm[1] * float(rng.uniform(3.0, 5.5))
    near = (steps > start - 6) & (steps < stop + 6)
    course = Course(line.points[near] + (moved * aside)[near], line.thick[near], line.wide[near], line.across)
    paint_course(canvas, course, p.part_number("moved_long_head_of_biceps"), _SOFT | p.members("biceps_gap"))
    x, y, z = course.at(0.5).tolist()
    return BicepsLesion(2, "subluxed", (x, y, z))
