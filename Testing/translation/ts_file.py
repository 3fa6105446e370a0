"""Qt's translation source files (.ts): read, brought in step with the source, written; always in the same order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from translation.source_texts import SourceText

Key = tuple[str, str]
"""Context and English text."""


@dataclass(frozen=True)
class Changes:
    """What an update of a file found.

    Attributes:
        missing: texts without a translation.
        vanished: those of the file that no source has any more.
    """

    missing: tuple[Key, ...]
    vanished: tuple[Key, ...]


def read(path: Path) -> dict[Key, str]:
    """Context and text → translation; an empty one where it is unfinished. Nothing of a file that is not there."""
    if not path.is_file():
        return {}
    found = {}
    for context in ElementTree.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            text = translation.text or "" if translation is not None and translation.get("type") is None else ""
            found[context.findtext("name") or "", message.findtext("source") or ""] = text
    return found


def updated(
    path: Path, language: str, texts: Iterable[SourceText], more: Mapping[str, str] | None = None
) -> tuple[str, Changes]:
    """The content that a file should have.

    Args:
        path: the file as it is.
        language: e.g. "de".
        texts: of the source.
        more: English → translation, for texts that have none in the file; used in every context.

    Returns:
        The file's content and what changed.
    """
    known, texts = read(path), list(texts)
    by_text = {text: translation for (_, text), translation in known.items() if translation}
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<!DOCTYPE TS>"]
    lines.append(f'<TS version="2.1" language="{language}" sourcelanguage="en">')
    missing = []
    for context in sorted({one.context for one in texts}):
        lines += ["<context>", f"    <name>{escape(context)}</name>"]
        for one in texts:
            if one.context != context:
                continue
            # A text that moved to another file keeps its translation.
            said = known.get((context, one.text)) or (more or {}).get(one.text) or by_text.get(one.text, "")
            if not said:
                missing.append((context, one.text))
            lines += [
                "    <message>",
                f'        <location filename="{escape(one.place)}"/>',
                f"        <source>{_escaped(one.text)}</source>",
                f"        <translation>{_escaped(said)}</translation>"
                if said
                else '        <translation type="unfinished"></translation>',
                "    </message>",
            ]
        lines.append("</context>")
    wanted = {(one.context, one.text) for one in texts}
    vanished = tuple(key for key in known if key not in wanted)
    return "\n".join([*lines, "</TS>", ""]), Changes(tuple(missing), vanished)


def _escaped(text: str) -> str:
    return escape(text, {'"': "&quot;", "'": "&apos;"})
