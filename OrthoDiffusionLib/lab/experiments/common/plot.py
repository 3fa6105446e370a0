"""The plot of an experiment: what each arm reached on the measures of its first table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from OrthoDiffusionLib.lab.evaluation.drawing.figures import error_bars, new_figure, save_figure
from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult, patients_of
from OrthoDiffusionLib.lab.experiments.common.experiment import Experiment
from OrthoDiffusionLib.lab.experiments.common.tables import cells_done, items_of, measures, reached, titles

_COLOURS = ("#1f6f8b", "#d17a22", "#6a994e", "#a23b72", "#7a6ff0", "#444444", "#b8c4c9", "#c9a227")


def write_plot(path: Path, experiment: Experiment, results: Sequence[CellResult]) -> None:
    """Dots with intervals, a row a measure, a colour an arm.

    Raises:
        OrthoDiffusionError: if matplotlib is missing.
        OutputError: if the file cannot be written.
    """
    title, patients = titles(results)[0], patients_of(results)
    rows = measures(results, title)
    arms = [arm for arm in experiment.arms if any(result.arm == arm.name for result in results)]
    figure = new_figure((7.5, 1.2 + 0.25 * len(rows) * (len(arms) + 1)), "an experiment")
    axes = figure.add_subplot()
    for place, arm in enumerate(arms):
        found = [reached(items_of(results, arm.name, title, measure), patients, interval=True) for measure in rows]
        shown = [(row, value) for row, value in enumerate(found) if value is not None]
        x = [value.mean for _, value in shown]
        y = [row + 0.8 * ((place + 0.5) / len(arms) - 0.5) for row, _ in shown]
        spread = error_bars((value.mean, value.low, value.high) for _, value in shown)
        colour = _COLOURS[place % len(_COLOURS)]
        axes.errorbar(x, y, xerr=spread, fmt="o", color=colour, capsize=2, markersize=5, label=arm.title)
    axes.set_yticks(range(len(rows)), rows, fontsize=8)
    axes.invert_yaxis()
    axes.grid(axis="x", color="#dddddd")
    axes.set_axisbelow(True)
    axes.set_xlabel(f"{title}, 95 % interval over studies")
    axes.set_title(f"{experiment.title}: {cells_done(experiment, results)}", fontsize=9)
    figure.legend(*axes.get_legend_handles_labels(), fontsize=8, loc="outside lower center", ncols=min(3, len(arms)))
    save_figure(path, figure, dpi=130)
