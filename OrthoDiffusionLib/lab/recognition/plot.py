"""One picture: the ROC curves of each class against the rest, and the probabilities behind them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.lab.evaluation.drawing.figures import new_figure, save_figure
from OrthoDiffusionLib.lab.evaluation.scores.diagnosis_scores import auroc, roc_curve
from OrthoDiffusionLib.lab.recognition.looks import WHOLE
from OrthoDiffusionLib.lab.recognition.scoring import ONE_PLANE, Recognised
from OrthoDiffusionLib.recognition import NONE

_JITTER = 0.3


def draw_recognition(rows: Sequence[Recognised], classes: Sequence[str], sure: float, path: Path) -> None:
    """Write the picture, a PNG.

    Raises:
        OrthoDiffusionError: if matplotlib is missing.
    """
    kinds = list(dict.fromkeys((row.truth or row.kind, row.kind if row.truth else "") for row in rows))
    figure = new_figure((10.5, 0.9 + 0.3 * max(len(kinds), 10)), "the recognition of joints")
    left, right = figure.subplots(1, 2, width_ratios=(1.0, 1.25))
    _curves(left, rows, classes)
    _probabilities(right, rows, classes, sure, kinds)
    save_figure(path, figure, dpi=110)


def _curves(axes, rows: Sequence[Recognised], classes: Sequence[str]) -> None:
    for style, kind, what in (("-", WHOLE, "study"), ("--", ONE_PLANE, "one plane")):
        chosen = [row for row in rows if row.truth == NONE or (row.truth and row.kind == kind)]
        for number, name in enumerate(classes):
            positives = np.array([row.truth == name for row in chosen])
            scores = np.array([row.probabilities[name] for row in chosen])
            curve, value = roc_curve(scores, positives), auroc(scores, positives)
            if value is not None:
                label = f"{name}, {what}: {value:.3f}"
                axes.plot(curve[:, 0], curve[:, 1], style, color=f"C{number}", label=label, linewidth=1.4)
    axes.set_xlabel("1 − specificity")
    axes.set_ylabel("sensitivity")
    axes.set_title("AUROC, digital studies and made-up scenes", fontsize=9)
    if axes.get_legend_handles_labels()[0]:  # without studies of joints there are no curves
        axes.legend(fontsize=7, loc="lower right")
    axes.grid(alpha=0.25)


def _probabilities(axes, rows: Sequence[Recognised], classes: Sequence[str], sure: float, kinds) -> None:
    rng = np.random.default_rng(0)
    for place, (shown, kind) in enumerate(kinds):
        own = [row for row in rows if (row.truth or row.kind, row.kind if row.truth else "") == (shown, kind)]
        for number, name in enumerate(classes):
            values = [row.probabilities[name] for row in own if row.probabilities]
            heights = place + rng.uniform(-_JITTER, _JITTER, len(values))
            axes.plot(values, heights, "o", color=f"C{number}", markersize=2.5, alpha=0.6, markeredgewidth=0,
                      label=name if place == 0 else None)  # fmt: skip
    axes.axvline(sure, color="0.35", linewidth=1.0, linestyle="--")
    labels = [f"{shown}: {kind.replace('_', ' ')}" if kind else shown for shown, kind in kinds]
    axes.set_yticks(range(len(kinds)), labels=labels, fontsize=7)
    axes.set_ylim(len(kinds) - 0.5, -0.5)
    axes.set_xlabel("probability of each class; named from the broken line on")
    axes.legend(fontsize=7, loc="center")
    axes.grid(axis="x", alpha=0.25)
