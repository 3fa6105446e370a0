"""The panel's source texts, found as Slicer and Qt find them: `_()` calls of Python files, strings of .ui files."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[2]
MODULE = ROOT / "OrthoDiffusion"
CALLS = ("_", "tr")
BINDING = "SlicerParameterName"
"""The .ui property that binds a widget to a parameter: a name, never a text."""


class NotLiteral(Exception):
    """A text to translate does not stand in the source, so that nobody can find it."""


@dataclass(frozen=True)
class SourceText:
    """One text at one place.

    Attributes:
        context: of the translation file: a Python file's package and name, or the class of a .ui file.
        text: English.
        place: file, relative to the repository.
    """

    context: str
    text: str
    place: str


def source_texts(module: Path = MODULE) -> list[SourceText]:
    """Every text of the panel, in the order of files and lines; a text that a context has twice comes once.

    Raises:
        NotLiteral: naming the place.
    """
    found = [*_of_python(module), *_of_ui(module)]
    unique = {(one.context, one.text): one for one in reversed(found)}
    return [one for one in found if unique[one.context, one.text] is one]


def context_of(path: Path) -> str:
    """The context that `slicer.i18n.tr` gives a Python file: its package, if it lies in one, and its name."""
    return f"{path.parent.name}.{path.stem}" if (path.parent / "__init__.py").is_file() else path.stem


def _of_python(module: Path) -> Iterator[SourceText]:
    for path in sorted(module.rglob("*.py")):
        place = path.relative_to(module.parent).as_posix()
        calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if _is_call(node)]
        for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
            text = call.args[0] if len(call.args) == 1 else None
            if not (isinstance(text, ast.Constant) and isinstance(text.value, str)):
                raise NotLiteral(f"{place}:{call.lineno}: _() takes one text, which stands there")
            yield SourceText(context_of(path), text.value, place)


def _is_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS


def _of_ui(module: Path) -> Iterator[SourceText]:
    for path in sorted(module.rglob("*.ui")):
        root = ElementTree.parse(path).getroot()
        for text in _strings(root):
            yield SourceText(root.findtext("class") or "", text, path.relative_to(module.parent).as_posix())


def _strings(element: ElementTree.Element) -> Iterator[str]:
    if element.get("notr") == "true" or element.get("name") == BINDING:
        return
    if element.tag == "string" and (element.text or "").strip():
        yield element.text or ""
    for child in element:
        yield from _strings(child)
