"""The digital shoulder as the engine takes it."""

from __future__ import annotations

from OrthoDiffusionLib.anatomy import SHOULDER
from OrthoDiffusionLib.lab.phantom.engine.joint_builder import CohortPlan, JointBuilder, RealSeries
from OrthoDiffusionLib.lab.phantom.engine.view_parts import PartTables
from OrthoDiffusionLib.lab.phantom.shoulder import parts as p
from OrthoDiffusionLib.lab.phantom.shoulder import shoulder
from OrthoDiffusionLib.lab.phantom.shoulder.proportions import PROCEDURAL, WIDE
from OrthoDiffusionLib.lab.phantom.shoulder.shoulder_placing import SHOULDER_PLACING
from OrthoDiffusionLib.volumes import Plane

SHOULDER_VERSION = 1
"""Raised with every change of a study once a cohort is frozen; none is yet."""

# More often than in clinics, so that any 40 studies in a row have five positives of each finding. All are drawn apart,
# though tears come together in people: else one would be read off another.
_PREVALENCE = {
    "supraspinatus_injury": 0.36,
    "infraspinatus_injury": 0.34,
    "subscapularis_injury": 0.4,
    "long_head_of_biceps_injury": 0.4,
    "acromioclavicular_joint_disease": 0.36,
    "glenohumeral_joint_disease": 0.34,
    "subacromial_subdeltoid_bursitis": 0.36,
}

_SOURCES = (
    {
        "name": "Digital shoulder phantoms of this project",
        "licence": "Apache-2.0",
        "origin": "OrthoDiffusionLib/lab/phantom",
    },
    {
        "name": "Places of scapula and clavicle, read off a shoulder of OpenSim Creator (Adam Kewley); no mesh is used",
        "licence": "Apache-2.0",
        "origin": "https://github.com/ComputationalBiomechanicsLab/opensim-creator",
    },
)

SHOULDER_BUILDER = JointBuilder(
    joint=SHOULDER,
    version=SHOULDER_VERSION,
    build=shoulder.build_shoulder,
    tables=PartTables.of(p.PARTS, p.LESIONS),
    anatomies=shoulder.ANATOMIES,
    placing=SHOULDER_PLACING,
    held_out_anatomies=(WIDE,),
    cohorts=CohortPlan(
        prevalence=_PREVALENCE,
        frozen_anatomies=((PROCEDURAL, 0.6), (WIDE, 0.4)),
        training_anatomies=((PROCEDURAL, 1.0),),
    ),
    sources=_SOURCES,
    real_series=(
        RealSeries(
            "Oblique coronal, T1-weighted",
            "shoulder_t1/shoulder_right_t1.nii.gz",
            Plane.CORONAL,
            0.0,
            "clinic_3t_a",
            6,
            {"name": "T1 SE", "sequence": "spin_echo", "tr_ms": 350.0, "te_ms": 27.0},
            single=True,
        ),
    ),
)
