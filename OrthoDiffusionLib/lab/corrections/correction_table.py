"""The table of corrected cases, as `finetune --table` reads it; what a person added to it stays."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from OrthoDiffusionLib.errors import OutputError, TrainingError
from OrthoDiffusionLib.table_file import read_table
from OrthoDiffusionLib.volumes import Plane
from OrthoDiffusionLib.volumes.files.atomic import make_folder, write_text

TABLE_FILE = "corrections.csv"
FACTS_FILE = "corrections.json"
SCHEMA_VERSION = 1

_PLANES = tuple(plane.value for plane in Plane)
COLUMNS = ("case", "patient", "side", "joint", "split", *_PLANES, *(f"{plane}_labels" for plane in _PLANES), "covers")

_LOCK_FILE = ".export.lock"
_STALE_SECONDS = 120.0


@dataclass(frozen=True)
class TableFacts:
    """What all cases of a table have in common.

    Attributes:
        joint: its key.
        labels: structure -> value in the label maps.
    """

    joint: str
    labels: Mapping[str, int]


def read_facts(folder: Path) -> TableFacts | None:
    """What the cases of a folder have in common; None if no case was exported there.

    Raises:
        TrainingError: if the file cannot be read or is of a later version.
    """
    path = folder / FACTS_FILE
    if not path.exists():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["schema_version"] != SCHEMA_VERSION:
            raise ValueError(f"schema version {content['schema_version']}; {SCHEMA_VERSION} is needed")
        return TableFacts(str(content["joint"]), {str(name): int(v) for name, v in content["labels"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TrainingError(
            f"What the corrected cases have in common cannot be read: {error}",
            where=str(path),
            remedy="Choose another folder for the corrections.",
        ) from error


def agreed_facts(folder: Path, facts: TableFacts) -> TableFacts:
    """The facts of a folder with those of one more case.

    Raises:
        TrainingError: if the case is of another joint, or a label means something else in it: one table cannot hold
            both.
    """
    found = read_facts(folder)
    if found is None:
        return facts
    structures = {value: name for name, value in found.labels.items()}
    clash = [
        name
        for name, value in facts.labels.items()
        if found.labels.get(name, value) != value or structures.get(value, name) != name
    ]
    if found.joint != facts.joint or clash:
        what = f"are of the {found.joint}, this one is of the {facts.joint}"
        if clash:
            what = f"give other label values to {', '.join(clash)}"
        raise TrainingError(
            f"The corrected cases there {what}",
            where=str(folder),
            remedy="Choose another folder for cases of this bundle.",
        )
    return TableFacts(found.joint, {**found.labels, **facts.labels})


def write_facts(folder: Path, facts: TableFacts) -> None:
    """Write what the cases have in common.

    Raises:
        OutputError: if the file cannot be written.
    """
    content = {"schema_version": SCHEMA_VERSION, "joint": facts.joint, "labels": dict(facts.labels)}
    write_text(folder / FACTS_FILE, json.dumps(content, indent=1) + "\n")


def put_row(table: Path, row: Mapping[str, str]) -> bool:
    """Add a case's row, or replace what an earlier export wrote of it.

    Rows of other cases, columns that a person added and a split that a person gave stay as they are.

    Args:
        table: the CSV; made if it is not there.
        row: values of COLUMNS.

    Returns:
        Whether the case was there before.

    Raises:
        TrainingError: if the table there cannot be read, or has no column of cases.
        OutputError: if it cannot be written; the old one stays then.
    """
    rows: list[dict[str, str]] = []
    columns: list[str] = []
    if table.exists():
        found, columns = read_table(table, error=TrainingError)
        rows = [values for _, values in found]
        if "case" not in columns:
            raise TrainingError(
                "The file is no table of cases", where=str(table), remedy="Choose another folder, or move it away."
            )
    columns += [column for column in COLUMNS if column not in columns]
    earlier = next((values for values in rows if values.get("case") == row["case"]), None)
    if earlier is None:
        rows.append(dict(row))
    else:
        earlier.update({name: value for name, value in row.items() if not (name == "split" and earlier.get("split"))})
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(table, text.getvalue())
    return earlier is not None


def cases_of(table: Path) -> list[str]:
    """Names of the cases of a table, in their order; none if it is not there.

    Raises:
        TrainingError: if it cannot be read.
    """
    if not table.exists():
        return []
    rows, _ = read_table(table, error=TrainingError)
    return [values["case"] for _, values in rows if values.get("case")]


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Nobody else exports into the folder meanwhile: two who write the table at once would lose a case.

    A lock that is older than two minutes was left by a process that was killed, and is taken over.

    Raises:
        OutputError: if another export is at work, or the folder cannot be written.
    """
    make_folder(folder)
    lock = folder / _LOCK_FILE
    with contextlib.suppress(OSError):
        if time.time() - lock.stat().st_mtime > _STALE_SECONDS:
            lock.unlink()
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError as error:
        raise OutputError(
            "Another export is writing into this folder",
            where=str(folder),
            remedy="Wait until it is done, and export again.",
        ) from error
    except OSError as error:
        raise OutputError(
            f"The folder cannot be written: {error.strerror or error}",
            where=str(folder),
            remedy="Choose a folder you can write to.",
        ) from error
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
