"""What PySide6 allows and PythonQt does not, seen in the source: no test of the panel on PySide6 would fail."""

import ast

import pytest

WIDGETS = {"ui", "_ui", "qt", "ctk"}
"""Names behind which Slicer's bindings of C++ begin: `self.ui.button.setText`, `qt.QTimer`."""


def names(node):
    """The parts of a dotted name, of calls in it as well."""
    while isinstance(node, (ast.Attribute, ast.Call)):
        if isinstance(node, ast.Attribute):
            yield node.attr
            node = node.value
        else:
            node = node.func
    if isinstance(node, ast.Name):
        yield node.id


@pytest.fixture(scope="module")
def trees(project_root):
    files = sorted((project_root / "OrthoDiffusion").rglob("*.py"))
    return {path.relative_to(project_root).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in files}


def nodes(trees, kind):
    return [(f"{path}:{node.lineno}", node) for path, tree in trees.items() for node in ast.walk(tree)
            if isinstance(node, kind)]  # fmt: skip


def test_no_function_of_qt_is_called_with_keywords(trees):
    """PythonQtSlot.cpp, PythonQtSlotFunction_CallImpl: ‘called slot does not support kwargs’."""
    calls = [(place, node) for place, node in nodes(trees, ast.Call) if WIDGETS & set(names(node.func))]
    assert len(calls) > 100, "the reader of sources finds the calls"
    assert [place for place, node in calls if node.keywords] == []


def test_no_class_is_derived_from_one_of_qt(trees):
    """PythonQt dispatches virtual functions to Python for Qt's classes; CTK's and Slicer's have no such wrappers."""
    bases = [(place, base) for place, node in nodes(trees, ast.ClassDef) for base in node.bases]
    assert [
        place for place, base in bases if {"qt", "ctk"} & set(names(base)) or ast.unparse(base)[:8] == "slicer.q"
    ] == []


def test_every_connection_names_the_arguments_of_its_signal(trees):
    """PythonQtStdDecorators.cpp, connect: a name without arguments is no signature, and nothing would be connected."""
    calls = [(place, node) for place, node in nodes(trees, ast.Call)
             if isinstance(node.func, ast.Attribute) and node.func.attr in ("connect", "disconnect")]  # fmt: skip
    signals = [(place, node.args[0].value) for place, node in calls
               if node.args and isinstance(node.args[0], ast.Constant)]  # fmt: skip
    assert len(signals) > 80
    assert [place for place, signal in signals if not signal.endswith(")")] == []


def test_isinstance_is_asked_only_of_the_very_class(trees):
    """PythonQt.cpp, createNewPythonQtClassWrapper: no class of Qt is derived from another one in Python."""
    asked, made = {}, {}
    for place, node in nodes(trees, ast.Call):
        name, file = ast.unparse(node.func), place.partition(":")[0]
        if name.startswith(("qt.", "ctk.")):
            made.setdefault(file, set()).add(name)
        if name == "isinstance":
            kinds = {ast.unparse(part) for part in ast.walk(node.args[1]) if isinstance(part, ast.Attribute)}
            asked.setdefault(file, set()).update(kind for kind in kinds if kind.startswith(("qt.", "ctk.")))
    assert any(asked.values())
    for file, kinds in asked.items():
        assert kinds <= made.get(file, set()), f"{file} asks for classes of which it makes no object"
