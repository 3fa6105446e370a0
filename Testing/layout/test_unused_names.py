"""What nothing reads is deleted: a constant, function or class that was left behind when its use went away."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("OrthoDiffusionLib", "OrthoDiffusion")


def _defined(tree: ast.Module) -> Iterator[str]:
    """Constants of a module, and its functions and classes at any depth."""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        yield from (target.id for target in targets if isinstance(target, ast.Name))
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name


def unused_names(sources: dict[str, str]) -> list[str]:
    """Names that occur where they are defined and nowhere else.

    A private name is looked for in its own module, a public constant in all of them. Public functions and classes are
    left to scripts and to the libraries that call them by name.
    """
    everywhere = Counter(word for source in sources.values() for word in re.findall(r"\w+", source))
    found = []
    for path, source in sources.items():
        here = Counter(re.findall(r"\w+", source))
        for name in _defined(ast.parse(source)):
            private = name.startswith("_") and not name.startswith("__")
            if (private and here[name] == 1) or (name.isupper() and everywhere[name] == 1):
                found.append(f"{path}: {name}")
    return found


@pytest.mark.parametrize(
    ("source", "unused"),
    [
        ("_WORDS = 1\n", ["a.py: _WORDS"]),
        ("LIMIT: int = 1\n", ["a.py: LIMIT"]),
        ("class Thing:\n    def _left(self): ...\n", ["a.py: _left"]),
        ("_WORDS = 1\nprint(_WORDS)\n", []),
        ("def called_by_others(): ...\n", []),
    ],
)
def test_a_name_that_nothing_reads_is_found(source, unused):
    assert unused_names({"a.py": source}) == unused
    assert unused_names({"a.py": source, "b.py": "from a import LIMIT"}) == [
        name for name in unused if "LIMIT" not in name
    ]


def test_no_name_of_the_product_is_left_behind():
    """But those of the catalogues of sentences, which are collected from all modules of a folder."""
    files = [path for folder in PRODUCT for path in (ROOT / folder).rglob("*.py") if "messages" not in path.parts]
    sources = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in files}
    assert unused_names(sources) == []
