"""Whether a text, such as a folder's name, gives a person's name away; in any script and in other spellings."""

from __future__ import annotations

import re
import unicodedata

_LEAST_OF_A_WORD, _LEAST_WITHIN = 2, 4
"""Letters of a part of a name that is looked for as a word, and within longer words, such as ‘smithjohn’ (ours)."""

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_UNSPACED = re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]")
"""Chinese, Japanese and Korean letters: a family name may be one of them, and none stand apart from other words."""


def name_words(name: str, patient_id: str) -> frozenset[str]:
    """The parts of a Patient's Name, in every spelling, by which a text would name the person.

    Args:
        name: as DICOM has it, with all its groups.
        patient_id: empty if the name only repeats it, as is usual in research data: then there are none.
    """
    plain = [re.sub(r"[\W_]+", "", text).casefold() for text in (name, patient_id)]
    if plain[0] == plain[1]:
        return frozenset()
    parts = (part for spelling in _spellings(name) for part in _words(spelling))
    return frozenset(part for part in parts if len(part) >= _LEAST_OF_A_WORD or _UNSPACED.search(part))


def names_person(words: frozenset[str], text: str) -> bool:
    """Whether one of the `name_words` stands in a text."""
    for spelling in _spellings(text):
        if words & set(_words(spelling)):
            return True
        if any(word in spelling for word in words if len(word) >= _LEAST_WITHIN or _UNSPACED.search(word)):
            return True
    return False


def _words(text: str) -> list[str]:
    return re.split(r"[\W_\d]+", text)


def _spellings(text: str) -> set[str]:
    """Small letters as they are, as German writes them without umlauts, and without any accents."""
    # macOS and some file servers take letters with accents apart.
    whole = unicodedata.normalize("NFKC", text).casefold()
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", whole) if not unicodedata.combining(sign))
    return {whole, whole.translate(_GERMAN), unicodedata.normalize("NFC", bare)}
