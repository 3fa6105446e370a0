"""Abnormality: a disease or tear the models look for.

pydicom's dictionary and Slicer's terminology files hold no code for a torn ligament or a dislocated
patella. So each abnormality has a private code, which is unique, beside the nearest verified concepts:
its `kind` (traumatic injury, effusion, inflammation, lesion, disease) and its `site`, both found in
pydicom.sr.codedict and tested against it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from OrthoDiffusionLib.anatomy.coding import PRIVATE_SCHEME, Code

TRAUMATIC_INJURY = Code("SCT", "417746004", "Traumatic Abnormality")
EFFUSION = Code("SCT", "41699000", "Effusion")
INFLAMMATION = Code("SCT", "409774005", "Inflammation")
LESION = Code("SCT", "52988006", "Lesion")
DISEASE = Code("SCT", "64572001", "Disease")


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


def new_abnormality(
    name: str,
    title: str,
    value: str,
    kind: Code,
    site: Code,
    structures: Iterable[str] = (),
    best_planes: Iterable[str] = (),
) -> Abnormality:
    """A new one with a private code; `kind` and `site` are the nearest public concepts."""
    code = Code(PRIVATE_SCHEME, value, title)
    return Abnormality(name, title, code, kind, site, tuple(structures), tuple(best_planes))
