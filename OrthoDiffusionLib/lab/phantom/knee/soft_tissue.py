"""Soft tissue of a knee's limb: named muscles with fat planes, vessels, nerves, fascia, fat and skin.

Thicknesses are assumed; where muscles, vessels and nerves run is said in `limb_contents.py`.
"""

from __future__ import annotations

import itertools

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.limb.build import LimbBuild, draw_wild
from OrthoDiffusionLib.lab.phantom.engine.limb.fillings import Blobs, paint_random_blobs
from OrthoDiffusionLib.lab.phantom.engine.limb.muscles import MuscleSpace
from OrthoDiffusionLib.lab.phantom.engine.limb.wrapping import COARSE, Beyond, Wrapping, deep_fascia, wrap
from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Box, Canvas, CoarseField, noise, stations_box, tube
from OrthoDiffusionLib.lab.phantom.knee import parts as p
from OrthoDiffusionLib.lab.phantom.knee.landmarks import KneeLandmarks
from OrthoDiffusionLib.lab.phantom.knee.limb_contents import CORDS, MUSCLES

# Above and below thigh and leg go on; nothing is added there.
_BEYOND = Beyond(air=((16, 16), (16, 16), (0, 0)))
_BLOBS = Blobs(
    names=(
        *(*p.MUSCLES, "intermuscular_fat", "other_fat_pad", "vein", "synovium"),
        *("subcutaneous_fat", "other_tendon", "soft_tissue_oedema"),
    ),
    onto=p.MUSCLE | p.SHEETS | p.members("intermuscular_fat", "subcutaneous_fat"),
    most=3,
    scales_mm=(4.2, 6.0, 8.5, 12.0),
    above=(0.7, 1.7),
)


def draw_build(rng: np.random.Generator) -> LimbBuild:
    """Draw a limb: subcutaneous fat 1.5 to 20 mm, muscle bulk 0.75 to 1.25."""
    wild = draw_wild(rng, 0.88, 0.4, 1.0)
    return LimbBuild(
        fat_mm=float(np.clip(rng.lognormal(np.log(3.8), 0.45), 1.5, 20)),
        muscle_bulk=float(np.clip(rng.normal(1.0, 0.12), 0.72, 1.28)),
        plane_mm=float(rng.uniform(0.1, 0.8)),
        wild=wild,
    )


def _placed(rows, marks: KneeLandmarks, build: LimbBuild, rng, *, bulky: bool) -> np.ndarray:
    """Stations of one muscle or cord on this knee, with its own small freedom."""
    rows = np.array(rows, dtype=float)
    s = marks.size
    rows[:, 1:3] *= s
    # The end slices follow this knee's shaft, the middle ones its joint.
    if rows[:, 0].max() > 60:
        lean = np.clip((rows[:, 0] - 40) / 70, 0, 1)[:, None]
        rows[:, 1:3] += lean * (marks.shaft_top[:2] - np.array([0.0, 5.0]) * s)
    rows[:, 1:3] += rng.normal(0, 0.9 + 7 * build.wild, 2)
    rows[:, 1:3] += rng.normal(0, 0.6 + 3 * build.wild, (len(rows), 2))
    if bulky:
        factor = s * build.muscle_bulk * rng.lognormal(0, 0.07 + 0.35 * build.wild)
        rows[:, 3:5] *= factor
        rows[:, 3:5] *= rng.lognormal(0, 0.05 + 0.1 * build.wild, (len(rows), 2))
        rows[:, 5] = np.deg2rad(rows[:, 5] + rng.normal(0, 5 + 30 * build.wild))
    return rows


def paint_muscles(canvas: Canvas, marks: KneeLandmarks, build: LimbBuild, rng: np.random.Generator) -> None:
    """Muscles that share the space between them, separated by fat planes; the canvas must be empty there."""
    # Muscles swell until they meet, less so round the joint, and least where the fossa above it keeps its fat.
    z = canvas.frame.axis(2)
    swell = np.clip((np.abs(z + 4) - 16) / np.where(z < 0, 26, 40), 0, 1) ** 1.5
    swell = float(rng.uniform(4.0, 8.5)) * np.maximum(swell, 0.45 * np.clip((18 - z) / 20, 0, 1))
    space = MuscleSpace(canvas.whole(), p.LIST, 0.4 + swell)
    for rows in MUSCLES.values():
        stations = _placed(rows, marks, build, rng, bulky=True)
        number = space.new_muscle(rng)
        if rng.random() < 0.03 + 0.2 * build.wild:
            continue
        box = stations_box(canvas, stations, 6.0)
        if min(box.shape) < 2:
            continue
        distance = tube(box, stations) + _rounded_ends(box, stations)
        distance += FLOAT(0.5 + 1.5 * build.wild) * noise(box, rng, 7)
        wins = space.claim(number, box, distance)
        # Tendons run on inside their muscles.
        space.add_inner_sheet(box, wins & _inner_tendon(box, stations, rng))
    # The canvas need not be empty: a hybrid's bones are already there.
    space.paint(canvas, rng, fat_above=1.6 - 2.0 * build.plane_mm)


def _rounded_ends(box: Box, stations: np.ndarray) -> np.ndarray:
    """(1, 1, K) mm by which a muscle is thinner near its ends, where it does not leave the canvas; else it would swell
    into a flat end."""
    low, high = stations[:, 0].min(), stations[:, 0].max()
    away = np.minimum(box.z - low if low > -110 else FLOAT(99), high - box.z if high < 110 else FLOAT(99))
    return (FLOAT(8.0) * np.clip(1 - away / 18, 0, 1) ** 2).astype(FLOAT)


def _inner_tendon(box: Box, stations: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A thin curved sheet in the middle of a muscle, through a part of its length; bool over the box."""
    low, high = np.sort(rng.uniform(stations[:, 0].min() - 20, stations[:, 0].max() + 20, 2))
    z = box.z.ravel()
    order = np.argsort(stations[:, 0])
    x0, y0, wide, deep, angle = (
        np.interp(z, stations[order, 0], stations[order, n]).astype(FLOAT) for n in range(1, 6)
    )
    turn = angle + FLOAT(rng.normal(0, 0.5))
    u = (box.x - x0) * np.cos(turn) + (box.y - y0) * np.sin(turn)
    v = (box.y - y0) * np.cos(turn) - (box.x - x0) * np.sin(turn)
    bow = FLOAT(rng.uniform(-0.3, 0.3)) * deep * (1 - (u / wide) ** 2) + FLOAT(0.12) * deep * FLOAT(rng.normal())
    reach = FLOAT(rng.uniform(0.2, 0.7)) * wide
    return (np.abs(v - bow) < 0.45) & (np.abs(u) < reach) & (box.z > low) & (box.z < high)


def wrap_limb(canvas: Canvas, build: LimbBuild, rng: np.random.Generator) -> CoarseField:
    """Fill the gaps between contents with fat and wrap everything in fascia, subcutaneous fat and skin.

    Returns:
        mm outside the deep fascia, negative inside.
    """
    from scipy.ndimage import gaussian_filter

    fascia = deep_fascia(canvas, _BEYOND, float(rng.uniform(30, 46)), float(rng.uniform(1.2, 2.6)))
    step = canvas.frame.spacing_mm * COARSE
    x, y, z = (canvas.frame.axis(n)[1::COARSE][: fascia.shape[n]] for n in range(3))
    angle = np.arctan2(y[None, :, None] + 8, x[:, None, None])
    # Mostly thin over patella and shin, thick behind the medial side (assumed).
    lobes = 1 + 0.35 * np.cos(angle - rng.uniform(2.6, 4.4)) + 0.15 * np.cos(2 * angle + rng.uniform(0, 6.3))
    front = np.exp(-((np.angle(np.exp(1j * (angle - np.pi / 2)))) ** 2) / 0.5)
    front = front * np.exp(-(np.clip(np.abs(z - 0) - 45, 0, None)[None, None, :] ** 2) / 900)
    thickness = build.fat_mm * lobes * (1 - rng.uniform(-0.5, 0.8) * front)
    # Fat levels the hollows along the limb, such as the one below the knee's inner side.
    thickness = thickness + np.clip(fascia - _along_limb(fascia), 0, 7)
    rise = 1 + rng.uniform(-0.2, 0.5) * (z[None, None, :] / 108)
    thickness = thickness * rise
    # Skin is drawn tight: it spans what is narrower than some centimetres, and has no corners.
    tight = fascia - gaussian_filter(fascia - thickness, [mm / step for mm in (5.0, 5.0, 11.0)], mode="nearest")
    thickness = np.clip(tight, 1.6, 40).astype(FLOAT)

    # The sheet is thick here and too thin to be seen there.
    uneven = 1 + FLOAT(0.7) * _coarse_noise(fascia.shape, rng, 4.2) + FLOAT(0.3) * _coarse_noise(fascia.shape, rng, 1.6)
    soft, thick, thin = p.part_numbers("subcutaneous_fat", "deep_fascia", "thin_fascia")
    sheet_mm = FLOAT(rng.uniform(0.3, 0.8)) * uneven
    sheets = np.select([sheet_mm > 0.75, sheet_mm > 0.25], [thick, thin], soft).astype(np.uint8)
    fat = np.broadcast_to(thickness, fascia.shape)
    return wrap(canvas, p.LIST, Wrapping(fascia, fat, float(rng.uniform(0.9, 1.8)), 0.8, sheets))


def _along_limb(field: np.ndarray) -> np.ndarray:
    """(I, J, K) coarse field as its mean over about 6 cm of the limb's length."""
    reach = 9
    total = np.cumsum(np.pad(field, ((0, 0), (0, 0), (reach + 1, reach)), mode="edge"), axis=2, dtype=np.float32)
    return (total[:, :, 2 * reach + 1 :] - total[:, :, : -2 * reach - 1]) / FLOAT(2 * reach + 1)


def _coarse_noise(shape: tuple[int, ...], rng: np.random.Generator, scale_mm: float) -> np.ndarray:
    """`noise` on a grid of blocks, whose blobs are as many times larger."""
    x, y, z = (np.empty([n if m == axis else 1 for m in range(3)], FLOAT) for axis, n in enumerate(shape))
    return noise(Box((slice(None),) * 3, x, y, z, (0, 0, 0)), rng, scale_mm)


def paint_cords(canvas: Canvas, marks: KneeLandmarks, build: LimbBuild, rng: np.random.Generator) -> None:
    """Vessels, nerves and hamstring tendons; they push muscle and fat aside, never bone."""
    soft = p.MUSCLE | p.SHEETS | p.members("intermuscular_fat", "subcutaneous_fat", "synovium")
    for part, rows in CORDS.values():
        line = np.array(rows, dtype=float)
        stations = np.column_stack([line[:, :3], line[:, 3], line[:, 3], np.zeros(len(line))])
        stations = _placed(stations, marks, build, rng, bulky=False)
        stations[:, 3:5] *= marks.size * rng.lognormal(0, 0.15)
        fine = np.linspace(stations[:, 0].min(), stations[:, 0].max(), 9)
        order = np.argsort(stations[:, 0])
        stations = np.column_stack(
            [fine] + [np.interp(fine, stations[order, 0], stations[order, n]) for n in range(1, 6)]
        )
        stations[:, 1:3] += rng.normal(0, 0.35, (len(fine), 2))
        for a, b in itertools.pairwise(stations):
            box = stations_box(canvas, np.array([a, b]), 1.5)
            distance = tube(box, (a, b))
            sheath = p.part_number("intermuscular_fat")
            if part != "other_tendon":
                canvas.paint(box, distance < 1.0, sheath, onto=p.MUSCLE | p.SHEETS)
            canvas.paint(box, distance < 0, p.part_number(part), onto=soft)


def add_random_blobs(canvas: Canvas, rng: np.random.Generator, size: float) -> None:
    """Random blobs of any soft tissue, so that no network learns to rely on where a muscle lies.

    Args:
        size: scale of the knee; a rounded space about the joint is left alone.
    """
    box = canvas.whole()
    space = (
        (box.x / (46 * size)) ** 2 + ((box.y - 6 * size) / (46 * size)) ** 2 + ((box.z - 10 * size) / (34 * size)) ** 2
    )
    paint_random_blobs(canvas, p.LIST, _BLOBS, space > 1, rng)


def paint_iliotibial_band(canvas: Canvas, marks: KneeLandmarks, depth: CoarseField, rng: np.random.Generator) -> None:
    """The lateral deep fascia thickened to a band, down to Gerdy's tubercle.

    Args:
        depth: mm outside the deep fascia, from `wrap_limb`.
    """
    s = marks.size
    box = canvas.box((18 * s, -20 * s, -16 * s), (76, 36 * s, 108))
    path = np.interp(box.z.ravel(), [-14 * s, 20 * s, 60 * s, 110], [12 * s, 7 * s, 4 * s, -2 * s]).astype(FLOAT)
    half_width = FLOAT(rng.uniform(8, 13) * s) * np.interp(box.z.ravel(), [-14 * s, 20 * s, 70 * s], [0.7, 0.8, 1.3])
    thickness = FLOAT(rng.uniform(0.8, 1.5))
    here = box.slices[0]
    outside = np.stack([depth.plane(i)[box.slices[1:]] for i in range(here.start, here.stop)])
    sheet = np.abs(outside + 0.6) < thickness * (1 - ((box.y - path) / half_width) ** 2)
    canvas.paint(box, sheet, p.part_number("iliotibial_band"), onto=~(p.CORE | p.FIRM | p.members("air", "skin")))
