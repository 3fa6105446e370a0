"""The ankle's abnormalities."""

from __future__ import annotations

from OrthoDiffusionLib.anatomy.abnormality import LESION, TRAUMATIC_INJURY, Abnormality, new_abnormality
from OrthoDiffusionLib.anatomy.joints.ankle.structures import ACHILLES_TENDON, TALUS
from OrthoDiffusionLib.anatomy.structure import LIGAMENT

ANKLE_ABNORMALITIES: tuple[Abnormality, ...] = (
    new_abnormality(
        "anterior_talofibular_ligament_injury", "Anterior talofibular ligament injury", "ATFL-INJURY",
        TRAUMATIC_INJURY, LIGAMENT, ["anterior_talofibular_ligament"], ["axial", "coronal"],
    ),
    new_abnormality(
        "calcaneofibular_ligament_injury", "Calcaneofibular ligament injury", "CFL-INJURY",
        TRAUMATIC_INJURY, LIGAMENT, ["calcaneofibular_ligament"], ["coronal", "axial"],
    ),
    new_abnormality(
        "achilles_tendon_rupture", "Achilles tendon rupture", "ACHILLES-RUPTURE",
        TRAUMATIC_INJURY, ACHILLES_TENDON, ["achilles_tendon"], ["sagittal", "axial"],
    ),
    new_abnormality(
        "talar_osteochondral_lesion", "Osteochondral lesion of the talus", "TALAR-OCL",
        LESION, TALUS, ["talus", "talar_dome_cartilage"], ["coronal", "sagittal"],
    ),
)  # fmt: skip
