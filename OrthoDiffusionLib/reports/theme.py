"""The look of our pictures: a dark background, quiet words, one warm accent."""

from __future__ import annotations

import functools
import unicodedata

from PIL import ImageDraw, ImageFont

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

_REPLACEMENTS = str.maketrans(
    {"–": "-", "—": "-", "×": "x", "ß": "ss", "µ": "u", "•": "·", "−": "-", "\t": " ", "\n": " "}
)
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}


@functools.cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's own scalable font, so that pictures look alike on every computer."""
    face = ImageFont.load_default(size)
    assert isinstance(face, ImageFont.FreeTypeFont)  # the bitmap font comes only where no size is asked for
    return face


@functools.cache
def _has_glyph(character: str) -> bool:
    face = font(20)
    missing = face.getmask("\uffff")
    mask = face.getmask(character)
    return character == " " or mask.size != missing.size or bytes(mask) != bytes(missing)


@functools.lru_cache(maxsize=1024)
def drawable(text: str) -> str:
    """The text in characters the font has: ä becomes ae, other accents are dropped, what is left over is "?"."""
    characters = []
    for character in text.translate(_REPLACEMENTS):
        if _has_glyph(character):
            characters.append(character)
        elif character in _UMLAUTS:
            characters.append(_UMLAUTS[character])
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
