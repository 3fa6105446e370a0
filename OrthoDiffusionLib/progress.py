"""How far a piece of work is, and how to stop it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """One step on the way.

    Attributes:
        stage: one word for machines, e.g. ``encode``; the same through one stage of the work.
        fraction: how much of the whole work is done, in [0, 1].
        message: what is going on, for people.
    """

    stage: str
    fraction: float
    message: str

    def __post_init__(self) -> None:
        if not (math.isfinite(self.fraction) and 0.0 <= self.fraction <= 1.0):
            raise ValueError(f"fraction must be in [0, 1], got {self.fraction} instead")


class Cancelled(Exception):
    """The user stopped the work. Not an error: nothing is wrong, and nothing half-done is kept."""


ProgressCallback = Callable[[Progress], None]
"""Gets every step; may raise `Cancelled` to stop the work at that point."""


def report(callback: ProgressCallback | None, stage: str, fraction: float, message: str) -> None:
    """Report to `callback`, if there is one; a fraction slightly outside [0, 1] by rounding is clamped."""
    if callback is not None:
        callback(Progress(stage, min(1.0, max(0.0, float(fraction))), message))


def part_of(callback: ProgressCallback | None, start: float, end: float) -> ProgressCallback | None:
    """A callback for a part of the work: its 0 to 1 is `start` to `end` of the whole."""
    if callback is None:
        return None

    def scaled(progress: Progress) -> None:
        fraction = start + (end - start) * progress.fraction
        callback(Progress(progress.stage, min(1.0, max(0.0, fraction)), progress.message))

    return scaled
