"""What a joint is made of and what may be wrong with it: names, labels, colours, codes, sizes, rules."""

from OrthoDiffusionLib.anatomy.abnormality import Abnormality
from OrthoDiffusionLib.anatomy.coding import PRIVATE_SCHEME, Code, private_code
from OrthoDiffusionLib.anatomy.compartment import Compartment
from OrthoDiffusionLib.anatomy.joint import (
    BODY_AXES,
    UNKNOWN_JOINT,
    Axes,
    Display,
    Joint,
    Layout,
    SideRule,
    mirrored_axes,
)
from OrthoDiffusionLib.anatomy.joints.ankle import ANKLE, ANKLE_ABNORMALITIES
from OrthoDiffusionLib.anatomy.joints.knee import KNEE, KNEE_ABNORMALITIES, KNEE_STRUCTURES
from OrthoDiffusionLib.anatomy.joints.shoulder import LONG_HEAD_OF_BICEPS_EFFUSION, SHOULDER, SHOULDER_ABNORMALITIES
from OrthoDiffusionLib.anatomy.measurement_definition import MeasurementDefinition
from OrthoDiffusionLib.anatomy.registry import (
    USUAL_JOINT,
    abnormality,
    find_joint,
    find_structure,
    joint,
    known_joints,
    registered,
)
from OrthoDiffusionLib.anatomy.side import Side
from OrthoDiffusionLib.anatomy.size_range import SizeRange
from OrthoDiffusionLib.anatomy.structure import Kind, Structure

__all__ = [
    "ANKLE",
    "ANKLE_ABNORMALITIES",
    "BODY_AXES",
    "KNEE",
    "KNEE_ABNORMALITIES",
    "KNEE_STRUCTURES",
    "LONG_HEAD_OF_BICEPS_EFFUSION",
    "PRIVATE_SCHEME",
    "SHOULDER",
    "SHOULDER_ABNORMALITIES",
    "UNKNOWN_JOINT",
    "USUAL_JOINT",
    "Abnormality",
    "Axes",
    "Code",
    "Compartment",
    "Display",
    "Joint",
    "Kind",
    "Layout",
    "MeasurementDefinition",
    "Side",
    "SideRule",
    "SizeRange",
    "Structure",
    "abnormality",
    "find_joint",
    "find_structure",
    "joint",
    "known_joints",
    "mirrored_axes",
    "private_code",
    "registered",
]
