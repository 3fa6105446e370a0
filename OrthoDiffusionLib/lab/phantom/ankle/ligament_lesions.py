"""Injuries of the two lateral ligaments that an analysis looks for, with their companions.

What they look like follows mrionline.com (lateral ankle sprain) and radsource.us: interrupted, absent, thick or wavy;
bright, with its fat planes lost and fluid beside it; old ones thick, thin or wavy without oedema. Millimetres are
assumed where no source stands beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.ankle import parts as p
from OrthoDiffusionLib.lab.phantom.ankle.tendons import wet_sheath
from OrthoDiffusionLib.lab.phantom.engine.cords import Course, course_box, distance_to
from OrthoDiffusionLib.lab.phantom.engine.pockets import pocket_box, ragged, soaked
from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Box, Canvas, ellipsoid, grow, noise
from OrthoDiffusionLib.lab.phantom.engine.skeleton.body import Body

_SOFT = p.LOOSE | p.members("capsule", "retinaculum", "joint_fluid", "air")


@dataclass(frozen=True)
class LigamentLesion:
    """What was drawn of one injured ligament.

    Attributes:
        grade: 1 to 3.
        old: whether it healed without oedema, as a scar.
        share: where along the ligament from the fibula it is torn, 0 to 1.
        centre_ras: of the tear, canonical mm.
    """

    grade: int
    old: bool
    share: float
    centre_ras: tuple[float, float, float]


def injure_atfl(canvas: Canvas, body: Body, line: Course, grade: int, rng: np.random.Generator) -> LigamentLesion:
    """Sprain, partial or complete tear of the anterior talofibular ligament: mid or talar, rarely fibular."""
    lesion = _draw(line, grade, rng, fibular=0.12)
    _tear(canvas, line, "anterior_talofibular", lesion, rng)
    if lesion.old:
        return lesion
    spread = np.array([7.0, 7.0, 8.0]) * (0.75, 1.0, 1.3)[grade - 1] * rng.uniform(0.85, 1.2, 3)
    centre = line.at(0.55) + np.array([2.0, 2.5, 0.0])
    _oedema(canvas, centre, spread, "anterior_talofibular_oedema", (0.3, -0.2, -0.7)[grade - 1], rng)
    if grade == 3 or rng.random() < 0.3 * grade:
        _leak(canvas, line, "anterior_talofibular_gap", rng)
    if rng.random() < 0.5:
        _bright_rim(canvas, line, "anterior_talofibular_gap", rng)
    return lesion


def injure_cfl(
    canvas: Canvas, body: Body, lines: Mapping[str, Course], grade: int, rng: np.random.Generator
) -> LigamentLesion:
    """Sprain, partial or complete tear of the calcaneofibular ligament; fluid in the peroneal sheath is a sign of it.

    Readers see it less often than the anterior one (sensitivity 41 % for partial and 61 % for complete tears,
    PMC5721913): little oedema goes with it.

    Args:
        lines: courses of the ligament and of the peroneal tendons by name.
    """
    line = lines["calcaneofibular_ligament"]
    lesion = _draw(line, grade, rng, fibular=0.3)
    _tear(canvas, line, "calcaneofibular", lesion, rng)
    if lesion.old:
        return lesion
    spread = np.array([4.0, 6.0, 7.0]) * (0.6, 0.85, 1.1)[grade - 1] * rng.uniform(0.8, 1.2, 3)
    _oedema(canvas, np.array(lesion.centre_ras), spread, "calcaneofibular_oedema", (0.7, 0.3, -0.2)[grade - 1], rng)
    if rng.random() < (0.25, 0.5, 0.75)[grade - 1]:
        wet_sheath(canvas, lines["peroneus_longus"], (0.3, 0.62), float(rng.uniform(0.8, 2.0)), rng)
    return lesion


def sprain_companions(canvas: Canvas, body: Body, rng: np.random.Generator) -> None:
    """What comes with an inversion injury: bruises of the medial talus and malleolus, a swollen deltoid ligament."""
    if rng.random() < 0.5:
        bruise(canvas, body.at("talus", (-16.5, -3.0, -10.0)), rng.uniform(4, 9, 3), "talus", rng)
    if rng.random() < 0.3:
        bruise(canvas, body.at("tibia", (-22.0, 2.0, -7.0)), rng.uniform(4, 8, 3), "tibia", rng)
    if rng.random() < 0.25:
        bruise(canvas, body.at("fibula", (29.0, -2.0, -23.0)), rng.uniform(3, 6, 3), "fibula", rng)
    if rng.random() < 0.35:
        centre = body.at("tibia", (-21.5, -2.6, -7.2)) + np.array([-3.0, 0.0, -8.0])
        _oedema(canvas, centre, rng.uniform(4, 8, 3), "soft_tissue_oedema", 0.3, rng)


def bruise(canvas: Canvas, centre, radii, bone: str, rng: np.random.Generator) -> None:
    """Marrow oedema with a feathered edge, of no finding."""
    box = pocket_box(canvas, centre, radii, grown=1.4, margin_mm=1.0)
    inside = ragged(box, centre, radii, rng, (1.8, 2.8), (1.3, 1.6)) < 0
    onto = p.members(f"{bone}_marrow", f"{bone}_red_marrow", f"{bone}_physeal_scar")
    canvas.paint(box, inside, p.part_number(f"{bone}_oedema"), onto=onto)


def _draw(line: Course, grade: int, rng: np.random.Generator, *, fibular: float) -> LigamentLesion:
    share = float(rng.uniform(0.12, 0.3) if rng.random() < fibular else rng.uniform(0.42, 0.85))
    x, y, z = line.at(share).tolist()
    return LigamentLesion(grade, bool(rng.random() < 0.2), share, (x, y, z))


def _tear(canvas: Canvas, line: Course, name: str, lesion: LigamentLesion, rng: np.random.Generator) -> None:
    """Swell and interrupt a ligament, or leave it as a scar."""
    grade = lesion.grade
    whole, torn = p.part_number(f"{name}_ligament"), p.part_number(f"torn_{name}_ligament")
    gap, scar = p.part_number(f"{name}_gap"), p.part_number(f"{name}_scar")
    box = course_box(canvas, line, 6.0)
    view = canvas.view(box)
    old = view == whole
    if lesion.old:
        # Thick and wavy, or a thin remnant.
        thin = rng.random() < (0.1, 0.4, 0.7)[grade - 1]
        wave = Course(line.points + _waves(line, rng, 0.5 if thin else 1.1), line.thick, line.wide, line.across)
        inside = distance_to(box, wave, thicker=0.55 if thin else float(rng.uniform(1.7, 2.4)) + 0.2 * (grade - 2)) < 0
        view[old] = p.part_number("other_fat_pad")
        view[(old | inside) & inside & (_SOFT[view] | old)] = scar
        return
    thicker = float(rng.uniform(*((1.4, 1.9), (1.6, 2.2), (1.8, 2.6))[grade - 1]))
    wave = Course(line.points + _waves(line, rng, 0.9), line.thick, line.wide, line.across) if grade == 3 else line
    frayed = noise(box, rng, 1.6) > FLOAT((-0.7, -0.9, -0.5)[grade - 1])
    swollen = (distance_to(box, wave, thicker=thicker, wider=1.12) < 0) & frayed
    centre = np.array(lesion.centre_ras)
    reach = float(rng.uniform(*((4.5, 7.0), (5.5, 8.5), (8.0, 13.0))[grade - 1]))
    near = ragged(box, centre, (reach,) * 3, rng, (0.8, 3.0)) < 0
    view[(swollen & near & _SOFT[view]) | (old & near)] = torn
    if grade == 3 and rng.random() < 0.35:
        # Hardly anything is left.
        rest = (view == torn) & (noise(box, rng, 1.6) > -0.9)
        view[rest] = gap
    if grade >= 2:
        radius = float(rng.uniform(*((1.4, 2.4), (2.2, 4.0))[grade - 2]))
        hole = ragged(box, centre, (radius,) * 3, rng, (0.9, 1.6)) < 0
        view[hole & ((view == torn) | (view == whole))] = gap


def _waves(line: Course, rng: np.random.Generator, mm: float) -> np.ndarray:
    turns = np.sin(np.linspace(0, float(rng.uniform(5, 9)), len(line.points)) + rng.uniform(0, 6))
    ends = np.sin(np.pi * np.linspace(0, 1, len(line.points)))
    return mm * (turns * ends)[:, None] * np.array([0.8, 0.4, 0.4])


def _oedema(canvas: Canvas, centre, radii, part: str, above: float, rng: np.random.Generator) -> None:
    box = pocket_box(canvas, centre, radii, grown=1.3, margin_mm=1.0)
    canvas.paint(box, soaked(box, centre, radii, rng, above), p.part_number(part), onto=p.LOOSE)


def _leak(canvas: Canvas, line: Course, part: str, rng: np.random.Generator) -> None:
    """Fluid from the joint that runs out in front of the malleolus."""
    centre = line.at(0.5) + np.array([2.5, 3.5, rng.uniform(-3, 3)])
    radii = rng.uniform((1.5, 1.0, 3.0), (3.5, 2.0, 8.0))
    box = pocket_box(canvas, centre, radii)
    pool = ragged(box, centre, radii, rng, (1.1, 2.2)) < 0
    soft = p.LOOSE | p.members("anterior_talofibular_oedema", "capsule", "retinaculum")
    canvas.paint(box, pool, p.part_number(part), onto=soft)


def _bright_rim(canvas: Canvas, line: Course, part: str, rng: np.random.Generator) -> None:
    """A bright rim where the ligament has left the bone; it raises readers' sensitivity (AJR 198:885)."""
    end = line.at(float(rng.choice([0.02, 0.97])))
    box: Box = canvas.box(end - 5, end + 5)
    view = canvas.view(box)
    beside = grow(p.BONE[view]) & ~p.BONE[view]
    ring = beside & (ellipsoid(box, end, (3.2,) * 3) < 0)
    ring &= (p.LOOSE | p.members("anterior_talofibular_ligament", "torn_anterior_talofibular_ligament"))[view]
    view[ring] = p.part_number(part)
