"""The knee's structures.

Codes: femur, patella, fibula, knee stand in Slicer's SegmentationCategoryTypeModifier-DICOM-Master.json and
AnatomicRegionAndModifier-DICOM-Master.json and in pydicom.sr.codedict; tibia (context group 7304), patellar tendon
(12321), knee joint (1006), quadriceps femoris muscle (3031) in pydicom.sr.codedict.

Neither holds a code for one meniscus, one cartilage plate or one ligament of the knee. These are described by what they
do hold: a tissue, a modifier and a region, e.g. meniscus, medial, knee. The cruciates come out as the anterior and the
posterior ligament of the knee, and the segment's name says the rest.
"""

from __future__ import annotations

from OrthoDiffusionLib.anatomy.coding import Code
from OrthoDiffusionLib.anatomy.structure import (
    ANTERIOR,
    BODY_FLUID,
    BODY_SUBSTANCE,
    CARTILAGE,
    FAT,
    INFERIOR,
    LATERAL,
    LIGAMENT,
    MEDIAL,
    MENISCUS,
    POSTERIOR,
    TENDON,
    TISSUE,
    Kind,
    Structure,
)

FEMUR = Code("SCT", "71341001", "Femur")
TIBIA = Code("SCT", "12611008", "Tibia")
PATELLA = Code("SCT", "64234005", "Patella")
FIBULA = Code("SCT", "87342007", "Fibula")
PATELLAR_TENDON = Code("SCT", "18033002", "Patellar Tendon")
KNEE_REGION = Code("SCT", "72696002", "Knee")
KNEE_JOINT = Code("SCT", "49076000", "Knee joint")
QUADRICEPS = Code("MDC", "7:832", "Musculus quadriceps femoris")


_KINDS = {
    CARTILAGE: Kind.CARTILAGE,
    MENISCUS: Kind.MENISCUS,
    LIGAMENT: Kind.LIGAMENT,
    TENDON: Kind.TENDON,
    FAT: Kind.FAT,
}


def _tissue(
    name: str,
    label: int,
    title: str,
    colour: tuple[int, int, int],
    code: Code,
    modifier: Code | None = None,
    region: Code = KNEE_REGION,
    *,
    bone: str = "",
    auxiliary: bool = False,
    small: bool = False,
    see_through: bool = False,
) -> Structure:
    return Structure(
        name, label, title, colour, code, TISSUE, modifier, region, auxiliary,
        kind=_KINDS[code], bone=bone, small=small, see_through=see_through,
    )  # fmt: skip


KNEE_STRUCTURES: tuple[Structure, ...] = (
    Structure("femur", 1, "Femur", (241, 214, 145), FEMUR, kind=Kind.BONE),
    Structure("tibia", 2, "Tibia", (216, 178, 112), TIBIA, kind=Kind.BONE),
    Structure("patella", 3, "Patella", (250, 234, 190), PATELLA, kind=Kind.BONE),
    _tissue("femoral_cartilage", 4, "Femoral cartilage", (72, 169, 230), CARTILAGE,
            region=FEMUR, bone="femur", small=True),
    _tissue("medial_tibial_cartilage", 5, "Medial tibial cartilage", (34, 122, 196), CARTILAGE,
            MEDIAL, TIBIA, bone="tibia", small=True),
    _tissue("lateral_tibial_cartilage", 6, "Lateral tibial cartilage", (64, 206, 214), CARTILAGE,
            LATERAL, TIBIA, bone="tibia", small=True),
    _tissue("patellar_cartilage", 7, "Patellar cartilage", (128, 198, 250), CARTILAGE,
            region=PATELLA, bone="patella", small=True),
    _tissue("medial_meniscus", 8, "Medial meniscus", (196, 84, 196), MENISCUS, MEDIAL, small=True),
    _tissue("lateral_meniscus", 9, "Lateral meniscus", (136, 96, 220), MENISCUS, LATERAL, small=True),
    _tissue("anterior_cruciate_ligament", 10, "Anterior cruciate ligament", (232, 74, 62), LIGAMENT,
            ANTERIOR, small=True),
    _tissue("posterior_cruciate_ligament", 11, "Posterior cruciate ligament", (248, 148, 56),
            LIGAMENT, POSTERIOR, small=True),
    Structure("fibula", 12, "Fibula", (190, 150, 92), FIBULA, auxiliary=True, kind=Kind.BONE),
    Structure("patellar_tendon", 13, "Patellar tendon", (96, 186, 116), PATELLAR_TENDON,
              auxiliary=True, kind=Kind.TENDON),
    _tissue("quadriceps_tendon", 14, "Quadriceps tendon", (54, 140, 84), TENDON, region=QUADRICEPS,
            auxiliary=True),
    _tissue("medial_collateral_ligament", 15, "Medial collateral ligament", (238, 106, 146),
            LIGAMENT, MEDIAL, auxiliary=True),
    _tissue("lateral_collateral_ligament", 16, "Lateral collateral ligament", (206, 66, 110),
            LIGAMENT, LATERAL, auxiliary=True),
    _tissue("infrapatellar_fat_pad", 17, "Infrapatellar fat pad", (240, 226, 92), FAT, INFERIOR,
            PATELLA, auxiliary=True, see_through=True),
    Structure("joint_fluid", 18, "Joint fluid", (170, 250, 250), BODY_FLUID, BODY_SUBSTANCE,
              region=KNEE_JOINT, auxiliary=True, kind=Kind.FLUID, see_through=True),
)  # fmt: skip
"""The knee's parts; the labels are fixed by this project's contract and never change."""
