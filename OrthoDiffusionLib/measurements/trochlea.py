"""The trochlea of the femur in one axial slice: sulcus angle, depth, lateral inclination, and the groove's floor."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.measurements.limb_frame import LimbFrame, limb_frame
from OrthoDiffusionLib.measurements.measuring import BORDER_MM, Measuring, NotMeasurable
from OrthoDiffusionLib.measurements.method import Parts, PointMethod
from OrthoDiffusionLib.measurements.posterior_line import MEDIAL, angle_to_line, condyle_points, to_front
from OrthoDiffusionLib.measurements.sections import STEP_MM, section
from OrthoDiffusionLib.measurements.vectors import Points, between, unit
from OrthoDiffusionLib.messages import Message

HEIGHT_MM = 30.0
"""Above the lower end of the femur, where the groove is at its deepest and both facets bear cartilage."""

LEAST_DEPTH_MM, SHALLOW_MM = 1.5, 3.0
"""A groove flatter than the first has no floor whose place could be told; up to the second its place is unsure.

Of drawn grooves that were filled up, with outlines off by a third of a millimetre, more than half of the floors were
more than 2 mm away below the first, up to a quarter between the two, and 6 % at the second.
"""

_HALF_SLAB_MM = 2.0
_REACH_MM = 36.0
_FLOOR_WINDOW_MM = 9.0
_FACET_MM = 10.0
_MIDDLE_MM = 22.0
_LEAST_HOLLOW_MM = 0.3
_LEAST_WIDTH_MM = 15.0


@dataclass(frozen=True, eq=False)
class Trochlea:
    """The groove in one axial slice.

    Attributes:
        limb: the frame that places are given in.
        medial, floor, lateral: (3,) top of the medial facet, floor of the groove, top of the lateral facet: where a
            straight edge touches both facets, and the place farthest behind it.
        inner, outer: (3,) ends of the straight line that fits the lateral facet where it is steepest.
        hollow_mm: of the floor behind that edge.
    """

    limb: LimbFrame
    medial: np.ndarray
    floor: np.ndarray
    lateral: np.ndarray
    inner: np.ndarray
    outer: np.ndarray
    hollow_mm: float

    def point(self, place: np.ndarray) -> np.ndarray:
        """(3,) a place as a point of the right joint."""
        return self.limb.frame.to_points(place)


def trochlea(measuring: Measuring, upper: str, lower: str) -> Trochlea:
    """Look at the front of the femur from medial to lateral.

    Raises:
        NotMeasurable: if the slice was not imaged or shows no groove between two facets.
    """
    limb = measuring.once(limb_frame, upper, lower)
    cut = section(
        measuring, upper, limb.frame, across=2, at_mm=HEIGHT_MM, half_mm=_HALF_SLAB_MM,
        first_mm=(-_REACH_MM, _REACH_MM), second_mm=(20.0, 90.0),
    )  # fmt: skip
    mask = cut.mask
    if not mask.any():
        raise NotMeasurable(Message("not_measured", "cut_off", {"structure": measuring.title(upper)}))
    foremost = mask.shape[1] - 1 - mask[:, ::-1].argmax(axis=1)
    front = np.where(mask.any(axis=1), cut.second[foremost], np.nan)
    x, front = cut.first[2:-2], _smoothed(front)
    medial, floor, lateral, hollow = _tops_and_floor(measuring, upper, x, front)
    floor_x, floor_y = _floor(x, front, medial, floor, lateral)
    facet = _facet(x, front, floor, lateral)
    if facet is None:
        raise NotMeasurable(Message("not_measured", "unclear", {"structure": measuring.title(upper)}))
    inner, outer = facet
    places = [np.array([a, b, HEIGHT_MM]) for a, b in (
        (x[medial], front[medial]), (floor_x, floor_y), (x[lateral], front[lateral]), inner, outer,
    )]  # fmt: skip
    measuring.need_seen(upper, limb.frame.to_points(np.stack(places) + np.array([0.0, BORDER_MM, 0.0])))
    top, deepest, outer_top, facet_start, facet_end = places
    return Trochlea(limb, top, deepest, outer_top, facet_start, facet_end, hollow)


def _smoothed(values: np.ndarray) -> np.ndarray:
    """Mean over five places, (N,) to (N - 4,); nan where one of them is."""
    return np.lib.stride_tricks.sliding_window_view(values, 5).mean(axis=1)


def _tops_and_floor(measuring: Measuring, bone: str, x: np.ndarray, front: np.ndarray) -> tuple[int, int, int, float]:
    """Which places are the medial top, the floor and the lateral top, and how deep the hollow is, mm.

    The tops are where a straight edge laid on from the front touches both facets, with the deepest hollow under it; the
    floor is the place of that hollow farthest from it. A medial side that only falls off is no groove.
    """
    hull: list[int] = []
    for i in map(int, np.flatnonzero(np.isfinite(front))):
        while len(hull) > 1 and _below(x, front, hull[-2], hull[-1], i):
            hull.pop()
        hull.append(i)
    best = (0.0, 0, 0, 0)
    for medial, lateral in itertools.pairwise(hull):
        under = _edge(x, front, medial, lateral) - front[medial : lateral + 1]
        floor = medial + int(np.nanargmax(under))
        wide = x[lateral] - x[medial] >= _LEAST_WIDTH_MM
        if wide and abs(x[floor]) <= _MIDDLE_MM and under[floor - medial] > best[0]:
            best = (float(under[floor - medial]), medial, floor, lateral)
    if best[0] < _LEAST_HOLLOW_MM:
        raise NotMeasurable(Message("not_measured", "flat_groove", {"depth_mm": best[0]}))
    return *best[1:], best[0]


def _below(x: np.ndarray, front: np.ndarray, a: int, b: int, c: int) -> bool:
    """Whether b lies on or behind the line from a to c."""
    return (x[b] - x[a]) * (front[c] - front[a]) - (front[b] - front[a]) * (x[c] - x[a]) >= 0


def _edge(x: np.ndarray, front: np.ndarray, medial: int, lateral: int) -> np.ndarray:
    """The straight edge over two places, at all places between them."""
    return np.interp(x[medial : lateral + 1], x[[medial, lateral]], front[[medial, lateral]])


def _floor(x: np.ndarray, front: np.ndarray, medial: int, floor: int, lateral: int) -> tuple[float, float]:
    """The vertex of a parabola through the middle of the hollow: its flat floor alone would tell no place."""
    edge = np.interp(x, x[[medial, lateral]], front[[medial, lateral]])
    near = np.flatnonzero(np.abs(x - x[floor]) <= _FLOOR_WINDOW_MM)
    near = near[(near >= medial) & (near <= lateral) & np.isfinite(front[near])]
    place = float(x[floor])
    if len(near) >= 5:
        bend, tilt, _ = np.polyfit(x[near] - x[floor], (front - edge)[near], 2)
        if bend > 1e-4 and abs(shift := -tilt / (2 * bend)) <= _FLOOR_WINDOW_MM:
            place += float(shift)
    return place, float(np.interp(place, x[near], front[near])) if len(near) else float(front[floor])


def _facet(
    x: np.ndarray, front: np.ndarray, floor: int, lateral: int
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Two ends of the line that fits the steepest 10 mm of the facet between floor and top, or all of a shorter one.

    None where nowhere so much of it is without gaps.
    """
    wide = min(_FACET_MM, float(x[lateral] - x[floor]))
    count = max(3, round(wide / STEP_MM) + 1)
    facet = front[floor : max(lateral, floor + count - 1) + 1]
    if len(facet) < count:
        return None
    windows = np.lib.stride_tricks.sliding_window_view(facet, count)
    along = (np.arange(count) - (count - 1) / 2) * STEP_MM
    slopes = windows @ along / (along @ along)
    if not np.isfinite(slopes).any():
        return None
    best = int(np.nanargmax(slopes))
    middle, height = float(x[floor + best] + along[-1]), float(windows[best].mean())
    reach = float(along[-1])
    return (middle - reach, height - slopes[best] * reach), (middle + reach, height + slopes[best] * reach)


def _of(measuring: Measuring, parts: Parts) -> Trochlea:
    return measuring.once(trochlea, parts["upper"], parts["lower"])


def find_sulcus(measuring: Measuring, parts: Parts) -> dict[str, np.ndarray]:
    """The two tops and the floor."""
    found = _of(measuring, parts)
    places = {"medial_facet_top": found.medial, "groove_floor": found.floor, "lateral_facet_top": found.lateral}
    return {role: found.point(place) for role, place in places.items()}


def sulcus_angle(points: Points) -> float:
    """Degrees at the floor between both tops; 180 is flat."""
    one, other = (unit(between(points, "groove_floor", role)) for role in ("medial_facet_top", "lateral_facet_top"))
    return float(np.degrees(np.arccos(np.clip(one @ other, -1.0, 1.0))))


def find_depth(measuring: Measuring, parts: Parts) -> dict[str, np.ndarray]:
    """The same three, with the posterior condylar line in their slice."""
    return {**condyle_points(_of(measuring, parts).limb, HEIGHT_MM), **find_sulcus(measuring, parts)}


def depth(points: Points) -> float:
    """mm, ((A + C) / 2) − B of the distances from the posterior condylar line (PMC9174504)."""
    roles = ("medial_facet_top", "groove_floor", "lateral_facet_top")
    front = to_front(points, *roles)
    medial, floor, lateral = (float(between(points, MEDIAL, role) @ front) for role in roles)
    return (medial + lateral) / 2 - floor


def find_inclination(measuring: Measuring, parts: Parts) -> dict[str, np.ndarray]:
    """The lateral facet's line, with the posterior condylar line in its slice."""
    found = _of(measuring, parts)
    facet = {"lateral_facet_inner": found.point(found.inner), "lateral_facet_outer": found.point(found.outer)}
    return {**condyle_points(found.limb, HEIGHT_MM), **facet}


def inclination(points: Points) -> float:
    """Degrees, positive where the facet rises to its lateral edge."""
    return angle_to_line(points, "lateral_facet_inner", "lateral_facet_outer")


SULCUS_ANGLE = PointMethod(find_sulcus, sulcus_angle)
DEPTH = PointMethod(find_depth, depth)
INCLINATION = PointMethod(find_inclination, inclination)
