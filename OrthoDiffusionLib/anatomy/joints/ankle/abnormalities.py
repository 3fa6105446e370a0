"""The ankle's abnormalities."""

from __future__ import annotations

from OrthoDiffusionLib.anatomy.abnormality import LESION, TRAUMATIC_INJURY, Abnormality, new_abnormality
from OrthoDiffusionLib.anatomy.coding import Code
from OrthoDiffusionLib.anatomy.structure import LIGAMENT

ACHILLES_TENDON = Code("SCT", "61352006", "Achilles Tendon")
TALUS = Code("SCT", "67453005", "Talus")
ANKLE_REGION = Code("SCT", "70258002", "Ankle joint")

ANKLE_ABNORMALITIES: tuple[Abnormality, ...] = (
    new_abnormality(
        "anterior_talofibular_ligament_injury", "Anterior talofibular ligament injury",
        "ATFL-INJURY", TRAUMATIC_INJURY, LIGAMENT, best_planes=["axial"],
    ),
    new_abnormality(
        "calcaneofibular_ligament_injury", "Calcaneofibular ligament injury", "CFL-INJURY",
        TRAUMATIC_INJURY, LIGAMENT, best_planes=["coronal", "axial"],
    ),
    new_abnormality(
        "achilles_tendon_rupture", "Achilles tendon rupture", "ACHILLES-RUPTURE",
        TRAUMATIC_INJURY, ACHILLES_TENDON, best_planes=["sagittal", "axial"],
    ),
    new_abnormality(
        "talar_osteochondral_lesion", "Osteochondral lesion of the talus", "TALAR-OCL",
        LESION, TALUS, best_planes=["coronal", "sagittal"],
    ),
)  # fmt: skip
