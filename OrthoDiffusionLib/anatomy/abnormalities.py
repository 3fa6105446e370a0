"""Abnormality: a disease or tear the models look for; of knee, ankle and shoulder.

pydicom's dictionary and Slicer's terminology files hold no code for a torn ligament or a dislocated
patella. So each abnormality has a private code, which is unique, beside the nearest verified concepts:
its `kind` (traumatic injury, effusion, inflammation, lesion, disease) and its `site`, both found in
pydicom.sr.codedict and tested against it.
"""

from __future__ import annotations

from dataclasses import dataclass

from OrthoDiffusionLib.anatomy.coding import PRIVATE_SCHEME, Code
from OrthoDiffusionLib.anatomy.structures import KNEE_JOINT, LIGAMENT, MENISCUS, PATELLA, TENDON

TRAUMATIC_INJURY = Code("SCT", "417746004", "Traumatic Abnormality")
EFFUSION = Code("SCT", "41699000", "Effusion")
INFLAMMATION = Code("SCT", "409774005", "Inflammation")
LESION = Code("SCT", "52988006", "Lesion")
DISEASE = Code("SCT", "64572001", "Disease")

ACHILLES_TENDON = Code("SCT", "61352006", "Achilles Tendon")
TALUS = Code("SCT", "67453005", "Talus")
SUPRASPINATUS = Code("SCT", "6423006", "Supraspinatus muscle")
INFRASPINATUS = Code("SCT", "72573008", "Infraspinatus muscle")
SUBSCAPULARIS = Code("SCT", "90588001", "Subscapularis muscle")
ACROMIOCLAVICULAR_JOINT = Code("SCT", "85856004", "Acromioclavicular joint")
SHOULDER_REGION = Code("SCT", "16982005", "Shoulder")
ANKLE_REGION = Code("SCT", "70258002", "Ankle joint")


@dataclass(frozen=True, slots=True)
class Abnormality:
    """Something that may be wrong with a joint.

    Attributes:
        name: word for machines, e.g. ``medial_meniscus_injury``.
        title: words for people.
        code: unique; private where no public code was found.
        kind: the nearest public concept of what is wrong.
        site: the nearest public concept of where.
        structures: names of the structures it speaks of, the main one first; empty where the joint's
            structures are not in the vocabulary.
        best_planes: names of the planes that show it best, the best first.
    """

    name: str
    title: str
    code: Code
    kind: Code
    site: Code
    structures: tuple[str, ...] = ()
    best_planes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        unknown = set(self.best_planes) - {"sagittal", "coronal", "axial"}
        if unknown:
            raise ValueError(f"{self.name}: unknown planes {sorted(unknown)}")


def _abnormality(name, title, value, kind, site, structures=(), best_planes=()) -> Abnormality:
    code = Code(PRIVATE_SCHEME, value, title)
    return Abnormality(name, title, code, kind, site, tuple(structures), tuple(best_planes))


KNEE_ABNORMALITIES: tuple[Abnormality, ...] = (
    _abnormality(
        "anterior_cruciate_ligament_injury", "Anterior cruciate ligament injury", "ACL-INJURY",
        TRAUMATIC_INJURY, LIGAMENT, ["anterior_cruciate_ligament"], ["sagittal", "coronal", "axial"],
    ),
    _abnormality(
        "posterior_cruciate_ligament_injury", "Posterior cruciate ligament injury", "PCL-INJURY",
        TRAUMATIC_INJURY, LIGAMENT, ["posterior_cruciate_ligament"], ["sagittal", "coronal"],
    ),
    _abnormality(
        "medial_meniscus_injury", "Medial meniscus injury", "MM-INJURY",
        TRAUMATIC_INJURY, MENISCUS, ["medial_meniscus"], ["sagittal", "coronal"],
    ),
    _abnormality(
        "lateral_meniscus_injury", "Lateral meniscus injury", "LM-INJURY",
        TRAUMATIC_INJURY, MENISCUS, ["lateral_meniscus"], ["sagittal", "coronal"],
    ),
    _abnormality(
        "medial_collateral_ligament_injury", "Medial collateral ligament injury", "MCL-INJURY",
        TRAUMATIC_INJURY, LIGAMENT, ["medial_collateral_ligament"], ["coronal", "axial"],
    ),
    _abnormality(
        "lateral_collateral_ligament_injury", "Lateral collateral ligament injury", "LCL-INJURY",
        TRAUMATIC_INJURY, LIGAMENT, ["lateral_collateral_ligament"], ["coronal", "axial"],
    ),
    # The original abbreviates it "PD" without saying what that is; this is our reading.
    _abnormality(
        "patellar_dislocation", "Patellar dislocation", "PAT-DISLOCATION",
        TRAUMATIC_INJURY, PATELLA, ["patella", "femoral_cartilage"], ["axial", "sagittal"],
    ),
    _abnormality(
        "joint_effusion", "Joint effusion", "KNEE-EFFUSION",
        EFFUSION, KNEE_JOINT, ["joint_fluid"], ["sagittal", "axial", "coronal"],
    ),
)  # fmt: skip

ANKLE_ABNORMALITIES: tuple[Abnormality, ...] = (
    _abnormality(
        "anterior_talofibular_ligament_injury", "Anterior talofibular ligament injury",
        "ATFL-INJURY", TRAUMATIC_INJURY, LIGAMENT, best_planes=["axial"],
    ),
    _abnormality(
        "calcaneofibular_ligament_injury", "Calcaneofibular ligament injury", "CFL-INJURY",
        TRAUMATIC_INJURY, LIGAMENT, best_planes=["coronal", "axial"],
    ),
    _abnormality(
        "achilles_tendon_rupture", "Achilles tendon rupture", "ACHILLES-RUPTURE",
        TRAUMATIC_INJURY, ACHILLES_TENDON, best_planes=["sagittal", "axial"],
    ),
    _abnormality(
        "talar_osteochondral_lesion", "Osteochondral lesion of the talus", "TALAR-OCL",
        LESION, TALUS, best_planes=["coronal", "sagittal"],
    ),
)  # fmt: skip

SHOULDER_ABNORMALITIES: tuple[Abnormality, ...] = (
    _abnormality(
        "supraspinatus_injury", "Supraspinatus injury", "SSP-INJURY",
        TRAUMATIC_INJURY, SUPRASPINATUS, best_planes=["coronal", "sagittal"],
    ),
    _abnormality(
        "infraspinatus_injury", "Infraspinatus injury", "ISP-INJURY",
        TRAUMATIC_INJURY, INFRASPINATUS, best_planes=["sagittal", "axial"],
    ),
    _abnormality(
        "subscapularis_injury", "Subscapularis injury", "SSC-INJURY",
        TRAUMATIC_INJURY, SUBSCAPULARIS, best_planes=["axial", "sagittal"],
    ),
    _abnormality(
        "long_head_of_biceps_injury", "Injury of the long head of biceps", "LHB-INJURY",
        TRAUMATIC_INJURY, TENDON, best_planes=["axial", "sagittal"],
    ),
    _abnormality(
        "acromioclavicular_joint_disease", "Acromioclavicular joint disease", "ACJ-DISEASE",
        DISEASE, ACROMIOCLAVICULAR_JOINT, best_planes=["coronal", "axial"],
    ),
    _abnormality(
        "glenohumeral_joint_disease", "Glenohumeral joint disease", "GHJ-DISEASE",
        DISEASE, SHOULDER_REGION, best_planes=["axial", "coronal"],
    ),
    _abnormality(
        "subacromial_subdeltoid_bursitis", "Subacromial and subdeltoid bursitis", "SASD-BURSITIS",
        INFLAMMATION, SHOULDER_REGION, best_planes=["coronal", "sagittal"],
    ),
)  # fmt: skip

LONG_HEAD_OF_BICEPS_EFFUSION = _abnormality(
    "long_head_of_biceps_effusion", "Effusion around the long head of biceps", "LHB-EFFUSION",
    EFFUSION, SHOULDER_REGION, best_planes=["axial"],
)  # fmt: skip
"""In the original's code but not among the abstract's 11; a bundle may bring it."""

_BY_NAME = {
    abnormality.name: abnormality
    for abnormality in (
        *KNEE_ABNORMALITIES,
        *ANKLE_ABNORMALITIES,
        *SHOULDER_ABNORMALITIES,
        LONG_HEAD_OF_BICEPS_EFFUSION,
    )
}


def abnormality(name: str) -> Abnormality:
    """The abnormality of that name, of any joint.

    Raises:
        ValueError: naming those there are.
    """
    try:
        return _BY_NAME[name]
    except KeyError:
        raise ValueError(f"abnormality must be one of {', '.join(_BY_NAME)}, got {name!r}") from None
