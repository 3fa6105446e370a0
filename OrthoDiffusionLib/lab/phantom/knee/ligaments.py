"""Ligaments, tendons and sheets that tie the bones of a knee together, from landmark to landmark.

Lengths and cross-sections name their source where there is one; all other numbers are assumed.
"""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.cords import rounded
from OrthoDiffusionLib.lab.phantom.engine.draws import size_factor
from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Canvas, band, cord, grow, noise, points_box, ribbon
from OrthoDiffusionLib.lab.phantom.knee import parts as p
from OrthoDiffusionLib.lab.phantom.knee.landmarks import KneeLandmarks


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
    high = np.array([-3.0 * s, -14.5 * s, min(start[2] - 1.0 * s, 12 * s)]) + rng.normal(0, 1.0, 3)
    low = np.array([-0.5 * s, end[1] + 1.5 * s, 1.0 * s]) + rng.normal(0, 0.8, 3)
    return rounded(np.stack([start, high, low, end]))


def _bony_edge(edge: np.ndarray, canvas: Canvas, heights: np.ndarray, outward: int) -> np.ndarray:
    """x of the bone's surface at some heights, smoothed and never cutting a corner of it."""
    x = np.array([edge[canvas.frame.index(2, h)] for h in heights])
    good = np.isfinite(x)
    x = np.interp(heights, heights[good][np.argsort(heights[good])], x[good][np.argsort(heights[good])])
    padded = np.pad(x, 1, mode="edge")
    smooth = (padded[:-2] + padded[1:-1] + padded[2:]) / 3
    return np.where(outward * smooth > outward * x, smooth, x)


def _taut(heights: np.ndarray, outward: np.ndarray) -> np.ndarray:
    """What a taut string over a profile does: the least concave curve that lies nowhere under it, (N,)."""
    order = np.argsort(heights)
    hull: list[int] = []
    for n in order:
        while len(hull) > 1:
            a, b = hull[-2], hull[-1]
            rise = (outward[n] - outward[a]) / (heights[n] - heights[a])
            if outward[b] <= outward[a] + rise * (heights[b] - heights[a]):
                hull.pop()
            else:
                break
        hull.append(n)
    return np.interp(heights, heights[hull], outward[hull])


def mcl_points(canvas: Canvas, marks: KneeLandmarks) -> np.ndarray:
    """Middle line of the superficial medial collateral, taut over the bones' medial face, (N, 3).

    Its lower end lies about 61 mm below the joint line (61.2 mm: LaPrade 2007, J Bone Joint Surg; 62.4 +- 5.5 mm in
    doi 10.1186/1749-799X-5-69); fat and the deep layer part it from the bone between its ends.
    """
    s = marks.size
    low = -58 * s
    heights = np.linspace(marks.medial_epicondyle[2], low, 16)
    x = _bony_edge(marks.medial_edge, canvas, heights, -1)
    # The rim of the meniscus is part of what it is stretched over.
    gap = (heights < 8 * s) & (heights > -6 * s)
    x = np.where(gap, np.minimum(x, marks.medial_plateau[0] - 17.6 * s), x)
    x = -_taut(heights, -x)
    away = np.interp(heights, [low, low + 14 * s, 8 * s, heights[0]], [0.9, 2.0, 2.9, 0.9])
    y = np.interp(heights, [low, -10 * s, 24 * s], [5.0 * s, 0.0, marks.medial_epicondyle[1]])
    return np.column_stack([x - away, y, heights])


def deep_mcl_points(canvas: Canvas, marks: KneeLandmarks) -> np.ndarray:
    """Middle line of the deep layer of the medial collateral, from above the meniscus to just below it, (N, 3)."""
    s = marks.size
    heights = np.linspace(18 * s, -9 * s, 8)
    x = _bony_edge(marks.medial_edge, canvas, heights, -1)
    gap = (heights < 8 * s) & (heights > -5 * s)
    x = np.where(gap, np.minimum(x, marks.medial_plateau[0] - 17.2 * s), x)
    return np.column_stack([x - 0.4, np.full(len(heights), -2.0 * s), heights])


def lcl_points(marks: KneeLandmarks) -> np.ndarray:
    """Middle line of the lateral collateral from just behind the epicondyle to the side of the fibular head, (N, 3).

    Length 48.3 mm in 70 knees (doi 10.1002/ca.22416), 61.4 +- 6.2 mm in 61 (doi 10.3969/j.issn.0529-1356.2011.04.017).
    """
    start = marks.lateral_epicondyle + np.array([1.3, -2.0, 1.5])
    end = marks.fibula_side + np.array([0.9, 0, 0])
    t = np.linspace(0, 1, 6)[:, None]
    return start + (end - start) * t + np.sin(np.pi * t) * np.array([1.4, 0, 0])


def paint_cord(canvas: Canvas, points, radius: float, number: int, *, flare: float = 1.2) -> None:
    """A round ligament, a little thicker at both ends."""
    radii = radius * (1 + (flare - 1) * np.linspace(-1, 1, len(points)) ** 2)
    box = points_box(canvas, points, radius * flare + 2)
    canvas.paint(box, cord(box, points, radii) < 0, number, onto=p.FREE)


def paint_band(canvas: Canvas, points, half_thickness: float, half_width: float, axis: int, number: int) -> None:
    """A flat ligament or tendon, its width along one axis."""
    box = points_box(canvas, points, half_width + 2)
    distance = band(box, points, half_thickness, half_width, axis)
    canvas.paint(box, distance < 0, number, onto=p.FREE)


def paint_ribbon(canvas: Canvas, points, half_thickness, half_width, across, number: int) -> None:
    """A ligament of elliptic cross-section that changes along its way.

    Args:
        points: (N, 3) its middle line.
        half_thickness, half_width: (N,) mm.
        across: direction of its width; only what is square to the line counts.
    """
    points = np.asarray(points, dtype=float)
    box = points_box(canvas, points, float(np.max(half_width)) + 2)
    distance = ribbon(box, points, half_thickness, half_width, across)
    canvas.paint(box, distance < 0, number, onto=p.FREE)


def paint_acl(canvas: Canvas, points: np.ndarray, rng: np.random.Generator) -> None:
    """The anterior cruciate: a band about 10 by 6 mm at its waist that fans out to both bones.

    Waist 10.0 +- 1.9 by 6.5 +- 1.3 mm, insertions 17 by 10 to 11 mm (doi 10.1177/0363546517699828); volume
    1.7 +- 0.4 ml in men and 1.2 +- 0.3 in women (J Athl Train 2019;54:513), 2.15 ml in others
    (Am J Sports Med 2009;37:1282).
    """
    size = size_factor(rng, 0.09)
    width, thickness = 4.6 * size * size_factor(rng, 0.07), 2.9 * size * size_factor(rng, 0.08)
    t = np.linspace(0, 1, len(points))
    ends = 1 + 0.4 * np.abs(2 * t - 0.9) ** 2.5
    axis = points[-1] - points[0]
    sagittal = np.cross(axis, (1.0, 0, 0))
    sagittal /= np.linalg.norm(sagittal)
    turn = np.deg2rad(rng.uniform(10, 60))
    frontal = np.cross(axis / np.linalg.norm(axis), sagittal)
    across = np.cos(turn) * sagittal + np.sin(turn) * frontal
    paint_ribbon(canvas, points, thickness * ends, width * ends, across, p.part_number("anterior_cruciate_ligament"))


def paint_pcl(canvas: Canvas, points: np.ndarray, rng: np.random.Generator) -> None:
    """The posterior cruciate: wider from side to side than it is thick, about 1.4 times the anterior one's section.

    Its section is 1.2 to 1.5 times the anterior one's and widest from side to side
    ("Comparative study of the size and shape of human anterior and posterior cruciate ligaments", eight knees);
    39 +- 4 mm long, 8 mm thick at its ends and 5 mm between on sagittal images
    (Rai 2022, Journal of Morphological Sciences).
    """
    size = size_factor(rng, 0.09)
    width, thickness = 5.6 * size * size_factor(rng, 0.07), 3.2 * size * size_factor(rng, 0.08)
    t = np.linspace(0, 1, len(points))
    ends = 1 + 0.25 * np.abs(2 * t - 1) ** 2
    paint_ribbon(
        canvas, points, thickness * ends, width * ends, (1.0, 0, 0), p.part_number("posterior_cruciate_ligament")
    )


def paint_collaterals(canvas: Canvas, marks: KneeLandmarks, rng: np.random.Generator, *, medial: bool, lateral: bool):
    """The collateral ligaments that the anatomy does not bring, each in a sleeve of fat."""
    s = marks.size
    number = p.part_number("lateral_collateral_ligament")
    if lateral:
        paint_cord(canvas, lcl_points(marks), 1.85 * s * size_factor(rng, 0.12), number, flare=1.15)
    sleeve(canvas, lcl_points(marks), number, "intermuscular_fat", 2)
    number = p.part_number("medial_collateral_ligament")
    if medial:
        points = mcl_points(canvas, marks)
        paint_band(canvas, points, 1.15 * size_factor(rng, 0.14), 6.0 * s * size_factor(rng, 0.12), 1, number)
        sleeve(canvas, points, number, "intermuscular_fat", 1)
        paint_band(canvas, deep_mcl_points(canvas, marks), 0.6, 7.5 * s, 1, p.part_number("capsule"))


def sleeve(canvas: Canvas, points, number: int, around: str, voxels: int) -> None:
    """Wrap a ligament in another tissue wherever the canvas is still empty."""
    box = points_box(canvas, points, 12)
    view = canvas.view(box)
    view[grow(view == number, voxels) & (view == 0)] = p.part_number(around)


def paint_popliteus_tendon(canvas: Canvas, marks: KneeLandmarks) -> None:
    """From the sulcus below the lateral collateral's origin, under it, round the corner to its muscle."""
    s = marks.size
    x = marks.lateral_epicondyle[0]
    points = np.array(
        [
            [x - 3.0 * s, -1 * s, 11 * s],
            [x - 3.5 * s, -12 * s, 5.5 * s],
            [x - 7 * s, -22 * s, 0.5 * s],
            [x - 13 * s, -27 * s, -6 * s],
            [12 * s, -27 * s, -15 * s],
        ]
    )
    number = p.part_number("other_tendon")
    paint_cord(canvas, rounded(points, 1), 1.9 * s, number)
    sleeve(canvas, points, number, "other_fat_pad", 1)


def paint_capsule(canvas: Canvas, marks: KneeLandmarks, rng: np.random.Generator) -> None:
    """Posterior capsule as a thin sheet behind the condyles, and the transverse ligament in front."""
    s = marks.size
    box = canvas.box((-38 * s, -46 * s, -12 * s), (38 * s, -14 * s, 30 * s))
    back = marks.back_of_femur[box.slices[0], box.slices[2]]
    back = np.where(np.isfinite(back), back, marks.tibia_back)
    back = np.minimum(back, marks.tibia_back + 1)
    for axis in (0, 1):
        padded = np.pad(back, [(3, 3) if n == axis else (0, 0) for n in range(2)], mode="edge")
        shifted = [np.take(padded, np.arange(n, n + back.shape[axis]), axis=axis) for n in range(7)]
        back = np.add.reduce(shifted) / 7
    place = back[:, None, :].astype(FLOAT) - 2.2 + (box.x / 30) ** 2 * 2.5 + FLOAT(1.2) * noise(box, rng, 8.5)
    whole = noise(box, rng, 4.2) > -0.9 + 1.6 * (np.abs(box.z - 7 * s) / (18 * s)) ** 4
    sheet = (np.abs(box.y - place) < FLOAT(0.55)) & whole
    canvas.paint(box, sheet, p.part_number("capsule"), onto=p.FREE)
    if rng.random() < 0.6:
        y = marks.tibia_front + 1
        points = np.array([[-16 * s, y - 2, 1], [0, y + 1, 2], [15 * s, y - 3, 1]])
        paint_cord(canvas, points, 1.1, p.part_number("capsule"))
