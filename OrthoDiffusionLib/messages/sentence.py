"""Sentence and Language: templates of one language, under keys that all languages share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is said of one thing: a template of the catalogue, or the words made of it.

    Attributes:
        what: what is the case, in one sentence.
        remedy: what to do next; may be empty.
    """

    what: str
    remedy: str = ""


def _one_or_other(count: float) -> int:
    return 0 if count == 1 else 1


def _as_written(number: str) -> str:
    return number


@dataclass(frozen=True)
class Language:
    """The sentences of one language, whole or in part; English stands in for each key that is not there.

    Attributes:
        sentences: key -> template. The keys, the names of the values and how to format them are those of the English
            catalogue (see `formatting`).
        plural: number -> which of the forms of a ``{count:one|other}`` is used; 0 is the first.
        number: a number as English writes it ("1,234.5", "12%") -> as this language does.
        quotes: what stands before and after a name.
        code: of ISO 639-1.
    """

    sentences: Mapping[str, Sentence]
    plural: Callable[[float], int] = _one_or_other
    number: Callable[[str], str] = _as_written
    quotes: tuple[str, str] = ("‘", "’")
    code: str = "en"
