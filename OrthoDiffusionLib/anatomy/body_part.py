"""General words in DICOM's Body Part Examined: a limb that holds several joints, or nothing at all."""

from __future__ import annotations

import re

from OrthoDiffusionLib.anatomy.side_words import plain_words

LOWER, UPPER, EITHER = "LOWER EXTREMITY", "UPPER EXTREMITY", "EXTREMITY"


def _all(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in text.split())


# Scanners write LOW_EXM, archives "LOWER LIMB", people what their language has; `plain_words` leaves no accents.
_LIMBS = _all(
    "limb limbs exm ext extr extrem extremity extremities extremite extremites extremitat extremitaet",
    "extremidad extremidades extremidade estremita miembro membre membro arto arti",
)
_LOWER = _all("lower low lwr le inf inferior inferieur inferieure inferieurs inferiore untere unteren")
_UPPER = _all("upper up upr ue sup superior superieur superieure superieurs superiore obere oberen")
_LEGS = _all("leg legs bein beine jambe jambes pierna piernas gamba gambe perna pernas been lle rle")
_ARMS = _all("arm arms bras brazo brazos braccio braccia braco lue rue")
_NOTHING = _all(
    "unknown unspecified undefined other others none na n a null default private misc msk musculoskeletal skeletal",
    "skeleton bone bones joint joints gelenk gelenke whole wholebody body",
)
_SIDES = _all("left right l r lt rt both bilateral of the")
_GLUED = re.compile(r"^(lower|low|upper|up)_?(?=(?:limb|ext|exm))")


def general_part(part: str) -> str | None:
    """What a general body part stands for.

    Args:
        part: as a header has it, in any of the languages known here.

    Returns:
        `LOWER`, `UPPER` or `EITHER` for a limb, "" for what says nothing, such as "UNKNOWN" or "MSK"; None for
        anything more particular.
    """
    words = {piece for word in plain_words(part) for piece in _GLUED.sub(r"\1 ", word).split()} - _SIDES
    if words <= _NOTHING:
        return ""
    limbs = (_LIMBS, _LOWER, _UPPER, _LEGS, _ARMS)
    if not words <= frozenset().union(*limbs):
        return None
    is_lower, is_upper = bool(words & (_LOWER | _LEGS)), bool(words & (_UPPER | _ARMS))
    if words & (_LEGS | _ARMS) and not words & _LIMBS and words & (_LOWER | _UPPER):
        return None  # the lower leg and the upper arm are parts of a limb
    if is_lower == is_upper:
        return EITHER if words & _LIMBS and not is_lower else None
    return LOWER if is_lower else UPPER
