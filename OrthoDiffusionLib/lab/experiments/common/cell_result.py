"""CellResult: what came out of one cell, as a file that is whole or not there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.volumes.files.atomic import write_text

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class ScoreTable:
    """One table's share of a cell.

    Attributes:
        title: the same in every cell.
        rows: measure -> item -> value; items are studies as a rule.
        interval: whether the items are a sample of many, so that their bootstrap means something.
    """

    title: str
    rows: Mapping[str, Mapping[str, float]]
    interval: bool = True


@dataclass(frozen=True)
class CellResult:
    """Scores of a finished cell.

    Attributes:
        arm, seed: which cell.
        settings: all that its numbers depend on beside arm and seed, as JSON gives it back.
        tables: the scores.
        facts: what else is worth keeping, such as seconds.
        patients: item of the tables -> who it is of, for items that are not each of a patient of their own; empty in
            files of versions that did not tell.
    """

    arm: str
    seed: int
    settings: Mapping[str, Any]
    tables: tuple[ScoreTable, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    patients: Mapping[str, str] = field(default_factory=dict)


def result_file(folder: Path) -> Path:
    """The file in a cell's folder that says that the cell is done."""
    return folder / "result.json"


def write_result(folder: Path, result: CellResult) -> None:
    """Say that a cell is done.

    Raises:
        OutputError: if the file cannot be written.
    """
    content = {"schema_version": SCHEMA_VERSION, **asdict(result)}
    write_text(result_file(folder), json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def read_result(folder: Path) -> CellResult | None:
    """What a cell's folder holds, or None while it is not done.

    Raises:
        TrainingError: if the file is damaged or of another version.
    """
    path = result_file(folder)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.pop("schema_version") != SCHEMA_VERSION:
            raise ValueError("another schema version")
        tables = tuple(ScoreTable(**table) for table in content.pop("tables"))
        return CellResult(**content, tables=tables)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(
            f"A result file cannot be read: {error}",
            where=str(path),
            remedy="Delete the file; this run is then repeated.",
        ) from error


def patients_of(results: Sequence[CellResult]) -> dict[str, str]:
    """Who the items of some cells are of, as far as any of the cells tells; see `CellResult.patients`."""
    return {item: patient for result in results for item, patient in result.patients.items()}


def learning_settings(settings: Any) -> dict[str, Any]:
    """What a training's settings (a dataclass) say beside what the arm and the seed decide, as JSON gives it back."""
    return {key: value for key, value in as_json(asdict(settings)).items() if key not in ("trained", "seed")}


def as_json(value):
    """Tuples as lists, as JSON gives them back."""
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, (tuple, list)) else value
