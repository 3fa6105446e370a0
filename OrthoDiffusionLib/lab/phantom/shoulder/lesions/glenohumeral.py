"""Wear of the glenohumeral joint: thin cartilage, bare bone with spurs, cysts and wear of the glenoid's back.

Spurs come first at the glenoid's back rim and the lower edge of the head; cysts, effusion, wear at the back follow
(pacs.de). Millimetres and shares are assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.pockets import pocket_box, ragged
from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Canvas, noise
from OrthoDiffusionLib.lab.phantom.engine.skeleton.bone import Bone
from OrthoDiffusionLib.lab.phantom.shoulder import parts as p
from OrthoDiffusionLib.lab.phantom.shoulder.bones import joint_box, rim_line
from OrthoDiffusionLib.lab.phantom.shoulder.humerus import CAP_DEG
from OrthoDiffusionLib.lab.phantom.shoulder.interior import axillary_pocket
from OrthoDiffusionLib.lab.phantom.shoulder.skeleton import Skeleton

_PLATES = p.members("humeral_cartilage", "glenoid_cartilage")
_SOFT = p.LOOSE | p.members("joint_fluid", "capsule", "air")


@dataclass(frozen=True)
class GlenohumeralLesion:
    """What was drawn.

    Attributes:
        grade: 1 thin cartilage, 2 bare bone and spurs, 3 and cysts, wear at the back.
        centre_ras: of the worn place of the head, canonical mm.
        loose_bodies: how many.
    """

    grade: int
    centre_ras: tuple[float, float, float]
    loose_bodies: int


def wear_joint(
    canvas: Canvas, skeleton: Skeleton, bones: Mapping[str, Bone], grade: int, rng: np.random.Generator
) -> GlenohumeralLesion:
    """Wear the lower middle of the head and the back of the glenoid."""
    head = worn_place(skeleton)
    back = skeleton.from_glenoid([(1.5, -0.30 * skeleton.sizes.glenoid_lower_mm, -3.0)])[0]
    _wear(canvas, skeleton, head, back, grade, rng)
    loose = 0
    if grade >= 2:
        _head_spurs(canvas, skeleton, grade, rng)
        _rim_spurs(canvas, skeleton, grade, rng)
        if rng.random() < 0.6:
            _marrow(canvas, bones, "humerus", head, "head_lesion_oedema", rng.uniform(5, 9, 3), rng)
        if rng.random() < 0.6:
            _marrow(canvas, bones, "scapula", back, "glenoid_lesion_oedema", rng.uniform(4, 8, 3), rng)
    if grade == 3:
        for _ in range(int(rng.integers(2, 5))):
            bone, place = (("humerus", head), ("scapula", back))[int(rng.random() < 0.5)]
            _cyst(canvas, bones, skeleton, bone, place + rng.normal(0, 3.5, 3), rng)
        _wear_back(canvas, skeleton, back, rng)
        loose = int(rng.integers(0, 3))
        for _ in range(loose):
            _loose_body(canvas, skeleton, rng)
    x, y, z = head.tolist()
    return GlenohumeralLesion(grade, (x, y, z), loose)


def worn_place(skeleton: Skeleton) -> np.ndarray:
    """(3,) on the cartilage of the head, below the middle of what faces the glenoid, canonical mm."""
    way = np.array([-0.9, 0.0, -0.44])
    return skeleton.head_centre + way / np.linalg.norm(way) * (skeleton.sizes.head_radius_mm + 0.6)


def _wear(
    canvas: Canvas, skeleton: Skeleton, head: np.ndarray, back: np.ndarray, grade: int, rng: np.random.Generator
) -> None:
    box = joint_box(canvas, skeleton)
    reach = float(rng.uniform(*((10, 14), (12, 16), (15, 20))[grade - 1]))
    view = canvas.view(box)
    near = [(box.x - FLOAT(x)) ** 2 + (box.y - FLOAT(y)) ** 2 + (box.z - FLOAT(z)) ** 2 for x, y, z in (head, back)]
    cloud = np.sqrt(np.minimum(*near)) + FLOAT(2.0) * noise(box, rng, 4.2) < FLOAT(reach)
    worn = _PLATES[view] & cloud
    lost = noise(box, rng, 2.2) > FLOAT((0.1, -0.9, -1.6)[grade - 1])
    view[worn & ~lost] = p.part_number("glenohumeral_fissure")
    view[worn & lost] = p.part_number("glenohumeral_defect")


def _bump(canvas: Canvas, place, radii, part: str, rng: np.random.Generator) -> None:
    box = pocket_box(canvas, place, radii)
    inside = ragged(box, place, radii, rng, (0.35, 2.2)) < 0
    canvas.paint(box, inside, p.part_number(part), onto=_SOFT)


def _head_spurs(canvas: Canvas, skeleton: Skeleton, grade: int, rng: np.random.Generator) -> None:
    """A row of spurs along the lower edge of the head's cartilage."""
    down = np.deg2rad(47.7 - CAP_DEG - 4.0)
    radius = skeleton.sizes.head_radius_mm + 0.8
    for aside in np.deg2rad([-36, -18, 0, 18, 36]):
        own = np.array([np.cos(down) * np.cos(aside), np.sin(aside), np.sin(down) * np.cos(aside)])
        size = float(rng.uniform(2.0, 3.4)) + 0.8 * (grade - 2)
        _bump(canvas, skeleton.from_arm([own * radius])[0], np.array([1.2, 1.7, 1.1]) * size, "head_spur", rng)


def _rim_spurs(canvas: Canvas, skeleton: Skeleton, grade: int, rng: np.random.Generator) -> None:
    """Spurs of the glenoid's rim, at the back and below."""
    rim = rim_line(skeleton, grown_mm=1.5, out_mm=0.0)
    back_and_below = rim[15:31:4]
    for place in back_and_below:
        size = float(rng.uniform(1.5, 2.4)) + 0.6 * (grade - 2)
        _bump(canvas, place, np.array([1.0, 1.2, 1.2]) * size, "glenoid_spur", rng)


def _marrow(
    canvas: Canvas, bones: Mapping[str, Bone], bone: str, place, part: str, radii, rng: np.random.Generator
) -> None:
    box = pocket_box(canvas, place, radii, grown=1.3)
    cloud = ragged(box, place, radii, rng, (1.3, 2.8)) < 0
    canvas.paint(box, cloud, p.part_number(part), onto=p.members(f"{bone}_marrow", f"{bone}_red_marrow"))


def _cyst(
    canvas: Canvas, bones: Mapping[str, Bone], skeleton: Skeleton, bone: str, place, rng: np.random.Generator
) -> None:
    """A round cyst with a dark wall just under the surface."""
    way = skeleton.head_centre - place if bone == "humerus" else np.array([-1.0, 0.0, 0.0])
    radius = float(rng.uniform(2.0, 4.2))
    centre = place + way / np.linalg.norm(way) * (radius + 1.0)
    name = {"humerus": "head", "scapula": "glenoid"}[bone]
    box = pocket_box(canvas, centre, (radius,) * 3)
    shape = ragged(box, centre, (radius,) * 3, rng, (0.3, 2.2))
    onto = p.members(
        *(f"{bone}_{kind}" for kind in ("marrow", "red_marrow", "cortex", "thin_cortex")), f"{name}_lesion_oedema"
    )
    canvas.paint(box, shape < 0.8, p.part_number(f"{name}_spur"), onto=onto)
    canvas.paint(box, shape < 0, p.part_number(f"{name}_cyst"), onto=p.members(f"{name}_spur"))


def _wear_back(canvas: Canvas, skeleton: Skeleton, back: np.ndarray, rng: np.random.Generator) -> None:
    """Bone lost at the glenoid's back, and the labrum there."""
    radii = np.array([3.2, 0.3 * skeleton.sizes.glenoid_lower_mm, 11.0])
    box = pocket_box(canvas, back, radii)
    inside = ragged(box, back, radii, rng, (0.5, 3.0)) < 0
    bone = p.members("scapula_cortex", "scapula_thin_cortex", "scapula_marrow", "glenoid_lesion_oedema")
    canvas.paint(box, inside, p.part_number("glenohumeral_defect"), onto=bone | _PLATES)
    rim = canvas.box(back - np.array([8.0, 10.0, 16.0]), back + np.array([8.0, 6.0, 16.0]))
    torn = noise(rim, rng, 2.2) > FLOAT(rng.uniform(-0.8, 0.2))
    canvas.paint(rim, torn, p.part_number("worn_labrum"), onto=p.members("labrum"))


def _loose_body(canvas: Canvas, skeleton: Skeleton, rng: np.random.Generator) -> None:
    centre, radii = axillary_pocket(skeleton, 1.0)
    place = centre + rng.uniform(-0.6, 0.6, 3) * radii
    size = rng.uniform(1.8, 3.4, 3)
    box = pocket_box(canvas, place, size)
    inside = ragged(box, place, size, rng, (0.3, 2.2)) < 0
    canvas.paint(box, inside, p.part_number("loose_body"), onto=_SOFT)
