"""The lists of files in the CMake files, compared with the tree; `--write` writes the library's list anew."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIBRARY_LIST = re.compile(r"(set\(OrthoDiffusionLib_PYTHON_SCRIPTS\n)(.*?)(\n?\s*\))", re.DOTALL)


def scripts_in(folder: Path) -> set[str]:
    """Every .py below a folder, with forward slashes, relative to it; caches left out."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.py")}


def named_in(cmake: Path) -> set[str]:
    """Every .py a CMake file names, comments left out; `${MODULE_NAME}` is the module folder's own name."""
    text = re.sub(r"#.*", "", cmake.read_text(encoding="utf-8")).replace("${MODULE_NAME}", cmake.parent.name)
    return set(re.findall(r"[\w./-]+\.py\b", text))


def differences(folder: Path) -> list[str]:
    """What the CMake file of a folder names too little or too much, in sentences; empty if all is well."""
    there, named = scripts_in(folder), named_in(folder / "CMakeLists.txt")
    place = f"{folder.name}/CMakeLists.txt"
    return [
        *(f"{place} does not name {name}" for name in sorted(there - named)),
        *(f"{place} names {name}, which is not there" for name in sorted(named - there)),
    ]


def write_library_list() -> None:
    """Bring the list in OrthoDiffusionLib/CMakeLists.txt in step with the tree."""
    folder = ROOT / "OrthoDiffusionLib"
    cmake = folder / "CMakeLists.txt"
    # Files of the package itself first, then package by package.
    names = sorted(scripts_in(folder), key=lambda name: ("/" in name, name))
    body = "\n".join(f"  {name}" for name in names)
    cmake.write_text(
        LIBRARY_LIST.sub(lambda match: f"{match[1]}{body}\n  )", cmake.read_text(encoding="utf-8")), encoding="utf-8"
    )


if __name__ == "__main__":
    if "--write" in sys.argv:
        write_library_list()
    faults = [fault for name in ("OrthoDiffusionLib", "OrthoDiffusion") for fault in differences(ROOT / name)]
    print("\n".join(faults) or "The CMake files name every Python file.")
    sys.exit(bool(faults))
