"""The shoulder."""

import math

from OrthoDiffusionLib.anatomy.joint import Display, Joint, Layout, SideRule
from OrthoDiffusionLib.anatomy.joints.shoulder.abnormalities import (
    LONG_HEAD_OF_BICEPS_EFFUSION,
    SHOULDER_ABNORMALITIES,
)
from OrthoDiffusionLib.anatomy.joints.shoulder.compartments import SHOULDER_COMPARTMENTS, SHOULDER_URGENCY
from OrthoDiffusionLib.anatomy.joints.shoulder.sizes import SHOULDER_SIZES
from OrthoDiffusionLib.anatomy.joints.shoulder.structures import SHOULDER_REGION, SHOULDER_STRUCTURES

SCAPULAR_PLANE_DEGREES = 45.0
"""How far the plane of the scapula, in which the supraspinatus runs, is turned forward from the coronal plane. Assumed:
protocols cut coronal slices along the supraspinatus, about 45° off; it differs from person to person."""

_COS, _SIN = (turn(math.radians(SCAPULAR_PLANE_DEGREES)) for turn in (math.cos, math.sin))

SHOULDER = Joint(
    name="shoulder",
    title="Shoulder",
    code=SHOULDER_REGION,
    structures=SHOULDER_STRUCTURES,
    abnormalities=SHOULDER_ABNORMALITIES,
    # SHLDR is what radiologists of the USA write; ACJOINT stands in DICOM for the acromioclavicular joint.
    body_parts=(
        *("SHOULDER", "SHLDR", "SCAPULA", "CLAVICLE", "ACJOINT"),
        *("UPPER EXTREMITY", "UPPEREXTREMITY", "EXTREMITY"),
    ),
    # Lateral along the scapula, forward of it, upwards.
    axes=((_COS, _SIN, 0.0), (-_SIN, _COS, 0.0), (0.0, 0.0, 1.0)),
    side_rule=SideRule(lateral="humerus", of="scapula"),
    # Beside the body the shaft hangs below the head, while acromion and coracoid rise above the glenoid. An arm above
    # the head breaks this, as does a picture upside down.
    layout=Layout(upper="scapula", lower="humerus"),
    sizes=SHOULDER_SIZES,
    display=Display(
        shown_through={
            "sagittal": ("supraspinatus_tendon", "humerus"),
            "coronal": ("supraspinatus_tendon", "humerus"),
            "axial": ("subscapularis_tendon", "glenohumeral_cartilage", "humerus"),
        },
        joint_line=("glenohumeral_cartilage",),
        everywhere=("joint_fluid", "subacromial_subdeltoid_bursa", "joint_capsule", "deltoid_muscle"),
    ),
    compartments=SHOULDER_COMPARTMENTS,
    urgency=SHOULDER_URGENCY,
    # Cut-off cartilage or labrum means a glenoid, a cut-off tendon a tuberosity that is not in the picture.
    whole=(
        *("glenohumeral_cartilage", "glenoid_labrum"),
        *("supraspinatus_tendon", "infraspinatus_tendon", "subscapularis_tendon"),
    ),
    beside_trunk=True,
    # ACG is the German Akromioklavikulargelenk.
    words=(
        *("schulter", "schultergelenk", "acg", "schouder", "schoudergewricht", "epaule", "hombro", "spalla", "ombro"),
        *("barkowy", "barkowego", "rotatorenmanschette", "schulterarthrographie", "supraspinatus"),
        *("omuz", "omzu", "rameno", "ramene", "ramenni", "skulder", "olkapaa"),
        *("плечо", "плеча", "плечевои", "плечевого"),
    ),
)

__all__ = [
    "LONG_HEAD_OF_BICEPS_EFFUSION",
    "SHOULDER",
    "SHOULDER_ABNORMALITIES",
    "SHOULDER_SIZES",
    "SHOULDER_STRUCTURES",
]
