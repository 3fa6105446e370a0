"""Measurement: one number of a report, with where it was taken and what is usual."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from OrthoDiffusionLib.findings.measurement_context import Accuracy, ReaderValue, checked_points, rounded
from OrthoDiffusionLib.messages import NOTHING, Message, as_message, entry_of, note_of

IN_PART = "measured_in_part"
"""Code of the note on a mean of what the field of view cuts off."""


@dataclass(frozen=True)
class Measurement:
    """One measurement of a joint.

    Attributes:
        name: word for machines, e.g. ``insall_salvati_ratio``.
        value: finite; None where it could not be measured, and the note says why.
        unit: UCUM: "mm", "mL", "deg", or "1" for a ratio.
        range: (low, high) of what is usual, in that unit; None if none is known.
        source: of the range and of the definition; may be empty.
        points_ras: the places it was taken at, (x, y, z) in RAS mm; may be empty.
        note: why there is no value, or how far to trust it; a text is kept as it is. `NOTHING` if there is none.
        reader: what a reader's work gives in its place; None if nobody has changed it.
        accuracy: of the bundle that outlined it, on phantoms; None if that was not evaluated.

    Raises:
        ValueError: if it has neither value nor note, or a number is not finite.
    """

    name: str
    value: float | None
    unit: str
    range: tuple[float, float] | None = None
    source: str = ""
    points_ras: tuple[tuple[float, float, float], ...] = ()
    note: Message = NOTHING
    reader: ReaderValue | None = None
    accuracy: Accuracy | None = None

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise ValueError(f"a measurement's name must be a key such as tt_tg_distance, got {self.name!r} instead")
        if not self.unit.strip():
            raise ValueError(f"{self.name}: unit must not be empty; that of a ratio is 1")
        object.__setattr__(self, "note", as_message(self.note))
        if self.value is None and not self.note:
            raise ValueError(f"{self.name}: a measurement without a value must say why")
        points = checked_points(self.points_ras, self.name)
        if not all(math.isfinite(number) for number in self.range or ()):
            raise ValueError(f"{self.name}: range and points must be finite, a point has three numbers")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"{self.name}: value must be finite, got {self.value} instead")
        object.__setattr__(self, "points_ras", points)
        if self.range is not None:
            low, high = (float(end) for end in self.range)
            object.__setattr__(self, "range", (low, high))

    @property
    def ruling_value(self) -> float | None:
        """The number that counts: what the reader's work gives where there is such, else the model's."""
        return self.value if self.reader is None else self.reader.value

    @property
    def ruling_note(self) -> Message:
        """The note on that number."""
        return self.note if self.reader is None else self.reader.note

    @property
    def ruling_points(self) -> tuple[tuple[float, float, float], ...]:
        """The places that it was taken at, RAS mm."""
        return self.points_ras if self.reader is None else self.reader.points_ras

    @property
    def outside(self) -> int:
        """−1 if the number that counts lies below what is usual, 1 if above, 0 else or where either is not known.

        With the digits that results files keep, so that a report says the same before and after they are written.
        """
        value = self.ruling_value
        if value is None or self.range is None:
            return 0
        low, high = self.range
        return int(rounded(value) > high) - int(rounded(value) < low)

    def as_dict(self) -> dict:
        """Its entry in findings.json; `reader` and `accuracy` stand there if there are such."""
        return {
            "name": self.name,
            "value": None if self.value is None else rounded(self.value),
            "unit": self.unit,
            "range": None if self.range is None else list(self.range),
            "source": self.source,
            "points_ras": [[round(mm, 2) for mm in point] for point in self.points_ras],
            **entry_of(self.note),
            **({} if self.reader is None else {"reader": self.reader.as_dict()}),
            **({} if self.accuracy is None else {"accuracy": self.accuracy.as_dict()}),
        }

    @classmethod
    def from_dict(cls, entry: Mapping) -> Measurement:
        """Read an entry of findings.json.

        Raises:
            KeyError, TypeError, ValueError: if it is not one.
        """
        value, limits = entry["value"], entry["range"]
        reader, accuracy = entry.get("reader"), entry.get("accuracy")
        return cls(
            name=str(entry["name"]),
            value=None if value is None else float(value),
            unit=str(entry["unit"]),
            range=None if limits is None else (float(limits[0]), float(limits[1])),
            source=str(entry["source"]),
            points_ras=tuple((float(x), float(y), float(z)) for x, y, z in entry["points_ras"]),
            note=note_of(entry),
            reader=None if not reader else ReaderValue.from_dict(reader),
            accuracy=None if not accuracy else Accuracy.from_dict(accuracy),
        )
