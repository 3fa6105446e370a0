"""Data flows one way: a file imports only from the rooms above its own."""

from __future__ import annotations

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
            yield path, rules.room_of(path, ROOT), found


def _fail_with(lines: list[str], rule: str) -> None:
    if lines:
        pytest.fail("\n".join([*lines, f"The rule: {rule}"]), pytrace=False)


def _at(path: Path, found) -> str:
    return f"{path.relative_to(ROOT)}:{found.line} imports {found.module}"


def test_every_file_of_the_library_lies_in_a_known_room():
    unknown = {rules.room_of(path, ROOT) for path in FILES} - set(rules.ROOMS) - {""}
    _fail_with(sorted(unknown), "a new room gets its place in ROOMS of Testing/layout/import_rules.py")


def test_a_room_imports_only_from_rooms_above_its_own():
    lines = [
        f"{_at(path, found)}; {room} may import {', '.join(sorted(rules.allowed(room) - {room})) or 'nothing'}"
        for path, room, found in _each_import()
        if room and found.room in rules.ROOMS and found.room not in rules.allowed(room)
    ]
    _fail_with(lines, "data flows one way (ROOMS in Testing/layout/import_rules.py)")


def test_torch_stays_in_its_rooms():
    lines = []
    for path, room, found in _each_import():
        if found.package in ("torch", "monai", "safetensors") and room not in rules.TORCH_ROOMS:
            # `bundles` writes tensors, and reads none.
            waits = found.lazy and (
                room in rules.WAITING_ROOMS or (room == "bundles" and found.package == "safetensors")
            )
            if not waits:
                lines.append(_at(path, found))
        if room in rules.WAITING_ROOMS and found.room in rules.TORCH_ROOMS and not found.lazy:
            lines.append(f"{_at(path, found)} at its top; there it must wait until something is computed")
    _fail_with(lines, "torch only where networks are, so that the panel and --help open at once")


def test_no_file_of_the_library_imports_slicer_qt_or_a_package_it_does_not_declare():
    lines = [_at(path, found) for path, _, found in _each_import() if found.package in rules.NOWHERE]
    for path, room, found in _each_import():
        homes = rules.ONLY_IN.get(found.package)
        if homes is not None and (room.partition("/")[0] not in homes or not found.lazy):
            lines.append(f"{_at(path, found)}; allowed inside functions of {', '.join(homes)}")
    _fail_with(lines, "slicer and qt belong to OrthoDiffusion/; optional packages are imported when they are used")


NEEDS_NO_TORCH = sorted(
    {"OrthoDiffusionLib", "OrthoDiffusionLib.cli.main"}
    | {
        f"OrthoDiffusionLib.{room.replace('/', '.')}"
        for room in (rules.room_of(path, ROOT) for path in FILES)
        if room and room not in rules.WAITING_ROOMS and room not in rules.TORCH_ROOMS
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


def test_no_folder_of_the_library_holds_more_than_twenty_python_files():
    counts = Counter(path.parent.relative_to(ROOT).as_posix() for path in FILES)
    _fail_with(
        [f"{folder}: {count} files" for folder, count in sorted(counts.items()) if count > 20],
        "a folder that grows gets sub-folders that show what is inside",
    )


def test_the_product_does_not_import_the_laboratory():
    lines = [
        _at(path, found)
        for path, room, found in _each_import()
        if not room.startswith("lab") and (found.room or "").startswith("lab")
    ]
    _fail_with(lines, "whoever wants to know how a joint is analysed reads the product's packages alone")
