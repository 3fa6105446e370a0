"""Finding: how likely one abnormality is in one study."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from OrthoDiffusionLib.findings.calibration import OperatingPoint
from OrthoDiffusionLib.findings.review import Review, model_word, ruling_word
from OrthoDiffusionLib.messages import NOTHING, Message, as_message
from OrthoDiffusionLib.volumes import Volume

MARKED_FROM = 0.5
"""Pictures mark the place of a finding from this probability on where a bundle names no operating point."""

DISAGREEMENT = 0.4
"""Planes whose own probabilities differ by so much or more are said to disagree."""


def _check_probability(name: str, words: str, value: float) -> None:
    if not 0.0 <= value <= 1.0:  # also refuses NaN
        raise ValueError(f"{name}: {words} must be in [0, 1], got {value} instead")


@dataclass(frozen=True)
class Finding:
    """How likely one abnormality is in one study. Not a diagnosis.

    Attributes:
        name: the abnormality's key, for example "joint_effusion".
        assessed: False where the bundle cannot distinguish this finding from chance, where nobody evaluated whether it
            can, or where the needed view is missing.
        probability: calibrated, in [0, 1]; None exactly if not assessed.
        by_plane: the probability from each plane alone; plane key -> probability.
        point_ras: where it was seen best, (x, y, z) in RAS mm; None if not assessed or nowhere.
        evidence: heat map, uint8 0..100, on a grid of about 3 mm in RAS; None if there is none.
        note: why it was not assessed, or how far to trust it; a text is kept as it is. `NOTHING` if there is none.
        operating_point: where the probability counts as positive; None if the bundle names no such point.
        review: what a reader decided; None before that.

    Raises:
        ValueError: if probability, point and `assessed` contradict each other or lie out of range.
    """

    name: str
    assessed: bool
    probability: float | None
    by_plane: Mapping[str, float] = field(default_factory=dict)
    point_ras: tuple[float, float, float] | None = None
    evidence: Volume | None = field(default=None, compare=False, repr=False)
    note: Message = NOTHING
    operating_point: OperatingPoint | None = None
    review: Review | None = None

    def __post_init__(self) -> None:
        if not self.name.isidentifier():  # the name becomes a file name of the results folder
            raise ValueError(f"a finding's name must be a key such as joint_effusion, got {self.name!r} instead")
        if self.assessed:
            if self.probability is None:
                raise ValueError(f"{self.name}: an assessed finding must have a probability, got None instead")
            _check_probability(self.name, "probability", self.probability)
        elif self.probability is not None or self.point_ras is not None:
            raise ValueError(f"{self.name}: a finding that is not assessed must have no probability and no point")
        object.__setattr__(self, "note", as_message(self.note))
        by_plane = {str(plane): float(value) for plane, value in self.by_plane.items()}
        for plane, value in by_plane.items():
            _check_probability(self.name, f"the {plane} plane's probability", value)
        object.__setattr__(self, "by_plane", MappingProxyType(by_plane))
        if self.probability is not None:
            object.__setattr__(self, "probability", float(self.probability))
        if self.point_ras is not None:
            point = tuple(float(value) for value in self.point_ras)
            if len(point) != 3 or not all(math.isfinite(value) for value in point):
                raise ValueError(f"{self.name}: point_ras must be three finite numbers, got {self.point_ras} instead")
            object.__setattr__(self, "point_ras", point)
        if self.evidence is not None and self.evidence.array.dtype != "uint8":
            raise ValueError(f"{self.name}: evidence must be uint8, got {self.evidence.array.dtype} instead")

    @classmethod
    def not_assessed(cls, name: str, note: Message | str, *, by_plane: Mapping[str, float] | None = None) -> Finding:
        """A finding nothing can be said about; `note` says why."""
        return cls(name, assessed=False, probability=None, by_plane=by_plane or {}, note=as_message(note))

    @property
    def positive(self) -> bool | None:
        """Whether it counts as positive; None if it was not assessed, or the bundle names no operating point.

        Not a diagnosis. Without an operating point nobody knows how often a threshold would be right.
        """
        if self.probability is None or self.operating_point is None:
            return None
        return self.operating_point.is_positive(self.probability)

    @property
    def marked(self) -> bool:
        """Whether pictures show its place: positive, or, without an operating point, more probable than not."""
        if self.probability is None or self.positive is not None:
            return bool(self.positive)
        return self.probability >= MARKED_FROM

    @property
    def word(self) -> str:
        """What the model says: "positive", "negative", "not_called" (no operating point) or "not_assessed"."""
        return model_word(self.assessed, self.positive)

    @property
    def ruling(self) -> str:
        """The word that counts: the reader's where there is one, else the model's."""
        return ruling_word(self.review, self.word)

    @property
    def disagreement(self) -> float:
        """Largest difference between two planes' probabilities, in [0, 1]; 0 with fewer than two planes."""
        return max(self.by_plane.values()) - min(self.by_plane.values()) if len(self.by_plane) > 1 else 0.0
