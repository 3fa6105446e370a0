"""The runner: runs the cells that are not finished, some in parallel; finished ones are never touched."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult, read_result, write_result
from OrthoDiffusionLib.lab.experiments.common.experiment import Cell, Experiment
from OrthoDiffusionLib.volumes.files.atomic import write_text

Report = Callable[[str], None]


def to_standard_error(line: str) -> None:
    """The default report; standard output holds results alone."""
    print(line, file=sys.stderr, flush=True)


class Work(Protocol):
    """What an experiment does. It must survive pickling: cells run in processes of their own."""

    @property
    def settings(self) -> Mapping[str, object]:
        """All that the numbers depend on beside arm and seed, as JSON keeps it."""
        ...

    def preparations(self, cells: Sequence[Cell], parts: int) -> Iterable[Iterable[Callable[[], object]]]:
        """Pieces of work that the cells share, in stages; each skips what is there.

        The pieces of a stage are done in any order, and a stage begins when the one before is done.
        """
        ...

    def run(self, cell: Cell, folder: Path, report: Report) -> CellResult:
        """Does one cell; called again after an interruption, it goes on in its folder."""
        ...


def cell_folder(out: Path, cell: Cell) -> Path:
    """Where a cell's files lie."""
    return out / "cells" / cell.name


def run_experiment(
    experiment: Experiment,
    work: Work,
    out: Path,
    *,
    only: Sequence[str] = (),
    jobs: int = 1,
    report: Report = to_standard_error,
) -> None:
    """Run the cells that are not finished; run the same again to continue after an interruption.

    Args:
        experiment: its cells.
        work: what a cell does.
        out: gets the settings, and a folder a cell.
        only: names of the arms to run; none for all.
        jobs: how many cells run side by side; each has its share of the cores.
        report: gets a line now and then.

    Raises:
        TrainingError: for an unknown arm, an impossible number of jobs, or a folder that was begun with other settings.
    """
    if jobs < 1:
        raise TrainingError(f"The number of jobs must be 1 or more, got {jobs} instead")
    cells = experiment.cells(only)
    keep_settings(out, dict(work.settings))
    open_cells = [cell for cell in cells if read_result(cell_folder(out, cell)) is None]
    report(f"{len(cells) - len(open_cells)} of {len(cells)} runs are finished")
    if not open_cells:
        return
    for stage in work.preparations(open_cells, jobs):
        _side_by_side(stage, jobs)
    threads = max(1, _cores() // jobs)
    _side_by_side([partial(_do, work, cell, out, threads, report) for cell in open_cells], jobs)


def finished_results(experiment: Experiment, out: Path) -> tuple[CellResult, ...]:
    """Results of all cells that are done, in the experiment's order.

    Raises:
        TrainingError: if a result cannot be read, or two were made with different settings and so cannot be compared.
    """
    found: list[CellResult] = []
    for cell in experiment.cells():
        result = read_result(cell_folder(out, cell))
        if result is None:
            continue
        others = differing(result.settings, found[0].settings) if found else []
        if others:
            raise TrainingError(
                f"The runs in this folder were made with different settings: {', '.join(others)}",
                where=str(cell_folder(out, cell)),
                remedy="Move the folders of the runs that do not belong here to another place.",
            )
        found.append(result)
    return tuple(found)


def keep_settings(out: Path, settings: dict) -> None:
    """Write down what the folder is begun with; refuse to go on with anything else, which would mix two experiments.

    Raises:
        TrainingError: if it was begun with anything else; it names what differs.
    """
    path = out / "settings.json"
    if not path.exists():
        write_text(path, json.dumps(settings, indent=1) + "\n")
        return
    try:
        begun = dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise TrainingError(
            "The settings of the experiment in this folder cannot be read",
            where=str(path),
            remedy="Choose another output folder, or delete this file if its settings are the same.",
        ) from error
    if others := differing(settings, begun):
        raise TrainingError(
            f"The experiment in this folder was started with different settings: {', '.join(others)}",
            where=str(path),
            remedy="Use the same settings, or another output folder.",
        )


def differing(settings: Mapping, others: Mapping) -> list[str]:
    """Names of the settings that are not the same."""
    return sorted(key for key in settings.keys() | others.keys() if settings.get(key) != others.get(key))


def _do(work: Work, cell: Cell, out: Path, threads: int, report: Report) -> None:
    import torch

    torch.set_num_threads(threads)
    folder = cell_folder(out, cell)
    folder.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    report(f"{cell.name}: started")
    result = work.run(cell, folder, lambda line: report(f"{cell.name}: {line}"))
    # What an interruption cost is not counted: these are the seconds of the last go.
    seconds = round(time.monotonic() - begun, 1)
    write_result(folder, replace(result, facts={**result.facts, "seconds": seconds, "threads": threads}))
    report(f"{cell.name}: finished")


def _side_by_side(tasks: Iterable[Callable[[], object]], jobs: int) -> None:
    """Run tasks in processes of their own, or here if there is one job; the first error stops them all."""
    tasks = list(tasks)
    if jobs == 1:
        for task in tasks:
            task()
        return
    pool = ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"))
    try:
        for future in as_completed([pool.submit(task) for task in tasks]):
            future.result()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    pool.shutdown()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
