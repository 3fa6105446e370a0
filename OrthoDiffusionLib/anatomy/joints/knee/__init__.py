"""The knee."""

from OrthoDiffusionLib.anatomy.joint import Display, Joint, Layout, SideRule
from OrthoDiffusionLib.anatomy.joints.knee.abnormalities import KNEE_ABNORMALITIES
from OrthoDiffusionLib.anatomy.joints.knee.compartments import KNEE_COMPARTMENTS, KNEE_URGENCY
from OrthoDiffusionLib.anatomy.joints.knee.measurements import KNEE_MEASUREMENTS
from OrthoDiffusionLib.anatomy.joints.knee.sizes import KNEE_SIZES
from OrthoDiffusionLib.anatomy.joints.knee.structures import KNEE_REGION, KNEE_STRUCTURES

_CRUCIATES = ("anterior_cruciate_ligament", "posterior_cruciate_ligament")
_JOINT_LINE = ("femoral_cartilage", "medial_tibial_cartilage", "lateral_tibial_cartilage")

KNEE = Joint(
    name="knee",
    title="Knee",
    code=KNEE_REGION,
    structures=KNEE_STRUCTURES,
    abnormalities=KNEE_ABNORMALITIES,
    body_parts=("KNEE", "LOWER EXTREMITY", "LOWEREXTREMITY", "LEG", "EXTREMITY", "PATELLA"),
    side_rule=SideRule(lateral="fibula", of="tibia"),
    layout=Layout(
        upper="femur",
        lower="tibia",
        in_front="patella",
        between=("medial_meniscus", "lateral_meniscus", *_JOINT_LINE[1:], *_CRUCIATES),
        in_notch=_CRUCIATES,
    ),
    sizes=KNEE_SIZES,
    display=Display(
        shown_through={
            "sagittal": (*_CRUCIATES, "medial_meniscus", "tibia"),
            "coronal": ("anterior_cruciate_ligament", "medial_meniscus", "tibia"),
            "axial": ("patella", "patellar_cartilage", "femur"),
        },
        joint_line=_JOINT_LINE,
        everywhere=("joint_fluid",),
    ),
    compartments=KNEE_COMPARTMENTS,
    urgency=KNEE_URGENCY,
    measurements=KNEE_MEASUREMENTS,
    whole=("patella", "medial_meniscus", "lateral_meniscus"),
    words=(
        *("knie", "kniegelenk", "kniegewricht", "genou", "genoux", "rodilla", "rodillas", "ginocchio", "ginocchia"),
        *("joelho", "joelhos", "kolano", "kolanowy", "kolanowego", "koleno", "kolena", "kolene"),
        *(
            "diz",
            "dizi",
            "polvi",
            "kne",
            "kna",
            "knæ",
            "knae",
            "knaled",
            "terd",
            "genunchi",
            "колено",
            "колена",
            "коленныи",
            "коленного",
        ),
    ),
)

__all__ = ["KNEE", "KNEE_ABNORMALITIES", "KNEE_MEASUREMENTS", "KNEE_SIZES", "KNEE_STRUCTURES"]
