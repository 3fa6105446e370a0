"""The one catalogue: code, variant and values -> a sentence, in English or another language."""

from __future__ import annotations

from collections.abc import Mapping

from OrthoDiffusionLib.messages.english import SENTENCES
from OrthoDiffusionLib.messages.formatting import Words
from OrthoDiffusionLib.messages.sentence import Language, Sentence

ENGLISH = Language(SENTENCES)


def sentence_of(key: str, values: Mapping[str, object], language: Language = ENGLISH) -> Sentence:
    """The sentence of one key, in a language.

    A key that the language lacks, and a template of it that asks for a value that is not there, is said in English: a
    translation may be behind, but must never hide a warning.

    Args:
        key: a code, or ``code.variant``.
        values: what the templates ask for.
        language: the templates.

    Raises:
        KeyError: if the English catalogue lacks the key, or one of the values is missing.
    """
    if language is not ENGLISH and key in language.sentences:
        try:
            return _filled(language.sentences[key], values, language)
        except (KeyError, IndexError, ValueError, TypeError):
            pass
    return _filled(ENGLISH.sentences[key], values, language)


def fits(key: str, values: Mapping[str, object]) -> bool:
    """Whether the catalogue has a sentence for them."""
    try:
        sentence_of(key, values)
    except (KeyError, IndexError, ValueError, TypeError):
        return False
    return True


def word_of(key: str, language: Language = ENGLISH) -> str:
    """What a key or title is called: ``word.KEY`` of the catalogue, or the key spelt out."""
    return _words(language).word(key)


def title_of(key: str, language: Language = ENGLISH) -> str:
    """The same with a capital letter."""
    word = word_of(key, language)
    return word[:1].upper() + word[1:]


def text_of(english: str, language: Language = ENGLISH) -> str:
    """A fixed text that stands in the code of another package: its translation, as long as the English is the same."""
    known = language.sentences.get(f"text.{english}")
    return known.what if known is not None else english


def number_of(value: float, spec: str, language: Language = ENGLISH) -> str:
    """A number or quantity alone, formatted as in a template, e.g. ``.2f`` or ``in mm``."""
    return _words(language).format_field(value, spec)


def _filled(template: Sentence, values: Mapping[str, object], language: Language) -> Sentence:
    fill = _words(language).filled
    return Sentence(fill(template.what, values), fill(template.remedy, values))


def _words(language: Language) -> Words:
    def look(key: str) -> str:
        return (language.sentences[key] if key in language.sentences else ENGLISH.sentences[key]).what

    return Words(look, language)
