"""Ligaments, tendons and sheets that tie the bones of a knee together, from landmark to landmark."""

from __future__ import annotations

import numpy as np

from . import parts as p
from .landmarks import KneeLandmarks
from .shapes import FLOAT, Canvas, band, cord, noise, points_box

_FREE = ~(p.CORE | p.FIRM)


def _factor(rng: np.random.Generator, sd: float = 0.1) -> float:
    return float(np.clip(rng.normal(1, sd), 1 - 2.2 * sd, 1 + 2.2 * sd))


def acl_points(marks: KneeLandmarks, rng: np.random.Generator, sag_mm: float = 0.0) -> np.ndarray:
    """Middle line of the anterior cruciate from femur to tibia, (N, 3) RAS mm."""
    start = marks.acl_femur + np.array([-1.0, 0, 0]) + rng.normal(0, 0.7, 3)
    end = marks.acl_tibia + np.array([0, 0, 0.5]) + rng.normal(0, 1.0, 3) * (1, 1, 0)
    t = np.linspace(0, 1, 5)[:, None]
    line = start + (end - start) * t
    bow = np.sin(np.pi * t) * np.array([-0.8, -0.6, -0.3 - sag_mm])
    return line + bow


def pcl_points(marks: KneeLandmarks, rng: np.random.Generator) -> np.ndarray:
    """Middle line of the posterior cruciate, arching back from the medial wall of the notch, (N, 3)."""
    s = marks.size
    start = marks.pcl_femur + np.array([1.5, 0, 0]) + rng.normal(0, 0.7, 3)
    end = marks.pcl_tibia + np.array([0, -0.5, 0])
    high = np.array([-3.0 * s, -13.5 * s, min(start[2] - 2.5 * s, 11 * s)]) + rng.normal(0, 1.0, 3)
    low = np.array([-0.5 * s, end[1] + 2.5 * s, 1.0 * s]) + rng.normal(0, 0.8, 3)
    knots = np.stack([start, high, low, end])
    t = np.linspace(0, 3, 10)
    return np.column_stack([np.interp(t, range(4), knots[:, n]) for n in range(3)])


def _bony_edge(edge: np.ndarray, canvas: Canvas, heights: np.ndarray, outward: int) -> np.ndarray:
    """x of the bone's surface at some heights, smoothed and never cutting a corner of it."""
    x = np.array([edge[canvas.frame.index(2, h)] for h in heights])
    good = np.isfinite(x)
    x = np.interp(heights, heights[good][np.argsort(heights[good])], x[good][np.argsort(heights[good])])
    padded = np.pad(x, 1, mode="edge")
    smooth = (padded[:-2] + padded[1:-1] + padded[2:]) / 3
    return np.where(outward * smooth > outward * x, smooth, x)


def mcl_points(canvas: Canvas, marks: KneeLandmarks) -> np.ndarray:
    """Middle line of the superficial medial collateral along the bones' medial face, (N, 3)."""
    s = marks.size
    heights = np.linspace(marks.medial_epicondyle[2], -54 * s, 12)
    x = _bony_edge(marks.medial_edge, canvas, heights, -1) - 1.0
    # Over the joint line it bridges the hollow that the meniscus fills.
    gap = (heights < 12 * s) & (heights > -10 * s)
    chord = np.interp(
        heights,
        [-10 * s, 12 * s],
        [np.interp(-10 * s, heights[::-1], x[::-1]), np.interp(12 * s, heights[::-1], x[::-1])],
    )
    x = np.where(gap, np.minimum(x, np.minimum(chord, marks.medial_plateau[0] - 18.2 * s)), x)
    y = np.interp(heights, [-54 * s, -10 * s, 24 * s], [5.0 * s, 0.0, marks.medial_epicondyle[1]])
    return np.column_stack([x, y, heights])


def lcl_points(marks: KneeLandmarks) -> np.ndarray:
    """Middle line of the lateral collateral from epicondyle to fibular head, (N, 3)."""
    start = marks.lateral_epicondyle + np.array([1.2, -1.0, 0])
    end = marks.fibular_head + np.array([4.5, 1.5, 2.0])
    t = np.linspace(0, 1, 6)[:, None]
    return start + (end - start) * t + np.sin(np.pi * t) * np.array([1.2, 0, 0])


def paint_cord(canvas: Canvas, points, radius: float, number: int, *, flare: float = 1.2) -> None:
    """A round ligament, a little thicker at both ends."""
    radii = radius * (1 + (flare - 1) * np.linspace(-1, 1, len(points)) ** 2)
    box = points_box(canvas, points, radius * flare + 2)
    canvas.paint(box, cord(box, points, radii) < 0, number, onto=_FREE)


def paint_band(canvas: Canvas, points, half_thickness: float, half_width: float, axis: int, number: int) -> None:
    """A flat ligament or tendon, its width along one axis."""
    box = points_box(canvas, points, half_width + 2)
    distance = band(box, points, half_thickness, half_width, axis)
    canvas.paint(box, distance < 0, number, onto=_FREE)


def paint_extensors(canvas: Canvas, marks: KneeLandmarks, rng: np.random.Generator) -> None:
    """Patellar tendon, quadriceps tendon and retinacula."""
    s = marks.size
    front = marks.patella_front
    low = marks.patella_bottom + np.array([0.5, 2.5, 2.0]) * s
    bump = marks.tuberosity + np.array([0, 1.5, 0])
    t = np.linspace(0, 1, 5)[:, None]
    line = low + (bump - low) * t + np.sin(np.pi * t) * np.array([0, rng.uniform(-0.5, 2.0), 0])
    paint_band(canvas, line, 2.3 * s * _factor(rng), 13 * s * _factor(rng), 0, p.part_number("patellar_tendon"))

    up = marks.patella_top + np.array([0, 1.5, -3.0]) * s
    shaft = marks.shaft_top
    end = np.array([shaft[0] + 1, max(shaft[1] + 27 * s, front - 20 * s), 116.0])
    t = np.linspace(0, 1, 7)[:, None]
    line = up + (end - up) * t + np.sin(np.pi * t) * np.array([0, rng.uniform(-2, 1), 0])
    for a, b, width in zip(line[:-1], line[1:], np.linspace(17, 9, 6) * s * _factor(rng), strict=True):
        paint_band(canvas, np.stack([a, b]), 3.0 * s * _factor(rng, 0.05), width, 0, p.part_number("quadriceps_tendon"))
    # A thin layer of tendon fibres runs over the patella.
    over = np.array(
        [[up[0], front + 0.8, marks.patella_top[2] - 5], [low[0], front + 0.8, marks.patella_bottom[2] + 5]]
    )
    paint_band(canvas, over, 0.9, 14 * s, 0, p.part_number("quadriceps_tendon"))

    for side, epicondyle in ((-1, marks.medial_epicondyle), (1, marks.lateral_epicondyle)):
        rim = marks.patella_centre + np.array([side * marks.patella_half_width * 0.95, -1.0, 3.0])
        middle = np.array([side * abs(epicondyle[0]) * 0.97, 17 * s, 22 * s])
        end = epicondyle + np.array([side * 1.0, 2.0, 2.0])
        t = np.linspace(0, 1, 7)
        line = np.column_stack([np.interp(t, [0, 0.55, 1], [rim[n], middle[n], end[n]]) for n in range(3)])
        paint_band(canvas, line, 0.65 * _factor(rng), 15 * s, 2, p.part_number("retinaculum"))


def paint_popliteus_tendon(canvas: Canvas, marks: KneeLandmarks) -> None:
    """From the groove below the lateral epicondyle round the corner to its muscle."""
    s = marks.size
    x = marks.lateral_epicondyle[0]
    points = np.array(
        [[x - 1, -8 * s, 10 * s], [x - 2, -17 * s, 4 * s], [x - 10 * s, -26 * s, -4 * s], [12 * s, -27 * s, -14 * s]]
    )
    paint_cord(canvas, points, 2.0 * s, p.part_number("other_tendon"))


def paint_capsule(canvas: Canvas, marks: KneeLandmarks, rng: np.random.Generator) -> None:
    """Posterior capsule as a thin sheet behind the condyles, and the transverse ligament in front."""
    s = marks.size
    box = canvas.box((-38 * s, -46 * s, -12 * s), (38 * s, -14 * s, 30 * s))
    back = marks.back_of_femur[box.slices[0], box.slices[2]]
    back = np.where(np.isfinite(back), back, marks.tibia_back)
    back = np.minimum(back, marks.tibia_back + 1)
    for axis in (0, 1):
        padded = np.pad(back, [(3, 3) if n == axis else (0, 0) for n in range(2)], mode="edge")
        back = sum(np.take(padded, np.arange(n, n + back.shape[axis]), axis=axis) for n in range(7)) / 7
    place = back[:, None, :].astype(FLOAT) - 2.2 + (box.x / 30) ** 2 * 2.5 + FLOAT(1.2) * noise(box, rng, 8.5)
    whole = noise(box, rng, 4.2) > -0.9 + 1.6 * (np.abs(box.z - 7 * s) / (18 * s)) ** 4
    sheet = (np.abs(box.y - place) < FLOAT(0.55)) & whole
    canvas.paint(box, sheet, p.part_number("capsule"), onto=_FREE)
    if rng.random() < 0.6:
        y = marks.tibia_front + 1
        points = np.array([[-16 * s, y - 2, 1], [0, y + 1, 2], [15 * s, y - 3, 1]])
        paint_cord(canvas, points, 1.1, p.part_number("capsule"))
