"""How many steps a cell may take: what fits into its minutes on an idle core."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from OrthoDiffusionLib.lab.training.engine.early_stopping import Patience

STEP_SECONDS: Mapping[str, float] = {"ours": 1.7, "frozen": 0.55, "dynunet": 2.6, "densenet": 1.9, "published": 3.9}
"""Seconds of one core (Xeon of 2023 with bfloat16 units) for a step of one view, a million voxels, measured.

Steps and not the clock end a training: so the same command gives the same figures on any computer, busy or not.
"""

READ_SECONDS: Mapping[str, float] = {"ours": 0.5, "frozen": 0.5, "dynunet": 0.8, "densenet": 0.6, "published": 0.6}
"""The same for reading one view."""

_SAMPLE_SECONDS = 0.05  # of augmentation
_LEAST_ROUND = 40
PATIENT_ROUNDS = 8
"""Validations in a row without a gain after which a cell stops."""
_WARMUP = 50


def budget_settings() -> dict[str, object]:
    """All that steps and stopping depend on beside a cell's minutes, size and studies."""
    return {
        "step_seconds": dict(STEP_SECONDS),
        "read_seconds": dict(READ_SECONDS),
        "sample_seconds": _SAMPLE_SECONDS,
        "least_round": _LEAST_ROUND,
        "patient_rounds": PATIENT_ROUNDS,
        "warmup": _WARMUP,
    }


def patience_of(
    network: str, *, minutes: float, size: Sequence[int], training: int, validation: int, most: int
) -> Patience:
    """When a cell validates and when it stops.

    Args:
        network: one of `STEP_SECONDS`.
        minutes: of one idle core, validations included.
        size: (S, H, W) of its views.
        training, validation: how many studies.
        most: steps that are not exceeded either.
    """
    voxels = math.prod(size) / 1e6
    rounds = steps_of_round(training)
    step = _SAMPLE_SECONDS + STEP_SECONDS[network] * voxels
    each = step + validation * READ_SECONDS[network] * voxels / rounds
    steps = max(1, min(most, int(60 * minutes / each)))
    return Patience(steps, min(rounds, steps), PATIENT_ROUNDS, min(_WARMUP, steps))


def steps_of_round(training: int) -> int:
    """Steps between two validations: half an epoch, and not so few that most of the time is validation's."""
    return max(_LEAST_ROUND, training // 2)
