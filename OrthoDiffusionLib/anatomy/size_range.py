"""How large a part of a joint is: what is usual, to compare measurements with, and what is possible at all.

Usual is the literature of adults: where a paper gives mean and standard deviation, the range is mean ± 2 SD. Whoever
differs may be ill, small or tall, or the outline may be wrong. What can be at all is far wider, from a small adolescent
to a giant: beyond it the outline, the spacing of the file or the kind of picture is wrong. These limits are ours, no
paper's: `USUAL_TIMES` beyond the usual range, and none below for what injury, wear and surgery take away.
"""

from __future__ import annotations

from dataclasses import dataclass

PUBLISHED = "published"
ASSUMED_WIDTH = "published mean, assumed width"
ASSUMED = "assumed"

USUAL_TIMES = 2.5
"""A volume beyond the usual range by this factor is not believed: 36 % more in each direction of space (ours)."""

TOTAL_CARTILAGE = "all_cartilages"
"""Not a structure: the four cartilages together."""


@dataclass(frozen=True)
class SizeRange:
    """Where a measurement of an adult's joint without disease should lie, and outside of what it is an error.

    Attributes:
        structure: its name, or `TOTAL_CARTILAGE`.
        quantity: "volume" (mL) or "mean_thickness" (mm), as in findings.structure_sizes, or "width" (mm).
        low, high: the usual range, in that unit.
        basis: of that range: "published"; "published mean, assumed width"; or "assumed", where no source was found.
        source: what was read, with its address; empty if assumed.
        least, most: outside of these no joint is believed; None where nothing is judged.
    """

    structure: str
    quantity: str
    low: float
    high: float
    basis: str
    source: str = ""
    least: float | None = None
    most: float | None = None


def volume_range(
    structure: str, low: float, high: float, basis: str, source: str = "", *, lasts: bool = False
) -> SizeRange:
    """A volume; what `lasts` is bone, which no injury, wear or surgery makes small."""
    least = low / USUAL_TIMES if lasts else None
    return SizeRange(structure, "volume", low, high, basis, source, least, USUAL_TIMES * high)


def thickness_range(structure: str, low: float, high: float, source: str) -> SizeRange:
    """A mean thickness, mm, around a published mean."""
    return SizeRange(structure, "mean_thickness", low, high, ASSUMED_WIDTH, source)
