"""The side that the tags of a DICOM image state, and the words of its exam that name one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.anatomy.side_words import mentions_limb, sides_in
from OrthoDiffusionLib.volumes.dicom.element_text import text_of

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

EXAM_KEYWORDS = ("StudyDescription", "RequestedProcedureDescription", "PerformedProcedureStepDescription")

_OF_CODE = {"7771000": Side.LEFT, "G-A101": Side.LEFT, "24028007": Side.RIGHT, "G-A100": Side.RIGHT}
"""Codes of SNOMED CT, and the older ones of SNOMED RT (PS3.16, CID 244)."""


def tagged_sides(values: Iterable[object]) -> frozenset[Side]:
    """The sides that several lateralities of one image state; two where they contradict each other.

    Args:
        values: R, L, B (both) or U of Frame, Image and Laterality, the more special one first; or a side; or a word
            such as RT, against the standard. A series of both sides may hold an image of one; an image of both in a
            series of one is a contradiction.
    """
    found: set[Side] = set()
    shows_both = False
    for value in values:
        side = value if isinstance(value, Side) else Side.from_text(value) or _in_words(value)
        if side is not None:
            found |= set(Side) if shows_both else {side}
        elif not found and str(value or "").strip().upper() == "B":
            shows_both = True
    return frozenset(found)


def _in_words(value: object) -> Side | None:
    sides = sides_in(str(value or "").strip().upper(), about_limb=True)
    return next(iter(sides)) if len(sides) == 1 else None


def coded_side(dataset: Dataset) -> Side | None:
    """The side that modifies the coded region of the body (Anatomic Region Modifier Sequence), if it is one."""
    found = {
        _OF_CODE[code]
        for region in _items(dataset, "AnatomicRegionSequence")
        for modifier in _items(region, "AnatomicRegionModifierSequence")
        if (code := str(modifier.get("CodeValue") or "")) in _OF_CODE
    }
    return found.pop() if len(found) == 1 else None


def _items(dataset: Dataset, keyword: str) -> list[Dataset]:
    """Of a sequence; none where a writer put something else there: nothing else depends on it."""
    try:
        return [item for item in dataset.get(keyword) or () if hasattr(item, "items")]
    except Exception:  # elements are decoded on first use, and each kind fails in its own way
        return []


def exam_description(dataset: Dataset) -> str:
    """What the exam is called; and what was requested and done, where that names a side."""
    called, *others = (text_of(dataset.get(keyword)) for keyword in EXAM_KEYWORDS)
    telling = [one for one in others if one != called and sides_in(one, about_limb=mentions_limb(one))]
    return "; ".join(filter(None, (called, *dict.fromkeys(telling))))
