"""The one place where what the library says becomes text on the screen, in Slicer's language."""

from dataclasses import replace

from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.messages import ENGLISH, language_of, number_of, sentence_of, text_of, title_of, word_of
from OrthoDiffusionLib.messages.bundle_reasons import note_of_finding
from OrthoDiffusionLib.reports import wording


def _ofTheApplication():
    """The library's catalogue for the language that Slicer runs in; English where it has none, or no application."""
    try:
        from slicer import app
    except ImportError:  # scenes are also written without an application
        return ENGLISH
    # ‘en_US’ where Slicer's user has not switched translation on; it changes with a restart only.
    return language_of(str(app.applicationLocaleName))


LANGUAGE = _ofTheApplication()


def what(notice):
    """What a Notice says, without where and remedy."""
    return notice.words(LANGUAGE).what


def warning(entry):
    """A warning of findings.json or of a findings table, in a sentence or two.

    Args:
        entry: dict of code, what, where, remedy, and what these are made of.
    """
    return Notice.from_dict({"where": "", "remedy": "", **entry}).in_full(LANGUAGE)


def error(problem):
    """An error in a sentence or two: what, where and remedy."""
    return problem.in_full(LANGUAGE) if hasattr(problem, "in_full") else str(problem)


def said(message):
    """A Message in a sentence, without a full stop; ready words as they are."""
    return message.words(LANGUAGE).what if hasattr(message, "words") else message


def note(entry):
    """The note of a finding of findings.json; empty if it has none."""
    return note_of_finding(entry).words(LANGUAGE).what


def word(key):
    """A plane, a side, a joint or another key in words."""
    return word_of(key, LANGUAGE)


def title(key):
    """The same with a capital letter."""
    return title_of(key, LANGUAGE)


def finding(name):
    """The title of a finding."""
    return wording.finding_title(name, LANGUAGE)


def named(name, english):
    """The title of a structure or measurement.

    Args:
        name: its key.
        english: its title where the catalogue has no word for it.
    """
    return wording.named(name, english, LANGUAGE)


def column(name):
    """Title and description of a column of our tables.

    Args:
        name: of the column, which is the same in every language.
    """
    key = name.lower().replace("'", "").replace(" ", "_")
    words = sentence_of(f"column.{key}", {}, LANGUAGE)
    return words.what, words.remedy


def number(value, spec=".2f"):
    """A number as the language writes it; `spec` as in Python."""
    return number_of(value, spec, LANGUAGE)


def fixed(text):
    """A fixed English text of the library, such as what a bundle may be used for; others stay as they are."""
    return text_of(text, LANGUAGE)


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
