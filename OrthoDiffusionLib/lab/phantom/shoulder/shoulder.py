"""The digital shoulder: draws a right shoulder, its build and its disease, and paints it part by part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.cords import Course
from OrthoDiffusionLib.lab.phantom.engine.draws import streams
from OrthoDiffusionLib.lab.phantom.engine.shapes import Canvas, Frame
from OrthoDiffusionLib.lab.phantom.engine.skeleton.bone import Bone
from OrthoDiffusionLib.lab.phantom.shoulder import biceps, bones, chest_wall, cuff, interior, soft_tissue
from OrthoDiffusionLib.lab.phantom.shoulder.cuff import CuffTendon
from OrthoDiffusionLib.lab.phantom.shoulder.lesions.injure import Healthy, Lesion, injure, narrowed
from OrthoDiffusionLib.lab.phantom.shoulder.proportions import PROCEDURAL, WIDE, draw_proportions
from OrthoDiffusionLib.lab.phantom.shoulder.scapula import Arch, make_arch
from OrthoDiffusionLib.lab.phantom.shoulder.skeleton import Skeleton, make_skeleton

# From the chest wall to the skin of the deltoid, from well above the skin (beyond its ends a canvas is seen again as in
# a mirror) to the upper arm.
SHOULDER_FRAME = Frame((-76.8, -78.4, -87.2), (98.4, 80.8, 80.8), 0.8)
# Beside the seed: a shoulder is drawn apart from other joints of the same seed.
_ENTROPY = 29

ANATOMIES = (PROCEDURAL, WIDE)


@dataclass(frozen=True, eq=False)
class BuiltShoulder:
    """What `build_shoulder` hands over.

    Attributes:
        canvas: what was painted.
        anatomy: "procedural" or "wide".
        skeleton: sizes of the person, place of head, arm and glenoid.
        arch: acromion, coracoid, clavicle.
        bones: "humerus", "scapula", "clavicle" as distances on the canvas.
        tendons: of the cuff, by muscle.
        biceps: the course of the long head from its origin to below its groove.
        fluid_mm: depth of the joint's fluid.
        lesions: abnormality -> what was drawn of it.
        distractors: names of what answers no question.
    """

    canvas: Canvas
    anatomy: str
    skeleton: Skeleton
    arch: Arch
    bones: Mapping[str, Bone]
    tendons: Mapping[str, CuffTendon]
    biceps: Course
    fluid_mm: float
    lesions: Mapping[str, Lesion] = field(default_factory=dict)
    distractors: tuple[str, ...] = ()


def build_shoulder(
    seed: int, *, anatomy: str, grades: Mapping[str, int], frame: Frame = SHOULDER_FRAME
) -> BuiltShoulder:
    """Paint one right shoulder.

    Args:
        seed: everything that is drawn follows from it.
        anatomy: one of `ANATOMIES`.
        grades: for each abnormality 0 (absent) to 3 (severe).
    """
    rng = streams(
        (seed, _ENTROPY), "sizes", "bones", "cartilage", "labrum", "tendons", "ligaments", "fluid", "bursa", "build",
        "chest", "muscles", "wrap", "cords", "lesions",
    )  # fmt: skip
    skeleton = make_skeleton(narrowed(draw_proportions(anatomy, rng["sizes"]), grades, rng["lesions"]))
    arch = make_arch(skeleton)
    canvas = Canvas(frame)
    on_canvas = bones.voxel_bones(canvas, skeleton, arch, rng["bones"])
    bones.paint_bones(canvas, on_canvas, rng["bones"])
    bones.paint_cartilage(canvas, on_canvas, skeleton, rng["cartilage"])
    bones.paint_labrum(canvas, on_canvas, skeleton, rng["labrum"])
    tendon = biceps.paint_biceps(canvas, skeleton)
    tendons = cuff.paint_cuff(canvas, skeleton, rng["tendons"])
    fluid = float(np.clip(rng["fluid"].gamma(1.6, 0.5), 0.1, 2.2))
    interior.paint_acromioclavicular(canvas, on_canvas, arch, rng["ligaments"])
    interior.paint_ligaments(canvas, skeleton, arch, rng["ligaments"])
    interior.paint_capsule(canvas, on_canvas, skeleton, fluid, rng["fluid"])
    interior.paint_sheath(canvas, tendon, biceps.groove_entry(skeleton, tendon), 0.15 + 0.25 * fluid, rng["fluid"])
    interior.paint_bursa(canvas, skeleton, rng["bursa"])
    build = soft_tissue.draw_build(rng["build"])
    chest_mm = rng["chest"].normal(0, 3.0, 3)
    chest_wall.paint_chest(canvas, chest_mm, rng["chest"])
    soft_tissue.paint_muscles(canvas, skeleton, build, chest_mm, rng["muscles"])
    soft_tissue.wrap_shoulder(canvas, build, rng["wrap"])
    soft_tissue.paint_cords(canvas, skeleton, build, rng["cords"])
    if rng["build"].random() < 0.1:
        soft_tissue.add_random_blobs(canvas, skeleton, rng["build"])
    interior.paint_lining(canvas, skeleton, rng["fluid"])
    healthy = Healthy(canvas, skeleton, arch, on_canvas, tendons, tendon, biceps.groove_entry(skeleton, tendon))
    lesions, found = injure(healthy, grades, (seed, _ENTROPY, 1))
    return BuiltShoulder(canvas, anatomy, skeleton, arch, on_canvas, tendons, tendon, fluid, lesions, found)
