"""Inside and beside the joint: ligaments, capsule, recesses with fluid, bursa; sizes without a source are assumed.

For lesions: `bursa_depth` says how far outside head and cuff places lie, `axillary_pocket` where effusion gathers.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.cords import Course, course, course_box, distance_to, paint_course
from OrthoDiffusionLib.lab.phantom.engine.draws import size_factor
from OrthoDiffusionLib.lab.phantom.engine.pockets import pocket_box, ragged
from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Box, Canvas, grow, noise, signed_distance
from OrthoDiffusionLib.lab.phantom.engine.skeleton.bone import Bone
from OrthoDiffusionLib.lab.phantom.shoulder import parts as p
from OrthoDiffusionLib.lab.phantom.shoulder.scapula import Arch, acromion_face
from OrthoDiffusionLib.lab.phantom.shoulder.skeleton import Skeleton

_COVERED = p.members(
    *(f"humerus_{kind}" for kind in ("marrow", "cortex", "thin_cortex", "red_marrow")), "humeral_cartilage",
    "supraspinatus_tendon", "infraspinatus_tendon", "subscapularis_tendon", "long_head_of_biceps",
)  # fmt: skip


def paint_ligaments(canvas: Canvas, skeleton: Skeleton, arch: Arch, rng: np.random.Generator) -> None:
    """Coracoacromial, coracohumeral and coracoclavicular ligaments, the capsule of the acromioclavicular joint."""
    s = skeleton.sizes.size
    front = arch.acromion[-1]
    knee, bend = arch.coracoid[2], arch.coracoid[3]
    up = np.array([0.0, 0.0, 1.0])
    r = skeleton.sizes.head_radius_mm
    lateral = skeleton.from_arm([(-0.58 * r, 0.62 * r, 0.62 * r)])[0]
    above = arch.clavicle[1] + np.array([-2.0, 1.0, -4.5]) * s
    roof, along = arch.joint + up * 5.6 * s, arch.joint_axis * 6
    start = knee + np.array([2.0, -2.0, -2.0])
    bands = (
        ((bend + up * 4 * s, front - up * 2.0), 0.9, 5.0, (0.8, -0.6, 0.0)),
        ((start, (knee + lateral) / 2 + np.array([0.0, 2.0, 4.0]), lateral), 0.9, 4.0, (0.3, 1.0, 0.4)),
        ((arch.coracoid[1] + up * 6 * s, above), 1.3, 5.5, (1.0, 0.3, 0.0)),
        ((roof + along, roof + up * 0.6 * s, roof - along), 0.8, 7.0, (0.34, 0.94, 0.0)),
    )
    for points, thick, wide, across in bands:
        line = course(np.array(points), thick * size_factor(rng, 0.12), wide * s, across, rounds=1)
        paint_course(canvas, line, p.part_number("other_ligament"), p.FREE)


def paint_acromioclavicular(canvas: Canvas, bones: Mapping[str, Bone], arch: Arch, rng: np.random.Generator) -> None:
    """Fibrocartilage on both ends and between them a trace of fluid."""
    box = canvas.box(arch.joint - 9, arch.joint + 9)
    acromion, clavicle = bones["scapula"].over(box), bones["clavicle"].over(box)
    gap = (acromion + clavicle < 4.5) & (acromion > 0) & (clavicle > 0) & (acromion_face(box, arch) > -1)
    middle = np.abs(acromion - clavicle) < FLOAT(rng.uniform(0.3, 0.7))
    canvas.paint(box, gap & middle & (noise(box, rng, 3.0) > 0.3), p.part_number("cyst_fluid"), onto=p.EMPTY)
    canvas.paint(box, gap, p.part_number("acromioclavicular_cartilage"), onto=p.EMPTY)


def axillary_pocket(skeleton: Skeleton, fluid_mm: float) -> tuple[np.ndarray, np.ndarray]:
    """Middle and radii of the recess below the head, which hangs from the glenoid's lower rim to the humeral neck."""
    r = skeleton.sizes.head_radius_mm
    centre = np.array([0.48 * skeleton.head_centre[0], -1.0, -0.86 * r])
    return centre, np.array([0.44 * r, 0.66 * r, 1.2 + 1.6 * fluid_mm + 0.06 * r])


def paint_capsule(
    canvas: Canvas, bones: Mapping[str, Bone], skeleton: Skeleton, fluid_mm: float, rng: np.random.Generator
) -> None:
    """The axillary recess with its fluid and capsule, a recess under the coracoid, a lining round the cartilage.

    Args:
        fluid_mm: depth of the fluid, 0 to 2 in most people (assumed).
    """
    centre, radii = axillary_pocket(skeleton, fluid_mm)
    box = pocket_box(canvas, centre, radii, margin_mm=4.0)
    pocket = ragged(box, centre, radii, rng, (0.4, 3.0))
    wet = noise(box, rng, 3.0) < FLOAT(-1.1 + 0.8 * fluid_mm)
    canvas.paint(box, (pocket < -0.4) & wet, p.part_number("joint_fluid"), onto=p.EMPTY)
    canvas.paint(box, pocket < -0.4, p.part_number("synovium"), onto=p.EMPTY)
    below = box.z < FLOAT(centre[2] + 0.25 * radii[2])
    canvas.paint(box, (pocket < 0.9) & below, p.part_number("capsule"), onto=p.EMPTY)
    _paint_front_and_back(canvas, bones, skeleton, fluid_mm, rng)
    if rng.random() < 0.3 + 0.15 * fluid_mm:
        place = np.array([-2.0, 20.0, 13.0]) * skeleton.sizes.size
        size = np.array([5.0, 2.4, 3.5]) * float(rng.uniform(0.7, 1.2)) * (1 + 0.12 * fluid_mm)
        box = pocket_box(canvas, place, size)
        inside = ragged(box, place, size, rng, (0.4, 2.2)) < 0
        canvas.paint(box, inside, p.part_number("joint_fluid"), onto=p.EMPTY)


def _paint_front_and_back(
    canvas: Canvas, bones: Mapping[str, Bone], skeleton: Skeleton, fluid_mm: float, rng: np.random.Generator
) -> None:
    """Capsule from the labrum to the tendons that cover the head in front and at the back, with a film inside."""
    r = skeleton.sizes.head_radius_mm
    x, y, z = skeleton.head_centre
    box = canvas.box((-6.0, y - r - 8, z - r), (x + 6.0, y + r + 8, z + r + 6))
    head, socket = bones["humerus"].over(box), bones["scapula"].over(box)
    depth = FLOAT(skeleton.sizes.humeral_cartilage_mm + 0.5 + 0.5 * fluid_mm) + FLOAT(0.3) * noise(box, rng, 4.2)
    near = (socket > 0) & (socket < FLOAT(9.0)) & (head > 0) & (box.z > FLOAT(-0.75 * r))
    film = near & (head < depth)
    wet = noise(box, rng, 4.2) < FLOAT(-0.9 + 0.9 * fluid_mm)
    canvas.paint(box, film & wet, p.part_number("joint_fluid"), onto=p.EMPTY)
    canvas.paint(box, film, p.part_number("synovium"), onto=p.EMPTY)
    canvas.paint(box, near & (head < depth + 1.0), p.part_number("capsule"), onto=p.EMPTY)


def bursa_depth(canvas: Canvas, skeleton: Skeleton) -> tuple[Box, np.ndarray]:
    """Where the bursa may lie: a box, and how far outside head and cuff its places are, mm; far where it never is.

    It covers the top of the cuff under the acromion and the greater tuberosity under the deltoid.
    """
    r, (x, y, z) = skeleton.sizes.head_radius_mm, skeleton.head_centre
    box = canvas.box((x - 22, y - r - 8, z - r - 12), (x + r + 14, y + r + 10, z + r + 14))
    depth = signed_distance(_COVERED[canvas.view(box)], canvas.frame.spacing_mm)
    u, v, w = ((axis - FLOAT(c)) / FLOAT(r) for axis, c in zip((box.x, box.y, box.z), (x, y, z), strict=True))
    # Over the dome and down the lateral side, not in front of the lesser tuberosity nor on the teres minor.
    reach = np.maximum(-w - FLOAT(1.05) + FLOAT(0.7) * np.maximum(FLOAT(0.5) - u, 0), np.abs(v) - FLOAT(0.85))
    reach = np.maximum(reach, FLOAT(0.35) - w - FLOAT(1.3) * np.maximum(u, -0.2))
    return box, depth + FLOAT(1.6 * r) * np.maximum(reach, 0)


def paint_bursa(canvas: Canvas, skeleton: Skeleton, rng: np.random.Generator) -> float:
    """The subacromial and subdeltoid bursa, a film of fluid between sheets of fat; returns its thickness, mm.

    Fluid 1.3 mm at the thickest place on average, rarely above 2, more at the back (PubMed 16628056).
    """
    box, depth = bursa_depth(canvas, skeleton)
    thick = float(np.clip(rng.normal(1.1, 0.2), 0.9, 1.6))
    uneven = FLOAT(0.35) * noise(box, rng, 6.0) + FLOAT(0.25) * (box.y < FLOAT(skeleton.head_centre[1]))
    film = (depth > 0) & (depth < FLOAT(thick) + uneven)
    wet = noise(box, rng, 4.2) > FLOAT(rng.uniform(0.4, 1.3))
    canvas.paint(box, film & wet, p.part_number("bursa"), onto=p.EMPTY)
    canvas.paint(
        box, (depth > 0) & (depth < FLOAT(thick + rng.uniform(0.5, 1.2))), p.part_number("bursal_fat"), onto=p.EMPTY
    )
    return thick


def paint_sheath(canvas: Canvas, biceps: Course, groove: float, depth_mm: float, rng: np.random.Generator) -> None:
    """Fluid round the long head of the biceps in its groove.

    Args:
        groove: share of the tendon's length at which it enters the groove.
        depth_mm: of the fluid.
    """
    first = np.searchsorted(np.linspace(0, 1, len(biceps.points)), groove)
    part = slice(first, first + 9)
    line = Course(biceps.points[part], biceps.thick[part], biceps.wide[part], biceps.across)
    box = course_box(canvas, line, depth_mm + 2.0)
    distance = distance_to(box, line) + FLOAT(0.4) * noise(box, rng, 3.0)
    onto = p.LOOSE | p.EMPTY
    canvas.paint(box, distance < FLOAT(depth_mm), p.part_number("sheath_fluid"), onto=onto)
    canvas.paint(box, distance < FLOAT(depth_mm + 0.8), p.part_number("synovium"), onto=onto)


def paint_lining(canvas: Canvas, skeleton: Skeleton, rng: np.random.Generator) -> None:
    """Synovium where cartilage still faces what is soft."""
    x, y, z = skeleton.head_centre
    r = skeleton.sizes.head_radius_mm + 6
    box = canvas.box((-8, y - r, z - r), (x + r, y + r, z + r))
    view = canvas.view(box)
    shell = grow(p.CARTILAGE[view]) & (p.LOOSE | p.EMPTY)[view]
    view[shell] = p.part_number("synovium")
