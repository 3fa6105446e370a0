"""Code: one concept of a terminology such as SNOMED CT."""

from __future__ import annotations

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

    @property
    def is_private(self) -> bool:
        """Whether it is this project's own code, which no other program knows."""
        return self.scheme == PRIVATE_SCHEME

    def as_dict(self) -> dict[str, str]:
        """The three parts, as they stand in a bundle's manifest."""
        return {"scheme": self.scheme, "value": self.value, "meaning": self.meaning}
