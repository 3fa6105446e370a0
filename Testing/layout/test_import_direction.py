"""Data flows one way: a file imports only from the packages above its own."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from layout import import_rules as rules

ROOT = Path(__file__).parents[2]
FILES = rules.library_files(ROOT)


def _each_import():
    for path in FILES:
        for found in rules.imports_of(path, ROOT):
            yield path, rules.package_of(path, ROOT), found


def _fail_with(lines: list[str], rule: str) -> None:
    if lines:
        pytest.fail("\n".join([*lines, f"The rule: {rule}"]), pytrace=False)


def _at(path: Path, found) -> str:
    return f"{path.relative_to(ROOT)}:{found.line} imports {found.module}"


def test_every_file_of_the_library_lies_in_a_known_package():
    unknown = {rules.package_of(path, ROOT) for path in FILES} - set(rules.PACKAGES) - {""}
    _fail_with(sorted(unknown), "a new package gets its place in PACKAGES of Testing/layout/import_rules.py")


def test_a_package_imports_only_from_packages_above_its_own():
    lines = [
        f"{_at(path, found)}; {package} may import {', '.join(sorted(rules.allowed(package) - {package})) or 'nothing'}"
        for path, package, found in _each_import()
        if package and found.package in rules.PACKAGES and found.package not in rules.allowed(package)
    ]
    _fail_with(lines, "data flows one way (PACKAGES in Testing/layout/import_rules.py)")


def test_torch_stays_in_its_packages():
    lines = []
    for path, package, found in _each_import():
        if found.top_level in ("torch", "safetensors") and package not in rules.TORCH_PACKAGES:
            # `bundles` writes tensors, and reads none.
            waits = found.lazy and (
                package in rules.LAZY_PACKAGES or (package == "bundles" and found.top_level == "safetensors")
            )
            if not waits:
                lines.append(_at(path, found))
        if package in rules.LAZY_PACKAGES and found.package in rules.TORCH_PACKAGES and not found.lazy:
            lines.append(f"{_at(path, found)} at its top; there it must wait until something is computed")
    _fail_with(lines, "torch only where networks are, so that the panel and --help open at once")


def test_no_file_of_the_library_imports_slicer_qt_or_a_package_it_does_not_declare():
    lines = [_at(path, found) for path, _, found in _each_import() if found.top_level in rules.NOWHERE]
    for path, package, found in _each_import():
        homes = rules.ONLY_IN.get(found.top_level)
        if homes is not None and (package.partition("/")[0] not in homes or not found.lazy):
            lines.append(f"{_at(path, found)}; allowed inside functions of {', '.join(homes)}")
    _fail_with(lines, "slicer and qt belong to OrthoDiffusion/; optional packages are imported when they are used")


NEEDS_NO_TORCH = sorted(
    {"OrthoDiffusionLib", "OrthoDiffusionLib.cli.main"}
    | {
        f"OrthoDiffusionLib.{package.replace('/', '.')}"
        for package in (rules.package_of(path, ROOT) for path in FILES)
        if package and package not in rules.LAZY_PACKAGES and package not in rules.TORCH_PACKAGES
    }
)


def test_importing_what_the_panel_needs_loads_neither_torch_nor_an_optional_package():
    code = "\n".join(
        [
            "import sys",
            *(f"import {module}" for module in NEEDS_NO_TORCH),
            "heavy = {'torch', 'monai', 'matplotlib', 'scipy', 'pydicom', 'highdicom'} & set(sys.modules)",
            "sys.exit(f'loaded: {sorted(heavy)}' if heavy else 0)",
        ]
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_no_folder_of_library_or_panel_holds_more_than_twenty_python_files():
    files = [*FILES, *(ROOT / "OrthoDiffusion").rglob("*.py")]
    counts = Counter(path.parent.relative_to(ROOT).as_posix() for path in files)
    _fail_with(
        [f"{folder}: {count} files" for folder, count in sorted(counts.items()) if count > 20],
        "a folder that grows gets sub-folders that show what is inside",
    )


COMMANDS_HOME = "OrthoDiffusionLib/cli/main.py"
"""The one file of the product that names commands of the laboratory, each imported when it is called."""


def _lab_in_texts(tree: ast.AST) -> list[ast.Constant]:
    """Texts that name a module of the laboratory, as for `importlib.import_module`."""
    named = re.compile(rf"({rules.LIBRARY})?\.?lab(\.\w*)+")
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and named.fullmatch(node.value)
    ]


@pytest.mark.parametrize(
    "source",
    [
        "importlib.import_module('OrthoDiffusionLib.lab.phantom')",
        "importlib.import_module('.lab.phantom', 'OrthoDiffusionLib')",
        "importlib.import_module(f'OrthoDiffusionLib.lab.{name}')",
    ],
)
def test_a_module_of_the_laboratory_in_a_text_is_seen(source):
    assert _lab_in_texts(ast.parse(source))


def test_the_product_does_not_import_the_laboratory_by_a_text_either():
    lines = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.value!r}"
        for path in FILES
        if not rules.package_of(path, ROOT).startswith("lab") and path != ROOT / COMMANDS_HOME
        for node in _lab_in_texts(ast.parse(path.read_text(encoding="utf-8")))
    ]
    _fail_with(lines, f"commands of the laboratory are named in {COMMANDS_HOME} alone")


def test_the_product_does_not_import_the_laboratory():
    lines = [
        _at(path, found)
        for path, package, found in _each_import()
        if not package.startswith("lab") and (found.package or "").startswith("lab")
    ]
    _fail_with(lines, "whoever wants to know how a joint is analysed reads the product's packages alone")
