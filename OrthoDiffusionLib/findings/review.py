"""Review: what a reader decided about a finding, beside what the model said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from OrthoDiffusionLib.moment import now

REVIEW_DECISIONS = ("accepted", "rejected", "unsure")

POSITIVE, NEGATIVE, NOT_ASSESSED, UNSURE = "positive", "negative", "not_assessed", "unsure"
NOT_CALLED = "not_called"
"""The model's word where the bundle names no operating point: a probability alone is neither positive nor negative."""

MODEL_WORDS = (POSITIVE, NEGATIVE, NOT_CALLED, NOT_ASSESSED)
_OPPOSITE = {POSITIVE: NEGATIVE, NEGATIVE: POSITIVE}


@dataclass(frozen=True)
class Review:
    """What a reader decided about a finding. It stands beside the model's word and takes nothing away from it.

    Attributes:
        decision: one word for machines: "accepted" if the reader's word is the model's, "rejected" if it is another
            one, "unsure".
        note: the reader's own words; may be empty.
        time: ISO 8601.
        word: the reader's: "positive" or "negative"; empty if unsure, and in files that do not say it.
        model_word: what the model said then, one of `MODEL_WORDS`; empty if that is not known.
        model_probability: the model's probability then; None if it gave none, or that is not known.
        reader: who decided, as the reader gives it; empty if that was not said.

    Raises:
        ValueError: if a word is not one of these, or they contradict each other.
    """

    decision: str
    note: str = ""
    time: str = ""
    word: str = ""
    model_word: str = ""
    model_probability: float | None = None
    reader: str = ""

    def __post_init__(self) -> None:
        if self.decision not in REVIEW_DECISIONS:
            raise ValueError(f"decision must be one of {', '.join(REVIEW_DECISIONS)}, got {self.decision!r} instead")
        if self.word not in ("", POSITIVE, NEGATIVE):
            raise ValueError(f"a reader's word must be positive or negative, got {self.word!r} instead")
        if self.model_word not in ("", *MODEL_WORDS):
            raise ValueError(f"a model's word must be one of {', '.join(MODEL_WORDS)}, got {self.model_word!r} instead")
        if self.model_probability is not None and not 0.0 <= self.model_probability <= 1.0:  # also refuses NaN
            raise ValueError(f"the model's probability must be in [0, 1], got {self.model_probability} instead")
        unsure = self.decision == UNSURE
        other = self.model_word and self.decision != _decision(self.word, self.model_word)
        if self.word and (unsure or other):
            raise ValueError(f"{self.decision!r} contradicts the words {self.word!r} and {self.model_word!r}")

    @classmethod
    def now(
        cls, word: str, model_word: str, model_probability: float | None = None, note: str = "", *, reader: str = ""
    ) -> Review:
        """What a reader says at this moment.

        Args:
            word: "positive", "negative" or "unsure".
            model_word: one of `MODEL_WORDS`.
            model_probability: None if the model gave none.
            note: the reader's own words.
            reader: who decides; may stay unsaid.
        """
        own = "" if word == UNSURE else word
        time = now()
        return cls(_decision(own, model_word), note, time, own, model_word, model_probability, reader)

    def word_beside(self, model_word: str) -> str:
        """The reader's word: "positive", "negative", "unsure", or the model's where it was accepted as it is.

        Args:
            model_word: the model's, for files that hold the decision alone.
        """
        if self.decision == UNSURE or self.word:
            return self.word or UNSURE
        return model_word if self.decision == "accepted" else _OPPOSITE.get(model_word, UNSURE)

    def is_of_other(self, model_word: str) -> bool:
        """Whether it was made on an earlier result, in which the model said something else."""
        return self.model_word not in ("", model_word)

    def as_dict(self) -> dict[str, object]:
        """Its entry in findings.json; what is not known is left out."""
        known = {"word": self.word, "model_word": self.model_word, "model_probability": self.model_probability,
                 "reader": self.reader}  # fmt: skip
        return {
            "decision": self.decision,
            "note": self.note,
            "time": self.time,
            **{key: value for key, value in known.items() if value not in ("", None)},
        }

    @classmethod
    def from_dict(cls, entry: Mapping) -> Review:
        """Read an entry of findings.json; what a newer program added is passed over.

        Raises:
            KeyError, TypeError, ValueError: if it is none.
        """
        probability = entry.get("model_probability")
        return cls(
            decision=str(entry["decision"]),
            note=str(entry.get("note", "")),
            time=str(entry.get("time", "")),
            word=str(entry.get("word", "")),
            model_word=str(entry.get("model_word", "")),
            model_probability=None if probability is None else float(probability),
            reader=str(entry.get("reader", "")),
        )


def _decision(word: str, model_word: str) -> str:
    if not word:
        return UNSURE
    return "accepted" if word == model_word else "rejected"


def model_word(assessed: bool, positive: bool | None) -> str:
    """One of `MODEL_WORDS`.

    Args:
        assessed: whether the finding was.
        positive: None where the bundle names no operating point.
    """
    if not assessed:
        return NOT_ASSESSED
    if positive is None:
        return NOT_CALLED
    return POSITIVE if positive else NEGATIVE


def ruling_word(review: Review | None, model_word: str) -> str:
    """The word that counts: the reader's where there is one, else the model's."""
    said = UNSURE if review is None else review.word_beside(model_word)
    return model_word if said == UNSURE else said
