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
    Part("tuberosity_cyst", "synovial_fluid", 1),
    # what may come with a disease and comes without one as well
    Part("supraspinatus_fat", "loose_fat", 14),
    Part("infraspinatus_fat", "loose_fat", 15),
    Part("subscapularis_fat", "loose_fat", 16),
    # lesions: a torn part is still the structure that it was
    Part("torn_supraspinatus_tendon", "torn_ligament", 6, SSP_BIT),
    Part("supraspinatus_gap", "synovial_fluid", 10, SSP_BIT),
    Part("torn_infraspinatus_tendon", "torn_ligament", 7, ISP_BIT),
    Part("infraspinatus_gap", "synovial_fluid", 10, ISP_BIT),
    Part("torn_subscapularis_tendon", "torn_ligament", 8, SSC_BIT),
    Part("subscapularis_gap", "synovial_fluid", 10, SSC_BIT),
    Part("torn_long_head_of_biceps", "torn_ligament", 9, BICEPS_BIT),
    Part("moved_long_head_of_biceps", "tendon", 9, BICEPS_BIT),
    Part("biceps_gap", "synovial_fluid", 0, BICEPS_BIT),
    Part("biceps_bed", "soft_tissue_oedema", 0, BICEPS_BIT),
    Part("clavicle_spur", "cortical_bone", 3, AC_BIT),
    Part("acromion_spur", "cortical_bone", 2, AC_BIT),
    Part("acromioclavicular_defect", "torn_meniscus", 0, AC_BIT),
    Part("acromioclavicular_capsule", "synovium", 0, AC_BIT),
    Part("acromioclavicular_effusion", "synovial_fluid", 0, AC_BIT),
    Part("clavicle_lesion_oedema", "marrow_oedema", 3, AC_BIT),
    Part("acromion_lesion_oedema", "marrow_oedema", 2, AC_BIT),
    Part("glenohumeral_defect", "synovial_fluid", 10, GH_BIT),
    Part("glenohumeral_fissure", "torn_meniscus", 4, GH_BIT),
    Part("head_spur", "cortical_bone", 1, GH_BIT),
    Part("glenoid_spur", "cortical_bone", 2, GH_BIT),
    Part("head_lesion_oedema", "marrow_oedema", 1, GH_BIT),
    Part("glenoid_lesion_oedema", "marrow_oedema", 2, GH_BIT),
    Part("head_cyst", "synovial_fluid", 1, GH_BIT),
    Part("glenoid_cyst", "synovial_fluid", 2, GH_BIT),
    Part("worn_labrum", "torn_meniscus", 5, GH_BIT),
    Part("loose_body", "cortical_bone", 0, GH_BIT),
    Part("inflamed_bursa", "synovial_fluid", 12, BURSA_BIT),
    Part("bursal_synovium", "synovium", 12, BURSA_BIT),
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

# Of the three tendons that an analysis looks at, what of them is grey and not torn.
TENDINOSIS = {name: (f"{name}_tendinosis",) for name in CUFF[:3]}
