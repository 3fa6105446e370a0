"""How many steps a cell may take: what fits into its minutes on an idle core."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from OrthoDiffusionLib.lab.training.engine.early_stopping import Patience


@dataclass(frozen=True)
class Costs:
    """Seconds of one core for one view of a million voxels, measured.

    Steps and not the clock end a training: so the same command gives the same figures on any computer, busy or not.

    Attributes:
        core: on which they were measured.
        step: kind of a network -> seconds of a training step.
        read: the same for reading a view.
    """

    core: str
    step: Mapping[str, float]
    read: Mapping[str, float]


WIDE = Costs(
    "Xeon of 2023 with bfloat16 units",
    step={"ours": 1.7, "frozen": 0.55, "dynunet": 2.6, "densenet": 1.9, "published": 3.9},
    read={"ours": 0.5, "frozen": 0.5, "dynunet": 0.8, "densenet": 0.6, "published": 0.6},
)
"""Of networks with 32 channels at the finest level."""

NARROW = Costs(
    "EPYC with AVX2, float32",
    step={"ours": 3.2, "frozen": 1.1, "dynunet": 5.0, "densenet": 0.9, "published": 7.4},
    read={"ours": 1.2, "frozen": 1.1, "dynunet": 1.3, "densenet": 0.25, "published": 1.3},
)
"""Of networks with 16."""

_SAMPLE_SECONDS = 0.05  # of augmentation
_LEAST_ROUND = 40
PATIENT_ROUNDS = 8
"""Validations in a row without a gain after which a cell stops."""
_WARMUP = 50


def width_of(network: Mapping) -> int:
    """Channels of the finest level of our network, from a recipe's `network`."""
    return int(network["channels"][0])


def costs_of(width: int) -> Costs:
    """What the networks of a width cost."""
    return WIDE if width > 16 else NARROW


def budget_settings(width: int) -> dict[str, object]:
    """All that steps and stopping depend on beside a cell's minutes, size and studies."""
    costs = costs_of(width)
    return {
        "step_seconds": dict(costs.step),
        "read_seconds": dict(costs.read),
        "sample_seconds": _SAMPLE_SECONDS,
        "least_round": _LEAST_ROUND,
        "patient_rounds": PATIENT_ROUNDS,
        "warmup": _WARMUP,
    }


def patience_of(
    network: str, *, width: int, minutes: float, size: Sequence[int], training: int, validation: int, most: int
) -> Patience:
    """When a cell validates and when it stops.

    Args:
        network: a kind that `Costs` knows.
        width: of our network's finest level.
        minutes: of one idle core, validations included.
        size: (S, H, W) of its views.
        training, validation: how many studies.
        most: steps that are not exceeded either.
    """
    voxels = math.prod(size) / 1e6
    rounds = steps_of_round(training)
    costs = costs_of(width)
    each = seconds_of(1, network, width=width, size=size) + validation * costs.read[network] * voxels / rounds
    steps = max(1, min(most, int(60 * minutes / each)))
    return Patience(steps, min(rounds, steps), PATIENT_ROUNDS, min(_WARMUP, steps))


def seconds_of(steps: int, network: str, *, width: int, size: Sequence[int]) -> float:
    """What some training steps take on one idle core."""
    return steps * (_SAMPLE_SECONDS + costs_of(width).step[network] * math.prod(size) / 1e6)


def steps_of_round(training: int) -> int:
    """Steps between two validations: half an epoch, and not so few that most of the time is validation's."""
    return max(_LEAST_ROUND, training // 2)
