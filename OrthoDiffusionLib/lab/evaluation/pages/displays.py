"""Figures of a Scores JSON: each display takes its numbers first and draws them when it is asked to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from OrthoDiffusionLib.lab.evaluation.drawing.figures import error_bars, new_figure, save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DOTS_PER_INCH = 150
INK, ACCENT, PALE = "#222222", "#1f6f8b", "#b8c4c9"


@dataclass(frozen=True)
class DiceDisplay:
    """Dice of each structure with its interval.

    Attributes:
        titles, dice, low, high: one a structure; NaN-free, structures without a Dice are left out.
        caption: cohort and bundle.
    """

    titles: tuple[str, ...]
    dice: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    caption: str

    @classmethod
    def from_scores(cls, scores: Mapping, *, auxiliary: bool = True) -> DiceDisplay:
        """The numbers of a Scores JSON, in the order of its structures."""
        rows = [
            (s.get("title", name), s["dice"], _or(s["dice_low"], s["dice"]), _or(s["dice_high"], s["dice"]))
            for name, s in scores["structures"].items()
            if s["dice"] is not None and (auxiliary or not s.get("auxiliary"))
        ]
        titles, dice, low, high = zip(*rows, strict=True) if rows else ((), (), (), ())
        return cls(titles, dice, low, high, _caption(scores))

    def plot(self, axes: Axes | None = None) -> Axes:
        """Horizontal bars from 0 to 1; draws on a new figure unless axes are given."""
        axes = _axes(axes, (7.0, 1.2 + 0.3 * len(self.titles)))
        places = range(len(self.titles))
        axes.barh(places, self.dice, color=ACCENT, height=0.65)
        spread = error_bars(zip(self.dice, self.low, self.high, strict=True))
        axes.errorbar(self.dice, places, xerr=spread, fmt="none", ecolor=INK, capsize=2, linewidth=1)
        axes.set_yticks(list(places), self.titles)
        axes.invert_yaxis()
        axes.set(xlim=(0, 1), xlabel="Dice, 95 % interval")
        axes.set_title(self.caption, fontsize=9, x=1.0, horizontalalignment="right")  # the names leave room at the left
        return axes


@dataclass(frozen=True)
class RocDisplay:
    """ROC curves of the findings that have one; `curves` is title → points, `areas` title → AUROC."""

    curves: Mapping[str, tuple[tuple[float, float], ...]]
    areas: Mapping[str, float]
    caption: str

    @classmethod
    def from_scores(cls, scores: Mapping) -> RocDisplay:
        """The numbers of a Scores JSON; findings of one class only are left out."""
        known = {
            a.get("title", name): a
            for name, a in scores["abnormalities"].items()
            if a.get("roc") and a["auroc"] is not None
        }
        curves = {title: tuple((x, y) for x, y in a["roc"]) for title, a in known.items()}
        return cls(curves, {title: a["auroc"] for title, a in known.items()}, _caption(scores))

    def plot(self, axes: Axes | None = None) -> Axes:
        """All curves in one square; draws on a new figure unless axes are given."""
        axes = _axes(axes, (5.6, 5.6))
        axes.plot([0, 1], [0, 1], color=PALE, linewidth=1)
        for title, points in self.curves.items():
            x, y = zip(*points, strict=True)
            axes.plot(x, y, linewidth=1.4, label=f"{title} {self.areas[title]:.2f}")
        axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="1 − specificity", ylabel="Sensitivity", aspect="equal")
        if self.curves:
            axes.legend(fontsize=7, loc="lower right", title="AUROC", title_fontsize=7)
        axes.set_title(self.caption, fontsize=9)
        return axes


@dataclass(frozen=True)
class ReliabilityDisplay:
    """Mean probability against the observed share, one line a finding; `points` is title → (x, y, studies)."""

    points: Mapping[str, tuple[tuple[float, float, int], ...]]
    errors: Mapping[str, float]
    caption: str

    @classmethod
    def from_scores(cls, scores: Mapping) -> ReliabilityDisplay:
        """The numbers of a Scores JSON; empty tenths are left out."""
        points, errors = {}, {}
        for name, a in scores["abnormalities"].items():
            bins = [b for b in a.get("reliability", ()) if b["count"]]
            if bins and a.get("ece") is not None:
                title = a.get("title", name)
                points[title] = tuple((b["mean_probability"], b["observed"], b["count"]) for b in bins)
                errors[title] = a["ece"]
        return cls(points, errors, _caption(scores))

    def plot(self, axes: Axes | None = None) -> Axes:
        """Dots grow with the number of studies; draws on a new figure unless axes are given."""
        axes = _axes(axes, (5.6, 5.6))
        axes.plot([0, 1], [0, 1], color=PALE, linewidth=1)
        for title, points in self.points.items():
            x, y, count = zip(*points, strict=True)
            largest = max(count)
            (line,) = axes.plot(x, y, linewidth=1, label=f"{title} {self.errors[title]:.2f}")
            axes.scatter(x, y, s=[4 + 30 * c / largest for c in count], color=line.get_color())
        axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="Mean probability", ylabel="Share of positives", aspect="equal")
        if self.points:
            axes.legend(fontsize=7, loc="upper left", title="Calibration error", title_fontsize=7)
        axes.set_title(self.caption, fontsize=9)
        return axes


def save_figures(scores: Mapping, folder: Path | str) -> dict[str, Path]:
    """Draw the three displays into a folder as PNG; returns caption → file."""
    folder = Path(folder)
    displays: dict[str, DiceDisplay | RocDisplay | ReliabilityDisplay] = {
        "Dice": DiceDisplay.from_scores(scores),
        "ROC curves": RocDisplay.from_scores(scores),
        "Reliability": ReliabilityDisplay.from_scores(scores),
    }
    files = {}
    for name, display in displays.items():
        figure = _figure_of(display.plot())
        path = folder / f"{name.lower().replace(' ', '_')}.png"
        save_figure(path, figure, dpi=DOTS_PER_INCH)
        files[f"{name}, {display.caption}"] = path
    return files


def _figure_of(axes: Axes) -> Figure:
    from matplotlib.figure import Figure

    assert isinstance(axes.figure, Figure)  # own axes lie in a whole figure, not in a part of one
    return axes.figure


def _axes(axes: Axes | None, size: tuple[float, float]) -> Axes:
    if axes is not None:
        return axes
    return new_figure(size, "figures of scores").add_subplot()


def _caption(scores: Mapping) -> str:
    kind = "phantom numbers, " if scores["phantom_numbers"] else ""
    cohort, bundle = scores["cohort"], scores["bundle"]
    return f"{kind}{cohort['name']}, {cohort['count']} studies, {bundle['name']} {bundle['version']}"


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value
