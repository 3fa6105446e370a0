"""Bones of a digital shoulder on the canvas: cortex and marrow, the plates of cartilage, the labrum."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Box, Canvas, cord, noise
from OrthoDiffusionLib.lab.phantom.engine.skeleton.bone import Bone, uneven_cortex
from OrthoDiffusionLib.lab.phantom.engine.skeleton.plates import moist
from OrthoDiffusionLib.lab.phantom.shoulder import parts as p
from OrthoDiffusionLib.lab.phantom.shoulder.humerus import CAP_DEG, humerus_distance, off_axis_deg
from OrthoDiffusionLib.lab.phantom.shoulder.scapula import (
    Arch,
    clavicle_distance,
    glenoid_face,
    glenoid_outline,
    make_scapula,
)
from OrthoDiffusionLib.lab.phantom.shoulder.skeleton import Skeleton


def voxel_bones(canvas: Canvas, skeleton: Skeleton, arch: Arch, rng: np.random.Generator) -> dict[str, Bone]:
    """The three bones as distances on the canvas, their surfaces a little uneven."""
    lo, hi = np.array(canvas.frame.lo_mm), np.array(canvas.frame.hi_mm)
    sizes, centre = skeleton.sizes, skeleton.head_centre
    reach = sizes.head_radius_mm + 12
    shaft = skeleton.from_arm([(-7.3, 0, lo[2] - centre[2])])[0]
    low = np.minimum(centre, shaft)[:2] - reach
    high = np.maximum(centre, shaft)[:2] + reach
    found = {}
    box = canvas.box((*low, lo[2]), (*high, centre[2] + reach))
    found["humerus"] = Bone(box, humerus_distance(skeleton.in_arm(box), sizes))
    found["scapula"] = make_scapula(canvas, skeleton, arch)
    end = arch.clavicle[0]
    box = canvas.box((lo[0], end[1] - 14, end[2] - 10), (end[0] + 6, hi[1], end[2] + 14))
    found["clavicle"] = Bone(box, clavicle_distance(box, arch))
    return {
        name: Bone(bone.box, (bone.distance + FLOAT(0.22) * noise(bone.box, rng, 6.0)).astype(FLOAT))
        for name, bone in found.items()
    }


def paint_bones(canvas: Canvas, bones: Mapping[str, Bone], rng: np.random.Generator) -> None:
    """Cortex and marrow; where two bones would meet, a cleft keeps them apart."""
    for name in ("humerus", "scapula", "clavicle"):
        bone = bones[name]
        inside = bone.distance < 0
        inside &= ~p.BONE[canvas.view(bone.box)]
        cortex = _cortex_mm(name, bone.box, rng)
        canvas.paint(bone.box, inside, p.part_number(f"{name}_cortex"))
        # A shell as thin as a voxel fills some voxels only in part; the outlines stay.
        thin = inside & (cortex < 1.2) & noise(bone.box, rng, 6.0, above=float(rng.uniform(-0.3, 1.0)))
        canvas.paint(bone.box, thin, p.part_number(f"{name}_thin_cortex"))
        canvas.paint(bone.box, inside & (bone.distance < -cortex), p.part_number(f"{name}_marrow"))


def _cortex_mm(name: str, box: Box, rng: np.random.Generator) -> np.ndarray:
    """Thickness of the cortex: a thin shell round the head, thick in the shaft (assumed)."""
    uneven = uneven_cortex(box, rng, 0.6)
    if name == "humerus":
        most = float(rng.uniform(2.6, 4.0))
        grown = np.clip((-22 - box.z) / FLOAT(45), 0, 1)
        return (FLOAT(0.85) + FLOAT(most - 0.85) * grown ** FLOAT(1.2)) * uneven
    return FLOAT(rng.uniform(0.9, 1.3)) * uneven


def joint_box(canvas: Canvas, skeleton: Skeleton) -> Box:
    """The voxels about head and glenoid."""
    r = skeleton.sizes.head_radius_mm
    x, y, z = skeleton.head_centre
    return canvas.box((-13.0, y - r - 9, z - r - 12), (x + r + 12, y + r + 9, z + r + 8))


def paint_cartilage(canvas: Canvas, bones: Mapping[str, Bone], skeleton: Skeleton, rng: np.random.Generator) -> None:
    """The cap of the head, the glenoid's plate as thick as the room that the head leaves it, and a film between."""
    sizes = skeleton.sizes
    box = joint_box(canvas, skeleton)
    head, socket = bones["humerus"].over(box), bones["scapula"].over(box)
    own = skeleton.in_glenoid(box)
    rim = off_axis_deg(skeleton.in_arm(box))
    # 1.2 mm in the middle, below 1 at the rim
    plate = FLOAT(sizes.humeral_cartilage_mm) * (1 - FLOAT(0.3) * np.clip(rim / CAP_DEG, 0, 1.2) ** 2)
    plate *= 1 + FLOAT(0.06) * noise(box, rng, 6.0)
    cap = (head >= 0) & (head < plate) & (rim < CAP_DEG)
    outline = glenoid_outline(own, skeleton)
    most = FLOAT(3.4) * (1 + FLOAT(0.05) * noise(box, rng, 6.0))
    facing = (own.x > glenoid_face(own, skeleton) - 1.0) & (own.x < 12)
    surface = head - FLOAT(sizes.humeral_cartilage_mm + sizes.film_mm)
    glenoid = (outline < 1.0) & facing & (socket >= 0) & (socket < most) & (surface > 0)
    film = (head >= 0) & (surface <= 0) & ~cap & (outline < 1.12) & facing
    canvas.paint(box, cap, p.part_number("humeral_cartilage"), onto=p.EMPTY)
    canvas.paint(box, glenoid, p.part_number("glenoid_cartilage"), onto=p.EMPTY)
    canvas.paint(box, film & moist(box, rng), p.part_number("joint_fluid"), onto=p.EMPTY)
    canvas.paint(box, film, p.part_number("synovium"), onto=p.EMPTY)


def rim_line(skeleton: Skeleton, grown_mm: float = 0.0, out_mm: float = 0.0, count: int = 36) -> np.ndarray:
    """(count + 1, 3) the glenoid's rim, closed, canonical mm, from the top over the front.

    Args:
        grown_mm: outward from the outline.
        out_mm: off the bony face towards the head.
    """
    angle = np.linspace(0, 2 * np.pi, count + 1)
    half = skeleton.sizes.glenoid_height_mm / 2
    z = half * np.cos(angle)
    y = skeleton.glenoid_half_mm(z) * np.sin(angle)
    length = np.hypot(y, z)
    y, z = y * (1 + grown_mm / length), z * (1 + grown_mm / length)
    flat = Box((slice(0, 0),) * 3, np.zeros((len(y), 1, 1)), y[:, None, None], z[:, None, None], (0, 0, 0))
    x = glenoid_face(flat, skeleton).ravel() + out_mm
    return skeleton.from_glenoid(np.column_stack([x, y, z]))


def labrum_radii(skeleton: Skeleton, count: int = 36) -> np.ndarray:
    """(count + 1,) half of the labrum's height along `rim_line`: 5.2 mm in front and 5.9 at the back."""
    front, back = skeleton.sizes.labrum_mm
    side = np.sin(np.linspace(0, 2 * np.pi, count + 1))
    return 0.5 * (0.5 * (front + back) + 0.5 * (front - back) * side)


def paint_labrum(canvas: Canvas, bones: Mapping[str, Bone], skeleton: Skeleton, rng: np.random.Generator) -> None:
    """A ring on the glenoid's rim, three-cornered in section: the head's cartilage hollows it."""
    line = rim_line(skeleton, grown_mm=0.4, out_mm=1.6)
    radii = labrum_radii(skeleton) * (1 + 0.06 * rng.standard_normal(len(line)))
    number = p.part_number("labrum")
    free = p.EMPTY | p.members("joint_fluid", "synovium")
    for first in range(0, len(line) - 1, 6):
        part = slice(first, first + 7)
        points = line[part]
        box = canvas.box(points.min(axis=0) - 5, points.max(axis=0) + 5)
        ring = cord(box, points, radii[part]) + FLOAT(0.2) * noise(box, rng, 2.2)
        clear = bones["humerus"].over(box) > FLOAT(skeleton.sizes.humeral_cartilage_mm + 0.3)
        canvas.paint(box, (ring < 0) & clear, number, onto=free)
