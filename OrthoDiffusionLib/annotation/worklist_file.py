"""The file of a worklist: JSON that people can read, written whole or not at all.

    {"schema_version": 1, "kind": "OrthoDiffusion worklist", "created": ISO 8601, "order": "name", "current": NAME,
     "structures": [{"name": "plica", "label": 101}],
     "cases": [{"name": ..., "images": [PATHS], "planes": {"sagittal": PATH}, "label_map": PATH, "side": "left",
                "uncertainty": 0.4, "problem": "...",
                "readers": {READER: {"state": "in progress", "note": "", "seconds": 61.5, "changed": ISO 8601}},
                "final": {"reader": READER, "time": ISO 8601, "version": 1, "sources": {STRUCTURE: READER}}}]}

Paths are relative to the file where they can be. What a newer program of the same schema added is kept.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from OrthoDiffusionLib.annotation.case import Case
from OrthoDiffusionLib.annotation.worklist import Order, OwnStructure, Worklist
from OrthoDiffusionLib.errors import StudyError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.files.atomic import make_folder, write_text

SCHEMA_VERSION = 1
KIND = "OrthoDiffusion worklist"
FILE_NAME = "worklist.json"


class WorklistError(StudyError):
    """A worklist cannot be read, is of another version, or is open elsewhere."""


def worklist_text(worklist: Worklist) -> str:
    """What the file says."""
    content = {
        "schema_version": SCHEMA_VERSION,
        "kind": KIND,
        "created": worklist.created,
        "order": worklist.order.value,
        "current": worklist.current,
        "structures": [{"name": one.name, "label": one.label} for one in worklist.structures],
        "cases": [case.as_dict() for case in worklist.cases],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def write_worklist(worklist: Worklist, path: Path) -> None:
    """Write the file whole or not at all; its folder is made if need be.

    Raises:
        OutputError: if that fails; an older file is untouched.
    """
    make_folder(path.parent)
    write_text(path, worklist_text(worklist))


def read_worklist(path: Path) -> Worklist:
    """Read a worklist; the images themselves are not looked at, so that 500 cases open at once.

    Raises:
        WorklistError: if the file cannot be read, is none of ours, damaged, or of another schema version.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WorklistError(Message("worklist", "missing"), where=str(path)) from None
    except OSError as error:
        values = {"error": error.strerror or error}
        raise WorklistError(Message("worklist", "unreadable", values), where=str(path)) from error
    except ValueError as error:
        raise _damaged(path, error) from error
    if not isinstance(content, dict) or content.get("kind") != KIND:
        raise WorklistError(Message("worklist", "other_file", {"file": FILE_NAME}), where=str(path))
    version = content.get("schema_version")
    if version != SCHEMA_VERSION or isinstance(version, bool):
        versions = {"version": str(version), "own": SCHEMA_VERSION}
        raise WorklistError(Message("worklist", "other_version", versions), where=str(path))
    try:
        return _worklist(content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(path, error) from error


def _worklist(content: dict[str, Any]) -> Worklist:
    structures = [OwnStructure(str(one["name"]), int(one["label"])) for one in content.get("structures", [])]
    return Worklist(
        [Case.from_dict(entry) for entry in content["cases"]],
        Order(content.get("order", Order.NAME.value)),
        structures,
        str(content.get("created", "")),
        str(content.get("current", "")),
    )


def _damaged(path: Path, error: Exception) -> WorklistError:
    return WorklistError(Message("worklist", "damaged", {"error": error}), where=str(path))


def stored_path(path: Path, home: Path) -> str:
    """How a path stands in the file: relative to the worklist's folder where both lie on one disk.

    A worklist whose images lie beside it can then be moved with them.
    """
    try:
        relative = os.path.relpath(path, home)
    except ValueError:  # another drive of Windows
        return str(path)
    above = relative.split(os.sep).count(os.pardir)
    return Path(relative).as_posix() if above <= 2 else str(path)


def full_path(stored: str, home: Path) -> Path:
    """The reverse of `stored_path`."""
    return Path(os.path.normpath(home / stored))
