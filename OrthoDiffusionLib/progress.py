"""How far a piece of work is, and how to stop it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from OrthoDiffusionLib.messages import Message, as_message


@dataclass(frozen=True, slots=True, init=False)
class Progress:
    """One step on the way.

    Attributes:
        stage: one word for machines, e.g. ``encode``; the same through one stage of the work.
        fraction: how much of the whole work is done, in [0, 1].
        message: what is going on, for people; ready words are kept as they are.
    """

    stage: str
    fraction: float
    message: Message

    def __init__(self, stage: str, fraction: float, message: Message | str) -> None:
        object.__setattr__(self, "stage", stage)
        object.__setattr__(self, "fraction", fraction)
        object.__setattr__(self, "message", as_message(message))
        if not (math.isfinite(fraction) and 0.0 <= fraction <= 1.0):
            raise ValueError(f"fraction must be in [0, 1], got {fraction} instead")


class Cancelled(Exception):
    """The user stopped the work. Not an error: nothing is wrong, and nothing half-done is kept."""


ProgressCallback = Callable[[Progress], None]
"""Gets every step; may raise `Cancelled` to stop the work at that point."""


def report(callback: ProgressCallback | None, stage: str, fraction: float, message: Message | str) -> None:
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


def told_as(callback: ProgressCallback | None, message: Message | str) -> ProgressCallback | None:
    """A callback for steps that serve one purpose: what is told is that purpose, not the steps."""
    if callback is None:
        return None
    return lambda progress: callback(Progress(progress.stage, progress.fraction, message))
