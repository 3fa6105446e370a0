"""Soft tissue round a shoulder: muscles with fat planes, vessels, nerves, fascia, fat and skin.

Thicknesses are assumed; where muscles, vessels and nerves run is said in `limb_contents.py`.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.cords import course, pieces
from OrthoDiffusionLib.lab.phantom.engine.limb.build import LimbBuild, draw_wild
from OrthoDiffusionLib.lab.phantom.engine.limb.fillings import (
    Blobs,
    paint_random_blobs,
    paint_septa,
    paint_vessel,
    strayed,
)
from OrthoDiffusionLib.lab.phantom.engine.limb.muscles import MuscleSpace
from OrthoDiffusionLib.lab.phantom.engine.limb.wrapping import COARSE, Beyond, Wrapping, deep_fascia, wrap
from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Canvas, noise, tube
from OrthoDiffusionLib.lab.phantom.shoulder import parts as p
from OrthoDiffusionLib.lab.phantom.shoulder.chest_wall import chest_distance
from OrthoDiffusionLib.lab.phantom.shoulder.limb_contents import CORDS, DELTOID, DELTOID_ARC, MUSCLES
from OrthoDiffusionLib.lab.phantom.shoulder.skeleton import Skeleton

# The trunk goes on medially, in front and below; elsewhere the shoulder ends.
_BEYOND = Beyond(air=((0, 14), (14, 0), (0, 14)), limb=((14, 0), (0, 14), (14, 0)))
_BLOBS = Blobs(
    names=("muscle_a", "muscle_b", "muscle_c", "intermuscular_fat", "other_fat_pad", "vein", "synovium"),
    onto=p.members("muscle_a", "muscle_b", "muscle_c", "subcutaneous_fat", "intermuscular_fat", "fat_septum"),
    most=2,
    scales_mm=(4.2, 6.0, 8.5),
    above=(1.0, 1.8),
)


def draw_build(rng: np.random.Generator) -> LimbBuild:
    """Draw how this shoulder is built around its bones."""
    wild = draw_wild(rng, 0.82, 0.3, 0.8)
    return LimbBuild(
        fat_mm=float(np.clip(rng.lognormal(np.log(7.0), 0.5), 2.0, 24)),
        muscle_bulk=float(np.clip(rng.normal(1.0, 0.1), 0.78, 1.22)),
        plane_mm=float(rng.uniform(0.1, 1.0)),
        wild=wild,
    )


def paint_muscles(
    canvas: Canvas, skeleton: Skeleton, build: LimbBuild, chest_mm: np.ndarray, rng: np.random.Generator
) -> None:
    """All muscles share the space between bones, tendons and chest wall, separated by fat planes."""
    box = canvas.whole()
    space = MuscleSpace(box, p.LIST, np.array(2.2, FLOAT))
    size = skeleton.sizes.size
    for plan in MUSCLES.values():
        rows = np.array(plan.rows, dtype=float) * size
        rows[:, :3] += rng.normal(0, 0.6 + 3 * build.wild, 3) + rng.normal(0, 0.4 + 1.5 * build.wild, (len(rows), 3))
        bulk = build.muscle_bulk * rng.lognormal(0, 0.06 + 0.2 * build.wild)
        line = course(rows[:, :3], rows[:, 3] * bulk, rows[:, 4] * np.sqrt(bulk), plan.across, rounds=1)
        number = space.new_muscle(rng, plan.part)
        for part, distance, _ in pieces(canvas, line, 2.5, together=1):
            space.claim(number, part, distance + FLOAT(0.5 + build.wild) * noise(part, rng, 6))
    _claim_deltoid(canvas, space, skeleton, build, rng)
    part = space.clipped(canvas.box((canvas.frame.lo_mm[0], 8.0, canvas.frame.lo_mm[2]), (24.0, 81.0, 12.0)))
    thick = FLOAT(rng.uniform(1.6, 3.0) * build.muscle_bulk)
    serratus = np.abs(chest_distance(part, chest_mm) - thick - FLOAT(0.8)) - thick
    serratus = np.maximum(serratus, (part.z - FLOAT(4.0)) + FLOAT(0.3) * (part.x + FLOAT(10.0)))
    space.claim(space.new_muscle(rng), part, serratus + FLOAT(0.5) * noise(part, rng, 6))
    space.paint(canvas, rng, fat_above=1.5 - 2.0 * build.plane_mm, across=(0, 1, 2))


def _claim_deltoid(
    canvas: Canvas, space: MuscleSpace, skeleton: Skeleton, build: LimbBuild, rng: np.random.Generator
) -> None:
    """A cap over the joint from clavicle, acromion and spine down to the shaft, a shell between two surfaces."""
    size = skeleton.sizes.size
    rows = np.array(DELTOID, dtype=float) * size
    top = skeleton.head_top_mm + skeleton.sizes.acromiohumeral_mm
    rows[0, 0] = top + 0.8 * skeleton.sizes.acromion_mm
    rows[1, 0] = top - 3.0
    axis = skeleton.from_arm([(-7.3, 0.0, w) for w in (0.0, -110.0)])
    lower = np.clip((skeleton.head_centre[2] - rows[:, 0]) / 60.0, 0, 1)
    lean = np.interp(rows[:, 0], [axis[1, 2], axis[0, 2]], [axis[1, 0], axis[0, 0]])
    x = skeleton.head_centre[0] * (1 - lower) + lean * lower + rows[:, 1]
    y = rows[:, 2] + lower * np.interp(rows[:, 0], [axis[1, 2], axis[0, 2]], [axis[1, 1], axis[0, 1]])
    thick = (rows[:, 5:7] - rows[:, 3:5]) * build.muscle_bulk * rng.lognormal(0, 0.08)
    inner = np.column_stack([rows[:, 0], x, y, rows[:, 3:5], np.zeros(len(rows))])
    outer = inner.copy()
    outer[:, 3:5] += thick
    reach = float(outer[:, 3:5].max()) + 3
    number, sheet_mm = space.new_muscle(rng, "deltoid_muscle"), float(rng.uniform(0.02, 0.07))
    # Slab by slab, so that it takes little memory.
    for low, high in pairwise(np.linspace(rows[:, 0].min(), rows[:, 0].max(), 5)):
        part = canvas.box((x.min() - reach, y.min() - reach, low), (x.max() + reach, y.max() + reach, high))
        distance = np.maximum(tube(part, outer), -tube(part, inner))
        z = part.z.ravel()
        order = np.argsort(rows[:, 0])
        cx, cy = (np.interp(z, rows[order, 0], one[order]).astype(FLOAT) for one in (x, y))
        angle = np.arctan2(part.y - cy, part.x - cx) * FLOAT(180 / np.pi)
        front, back = DELTOID_ARC
        np.maximum(distance, np.maximum(angle - FLOAT(front), -angle - FLOAT(back)) * FLOAT(0.7), out=distance)
        distance += FLOAT(0.4 + build.wild) * noise(part, rng, 6)
        space.claim(number, part, distance)
        # Fat between its bundles.
        space.add_inner_sheet(part, noise(part, rng, 4.2, sheets=sheet_mm) & (distance < -1.5))


def paint_cords(canvas: Canvas, skeleton: Skeleton, build: LimbBuild, rng: np.random.Generator) -> None:
    """Vessels and nerves; they push muscle and fat aside, never bone or tendon."""
    soft = p.MUSCLE | p.LOOSE
    for part, rows in CORDS.values():
        line = np.array(rows, dtype=float)
        line[:, :3] *= skeleton.sizes.size
        paint_vessel(canvas, p.LIST, part, strayed(line, 1.0 + 3 * build.wild, rng), soft)


def wrap_shoulder(canvas: Canvas, build: LimbBuild, rng: np.random.Generator) -> None:
    """Fill the gaps between contents with fat and wrap everything in fascia, subcutaneous fat and skin."""
    fascia = deep_fascia(canvas, _BEYOND, float(rng.uniform(32, 39)), float(rng.uniform(0.6, 1.6)))
    x, y, z = (canvas.frame.axis(n)[1::COARSE][: fascia.shape[n]] for n in range(3))
    angle = np.arctan2(y[None, :, None], (x - 25.0)[:, None, None])
    lobes = 1 + 0.2 * np.cos(angle - rng.uniform(-2.5, -0.5)) + 0.12 * np.cos(2 * angle + rng.uniform(0, 6.3))
    # More over the arm's back and flank than over the acromion.
    low = np.clip((40.0 - z) / 70.0, 0, 1)[None, None, :]
    fat = np.clip(build.fat_mm * lobes * (0.55 + 0.6 * low), 1.2, 34).astype(FLOAT)
    wrap(canvas, p.LIST, Wrapping(fascia, fat, float(rng.uniform(1.2, 2.0)), 0.75, p.part_number("thin_fascia")))
    paint_septa(canvas, p.LIST, rng, most_thin=0.12, most_thick=0.025)


def add_random_blobs(canvas: Canvas, skeleton: Skeleton, rng: np.random.Generator) -> None:
    """Random blobs of soft tissue away from the joint, so that no network learns where a muscle must lie."""
    box = canvas.whole()
    x, y, z = skeleton.head_centre
    far = ((box.x - FLOAT(x)) / 46) ** 2 + ((box.y - FLOAT(y)) / 46) ** 2 + ((box.z - FLOAT(z)) / 46) ** 2 > 1
    paint_random_blobs(canvas, p.LIST, _BLOBS, far, rng)
