"""What a referral may say beside the images: age, sex, trauma. An input where it is known, never a need."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

COLUMNS = ("age", "sex", "trauma")

_WORDS = {
    "sex": {"f": 1.0, "female": 1.0, "m": -1.0, "male": -1.0, "": None, "o": None, "other": None, "u": None},
    "trauma": {"1": 1.0, "yes": 1.0, "true": 1.0, "0": -1.0, "no": -1.0, "false": -1.0, "": None},
}
OLDEST_YEARS = 120.0  # assumed: a larger number is a mistyped one


def encode_clinical(column: str, text: object) -> float | None:
    """A value as the network takes it: about -1 to 1; None if it is not known.

    Args:
        column: one of `COLUMNS`.
        text: years; female or male (F, M; others count as not known); 1 or 0, yes or no.

    Raises:
        ValueError: for an unknown column or an invalid value.
    """
    word = "" if text is None else str(text).strip().lower()
    if column in _WORDS:
        if word not in _WORDS[column]:
            allowed = ", ".join(w for w in _WORDS[column] if w)
            raise ValueError(f"{column} must be one of {allowed} or empty, got {text!r}")
        return _WORDS[column][word]
    if column != "age":
        raise ValueError(f"clinical columns are {', '.join(COLUMNS)}, got {column!r}")
    if not word:
        return None
    try:
        years = float(word)
    except ValueError:
        years = math.nan
    if not 0 <= years <= OLDEST_YEARS:
        raise ValueError(f"age must be years from 0 to {OLDEST_YEARS:g} or empty, got {text!r}")
    return (years - 45.0) / 45.0


def encode_all(values: Mapping[str, object]) -> dict[str, float]:
    """Column -> number for every value that is known.

    Raises:
        ValueError: as `encode_clinical`.
    """
    encoded = {column: encode_clinical(column, value) for column, value in values.items()}
    return {column: number for column, number in encoded.items() if number is not None}


class ClinicalBias(nn.Module):
    """What the clinical values add to the logits of the findings.

    It has no offsets: where nothing is known the input is 0 and so is the answer, exactly, and a bundle that was
    trained with clinical values reads images without them as they are. It starts at 0 for all inputs.

    Args:
        columns: which values, in order.
        abnormalities: how many logits.
    """

    def __init__(self, columns: Sequence[str], abnormalities: int, *, width: int = 16) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.hidden = nn.Linear(2 * len(self.columns), width, bias=False)
        self.out = nn.Linear(width, abnormalities, bias=False)
        nn.init.zeros_(self.out.weight)

    def forward(self, values: Mapping[str, float]) -> Tensor:
        """Column -> number, unknown ones left out; to (A,) that is added to the logits."""
        known = [float(column in values) for column in self.columns]
        numbers = [float(values.get(column, 0.0)) for column in self.columns]
        return self.out(torch.tanh(self.hidden(torch.tensor([*numbers, *known], device=self.hidden.weight.device))))
