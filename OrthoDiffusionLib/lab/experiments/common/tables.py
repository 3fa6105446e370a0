"""Tables of an experiment: what each arm reached, and how far each is from the first, with intervals over studies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.evaluation.drawing.markdown_tables import NOTHING, markdown_table
from OrthoDiffusionLib.lab.evaluation.scores.diagnosis_scores import mean_with_interval
from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult, patients_of
from OrthoDiffusionLib.lab.experiments.common.experiment import Experiment


@dataclass(frozen=True)
class Reached:
    """One arm on one measure: mean over the items, each averaged over the seeds, and its interval if it has one."""

    mean: float
    low: float | None = None
    high: float | None = None


Items = Mapping[str, float]


def titles(results: Sequence[CellResult]) -> tuple[str, ...]:
    """The tables that the results have, in their order."""
    return tuple(dict.fromkeys(table.title for result in results for table in result.tables))


def measures(results: Sequence[CellResult], title: str) -> tuple[str, ...]:
    """The measures of a table, in their order."""
    return tuple(
        dict.fromkeys(
            measure for result in results for table in result.tables if table.title == title for measure in table.rows
        )
    )


def items_of(
    results: Sequence[CellResult], arm: str, title: str, measure: str, seeds: Collection[int] | None = None
) -> Items:
    """Item -> value, averaged over the arm's finished seeds, or over some of them."""
    found: dict[str, list[float]] = {}
    for result in results:
        for table in result.tables:
            if result.arm == arm and table.title == title and (seeds is None or result.seed in seeds):
                for item, value in table.rows.get(measure, {}).items():
                    found.setdefault(item, []).append(value)
    return {item: float(np.mean(values)) for item, values in found.items()}


def reached(items: Items, patients: Mapping[str, str], *, interval: bool) -> Reached | None:
    """Mean of the items and its 95 % bootstrap interval; None without items.

    Args:
        patients: see `CellResult.patients`.
        interval: whether there is one.
    """
    if not items:
        return None
    values = np.array(list(items.values()))
    if not interval:
        return Reached(float(values.mean()))
    estimate = mean_with_interval(values, patients=np.array([patients.get(item, item) for item in items]))
    return None if estimate.value is None else Reached(estimate.value, estimate.low, estimate.high)


def difference(results: Sequence[CellResult], arm: str, reference: str, title: str, measure: str) -> Items:
    """Item -> how much better an arm is than the reference on the same item, with the seeds that both have."""
    seeds = seeds_of(results, arm) & seeds_of(results, reference)
    items, others = (items_of(results, name, title, measure, seeds) for name in (arm, reference))
    return {item: value - others[item] for item, value in items.items() if item in others}


def seeds_of(results: Sequence[CellResult], arm: str) -> frozenset[int]:
    """Seeds that an arm was run with."""
    return frozenset(result.seed for result in results if result.arm == arm)


def interval_words(results: Sequence[CellResult], *, paired: bool = False) -> str:
    """What the brackets of a page are.

    Args:
        results: of the cells that the page is about.
        paired: whether every arm was looked at in the same draws.
    """
    same = ", the same samples for every arm" if paired else ""
    patients = patients_of(results)
    if not patients:
        return f"In brackets: 95 % confidence intervals (bootstrap over studies{same})."
    counts = Counter(patients.values())
    return (
        f"In brackets: 95 % confidence intervals (bootstrap over studies{same}; those whose bones come from one stored"
        f" shape are drawn together: {len(patients)} studies of {len(counts)}"
        f" {'shape' if len(counts) == 1 else 'shapes'}). With so few shapes the intervals may be too narrow."
    )


def cells_done(experiment: Experiment, results: Sequence[CellResult]) -> str:
    """The line over every table."""
    return f"{len(results)} of {len(experiment.cells())} runs finished."


def tables_as_markdown(experiment: Experiment, results: Sequence[CellResult]) -> str:
    """All tables of what is done so far; measures are rows, arms columns. The first comes with differences as well."""
    arms = [arm for arm in experiment.arms if any(result.arm == arm.name for result in results)]
    parts = [cells_done(experiment, results)]
    reference, patients = experiment.arms[0], patients_of(results)
    for number, title in enumerate(titles(results)):
        interval = all(table.interval for result in results for table in result.tables if table.title == title)
        rows, differences = [], []
        for measure in measures(results, title):
            by_arm = {arm.name: items_of(results, arm.name, title, measure) for arm in arms}
            count = max(len(items) for items in by_arm.values())
            label = f"{measure} (n = {count})" if interval else measure
            rows.append([label, *(_cell(reached(by_arm[arm.name], patients, interval=interval)) for arm in arms)])
            if number == 0 and interval and reference in arms:
                others = [
                    difference(results, arm.name, reference.name, title, measure)
                    for arm in arms
                    if arm is not reference
                ]
                differences.append(
                    [measure, *(_cell(reached(items, patients, interval=True), signed=True) for items in others)]
                )
        if not rows:  # such as an AUROC of studies that all have the finding
            continue
        parts += [f"**{title}**", markdown_table(["", *(arm.title for arm in arms)], rows)]
        if differences and len(arms) > 1:
            header = ["", *(arm.title for arm in arms if arm is not reference)]
            caption = f"{title}: difference to “{reference.title}” on the same studies and seeds"
            parts += [caption, markdown_table(header, differences)]
    if any(table.interval for result in results for table in result.tables):
        parts.append(f"{interval_words(results)} They do not cover other random seeds.")
    return "\n\n".join(part for part in parts if part)


def _cell(value: Reached | None, *, signed: bool = False) -> str:
    if value is None:
        return NOTHING
    sign = "+" if signed else ""
    text = f"{value.mean:{sign}.3f}"
    if value.low is None or value.high is None:
        return text
    return f"{text} ({value.low:{sign}.3f} to {value.high:{sign}.3f})"
