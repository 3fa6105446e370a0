"""All diseases and look-alikes of one shoulder, drawn and painted on what is healthy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.cords import Course
from OrthoDiffusionLib.lab.phantom.engine.draws import streams
from OrthoDiffusionLib.lab.phantom.engine.shapes import Canvas
from OrthoDiffusionLib.lab.phantom.engine.skeleton.bone import Bone
from OrthoDiffusionLib.lab.phantom.shoulder.cuff import CuffTendon
from OrthoDiffusionLib.lab.phantom.shoulder.lesions import look_alikes
from OrthoDiffusionLib.lab.phantom.shoulder.lesions.acromioclavicular import (
    AcromioclavicularLesion,
    add_slight_wear,
    add_subacromial_spur,
    injure_acromioclavicular,
)
from OrthoDiffusionLib.lab.phantom.shoulder.lesions.biceps_lesions import BicepsLesion, injure_biceps
from OrthoDiffusionLib.lab.phantom.shoulder.lesions.bursitis import BursaLesion, inflame_bursa, wet_bursa
from OrthoDiffusionLib.lab.phantom.shoulder.lesions.cuff_tears import CuffTear, fatten, tear
from OrthoDiffusionLib.lab.phantom.shoulder.lesions.glenohumeral import GlenohumeralLesion, wear_joint
from OrthoDiffusionLib.lab.phantom.shoulder.proportions import Proportions
from OrthoDiffusionLib.lab.phantom.shoulder.scapula import Arch
from OrthoDiffusionLib.lab.phantom.shoulder.skeleton import Skeleton

Lesion = CuffTear | BicepsLesion | AcromioclavicularLesion | GlenohumeralLesion | BursaLesion


@dataclass(frozen=True, eq=False)
class Healthy:
    """A shoulder before anything is wrong with it; see `BuiltShoulder`.

    Attributes:
        biceps: course of the long head.
        groove: share of its length at which it enters its groove.
    """

    canvas: Canvas
    skeleton: Skeleton
    arch: Arch
    bones: Mapping[str, Bone]
    tendons: Mapping[str, CuffTendon]
    biceps: Course
    groove: float


def narrowed(sizes: Proportions, grades: Mapping[str, int], rng: np.random.Generator) -> Proportions:
    """The sizes with less room under the acromion, as late after half of the large tears, and in some without one."""
    chance = 0.5 if grades.get("supraspinatus_injury", 0) == 3 else 0.08
    if rng.random() >= chance:
        return sizes
    return replace(sizes, acromiohumeral_mm=max(sizes.acromiohumeral_mm - float(rng.uniform(1.5, 3.5)), 5.5))


def injure(
    shoulder: Healthy, grades: Mapping[str, int], seed: tuple[int, ...]
) -> tuple[dict[str, Lesion], tuple[str, ...]]:
    """Draw and paint everything that is wrong with a shoulder.

    Args:
        grades: for each abnormality 0 (absent) to 3 (severe).
        seed: of the streams, each finding its own.

    Returns:
        abnormality -> what was drawn of it; names of what answers no question.
    """
    rng = streams(
        seed, "supraspinatus", "infraspinatus", "subscapularis", "biceps", "acromioclavicular", "glenohumeral", "bursa",
        "look_alikes", "companions",
    )  # fmt: skip
    found = _look_alikes(shoulder, grades, rng["look_alikes"])
    lesions: dict[str, Lesion] = {}
    canvas, skeleton = shoulder.canvas, shoulder.skeleton
    torn_behind = bool(grades.get("infraspinatus_injury", 0))
    for name in ("supraspinatus", "infraspinatus", "subscapularis"):
        grade = grades.get(f"{name}_injury", 0)
        if grade:
            back = name == "supraspinatus" and torn_behind and rng[name].random() < 0.75
            tendon = shoulder.tendons[name]
            lesions[f"{name}_injury"] = tear(canvas, tendon, skeleton.head_centre, grade, rng[name], back=back)
    grade = grades.get("long_head_of_biceps_injury", 0)
    if grade:
        torn = bool(grades.get("subscapularis_injury", 0))
        lesions["long_head_of_biceps_injury"] = injure_biceps(
            canvas, skeleton, shoulder.biceps, shoulder.groove, grade, rng["biceps"], cuff_torn=torn
        )
    grade = grades.get("acromioclavicular_joint_disease", 0)
    if grade:
        lesions["acromioclavicular_joint_disease"] = injure_acromioclavicular(
            canvas, shoulder.arch, shoulder.bones, grade, rng["acromioclavicular"]
        )
    grade = grades.get("glenohumeral_joint_disease", 0)
    if grade:
        lesions["glenohumeral_joint_disease"] = wear_joint(canvas, skeleton, shoulder.bones, grade, rng["glenohumeral"])
    grade = grades.get("subacromial_subdeltoid_bursitis", 0)
    if grade:
        lesions["subacromial_subdeltoid_bursitis"] = inflame_bursa(canvas, skeleton, grade, rng["bursa"])
    found += _companions(shoulder, lesions, grades, rng["companions"])
    return lesions, tuple(found)


def _look_alikes(shoulder: Healthy, grades: Mapping[str, int], rng: np.random.Generator) -> list[str]:
    """What comes before the diseases, since it lies in tendons and bones that may be torn afterwards."""
    canvas, middle = shoulder.canvas, shoulder.skeleton.head_centre
    found = []
    for tendon in look_alikes.tendons_without_tears(shoulder.tendons, grades):
        if rng.random() < (0.3 if tendon.name == "supraspinatus" else 0.15):
            look_alikes.add_tendinosis(canvas, tendon, middle, rng)
            found.append(f"{tendon.name}_tendinosis")
    if rng.random() < 0.3:
        look_alikes.add_magic_angle(canvas, shoulder.tendons["supraspinatus"], middle, rng)
        found.append("magic_angle")
    if rng.random() < 0.1:
        look_alikes.add_calcific_deposit(canvas, shoulder.tendons["supraspinatus"], middle, rng)
        found.append("calcific_deposit")
    if rng.random() < 0.3:
        look_alikes.add_bare_spot(canvas, shoulder.skeleton, rng)
        found.append("bare_spot")
    if rng.random() < 0.15:
        look_alikes.add_superior_recess(canvas, shoulder.skeleton, rng)
        found.append("superior_recess")
    if not grades.get("acromioclavicular_joint_disease", 0) and rng.random() < 0.8:
        add_slight_wear(canvas, shoulder.arch, rng)
        found.append("slight_wear")
    return found


def _companions(
    shoulder: Healthy, lesions: Mapping[str, Lesion], grades: Mapping[str, int], rng: np.random.Generator
) -> list[str]:
    """What goes with a disease in at most half of people, and each also alone."""
    canvas, skeleton = shoulder.canvas, shoulder.skeleton
    tears = [lesion for lesion in lesions.values() if isinstance(lesion, CuffTear)]
    full = any(lesion.side == "full" for lesion in tears)
    found = []
    if not grades.get("subacromial_subdeltoid_bursitis", 0) and rng.random() < (0.5 if full else 0.15):
        wet_bursa(canvas, skeleton, float(rng.uniform(1.0, 2.0)) + 0.6 * full, rng)
        found.append("bursal_fluid")
    for name in ("supraspinatus", "infraspinatus", "subscapularis"):
        if rng.random() < (0.08, 0.1, 0.25, 0.5)[grades.get(f"{name}_injury", 0)]:
            fatten(canvas, name, float(rng.uniform(0.15, 0.8)), rng)
            found.append(f"{name}_fat")
    for name, chance in (("infraspinatus", 0.15), ("subscapularis", 0.06), ("supraspinatus", 0.08)):
        if rng.random() < (0.4 if name == "subscapularis" and grades.get("subscapularis_injury", 0) >= 2 else chance):
            look_alikes.add_tuberosity_cyst(canvas, shoulder.tendons[name], skeleton.head_centre, rng)
            found.append(f"{name}_cyst")
    if grades.get("long_head_of_biceps_injury", 0) < 3 and rng.random() < 0.2:
        look_alikes.add_wet_sheath(canvas, shoulder.biceps, shoulder.groove, rng)
        found.append("wet_sheath")
    if rng.random() < (0.5 if grades.get("glenohumeral_joint_disease", 0) or full else 0.12):
        look_alikes.add_effusion(canvas, skeleton, rng)
        found.append("effusion")
    if rng.random() < (0.4 if grades.get("acromioclavicular_joint_disease", 0) else 0.1):
        add_subacromial_spur(canvas, shoulder.arch, rng)
        found.append("subacromial_spur")
    return found
