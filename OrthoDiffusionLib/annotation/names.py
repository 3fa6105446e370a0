"""Names that people give to cases and readers, as names of folders."""

from __future__ import annotations

import re

_RESERVED = {"con", "prn", "aux", "nul", *(f"{kind}{number}" for kind in ("com", "lpt") for number in range(1, 10))}
CASES = "cases"
"""The folder beside the worklist's file that holds a folder for each case."""

FINAL = "final"
"""The folder beside those of the readers that holds what counts; no reader may have this name."""


def folder_name(text: str) -> str:
    """A name that every file system takes: letters, digits, ‘-’, ‘_’ and dots inside; empty if nothing is left.

    Args:
        text: any words.
    """
    name = re.sub(r"[^\w.-]+", "_", text.strip(), flags=re.UNICODE).strip("._-")[:80].rstrip("._-")
    return f"{name}_" if name.lower() in _RESERVED else name


def reader_name(text: str) -> str:
    """The folder's name of a reader; ‘reader’ for an empty text, and never that of the final version."""
    name = folder_name(text) or "reader"
    return f"{name}_" if name.lower() == FINAL else name
