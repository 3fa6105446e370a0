"""How values become words: `str.format` with plurals, lists, names in quotes and words of the catalogue.

In a template, beside all that `str.format` knows:

    {count:{count} slice lies|{count} slices lie}   one of several forms, by the language's plural rule
    {names:,} {names:;} {names:×}                   a list, joined by ", ", "; " or " × "
    {names:and} {names:or}                          "a, b and c", "a, b or c"
    {names:of {count}}                              the first of so many: "a, b, c and 4 more"
    {remarks:each}                                  "; " before each: "; a; b"
    {sizes:× .3g}                                   a list of numbers, each formatted as ".3g"
    {value:in {unit}} {value:number {unit}}         a quantity with its unit, with the digits usual in it; without it
    {value:change {unit}} {value:finer {unit}}      a difference, with its sign; an error, one digit finer
    {value:in {unit} {digits}}                      a quantity with so many decimals; see `decimals_beyond`
    {noticed:full}                                  messages with where and remedy, each followed by a space
    {remedies:sentences}                            sentences one after the other
    {problem:remedy}                                the remedy of a message
    {name!q}                                        ‘name’, or each name of a list
    {plane!w} {plane!W}                             the catalogue's word for a key or title; with a capital letter
    {joint!a}                                       an English word with its article: "a knee", "an ankle"
    {again!C}                                       a message with a capital letter

A value may be a message itself; it is said in the same language. Numbers are written as the language does.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from OrthoDiffusionLib.messages.sentence import Language

_SEPARATORS = {",": ", ", ";": "; ", "×": " × ", "sentences": " "}
_LINKS = ("and", "or")
_QUANTITIES = ("in", "number", "change", "finer")
_DECIMALS = {"1": 2, "deg": 0, "%": 0}
_USUAL_DECIMALS = 1
_MOST_DECIMALS = 4

Look = Callable[[str], str]
"""Key -> template of the language at hand; raises KeyError where there is none."""


def usual_decimals(unit: str) -> int:
    """With how many decimals a quantity is written."""
    return _DECIMALS.get(unit, _USUAL_DECIMALS)


def decimals_beyond(value: float, limit: float, least: int) -> int:
    """The fewest decimals, `least` or more, with which a value does not read as a limit that it lies beyond.

    10.4° is above 10° and would be written as 10°.
    """
    for decimals in range(least, _MOST_DECIMALS):
        if f"{value:z.{decimals}f}" != f"{limit:z.{decimals}f}":
            return decimals
    return _MOST_DECIMALS


class Words(string.Formatter):
    """Fills the templates of one language.

    Args:
        look: finds what single words and links of lists are called.
        language: how it writes numbers, plurals and quotation marks.
    """

    def __init__(self, look: Look, language: Language) -> None:
        self._look, self._language = look, language

    def filled(self, template: str, values: Mapping[str, object]) -> str:
        """A template with its values.

        Raises:
            KeyError: if a value is missing.
        """
        return self.vformat(template, (), values)

    def convert_field(self, value: object, conversion: str | None) -> object:
        if conversion in ("q", "w", "W"):
            if isinstance(value, (list, tuple)):
                return [self.convert_field(one, conversion) for one in value]
            if conversion == "q":
                return f"{self._language.quotes[0]}{value}{self._language.quotes[1]}"
            word = self.word(str(value))
            return word[:1].upper() + word[1:] if conversion == "W" else word
        if conversion == "a":
            word = self.word(str(value))
            return f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}"
        if conversion == "C":
            text = self._text(value)
            return text[:1].upper() + text[1:]
        return super().convert_field(value, conversion)

    def format_field(self, value: Any, format_spec: str) -> str:
        if "|" in format_spec:
            forms = format_spec.split("|")
            return forms[min(self._language.plural(value), len(forms) - 1)]
        if isinstance(value, (list, tuple)):
            return self._listed(value, format_spec)
        if format_spec == "remedy":
            words = getattr(value, "words", None)
            return str(words(self._language).remedy) if words is not None else str(value)
        how, _, unit = format_spec.partition(" ")
        if how in _QUANTITIES and unit:
            return self._quantity(value, how, unit)
        if isinstance(value, (int, float)):
            return self._language.number(format(value, format_spec))
        return format(value if isinstance(value, str) else self._text(value), format_spec)

    def _quantity(self, value: float, how: str, unit: str) -> str:
        unit, _, digits = unit.partition(" ")
        decimals = int(digits) if digits else usual_decimals(unit) + (how == "finer")
        written = f"{value:z.{decimals}f}"  # what rounds to zero has no sign
        number = self._language.number(written)
        if how == "change":
            number = f"{'+' if float(written) > 0 else ''}{number}".replace("-", "−")
        if how == "number":
            return number
        try:
            return number + self._look(f"unit.{unit}")
        except KeyError:
            return f"{number} {unit}"

    def _listed(self, values: Sequence[object], spec: str) -> str:
        how, _, detail = spec.partition(" ")
        if how == "of":
            return self._first_of([self._text(value) for value in values], int(detail))
        if how in _LINKS:
            return self._linked([self._text(value) for value in values], how)
        if how == "each":
            return "".join(f"; {self._text(value)}" for value in values)
        if how == "full":
            return "".join(f"{self._in_full(value)} " for value in values)
        parts = [self.format_field(value, detail) if detail else self._text(value) for value in values]
        return _SEPARATORS[how].join(parts)

    def _linked(self, parts: list[str], link: str) -> str:
        if len(parts) < 2:
            return "".join(parts)
        return self.filled(self._look(f"list.{link}"), {"first": ", ".join(parts[:-1]), "last": parts[-1]})

    def _first_of(self, parts: list[str], count: int) -> str:
        first = ", ".join(parts)
        if len(parts) >= count:
            return first
        return self.filled(self._look("list.more"), {"first": first, "count": count - len(parts)})

    def word(self, value: str) -> str:
        """What a key or title is called; spelt out where the catalogue does not know it."""
        for key in (value, value.lower().replace(" ", "_")):
            try:
                return self._look(f"word.{key}")
            except KeyError:
                continue
        return value.replace("_", " ")  # a structure or joint that only a bundle knows

    def _text(self, value: object) -> str:
        words = getattr(value, "words", None)
        if words is not None:
            return str(words(self._language).what)
        return self._language.number(str(value)) if isinstance(value, (int, float)) else str(value)

    def _in_full(self, value: object) -> str:
        in_full = getattr(value, "in_full", None)
        if in_full is not None:
            return str(in_full(self._language))
        parts = (self._text(value).rstrip("."), self.format_field(value, "remedy").rstrip("."))
        return " ".join(f"{part}." for part in parts if part)
