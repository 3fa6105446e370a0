"""Disease of the acromioclavicular joint, from moderate up, and the slight wear that nearly everybody has.

Four in five people without symptoms have some wear (82 %, JSES 10:204), which is no disease here. Moderate: spurs and
an uneven gap with a thick capsule; then oedema of both ends; then an effusion, and the fat below pressed. Millimetres
are assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.pockets import pocket_box, ragged
from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Canvas, noise
from OrthoDiffusionLib.lab.phantom.engine.skeleton.bone import Bone
from OrthoDiffusionLib.lab.phantom.shoulder import parts as p
from OrthoDiffusionLib.lab.phantom.shoulder.scapula import Arch

_SOFT = p.LOOSE | p.members("other_ligament", "bursa", "air")
_GAP = p.members("acromioclavicular_cartilage", "cyst_fluid", "synovium", "intermuscular_fat", "other_fat_pad")


@dataclass(frozen=True)
class AcromioclavicularLesion:
    """What was drawn.

    Attributes:
        grade: 1 gap with spurs, 2 and oedema, 3 and effusion.
        spur_mm: radius of the largest spur.
        centre_ras: the joint's middle, canonical mm.
    """

    grade: int
    spur_mm: float
    centre_ras: tuple[float, float, float]


def injure_acromioclavicular(
    canvas: Canvas, arch: Arch, bones: Mapping[str, Bone], grade: int, rng: np.random.Generator
) -> AcromioclavicularLesion:
    """Spurs, an uneven gap, a thick capsule; oedema; effusion."""
    spurs = [
        _spur(canvas, arch, bone, up, float(rng.uniform(2.6, 4.2)), f"{bone}_spur", rng)
        for bone, up in (("clavicle", 1), ("clavicle", -1), ("acromion", 1), ("acromion", -1))
        if up == -1 or rng.random() < 0.75
    ]
    _widen(canvas, arch, bones, rng)
    swell = (2.4, 3.0, 4.2)[grade - 1] + float(rng.uniform(0, 1.2))
    _capsule(canvas, arch, swell, grade, rng)
    if grade >= 2:
        for bone, way in (("clavicle", -1.0), ("scapula", 1.0)):
            if bone == "clavicle" or rng.random() < 0.75:
                _oedema(canvas, arch, bone, way, float(rng.uniform(7, 14)), rng)
    x, y, z = arch.joint.tolist()
    return AcromioclavicularLesion(grade, max(spurs), (x, y, z))


def add_slight_wear(canvas: Canvas, arch: Arch, rng: np.random.Generator) -> None:
    """Small spurs and nothing else."""
    for bone, up in (("clavicle", 1), ("clavicle", -1), ("acromion", 1)):
        if rng.random() < 0.6:
            part = "clavicle_cortex" if bone == "clavicle" else "scapula_cortex"
            _spur(canvas, arch, bone, up, float(rng.uniform(0.9, 1.6)), part, rng)


def add_subacromial_spur(canvas: Canvas, arch: Arch, rng: np.random.Generator) -> None:
    """A spur under the front of the acromion, with or without anything else."""
    centre = arch.acromion[-1] + np.array([0.0, 1.0, -arch.acromion_half_mm - 0.3])
    radii = np.array([4.0, 3.2, 2.0]) * float(rng.uniform(0.8, 1.2))
    box = pocket_box(canvas, centre, radii)
    inside = ragged(box, centre, radii, rng, (0.3, 2.2)) < 0
    canvas.paint(box, inside, p.part_number("scapula_cortex"), onto=_SOFT | p.members("bursal_fat"))


def _spur(canvas: Canvas, arch: Arch, bone: str, up: int, radius: float, part: str, rng: np.random.Generator) -> float:
    """A bump at the upper or lower edge of one end of the joint."""
    way = -1.0 if bone == "clavicle" else 1.0
    centre = arch.joint + arch.joint_axis * way * (1.2 + 0.5 * radius) + np.array([0.0, 0.0, up * (4.8 + 0.5 * radius)])
    centre = centre + rng.normal(0, 0.5, 3)
    radii = radius * np.array([1.0, 1.7, 1.0])
    box = pocket_box(canvas, centre, radii)
    inside = ragged(box, centre, radii, rng, (0.25, 2.2)) < 0
    canvas.paint(box, inside, p.part_number(part), onto=_SOFT | _GAP)
    return radius


def _widen(canvas: Canvas, arch: Arch, bones: Mapping[str, Bone], rng: np.random.Generator) -> None:
    """Uneven ends with fluid and pits between them."""
    box = canvas.box(arch.joint - 9, arch.joint + 9)
    acromion, clavicle = bones["scapula"].over(box), bones["clavicle"].over(box)
    between = (acromion + clavicle < FLOAT(5.0)) & (np.minimum(acromion, clavicle) > FLOAT(-1.6))
    across = sum(
        (axis - FLOAT(c)) * FLOAT(a)
        for axis, c, a in zip((box.x, box.y, box.z), arch.joint, arch.joint_axis, strict=True)
    )
    near = np.abs(across) < FLOAT(rng.uniform(2.0, 3.2)) + FLOAT(0.9) * noise(box, rng, 2.2)
    bone = p.members(
        *(f"{name}_{kind}" for name in ("clavicle", "scapula") for kind in ("cortex", "thin_cortex", "marrow"))
    )
    canvas.paint(box, near & between, p.part_number("acromioclavicular_defect"), onto=_GAP | bone)


def _capsule(canvas: Canvas, arch: Arch, mm: float, grade: int, rng: np.random.Generator) -> None:
    """A thick capsule over and under the joint; filled with fluid in the worst."""
    radii = np.array([6.0, 8.5, 4.6]) + np.array([0.3, 0.5, 1.0]) * mm
    box = pocket_box(canvas, arch.joint, radii)
    bulge = ragged(box, arch.joint, radii, rng, (0.5, 3.0))
    canvas.paint(box, bulge < 0, p.part_number("acromioclavicular_capsule"), onto=_SOFT | _GAP)
    if grade == 3:
        wet = (bulge < -1.4) & (noise(box, rng, 2.2) > -1.0)
        canvas.paint(
            box, wet, p.part_number("acromioclavicular_effusion"),
            onto=_GAP | p.members("acromioclavicular_capsule", "acromioclavicular_defect"),
        )  # fmt: skip


def _oedema(canvas: Canvas, arch: Arch, bone: str, way: float, reach: float, rng: np.random.Generator) -> None:
    """Oedema of one end's marrow."""
    centre = arch.joint + arch.joint_axis * way * 0.5 * reach
    radii = np.array([reach, reach, 8.0])
    box = pocket_box(canvas, centre, radii, grown=1.2)
    cloud = ragged(box, centre, radii, rng, (1.5, 2.8)) < 0
    part = {"clavicle": "clavicle_lesion_oedema", "scapula": "acromion_lesion_oedema"}[bone]
    canvas.paint(box, cloud, p.part_number(part), onto=p.members(f"{bone}_marrow", f"{bone}_red_marrow"))
