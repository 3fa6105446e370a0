"""Soft tissue of a knee's limb: named muscles with fat planes, vessels, nerves, fascia, fat and skin.

Thicknesses are assumed; where muscles, vessels and nerves run is said in `limb_contents.py`.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.shapes import (
    FLOAT,
    Box,
    Canvas,
    CoarseField,
    grow,
    noise,
    signed_distance,
    stations_box,
    tube,
)
from OrthoDiffusionLib.lab.phantom.knee import parts as p
from OrthoDiffusionLib.lab.phantom.knee.landmarks import KneeLandmarks
from OrthoDiffusionLib.lab.phantom.knee.limb_contents import CORDS, MUSCLES

_COARSE = 4


@dataclass(frozen=True)
class LimbBuild:
    """How a limb is built around its bones.

    Attributes:
        fat_mm: typical thickness of the subcutaneous fat.
        muscle_bulk: factor on every muscle's radii.
        plane_mm: thickness of the fat planes between muscles.
        wild: how far muscles are thrown about, 0 for a textbook and 1 for nonsense.
    """

    fat_mm: float
    muscle_bulk: float
    plane_mm: float
    wild: float


def draw_build(rng: np.random.Generator) -> LimbBuild:
    """Draw a limb: subcutaneous fat 1.5 to 20 mm, muscle bulk 0.75 to 1.25."""
    wild = 0.0 if rng.random() < 0.88 else float(rng.uniform(0.4, 1.0))
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
    best = np.empty(canvas.parts.shape, FLOAT)
    best[...] = 0.4 + swell
    owner = np.zeros(canvas.parts.shape, np.uint8)
    # Tendons run on inside their muscles as thin sheets.
    core = np.zeros(canvas.parts.shape, bool)
    names = list(MUSCLES)
    kinds = np.zeros(256, np.uint8)
    for number, name in enumerate(names, start=1):
        stations = _placed(MUSCLES[name], marks, build, rng, bulky=True)
        kinds[number] = p.part_number(("muscle_a", "muscle_a", "muscle_b", "muscle_c")[rng.integers(4)])
        if rng.random() < 0.03 + 0.2 * build.wild:
            continue
        box = stations_box(canvas, stations, 6.0)
        if min(box.shape) < 2:
            continue
        distance = tube(box, stations) + _rounded_ends(box, stations)
        distance += FLOAT(0.5 + 1.5 * build.wild) * noise(box, rng, 7)
        view = best[box.slices]
        wins = distance < view
        np.copyto(view, distance, where=wins)
        np.copyto(owner[box.slices], np.uint8(number), where=wins)
        within = core[box.slices]
        within &= ~wins
        within |= wins & _inner_tendon(box, stations, rng)
    seam = np.zeros(owner.shape, bool)
    for axis in (0, 1):
        a = [slice(None)] * 3
        b = [slice(None)] * 3
        a[axis], b[axis] = slice(1, None), slice(None, -1)
        seam[tuple(a)] |= owner[tuple(a)] != owner[tuple(b)]
    seam &= owner > 0
    # Between two muscles lies a sheet of fascia, and more or less fat beside it.
    fatty = grow(seam) & (owner > 0) & noise(canvas.whole(), rng, 8.5, above=1.6 - 2.0 * build.plane_mm)
    muscles = kinds[owner]
    muscles[core] = p.part_number("thin_fascia")
    muscles[fatty] = p.part_number("intermuscular_fat")
    muscles[seam] = p.part_number("thin_fascia")
    # Only free space: a hybrid's bones are already there.
    np.copyto(canvas.parts, muscles, where=(muscles > 0) & (canvas.parts == 0))


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

    spacing = canvas.frame.spacing_mm
    step = spacing * _COARSE
    # Closing with a big ball: the fascia spans the hollows of the limb instead of following each muscle.
    margin = 16
    coarse = canvas.parts[1::_COARSE, 1::_COARSE, 1::_COARSE] > 0
    padded = np.pad(coarse, ((margin, margin), (margin, margin), (0, 0)))
    closing = float(rng.uniform(30, 46))
    fascia = closing - signed_distance(signed_distance(padded, step) > closing, step)
    fascia = fascia[margin:-margin, margin:-margin]
    for axis in range(3):
        padded = np.pad(fascia, [(1, 1) if n == axis else (0, 0) for n in range(3)], mode="edge")
        taken = [np.take(padded, np.arange(n, n + fascia.shape[axis]), axis=axis) for n in range(3)]
        fascia = taken[0] * FLOAT(0.25) + taken[1] * FLOAT(0.5) + taken[2] * FLOAT(0.25)
    fascia = fascia - FLOAT(rng.uniform(1.2, 2.6))

    x, y, z = (canvas.frame.axis(n)[1::_COARSE][: fascia.shape[n]] for n in range(3))
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

    shape = canvas.parts.shape
    depth = CoarseField(fascia, shape, _COARSE)
    fat = CoarseField(np.broadcast_to(thickness, fascia.shape), shape, _COARSE)
    # The sheet is thick here and too thin to be seen there.
    uneven = 1 + FLOAT(0.7) * _coarse_noise(fascia.shape, rng, 4.2) + FLOAT(0.3) * _coarse_noise(fascia.shape, rng, 1.6)
    inner, soft, skin = p.part_numbers("intermuscular_fat", "subcutaneous_fat", "skin")
    thick, thin = p.part_numbers("deep_fascia", "thin_fascia")
    sheet_mm = FLOAT(rng.uniform(0.3, 0.8)) * uneven
    sheets = np.select([sheet_mm > 0.75, sheet_mm > 0.25], [thick, thin], soft).astype(np.uint8)
    skin_mm = FLOAT(rng.uniform(0.9, 1.8))
    for i, plane in enumerate(canvas.parts):
        below, fat_here = depth.plane(i), fat.plane(i)
        layer = np.where(below < fat_here, soft, skin)
        # Blocks of the coarse grid as they are: a sheet is as thick as a voxel.
        here = sheets[min(i // _COARSE, len(sheets) - 1)].repeat(_COARSE, 0).repeat(_COARSE, 1)
        here = np.pad(here, [(0, max(0, n - m)) for n, m in zip(plane.shape, here.shape, strict=True)], mode="edge")
        np.copyto(layer, here[: plane.shape[0], : plane.shape[1]], where=below < 0.8)
        layer[below < 0] = inner
        np.copyto(plane, layer, where=(plane == 0) & (below < fat_here + skin_mm))
    return depth


def _along_limb(field: np.ndarray) -> np.ndarray:
    """(I, J, K) coarse field as its mean over about 6 cm of the limb's length."""
    reach = 9
    total = np.cumsum(np.pad(field, ((0, 0), (0, 0), (reach + 1, reach)), mode="edge"), axis=2, dtype=np.float32)
    return (total[:, :, 2 * reach + 1 :] - total[:, :, : -2 * reach - 1]) / FLOAT(2 * reach + 1)


def paint_septa(canvas: Canvas, rng: np.random.Generator) -> None:
    """Sheets of connective tissue in the fat under the skin and between muscles, most of them thin."""
    box = canvas.whole()
    fat = p.members("subcutaneous_fat", "intermuscular_fat")[canvas.parts]
    # What is thick is rare and lies wide apart.
    for name, scale, most in (("thin_fascia", (2.2, 4.5), 0.13), ("fat_septum", (5.0, 9.0), 0.03)):
        sheet = noise(box, rng, float(rng.uniform(*scale)), sheets=float(rng.uniform(0.01, most)))
        sheet &= fat
        np.copyto(canvas.parts, np.uint8(p.part_number(name)), where=sheet)


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
    names = (
        *("muscle_a", "muscle_b", "muscle_c", "intermuscular_fat", "other_fat_pad", "vein", "synovium"),
        *("subcutaneous_fat", "other_tendon", "soft_tissue_oedema"),
    )
    soft = p.MUSCLE | p.SHEETS | p.members("intermuscular_fat", "subcutaneous_fat")
    box = canvas.whole()
    space = (
        (box.x / (46 * size)) ** 2 + ((box.y - 6 * size) / (46 * size)) ** 2 + ((box.z - 10 * size) / (34 * size)) ** 2
    )
    far = space > 1
    for _ in range(int(rng.integers(1, 4))):
        blobs = noise(box, rng, float(rng.choice([4.2, 6.0, 8.5, 12.0])), above=float(rng.uniform(0.7, 1.7)))
        canvas.paint(box, blobs & far, p.part_number(str(rng.choice(names))), onto=soft)


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
