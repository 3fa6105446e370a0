"""What travels with the library is one list: the wheel, the source archive, the Slicer extension and the tree agree."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest
from layout import import_rules as rules

ROOT = Path(__file__).parents[2]
STAY_HOME = {
    "Screenshots": "pictures for Slicer's catalogue, read from the repository's address",
    "Training": "curves of the trainings, which no analysis uses",
}
"""Folders of Resources that no package carries, and why."""


@pytest.fixture(scope="module")
def packaged() -> list[str]:
    lines = (ROOT / "Resources" / "packaged.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


@pytest.fixture(scope="module")
def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_folder_of_resources_is_packaged_or_stays_home_for_a_reason(packaged):
    there = {path.name for path in (ROOT / "Resources").iterdir() if path.is_dir()}
    assert sorted(packaged) == packaged, "a folder a line, in the order of the alphabet, no empty line"
    assert there == set(packaged) | set(STAY_HOME), "add the folder to Resources/packaged.txt, or to STAY_HOME here"
    for name in packaged:
        assert any(path.is_file() for path in (ROOT / "Resources" / name).rglob("*")), f"Resources/{name} is empty"


def test_the_wheel_and_the_extension_read_the_list_and_name_no_folder_by_themselves(packaged):
    for name in ("CMakeLists.txt", "setup.py"):
        text = re.sub(r"#.*", "", (ROOT / name).read_text(encoding="utf-8"))
        assert "packaged.txt" in text, f"{name} does not read Resources/packaged.txt"
        own = [folder for folder in packaged if re.search(rf"\b{folder}\b", text)]
        assert not own, f"{name} names {', '.join(own)}; Resources/packaged.txt is the one place for that"
    manifest = (ROOT / "MANIFEST.in").read_text(encoding="utf-8").splitlines()
    assert "graft Resources" in manifest
    pruned = {line.removeprefix("prune Resources/") for line in manifest if line.startswith("prune ")}
    assert pruned == set(STAY_HOME)


def test_the_library_says_that_it_is_typed_wherever_it_is_installed(project):
    """PEP 561: without the file type checkers take everything of it for Any."""
    assert (ROOT / "OrthoDiffusionLib" / "py.typed").is_file()
    assert "py.typed" in project["tool"]["setuptools"]["package-data"]["OrthoDiffusionLib"]
    cmake = (ROOT / "OrthoDiffusionLib" / "CMakeLists.txt").read_text(encoding="utf-8")
    assert re.search(r"^\s*RESOURCES py\.typed$", cmake, re.MULTILINE)


def test_what_the_code_asks_resources_for_is_packaged(packaged):
    """Else it works in a checkout, and nowhere else."""
    lines = []
    for folder in (ROOT / "OrthoDiffusionLib", ROOT / "OrthoDiffusion"):
        for path in sorted(folder.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                called = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "resource_path"
                first = node.args[0] if called and node.args else None
                if isinstance(first, ast.Constant) and first.value not in packaged:
                    lines.append(f"{path.relative_to(ROOT)}:{node.lineno} asks for {first.value}")
    assert not lines, "\n".join(lines)


def test_licence_texts_lie_where_the_wheel_takes_them_from(packaged, project):
    patterns = project["project"]["license-files"]
    taken = {path for pattern in patterns for path in ROOT.glob(pattern)}
    there = {path for name in packaged for path in (ROOT / "Resources" / name).rglob("LICENSES/*")}
    assert there <= taken, f"license-files of pyproject.toml leaves out {sorted(map(str, there - taken))}"
    assert ROOT / "LICENSE.txt" in taken


DISTRIBUTION = {
    "PIL": "pillow",
    "dicomweb_client": "dicomweb-client",
    "lightning_fabric": "lightning-fabric",
    "sklearn": "scikit-learn",
}
"""Import name -> name on the package index, where they differ."""


def test_every_package_the_library_imports_is_declared(project):
    """An undeclared one is there by luck on one machine, and missing on the next."""
    declared = list(project["project"]["dependencies"])
    for extra, packages in project["project"]["optional-dependencies"].items():
        declared += [] if extra in ("scene", "test") else packages  # those two serve the tests alone
    names = {re.match(r"[\w.-]+", text)[0].lower() for text in declared}
    lines = []
    for path in rules.library_files(ROOT):
        for found in rules.imports_of(path, ROOT):
            own = found.top_level in (rules.LIBRARY, "Testing") or found.top_level in sys.stdlib_module_names
            if not own and DISTRIBUTION.get(found.top_level, found.top_level).lower() not in names:
                lines.append(f"{path.relative_to(ROOT)}:{found.line} imports {found.top_level}")
    assert not lines, "\n".join([*lines, "The rule: name it in dependencies or an extra of pyproject.toml"])


CONSTRAINT = re.compile(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.]*( ; python_version (<|==|>=) \"3\.\d+\")?")


def test_the_constraints_name_plain_versions_for_every_package_that_is_asked_for(project):
    """No path, no address, no build of one machine: a version with `+cpu` would shut out every other build."""
    lines = [
        line
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert [line for line in lines if not CONSTRAINT.fullmatch(line)] == []
    held = {re.sub(r"[-_.]+", "-", line.partition("==")[0]).lower() for line in lines}
    asked = list(project["project"]["dependencies"])
    for extra in project["project"]["optional-dependencies"].values():
        asked += extra
    names = {re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", text)[0]).lower() for text in asked}
    assert names <= held, f"`make constraints` writes them anew; missing: {', '.join(sorted(names - held))}"


def test_no_test_reads_a_folder_outside_the_repository():
    """Cases are built from Resources/SampleData, or lie in Testing/cases with their notice."""
    outside = re.compile(r"\.\./shared|[\"']shared[\"'] *[/,)]|(project_root|ROOT)\.parent\b")
    lines = []
    for path in sorted((ROOT / "Testing").rglob("*.py")):
        home = len(path.relative_to(ROOT).parts) - 1  # parents[home] is the repository
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            above = any(int(found) > home for found in re.findall(r"parents\[(\d+)\]", line))
            if path != Path(__file__) and (above or outside.search(line)):
                lines.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert not lines, "\n".join(lines)
