"""Code: one concept of a terminology such as SNOMED CT."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

PRIVATE_SCHEME = "99ORTHODIFFUSION"
"""Designator of this project's own codes. DICOM reserves the prefix 99 for private schemes."""


@dataclass(frozen=True, slots=True)
class Code:
    """A coded concept, as DICOM's code sequences hold it.

    Attributes:
        scheme: coding scheme designator, ``"SCT"`` for SNOMED CT; at most 16 characters.
        value: the code itself; at most 16 characters.
        meaning: what it means, for people; at most 64 characters.
    """

    scheme: str
    value: str
    meaning: str

    def __post_init__(self) -> None:
        # The limits are those of the DICOM value representations SH and LO (PS3.5, section 6.2).
        for field, limit in (("scheme", 16), ("value", 16), ("meaning", 64)):
            text = getattr(self, field)
            if not 1 <= len(text) <= limit or any(mark in text for mark in "^~\\"):
                raise ValueError(
                    f"{field} of a code must have 1 to {limit} characters without ^ ~ \\, got {text!r} instead"
                )

    def as_dict(self) -> dict[str, str]:
        """The three parts, as they stand in a bundle's manifest."""
        return {"scheme": self.scheme, "value": self.value, "meaning": self.meaning}


def private_code(name: str, title: str) -> Code:
    """A code of this project's own scheme for a word that is not of this project.

    Args:
        name: word for machines; short ones stay as they are, long ones end in a digest that keeps them apart.
        title: words for people.
    """
    value = name.upper().replace("_", "-")
    if len(value) > 16:
        value = f"{value[:9]}-{hashlib.sha256(name.encode()).hexdigest()[:6].upper()}"
    return Code(PRIVATE_SCHEME, value, title[:64].translate(str.maketrans("^~\\", "   ")))
