"""One picture: the score of every study and volume, kind by kind, and the limit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.lab.evaluation.drawing.figures import new_figure, save_figure
from OrthoDiffusionLib.lab.evaluation.unlike.scoring import HONEST, ScoredImages
from OrthoDiffusionLib.unlikeness import LIMIT

LOWEST = 0.05  # of the axis; scores below are drawn there
JITTER = 0.28


def draw_scores(rows: Sequence[ScoredImages], path: Path) -> None:
    """Write the picture, a PNG.

    Raises:
        OrthoDiffusionError: if matplotlib is missing.
    """
    kinds = list(dict.fromkeys(row.kind for row in rows))
    figure = new_figure((7.2, 0.9 + 0.38 * len(kinds)), "the scores")
    axes = figure.add_subplot()
    rng = np.random.default_rng(0)
    for place, kind in enumerate(kinds):
        scores = np.maximum([row.score for row in rows if row.kind == kind], LOWEST)
        heights = place + rng.uniform(-JITTER, JITTER, len(scores))
        colour = "tab:blue" if kind == HONEST else "tab:orange"
        axes.plot(scores, heights, "o", markersize=3.5, alpha=0.75, color=colour, markeredgewidth=0)
    axes.axvline(LIMIT, color="0.35", linewidth=1.0, linestyle="--")
    axes.set_xscale("log")
    axes.set_xticks([0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50], labels=["0.1", "0.2", "0.5", "1", "2", "5", "10", "20", "50"])
    axes.set_yticks(range(len(kinds)), labels=[kind.replace("_", " ") for kind in kinds])
    axes.set_ylim(len(kinds) - 0.5, -0.5)
    axes.set_xlabel("score; 1 and above warns")
    axes.grid(axis="x", alpha=0.25)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    save_figure(path, figure, dpi=110)
