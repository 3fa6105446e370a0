"""The plot of the experiment on the representation: Dice and AUROC against the noise level, a line a block."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from OrthoDiffusionLib.lab.evaluation.drawing.figures import new_figure, save_figure
from OrthoDiffusionLib.lab.experiments.common.study_statistics import Draws
from OrthoDiffusionLib.lab.experiments.representation.representation import SHIPPED, SIGMAS
from OrthoDiffusionLib.lab.experiments.representation.representation_figures import ALL, ReadingFigures, auroc, dice

_COLOURS = ("#b8c4c9", "#7aa5b8", "#1f6f8b", "#6a994e", "#a23b72", "#d17a22", "#222222")
_KINDS = (("clean-", "clean view"), ("one-draw-", "noisy, one draw"), ("four-draws-", "noisy, mean of four draws"))
_SHORT = {"target-edm": "EDM", "target-v": "v", "target-epsilon": "ε"}


def write_representation_plot(path: Path, figures: Sequence[ReadingFigures], *, title: str) -> None:
    """Two rows, Dice and AUROC; a column for each way to show the view, and one for the prediction targets.

    Raises:
        OrthoDiffusionError: if matplotlib is missing.
        OutputError: if the file cannot be written.
    """
    blocks = list(dict.fromkeys(block for one in figures for block in one.blocks))
    figure = new_figure((13, 6.5), "an experiment")
    grid = figure.subplots(2, len(_KINDS) + 1, sharex=True, sharey="row", squeeze=False)
    untrained = next((one for one in figures if one.arm == "untrained"), None)
    student = next((one for one in figures if one.arm == "student"), None)
    for row, (measure, name) in enumerate(((dice, "Dice"), (auroc, "AUROC"))):
        for column, (prefix, words) in enumerate(_KINDS):
            axes = grid[row, column]
            shown = [one for one in figures if one.arm.startswith(prefix) and one.sigma is not None]
            for number, block in enumerate(blocks):
                style = {"color": _COLOURS[number % len(_COLOURS)], "linewidth": 2.4 if block == ALL else 1.4}
                _line(axes, [(one.sigma, measure(one, block)) for one in shown], label=block, **style)
            axes.set_title(words, fontsize=9)
        axes = grid[row, -1]
        for number, (arm, words) in enumerate(_SHORT.items()):
            shown = [one for one in figures if one.arm == arm]
            style = {"color": _COLOURS[2 + number], "linestyle": "-", "linewidth": 1.6}
            _line(axes, [(one.sigma, measure(one, ALL)) for one in shown], label=f"short training, {words}", **style)
        for one, words, dash in ((untrained, "untrained", ":"), (student, "one-pass student", "--")):
            value = None if one is None else measure(one, ALL)
            if value is not None:
                axes.axhline(value.values[0], color="#444444", linestyle=dash, linewidth=1.2, label=words)
        axes.set_title("all blocks: targets and controls", fontsize=9)
        grid[row, 0].set_ylabel(f"{name}, phantom numbers")
    for axes in grid.flat:
        axes.set_xscale("log")
        axes.set_xlim(SIGMAS[0] / 1.3, 1.3 * SIGMAS[-1])
        axes.set_xticks(SIGMAS, [f"{sigma:g}" for sigma in SIGMAS], fontsize=7)
        axes.minorticks_off()
        axes.grid(color="#dddddd")
        axes.axvline(SHIPPED, color="#999999", linewidth=0.8, linestyle=":")
    for axes in grid[1]:
        axes.set_xlabel("noise level σ")
    for axes in (grid[1, 0], grid[1, -1]):
        handles, labels = axes.get_legend_handles_labels()
        if handles:
            axes.legend(handles, labels, fontsize=7, ncols=2)
    figure.suptitle(title, fontsize=10)
    save_figure(path, figure, dpi=110)


def _line(axes, measured: Sequence[tuple[float | None, Draws | None]], **style) -> None:
    """A line over the noise levels with its interval as a shade."""
    ordered = sorted(measured, key=lambda one: one[0] or 0.0)
    found = [(sigma, draws.estimate) for sigma, draws in ordered if draws is not None]
    if not found:
        return
    sigmas = [sigma for sigma, _ in found]
    axes.plot(sigmas, [estimate.value for _, estimate in found], marker="o", markersize=3, **style)
    if all(estimate.low is not None for _, estimate in found) and style["linewidth"] > 1.5:
        low, high = ([getattr(estimate, end) for _, estimate in found] for end in ("low", "high"))
        axes.fill_between(sigmas, low, high, color=style["color"], alpha=0.12, linewidth=0)
