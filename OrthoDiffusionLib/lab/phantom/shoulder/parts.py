"""The parts a digital shoulder is made of: what each voxel value is, belongs to and means."""

from __future__ import annotations

from OrthoDiffusionLib.lab.phantom.engine.limb.limb_parts import MUSCLES, SOFT_PARTS, bone_parts, limb_parts
from OrthoDiffusionLib.lab.phantom.engine.part import Part, PartList

# The shoulder's abnormalities in the order of their lesion bits.
LESIONS = (
    "supraspinatus_injury",
    "infraspinatus_injury",
    "subscapularis_injury",
    "long_head_of_biceps_injury",
    "acromioclavicular_joint_disease",
    "glenohumeral_joint_disease",
    "subacromial_subdeltoid_bursitis",
)
SSP_BIT, ISP_BIT, SSC_BIT, BICEPS_BIT, AC_BIT, GH_BIT, BURSA_BIT = (1 << n for n in range(7))

# Bones with the label of their structure; ribs have none.
BONES = {"humerus": 1, "scapula": 2, "clavicle": 3, "rib": 0}

# Stored phantoms and training sets hold these numbers: append only, never reorder.
PARTS: tuple[Part, ...] = (
    *limb_parts(*SOFT_PARTS),
    *bone_parts(BONES),
    Part("humeral_cartilage", "cartilage", 4),
    Part("glenoid_cartilage", "cartilage", 4),
    Part("acromioclavicular_cartilage", "cartilage"),
    Part("labrum", "meniscus", 5),
    Part("supraspinatus_tendon", "tendon", 6),
    Part("infraspinatus_tendon", "tendon", 7),
    Part("subscapularis_tendon", "tendon", 8),
    Part("teres_minor_tendon", "tendon", 11),
    Part("long_head_of_biceps", "tendon", 9),
    Part("other_tendon", "tendon"),
    Part("other_ligament", "ligament"),
    Part("capsule", "ligament", 13),
    Part("supraspinatus_muscle", "muscle", 14),
    Part("infraspinatus_muscle", "muscle", 15),
    Part("subscapularis_muscle", "muscle", 16),
    Part("teres_minor_muscle", "muscle", 17),
    Part("deltoid_muscle", "muscle", 18),
    Part("joint_fluid", "synovial_fluid", 10),
    Part("sheath_fluid", "synovial_fluid"),
    Part("cyst_fluid", "synovial_fluid"),
    Part("bursa", "synovial_fluid", 12),
    Part("bursal_fat", "fat_pad"),
    Part("lung", "air"),
    *limb_parts("other_fat_pad", "synovium", "soft_tissue_oedema"),
    # what looks like a tear and is none
    Part("supraspinatus_tendinosis", "ligament_mucoid", 6),
    Part("infraspinatus_tendinosis", "ligament_mucoid", 7),
    Part("subscapularis_tendinosis", "ligament_mucoid", 8),
    Part("calcific_deposit", "cortical_bone", 6),
)

LIST = PartList(PARTS)
part_number, members = LIST.number, LIST.members
STRUCTURE_OF_PART, LESION_OF_PART = LIST.structure_of_part, LIST.lesion_of_part

BONE = members(*(part.name for part in bone_parts(BONES)))
CARTILAGE = members("humeral_cartilage", "glenoid_cartilage", "acromioclavicular_cartilage")
# What nothing softer may overwrite.
CORE = BONE | CARTILAGE | members("labrum")
CUFF = ("supraspinatus", "infraspinatus", "subscapularis", "teres_minor")
TENDON = members(*(f"{name}_tendon" for name in CUFF), "long_head_of_biceps", "other_tendon")
FIRM = TENDON | members("other_ligament", "capsule")
# What tendons and ligaments may be painted on.
FREE = ~(CORE | FIRM)
MUSCLE = members(*MUSCLES, *(f"{name}_muscle" for name in CUFF), "deltoid_muscle")
# Fat and the sheets in it: what fluid and oedema spread in.
LOOSE = members(
    "subcutaneous_fat", "fat_septum", "intermuscular_fat", "deep_fascia", "thin_fascia", "other_fat_pad", "synovium",
    "bursal_fat",
)  # fmt: skip
EMPTY = members("air")
