"""The shoulder's abnormalities."""

from __future__ import annotations

from OrthoDiffusionLib.anatomy.abnormality import (
    DISEASE,
    EFFUSION,
    INFLAMMATION,
    TRAUMATIC_INJURY,
    Abnormality,
    new_abnormality,
)
from OrthoDiffusionLib.anatomy.coding import Code
from OrthoDiffusionLib.anatomy.joints.shoulder.structures import (
    INFRASPINATUS,
    SHOULDER_REGION,
    SUBSCAPULARIS,
    SUPRASPINATUS,
)
from OrthoDiffusionLib.anatomy.structure import TENDON

ACROMIOCLAVICULAR_JOINT = Code("SCT", "85856004", "Acromioclavicular joint")

SHOULDER_ABNORMALITIES: tuple[Abnormality, ...] = (
    new_abnormality(
        "supraspinatus_injury", "Supraspinatus injury", "SSP-INJURY",
        TRAUMATIC_INJURY, SUPRASPINATUS, ["supraspinatus_tendon", "supraspinatus_muscle"], ["coronal", "sagittal"],
    ),
    new_abnormality(
        "infraspinatus_injury", "Infraspinatus injury", "ISP-INJURY",
        TRAUMATIC_INJURY, INFRASPINATUS, ["infraspinatus_tendon", "infraspinatus_muscle"], ["sagittal", "axial"],
    ),
    new_abnormality(
        "subscapularis_injury", "Subscapularis injury", "SSC-INJURY",
        TRAUMATIC_INJURY, SUBSCAPULARIS, ["subscapularis_tendon", "subscapularis_muscle"], ["axial", "sagittal"],
    ),
    new_abnormality(
        "long_head_of_biceps_injury", "Injury of the long head of biceps", "LHB-INJURY",
        TRAUMATIC_INJURY, TENDON, ["long_head_of_biceps_tendon"], ["axial", "sagittal"],
    ),
    new_abnormality(
        "acromioclavicular_joint_disease", "Acromioclavicular joint disease", "ACJ-DISEASE",
        DISEASE, ACROMIOCLAVICULAR_JOINT, ["clavicle", "scapula"], ["coronal", "axial"],
    ),
    new_abnormality(
        "glenohumeral_joint_disease", "Glenohumeral joint disease", "GHJ-DISEASE",
        DISEASE, SHOULDER_REGION, ["glenohumeral_cartilage", "humerus", "scapula"], ["axial", "coronal"],
    ),
    new_abnormality(
        "subacromial_subdeltoid_bursitis", "Subacromial and subdeltoid bursitis", "SASD-BURSITIS",
        INFLAMMATION, SHOULDER_REGION, ["subacromial_subdeltoid_bursa"], ["coronal", "sagittal"],
    ),
)  # fmt: skip

LONG_HEAD_OF_BICEPS_EFFUSION = new_abnormality(
    "long_head_of_biceps_effusion", "Effusion around the long head of biceps", "LHB-EFFUSION",
    EFFUSION, SHOULDER_REGION, ["long_head_of_biceps_tendon"], ["axial"],
)  # fmt: skip
"""In the original's code but not among the abstract's 11; a bundle may bring it."""
