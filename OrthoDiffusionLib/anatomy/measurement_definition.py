"""MeasurementDefinition: one number of a joint that a report names, as data: what it is, and what is usual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from OrthoDiffusionLib.anatomy.size_range import ASSUMED


@dataclass(frozen=True)
class MeasurementDefinition:
    """What is measured of a joint. How it is done is a method of `OrthoDiffusionLib.measurements`, found by its key.

    Attributes:
        name: word for machines, e.g. ``tt_tg_distance``.
        title: words for people.
        unit: UCUM: "mm", "mL", "deg", or "1" for a ratio.
        definition: one sentence for a tooltip; signs are said in it.
        method: key of the method that finds it.
        parts: what the method calls a part -> name of the structure that plays it.
        points: roles of the points it is drawn from, in the order of `Measurement.points_ras`; empty if it is none of
            points.
        lines: which points are joined by straight lines when it is drawn, in that order; all of them if empty.
        plane: key of the plane whose slices show what is measured; empty where any does.
        low, high: what is usual on MRI, in that unit; None if nothing is known.
        basis: of that range: "published"; "published mean, assumed width"; or "assumed", where no source was found.
        source: of the definition and of the range.
    """

    name: str
    title: str
    unit: str
    definition: str
    method: str
    parts: Mapping[str, str] = field(default_factory=dict, hash=False)
    points: tuple[str, ...] = ()
    plane: str = ""
    low: float | None = None
    high: float | None = None
    basis: str = ASSUMED
    source: str = ""
    lines: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", dict(self.parts))
        object.__setattr__(self, "points", tuple(self.points))
        if not self.name.isidentifier():
            raise ValueError(f"a measurement's name must be a key such as tt_tg_distance, got {self.name!r} instead")
        if (self.low is None) != (self.high is None):
            raise ValueError(f"{self.name}: a range has two ends")
        if len(set(self.points)) < len(self.points):
            raise ValueError(f"{self.name}: points must have different roles")
        lines = tuple(map(tuple, self.lines)) or ((self.points,) if self.points else ())
        if sorted(role for line in lines for role in line) != sorted(self.points):
            raise ValueError(f"{self.name}: each point must belong to one of the lines")
        object.__setattr__(self, "lines", lines)

    @property
    def range(self) -> tuple[float, float] | None:
        """What is usual, in its unit; None if nothing is known."""
        return None if self.low is None or self.high is None else (self.low, self.high)
