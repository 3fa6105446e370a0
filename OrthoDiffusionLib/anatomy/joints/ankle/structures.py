"""The ankle's structures.

Codes: talus, calcaneus, fibula, ankle joint, Achilles tendon (context group 12321), tibia (7304) and navicular stand in
pydicom.sr.codedict. It holds no cuboid, no single ligament of the ankle, no bursa and no tendon of the ankle but the
Achilles tendon: the cuboid has a private code, the others are described by a tissue, a modifier and a region where
these tell them apart, and by a private code where they do not.
"""

from __future__ import annotations

from OrthoDiffusionLib.anatomy.coding import Code, private_code
from OrthoDiffusionLib.anatomy.structure import (
    BODY_FLUID,
    BODY_SUBSTANCE,
    CARTILAGE,
    FAT,
    POSTERIOR,
    TENDON,
    TISSUE,
    Kind,
    Structure,
)

TIBIA = Code("SCT", "12611008", "Tibia")
FIBULA = Code("SCT", "87342007", "Fibula")
TALUS = Code("SCT", "67453005", "Talus")
CALCANEUS = Code("SCT", "80144004", "Calcaneus")
NAVICULAR = Code("SCT", "75772009", "Navicular of hindfoot")
ACHILLES_TENDON = Code("SCT", "61352006", "Achilles Tendon")
ANKLE_REGION = Code("SCT", "70258002", "Ankle joint")
PERONEUS_LONGUS = Code("MDC", "7:908", "Musculus peroneus longus")
TIBIALIS_POSTERIOR = Code("MDC", "7:944", "Musculus tibialis posterior")


def _bone(
    name: str, label: int, title: str, colour: tuple[int, int, int], code: Code, *, auxiliary: bool = False
) -> Structure:
    return Structure(name, label, title, colour, code, kind=Kind.BONE, auxiliary=auxiliary)


def _private(
    name: str,
    label: int,
    title: str,
    colour: tuple[int, int, int],
    kind: Kind,
    value: str,
    *,
    auxiliary: bool = False,
    small: bool = False,
    see_through: bool = False,
) -> Structure:
    """A tissue that no public code tells from its neighbours."""
    return Structure(
        name, label, title, colour, private_code(value, title), TISSUE, None, ANKLE_REGION, auxiliary,
        kind=kind, small=small, see_through=see_through,
    )  # fmt: skip


ANKLE_STRUCTURES: tuple[Structure, ...] = (
    _bone("tibia", 1, "Tibia", (216, 178, 112), TIBIA),
    _bone("fibula", 2, "Fibula", (190, 150, 92), FIBULA),
    _bone("talus", 3, "Talus", (241, 214, 145), TALUS),
    _bone("calcaneus", 4, "Calcaneus", (250, 234, 190), CALCANEUS),
    Structure("tibial_plafond_cartilage", 5, "Tibial plafond cartilage", (34, 122, 196), CARTILAGE, TISSUE,
              region=TIBIA, kind=Kind.CARTILAGE, bone="tibia", small=True),
    Structure("talar_dome_cartilage", 6, "Talar dome cartilage", (72, 169, 230), CARTILAGE, TISSUE,
              region=TALUS, kind=Kind.CARTILAGE, bone="talus", small=True),
    # Of both bones: their plates lie on each other, and no clinical series parts them.
    Structure("subtalar_cartilage", 7, "Subtalar cartilage", (128, 198, 250), CARTILAGE, TISSUE,
              region=CALCANEUS, kind=Kind.CARTILAGE, small=True),
    _private("anterior_talofibular_ligament", 8, "Anterior talofibular ligament", (232, 74, 62), Kind.LIGAMENT,
             "ATFL", small=True),
    _private("calcaneofibular_ligament", 9, "Calcaneofibular ligament", (248, 148, 56), Kind.LIGAMENT, "CFL",
             small=True),
    Structure("achilles_tendon", 10, "Achilles tendon", (96, 186, 116), ACHILLES_TENDON, kind=Kind.TENDON),
    _bone("navicular", 11, "Navicular", (226, 200, 160), NAVICULAR, auxiliary=True),
    _bone("cuboid", 12, "Cuboid", (204, 172, 140), private_code("CUBOID", "Cuboid"), auxiliary=True),
    _private("posterior_talofibular_ligament", 13, "Posterior talofibular ligament", (206, 66, 110), Kind.LIGAMENT,
             "PTFL", auxiliary=True),
    _private("deltoid_ligament", 14, "Deltoid ligament", (238, 106, 146), Kind.LIGAMENT, "DELTOID-LIG",
             auxiliary=True),
    _private("tibiofibular_syndesmosis", 15, "Tibiofibular syndesmosis", (196, 84, 196), Kind.LIGAMENT, "SYNDESMOSIS",
             auxiliary=True),
    Structure("peroneal_tendons", 16, "Peroneal tendons", (54, 140, 84), TENDON, TISSUE, region=PERONEUS_LONGUS,
              auxiliary=True, kind=Kind.TENDON),
    Structure("posterior_tibial_tendon", 17, "Posterior tibial tendon", (140, 210, 120), TENDON, TISSUE,
              region=TIBIALIS_POSTERIOR, auxiliary=True, kind=Kind.TENDON),
    _private("flexor_tendons", 18, "Flexor tendons", (40, 170, 150), Kind.TENDON, "FLEXOR-TENDONS", auxiliary=True),
    _private("extensor_tendons", 19, "Extensor tendons", (120, 160, 60), Kind.TENDON, "EXTENSOR-TENDONS",
             auxiliary=True),
    Structure("kager_fat_pad", 20, "Kager's fat pad", (240, 226, 92), FAT, TISSUE, POSTERIOR, ANKLE_REGION,
              auxiliary=True, kind=Kind.FAT, see_through=True),
    _private("retrocalcaneal_bursa", 21, "Retrocalcaneal bursa", (120, 220, 230), Kind.FLUID, "RETROCALC-BURSA",
             auxiliary=True, see_through=True),
    Structure("joint_fluid", 22, "Joint fluid", (170, 250, 250), BODY_FLUID, BODY_SUBSTANCE,
              region=ANKLE_REGION, auxiliary=True, kind=Kind.FLUID, see_through=True),
)  # fmt: skip
"""The ankle's parts; the labels never change."""
