"""The German catalogue: the keys of the English one, with templates for the same values."""

from OrthoDiffusionLib.messages.parts import sentences_in
from OrthoDiffusionLib.messages.sentence import Language

_SIGNS = str.maketrans({",": ".", ".": ",", "%": " %", "-": "−"})


def _number(text: str) -> str:
    """1,234.5 → 1.234,5; 12% → 12 %; -3 → −3."""
    return text.translate(_SIGNS)


LANGUAGE = Language(sentences_in(__name__, __path__), number=_number, quotes=("„", "“"), code="de")
