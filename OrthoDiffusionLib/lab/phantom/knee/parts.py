"""The parts a digital knee is made of: what each voxel value is, belongs to and means."""

from __future__ import annotations

from OrthoDiffusionLib.lab.phantom.engine.limb.limb_parts import MUSCLES, SOFT_PARTS, bone_parts, limb_parts
from OrthoDiffusionLib.lab.phantom.engine.part import Part, PartList

# The knee's abnormalities in the order of their lesion bits (the contract's order).
LESIONS = (
    "anterior_cruciate_ligament_injury",
    "posterior_cruciate_ligament_injury",
    "medial_meniscus_injury",
    "lateral_meniscus_injury",
    "medial_collateral_ligament_injury",
    "lateral_collateral_ligament_injury",
    "patellar_dislocation",
    "joint_effusion",
)

ACL_BIT, PCL_BIT, MEDIAL_MENISCUS_BIT, LATERAL_MENISCUS_BIT, MCL_BIT, LCL_BIT, PATELLA_BIT, EFFUSION_BIT = (
    1 << n for n in range(8)
)


# Stored phantoms and training sets hold these numbers: append only, never reorder.
PARTS: tuple[Part, ...] = (
    # without the thin fascia, which came later
    *limb_parts(*(name for name in SOFT_PARTS if name != "thin_fascia")),
    *bone_parts({"femur": 1, "tibia": 2}, "marrow", "cortex", "red_marrow", "physeal_scar", "oedema"),
    *bone_parts({"patella": 3}, "marrow", "cortex", "oedema"),
    *bone_parts({"fibula": 12}, "marrow", "cortex"),
    Part("femoral_cartilage", "cartilage", 4),
    Part("medial_tibial_cartilage", "cartilage", 5),
    Part("lateral_tibial_cartilage", "cartilage", 6),
    Part("patellar_cartilage", "cartilage", 7),
    Part("medial_meniscus", "meniscus", 8),
    Part("lateral_meniscus", "meniscus", 9),
    Part("medial_meniscus_mucoid", "ligament_mucoid", 8),
    Part("lateral_meniscus_mucoid", "ligament_mucoid", 9),
    Part("anterior_cruciate_ligament", "ligament", 10),
    Part("posterior_cruciate_ligament", "ligament", 11),
    Part("anterior_cruciate_mucoid", "ligament_mucoid", 10),
    Part("posterior_cruciate_mucoid", "ligament_mucoid", 11),
    Part("medial_collateral_ligament", "ligament", 15),
    Part("lateral_collateral_ligament", "ligament", 16),
    Part("patellar_tendon", "tendon", 13),
    Part("quadriceps_tendon", "tendon", 14),
    Part("other_tendon", "tendon"),
    Part("iliotibial_band", "tendon"),
    Part("retinaculum", "ligament"),
    Part("capsule", "ligament"),
    Part("infrapatellar_fat_pad", "fat_pad", 17),
    *limb_parts("other_fat_pad", "synovium"),
    Part("joint_fluid", "synovial_fluid", 18),
    Part("cyst_fluid", "synovial_fluid"),
    *limb_parts("soft_tissue_oedema"),
    Part("metal", "metal"),
    # lesions: a torn part is still the structure that it was
    Part("torn_anterior_cruciate_ligament", "torn_ligament", 10, ACL_BIT),
    Part("anterior_cruciate_gap", "synovial_fluid", 18, ACL_BIT),
    Part("anterior_cruciate_oedema", "soft_tissue_oedema", 0, ACL_BIT),
    Part("torn_posterior_cruciate_ligament", "torn_ligament", 11, PCL_BIT),
    Part("posterior_cruciate_gap", "synovial_fluid", 18, PCL_BIT),
    Part("torn_medial_meniscus", "torn_meniscus", 8, MEDIAL_MENISCUS_BIT),
    Part("medial_meniscus_fragment", "meniscus", 8, MEDIAL_MENISCUS_BIT),
    Part("torn_lateral_meniscus", "torn_meniscus", 9, LATERAL_MENISCUS_BIT),
    Part("lateral_meniscus_fragment", "meniscus", 9, LATERAL_MENISCUS_BIT),
    Part("torn_medial_collateral_ligament", "torn_ligament", 15, MCL_BIT),
    Part("medial_collateral_oedema", "soft_tissue_oedema", 0, MCL_BIT),
    Part("torn_lateral_collateral_ligament", "torn_ligament", 16, LCL_BIT),
    Part("lateral_collateral_oedema", "soft_tissue_oedema", 0, LCL_BIT),
    Part("patella_bruise", "marrow_oedema", 3, PATELLA_BIT),
    Part("femur_bruise", "marrow_oedema", 1, PATELLA_BIT),
    Part("medial_retinaculum_oedema", "soft_tissue_oedema", 0, PATELLA_BIT),
    Part("effusion_fluid", "synovial_fluid", 18, EFFUSION_BIT),
    # the two other fat pads in front of the joint
    Part("prefemoral_fat_pad", "fat_pad"),
    Part("suprapatellar_fat_pad", "fat_pad"),
    # beside a torn meniscus
    Part("medial_parameniscal_cyst", "synovial_fluid", 0, MEDIAL_MENISCUS_BIT),
    Part("lateral_parameniscal_cyst", "synovial_fluid", 0, LATERAL_MENISCUS_BIT),
    # fat between the layers of the quadriceps tendon; outlines of the tendon include it
    Part("quadriceps_tendon_fat", "fat_pad", 14),
    # sheets that fill less than a voxel
    *limb_parts("thin_fascia"),
    *bone_parts({"femur": 1, "tibia": 2, "patella": 3, "fibula": 12}, "thin_cortex"),
)

LIST = PartList(PARTS)
part_number, part_numbers = LIST.number, LIST.numbers
members, members_of_structure = LIST.members, LIST.members_of_structure
STRUCTURE_OF_PART, LESION_OF_PART = LIST.structure_of_part, LIST.lesion_of_part

FEMUR = members_of_structure(1)
TIBIA = members_of_structure(2)
PATELLA = members_of_structure(3)
FIBULA = members_of_structure(12)
BONE = members_of_structure(1, 2, 3, 12)
CARTILAGE = members_of_structure(4, 5, 6, 7)
MENISCUS = members_of_structure(8, 9)
# What nothing softer may overwrite.
CORE = BONE | CARTILAGE | MENISCUS
# Ligaments, tendons and sheets: placed first, fluid and fat go round them.
FIRM = members_of_structure(10, 11, 13, 14, 15, 16) | members(
    "other_tendon", "iliotibial_band", "retinaculum", "capsule"
)
# What tendons and ligaments may be painted on.
FREE = ~(CORE | FIRM)
MUSCLE = members(*MUSCLES)
# Connective tissue between and in fat and muscles.
SHEETS = members("deep_fascia", "fat_septum", "thin_fascia")
