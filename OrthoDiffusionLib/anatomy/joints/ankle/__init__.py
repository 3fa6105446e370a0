"""The ankle."""

from OrthoDiffusionLib.anatomy.joint import Display, Joint, Layout, SideRule
from OrthoDiffusionLib.anatomy.joints.ankle.abnormalities import ANKLE_ABNORMALITIES
from OrthoDiffusionLib.anatomy.joints.ankle.compartments import ANKLE_COMPARTMENTS, ANKLE_URGENCY
from OrthoDiffusionLib.anatomy.joints.ankle.sizes import ANKLE_SIZES
from OrthoDiffusionLib.anatomy.joints.ankle.structures import ANKLE_REGION, ANKLE_STRUCTURES

_JOINT_LINE = ("talar_dome_cartilage", "tibial_plafond_cartilage")

ANKLE = Joint(
    name="ankle",
    title="Ankle",
    code=ANKLE_REGION,
    structures=ANKLE_STRUCTURES,
    abnormalities=ANKLE_ABNORMALITIES,
    body_parts=("ANKLE", "FOOT", "LOWER EXTREMITY", "LOWEREXTREMITY", "LEG", "EXTREMITY"),
    side_rule=SideRule(lateral="fibula", of="tibia"),
    layout=Layout(upper="tibia", lower="calcaneus", between=("talus", *_JOINT_LINE, "subtalar_cartilage")),
    sizes=ANKLE_SIZES,
    display=Display(
        shown_through={
            "sagittal": ("talar_dome_cartilage", "talus"),
            "coronal": ("talar_dome_cartilage", "talus"),
            "axial": ("anterior_talofibular_ligament", "talus"),
        },
        joint_line=_JOINT_LINE,
        everywhere=("joint_fluid", "kager_fat_pad"),
    ),
    compartments=ANKLE_COMPARTMENTS,
    urgency=ANKLE_URGENCY,
    whole=("talus", "calcaneus", "navicular", "cuboid"),
    # As with the English FOOT, a foot's are among them; OSG is the German oberes Sprunggelenk.
    words=(
        *("sprunggelenk", "sprgg", "osg", "fuss", "ruckfuss", "rueckfuss", "knochel", "knoechel", "enkel", "voet"),
        *("cheville", "pied", "tobillo", "caviglia"),
        *("piede", "tornozelo", "skokowy", "skokowego"),
        *("ayak", "kotnik", "kotniku", "hlezno", "hlezna", "nilkka", "ankel", "glezna"),
        *("голеностопныи", "голеностопного"),
    ),
)

__all__ = ["ANKLE", "ANKLE_ABNORMALITIES", "ANKLE_SIZES", "ANKLE_STRUCTURES"]
