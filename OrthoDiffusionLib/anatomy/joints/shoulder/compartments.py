"""The shoulder's compartments, in the order in which a report goes through them; the order is ours."""

from __future__ import annotations

from OrthoDiffusionLib.anatomy.compartment import Compartment

SHOULDER_COMPARTMENTS: tuple[Compartment, ...] = (
    Compartment(
        "bones",
        structures=("humerus", "scapula"),
        not_looked_for=("fracture", "bone_marrow_oedema", "tumour"),
    ),
    Compartment(
        "acromioclavicular_joint",
        findings=("acromioclavicular_joint_disease",),
        structures=("clavicle",),
    ),
    Compartment(
        "subacromial_space",
        findings=("subacromial_subdeltoid_bursitis",),
        structures=("subacromial_subdeltoid_bursa",),
        not_looked_for=("calcific_deposit",),
    ),
    Compartment(
        "rotator_cuff",
        findings=("supraspinatus_injury", "infraspinatus_injury", "subscapularis_injury"),
        structures=(
            *("supraspinatus_tendon", "infraspinatus_tendon", "subscapularis_tendon", "teres_minor_tendon"),
            *("supraspinatus_muscle", "infraspinatus_muscle", "subscapularis_muscle", "teres_minor_muscle"),
        ),
        not_looked_for=("tendinopathy", "teres_minor_injury", "muscle_atrophy"),
    ),
    Compartment(
        "biceps_and_pulley",
        findings=("long_head_of_biceps_injury",),
        structures=("long_head_of_biceps_tendon",),
        # A bundle may bring it; then it is told as a finding.
        not_looked_for=("long_head_of_biceps_effusion",),
    ),
    Compartment(
        "glenohumeral_joint",
        findings=("glenohumeral_joint_disease",),
        structures=("glenohumeral_cartilage", "glenoid_labrum", "joint_capsule", "joint_fluid"),
        not_looked_for=("labral_tear", "capsulitis", "joint_effusion", "loose_body"),
    ),
    Compartment("soft_tissue", structures=("deltoid_muscle",), not_looked_for=("cyst", "tumour")),
)

SHOULDER_URGENCY: tuple[str, ...] = (
    "subscapularis_injury",
    "supraspinatus_injury",
    "infraspinatus_injury",
    "long_head_of_biceps_injury",
    "glenohumeral_joint_disease",
    "acromioclavicular_joint_disease",
    "subacromial_subdeltoid_bursitis",
)
"""Assumed: torn tendons, which retract and may need an operation, before wear and inflammation."""
