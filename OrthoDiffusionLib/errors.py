"""Errors and warnings that say what is wrong, where, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from OrthoDiffusionLib.messages import ENGLISH, Language, Message, Sentence, fits
from OrthoDiffusionLib.messages.message import json_of, made_of, values_of


def _sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text[-1] in ".!?…" else text + "."


def printable(text: str) -> str:
    """A text that comes from a file or an archive, with ``?`` for what must not reach a terminal or a table.

    File names of another character set hold parts that can be neither printed nor written, and control characters in
    a header could write over the terminal, or begin a new row of a table.
    """
    known = str(text).encode("utf-8", "replace").decode()
    return "".join(sign if sign.isprintable() else " " if sign.isspace() else "?" for sign in known)


def text_without_names(error: BaseException) -> str:
    """The text of a foreign exception without quoted values and paths, each of which may name a patient."""
    # From the first quotation mark to the last: a name may hold one, as O'Brien does.
    text = re.sub(r"['\"‘“].*['\"’”]", "…", str(error), flags=re.DOTALL)
    return re.sub(r"(?:[A-Za-z]:\\|/)\S+", "…", text)


class OrthoDiffusionError(Exception):
    """Something a user can put right. A caller's programming mistake is a `ValueError` instead.

    Args:
        what: a `Message`, whose sentence and remedy stand in the catalogue; or ready words, which stay as they are.
        where: a name as it is, or a Message where it takes words to say.
        remedy: of ready words alone.

    Attributes:
        message, place: the Messages of what and where; None for ready words.
        what: what is wrong, in one sentence, in English.
        where: the file, series, volume or setting it is about, in English; may be empty. May name a file to the
            user, so it is shown and never logged.
        remedy: what to do next, in English; may be empty.
        log_path: a file that holds the technical details; may be empty.
        code: one word for machines, that of the notice which says the same where the work can go on,
            e.g. ``two_joints``; empty for the many refusals that have no such notice.
    """

    def __init__(
        self, what: Message | str, *, where: Message | str = "", remedy: str = "", log_path: str = "", code: str = ""
    ) -> None:
        if isinstance(what, Message) and remedy:
            raise ValueError("the remedy of a message stands in the catalogue")
        words = what.words() if isinstance(what, Message) else Sentence(str(what), str(remedy))
        self.message = what.bare if isinstance(what, Message) and what.stored is None else None
        self.place = where if isinstance(where, Message) else None
        self.what = words.what
        self.remedy = words.remedy
        self.where = printable(str(where))
        self.log_path = str(log_path)
        self.code = str(code)
        super().__init__(self.what)

    def __str__(self) -> str:
        return self.in_full()

    def words(self, language: Language = ENGLISH) -> Sentence:
        """What is wrong and what to do, in a language; ready words as they are."""
        return self.message.words(language) if self.message is not None else Sentence(self.what, self.remedy)

    def where_in(self, language: Language = ENGLISH) -> str:
        """Where, in a language."""
        return printable(self.place.words(language).what) if self.place is not None else self.where

    def in_full(self, language: Language = ENGLISH) -> str:
        """What, where and remedy in a sentence or two."""
        return _in_full(self.words(language), self.where_in(language))

    @property
    def said(self) -> Message | str:
        """What is wrong, as a part of another message or for another error."""
        return self.message if self.message is not None else self.what

    @property
    def advice(self) -> Message | str:
        """What to do next, as a part of another message."""
        return Message("remedy", values={"problem": self.message}) if self.message is not None else self.remedy

    @property
    def ready_remedy(self) -> str:
        """The remedy of ready words; that of a message goes with `said`."""
        return self.remedy if self.message is None else ""

    def as_dict(self) -> dict[str, Any]:
        """Its parts in English, and what makes them if the catalogue does; as the worker sends them to the panel."""
        made = {name: one.as_dict() for name, one in (("message", self.message), ("place", self.place)) if one}
        return {
            "what": self.what,
            "where": self.where,
            "remedy": self.remedy,
            "log_path": self.log_path,
            "code": self.code,
            **made,
        }

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any]) -> Self:
        """An error as `as_dict` has written it; words that this program's catalogue does not make stay as they are."""
        log_path, code = (str(entry.get(name) or "") for name in ("log_path", "code"))
        message, place = (made_of(entry[name]) if entry.get(name) else None for name in ("message", "place"))
        where = place if place is not None and place.is_known else str(entry.get("where") or "")
        if message is not None and message.is_known:
            return cls(message, where=where, log_path=log_path, code=code)
        remedy = str(entry.get("remedy") or "")
        return cls(str(entry["what"]), where=where, remedy=remedy, log_path=log_path, code=code)

    def __reduce__(self) -> tuple[Callable[..., OrthoDiffusionError], tuple[type[OrthoDiffusionError], dict[str, Any]]]:
        # Exception's own pickling drops keyword-only arguments; errors cross process borders.
        return _rebuild, (type(self), self.as_dict())


def _rebuild(kind: type[OrthoDiffusionError], parts: dict[str, Any]) -> OrthoDiffusionError:
    return kind.from_dict(parts)


class GeometryError(OrthoDiffusionError):
    """A position in space cannot be right: a singular affine, grids that do not overlap."""


class VolumeFileError(OrthoDiffusionError):
    """An image file cannot be read or written, or does not hold a 3D grey image."""


class DicomError(OrthoDiffusionError):
    """DICOM files hold no volume that can be used."""


class StudyError(OrthoDiffusionError):
    """The volumes do not make up a study that can be analysed."""


class BundleError(OrthoDiffusionError):
    """A bundle is missing, damaged, or made for another version."""


class OutputError(OrthoDiffusionError):
    """Results cannot be written where they should go."""


class ArchiveError(OrthoDiffusionError):
    """An archive (PACS) cannot be reached, does not let us in, or refuses what it is asked."""


class TrainingError(OrthoDiffusionError):
    """A training run cannot start or go on."""


@dataclass(frozen=True)
class Notice(Message):
    """One warning that travels with a result: the work went on, but the user should know.

    Its sentence stands in the catalogue of `OrthoDiffusionLib.messages`, under code and variant; a notice keeps what it
    is made of. `Notice.stored_as` takes ready words instead.

    Attributes:
        code: one word for machines, e.g. ``side_disagrees``; stable between versions.
        variant: which of several sentences of that code; often empty.
        values: what the sentence is made from, for programs and translations.
        where: the volume, series or file it is about; may be empty.
    """

    where: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.code:
            raise ValueError("a notice must have a code")
        object.__setattr__(self, "where", printable(self.where))

    @property
    def what(self) -> str:
        """What was noticed, in one English sentence."""
        return self.words().what

    @property
    def remedy(self) -> str:
        """What could be done, in English; may be empty."""
        return self.words().remedy

    def __str__(self) -> str:
        return self.in_full()

    def in_full(self, language: Language = ENGLISH) -> str:
        """What, where and remedy in a sentence or two."""
        return _in_full(self.words(language), self.where)

    def as_dict(self) -> dict[str, object]:
        """Its parts, as they stand in findings.json: with ``variant`` if the catalogue has its sentence."""
        words = self.words()
        parts = {"code": self.code, "what": words.what, "where": self.where, "remedy": words.remedy}
        made_of = super().as_dict() if self.stored is None else {"values": json_of(self.values)}
        return {**parts, **made_of}

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any]) -> Notice:
        """A notice as `as_dict` has written it.

        Words that the catalogue does not make, as in results of version 1 and of newer programs, are kept as they are.

        Raises:
            KeyError, TypeError, ValueError: if it is none.
        """
        code, where = str(entry["code"]), str(entry["where"])
        variant, values = str(entry.get("variant", "")), values_of(entry)
        made = cls(code, variant, values, where=where)
        if "variant" in entry and fits(made.key, made.values):
            return made
        return cls(code, variant, values, Sentence(str(entry["what"]), str(entry["remedy"])), where=where)

    @classmethod
    def stored_as(cls, what: str, *, code: str = "", where: str = "", remedy: str = "") -> Notice:
        """A notice of ready words: for what is no part of the catalogue, such as tests and files of other versions."""
        if not what:
            raise ValueError("a notice of ready words must say what was noticed")
        return cls(code, stored=Sentence(str(what), str(remedy)), where=where)


def _in_full(words: Sentence, where: str) -> str:
    what = f"{words.what.rstrip('.')} ({where})" if where else words.what
    return " ".join(part for part in (_sentence(what), _sentence(words.remedy)) if part)
