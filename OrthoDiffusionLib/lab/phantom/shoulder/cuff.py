"""The rotator cuff of a digital shoulder: footprints on the tuberosities, tendons laid over the turned head.

Footprints, length by width (Curtis 2006, n = 20): subscapularis 40 × 20, supraspinatus 23 × 16, infraspinatus
29 × 19, teres minor 29 × 21. A tendon is a sheet of strands side by side; each is the shortest course from its place on
the footprint over head and cartilage to its muscle (`engine/taut.py`).

For lesions: `CuffTendon.strands` are courses from the footprint (share 0) to the muscle (share 1), ordered from front
to back for the supraspinatus, from above downwards for the others; `CuffTendon.distance` is the field of the whole
tendon over any box; `CuffTendon.place` gives a place by its share along and across; `CuffTendon.footprint` is the row
of the strands' ends on bone, which lie at the lateral edge of the footprint.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.cords import Course, paint_course
from OrthoDiffusionLib.lab.phantom.engine.draws import size_factor
from OrthoDiffusionLib.lab.phantom.engine.shapes import Box, Canvas, points_box, ribbon
from OrthoDiffusionLib.lab.phantom.engine.taut import outermost, taut
from OrthoDiffusionLib.lab.phantom.shoulder import parts as p
from OrthoDiffusionLib.lab.phantom.shoulder.humerus import obstacle
from OrthoDiffusionLib.lab.phantom.shoulder.skeleton import Skeleton

_OVER_CARTILAGE_MM = 0.35
_POINTS = 13


@dataclass(frozen=True)
class _Plan:
    """A tendon of a usual shoulder.

    Attributes:
        ends: of each strand on the humerus: degrees round the shaft from the head's side over the front, and degrees
            above the horizontal, both seen from the middle of the head.
        muscle: (x, y, z) where each strand becomes muscle, canonical mm.
        width_mm: of the footprint across the strands.
    """

    ends: tuple[tuple[float, float], ...]
    muscle: tuple[tuple[float, float, float], ...]
    width_mm: float


PLANS: dict[str, _Plan] = {
    "supraspinatus": _Plan(
        ((129, 29), (141, 30), (153, 30), (165, 29), (176, 27)),
        ((-6, 7, 27), (-8, 3, 30), (-9, -2, 31), (-10, -7, 30), (-10, -11, 28)),
        23.0,
    ),
    "infraspinatus": _Plan(
        ((183, 26), (193, 23), (203, 17), (212, 9), (220, -1)),
        ((-12, -20, 17), (-14, -22, 10), (-15, -23, 2), (-15, -23, -6), (-14, -22, -13)),
        29.0,
    ),
    "teres_minor": _Plan(
        ((221, -2), (228, -14), (233, -27), (236, -40)),
        ((-12, -20, -20), (-13, -20, -25), (-14, -19, -30), (-14, -18, -35)),
        25.0,
    ),
    "subscapularis": _Plan(
        ((97, 22), (98, 10), (99, -4), (99, -18), (99, -33), (98, -47)),
        ((-10, 19, 14), (-13, 20, 8), (-15, 20, 1), (-16, 20, -6), (-16, 19, -13), (-14, 17, -20)),
        40.0,
    ),
}


@dataclass(frozen=True, eq=False)
class CuffTendon:
    """One tendon of the cuff as it was painted.

    Attributes:
        name: "supraspinatus" and so on.
        strands: from the footprint to the muscle, side by side.
        thick_mm: of the tendon.
    """

    name: str
    strands: tuple[Course, ...]
    thick_mm: float

    @property
    def footprint(self) -> np.ndarray:
        """(N, 3) where the strands end on the humerus, canonical mm."""
        return np.array([strand.points[0] for strand in self.strands])

    @property
    def length_mm(self) -> float:
        """From footprint to muscle, of the middle strand."""
        return self.strands[len(self.strands) // 2].length_mm

    def place(self, along: float, across: float) -> np.ndarray:
        """(3,) a place in the middle of the tendon's thickness.

        Args:
            along: 0 at the footprint's lateral edge, 1 at the muscle.
            across: 0 at the first strand, 1 at the last.
        """
        position = float(np.clip(across, 0, 1)) * (len(self.strands) - 1)
        first = min(int(position), len(self.strands) - 2)
        share = position - first
        return (1 - share) * self.strands[first].at(along) + share * self.strands[first + 1].at(along)

    def box(self, canvas: Canvas, margin_mm: float = 2.0) -> Box:
        """The smallest box that holds it with a margin."""
        points = np.concatenate([strand.points for strand in self.strands])
        return points_box(canvas, points, self.thick_mm + margin_mm)

    def distance(self, box: Box, *, thicker: float = 1.0) -> np.ndarray:
        """Distance over a box to its middle sheet of strands, mm, negative inside."""
        fields = (ribbon(box, one.points, one.thick * thicker, one.wide, one.across) for one in self.strands)
        return reduce(np.minimum, fields)


def lay_tendon(name: str, skeleton: Skeleton, rng: np.random.Generator) -> CuffTendon:
    """Lay one tendon over the head of this person."""
    plan, sizes = PLANS[name], skeleton.sizes
    thick = {
        "supraspinatus": sizes.supraspinatus_mm,
        "infraspinatus": sizes.infraspinatus_mm,
        "teres_minor": sizes.teres_minor_mm,
        "subscapularis": sizes.subscapularis_mm,
    }[name]
    away = obstacle(skeleton)
    ends = footprint(name, skeleton)
    muscle = np.array(plan.muscle, dtype=float) * sizes.size + rng.normal(0, 0.4, 3)
    rows = []
    for end, goal in zip(ends, muscle, strict=True):
        line = taut(end, goal, skeleton.head_centre, away, thick / 2 + _OVER_CARTILAGE_MM)
        along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
        # It grows out of the bone over the width of the footprint, and thins where the muscle takes over.
        shape = np.interp(along, [0, 5, 11, along[-1] - 8, along[-1]], [0.5, 0.85, 1.0, 0.95, 0.55])
        rows.append(_spaced(np.column_stack([line, thick / 2 * shape])))
    return CuffTendon(name, _side_by_side(np.array(rows), 0.9 * size_factor(rng, 0.05)), thick)


def _side_by_side(rows: np.ndarray, overlap: float) -> tuple[Course, ...]:
    """Strands (M, N, 4) of a place and half a thickness, each as broad as its neighbours are far off."""
    last = len(rows) - 1
    strands = []
    for n, row in enumerate(rows):
        before, after = max(n - 1, 0), min(n + 1, last)
        across = rows[after, :, :3] - rows[before, :, :3]
        apart = np.linalg.norm(across, axis=1)
        wide = np.maximum(overlap * apart / (after - before), 1.8)
        strands.append(Course(row[:, :3], row[:, 3], wide, across / apart[:, None]))
    return tuple(strands)


def footprint(name: str, skeleton: Skeleton) -> np.ndarray:
    """(N, 3) the lateral edge of a footprint on this person's humerus, canonical mm, one place a strand."""
    round_, up = np.deg2rad(np.array(PLANS[name].ends)).T
    own = np.column_stack([np.cos(round_) * np.cos(up), np.sin(round_) * np.cos(up), np.sin(up)])
    return outermost(skeleton.head_centre, own @ skeleton.arm, obstacle(skeleton), 0.3)


def _spaced(rows: np.ndarray) -> np.ndarray:
    """(_POINTS, N) the same course with places at equal shares of its length."""
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(rows[:, :3], axis=0), axis=1))])
    wanted = np.linspace(0, along[-1], _POINTS)
    return np.column_stack([np.interp(wanted, along, rows[:, n]) for n in range(rows.shape[1])])


def paint_cuff(canvas: Canvas, skeleton: Skeleton, rng: np.random.Generator) -> dict[str, CuffTendon]:
    """All four tendons; returns them by name."""
    tendons = {
        name: lay_tendon(name, skeleton, rng)
        for name in ("supraspinatus", "subscapularis", "infraspinatus", "teres_minor")
    }
    for name, tendon in tendons.items():
        for strand in tendon.strands:
            paint_course(canvas, strand, p.part_number(f"{name}_tendon"), p.FREE)
    return tendons
