"""The names a newcomer imports from the library's root."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.version import Version

import OrthoDiffusionLib

ROOT = Path(__file__).parents[2]


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
    """The build reads it in the library. Who cites the software takes it from a file that cannot read it there."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in project["project"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "OrthoDiffusionLib.__version__"}
    cited = re.findall(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    assert cited == [OrthoDiffusionLib.__version__]


def test_a_program_with_unreleased_changes_does_not_bear_the_name_of_a_release():
    """Version 0.2.0 as released cannot read the bundles that came later."""
    sections = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    version, released = Version(OrthoDiffusionLib.__version__), [one for one in sections if one != "Unreleased"]
    assert str(version) == OrthoDiffusionLib.__version__, "as PEP 440 writes it"
    if sections[0] == "Unreleased":
        assert version.is_devrelease and version > Version(released[0])
    else:
        assert str(version) == released[0]


def test_the_shipped_bundles_are_read_by_the_version_that_the_contract_names():
    contract = (ROOT / "Docs" / "developers" / "contract.md").read_text(encoding="utf-8")
    readers = dict(re.findall(r"^\| (\d+) \|.*\| OrthoDiffusion (\d+\.\d+\.\d+) and newer", contract, re.MULTILINE))
    version = Version(OrthoDiffusionLib.__version__)
    for path in (ROOT / "Resources" / "Bundles").glob("*/manifest.json"):
        schema = json.loads(path.read_text(encoding="utf-8"))["schema_version"]
        assert Version(version.base_version) >= Version(readers[str(schema)]), path.parent.name
