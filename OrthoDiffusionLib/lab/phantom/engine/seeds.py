"""Seeds: which numbers training, calibration and evaluation may draw, so that none has seen another's studies."""

from __future__ import annotations

from OrthoDiffusionLib.errors import OrthoDiffusionError, TrainingError

TRAINING_SEEDS = range(8_000_000)
CALIBRATION_SEEDS = range(8_000_000, 9_000_000)
FROZEN_SEEDS = range(9_000_000, 10_000_000)
FROZEN_STUDIES = 240
FRESH_SEEDS = range(FROZEN_SEEDS.start + FROZEN_STUDIES, 2**31)
"""For fresh cohorts: what no training, no calibration and no frozen cohort draws."""


def check_training_seeds(first: int, count: int = 1) -> None:
    """Refuse seeds that are kept for calibration or evaluation.

    Raises:
        TrainingError: if any of the `count` seeds from `first` is reserved.
    """
    if first < TRAINING_SEEDS.start or first + count > TRAINING_SEEDS.stop:
        raise TrainingError(
            f"Seeds {first} to {first + count - 1} reach into those reserved for calibration and evaluation",
            remedy=f"Choose seeds from {TRAINING_SEEDS.start} to {TRAINING_SEEDS.stop - 1}.",
        )


def check_fresh_seeds(first: int, count: int) -> None:
    """Refuse seeds of a fresh cohort that training, calibration or a frozen cohort draws.

    Raises:
        OrthoDiffusionError: saying whose seeds they are and which are free.
    """
    if first >= FRESH_SEEDS.start and first + count <= FRESH_SEEDS.stop:
        return
    frozen = first < FRESH_SEEDS.start and first + count > FROZEN_SEEDS.start
    whose = "are those of the frozen cohort" if frozen else "are not reserved for evaluation"
    raise OrthoDiffusionError(
        f"Seeds {first} to {first + count - 1} {whose}",
        remedy=f"Choose a first seed from {FRESH_SEEDS.start} to {FRESH_SEEDS.stop - count}.",
    )


def check_request(count: int, seed: int) -> None:
    """Refuse to make no study, or one of a negative seed.

    Raises:
        OrthoDiffusionError: saying what can be asked for.
    """
    if count < 1 or seed < 0:
        raise OrthoDiffusionError(
            f"{count} studies from seed {seed} cannot be made", remedy="Ask for 1 study or more, from seed 0 or higher."
        )
