"""Messages: what is reported to a user, as a code and values, and the catalogue that makes sentences of them."""

from OrthoDiffusionLib.messages.catalogue import ENGLISH, fits, number_of, sentence_of, text_of, title_of, word_of
from OrthoDiffusionLib.messages.formatting import decimals_beyond, usual_decimals
from OrthoDiffusionLib.messages.languages import LANGUAGES, language_of
from OrthoDiffusionLib.messages.message import NOTHING, Message, as_message, entry_of, note_of
from OrthoDiffusionLib.messages.sentence import Language, Sentence

__all__ = [
    "ENGLISH",
    "LANGUAGES",
    "NOTHING",
    "Language",
    "Message",
    "Sentence",
    "as_message",
    "decimals_beyond",
    "entry_of",
    "fits",
    "language_of",
    "note_of",
    "number_of",
    "sentence_of",
    "text_of",
    "title_of",
    "usual_decimals",
    "word_of",
]
