"""Soft tissue round an ankle: muscles with fat planes, vessels, nerves, fascia, fat, heel pad and skin.

Thicknesses are assumed where no source stands beside them; where muscles, vessels and nerves run is said in
`limb_contents.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.ankle import parts as p
from OrthoDiffusionLib.lab.phantom.ankle.limb_contents import CORDS, FOOT_MUSCLES, MUSCLES
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
from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Canvas, noise, stations_box, tube
from OrthoDiffusionLib.lab.phantom.engine.skeleton.body import Body

# In front and above the limb goes on; elsewhere it ends.
_BEYOND = Beyond(air=((14, 14), (14, 0), (14, 0)), limb=((0, 0), (0, 14), (0, 14)))
_BLOBS = Blobs(
    names=(*p.MUSCLES, "intermuscular_fat", "other_fat_pad", "vein", "synovium", "soft_tissue_oedema"),
    onto=p.MUSCLE | p.members("subcutaneous_fat", "intermuscular_fat", "thin_fascia", "fat_septum"),
    most=2,
    scales_mm=(4.2, 6.0, 8.5),
    above=(1.0, 1.8),
)


@dataclass(frozen=True, kw_only=True)
class AnkleBuild(LimbBuild):
    """How an ankle is built around its bones.

    Attributes:
        heel_mm: thickness of the pad under the heel, 12 to 20 mm in adults (assumed).
        soleus_mm: how far down the soleus reaches, against a typical one.
    """

    heel_mm: float
    soleus_mm: float


def draw_build(rng: np.random.Generator) -> AnkleBuild:
    """Draw a limb."""
    wild = draw_wild(rng, 0.82, 0.3, 0.8)
    return AnkleBuild(
        fat_mm=float(np.clip(rng.lognormal(np.log(3.6), 0.42), 1.4, 12)),
        heel_mm=float(np.clip(rng.normal(15.0, 2.2), 10, 20)),
        muscle_bulk=float(np.clip(rng.normal(1.0, 0.1), 0.78, 1.22)),
        plane_mm=float(rng.uniform(0.1, 1.0)),
        # Free length of the tendon 42 ± 13 mm (n = 100, PubMed 34756633) to 61.5 ± 14 (n = 81, Szaro).
        soleus_mm=float(np.clip(rng.normal(0.0, 12.0), -24, 26)),
        wild=wild,
    )


def paint_muscles(canvas: Canvas, body: Body, build: AnkleBuild, rng: np.random.Generator) -> None:
    """The leg's muscles share the space between them, separated by fat planes; then those of the foot."""
    box = canvas.box((*canvas.frame.lo_mm[:2], -14.0), canvas.frame.hi_mm)
    swell = np.clip((box.z.ravel() - 8) / 60, 0, 1) ** 1.3 * float(rng.uniform(2.0, 5.0))
    space = MuscleSpace(box, p.LIST, 0.3 + swell)
    for name, rows in MUSCLES.items():
        stations = _placed(name, rows, body, build, rng)
        number = space.new_muscle(rng)
        part = space.clipped(stations_box(canvas, stations, 5.0))
        space.claim(number, part, tube(part, stations) + FLOAT(0.5 + build.wild) * noise(part, rng, 6))
    space.paint(canvas, rng, fat_above=1.5 - 2.0 * build.plane_mm)
    _paint_foot_muscles(canvas, body, build, rng)


def _placed(name: str, rows, body: Body, build: AnkleBuild, rng: np.random.Generator) -> np.ndarray:
    rows = np.array(rows, dtype=float)
    rows[:, 1:3] = body.place(rows[:, [1, 2, 0]])[:, :2]
    rows[:, 1:3] += rng.normal(0, 0.7 + 4 * build.wild, 2) + rng.normal(0, 0.5 + 2 * build.wild, (len(rows), 2))
    rows[:, 3:5] *= build.muscle_bulk * rng.lognormal(0, 0.06 + 0.25 * build.wild) * body.size
    rows[:, 5] = np.deg2rad(rows[:, 5] + rng.normal(0, 5 + 20 * build.wild))
    if name == "soleus":
        rows[:2, 0] += build.soleus_mm
    elif name in ("flexor_hallucis", "peroneus_brevis", "extensor_digitorum"):
        rows[:1, 0] += rng.normal(0, 5.0)
    return rows


def _paint_foot_muscles(canvas: Canvas, body: Body, build: AnkleBuild, rng: np.random.Generator) -> None:
    onto = p.EMPTY
    for rows, wide, thick in FOOT_MUSCLES.values():
        points = body.place(rows, ("calcaneus", "cuboid", "navicular", "forefoot"))
        points += rng.normal(0, 0.6 + 2 * build.wild, points.shape)
        size = build.muscle_bulk * rng.lognormal(0, 0.08) * body.size
        line = course(points, thick * size, wide * size, (1.0, 0.0, 0.0), rounds=1)
        number = p.part_number(p.MUSCLES[rng.integers(len(p.MUSCLES))])
        sleeves = []
        for box, distance, _ in pieces(canvas, line, 2.0, together=2):
            canvas.paint(box, distance < FLOAT(0.9) * noise(box, rng, 4.2), number, onto=onto)
            sleeves.append((box, distance < 1.0))
        # A sleeve of fat keeps neighbours apart.
        for box, near in sleeves:
            canvas.paint(box, near, p.part_number("intermuscular_fat"), onto=onto)


def paint_cords(canvas: Canvas, body: Body, build: AnkleBuild, rng: np.random.Generator) -> None:
    """Vessels and nerves; they push muscle and fat aside, never bone or tendon."""
    soft = p.MUSCLE | p.LOOSE
    for part, rows in CORDS.values():
        line = np.array(rows, dtype=float)
        line[:, :3] = body.place(line[:, :3])
        paint_vessel(canvas, p.LIST, part, strayed(line, 0.8 + 3 * build.wild, rng), soft)


def wrap_limb(canvas: Canvas, build: AnkleBuild, rng: np.random.Generator) -> None:
    """Fill the gaps between contents with fat and wrap everything in fascia, subcutaneous fat and skin."""
    fascia = deep_fascia(canvas, _BEYOND, float(rng.uniform(20, 28)), float(rng.uniform(0.8, 1.8)))
    fat, sole = _fat_thickness(canvas, fascia, build, rng)
    # The skin of the sole is thick.
    skin = FLOAT(rng.uniform(0.9, 1.5)) * (1 + FLOAT(1.6) * sole)
    wrap(canvas, p.LIST, Wrapping(fascia, fat, skin, 0.7, p.part_number("thin_fascia")))


def _fat_thickness(canvas: Canvas, fascia: np.ndarray, build: AnkleBuild, rng: np.random.Generator):
    """Coarse fields of the subcutaneous fat's thickness, mm, and of what faces the ground, 0 to 1."""
    x, y, z = (canvas.frame.axis(n)[1::COARSE][: fascia.shape[n]] for n in range(3))
    slope = np.gradient(fascia, canvas.frame.spacing_mm * COARSE)
    length = np.sqrt(sum(part**2 for part in slope)) + FLOAT(1e-3)
    down, back = np.clip(-slope[2] / length, 0, 1), np.clip(-slope[1] / length, 0, 1)
    low = np.clip((-30.0 - z) / 25.0, 0, 1)[None, None, :]
    sole = (np.clip((down - 0.35) / 0.4, 0, 1) * low).astype(FLOAT)
    heel = np.exp(-(((y + 36.0) / 24.0) ** 2))[None, :, None]
    pad = (build.heel_mm - 2.5) * heel + 0.45 * build.heel_mm * (1 - heel)
    angle = np.arctan2(y[None, :, None] + 8, x[:, None, None])
    lobes = 1 + 0.25 * np.cos(angle - rng.uniform(3.4, 5.6)) + 0.12 * np.cos(2 * angle + rng.uniform(0, 6.3))
    up = np.clip((z - 10.0) / 70.0, 0, 1)[None, None, :]
    leg = build.fat_mm * lobes * (0.75 + 0.55 * up) + 1.5 * back * low
    return np.clip(leg * (1 - sole) + pad * sole, 1.2, 26).astype(FLOAT), sole


def paint_all_septa(canvas: Canvas, rng: np.random.Generator) -> None:
    """Sheets of connective tissue in the fat, thick and close together in the heel's pad."""
    paint_septa(canvas, p.LIST, rng, most_thin=0.12, most_thick=0.025)
    heel = canvas.box((-30, -75, -100), (40, -5, -64))
    sheet = noise(heel, rng, 2.2, sheets=float(rng.uniform(0.08, 0.2)))
    canvas.paint(heel, sheet, p.part_number("thin_fascia"), onto=p.members("subcutaneous_fat"))


def add_random_blobs(canvas: Canvas, rng: np.random.Generator) -> None:
    """Random blobs of any soft tissue away from the joint, so that no network learns where a muscle must lie."""
    box = canvas.whole()
    far = (box.x / 40) ** 2 + ((box.y + 6) / 44) ** 2 + ((box.z + 18) / 42) ** 2 > 1
    paint_random_blobs(canvas, p.LIST, _BLOBS, far, rng)
