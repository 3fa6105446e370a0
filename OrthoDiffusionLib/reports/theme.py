"""The look of our pictures: a dark background, quiet words, one warm accent."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Sequence

from PIL import ImageDraw, ImageFont

from OrthoDiffusionLib.resources import resource_path

Colour = tuple[int, int, int]

BACKGROUND: Colour = (13, 15, 18)
PANEL: Colour = (20, 23, 28)
BLACK: Colour = (0, 0, 0)
LINE: Colour = (52, 58, 67)
TEXT: Colour = (228, 231, 235)
QUIET: Colour = (168, 176, 186)
FAINT: Colour = (124, 132, 143)
ACCENT: Colour = (242, 180, 92)
BAR: Colour = (104, 150, 190)

_BLANKS = str.maketrans({"\t": " ", "\n": " "})

_SCALE = 0.9
"""DejaVu's letters are larger than those of most fonts of one size; the layouts are made for the others."""


@functools.cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """A font that comes with the library, so that pictures look alike on every computer.

    Pillow's own has no letters beyond English.
    """
    path = resource_path("Fonts", "DejaVuSans.ttf")
    return ImageFont.truetype(str(path), round(_SCALE * size), layout_engine=ImageFont.Layout.BASIC)


@functools.cache
def _has_glyph(character: str) -> bool:
    face = font(20)
    missing = face.getmask("\uffff")
    mask = face.getmask(character)
    return character == " " or mask.size != missing.size or bytes(mask) != bytes(missing)


@functools.lru_cache(maxsize=1024)
def drawable(text: str) -> str:
    """The text in characters the font has: accents that it lacks are dropped, what is left over is "?"."""
    characters = []
    for character in text.translate(_BLANKS):
        if _has_glyph(character):
            characters.append(character)
        else:
            plain = unicodedata.normalize("NFKD", character)[0]
            characters.append(plain if _has_glyph(plain) else "?")
    return "".join(characters)


def text_width(text: str, size: int) -> float:
    """Width in pixels."""
    return font(size).getlength(drawable(text))


def shortened(text: str, size: int, width: float) -> str:
    """The text, cut with an ellipsis if it is wider than `width` pixels."""
    if text_width(text, size) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(text[:middle].rstrip() + "…", size) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…"


def fitted(text: str, sizes: Sequence[int], width: float) -> tuple[str, int]:
    """The text and the first of the sizes in which it is no wider than `width` pixels; cut only in the last one.

    What is cut is the end, where the names of similar findings differ.
    """
    size = next((size for size in sizes if text_width(text, size) <= width), sizes[-1])
    return shortened(text, size, width), size


def wrapped(text: str, size: int, width: float, *, lines: int) -> list[str]:
    """The text in at most so many lines, broken after commas; the last one is shortened if they do not hold it."""
    broken: list[str] = []
    rest = text.replace(", ", ",\n").split("\n")
    while rest and len(broken) < lines - 1:
        fit = 1
        while fit < len(rest) and text_width(" ".join(rest[: fit + 1]), size) <= width:
            fit += 1
        broken.append(shortened(" ".join(rest[:fit]), size, width))
        rest = rest[fit:]
    return [*broken, shortened(" ".join(rest), size, width)] if rest else broken


def write(
    draw: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    size: int,
    colour: Colour = TEXT,
    *,
    anchor: str = "ls",
) -> None:
    """Draws a line of text; `anchor` as in Pillow, by default the left end of the baseline."""
    draw.text(at, drawable(text), font=font(size), fill=colour, anchor=anchor)
