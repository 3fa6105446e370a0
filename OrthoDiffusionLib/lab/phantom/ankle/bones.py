"""Bones and cartilage of a right ankle: surfaces filled with marrow, a cortical shell, shafts, and plates between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.ankle import parts as p
from OrthoDiffusionLib.lab.phantom.ankle.body import TARSUS
from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Box, Canvas, grow, noise, points_box
from OrthoDiffusionLib.lab.phantom.engine.skeleton.body import Body
from OrthoDiffusionLib.lab.phantom.engine.skeleton.bone import Bone, smooth_bone, uneven_cortex
from OrthoDiffusionLib.lab.phantom.engine.skeleton.plates import Plate, moist, paint_facing_plates
from OrthoDiffusionLib.lab.phantom.engine.surface_mesh import inside_mesh

MAIN = ("tibia", "fibula", "talus", "calcaneus", "navicular", "cuboid")
# Where the shafts go on from the stumps of the surfaces, canonical mm: below every stump's lid.
_STUMP_MM = 40.0
# Radius and place (x, y) of the shafts 85 mm above the joint line (assumed).
_SHAFTS = {"tibia": (11.5, (3.0, 3.0)), "fibula": (6.3, (29.0, -9.0))}


@dataclass(frozen=True)
class Cartilage:
    """Thickness of the plates, mm.

    Talus 1.10 ± 0.18, tibia 1.16 ± 0.14, fibula 0.85 ± 0.13, the talar maximum of 2.4 at the shoulders of the dome
    (stereophotography, n = 12, Osteoarthritis Cartilage 2007); talus 1.34 ± 0.14 on MRI (PubMed 17019682). Subtalar
    plates and the film of fluid between them are assumed.

    Attributes:
        tibial, talar, fibular, subtalar: of each plate.
        film: of fluid between two plates.
    """

    tibial: float
    talar: float
    fibular: float
    subtalar: float
    film: float


def draw_cartilage(rng: np.random.Generator) -> Cartilage:
    """Plates of one person; in one of ten they are worn."""
    worn = 1.0 if rng.random() > 0.1 else float(rng.uniform(0.65, 0.85))
    tibial, talar, fibular, subtalar = worn * rng.normal((1.2, 1.28, 0.88, 1.1), (0.13, 0.15, 0.1, 0.14))
    return Cartilage(float(tibial), float(talar), float(fibular), float(subtalar), float(rng.uniform(0.05, 0.5)))


def voxel_bones(canvas: Canvas, body: Body) -> dict[str, Bone]:
    """Each bone of the body on the canvas; tibia and fibula with their shafts."""
    found = {}
    for name, vertices in body.bones.items():
        box = points_box(canvas, vertices, 6.0)
        if name in _SHAFTS:
            top = canvas.frame.hi_mm[2]
            radius, (x, y) = _SHAFTS[name]
            reach = vertices[vertices[:, 2] > _STUMP_MM - 8]
            corner = np.minimum(vertices.min(0), (x - radius, y - radius, 0)) - 6
            other = np.maximum(vertices.max(0), (x + radius, y + radius, 0)) + 6
            box = canvas.box(corner, (*other[:2], top))
            mask = _with_shaft(box, inside_mesh(box, vertices, body.faces[name]), reach, name, body.size)
        else:
            mask = inside_mesh(box, vertices, body.faces[name])
        if name == "forefoot":
            # Nothing is measured from its surface: a shell of two voxels does.
            found[name] = Bone(box, np.where(mask, np.where(grow(~mask, 2), FLOAT(-0.5), FLOAT(-5.0)), FLOAT(5.0)))
            continue
        found[name] = smooth_bone(canvas, box, mask)
    return found


def _with_shaft(box: Box, mask: np.ndarray, stump: np.ndarray, name: str, size: float) -> np.ndarray:
    """The filled surface with its stump carried on to the top of the box, slimming to a shaft."""
    heights, spacing = box.z.ravel(), float(box.z.ravel()[1] - box.z.ravel()[0])
    last = int(np.searchsorted(heights, min(_STUMP_MM, stump[:, 2].max() - 4.0)))
    section = mask[:, :, last]
    where = np.argwhere(section)
    centre = where.mean(axis=0)
    radius, goal = _SHAFTS[name]
    slimmest = min(1.1, radius * size / (np.sqrt(len(where) / np.pi) * spacing))
    target = np.array([(goal[0] - box.x.flat[0]) / spacing, (goal[1] - box.y.flat[0]) / spacing])
    i, j = np.arange(mask.shape[0]), np.arange(mask.shape[1])
    for k in range(last + 1, mask.shape[2]):
        away = (heights[k] - heights[last]) / 45.0
        middle = centre + (target - centre) * min(away, 1.0)
        scale = 1 + (slimmest - 1) * (1 - np.exp(-2.2 * away))
        from_i = np.clip(np.rint(centre[0] + (i - middle[0]) / scale), 0, len(i) - 1).astype(int)
        from_j = np.clip(np.rint(centre[1] + (j - middle[1]) / scale), 0, len(j) - 1).astype(int)
        mask[:, :, k] = section[np.ix_(from_i, from_j)]
    return mask


def paint_bones(canvas: Canvas, bones: Mapping[str, Bone], size: float, rng: np.random.Generator) -> None:
    """Cortex and marrow; where two bones would meet, a cleft keeps their cortices apart."""
    for name in ("forefoot", *(one for one in TARSUS if one != "forefoot"), "calcaneus", "talus", "fibula", "tibia"):
        bone = bones[name]
        prefix = name if name in MAIN else "foot"
        inside = bone.distance < 0
        neighbours = p.BONE[canvas.view(bone.box)]
        inside &= ~neighbours & ~grow(neighbours)
        cortex = _cortex_mm(name, bone.box, size, rng)
        canvas.paint(bone.box, inside, p.part_number(f"{prefix}_cortex"))
        # A shell as thin as a voxel fills some voxels only in part; the outlines stay.
        thin = inside & (cortex < 1.2) & noise(bone.box, rng, 6.0, above=float(rng.uniform(-0.3, 1.0)))
        canvas.paint(bone.box, thin, p.part_number(f"{prefix}_thin_cortex"))
        canvas.paint(bone.box, inside & (bone.distance < -cortex), p.part_number(f"{prefix}_marrow"))


def _cortex_mm(name: str, box: Box, size: float, rng: np.random.Generator) -> np.ndarray:
    """Thickness of the cortex: a thin shell round what is cancellous, thick in the shafts (assumed)."""
    uneven = uneven_cortex(box, rng, 0.6)
    if name in _SHAFTS:
        most = float(rng.uniform(3.0, 4.8) if name == "tibia" else rng.uniform(1.8, 2.8))
        grown = np.clip((box.z - 12 * size) / FLOAT(75 * size), 0, 1)
        return (FLOAT(0.85) + FLOAT(most - 0.85) * grown ** FLOAT(1.2)) * uneven
    if name == "forefoot":
        return FLOAT(1.4) * uneven
    return FLOAT(rng.uniform(0.75, 1.1)) * uneven


def paint_cartilage(
    canvas: Canvas, bones: Mapping[str, Bone], plates: Cartilage, size: float, rng: np.random.Generator
) -> None:
    """The plates between bones; what of a joint space they leave is a film of fluid."""
    _paint_dome(canvas, bones, plates, size, rng)
    fibula = Plate(bones["fibula"], "fibular_cartilage", plates.fibular)
    side = Plate(bones["talus"], "talar_dome_cartilage", plates.talar * 0.85)
    paint_facing_plates(canvas, p.LIST, (fibula, side), 3.4, rng)
    pair = _pair(bones, "talus", "calcaneus", "subtalar_cartilage", plates.subtalar)
    paint_facing_plates(canvas, p.LIST, pair, 3.3, rng)
    # The film of the foot's other joints is no fluid of the ankle.
    for upper, lower in (("talus", "navicular"), ("calcaneus", "cuboid")):
        pair = _pair(bones, upper, lower, "other_cartilage", 0.8)
        paint_facing_plates(canvas, p.LIST, pair, 3.4, rng, fluid="cyst_fluid")
    for lower in ("medial_cuneiform", "intermediate_cuneiform", "lateral_cuneiform"):
        pair = _pair(bones, "navicular", lower, "other_cartilage", 0.6)
        paint_facing_plates(canvas, p.LIST, pair, 2.6, rng, fluid="cyst_fluid")


def _pair(bones: Mapping[str, Bone], upper: str, lower: str, part: str, thick_mm: float) -> tuple[Plate, Plate]:
    """Two plates of one part and one thickness."""
    return Plate(bones[upper], part, thick_mm), Plate(bones[lower], part, thick_mm)


def _paint_dome(canvas, bones, plates: Cartilage, size: float, rng: np.random.Generator) -> None:
    """Plafond, medial malleolus and talar dome; the dome's plate is thickest at its shoulders."""
    talus, tibia = bones["talus"], bones["tibia"]
    box = canvas.box((-30 * size, -24 * size, -24 * size), (27 * size, 26 * size, 12 * size))
    below, above = talus.over(box), tibia.over(box)
    shoulders = np.exp(-(((np.abs(box.x + FLOAT(1.0)) - FLOAT(13 * size)) / FLOAT(4.0 * size)) ** 2))
    talar = FLOAT(plates.talar) * (1 + FLOAT(0.4) * shoulders) * (1 + FLOAT(0.08) * noise(box, rng, 6))
    tibial = FLOAT(plates.tibial) * (1 + FLOAT(0.08) * noise(box, rng, 6))
    gap = below + above
    facing = (below >= 0) & (above >= 0) & (gap < FLOAT(plates.talar + plates.tibial + 1.6))
    # The trochlea is longer than the plafond that rolls on it.
    up = np.gradient(below, axis=2) > FLOAT(0.45 * canvas.frame.spacing_mm)
    roll = (below >= 0) & (below < talar) & up & (box.z > -8.5 * size) & (np.abs(box.x + 1.0) < 16.5 * size)
    roll &= (box.y > -17.5 * size) & (box.y < 16.5 * size)
    share = below * (tibial + talar) < gap * talar
    dome = (facing & (below < talar) & (share | (above >= tibial))) | (roll & (above > below * 0.6))
    plafond = facing & (above < tibial) & ~dome
    fluid = facing & ~dome & ~plafond
    canvas.paint(box, fluid & moist(box, rng), p.part_number("joint_fluid"), onto=p.EMPTY)
    canvas.paint(box, fluid, p.part_number("synovium"), onto=p.EMPTY)
    canvas.paint(box, dome, p.part_number("talar_dome_cartilage"), onto=p.EMPTY)
    canvas.paint(box, plafond, p.part_number("tibial_plafond_cartilage"), onto=p.EMPTY)
