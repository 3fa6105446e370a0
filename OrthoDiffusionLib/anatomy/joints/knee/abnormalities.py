"""The knee's abnormalities."""

from __future__ import annotations

from OrthoDiffusionLib.anatomy.abnormality import EFFUSION, TRAUMATIC_INJURY, Abnormality, new_abnormality
from OrthoDiffusionLib.anatomy.joints.knee.structures import KNEE_JOINT, PATELLA
from OrthoDiffusionLib.anatomy.structure import LIGAMENT, MENISCUS

KNEE_ABNORMALITIES: tuple[Abnormality, ...] = (
    new_abnormality(
        "anterior_cruciate_ligament_injury", "Anterior cruciate ligament injury", "ACL-INJURY",
        TRAUMATIC_INJURY, LIGAMENT, ["anterior_cruciate_ligament"], ["sagittal", "coronal", "axial"],
    ),
    new_abnormality(
        "posterior_cruciate_ligament_injury", "Posterior cruciate ligament injury", "PCL-INJURY",
        TRAUMATIC_INJURY, LIGAMENT, ["posterior_cruciate_ligament"], ["sagittal", "coronal"],
    ),
    new_abnormality(
        "medial_meniscus_injury", "Medial meniscus injury", "MM-INJURY",
        TRAUMATIC_INJURY, MENISCUS, ["medial_meniscus"], ["sagittal", "coronal"],
    ),
    new_abnormality(
        "lateral_meniscus_injury", "Lateral meniscus injury", "LM-INJURY",
        TRAUMATIC_INJURY, MENISCUS, ["lateral_meniscus"], ["sagittal", "coronal"],
    ),
    new_abnormality(
        "medial_collateral_ligament_injury", "Medial collateral ligament injury", "MCL-INJURY",
        TRAUMATIC_INJURY, LIGAMENT, ["medial_collateral_ligament"], ["coronal", "axial"],
    ),
    new_abnormality(
        "lateral_collateral_ligament_injury", "Lateral collateral ligament injury", "LCL-INJURY",
        TRAUMATIC_INJURY, LIGAMENT, ["lateral_collateral_ligament"], ["coronal", "axial"],
    ),
    # The original abbreviates it "PD" without saying what that is; this is our reading.
    new_abnormality(
        "patellar_dislocation", "Patellar dislocation", "PAT-DISLOCATION",
        TRAUMATIC_INJURY, PATELLA, ["patella", "femoral_cartilage"], ["axial", "sagittal"],
    ),
    new_abnormality(
        "joint_effusion", "Joint effusion", "KNEE-EFFUSION",
        EFFUSION, KNEE_JOINT, ["joint_fluid"], ["sagittal", "axial", "coronal"],
    ),
)  # fmt: skip
