"""Reader of findings.json: every value is checked, as the file may be of another version or damaged."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from OrthoDiffusionLib.anatomy import PRIVATE_SCHEME, Code, Structure, find_structure
from OrthoDiffusionLib.errors import OutputError
from OrthoDiffusionLib.messages import Message

SCHEMA_VERSION = 2
"""What is written. Version 2 adds measurements, operating points, reviews, UIDs and the values of notices."""

READABLE = (1, 2)

_KEYS = (
    "schema_version", "study", "bundle", "findings", "structures", "warnings", "intended_use", "created"
)  # fmt: skip


def read_findings_json(path: Path) -> dict:
    """The content of findings.json, with a known schema version and all its top-level keys.

    Raises:
        OutputError: if the file is missing, is not JSON, or is of another schema version.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise OutputError(Message("results", "missing"), where=str(path.parent)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(Message("results", "unreadable", {"error": error}), where=str(path)) from error
    try:
        content = json.loads(text, parse_constant=_refuse_constant)
    except ValueError as error:
        raise OutputError(Message("results", "damaged", {"error": error}), where=str(path)) from error
    version = content.get("schema_version") if isinstance(content, dict) else None
    if version is None:
        raise OutputError(Message("results", "no_version"), where=str(path))
    if version not in READABLE or isinstance(version, bool):
        raise OutputError(
            Message("results", "other_version", {"version": str(version), "least": READABLE[0], "most": READABLE[-1]}),
            where=str(path),
        )
    missing = [key for key in _KEYS if key not in content]
    if missing:
        raise OutputError(Message("results", "lacks", {"missing": missing}), where=str(path))
    if version == 1:
        with contradictions_in(path):
            content = _from_version_1(content)
    return content


def _from_version_1(content: Mapping) -> dict:
    """The same results with what version 2 added left empty. An unknown kind of entry is left to its reader."""
    entries = content["findings"] if isinstance(content["findings"], list) else []
    warnings = content["warnings"] if isinstance(content["warnings"], list) else []
    return {
        **content,
        "findings": [{"operating_point": None, "review": None, **entry} for entry in entries],
        "warnings": [{"values": {}, **entry} for entry in warnings],
        "measurements": [],
    }


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


@contextlib.contextmanager
def contradictions_in(path: Path) -> Iterator[None]:
    """Turns what goes wrong on reading entries of a results file into an OutputError that names the file."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise OutputError(Message("results", "contradiction", {"what": what}), where=str(path)) from error


def text_of(entry: Mapping, key: str) -> str:
    """A value that must be text."""
    if not isinstance(entry[key], str):
        raise ValueError(f"{key} must be text, got {entry[key]!r} instead")
    return entry[key]


def structure_of(entry: Mapping, joint: str) -> Structure:
    """The structure of an entry of `structures` of a joint; one our anatomy does not know gets a plain look."""
    name, label = text_of(entry, "name"), int(entry["label"])
    known = find_structure(name, joint)
    if known is not None:
        return known if known.label == label else replace(known, label=label)
    title = name.replace("_", " ").capitalize()
    shade = 120 + 37 * label % 120
    code = Code(PRIVATE_SCHEME, f"STRUCTURE-{label}", title[:64])
    return Structure(name, label, title, (shade, shade, 160), code)
