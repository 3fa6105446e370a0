"""The digital knee as the engine takes it."""

from __future__ import annotations

from OrthoDiffusionLib.anatomy import KNEE
from OrthoDiffusionLib.lab.phantom.engine.joint_builder import (
    SEEN_AND_HELD_OUT_SITES,
    CohortPlan,
    JointBuilder,
    RealSeries,
)
from OrthoDiffusionLib.lab.phantom.engine.view_parts import PartTables
from OrthoDiffusionLib.lab.phantom.knee import knee
from OrthoDiffusionLib.lab.phantom.knee import parts as p
from OrthoDiffusionLib.lab.phantom.knee.atlas import HELD_OUT_ANATOMIES
from OrthoDiffusionLib.lab.phantom.knee.knee_hardware import KNEE_HARDWARE
from OrthoDiffusionLib.lab.phantom.knee.knee_placing import KNEE_PLACING
from OrthoDiffusionLib.volumes import Plane

KNEE_VERSION = 3
"""Raised with every change of a study: the cohorts carry it in their names. Version 3 is frozen: some of its studies
stand as numbers in the test of the frozen cohort, and what changes them is another version."""

# Anterior cruciate and menisci as often as in the exams of MRNet (1370 exams of one hospital: 23 % anterior cruciate,
# 37 % meniscal tears; stanfordmlgroup.github.io/competitions/mrnet), the two menisci's shares and the common rest
# assumed. What is rarer in clinics is raised to one in eight, or a few hundred studies would say nothing about it.
_CLINIC_PREVALENCE = {
    "anterior_cruciate_ligament_injury": 0.23,
    "posterior_cruciate_ligament_injury": 0.125,
    "medial_meniscus_injury": 0.27,
    "lateral_meniscus_injury": 0.14,
    "medial_collateral_ligament_injury": 0.15,
    "lateral_collateral_ligament_injury": 0.125,
    "patellar_dislocation": 0.125,
    "joint_effusion": 0.3,
}

_SOURCES = (
    {
        "name": "Digital knee phantoms of this project, procedural",
        "licence": "Apache-2.0",
        "origin": "OrthoDiffusionLib/lab/phantom",
    },
    {
        "name": "Knee label maps of the Python package mskt 0.1.22",
        "licence": "MIT",
        "origin": "Resources/Anatomy",
    },
    {
        "name": "SPL Knee Atlas, label map",
        "licence": "3D Slicer License (Part B; not for clinical use)",
        "origin": "Resources/Anatomy",
    },
)

KNEE_BUILDER = JointBuilder(
    joint=KNEE,
    version=KNEE_VERSION,
    build=knee.build_knee,
    tables=PartTables.of(p.PARTS, p.LESIONS),
    anatomies=knee.ANATOMIES,
    placing=KNEE_PLACING,
    held_out_anatomies=HELD_OUT_ANATOMIES,
    stored_shape=knee.stored_shape,
    effusion_with=knee.EFFUSION_WITH,
    effusion="joint_effusion",
    hardware=KNEE_HARDWARE,
    cohorts=CohortPlan(
        frozen_anatomies=(("procedural", 0.65), *((name, 0.35) for name in HELD_OUT_ANATOMIES)),
        frozen_sites=(*SEEN_AND_HELD_OUT_SITES, "dess_3t"),
        prevalence=_CLINIC_PREVALENCE,
    ),
    sources=_SOURCES,
    real_series=(
        RealSeries("Sagittal, fat-suppressed", "knee_exam/S09_sag_fs.nii.gz", Plane.SAGITTAL, 0.52, "clinic_3t_a", 10),
        RealSeries("Coronal, fat-suppressed", "knee_exam/S12_cor_fs.nii.gz", Plane.CORONAL, 0.5, "clinic_3t_a", 10),
        RealSeries("Axial, fat-suppressed", "knee_exam/S04_ax_fs.nii.gz", Plane.AXIAL, 0.64, "clinic_3t_a", 3),
        RealSeries(
            "Sagittal, not fat-suppressed, another person", "dicom_echo", Plane.SAGITTAL, 0.5, "clinic_3t_b", 10
        ),
    ),
)
