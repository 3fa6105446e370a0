"""A reader of texts that stand in the source, reach a user, and go through no catalogue."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ERRORS = (
    "OrthoDiffusionError", "GeometryError", "VolumeFileError", "DicomError", "StudyError", "BundleError", "OutputError",
    "WorklistError", "ArchiveError",
)  # fmt: skip
"""What a user is shown. A TrainingError of the laboratory's commands, and a MessageError, are for those who develop."""

_TRANSLATE = ("_", "tr", "translate", "Message", "Notice")
_FOR_PROGRAMMERS = ("ValueError", "TypeError", "KeyError", "RuntimeError", "NotImplementedError", "AssertionError")
_SETTERS = {
    "setText", "setToolTip", "setTitle", "setWindowTitle", "setPlaceholderText", "setAccessibleName", "setWhatsThis",
    "setAccessibleDescription", "setStatusTip", "setHorizontalHeaderLabels", "addItems", "addItem", "setItemText",
    "setPlainText", "setHtml", "setLabelText", "say", "QLabel", "QPushButton", "QCheckBox", "QAction", "addAction",
    "addTab", "QTableWidgetItem", "showStatusMessage", "infoDisplay", "errorDisplay", "warningDisplay",
    "confirmOkCancelDisplay", "confirmYesNoDisplay", "messageBox", "delayDisplay", "getExistingDirectory",
    "getOpenFileName", "getSaveFileName",
}  # fmt: skip
_PROPERTIES = {"text", "toolTip", "title", "windowTitle", "placeholderText", "accessibleName", "statusTip", "suffix"}

_WORD = re.compile(r"[A-Za-z]{2,}")
_PHRASE = re.compile(r"[A-Za-z]{2,},? [A-Za-z]{2,}")


@dataclass(frozen=True)
class Text:
    """A text that no catalogue knows: where it stands, and what it says."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text!r}"


def untranslated(path: Path, root: Path) -> Iterator[Text]:
    """Texts of a file of the panel: phrases anywhere, and words that are given to a widget or an error."""
    tree, name = ast.parse(path.read_text(encoding="utf-8")), path.relative_to(root).as_posix()
    known = _excused(tree)
    shown = {text for node in ast.walk(tree) for text in _given_to_users(node)}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str)) or node in known:
            continue
        if _PHRASE.search(node.value) or (node in shown and _WORD.search(_without_fields(node.value))):
            yield Text(f"{name}:{node.lineno}", node.value)


def ready_errors(path: Path, root: Path) -> Iterator[Text]:
    """Errors and steps of progress of a file of the library that are ready words instead of messages."""
    tree, name = ast.parse(path.read_text(encoding="utf-8")), path.relative_to(root).as_posix()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            text = _argument(node)
            if text is not None and is_text(text):
                yield Text(f"{name}:{node.lineno}", ast.unparse(text))


def _argument(call: ast.Call) -> ast.expr | None:
    """The words that an error or a step of progress is made with."""
    name = _name(call)
    if name in (*ERRORS, "error"):  # also one whose kind is an argument
        return call.args[0] if call.args else None
    if name == "report" and len(call.args) == 4:
        return call.args[3]
    return None


def is_text(node: ast.expr) -> bool:
    """Whether an expression is a text that stands in the source, or one of two."""
    if isinstance(node, ast.BinOp):
        return is_text(node.left) or is_text(node.right)
    if isinstance(node, ast.IfExp):
        return is_text(node.body) or is_text(node.orelse)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _excused(tree: ast.AST) -> set[ast.AST]:
    """Constants of docstrings, of calls that translate, and of faults of the program."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.add(node.value)
        if isinstance(node, ast.Call) and _name(node) in (*_TRANSLATE, *_FOR_PROGRAMMERS):
            found.update(ast.walk(node))
    return found


def _given_to_users(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call) and _name(node) in (*_SETTERS, *ERRORS):
        for part in (*node.args, *(word.value for word in node.keywords if word.arg in (None, "remedy"))):
            yield from _constants(part)
    if isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Attribute) and target.attr in _PROPERTIES for target in node.targets
    ):
        yield from _constants(node.value)


def _constants(node: ast.AST) -> Iterator[ast.AST]:
    """Texts of an expression that reach the user: not those of calls and look-ups within it."""
    if isinstance(node, (ast.Call, ast.Subscript, ast.Attribute, ast.Lambda, ast.Compare)):
        if isinstance(node, ast.Call) and _name(node) in ("join", "format"):
            yield from _constants(node.func.value if isinstance(node.func, ast.Attribute) else node)
        return
    if isinstance(node, ast.Constant):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _constants(child)


def _without_fields(text: str) -> str:
    return re.sub(r"\{[^}]*\}", "", text)


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))
