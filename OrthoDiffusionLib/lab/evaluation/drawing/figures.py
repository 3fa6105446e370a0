"""Figures that are drawn into files: the one place that asks for matplotlib."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.volumes.files.atomic import atomic_path, make_folder

if TYPE_CHECKING:
    from matplotlib.figure import Figure


COLOURS = 128
"""Of a written picture. With 64 and fewer, shades and smoothed edges show steps."""


def new_figure(size: tuple[float, float], shown: str) -> Figure:
    """An empty figure without a window.

    Args:
        size: inches, width and height.
        shown: what will be drawn, for the error.

    Raises:
        OrthoDiffusionError: if matplotlib is missing.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise OrthoDiffusionError(
            f"Drawing {shown} needs matplotlib, which is not installed",
            remedy="Install it with: pip install 'orthodiffusion[figures]'",
        ) from error
    # No pyplot: nothing global, no window, and a figure without references is freed.
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def save_figure(path: Path, figure: Figure, *, dpi: int) -> None:
    """Write a figure as a PNG of few colours, whole or not at all: a quarter of the size, and no eye sees it.

    Args:
        path: the file; its folder is made if need be.
        figure: what was drawn; behind it is white.
        dpi: pixels an inch.

    Raises:
        OutputError: if the file cannot be written.
    """
    from PIL import Image

    drawn = io.BytesIO()
    figure.savefig(drawn, dpi=dpi, format="png", facecolor="white")
    # This method keeps the colours of thin lines and small dots, of which a picture has the fewest pixels.
    picture = Image.open(drawn).convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    make_folder(path.parent)
    with atomic_path(path) as temporary:
        picture.save(temporary, format="PNG", optimize=True)


def error_bars(estimates: Iterable[tuple[float, float | None, float | None]]) -> tuple[list[float], list[float]]:
    """How far intervals reach below and above their values, as `Axes.errorbar` wants it: never below 0.

    A percentile interval need not hold its value: scores written elsewhere may miss it by rounding, and the interval
    of a biased measure by more. The bar then ends at the value.

    Args:
        estimates: value, low, high; an end that is None has no bar.

    Returns:
        The lengths below and the lengths above, one an estimate, in the values' own unit.
    """
    rows = list(estimates)
    below = [0.0 if low is None else max(0.0, value - low) for value, low, _ in rows]
    above = [0.0 if high is None else max(0.0, high - value) for value, _, high in rows]
    return below, above
