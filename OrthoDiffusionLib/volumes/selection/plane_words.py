"""Which plane a name or a description names."""

from __future__ import annotations

import re

from OrthoDiffusionLib.volumes.plane import Plane

PLANE_OF_WORD = {
    **dict.fromkeys(("sagittal", "sag", "sagital"), Plane.SAGITTAL),
    **dict.fromkeys(("coronal", "cor", "kor", "koronar"), Plane.CORONAL),
    **dict.fromkeys(("axial", "ax", "tra", "trans", "transversal", "transverse"), Plane.AXIAL),
}
"""Word in lower case → plane; English, German, Spanish, as scanners and people write them."""

_BETWEEN_WORDS = re.compile(r"[\W_\d]+")


def planes_in(*texts: str) -> set[Plane]:
    """The planes that some texts name, e.g. ``{Plane.SAGITTAL}`` for "PD_FS_SAG"."""
    words = {word for text in texts for word in _BETWEEN_WORDS.split(text.casefold())}
    return {PLANE_OF_WORD[word] for word in words & PLANE_OF_WORD.keys()}
