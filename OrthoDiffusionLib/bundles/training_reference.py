"""TrainingReference: what studies like those that a bundle was trained on look like to its networks and in numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from OrthoDiffusionLib.volumes import Plane

FARTHEST = 100.0
"""The largest score that is told."""


@dataclass(frozen=True)
class UsualRange:
    """What one statistic of one plane usually is.

    Attributes:
        centre: its median.
        lowest, highest: where a study begins to be unlike; None where no value is too low, or too high.
    """

    centre: float
    lowest: float | None = None
    highest: float | None = None

    def __post_init__(self) -> None:
        below = self.lowest is None or self.lowest < self.centre
        above = self.highest is None or self.highest > self.centre
        if not (math.isfinite(self.centre) and below and above):
            raise ValueError(f"a usual range must lie around its centre, got {self} instead")

    def score(self, value: float) -> float:
        """How far a value lies from the centre: 0 there, 1 at the limit; 0 also where no value is too far.

        What is not a number lies as far away as is said at all: networks that answer so have seen nothing like it.
        """
        if not math.isfinite(value):
            return FARTHEST
        limit = self.highest if value > self.centre else self.lowest
        return 0.0 if limit is None else min(FARTHEST, (value - self.centre) / (limit - self.centre))

    def as_dict(self) -> dict[str, float]:
        """Its entry of manifest.json."""
        values = {"centre": self.centre, "lowest": self.lowest, "highest": self.highest}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True)
class TrainingReference:
    """What honest studies look like; what is beyond it is unlike the model's training.

    Attributes:
        file: of the bundle, with what the encoders' features are.
        cohort: its name and version.
        studies: how many of it.
        views: plane -> statistic -> its usual range.
    """

    file: str
    cohort: str
    studies: int
    views: Mapping[Plane, Mapping[str, UsualRange]]

    def as_dict(self) -> dict[str, Any]:
        """Its entry of manifest.json."""
        views = {
            plane.value: {name: usual.as_dict() for name, usual in ranges.items()}
            for plane, ranges in self.views.items()
        }
        return {"file": self.file, "cohort": self.cohort, "studies": self.studies, "views": views}

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any]) -> TrainingReference:
        """What `as_dict` gave.

        Raises:
            ValueError, KeyError, TypeError, AttributeError: what is wrong with it.
        """
        views = {
            Plane.from_name(plane): {
                str(name): UsualRange(**{str(key): float(value) for key, value in usual.items()})
                for name, usual in ranges.items()
            }
            for plane, ranges in entry["views"].items()
        }
        return cls(str(entry["file"]), str(entry["cohort"]), int(entry["studies"]), views)
