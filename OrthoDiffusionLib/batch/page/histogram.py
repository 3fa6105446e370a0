"""The distribution of one number over many studies, as a small picture of bars in SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from OrthoDiffusionLib.messages import ENGLISH, Language, number_of

BINS = 24
_WIDTH, _HEIGHT = 240, 56


@dataclass(frozen=True)
class Distribution:
    """The values of one column.

    Attributes:
        title: what they are, for people.
        unit: of them, may be empty.
        values: at least one.
        limits: of the axis; None for those of the values.
    """

    title: str
    unit: str
    values: Sequence[float]
    limits: tuple[float, float] | None = None

    @property
    def quartiles(self) -> tuple[float, float, float]:
        """25 %, 50 % and 75 % of the values lie below."""
        low, middle, high = np.percentile(np.asarray(self.values), (25, 50, 75))
        return float(low), float(middle), float(high)

    def svg(self, label: str, language: Language = ENGLISH) -> str:
        """The bars, and the median as a line; `label` is what they say, for those who cannot see them."""
        values = np.asarray(self.values, dtype=np.float64)
        low, high = self.limits or (float(values.min()), float(values.max()))
        if high <= low:
            low, high = low - 0.5, high + 0.5
        counts, _ = np.histogram(np.clip(values, low, high), bins=BINS, range=(low, high))
        step, most = _WIDTH / BINS, max(1, int(counts.max()))
        bars = "".join(
            f'<rect x="{number * step:.1f}" y="{_HEIGHT * (1 - count / most):.1f}" width="{step - 1:.1f}"'
            f' height="{_HEIGHT * count / most:.1f}"/>'
            for number, count in enumerate(counts)
            if count
        )
        middle = _WIDTH * (self.quartiles[1] - low) / (high - low)
        return (
            f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT + 14}" role="img" aria-label="{escape(label)}">{bars}'
            f'<line class="median" x1="{middle:.1f}" x2="{middle:.1f}" y1="0" y2="{_HEIGHT}"/>'
            f'<text x="0" y="{_HEIGHT + 12}">{number_of(low, ".3g", language)}</text>'
            f'<text x="{_WIDTH}" y="{_HEIGHT + 12}" text-anchor="end">{number_of(high, ".3g", language)}</text></svg>'
        )
