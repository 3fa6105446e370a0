"""The plot of an experiment on fixed images: a panel a measure, arms as rows, shares of labels as colours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from OrthoDiffusionLib.lab.evaluation.drawing.figures import error_bars, new_figure, save_figure
from OrthoDiffusionLib.lab.experiments.fixed_images.share_figures import MEASURES, ShareFigures, percent
from OrthoDiffusionLib.lab.experiments.fixed_images.share_tables import NOT_RUN

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLOURS = ("#d17a22", "#1f6f8b", "#6a994e")


def write_share_plot(path: Path, figures: ShareFigures, caption: str) -> None:
    """Dots with intervals.

    Raises:
        OrthoDiffusionError: if matplotlib is missing.
        OutputError: if the file cannot be written.
    """
    figure = share_plot(figures, caption)
    save_figure(path, figure, dpi=130)


def share_plot(figures: ShareFigures, caption: str) -> Figure:
    """Shares without a run are left out; an arm without one stays, and says so."""
    kinds = list(figures.kinds)
    shares = [share for share in figures.shares if any(figures.run(kind, share) for kind in kinds)]
    figure = new_figure((3.0 + 2.6 * len(MEASURES), 1.6 + 0.42 * len(kinds)), "an experiment")
    panels = figure.subplots(1, len(MEASURES), sharey=True, squeeze=False)[0]
    for axes, measure in zip(panels, MEASURES, strict=True):
        for place, share in enumerate(shares):
            found = [(row, figures.of(measure, kind, share)) for row, kind in enumerate(kinds)]
            known = [(row, draws.estimate) for row, draws in found if draws is not None]
            shown = [(row, e.value, e.low, e.high) for row, e in known if e.value is not None]
            x = [value for _, value, _, _ in shown]
            y = [row + 0.25 * (place - (len(shares) - 1) / 2) for row, *_ in shown]
            spread = error_bars((value, low, high) for _, value, low, high in shown)
            label = f"{percent(share)} of the labels"
            axes.errorbar(
                x, y, xerr=spread, fmt="o", color=_COLOURS[place % len(_COLOURS)], capsize=2, markersize=5, label=label
            )
        for row, kind in enumerate(kinds):
            planned = [share for share in figures.shares if figures.planned(measure, kind, share)]
            if planned and not any(figures.run(kind, share) for share in planned):
                axes.text(0.5, row, NOT_RUN, transform=axes.get_yaxis_transform(), ha="center", va="center", fontsize=8)
        axes.set_yticks(range(len(kinds)), list(figures.kinds.values()), fontsize=8)
        axes.grid(axis="x", color="#dddddd")
        axes.set_axisbelow(True)
        axes.set_xlabel(f"{measure.title}\n95 % interval over studies", fontsize=8)
    panels[0].set_ylim(len(kinds) - 0.5, -0.5)
    figure.suptitle(caption, fontsize=9)
    figure.legend(
        *panels[0].get_legend_handles_labels(), fontsize=8, loc="outside lower center", ncols=max(1, len(shares))
    )
    return figure
