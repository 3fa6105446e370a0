"""Line: one thing a report says, and the row of the results that it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.messages import ENGLISH, Language, Message


@dataclass(frozen=True)
class Line:
    """One or a few sentences about one thing.

    Attributes:
        key: of its row: "finding-", "structure-" or "measurement-" and the name; empty if it has none. It is also an
            anchor of the page.
        messages: what is said, in this order.
    """

    key: str
    messages: tuple[Message, ...]

    def text(self, language: Language = ENGLISH) -> str:
        """The sentences in a language, each with its full stop."""
        return " ".join(sentence for message in self.messages if (sentence := _said(message, language)))

    @property
    def finding(self) -> str:
        """Name of the finding it is about; empty if it is about something else."""
        return self.key.removeprefix("finding-") if self.key.startswith("finding-") else ""


def _said(message: Message, language: Language) -> str:
    if isinstance(message, Notice):
        return message.in_full(language)
    words = message.words(language).what.strip()
    return words if not words or words[-1] in ".!?…" else words + "."
