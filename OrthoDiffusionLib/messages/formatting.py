"""How values become words: `str.format` with plurals, lists, names in quotes and words of the catalogue.

In a template, beside all that `str.format` knows:

    {count:{count} slice lies|{count} slices lie}   one of several forms, by the language's plural rule
    {names:,} {names:;} {names:×}                   a list, joined by ", ", "; " or " × "
    {names:and} {names:or}                          "a, b and c", "a, b or c"
    {names:of {count}}                              the first of so many: "a, b, c and 4 more"
    {remarks:each}                                  "; " before each: "; a; b"
    {sizes:× .3g}                                   a list of numbers, each formatted as ".3g"
    {name!q}                                        ‘name’, or each name of a list
    {plane!w} {plane!W}                             the catalogue's word for a key or title; with a capital letter

A value may be a message itself; it is said in the same language.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_SEPARATORS = {",": ", ", ";": "; ", "×": " × "}
_LINKS = ("and", "or")

Look = Callable[[str], str]
"""Key -> template of the language at hand; raises KeyError where there is none."""


class Words(string.Formatter):
    """Fills the templates of one language.

    Args:
        look: finds what single words and links of lists are called.
        plural: number -> which form of several.
        said: a value that is neither number nor text -> words.
    """

    def __init__(self, look: Look, plural: Callable[[float], int], said: Callable[[object], str]) -> None:
        self._look, self._plural, self._said = look, plural, said

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
                return f"‘{value}’"
            word = self._word(str(value))
            return word[:1].upper() + word[1:] if conversion == "W" else word
        return super().convert_field(value, conversion)

    def format_field(self, value: Any, format_spec: str) -> str:
        if "|" in format_spec:
            forms = format_spec.split("|")
            return forms[min(self._plural(value), len(forms) - 1)]
        if isinstance(value, (list, tuple)):
            return self._listed(value, format_spec)
        return format(self._text(value) if not isinstance(value, (int, float, str)) else value, format_spec)

    def _listed(self, values: Sequence[object], spec: str) -> str:
        how, _, detail = spec.partition(" ")
        if how == "of":
            return self._first_of([self._text(value) for value in values], int(detail))
        if how in _LINKS:
            return self._linked([self._text(value) for value in values], how)
        if how == "each":
            return "".join(f"; {self._text(value)}" for value in values)
        parts = [format(value, detail) if detail else self._text(value) for value in values]
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

    def _word(self, value: str) -> str:
        for key in (value, value.lower().replace(" ", "_")):
            try:
                return self._look(f"word.{key}")
            except KeyError:
                continue
        return value.replace("_", " ")  # a structure or joint that only a bundle knows

    def _text(self, value: object) -> str:
        return self._said(value)
