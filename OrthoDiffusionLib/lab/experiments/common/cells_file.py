"""Finished cells in one small text file, so that another machine can go on where this one ended."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult, ScoreTable, read_result, write_result
from OrthoDiffusionLib.lab.experiments.common.experiment import Experiment
from OrthoDiffusionLib.lab.experiments.common.runner import cell_folder, differing, finished_results, keep_settings
from OrthoDiffusionLib.volumes.files.atomic import write_text

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class CellsFile:
    """What such a file holds.

    Attributes:
        settings: all that the numbers depend on beside arm and seed.
        results: of the cells.
        tuned: what came of tuning, which cells that are still to be run depend on; empty where nothing is tuned.
    """

    settings: Mapping[str, object]
    results: tuple[CellResult, ...]
    tuned: tuple[Mapping[str, object], ...] = ()


def export_cells(path: Path, experiment: Experiment, out: Path, tuned: Sequence[Mapping[str, object]] = ()) -> int:
    """Write the finished cells of an experiment's folder: JSON lines, the first with the settings.

    Args:
        path: the file; one that is there is replaced.
        experiment, out: whose cells.
        tuned: see `CellsFile`.

    Returns:
        How many cells.

    Raises:
        TrainingError: if none is finished, or a result cannot be read.
        OutputError: if the file cannot be written.
    """
    results = finished_results(experiment, out)
    if not results:
        raise TrainingError("No run is finished yet", where=str(out), remedy="Run the experiment first.")
    head = {"schema_version": SCHEMA_VERSION, "experiment": experiment.name, "settings": results[0].settings}
    lines = [head, *({"tuned": one} for one in tuned), *({"cell": _packed(result)} for result in results)]
    text = (json.dumps(line, ensure_ascii=False, allow_nan=False, separators=(",", ":")) for line in lines)
    write_text(path, "\n".join(text) + "\n")
    return len(results)


def read_cells(path: Path, experiment: Experiment, settings: Mapping[str, object]) -> CellsFile:
    """What `export_cells` wrote, if it belongs to this very experiment.

    Raises:
        TrainingError: if the file cannot be read, is of another version, experiment or settings, or has a cell that
            the experiment has not.
    """
    try:
        head, *lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
        version, name, found = (head[key] for key in ("schema_version", "experiment", "settings"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreadable(path, error) from error
    if (version, name) != (SCHEMA_VERSION, experiment.name):
        raise TrainingError(
            f"The file holds runs of the experiment {name!r}, schema version {version}, not of {experiment.name!r},"
            f" version {SCHEMA_VERSION}",
            where=str(path),
            remedy="Give a file that `orthodiffusion experiment --export` wrote for this experiment.",
        )
    if others := differing(settings, found):
        raise TrainingError(
            f"The runs in the file were made with different settings: {', '.join(others)}",
            where=str(path),
            remedy="Give the options, and use the version of the program, that the runs were made with.",
        )
    try:
        results = tuple(_unpacked(line["cell"], settings) for line in lines if "cell" in line)
        tuned = tuple(dict(line["tuned"]) for line in lines if "tuned" in line)
    except (ValueError, KeyError, TypeError) as error:
        raise _unreadable(path, error) from error
    known = {(cell.arm.name, cell.seed) for cell in experiment.cells()}
    for result in results:
        if (result.arm, result.seed) not in known:
            raise TrainingError(
                f"The experiment {experiment.name} has no run of the arm {result.arm!r} with seed {result.seed}",
                where=str(path),
                remedy="Give the same --seeds as where the runs were made.",
            )
    return CellsFile(found, results, tuned)


def keep_cells(found: CellsFile, experiment: Experiment, out: Path) -> int:
    """Put cells from a file into an experiment's folder; what is finished there stays.

    Returns:
        How many were put there.

    Raises:
        TrainingError: if the folder was begun with other settings, or a result in it cannot be read.
        OutputError: if a file cannot be written.
    """
    keep_settings(out, dict(found.settings))
    folders = {(cell.arm.name, cell.seed): cell_folder(out, cell) for cell in experiment.cells()}
    new = [one for one in found.results if read_result(folders[one.arm, one.seed]) is None]
    for result in new:
        write_result(folders[result.arm, result.seed], result)
    return len(new)


def _packed(result: CellResult) -> dict[str, object]:
    """A cell without its settings; each table's items are named once."""
    tables = []
    for table in result.tables:
        items = list(dict.fromkeys(item for row in table.rows.values() for item in row))
        rows = {measure: [row.get(item) for item in items] for measure, row in table.rows.items()}
        tables.append({"title": table.title, "interval": table.interval, "items": items, "rows": rows})
    return {
        "arm": result.arm, "seed": result.seed, "tables": tables, "facts": dict(result.facts),
        "patients": dict(result.patients),
    }  # fmt: skip


def _unpacked(packed: Mapping, settings: Mapping[str, object]) -> CellResult:
    tables = []
    for table in packed["tables"]:
        items = table["items"]
        rows = {
            str(measure): {item: float(value) for item, value in zip(items, row, strict=True) if value is not None}
            for measure, row in table["rows"].items()
        }
        tables.append(ScoreTable(table["title"], rows, table["interval"]))
    facts, patients = dict(packed["facts"]), dict(packed["patients"])
    return CellResult(str(packed["arm"]), int(packed["seed"]), settings, tuple(tables), facts, patients)


def _unreadable(path: Path, error: Exception) -> TrainingError:
    return TrainingError(
        f"The file of finished runs cannot be read: {error}",
        where=str(path),
        remedy="Give a file that `orthodiffusion experiment --export` wrote; it may have been cut off.",
    )
