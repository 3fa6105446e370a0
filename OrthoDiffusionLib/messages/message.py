"""Message: a code and values that become a sentence only where it is shown."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from OrthoDiffusionLib.messages.catalogue import ENGLISH, fits, sentence_of
from OrthoDiffusionLib.messages.sentence import Language, Sentence


@dataclass(frozen=True)
class Message:
    """A note or a reason. An empty one (`NOTHING`) is false.

    Attributes:
        code: one word for machines, stable between versions.
        variant: which of several sentences of that code; often empty.
        values: what the sentence is made of: numbers, texts, keys, lists of these, and further messages.
        stored: ready words instead of the catalogue's; see `Message.stored_as`.
    """

    code: str
    variant: str = ""
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    stored: Sentence | None = None

    def __post_init__(self) -> None:
        if not self.code and self.stored is None:
            raise ValueError("a message must have a code, or words")
        object.__setattr__(self, "values", _plain(self.values))

    def __bool__(self) -> bool:
        return bool(self.code or (self.stored and self.stored.what))

    def __str__(self) -> str:
        return self.text

    @property
    def key(self) -> str:
        """Where its sentence stands in the catalogue."""
        return f"{self.code}.{self.variant}" if self.variant else self.code

    @property
    def bare(self) -> Message:
        """The same without what a derived class adds."""
        return Message(self.code, self.variant, self.values, self.stored)

    @property
    def is_known(self) -> bool:
        """Whether it can be said: it holds ready words, or the catalogue has its sentence with these values."""
        return self.stored is not None or fits(self.key, self.values)

    def words(self, language: Language = ENGLISH) -> Sentence:
        """What it says, and what to do about it, in a language.

        Raises:
            KeyError: if the catalogue lacks the sentence, or a value is missing: a fault of the program.
        """
        return self.stored if self.stored is not None else sentence_of(self.key, self.values, language)

    @property
    def text(self) -> str:
        """What it says in English."""
        return self.words().what

    def as_dict(self) -> dict[str, object]:
        """What makes it, for JSON."""
        if self.stored is not None:
            return {"code": self.code, "what": self.stored.what}
        return {"code": self.code, "variant": self.variant, "values": json_of(self.values)}

    @classmethod
    def stored_as(cls, what: str, *, code: str = "") -> Self:
        """A message of ready words: read from a file of another version, or written by a person."""
        return cls(code, stored=Sentence(str(what)))


def entry_of(note: Message) -> dict[str, object]:
    """A note as it stands in findings.json: its English text, and what makes it if the catalogue does."""
    made = {"note_message": note.as_dict()} if note.stored is None else {}
    return {"note": note.text, **made}


def note_of(entry: Mapping[str, Any]) -> Message:
    """The note of an entry that holds `entry_of`.

    Words that the catalogue does not make, as in results of version 1 and of newer programs, are kept as they are.

    Raises:
        KeyError, TypeError, ValueError: if it holds none.
    """
    words = str(entry["note"])
    if entry.get("note_message") is None:
        return Message.stored_as(words)
    made = made_of(entry["note_message"])
    return made if made.is_known else Message.stored_as(words)


def made_of(entry: Mapping[str, Any]) -> Message:
    """A message that `as_dict` has written.

    Raises:
        KeyError, TypeError, ValueError: if it is none.
    """
    code, variant, values = str(entry["code"]), str(entry.get("variant", "")), values_of(entry)
    stored = Sentence(str(entry["what"])) if "what" in entry else None
    return Message(code, variant, values, stored)


def values_of(entry: Mapping[str, Any]) -> dict[str, object]:
    """The values of an entry that `as_dict` has written, with the messages among them."""
    return {key: _read(value) for key, value in entry.get("values", {}).items()}


def as_message(note: Message | str) -> Message:
    """A note as a message; a text is kept as it is."""
    return note if isinstance(note, Message) else Message.stored_as(note)


def _plain(value: object) -> Any:
    """Values as JSON can keep them: no numpy scalars, enumerations or mutable lists."""
    if isinstance(value, enum.Enum):
        return _plain(value.value)
    if isinstance(value, (set, frozenset)):
        return tuple(sorted(map(_plain, value)))
    if isinstance(value, (list, tuple)):
        return tuple(_plain(one) for one in value)
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if value is None or isinstance(value, (str, bool, int, float, Message)):
        return value
    item = getattr(value, "item", None)
    return item() if callable(item) else str(value)


def json_of(values: object) -> object:
    """Values of a message as JSON writes them."""
    if isinstance(values, Message):
        return values.bare.as_dict()
    if isinstance(values, Mapping):
        return {key: json_of(value) for key, value in values.items()}
    return [json_of(value) for value in values] if isinstance(values, tuple) else values


def _read(value: object) -> object:
    if isinstance(value, Mapping):
        return made_of(value) if "code" in value else value
    return tuple(_read(one) for one in value) if isinstance(value, list) else value


NOTHING = Message.stored_as("")
"""No note at all; false."""
