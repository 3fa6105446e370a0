"""Tears of supraspinatus, infraspinatus and subscapularis, partial to retracted.

Full tears of the supraspinatus are 16.3 ± 12.1 mm wide and 17 ± 13 long, their front edge lies 7.8 ± 5.7 behind the
biceps (n = 360, PMC2945926). Stumps after Patte: at the footprint, over the head, at the glenoid (pacs.de). A
subscapularis tears from above downwards; a tear of the infraspinatus alone is rare. What part of partial tears lies on
which side, and all else, is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.shapes import Canvas, noise
from OrthoDiffusionLib.lab.phantom.shoulder import parts as p
from OrthoDiffusionLib.lab.phantom.shoulder.cuff import CuffTendon
from OrthoDiffusionLib.lab.phantom.shoulder.lesions.tendon_sheet import Sheet, sheet_of

SIDES = ("articular", "bursal", "intrasubstance")
_SIDE_SHARES = (0.55, 0.25, 0.2)


@dataclass(frozen=True)
class CuffTear:
    """What was drawn of one torn tendon.

    Attributes:
        grade: 1 partial, below half of the thickness; 2 above half, or full and small; 3 full, its stump retracted. Of
            the subscapularis the upper third, two thirds, the whole.
        side: of a partial tear, one of `SIDES`; "full" for one through the whole thickness.
        front_mm: from the tendon's first strand (in front, or above) to the tear's edge.
        width_mm: across the fibres.
        gap_mm: from the footprint to the stump; 0 for a partial one.
        centre_ras: canonical mm.
    """

    grade: int
    side: str
    front_mm: float
    width_mm: float
    gap_mm: float
    centre_ras: tuple[float, float, float]


def tear(
    canvas: Canvas, tendon: CuffTendon, middle: np.ndarray, grade: int, rng: np.random.Generator, *, back: bool = False
) -> CuffTear:
    """Tear one tendon.

    Args:
        middle: (3,) of the humeral head, canonical mm.
        back: whether the tear lies in the back of the tendon, beside another one there.
    """
    whole = p.members(f"{tendon.name}_tendon", *p.TENDINOSIS.get(tendon.name, ()))
    sheet = sheet_of(canvas, tendon, whole, middle)
    front, width = _EXTENT[tendon.name](sheet, grade, back, rng)
    full = tendon.name == "subscapularis" or grade == 3 or (grade == 2 and rng.random() < 0.5)
    if full:
        gap = _gap_mm(tendon, grade, rng)
        mask = _through(canvas, sheet, tendon.name, (front, width, gap), rng)
        side = "full"
    else:
        gap, side = 0.0, str(rng.choice(SIDES, p=_SIDE_SHARES))
        share = float(rng.uniform(*((0.3, 0.48), (0.58, 0.85))[grade - 1]))
        mask = _partly(canvas, sheet, tendon.name, (front, width, share), side, rng)
    return CuffTear(grade, side, front, width, gap, sheet.centre_ras(canvas, mask))


def _supraspinatus(sheet: Sheet, grade: int, back: bool, rng: np.random.Generator) -> tuple[float, float]:
    wanted = float(rng.normal(16.3, 12.1))
    width = float(np.clip(wanted, *((6, 11), (7, 13), (13, 24))[grade - 1]))
    front = float(np.clip(rng.normal(7.8, 5.7), 0.0, 26.0))
    most = max(sheet.width_mm - 0.7 * width, 0.0)
    return (most if back else min(front, most)), width


def _infraspinatus(sheet: Sheet, grade: int, back: bool, rng: np.random.Generator) -> tuple[float, float]:
    width = float(rng.uniform(*((6, 11), (8, 15), (15, 26))[grade - 1]))
    return float(rng.uniform(0, max(0.5 * (sheet.width_mm - width), 1.0))), width


def _subscapularis(sheet: Sheet, grade: int, back: bool, rng: np.random.Generator) -> tuple[float, float]:
    return 0.0, sheet.width_mm * float(rng.uniform(*((0.25, 0.36), (0.55, 0.72), (0.97, 1.05))[grade - 1]))


_EXTENT = {"supraspinatus": _supraspinatus, "infraspinatus": _infraspinatus, "subscapularis": _subscapularis}


def _gap_mm(tendon: CuffTendon, grade: int, rng: np.random.Generator) -> float:
    """From the footprint to the stump: at the footprint, over the head, or at the glenoid."""
    low, high = ((5, 9), (8, 15), (18, 42))[grade - 1]
    return float(min(rng.uniform(low, high), 0.8 * tendon.length_mm))


def _through(
    canvas: Canvas, sheet: Sheet, name: str, extent: tuple[float, float, float], rng: np.random.Generator
) -> np.ndarray:
    """A gap of fluid and scar through the whole thickness, with frayed edges and a thick stump."""
    front, width, gap = extent
    # Rounded towards the muscle: the middle of the edge is drawn back the farthest.
    from_middle = np.abs(sheet.across_mm - front - width / 2) / (width / 2)
    if name == "subscapularis":
        from_middle = np.clip((sheet.across_mm - front) / width, 0, None)
    reach = gap * np.clip(1.25 - 0.55 * from_middle**2, 0, 1) + 1.2 * sheet.noise(rng, 2.2)
    foot = float(rng.uniform(-1.0, 3.0))
    hole = (from_middle < 1) & (sheet.along_mm > foot + 0.8 * sheet.noise(rng, 1.6)) & (sheet.along_mm < reach)
    edge = (from_middle < 1 + 3.5 / width) & (sheet.along_mm < reach + float(rng.uniform(6, 11))) & ~hole
    edge &= sheet.noise(rng, 1.6) > -0.7
    sheet.paint(canvas, edge, p.part_number(f"torn_{name}_tendon"))
    sheet.paint(canvas, hole, p.part_number(f"{name}_gap"))
    # Old ones hold scar as well as fluid.
    scar = hole & (sheet.noise(rng, 2.2) > float(rng.uniform(0.4, 2.2)))
    sheet.paint(canvas, scar, p.part_number(f"torn_{name}_tendon"))
    return hole


def _partly(
    canvas: Canvas, sheet: Sheet, name: str, extent: tuple[float, float, float], side: str, rng: np.random.Generator
) -> np.ndarray:
    """Fluid in a part of the thickness, at the footprint's medial half."""
    front, width, share = extent
    level = 2 * share - 1
    middle = float(rng.uniform(6, 12)) if side != "bursal" else float(rng.uniform(5, 14))
    long_ = float(rng.uniform(5, 9))
    away = ((sheet.across_mm - front - width / 2) / (width / 2)) ** 2 + ((sheet.along_mm - middle) / long_) ** 2
    inside = away + 0.35 * sheet.noise(rng, 2.2) < 1
    rough = 0.25 * sheet.noise(rng, 1.6)
    if side == "articular":
        inside &= sheet.depth < level + rough
    elif side == "bursal":
        inside &= sheet.depth > -level + rough
    else:
        inside &= np.abs(sheet.depth) < share + 0.5 * rough
    sheet.paint(canvas, inside, p.part_number(f"torn_{name}_tendon"))
    wet = inside & (sheet.noise(rng, 1.6) > -0.6)
    sheet.paint(canvas, wet, p.part_number(f"{name}_gap"))
    return inside


def fatten(canvas: Canvas, name: str, amount: float, rng: np.random.Generator) -> None:
    """Streaks of fat in a muscle, as after a tear that is old, and in old people without one.

    Args:
        amount: 0 for none to 1 for as much fat as muscle.
    """
    # The four muscles lie medial of the head, down to the end of the picture.
    part = canvas.box(canvas.frame.lo_mm, (20.0, 50.0, 50.0))
    streaks = noise(part, rng, 3.0, sheets=0.06 + 0.5 * amount)
    canvas.paint(part, streaks, p.part_number(f"{name}_fat"), onto=p.members(f"{name}_muscle"))
