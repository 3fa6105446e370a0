"""The shoulder's structures.

Codes: humerus, scapula, clavicle, shoulder and the muscles stand in pydicom.sr.codedict (context group 7192). It holds
no labrum, no capsule, no bursa and no single tendon of the shoulder: a tendon of the cuff is described by its tissue
and its muscle, the others have private codes, the long head of biceps as well, for only the whole muscle has a code.
"""

from __future__ import annotations

from OrthoDiffusionLib.anatomy.coding import Code, private_code
from OrthoDiffusionLib.anatomy.structure import (
    BODY_FLUID,
    BODY_SUBSTANCE,
    CARTILAGE,
    TENDON,
    TISSUE,
    Kind,
    Structure,
)

HUMERUS = Code("SCT", "85050009", "Humerus")
SCAPULA = Code("SCT", "79601000", "Scapula")
CLAVICLE = Code("SCT", "51299004", "Clavicle")
SUPRASPINATUS = Code("SCT", "6423006", "Supraspinatus muscle")
INFRASPINATUS = Code("SCT", "72573008", "Infraspinatus muscle")
SUBSCAPULARIS = Code("SCT", "90588001", "Subscapularis muscle")
TERES_MINOR = Code("SCT", "51159009", "Teres minor muscle")
DELTOID = Code("SCT", "35259002", "Deltoid muscle")
SHOULDER_REGION = Code("SCT", "16982005", "Shoulder")


def _tendon(
    name: str, label: int, title: str, colour: tuple[int, int, int], muscle: Code, *, auxiliary: bool = False
) -> Structure:
    return Structure(
        name, label, title, colour, TENDON, TISSUE, region=muscle, auxiliary=auxiliary, kind=Kind.TENDON, small=True
    )


def _muscle(name: str, label: int, title: str, colour: tuple[int, int, int], code: Code) -> Structure:
    return Structure(name, label, title, colour, code, auxiliary=True, see_through=True)


def _private(
    name: str,
    label: int,
    title: str,
    colour: tuple[int, int, int],
    kind: Kind,
    value: str,
    *,
    auxiliary: bool = False,
    small: bool = False,
    see_through: bool = False,
) -> Structure:
    """A tissue that no public code tells from its neighbours."""
    return Structure(
        name, label, title, colour, private_code(value, title), TISSUE, None, SHOULDER_REGION, auxiliary,
        kind=kind, small=small, see_through=see_through,
    )  # fmt: skip


SHOULDER_STRUCTURES: tuple[Structure, ...] = (
    Structure("humerus", 1, "Humerus", (241, 214, 145), HUMERUS, kind=Kind.BONE),
    Structure("scapula", 2, "Scapula", (216, 178, 112), SCAPULA, kind=Kind.BONE),
    Structure("clavicle", 3, "Clavicle", (250, 234, 190), CLAVICLE, kind=Kind.BONE),
    # Of both bones: their plates lie on each other, and no clinical series parts them.
    Structure("glenohumeral_cartilage", 4, "Glenohumeral cartilage", (72, 169, 230), CARTILAGE, TISSUE,
              region=SHOULDER_REGION, kind=Kind.CARTILAGE, small=True),
    _private("glenoid_labrum", 5, "Glenoid labrum", (196, 84, 196), Kind.OTHER, "GLENOID-LABRUM", small=True),
    _tendon("supraspinatus_tendon", 6, "Supraspinatus tendon", (232, 74, 62), SUPRASPINATUS),
    _tendon("infraspinatus_tendon", 7, "Infraspinatus tendon", (248, 148, 56), INFRASPINATUS),
    _tendon("subscapularis_tendon", 8, "Subscapularis tendon", (96, 186, 116), SUBSCAPULARIS),
    _private("long_head_of_biceps_tendon", 9, "Long head of biceps tendon", (136, 96, 220), Kind.TENDON, "LHB-TENDON",
             small=True),
    Structure("joint_fluid", 10, "Joint fluid", (170, 250, 250), BODY_FLUID, BODY_SUBSTANCE,
              region=SHOULDER_REGION, kind=Kind.FLUID, see_through=True),
    _tendon("teres_minor_tendon", 11, "Teres minor tendon", (240, 226, 92), TERES_MINOR, auxiliary=True),
    _private("subacromial_subdeltoid_bursa", 12, "Subacromial-subdeltoid bursa", (64, 206, 214), Kind.FLUID,
             "SASD-BURSA", auxiliary=True, see_through=True),
    _private("joint_capsule", 13, "Joint capsule", (206, 66, 110), Kind.LIGAMENT, "SHOULDER-CAPSULE", auxiliary=True,
             see_through=True),
    _muscle("supraspinatus_muscle", 14, "Supraspinatus muscle", (176, 84, 76), SUPRASPINATUS),
    _muscle("infraspinatus_muscle", 15, "Infraspinatus muscle", (190, 116, 72), INFRASPINATUS),
    _muscle("subscapularis_muscle", 16, "Subscapularis muscle", (120, 140, 92), SUBSCAPULARIS),
    _muscle("teres_minor_muscle", 17, "Teres minor muscle", (180, 164, 96), TERES_MINOR),
    _muscle("deltoid_muscle", 18, "Deltoid muscle", (150, 88, 104), DELTOID),
)  # fmt: skip
"""The shoulder's parts; the labels never change."""
