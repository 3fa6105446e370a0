"""Figures that are drawn into files: the one place that asks for matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING

from OrthoDiffusionLib.errors import OrthoDiffusionError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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
    # No pyplot: nothing global, no window, and a figure nobody holds is freed.
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure
