"""Scapula and clavicle of a digital shoulder.

Where blade, spine, acromion, coracoid and clavicle run was read off a right shoulder of low polygon (OpenSim Creator,
Apache-2.0: `ground_r_scapula`, `ground_r_clavicle`) that was turned into the canonical frame; the mesh itself, whose
edges are 5 to 20 mm long, is not used. Sizes that were measured in people come from `Proportions`, the rest is assumed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.shapes import (
    FLOAT,
    Box,
    Canvas,
    capsule,
    cord,
    ribbon,
    smooth_max,
    smooth_min,
)
from OrthoDiffusionLib.lab.phantom.engine.skeleton.bone import Bone
from OrthoDiffusionLib.lab.phantom.engine.turned import places
from OrthoDiffusionLib.lab.phantom.shoulder.humerus import humerus_distance
from OrthoDiffusionLib.lab.phantom.shoulder.skeleton import Skeleton

# Of the spine: canonical x -> height and depth of its foot on the blade and of its crest.
_SPINE_X = np.array([-110.0, -80.0, -59.0, -35.0, -18.0, -4.0])
_FOOT = np.array([(0.0, 18.0), (-4.0, 16.5), (-6.0, 14.5), (-6.5, 12.5), (-9.0, 12.0), (-22.0, 22.0)])
_CREST = np.array([(-3.0, 20.0), (-13.0, 23.0), (-21.0, 25.0), (-27.0, 27.5), (-31.0, 29.0), (-31.0, 30.5)])
_BLADE_HALF_MM = 1.5
_FAR_MM = FLOAT(30.0)


@dataclass(frozen=True, eq=False)
class Arch:
    """Acromion, coracoid and clavicle of one person: what lies over and in front of the head.

    Attributes:
        acromion: (N, 3) its middle line from the spine to its front end, canonical mm.
        acromion_half_mm: half its thickness.
        acromion_wide_mm: (N,) half its breadth.
        coracoid: (N, 3) from its base to its tip.
        coracoid_mm: (N,) its radii.
        clavicle: (N, 3) from its lateral end on.
        clavicle_wide_mm, clavicle_thick_mm: (N,) half of its cross-section.
        joint: (3,) middle of the acromioclavicular joint.
        joint_axis: (3,) unit vector across that joint, from the clavicle to the acromion.
    """

    acromion: np.ndarray
    acromion_half_mm: float
    acromion_wide_mm: np.ndarray
    coracoid: np.ndarray
    coracoid_mm: np.ndarray
    clavicle: np.ndarray
    clavicle_wide_mm: np.ndarray
    clavicle_thick_mm: np.ndarray
    joint: np.ndarray
    joint_axis: np.ndarray


ACROMION_ACROSS = (-0.707, 0.707, 0.0)


def make_arch(skeleton: Skeleton) -> Arch:
    """Lay acromion, coracoid and clavicle over the head, as far from it as in this person."""
    sizes, s = skeleton.sizes, skeleton.sizes.size
    half = sizes.acromion_mm / 2
    wide = np.array([6.0, 9.5, 11.5, 11.5, 8.0]) * s
    acromion = _lay_acromion(skeleton, half, wide)
    coracoid_mm = np.array([8.5, 7.2, 6.6, 6.2, 5.6]) * s
    coracoid = _lay_coracoid(skeleton, coracoid_mm)
    joint_axis = np.array([0.94, -0.34, 0.0])
    joint = acromion[3] + np.array([-wide[3] - 0.5 * sizes.acromioclavicular_mm + 0.6, 2.6 * s, 1.0])
    run = np.array(
        [(0, 0, 0), (-11, 4, 1.4), (-28, 14, 3.4), (-46, 32, 4.0), (-66, 56, 3.0), (-90, 80, 0)], dtype=float
    )
    clavicle = joint - joint_axis * (0.5 * sizes.acromioclavicular_mm) + run * s
    return Arch(
        acromion, half, wide, coracoid, coracoid_mm, clavicle, np.array([9.5, 9.5, 7.5, 6.5, 6.5, 7.0]) * s,
        np.array([5.0, 5.2, 5.4, 6.0, 6.4, 6.8]) * s, joint, joint_axis,
    )  # fmt: skip


def _lay_acromion(skeleton: Skeleton, half_mm: float, wide: np.ndarray) -> np.ndarray:
    """(5, 3) its middle line: rising to the front, its lateral edge as far out and its underside as far above the
    humerus as in this person."""
    sizes, s = skeleton.sizes, skeleton.sizes.size
    under = skeleton.head_top_mm + sizes.acromiohumeral_mm
    edge = np.tan(np.deg2rad(sizes.critical_shoulder_angle_deg)) * (under + sizes.glenoid_height_mm / 2)
    x = np.array([-2.0 * s, edge - 17.0 * s, edge - 11.5 * s, edge - 11.8 * s, edge - 12.0 * s])
    y = np.array([-31.0, -26.0, -9.0, 3.0, 9.0]) * s
    rise = np.tan(np.deg2rad(sizes.acromial_slope_deg))
    z = under + half_mm + rise * np.minimum(y, 6.0) + np.array([0.0, 1.0, 0.8, 0.3, -0.6]) * s
    # Its back end stays on the spine.
    z[0] = max(z[0], 29.0 * s)
    line = np.column_stack([x, y, z])
    for _ in range(3):
        share = np.linspace(1, 4, 25)
        middle = np.column_stack([np.interp(share, range(5), line[:, n]) for n in range(3)])
        across = np.interp(share, range(5), wide)[:, None, None] * np.linspace(-0.7, 0.7, 5)[None, :, None]
        underside = (middle[:, None, :] + across * np.array(ACROMION_ACROSS)).reshape(-1, 3) - [0.0, 0.0, half_mm]
        gap = humerus_distance(places(skeleton.to_arm(underside)), sizes).min()
        line[1:, 2] += sizes.acromiohumeral_mm - gap
    return line


def _lay_coracoid(skeleton: Skeleton, radii: np.ndarray) -> np.ndarray:
    """(5, 3) from its base over the bend to its tip, which stands before the head as far as in this person."""
    sizes, s = skeleton.sizes, skeleton.sizes.size
    line = np.array([(-14.0, 6.0, 17.0), (-12.5, 17.0, 22.5), (-5.5, 27.0, 21.0), (3.0, 35.0, 13.5), (11.5, 40.0, 5.0)])
    line *= s
    for _ in range(4):
        share = np.linspace(0, 1, 9)[:, None]
        hook = np.vstack([line[2] + share * (line[3] - line[2]), line[3] + share * (line[4] - line[3])])
        round_ = np.concatenate([np.linspace(radii[n], radii[n + 1], 9) for n in (2, 3)])
        gap = (humerus_distance(places(skeleton.to_arm(hook)), sizes).ravel() - round_).min()
        line[2:, 1] += (sizes.coracohumeral_mm - gap) * np.array([0.5, 0.9, 1.0])
    return line


def glenoid_outline(box: Box, skeleton: Skeleton, grown_mm: float | np.ndarray = 0.0) -> np.ndarray:
    """1 on the glenoid's pear-shaped outline, below inside it, over a box in the glenoid's axes."""
    half = skeleton.sizes.glenoid_height_mm / 2 + grown_mm
    z = np.clip(box.z, -half, half)
    wide = skeleton.glenoid_half_mm(z) + grown_mm
    return np.sqrt((box.y / wide) ** 2 + (box.z / half) ** 2)


def glenoid_face(box: Box, skeleton: Skeleton) -> np.ndarray:
    """How far out the bony face lies over a box in the glenoid's axes, mm: it is flatter than its cartilage, which is
    thin in the middle and thick towards the rim."""
    radius = skeleton.sizes.head_radius_mm
    # Where the head would lie on it, less what the cartilage is thicker at the rim than in the middle.
    y, z = box.y / FLOAT(2.6 * radius), box.z / FLOAT(1.45 * radius)
    return FLOAT(0.5) * (y * y * FLOAT(2.6 * radius) + z * z * FLOAT(1.45 * radius))


def make_scapula(canvas: Canvas, skeleton: Skeleton, arch: Arch) -> Bone:
    """The scapula on the canvas. Each of its parts is worked out where it lies, and joined with a fillet."""
    s, lo = skeleton.sizes.size, canvas.frame.lo_mm
    high = float(arch.acromion[:, 2].max() + 10)
    box = canvas.box((lo[0], -44 * s, lo[2]), (arch.acromion[:, 0].max() + 14, arch.coracoid[-1, 1] + 9, high))
    bone = Bone(box, np.full(box.shape, _FAR_MM))

    def join(corner, other, radius_mm: float, shape: Callable[[Box], np.ndarray]) -> None:
        """Join a part that lies between two corners."""
        part = canvas.box(np.maximum(corner, (lo[0], -44 * s, lo[2])), np.minimum(other, _last(canvas, box)))
        inside = tuple(slice(c.start - w.start, c.stop - w.start) for c, w in zip(part.slices, box.slices, strict=True))
        view = bone.distance[inside]
        view[...] = smooth_min(view, shape(part), radius_mm)

    half = skeleton.sizes.glenoid_height_mm / 2
    tip = arch.coracoid
    join((lo[0], -14 * s, lo[2]), (2 * s, 9 * s, 58 * s), 4.0, lambda part: _blade(part, s))
    join((lo[0], -44 * s, 2 * s), (6 * s, 8 * s, 44 * s), 4.0, lambda part: _spine(part, s))
    join(
        (-48 * s, -22 * s, -22 * s), (6 * s, 20 * s, 22 * s), 8.0,
        lambda part: capsule(part, (-34 * s, -3 * s, -3 * s), (-13 * s, -1.0 * s, 0), 6.0 * s, 10.5 * s),
    )  # fmt: skip
    join((-25, -24 * s, -half - 9), (14, 24 * s, half + 9), 4.0, lambda part: _glenoid(part, skeleton))
    join(tip.min(axis=0) - 15 * s, tip.max(axis=0) + 15 * s, 4.0, lambda part: cord(part, tip, arch.coracoid_mm))
    reach = np.array([17.0, 17.0, 10.0]) * s
    join(
        arch.acromion.min(axis=0) - reach, arch.acromion.max(axis=0) + reach, 4.0, lambda part: _acromion(part, arch, s)
    )
    return bone


def _last(canvas: Canvas, box: Box) -> np.ndarray:
    """(3,) the middle of a box's last voxel, mm."""
    return np.array([canvas.frame.axis(n)[part.stop - 1] for n, part in enumerate(box.slices)])


def _acromion(box: Box, arch: Arch, s: float) -> np.ndarray:
    thick = np.full(len(arch.acromion), arch.acromion_half_mm)
    acromion = ribbon(box, arch.acromion, thick, arch.acromion_wide_mm, ACROMION_ACROSS)
    # Its joint with the clavicle is a facet on the medial edge.
    facet = np.where(box.y > FLOAT(arch.joint[1] - 15.0 * s), acromion_face(box, arch), FLOAT(-50.0))
    return smooth_max(acromion, facet, 1.0)


def _glenoid(box: Box, skeleton: Skeleton) -> np.ndarray:
    own = skeleton.in_glenoid(box)
    taper = 1 + np.clip(-own.x, 0, 30) * FLOAT(0.022)
    half = skeleton.sizes.glenoid_height_mm / 2
    squeezed = Box(own.slices, own.x, own.y * taper, own.z * taper, own.first)
    side = (glenoid_outline(squeezed, skeleton) - 1) * FLOAT(0.42 * half + 4.0)
    front = own.x - glenoid_face(own, skeleton)
    back = -own.x - FLOAT(20.0)
    return smooth_max(smooth_max(side, front, 1.2), back, 3.0)


def _blade(box: Box, s: float) -> np.ndarray:
    """A thin triangle, hollow to the front, with a thick lateral border."""
    u = np.clip(-box.x / FLOAT(105 * s), 0, 1)
    middle = FLOAT(-24 * s) * u * (1 - u) + FLOAT(-1.5 * s)
    plate = np.abs(box.y - middle) - FLOAT(_BLADE_HALF_MM)
    lateral = ((box.x + FLOAT(12 * s)) * FLOAT(77) - (box.z + FLOAT(16 * s)) * FLOAT(73)) / FLOAT(106.1)
    notch = FLOAT(6.0 * s) * np.exp(-(((box.x + FLOAT(33 * s)) / FLOAT(7 * s)) ** 2))
    upper = (box.z - FLOAT(19 * s) + FLOAT(0.75) * np.minimum(box.x + FLOAT(30 * s), 0) + notch) * FLOAT(0.8)
    outline = np.maximum(np.maximum(lateral, upper), box.x + FLOAT(9 * s))
    sheet = smooth_max(plate, outline, 2.0)
    pillar = capsule(box, (-15 * s, -3 * s, -15 * s), (-85 * s, -4 * s, -90 * s), 5.0 * s, 3.6 * s)
    return smooth_min(sheet, pillar, 4.0)


def _spine(box: Box, s: float) -> np.ndarray:
    """The fin on the back of the blade, from its foot to its thicker crest."""
    x = box.x.ravel() / s if box.x.shape[1:] == (1, 1) else box.x[:, 0, 0] / s
    foot = np.column_stack([np.interp(x, _SPINE_X, _FOOT[:, n]) for n in (0, 1)]) * s
    crest = np.column_stack([np.interp(x, _SPINE_X, _CREST[:, n]) for n in (0, 1)]) * s
    (fy, fz), (dy, dz) = foot.T.astype(FLOAT)[:, :, None, None], (crest - foot).T.astype(FLOAT)[:, :, None, None]
    along = np.clip(((box.y - fy) * dy + (box.z - fz) * dz) / (dy * dy + dz * dz), 0, 1)
    away = np.sqrt((box.y - fy - along * dy) ** 2 + (box.z - fz - along * dz) ** 2)
    thick = FLOAT(s) * (FLOAT(2.2) + FLOAT(3.0) * along**4 + FLOAT(1.5) * (1 - along) ** 4)
    fin = away - thick
    return smooth_max(fin, box.x - FLOAT(-1.0 * s), 2.0)


def clavicle_distance(box: Box, arch: Arch) -> np.ndarray:
    """Distance to the clavicle over a canonical box, mm, negative inside."""
    shaft = ribbon(box, arch.clavicle, arch.clavicle_thick_mm, arch.clavicle_wide_mm, (0.5, 0.85, 0.0))
    return smooth_max(shaft, _along_joint(box, arch, arch.clavicle[0]), 1.5)


def acromion_face(box: Box, arch: Arch) -> np.ndarray:
    """How far medial of the acromion's end of the acromioclavicular joint places of a box lie, mm."""
    return -_along_joint(box, arch, 2 * arch.joint - arch.clavicle[0])


def _along_joint(box: Box, arch: Arch, origin: np.ndarray) -> np.ndarray:
    """How far towards the acromion places of a box lie beyond one, across the acromioclavicular joint, mm."""
    (x, y, z), (a, b, c) = origin.astype(FLOAT), arch.joint_axis.astype(FLOAT)
    return (box.x - x) * a + (box.y - y) * b + (box.z - z) * c
