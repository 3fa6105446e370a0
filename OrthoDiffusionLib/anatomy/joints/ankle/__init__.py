"""The ankle. No structures yet; findings that a user's own data may teach."""

from OrthoDiffusionLib.anatomy.joint import Joint
from OrthoDiffusionLib.anatomy.joints.ankle.abnormalities import ANKLE_ABNORMALITIES, ANKLE_REGION

ANKLE = Joint(
    name="ankle",
    title="Ankle",
    code=ANKLE_REGION,
    abnormalities=ANKLE_ABNORMALITIES,
    body_parts=("ANKLE", "FOOT", "LOWER EXTREMITY", "LOWEREXTREMITY", "LEG", "EXTREMITY"),
)

__all__ = ["ANKLE", "ANKLE_ABNORMALITIES"]
