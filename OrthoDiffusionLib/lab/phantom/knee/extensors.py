"""The extensor apparatus: quadriceps tendon, patellar tendon, and the retinacula that close the joint in front.

Widths, thicknesses and courses are assumed; the landmarks of the bones say where they begin and end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.draws import size_factor
from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Canvas, noise
from OrthoDiffusionLib.lab.phantom.knee import parts as p
from OrthoDiffusionLib.lab.phantom.knee.landmarks import KneeLandmarks
from OrthoDiffusionLib.lab.phantom.knee.ligaments import paint_band


@dataclass(frozen=True)
class FrontWall:
    """The sheet that parts the joint from what lies before it: tendons and patella in the middle, retinacula beside.

    Attributes:
        y: (I, K) its place in every column of the canvas, RAS mm.
        middle: (K,) x of the extensor apparatus at each height.
        half_width: (K,) half of the width of tendon or patella there.
        share: (I, K) 0 at the edge of tendon or patella, 1 where the sheet has reached the side of the bone.
        top, bottom: z of the patella's poles.
        tuberosity: z of the patellar tendon's end.
        tendon: (5, 3) middle line of the patellar tendon, from the patella down, mm.
        tendon_half_mm: half its thickness.
    """

    y: np.ndarray
    middle: np.ndarray
    half_width: np.ndarray
    share: np.ndarray
    top: float
    bottom: float
    tuberosity: float
    tendon: np.ndarray
    tendon_half_mm: float


def _front_of_bone(canvas: Canvas) -> np.ndarray:
    """(I, K) y just in front of femur, tibia and menisci, -30 where there are none."""
    box = canvas.box((-54, -8, canvas.frame.lo_mm[2]), (54, 66, canvas.frame.hi_mm[2]))
    table = p.FEMUR | p.TIBIA | p.MENISCUS | p.members("femoral_cartilage")
    solid = table[canvas.view(box)]
    last = solid.shape[1] - 1 - solid[:, ::-1].argmax(1)
    front = np.full((canvas.parts.shape[0], canvas.parts.shape[2]), FLOAT(-30))
    front[box.slices[0]] = np.where(solid.any(1), box.y.ravel()[last], FLOAT(-30))
    return front


def _smooth(field: np.ndarray) -> np.ndarray:
    """(I, K) mean over five by five."""
    for axis in (0, 1):
        padded = np.pad(field, [(2, 2) if n == axis else (0, 0) for n in range(2)], mode="edge")
        shifted = [np.take(padded, np.arange(n, n + field.shape[axis]), axis=axis) for n in range(5)]
        field = np.add.reduce(shifted) / FLOAT(5)
    return field


def _side_of_bone(edge: np.ndarray, z: np.ndarray, size: float, sign: int) -> np.ndarray:
    """(K,) x of one side of the limb's bones, bridged over the joint space and eased along the height."""
    good = np.isfinite(edge)
    x = np.interp(z, z[good], edge[good]) if good.any() else np.full(z.shape, sign * 38.0 * size)
    # Above the condyles the vasti take the place of the sheet.
    x = np.where(z > 40 * size, sign * np.maximum(np.abs(x), 34 * size), x)
    joint = (z > -8 * size) & (z < 12 * size)
    x = np.where(joint, sign * np.maximum(np.abs(x), 38 * size), x)
    padded = np.pad(x, 8, mode="edge")
    return np.convolve(padded, np.full(17, 1 / 17), mode="valid")


def _lines(marks: KneeLandmarks, lift_mm: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Middle lines of the patellar (5, 3) and the quadriceps tendon (7, 3), RAS mm."""
    s = marks.size
    low = marks.patella_bottom + np.array([0.3, 1.5, 1.0]) * s
    bump = marks.tuberosity + np.array([0, 1.5, 0])
    t = np.linspace(0, 1, 5)[:, None]
    patellar = low + (bump - low) * t + np.sin(np.pi * t) * np.array([0, rng.uniform(-0.5, 2.0), 0])
    # The quadriceps tendon ends on the base of the patella, towards its front.
    up = marks.patella_top + np.array([0, 1.0, 1.0]) * s
    shaft = marks.shaft_top
    end_y = max(shaft[1] + rng.uniform(25, 31) * s, marks.patella_front - 20 * s)
    end = np.array([shaft[0] + 1, end_y + 0.6 * lift_mm, 116.0])
    t = np.linspace(0, 1, 7)[:, None]
    bow = np.array([0, rng.uniform(-2, 1.5) + lift_mm, 0])
    return patellar, up + (end - up) * t + np.sin(np.pi * t) * bow


def paint_extensors(
    canvas: Canvas, marks: KneeLandmarks, rng: np.random.Generator, *, lift_mm: float = 0.0
) -> FrontWall:
    """Paint both tendons, the layer before the patella and the retinacula.

    Args:
        lift_mm: how far a full suprapatellar recess bows the quadriceps tendon forward.

    Returns:
        The wall that closes the joint in front; fat pads and fluid lie behind it.
    """
    s = marks.size
    patellar, quadriceps = _lines(marks, lift_mm, rng)
    patellar_width = float(np.clip(rng.normal(14, 1.6), 10.5, 17.5)) * s
    patellar_thick = thick = 2.3 * s * size_factor(rng, 0.16)
    for a, b, share in zip(patellar[:-1], patellar[1:], np.linspace(1.05, 0.85, 4), strict=True):
        paint_band(canvas, np.stack([a, b]), thick, patellar_width * share, 0, p.part_number("patellar_tendon"))

    base = min(0.85 * marks.patella_half_width, float(rng.uniform(15, 20)) * s)
    widths = np.linspace(base, float(rng.uniform(8, 12)) * s, 6)
    thick = float(rng.uniform(2.6, 4.2)) * s
    for a, b, width in zip(quadriceps[:-1], quadriceps[1:], widths, strict=True):
        paint_band(canvas, np.stack([a, b]), thick, width, 0, p.part_number("quadriceps_tendon"))

    if rng.random() < 0.6:
        _layer_quadriceps(canvas, quadriceps, thick, widths, rng)
    wall = _measure_wall(canvas, marks, patellar, patellar_thick, quadriceps, patellar_width, widths, lift_mm)
    _paint_before_patella(canvas, marks, rng)
    _paint_retinacula(canvas, marks, wall, rng)
    return wall


def _layer_quadriceps(canvas: Canvas, line, thick: float, widths, rng: np.random.Generator) -> None:
    """Streaks of fat part the quadriceps tendon into the layers of its muscles."""
    box = canvas.box(
        (line[:, 0].min() - widths[0], line[:, 1].min() - thick, line[0, 2] + 6),
        (line[:, 0].max() + widths[0], line[:, 1].max() + thick, line[-1, 2]),
    )
    height = box.z.ravel()
    x, y, half = (np.interp(height, line[:, 2], values) for values in (line[:, 0], line[:, 1], [*widths, widths[-1]]))
    broken = noise(box, rng, 4.2) < FLOAT(rng.uniform(-0.4, 1.2))
    for offset in rng.uniform(0.25, 0.4) * thick * np.array([-1, 1]):
        streak = (np.abs(box.y - (y + offset)) < 0.4) & (np.abs(box.x - x) < 0.75 * half)
        canvas.paint(box, streak & broken, p.part_number("quadriceps_tendon_fat"), onto=p.members("quadriceps_tendon"))


def _measure_wall(
    canvas,
    marks: KneeLandmarks,
    patellar,
    patellar_thick: float,
    quadriceps,
    patellar_width: float,
    widths,
    lift_mm: float,
) -> FrontWall:
    s, half = marks.size, marks.patella_half_width
    x, z = canvas.frame.axis(0)[:, None], canvas.frame.axis(2)
    centre = marks.patella_centre
    top, bottom = float(marks.patella_top[2]), float(marks.patella_bottom[2])
    bump = patellar[-1]
    # height, x, y, half width from below upwards
    rows = [(z[0], bump[0], bump[1] - 12 * s, 6 * s), (bump[2] - 14 * s, bump[0], bump[1] - 1, 8 * s)]
    rows += [(*patellar[n][[2, 0, 1]], patellar_width * 0.9) for n in (4, 3, 2, 1)]
    rows += [
        (bottom + 3, centre[0], patellar[0][1], 0.55 * half),
        (0.5 * (centre[2] + bottom), centre[0], centre[1] + 2 * s, 0.82 * half),
        (centre[2] + 3, centre[0], centre[1] + 1.5 * s, 0.97 * half),
        (top - 6, centre[0], centre[1] + 1 * s, 0.75 * half),
    ]
    rows += [(*quadriceps[n][[2, 0, 1]], widths[min(n, 5)]) for n in (0, 1, 2, 4, 6)]
    table = np.array(sorted(rows, key=lambda row: row[0]))
    middle, y_middle, width = (np.interp(z, table[:, 0], table[:, n]) for n in (1, 2, 3))
    y_side = np.interp(z, [-60 * s, -15 * s, 20 * s, 60 * s, 108], [9 * s, 3 * s, 0, 4 * s, 6 * s])
    medial = _side_of_bone(marks.medial_edge, z, s, -1) - (1.5 + 0.3 * lift_mm)
    lateral = _side_of_bone(marks.lateral_edge, z, s, 1) + (1.5 + 0.3 * lift_mm)
    reach = np.where(x < middle, middle - medial, lateral - middle)
    share = np.clip((np.abs(x - middle) - width) / np.maximum(reach - width, 3.0), 0, 1).astype(FLOAT)
    # Bulging beside the patella, drawn straight to the tibia below it.
    bulge = np.interp(z, [-20 * s, 0, 25 * s], [1.1, 1.25, 1.7]).astype(FLOAT)
    # A full joint swells between bone and patella.
    swell = 2.0 * lift_mm * np.clip((z + 5 * s) / (15 * s), 0, 1) * share * (1 - share)
    y = (y_side + (y_middle - y_side) * (1 - share**bulge) + swell).astype(FLOAT)
    y = np.maximum(_smooth(y), _front_of_bone(canvas) + FLOAT(1.2))
    return FrontWall(_smooth(y), middle, width, share, top, bottom, float(bump[2]), patellar, patellar_thick)


def _paint_before_patella(canvas: Canvas, marks: KneeLandmarks, rng: np.random.Generator) -> None:
    """A thin layer of fibres over the patella; too thin to be called a tendon."""
    half = marks.patella_half_width
    centre = marks.patella_centre
    box = canvas.box(
        (centre[0] - 0.8 * half, centre[1] - 2, marks.patella_bottom[2]),
        (centre[0] + 0.8 * half, marks.patella_front + 4, marks.patella_top[2] + 2),
    )
    bone = p.PATELLA[canvas.view(box)]
    front = bone.shape[1] - 1 - bone[:, ::-1].argmax(1)
    front = np.where(bone.any(1), box.y.ravel()[front], FLOAT(-99))[:, None, :]
    layer = (box.y > front) & (box.y < front + FLOAT(rng.uniform(0.9, 2.0)))
    canvas.paint(box, layer, p.part_number("retinaculum"), onto=p.FREE)


def _paint_retinacula(canvas: Canvas, marks: KneeLandmarks, wall: FrontWall, rng: np.random.Generator) -> None:
    """Medial and lateral retinaculum as one unbroken sheet from the tuberosity to above the patella."""
    s = marks.size
    box = canvas.box((-52 * s, -4, wall.tuberosity - 6 * s), (52 * s, marks.patella_front + 2, wall.top + 3 * s))
    columns = (box.slices[0], box.slices[2])
    y = wall.y[columns]
    slope = np.sqrt(1 + sum(g * g for g in np.gradient(y, canvas.frame.spacing_mm))).astype(FLOAT)
    share = wall.share[columns]
    half = FLOAT(rng.uniform(0.55, 0.95)) * np.clip(slope, 1, 4) * ((share < 0.98) & (share > 0))
    sheet = np.abs(box.y - y[:, None, :]) < half[:, None, :]
    canvas.paint(box, sheet, p.part_number("retinaculum"), onto=p.FREE)
