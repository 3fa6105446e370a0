"""Docs/publishing.md says what the extensions index still needs; here each item is held against the tree."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "Docs" / "publishing.md"
CMAKE = ROOT / "CMakeLists.txt"
LARGEST_PACKAGE_MB = 100  # ours; the index names none

# The keys of Slicer's Schemas/slicer-extension-catalog-entry-schema-v1.0.1.json, and their types; no other is allowed.
SCHEMA = {
    "$schema": str, "category": str, "scm_url": str, "scm_revision": str, "scm_type": str, "build_dependencies": list,
    "build_subdirectory": str, "enabled": bool, "tier": int,
}  # fmt: skip
REQUIRED = ("$schema", "category", "scm_url")


def text(*parts: str) -> str:
    return ROOT.joinpath(*parts).read_text(encoding="utf-8")


def entry() -> dict:
    return json.loads(text("OrthoDiffusion.json"))


def cmake_value(name: str) -> str:
    """What CMakeLists.txt sets a variable to, without quotes."""
    found = re.search(rf"^set\({name} (.*?)(?: CACHE STRING .*)?\)$", text("CMakeLists.txt"), re.MULTILINE)
    assert found, f"CMakeLists.txt does not set {name}"
    return found.group(1).strip('"')


def packaged_bytes() -> int:
    """What Slicer's package holds: the module, the library, the resources that travel."""
    folders = [ROOT / "OrthoDiffusion", ROOT / "OrthoDiffusionLib"]
    listed = text("Resources", "packaged.txt").splitlines()
    folders += [ROOT / "Resources" / line for line in listed if line and not line.startswith("#")]
    files = [
        path for folder in folders for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    ]
    return sum(path.stat().st_size for path in files)


def manifests() -> list[dict]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in ROOT.glob("Resources/Bundles/*/manifest.json")]


def package_is_small() -> bool:
    size = packaged_bytes() / 1e6
    (said,) = re.findall(r"\*\*package_size\*\*: (\d+) MB", PAGE.read_text(encoding="utf-8"))
    assert abs(size - int(said)) <= 3.0, f"the page says {said} MB, the package has {size:.1f} MB"
    return size <= LARGEST_PACKAGE_MB


def entry_is_valid() -> bool:
    content = entry()
    known = all(key in SCHEMA and type(value) is SCHEMA[key] for key, value in content.items())
    same = content.get("build_dependencies", []) == cmake_value("EXTENSION_DEPENDS").split(";")
    return known and set(REQUIRED) <= set(content) and 1 <= content.get("tier", 1) <= 5 and same


def icon_is_right() -> bool:
    data = (ROOT / "OrthoDiffusion" / "Resources" / "Icons" / "OrthoDiffusion.png").read_bytes()
    return data[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", data[16:24]) == (128, 128)


def screenshots_are_there() -> bool:
    names = re.findall(r"\$\{OrthoDiffusion_RAW_FILES\}/(\S+?\.png)", cmake_value("EXTENSION_SCREENSHOTURLS"))
    return bool(names) and all((ROOT / name).is_file() for name in names)


CONNECTING = "OrthoDiffusionLib/archive"
"""What speaks to the archive that a user names in the commands `pacs` and `listen`; nothing else imports it."""


def nothing_connects() -> bool:
    """No module that talks to other computers is imported by what is packaged; a socket may tell this one's name."""
    talks = re.compile(
        r"^\s*(?:import|from) (?:requests|urllib\.request|http|ftplib|smtplib)\b|from socket|socket\.(?!gethostname)",
        re.MULTILINE,
    )
    files = [path for folder in ("OrthoDiffusion", "OrthoDiffusionLib") for path in (ROOT / folder).rglob("*.py")]
    others = [path for path in files if not path.relative_to(ROOT).as_posix().startswith(f"{CONNECTING}/")]
    return not [path for path in others if talks.search(path.read_text(encoding="utf-8"))]


def permissive() -> bool:
    licences = {source["licence"] for manifest in manifests() for source in manifest["sources"]}
    return licences <= {"MIT", "Apache-2.0", "BSD-3-Clause", "CC-BY-4.0", "CC0-1.0"}


def is_address(value: str) -> bool:
    return value.startswith("https://")


def tutorial_is_there() -> bool:
    page = ROOT / "Docs" / "reading.md"
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", page.read_text(encoding="utf-8")) if page.is_file() else []
    return len(pictures) >= 3 and all((page.parent / name).is_file() for name in pictures)


DONE: dict[str, Callable[[], bool]] = {
    "repository": lambda: is_address(entry()["scm_url"]),
    "topic": lambda: is_address(entry()["scm_url"]),  # no topic without a repository; look again then
    "homepage": lambda: is_address(cmake_value("OrthoDiffusion_HOMEPAGE")),
    "icon_address": lambda: is_address(cmake_value("OrthoDiffusion_RAW_FILES")),
    "screenshot_addresses": lambda: is_address(cmake_value("OrthoDiffusion_RAW_FILES")),
    "name": lambda: "project(OrthoDiffusion)" not in text("CMakeLists.txt"),
    "weights_licence": permissive,
    "patents": lambda: "patent" in cmake_value("EXTENSION_DESCRIPTION").lower(),
    "icon": icon_is_right,
    "screenshot": screenshots_are_there,
    "description": lambda: 1 <= len(re.findall(r"\.(?:\s|$)", cmake_value("EXTENSION_DESCRIPTION"))) <= 2,
    "entry": entry_is_valid,
    "licence": lambda: "Apache License" in text("LICENSE.txt")[:400] and "Apache-2.0" in text("README.md"),
    "publication": lambda: "arXiv 2602.20752" in text("README.md"),
    "nothing_sent": nothing_connects,
    "package_size": package_is_small,
    "tutorial": tutorial_is_there,
    "sample_data": lambda: "registerCustomSampleDataSource" in text(
        "OrthoDiffusion", "OrthoDiffusionSlicer", "scene", "SampleKnee.py"),
    "weights_asset": lambda: not list(ROOT.glob("Resources/Bundles/*/*.safetensors")),
    "three_systems": lambda: any(
        all(system in path.read_text(encoding="utf-8") for system in ("windows", "macos", "ubuntu"))
        for path in ROOT.glob(".github/workflows/*.y*ml")),
}  # fmt: skip
"""Item of the page -> whether the tree has it."""


def items() -> dict[str, bool]:
    """Item of the page -> whether it is ticked."""
    found = re.findall(r"\[([ x])\] \*\*(\w+)\*\*", PAGE.read_text(encoding="utf-8"))
    assert len({name for _, name in found}) == len(found), "an item stands twice"
    return {name: mark == "x" for mark, name in found}


def test_the_page_has_each_item_once():
    assert sorted(items()) == sorted(DONE)


@pytest.mark.parametrize("name", DONE)
def test_an_item_is_ticked_if_and_only_if_it_is_done(name):
    assert items()[name] == DONE[name](), f"look at ‘{name}’ in Docs/publishing.md"


def test_the_other_project_of_the_name_is_named_with_address_and_licence():
    said = PAGE.read_text(encoding="utf-8")
    assert "https://github.com/lt-0123/OrthoDiffusion" in said and "2602.20752" in said
    assert re.search(r"it is not\s+theirs", said)
