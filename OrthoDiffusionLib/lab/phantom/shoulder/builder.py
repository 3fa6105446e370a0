"""The digital shoulder as the engine takes it."""

from __future__ import annotations

from OrthoDiffusionLib.anatomy import SHOULDER
from OrthoDiffusionLib.lab.phantom.engine.joint_builder import JointBuilder
from OrthoDiffusionLib.lab.phantom.engine.view_parts import PartTables
from OrthoDiffusionLib.lab.phantom.shoulder import parts as p
from OrthoDiffusionLib.lab.phantom.shoulder import shoulder
from OrthoDiffusionLib.lab.phantom.shoulder.proportions import WIDE
from OrthoDiffusionLib.lab.phantom.shoulder.shoulder_placing import SHOULDER_PLACING

SHOULDER_VERSION = 1
"""Raised with every change of a study once a cohort is frozen; none is yet."""

_SOURCES = (
    {
        "name": "Digital shoulder phantoms of this project",
        "licence": "Apache-2.0",
        "origin": "OrthoDiffusionLib/lab/phantom",
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
    sources=_SOURCES,
)
