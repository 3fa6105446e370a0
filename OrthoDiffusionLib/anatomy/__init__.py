"""What a joint is made of and what may be wrong with it: names, labels, colours, codes."""

from OrthoDiffusionLib.anatomy.abnormalities import (
    ANKLE_ABNORMALITIES,
    KNEE_ABNORMALITIES,
    LONG_HEAD_OF_BICEPS_EFFUSION,
    SHOULDER_ABNORMALITIES,
    Abnormality,
    abnormality,
)
from OrthoDiffusionLib.anatomy.coding import PRIVATE_SCHEME, Code, private_code
from OrthoDiffusionLib.anatomy.joints import ANKLE, JOINTS, KNEE, SHOULDER, Joint, joint
from OrthoDiffusionLib.anatomy.side import Side
from OrthoDiffusionLib.anatomy.structures import KNEE_STRUCTURES, STRUCTURES, Structure, structure

__all__ = [
    "ANKLE",
    "ANKLE_ABNORMALITIES",
    "JOINTS",
    "KNEE",
    "KNEE_ABNORMALITIES",
    "KNEE_STRUCTURES",
    "LONG_HEAD_OF_BICEPS_EFFUSION",
    "PRIVATE_SCHEME",
    "SHOULDER",
    "SHOULDER_ABNORMALITIES",
    "STRUCTURES",
    "Abnormality",
    "Code",
    "Joint",
    "Side",
    "Structure",
    "abnormality",
    "joint",
    "private_code",
    "structure",
]
