"""The names a newcomer imports from the library's root."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import OrthoDiffusionLib


@pytest.mark.parametrize("name", sorted(set(OrthoDiffusionLib.__all__) - {"__version__"}))
def test_every_public_name_can_be_imported(name):
    assert getattr(OrthoDiffusionLib, name).__name__ == name


def test_a_type_checker_sees_each_public_name_where_it_comes_from():
    """A name that arrives on first use has no type but for the import that a type checker reads."""
    tree = ast.parse(Path(OrthoDiffusionLib.__file__).read_text(encoding="utf-8"))
    read = next(node for node in tree.body if isinstance(node, ast.If))
    shown = {name.asname: node.module for node in read.body if isinstance(node, ast.ImportFrom) for name in node.names}
    assert shown == {name: f"OrthoDiffusionLib.{home}" for name, home in OrthoDiffusionLib._HOMES.items()}


def test_an_unknown_name_is_an_attribute_error_that_names_it():
    with pytest.raises(AttributeError, match="Dancer"):
        OrthoDiffusionLib.Dancer  # noqa: B018


def test_the_version_is_written_once():
    from importlib.metadata import version

    assert version("orthodiffusion") == OrthoDiffusionLib.__version__
