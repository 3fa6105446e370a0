"""The side that the tags of a DICOM image state."""

from __future__ import annotations

from collections.abc import Iterable

from OrthoDiffusionLib.anatomy import Side


def tagged_sides(values: Iterable[object]) -> frozenset[Side]:
    """The sides that several lateralities of one image state; two where they contradict each other.

    Args:
        values: R, L, B (both) or U of Frame, Image and Laterality, the more special one first. A series of both sides
            may hold an image of one; an image of both in a series of one is a contradiction.
    """
    found: set[Side] = set()
    shows_both = False
    for value in values:
        side = Side.from_text(value)
        if side is not None:
            found |= set(Side) if shows_both else {side}
        elif not found and str(value or "").strip().upper() == "B":
            shows_both = True
    return frozenset(found)
