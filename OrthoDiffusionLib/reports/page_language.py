"""Which language a page was written in, as its html says it."""

from __future__ import annotations

import re
from pathlib import Path

from OrthoDiffusionLib.messages import ENGLISH, Language, language_of

_LANGUAGE = re.compile(rb'<html lang="([\w-]+)"')
_BEGINNING = 200  # bytes of a page, which hold the tag


def language_of_page(page: Path) -> Language:
    """Its language; English if it is not there, or does not say so."""
    try:
        with page.open("rb") as file:
            found = _LANGUAGE.search(file.read(_BEGINNING))
    except OSError:
        return ENGLISH
    return language_of(found[1].decode("ascii", "replace")) if found else ENGLISH
