"""The one place where notices, notes and reasons of the library become text on the screen, in Slicer's language."""

from collections.abc import Mapping
from dataclasses import replace

from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.messages import ENGLISH, Language, Sentence, note_of

CONTEXT = "OrthoDiffusion.Messages"  # of the catalogue's templates in Slicer's translation files


def translated(text):
    """A template of the catalogue in the language of the application; as it is where there is none."""
    try:
        from slicer.i18n import translate
    except ImportError:  # scenes are also written without an application
        return text
    return translate(CONTEXT, text)


class _Translated(Mapping):
    """The catalogue's templates, as Slicer translates them; English where it has no translation."""

    def __getitem__(self, key):
        english = ENGLISH.sentences[key]
        return Sentence(*(text and translated(text) for text in (english.what, english.remedy)))

    def __iter__(self):
        return iter(ENGLISH.sentences)

    def __len__(self):
        return len(ENGLISH.sentences)


LANGUAGE = Language(_Translated())


def what(notice):
    """What a Notice says, without where and remedy."""
    return notice.words(LANGUAGE).what


def warning(entry):
    """A warning of findings.json or of a findings table, in a sentence or two.

    Args:
        entry: dict of code, what, where, remedy, and what these are made of.
    """
    return Notice.from_dict({"where": "", "remedy": "", **entry}).in_full(LANGUAGE)


def said(message):
    """A Message in a sentence, without a full stop."""
    return message.words(LANGUAGE).what


def note(entry):
    """The note of a finding or measurement of findings.json; empty if it has none."""
    return note_of(entry).words(LANGUAGE).what


def reasonOfPlane(reason):
    """Why a volume serves a plane, or none does; the selectors beside it name plane and volume.

    Args:
        reason: a Message of `Study.reasons`.
    """
    return sentence(replace(reason, variant="unnamed") if reason.key == "plane_served" else reason)


def sentence(message):
    """A Message in a sentence with a capital letter, without a full stop; empty for None."""
    text = message.words(LANGUAGE).what if message is not None else ""
    return text[:1].upper() + text[1:]
