"""What a person at a terminal sees: a progress line, an error in its three parts, plain tables."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TextIO

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.messages import ENGLISH, Language, title_of
from OrthoDiffusionLib.progress import Progress

BAR_CELLS = 24


class ProgressLine:
    """A progress callback that draws a bar on a terminal and writes plain lines elsewhere.

    Twenty lines instead of rich or tqdm, which would be one more package to install into Slicer's Python.

    Args:
        stream: where to write; standard error by default, so that standard output holds results alone.
        language: of the words.
    """

    def __init__(self, stream: TextIO | None = None, *, language: Language = ENGLISH) -> None:
        self._language = language
        self._stream = sys.stderr if stream is None else stream
        self._on_terminal = self._stream.isatty()
        self._last = ""
        self._drawn = False

    def __call__(self, progress: Progress) -> None:
        percent, words = f"{100 * progress.fraction:3.0f} %", progress.message.words(self._language).what
        if self._on_terminal:
            full = round(BAR_CELLS * progress.fraction)
            bar = "█" * full + "░" * (BAR_CELLS - full)
            self._stream.write(f"\r\x1b[2K{bar} {percent}  {words}")
            self._drawn = True
        elif words != self._last:
            self._stream.write(f"{percent}  {words}\n")
        self._last = words
        self._stream.flush()

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._drawn:
            self._stream.write("\r\x1b[2K")
            self._stream.flush()


def print_error(error: OrthoDiffusionError, stream: TextIO | None = None, *, language: Language = ENGLISH) -> None:
    """Print what is wrong, where, and what to do, a line each; the code, if there is one, in brackets."""
    stream = sys.stderr if stream is None else stream
    words = error.words(language)
    kind = f"{title_of('error', language)} [{error.code}]" if error.code else title_of("error", language)
    print(f"{kind}: {_sentence(words.what)}", file=stream)
    remedy = _sentence(words.remedy) if words.remedy else ""
    for label, text in (
        ("error_where", error.where_in(language)),
        ("error_remedy", remedy),
        ("error_details", error.log_path),
    ):
        if text:
            print(f"  {title_of(label, language)}: {text}", file=stream)


def table(rows: Sequence[Sequence[str]], *, indent: str = "  ") -> str:
    """Rows of text in aligned columns; the last column is not padded."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)] if rows else []
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=True)]
        lines.append((indent + "  ".join([*cells, row[-1]])).rstrip())
    return "\n".join(lines)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."
