"""The sentences of one language, gathered from the files of its package."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

from OrthoDiffusionLib.messages.sentence import Sentence


def sentences_in(package: str, folder: list[str]) -> dict[str, Sentence]:
    """Key -> sentence of all files of a package; each has one mapping under a name in capitals.

    Args:
        package: its name.
        folder: where it lies, as its ``__path__`` says.

    Raises:
        ValueError: if a key stands in two of them.
    """
    found: dict[str, Sentence] = {}
    for info in pkgutil.walk_packages(folder, f"{package}."):
        for part in _parts(importlib.import_module(info.name)):
            twice = found.keys() & part.keys()
            if twice:
                raise ValueError(f"a key must stand in one file, {min(twice)} stands in {info.name} as well")
            found |= part
    return found


def _parts(module: ModuleType) -> Iterator[dict[str, Sentence]]:
    for name, value in vars(module).items():
        if name.isupper() and not name.startswith("_") and isinstance(value, dict):
            yield value
