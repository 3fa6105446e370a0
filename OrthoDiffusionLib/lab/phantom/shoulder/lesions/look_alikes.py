"""What looks like a disease of the shoulder and is none, and companions that come without their disease.

Frequencies and sizes are assumed.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.cords import Course, course_box, distance_to
from OrthoDiffusionLib.lab.phantom.engine.pockets import pocket_box, ragged
from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Canvas, noise
from OrthoDiffusionLib.lab.phantom.shoulder import parts as p
from OrthoDiffusionLib.lab.phantom.shoulder.cuff import CuffTendon
from OrthoDiffusionLib.lab.phantom.shoulder.interior import axillary_pocket
from OrthoDiffusionLib.lab.phantom.shoulder.lesions.tendon_sheet import sheet_of
from OrthoDiffusionLib.lab.phantom.shoulder.skeleton import Skeleton


def add_tendinosis(canvas: Canvas, tendon: CuffTendon, middle: np.ndarray, rng: np.random.Generator) -> None:
    """A grey zone inside a tendon, less bright than fluid, that reaches neither surface for certain."""
    (grey,) = p.TENDINOSIS[tendon.name]
    sheet = sheet_of(canvas, tendon, p.members(f"{tendon.name}_tendon"), middle)
    place, across = float(rng.uniform(8, 18)), float(rng.uniform(0.2, 0.8)) * sheet.width_mm
    reach, wide = float(rng.uniform(7, 14)), float(rng.uniform(6, 12))
    inside = ((sheet.along_mm - place) / reach) ** 2 + ((sheet.across_mm - across) / wide) ** 2
    inside = (inside + 0.4 * sheet.noise(rng, 3.0) < 1) & (np.abs(sheet.depth) < 0.85 + 0.2 * sheet.noise(rng, 1.6))
    sheet.paint(canvas, inside, p.part_number(grey))


def add_magic_angle(canvas: Canvas, tendon: CuffTendon, middle: np.ndarray, rng: np.random.Generator) -> None:
    """A thin grey streak where fibres of the supraspinatus stand at 55° to the field: about 1 cm from the footprint."""
    sheet = sheet_of(canvas, tendon, p.members("supraspinatus_tendon"), middle)
    place = float(rng.uniform(11, 17))
    streak = (np.abs(sheet.along_mm - place) < 5 + sheet.noise(rng, 2.2)) & (np.abs(sheet.depth) < 0.3)
    sheet.paint(canvas, streak & (sheet.noise(rng, 2.2) > -0.6), p.part_number("supraspinatus_tendinosis"))


def add_calcific_deposit(canvas: Canvas, tendon: CuffTendon, middle: np.ndarray, rng: np.random.Generator) -> None:
    """A dark lump in the supraspinatus near its footprint."""
    centre = tendon.place(float(rng.uniform(0.14, 0.3)), float(rng.uniform(0.2, 0.8)))
    radii = np.array([float(rng.uniform(2.5, 5.0)), float(rng.uniform(2.5, 5.0)), 1.8])
    box = pocket_box(canvas, centre, radii)
    inside = ragged(box, centre, radii, rng, (0.4, 1.6)) < 0
    canvas.paint(
        box,
        inside,
        p.part_number("calcific_deposit"),
        onto=p.members("supraspinatus_tendon", "supraspinatus_tendinosis"),
    )


def add_tuberosity_cyst(canvas: Canvas, tendon: CuffTendon, middle: np.ndarray, rng: np.random.Generator) -> None:
    """A small cyst in bone under a footprint."""
    foot = tendon.footprint[int(rng.integers(len(tendon.footprint)))]
    inward = middle - foot
    radius = float(rng.uniform(1.6, 3.4))
    centre = foot + inward / np.linalg.norm(inward) * (radius + 0.8)
    box = pocket_box(canvas, centre, (radius,) * 3)
    inside = ragged(box, centre, (radius,) * 3, rng, (0.3, 2.2)) < 0
    onto = p.members("humerus_marrow", "humerus_red_marrow", "humerus_cortex", "humerus_thin_cortex")
    canvas.paint(box, inside, p.part_number("tuberosity_cyst"), onto=onto)


def add_wet_sheath(canvas: Canvas, biceps: Course, groove: float, rng: np.random.Generator) -> None:
    """Fluid all round a whole biceps tendon in its groove."""
    first = int(np.clip(groove, 0, 0.8) * (len(biceps.points) - 1))
    part = slice(first, first + 10)
    line = Course(biceps.points[part], biceps.thick[part], biceps.wide[part], biceps.across)
    mm = float(rng.uniform(1.2, 3.0))
    box = course_box(canvas, line, mm + 2.0)
    wet = distance_to(box, line) + FLOAT(0.5) * noise(box, rng, 3.0) < FLOAT(mm)
    canvas.paint(box, wet, p.part_number("sheath_fluid"), onto=p.LOOSE | p.members("deltoid_muscle"))


def add_superior_recess(canvas: Canvas, skeleton: Skeleton, rng: np.random.Generator) -> None:
    """Fluid over the upper edge of the subscapularis, under the coracoid."""
    centre = np.array([2.0, 21.0, 13.0]) * skeleton.sizes.size
    radii = np.array([7.0, 3.0, 5.0]) * float(rng.uniform(0.8, 1.4))
    box = pocket_box(canvas, centre, radii)
    inside = ragged(box, centre, radii, rng, (0.5, 2.2)) < 0
    canvas.paint(box, inside, p.part_number("joint_fluid"), onto=p.LOOSE | p.members("capsule", "air"))


def add_bare_spot(canvas: Canvas, skeleton: Skeleton, rng: np.random.Generator) -> None:
    """The middle of the glenoid without cartilage, as in many healthy people."""
    centre = skeleton.from_glenoid([(1.0, 0.0, -2.5)])[0]
    radius = float(rng.uniform(1.6, 2.8))
    box = pocket_box(canvas, centre, (3.0, radius, radius))
    inside = ragged(box, centre, (3.0, radius, radius), rng, (0.3, 1.6)) < 0
    canvas.paint(box, inside, p.part_number("joint_fluid"), onto=p.members("glenoid_cartilage"))


def add_effusion(canvas: Canvas, skeleton: Skeleton, rng: np.random.Generator) -> None:
    """More fluid in the pouch below the head, with or without a disease."""
    centre, radii = axillary_pocket(skeleton, float(rng.uniform(2.0, 4.5)))
    box = pocket_box(canvas, centre, radii)
    inside = ragged(box, centre, radii, rng, (0.6, 3.0)) < 0
    canvas.paint(box, inside, p.part_number("joint_fluid"), onto=p.LOOSE | p.members("capsule", "air"))


def tendons_without_tears(tendons: Mapping[str, CuffTendon], grades: Mapping[str, int]) -> list[CuffTendon]:
    """Those of the three large tendons that no tear is drawn in."""
    return [tendons[name] for name in p.TENDINOSIS if not grades.get(f"{name}_injury", 0)]
