"""Names of findings that several data sets label."""

from __future__ import annotations

from OrthoDiffusionLib.lab.public_data.data_set import NewFinding

ACL = "anterior_cruciate_ligament_injury"
PCL = "posterior_cruciate_ligament_injury"
MCL = "medial_collateral_ligament_injury"
MEDIAL_MENISCUS = "medial_meniscus_injury"
LATERAL_MENISCUS = "lateral_meniscus_injury"
EFFUSION = "joint_effusion"

MENISCAL_TEAR = NewFinding("meniscal_tear", "Meniscal tear, medial or lateral", ("sagittal", "coronal"))
CARTILAGE_DEFECT = NewFinding("cartilage_defect", "Cartilage defect", ("sagittal", "coronal", "axial"))
