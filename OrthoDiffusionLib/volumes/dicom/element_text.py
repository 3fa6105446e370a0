"""The text of a DICOM element."""

from __future__ import annotations

from collections.abc import Iterable


def text_of(value: object) -> str:
    """As it was written, without blanks around it; a backslash parts a text in two for pydicom, here by a blank."""
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)) and not hasattr(value, "components"):
        return " ".join(str(one).strip() for one in value).strip()  # not the components of a person's name
    return str(value or "").strip()
