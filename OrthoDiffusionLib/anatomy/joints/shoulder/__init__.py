"""The shoulder. No structures yet; findings that a user's own data may teach."""

import math

from OrthoDiffusionLib.anatomy.joint import Joint
from OrthoDiffusionLib.anatomy.joints.shoulder.abnormalities import (
    LONG_HEAD_OF_BICEPS_EFFUSION,
    SHOULDER_ABNORMALITIES,
    SHOULDER_REGION,
)

SCAPULAR_PLANE_DEGREES = 45.0
"""How far the plane of the scapula, in which the supraspinatus runs, is turned forward from the coronal plane. Assumed:
protocols cut coronal slices along the supraspinatus, about 45° off; it differs from person to person."""

_COS, _SIN = (turn(math.radians(SCAPULAR_PLANE_DEGREES)) for turn in (math.cos, math.sin))

SHOULDER = Joint(
    name="shoulder",
    title="Shoulder",
    code=SHOULDER_REGION,
    abnormalities=SHOULDER_ABNORMALITIES,
    body_parts=("SHOULDER", "UPPER EXTREMITY", "UPPEREXTREMITY", "EXTREMITY"),
    # Lateral along the scapula, forward of it, upwards.
    axes=((_COS, _SIN, 0.0), (-_SIN, _COS, 0.0), (0.0, 0.0, 1.0)),
    words=("schulter", "schultergelenk", "schouder", "epaule", "hombro", "spalla", "ombro"),
)

__all__ = ["LONG_HEAD_OF_BICEPS_EFFUSION", "SHOULDER", "SHOULDER_ABNORMALITIES"]
