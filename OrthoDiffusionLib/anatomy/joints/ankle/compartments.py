"""The ankle's compartments, in the order in which a report goes through them; ours, after radiologists' usual lists."""

from __future__ import annotations

from OrthoDiffusionLib.anatomy.compartment import Compartment

ANKLE_COMPARTMENTS: tuple[Compartment, ...] = (
    Compartment(
        "bones",
        structures=("tibia", "fibula", "calcaneus", "navicular", "cuboid"),
        not_looked_for=("fracture", "bone_marrow_oedema", "tumour"),
    ),
    Compartment("joint_space", structures=("joint_fluid",), not_looked_for=("joint_effusion", "loose_body")),
    Compartment(
        "talar_dome",
        findings=("talar_osteochondral_lesion",),
        structures=("talus", "talar_dome_cartilage", "tibial_plafond_cartilage", "subtalar_cartilage"),
        measurements=("talar_dome_cartilage_thickness", "tibial_plafond_cartilage_thickness"),
        not_looked_for=("cartilage_defect",),
    ),
    Compartment(
        "lateral_ligaments",
        findings=("anterior_talofibular_ligament_injury", "calcaneofibular_ligament_injury"),
        structures=(
            *("anterior_talofibular_ligament", "calcaneofibular_ligament"),
            "posterior_talofibular_ligament",
        ),
    ),
    Compartment(
        "deltoid_and_syndesmosis",
        structures=("deltoid_ligament", "tibiofibular_syndesmosis"),
        not_looked_for=("deltoid_ligament_injury", "syndesmosis_injury"),
    ),
    Compartment(
        "achilles_region",
        findings=("achilles_tendon_rupture",),
        structures=("achilles_tendon", "kager_fat_pad", "retrocalcaneal_bursa"),
        not_looked_for=("tendinopathy", "bursitis"),
    ),
    Compartment(
        "other_tendons",
        structures=("peroneal_tendons", "posterior_tibial_tendon", "flexor_tendons", "extensor_tendons"),
        not_looked_for=("tendon_tear", "tenosynovitis"),
    ),
    Compartment("soft_tissue", not_looked_for=("cyst", "tumour")),
)

ANKLE_URGENCY: tuple[str, ...] = (
    "achilles_tendon_rupture",
    "talar_osteochondral_lesion",
    "anterior_talofibular_ligament_injury",
    "calcaneofibular_ligament_injury",
)
"""Assumed: what may need an operation soon before what is mostly treated without one."""
