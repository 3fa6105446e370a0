"""The digital ankle as the engine takes it."""

from __future__ import annotations

from OrthoDiffusionLib.anatomy import ANKLE
from OrthoDiffusionLib.lab.phantom.ankle import ankle
from OrthoDiffusionLib.lab.phantom.ankle import parts as p
from OrthoDiffusionLib.lab.phantom.ankle.ankle_placing import ANKLE_PLACING
from OrthoDiffusionLib.lab.phantom.ankle.body import MIXED, held_out_anatomies
from OrthoDiffusionLib.lab.phantom.engine.joint_builder import CohortPlan, JointBuilder, RealSeries
from OrthoDiffusionLib.lab.phantom.engine.view_parts import PartTables
from OrthoDiffusionLib.volumes import Plane

ANKLE_VERSION = 1
"""Raised with every change of a study: the cohorts carry it in their names. Version 1 is frozen: some of its studies
stand as numbers in the test of the frozen cohorts, and what changes them is another version."""

# Far more often than in clinics, so that any 40 studies in a row have five positives of each finding. The two ligaments
# are drawn apart, though people tear the calcaneofibular one with the anterior one: else it would be read off that.
_PREVALENCE = {
    "anterior_talofibular_ligament_injury": 0.36,
    "calcaneofibular_ligament_injury": 0.34,
    "achilles_tendon_rupture": 0.42,
    "talar_osteochondral_lesion": 0.4,
}

_SOURCES = (
    {
        "name": "Digital ankle phantoms of this project",
        "licence": "Apache-2.0",
        "origin": "OrthoDiffusionLib/lab/phantom",
    },
    {
        "name": "Distal tibia, fibula and talus of standing ankles, and calcanei, of the Lenz Lab",
        "licence": "CC0 1.0",
        "origin": "Resources/Anatomy/ankle",
    },
    {
        "name": "Tarsal bones and forefoot of the Visible Human Female (Andreassen et al.)",
        "licence": "CC BY 4.0",
        "origin": "Resources/Anatomy/ankle",
    },
)

ANKLE_BUILDER = JointBuilder(
    joint=ANKLE,
    version=ANKLE_VERSION,
    build=ankle.build_ankle,
    tables=PartTables.of(p.PARTS, p.LESIONS),
    anatomies=ankle.ANATOMIES,
    placing=ANKLE_PLACING,
    held_out_anatomies=held_out_anatomies(),
    stored_shape=lambda seed, anatomy: None if anatomy == MIXED else anatomy,
    cohorts=CohortPlan(
        frozen_anatomies=(("mixed", 0.6), *((name, 0.4 / 5) for name in held_out_anatomies())),
        prevalence=_PREVALENCE,
    ),
    sources=_SOURCES,
    real_series=tuple(
        RealSeries(
            f"Axial, T1-weighted, a child; {where}",
            "ankle_t1/ankle_right_t1.nii.gz",
            Plane.AXIAL,
            level,
            "clinic_3t_a",
            structure,
            {"name": "T1 TSE", "sequence": "fast_spin_echo", "tr_ms": 877.0, "te_ms": 20.0},
        )
        for where, level, structure in (("subtalar joint", 0.31, 7), ("malleoli", 0.44, 8), ("syndesmosis", 0.53, 15))
    ),
)
