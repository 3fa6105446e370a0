"""Which languages there are, each loaded when it is asked for."""

from __future__ import annotations

import importlib

from OrthoDiffusionLib.messages.catalogue import ENGLISH
from OrthoDiffusionLib.messages.sentence import Language

_MODULES = {"de": "OrthoDiffusionLib.messages.german"}
"""Code of ISO 639-1 -> package with a `LANGUAGE`."""

LANGUAGES = ("en", *_MODULES)


def language_of(name: str) -> Language:
    """A language by its code or by the name of a locale, such as "de", "de_AT" or "de-CH.UTF-8".

    English for one that there is no catalogue for.
    """
    code = name.replace("-", "_").partition("_")[0].partition(".")[0].lower()
    if code not in _MODULES:
        return ENGLISH
    language: Language = importlib.import_module(_MODULES[code]).LANGUAGE
    return language
