"""The knee's compartments, in the order in which a report goes through them.

The order is that of Radiopaedia's knee MRI report: bones, joint, cruciates, medial, lateral, patellofemoral, popliteal
and soft tissue.
"""

from __future__ import annotations

from OrthoDiffusionLib.anatomy.compartment import Compartment

KNEE_COMPARTMENTS: tuple[Compartment, ...] = (
    Compartment(
        "bones",
        structures=("femur", "tibia", "fibula", "femoral_cartilage"),
        measurements=("femoral_cartilage_thickness",),
        not_looked_for=("fracture", "bone_marrow_oedema", "tumour"),
    ),
    Compartment(
        "joint_space",
        findings=("joint_effusion",),
        structures=("joint_fluid",),
        measurements=("effusion_volume", "effusion_depth"),
        not_looked_for=("loose_body",),
    ),
    Compartment(
        "cruciate_ligaments",
        findings=("anterior_cruciate_ligament_injury", "posterior_cruciate_ligament_injury"),
        structures=("anterior_cruciate_ligament", "posterior_cruciate_ligament"),
    ),
    Compartment(
        "medial_compartment",
        findings=("medial_meniscus_injury", "medial_collateral_ligament_injury"),
        structures=("medial_meniscus", "medial_collateral_ligament", "medial_tibial_cartilage"),
        measurements=("medial_meniscal_extrusion", "medial_tibial_cartilage_thickness", "medial_tibial_slope"),
        not_looked_for=("cartilage_defect",),
    ),
    Compartment(
        "lateral_compartment",
        findings=("lateral_meniscus_injury", "lateral_collateral_ligament_injury"),
        structures=("lateral_meniscus", "lateral_collateral_ligament", "lateral_tibial_cartilage"),
        measurements=("lateral_meniscal_extrusion", "lateral_tibial_cartilage_thickness", "lateral_tibial_slope"),
        not_looked_for=("cartilage_defect",),
    ),
    Compartment(
        "patellofemoral_compartment",
        findings=("patellar_dislocation",),
        structures=(
            *("patella", "patellar_cartilage", "quadriceps_tendon", "patellar_tendon"),
            "infrapatellar_fat_pad",
        ),
        measurements=(
            *("insall_salvati_ratio", "caton_deschamps_ratio", "trochlear_sulcus_angle", "trochlear_depth"),
            *("lateral_trochlear_inclination", "patellar_tilt", "tt_tg_distance", "patellar_cartilage_thickness"),
        ),
        not_looked_for=("cartilage_defect",),
    ),
    Compartment("popliteal_and_soft_tissue", not_looked_for=("cyst", "tumour")),
)

KNEE_URGENCY: tuple[str, ...] = (
    "patellar_dislocation",
    "anterior_cruciate_ligament_injury",
    "posterior_cruciate_ligament_injury",
    "medial_collateral_ligament_injury",
    "lateral_collateral_ligament_injury",
    "medial_meniscus_injury",
    "lateral_meniscus_injury",
    "joint_effusion",
)
"""Assumed: what makes a knee unstable before what can wait, an effusion as the sign of the others last."""
