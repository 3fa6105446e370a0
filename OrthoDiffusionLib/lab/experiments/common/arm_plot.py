"""A plot of arms: a panel a measure, a dot with its interval an arm."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from OrthoDiffusionLib.lab.evaluation.drawing.figures import error_bars, new_figure, save_figure
from OrthoDiffusionLib.lab.evaluation.scores.diagnosis_scores import Estimate
from OrthoDiffusionLib.lab.experiments.common.study_statistics import Draws

_COLOUR, _OTHER = "#1f6f8b", "#d17a22"


def write_arm_plot(
    path: Path,
    titles: Mapping[str, str],
    measures: Mapping[str, Mapping[str, Draws | Estimate | None]],
    caption: str,
    *,
    marked: Mapping[str, str] | None = None,
) -> None:
    """Draw figures of arms beside each other.

    Args:
        path: a PNG.
        titles: arm -> title, from top to bottom.
        measures: measure -> arm -> figure; None leaves a row empty.
        caption: over the panels.
        marked: arm -> why it has the other colour.

    Raises:
        OrthoDiffusionError: if matplotlib is missing.
        OutputError: if the file cannot be written.
    """
    marked = marked or {}
    figure = new_figure((3.0 + 3.2 * len(measures), 1.4 + 0.3 * len(titles)), "an experiment")
    panels = figure.subplots(1, len(measures), sharey=True, squeeze=False)[0]
    for axes, (measure, of_arm) in zip(panels, measures.items(), strict=True):
        for row, arm in enumerate(titles):
            found = of_arm.get(arm)
            estimate = found.estimate if isinstance(found, Draws) else found
            if estimate is None or estimate.value is None:
                continue
            spread = error_bars([(estimate.value, estimate.low, estimate.high)])
            colour = _OTHER if arm in marked else _COLOUR
            label = marked.get(arm)
            axes.errorbar(
                [estimate.value], [row], xerr=spread, fmt="o", color=colour, capsize=2, markersize=5, label=label
            )
        axes.set_yticks(range(len(titles)), list(titles.values()), fontsize=8)
        axes.grid(axis="x", color="#dddddd")
        axes.set_axisbelow(True)
        axes.set_xlabel(f"{measure}, 95 % interval over studies", fontsize=8)
    panels[0].invert_yaxis()
    figure.suptitle(caption, fontsize=9)
    handles, labels = panels[0].get_legend_handles_labels()
    if labels:
        once = dict(zip(labels, handles, strict=True))
        figure.legend(once.values(), once.keys(), fontsize=8, loc="outside lower center")
    save_figure(path, figure, dpi=130)
