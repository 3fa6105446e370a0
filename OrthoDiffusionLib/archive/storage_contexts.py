"""Which SOP classes and transfer syntaxes are taken and offered, PS3.4, annex B.5, and PS3.5, annex A."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pynetdicom import AE
    from pynetdicom.presentation import PresentationContext

_IMAGES = "1.2.840.10008.5.1.4.1.1."

MR_CLASSES = tuple(f"{_IMAGES}{end}" for end in ("4", "4.1", "4.3", "4.4"))
"""MR Image, Enhanced MR, Enhanced MR Color, Legacy Converted Enhanced MR."""

OTHER_CLASSES = tuple(
    f"{_IMAGES}{end}"
    for end in (
        *("2", "2.1", "7", "7.1", "7.2", "7.3", "7.4", "11.1", "11.2", "30", "66", "66.4", "66.5", "66.7"),
        *("88.11", "88.22", "88.33", "88.34", "88.59", "104.1", "1", "1.1", "6.1", "128", "481.3"),
    )
)
"""What else a study of a joint may hold: CT, captures, presentation states, maps, segmentations, reports, X-ray."""

UNCOMPRESSED = ("1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2")
"""Explicit and implicit little endian, explicit big endian."""

COMPRESSED = tuple(
    f"1.2.840.10008.1.2.{end}" for end in ("4.70", "4.57", "4.80", "4.81", "4.90", "4.91", "4.50", "4.51", "5")
)
"""JPEG, JPEG-LS, JPEG 2000, RLE. Deflated is left out: a few bytes of it may become gigabytes."""

MOST_CONTEXTS = 128
"""Of one association, PS3.8, 9.3.2.2."""


def contexts_to_receive(classes: Iterable[str], *, compressed: bool = True) -> list[PresentationContext]:
    """Contexts with which a class comes in any transfer syntax.

    Each compressed one has a context of its own: who accepts an association chooses one syntax of each context, and
    what is stored in another one would have to be converted or left out.
    """
    from pynetdicom import build_context

    contexts = []
    for one in classes:
        contexts.append(build_context(one, list(UNCOMPRESSED)))
        contexts += [build_context(one, syntax) for syntax in COMPRESSED if compressed]
    return contexts[:MOST_CONTEXTS]


def support(entity: AE, classes: Iterable[str]) -> None:
    """Let an application entity accept these classes in any transfer syntax, compressed or not."""
    for one in classes:
        entity.add_supported_context(one, [*UNCOMPRESSED, *COMPRESSED])


def contexts_to_send(kinds: Sequence[tuple[str, str]]) -> list[PresentationContext]:
    """Contexts for files.

    Args:
        kinds: (SOP class, transfer syntax) of each file; an uncompressed one may be sent in another such syntax.
    """
    from pynetdicom import build_context

    contexts = []
    for one, syntax in dict.fromkeys(kinds):
        little = [other for other in UNCOMPRESSED[:2] if other != syntax]
        contexts.append(build_context(one, [syntax, *little] if syntax in UNCOMPRESSED[:2] else syntax))
    return contexts
