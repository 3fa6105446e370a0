"""The parts a digital ankle is made of: what each voxel value is, belongs to and means."""

from __future__ import annotations

from OrthoDiffusionLib.lab.phantom.engine.limb.limb_parts import MUSCLES, SOFT_PARTS, bone_parts, limb_parts
from OrthoDiffusionLib.lab.phantom.engine.part import Part, PartList

# The ankle's abnormalities in the order of their lesion bits.
LESIONS = (
    "anterior_talofibular_ligament_injury",
    "calcaneofibular_ligament_injury",
    "achilles_tendon_rupture",
    "talar_osteochondral_lesion",
)
ATFL_BIT, CFL_BIT, ACHILLES_BIT, TALUS_BIT = (1 << n for n in range(4))

# Bones with the label of their structure; of those of the rest of the foot there is none.
BONES = {"tibia": 1, "fibula": 2, "talus": 3, "calcaneus": 4, "navicular": 11, "cuboid": 12, "foot": 0}


# Stored phantoms and training sets hold these numbers: append only, never reorder.
PARTS: tuple[Part, ...] = (
    *limb_parts(*SOFT_PARTS),
    *bone_parts(BONES),
    Part("tibial_plafond_cartilage", "cartilage", 5),
    Part("talar_dome_cartilage", "cartilage", 6),
    Part("subtalar_cartilage", "cartilage", 7),
    Part("fibular_cartilage", "cartilage"),
    Part("other_cartilage", "cartilage"),
    Part("anterior_talofibular_ligament", "ligament", 8),
    Part("calcaneofibular_ligament", "ligament", 9),
    Part("posterior_talofibular_ligament", "ligament", 13),
    Part("deltoid_ligament", "ligament", 14),
    # fat between the bundles of a ligament; outlines include it
    Part("deltoid_fat", "fat_pad", 14),
    Part("posterior_talofibular_fat", "fat_pad", 13),
    Part("tibiofibular_syndesmosis", "ligament", 15),
    Part("other_ligament", "ligament"),
    Part("capsule", "ligament"),
    Part("retinaculum", "ligament"),
    Part("achilles_tendon", "tendon", 10),
    Part("achilles_tendinosis", "ligament_mucoid", 10),
    Part("peroneal_tendon", "tendon", 16),
    Part("posterior_tibial_tendon", "tendon", 17),
    Part("flexor_tendon", "tendon", 18),
    Part("extensor_tendon", "tendon", 19),
    Part("plantar_fascia", "tendon"),
    Part("kager_fat_pad", "fat_pad", 20),
    Part("kager_septum", "thin_fascia", 20),
    *limb_parts("other_fat_pad"),
    Part("retrocalcaneal_bursa", "synovial_fluid", 21),
    Part("joint_fluid", "synovial_fluid", 22),
    Part("sheath_fluid", "synovial_fluid"),
    Part("cyst_fluid", "synovial_fluid"),
    *limb_parts("synovium", "soft_tissue_oedema"),
    # lesions: a torn part is still the structure that it was
    Part("torn_anterior_talofibular_ligament", "torn_ligament", 8, ATFL_BIT),
    Part("anterior_talofibular_scar", "ligament", 8, ATFL_BIT),
    Part("anterior_talofibular_gap", "synovial_fluid", 22, ATFL_BIT),
    Part("anterior_talofibular_oedema", "soft_tissue_oedema", 0, ATFL_BIT),
    Part("torn_calcaneofibular_ligament", "torn_ligament", 9, CFL_BIT),
    Part("calcaneofibular_scar", "ligament", 9, CFL_BIT),
    Part("calcaneofibular_gap", "synovial_fluid", 0, CFL_BIT),
    Part("calcaneofibular_oedema", "soft_tissue_oedema", 0, CFL_BIT),
    Part("torn_achilles_tendon", "torn_ligament", 10, ACHILLES_BIT),
    Part("achilles_gap", "synovial_fluid", 0, ACHILLES_BIT),
    Part("achilles_oedema", "soft_tissue_oedema", 20, ACHILLES_BIT),
    Part("talar_cartilage_defect", "synovial_fluid", 22, TALUS_BIT),
    Part("talar_cartilage_fissure", "torn_meniscus", 6, TALUS_BIT),
    Part("talar_lesion_oedema", "marrow_oedema", 3, TALUS_BIT),
    Part("talar_lesion_fracture", "cortical_bone", 3, TALUS_BIT),
    Part("talar_lesion_fragment", "red_marrow", 3, TALUS_BIT),
    Part("talar_lesion_rim", "synovial_fluid", 3, TALUS_BIT),
    Part("talar_lesion_cyst", "synovial_fluid", 3, TALUS_BIT),
    Part("loose_fragment", "red_marrow", 0, TALUS_BIT),
)

LIST = PartList(PARTS)
part_number, members = LIST.number, LIST.members
STRUCTURE_OF_PART, LESION_OF_PART = LIST.structure_of_part, LIST.lesion_of_part

BONE = members(*(part.name for part in bone_parts(BONES)))
CARTILAGE = members(
    "tibial_plafond_cartilage", "talar_dome_cartilage", "subtalar_cartilage", "fibular_cartilage", "other_cartilage"
)
# What nothing softer may overwrite.
CORE = BONE | CARTILAGE
LIGAMENT = members(
    "anterior_talofibular_ligament", "calcaneofibular_ligament", "posterior_talofibular_ligament", "deltoid_ligament",
    "deltoid_fat", "posterior_talofibular_fat", "tibiofibular_syndesmosis", "other_ligament", "capsule", "retinaculum",
)  # fmt: skip
TENDON = members(
    "achilles_tendon", "peroneal_tendon", "posterior_tibial_tendon", "flexor_tendon", "extensor_tendon",
    "plantar_fascia",
)  # fmt: skip
# Ligaments, tendons and sheets: placed first, fluid and fat go round them.
FIRM = LIGAMENT | TENDON
# What tendons and ligaments may be painted on.
FREE = ~(CORE | FIRM)
MUSCLE = members(*MUSCLES)
# Fat and the sheets in it: what fluid and oedema spread in.
LOOSE = members(
    "subcutaneous_fat", "fat_septum", "intermuscular_fat", "deep_fascia", "thin_fascia", "kager_fat_pad",
    "kager_septum", "other_fat_pad", "synovium",
)  # fmt: skip
EMPTY = members("air")
