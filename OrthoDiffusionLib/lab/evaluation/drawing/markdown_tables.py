"""Rows of numbers as Markdown tables, the way the pages of figures show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

NOTHING = "—"


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with its first column to the left and numbers to the right; empty without rows."""
    lines = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    if not lines:
        return ""
    rule = "|" + "|".join(["---"] + ["---:"] * (len(header) - 1)) + "|"
    return "\n".join(["| " + " | ".join(_cell(cell) for cell in header) + " |", rule, *lines])


def number(value: float | None, digits: int) -> str:
    """A number with so many decimals, or a dash where there is none."""
    return NOTHING if value is None else f"{value:.{digits}f}"


def with_interval(numbers: dict, key: str, digits: int) -> str:
    """`0.87 (0.84 to 0.90)` of key, key_low and key_high; without interval the number alone."""
    value, low, high = (numbers.get(key + end) for end in ("", "_low", "_high"))
    if value is None or low is None or high is None:
        return number(value, digits)
    return f"{value:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def _cell(text: str) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")
