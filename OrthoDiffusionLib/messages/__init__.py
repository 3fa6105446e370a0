"""Messages: what is reported to a user, as a code and values, and the catalogue that makes sentences of them."""

from OrthoDiffusionLib.messages.catalogue import ENGLISH, fits, sentence_of
from OrthoDiffusionLib.messages.message import NOTHING, Message, as_message, entry_of, note_of
from OrthoDiffusionLib.messages.sentence import Language, Sentence

__all__ = [
    "ENGLISH",
    "NOTHING",
    "Language",
    "Message",
    "Sentence",
    "as_message",
    "entry_of",
    "fits",
    "note_of",
    "sentence_of",
]
