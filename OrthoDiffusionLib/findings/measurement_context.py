"""What stands beside the model's number: the one that a reader's work gives, and how far off it was on phantoms."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from OrthoDiffusionLib.messages import NOTHING, Message, as_message, entry_of, note_of
from OrthoDiffusionLib.moment import now

POINTS, OUTLINES = "points", "outlines"
BASES = (POINTS, OUTLINES)
"""What a reader changed: points of the measurement itself, or outlines that it was then taken from again."""

VALUE_DIGITS = 3
"""Digits of a value in results files and tables."""

Points = tuple[tuple[float, float, float], ...]


def rounded(value: float) -> float:
    """A value with the digits that results files keep; what rounds to zero has no sign."""
    return round(value, VALUE_DIGITS) + 0.0


def checked_points(points: Sequence[Sequence[float]], name: str) -> Points:
    """Places as three finite floats each, mm.

    Raises:
        ValueError: if one is none.
    """
    places = tuple(tuple(float(mm) for mm in point) for point in points)
    if any(len(point) != 3 or not all(map(math.isfinite, point)) for point in places):
        raise ValueError(f"{name}: range and points must be finite, a point has three numbers")
    return tuple((x, y, z) for x, y, z in places)


@dataclass(frozen=True)
class ReaderValue:
    """A measurement after a reader's work. It stands beside the model's number and takes nothing away from it.

    Attributes:
        value: in the unit of the measurement; None where corrected outlines give none, and the note says why.
        basis: "points" if points of it were moved, "outlines" if it was taken again from corrected outlines.
        points_ras: the places it was taken at, (x, y, z) in RAS mm; may be empty.
        time: ISO 8601.
        note: why there is no value.

    Raises:
        ValueError: if it has neither value nor note, a number is not finite, or the basis is no known word.
    """

    value: float | None
    basis: str
    points_ras: Points = ()
    time: str = ""
    note: Message = NOTHING

    def __post_init__(self) -> None:
        object.__setattr__(self, "note", as_message(self.note))
        object.__setattr__(self, "points_ras", checked_points(self.points_ras, "a reader's measurement"))
        if self.basis not in BASES:
            raise ValueError(f"basis must be one of {', '.join(BASES)}, got {self.basis!r} instead")
        if self.value is None and not self.note:
            raise ValueError("a reader's measurement without a value must say why")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"a reader's value must be finite, got {self.value} instead")

    @classmethod
    def now(
        cls, value: float | None, basis: str, points_ras: Sequence[Sequence[float]] = (), note: Message = NOTHING
    ) -> ReaderValue:
        """What was measured at this moment."""
        time = now()
        return cls(value, basis, checked_points(points_ras, "a reader's measurement"), time, note)

    def as_dict(self) -> dict:
        """Its entry in findings.json."""
        return {
            "value": None if self.value is None else rounded(self.value),
            "basis": self.basis,
            "points_ras": [[round(mm, 2) for mm in point] for point in self.points_ras],
            "time": self.time,
            **entry_of(self.note),
        }

    @classmethod
    def from_dict(cls, entry: Mapping) -> ReaderValue:
        """Read an entry of findings.json.

        Raises:
            KeyError, TypeError, ValueError: if it is none.
        """
        value = entry["value"]
        return cls(
            value=None if value is None else float(value),
            basis=str(entry["basis"]),
            points_ras=checked_points(entry["points_ras"], "a reader's measurement"),
            time=str(entry.get("time", "")),
            note=note_of(entry),
        )


@dataclass(frozen=True)
class Accuracy:
    """How far off a measurement on predicted outlines was on phantoms.

    Attributes:
        median_abs_error: against the same measurement of the true outlines.
        aim: what it should not exceed.
        unit: of both; "%" for volumes.
        studies: how many.
        cohort: its name.
    """

    median_abs_error: float
    aim: float
    unit: str
    studies: int
    cohort: str = ""

    @property
    def met(self) -> bool:
        """Whether the aim is."""
        return self.median_abs_error <= self.aim

    def as_dict(self) -> dict:
        """Its entry in findings.json."""
        return {
            "median_abs_error": rounded(self.median_abs_error),
            "aim": self.aim,
            "unit": self.unit,
            "studies": self.studies,
            "cohort": self.cohort,
        }

    @classmethod
    def from_dict(cls, entry: Mapping) -> Accuracy:
        """Read an entry of findings.json.

        Raises:
            KeyError, TypeError, ValueError: if it is none.
        """
        return cls(
            float(entry["median_abs_error"]),
            float(entry["aim"]),
            str(entry["unit"]),
            int(entry["studies"]),
            str(entry.get("cohort", "")),
        )

    @classmethod
    def in_figures(cls, figures: Mapping, name: str) -> Accuracy | None:
        """What the figures of a bundle's manifest say of a measurement, None if nothing."""
        told = figures.get("measurements", {}).get(name, {})
        error, aim = told.get("median_abs_error_predicted"), told.get("aim")
        if error is None or aim is None:
            return None
        cohort = str(figures.get("cohort", {}).get("name", ""))
        return cls(float(error), float(aim), str(told.get("unit", "")), int(told.get("n", 0)), cohort)
