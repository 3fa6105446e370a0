"""Learning rates of an arm: candidates are trained on a draw of their own, the lowest validation loss decides."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.experiments.fixed_images.label_network import Rates
from OrthoDiffusionLib.volumes.files.atomic import write_text

TUNING_SEED = 100
"""Draws labelled studies independently of the seeds of the cells: a few are of both draws, of all labels every one."""

TUNING_SHARE = 0.1
TUNING_MINUTES = 8.0
"""The most that a candidate is trained; half of what a cell is, where that is less."""

# AdamW alone, as MONAI's tutorials have it, and Muon as our own network has it.
_MONAI = (Rates(1e-3, 0.0), Rates(3e-3, 0.0), Rates(2e-3, 0.015), Rates(3e-3, 0.03))

# Readings that have learned first ask for less of a change of what was pretrained. In runs of 109 steps 0.3 times
# Muon's rate (1 - Dice of 0.81) and AdamW alone (0.82) were far behind Muon's full rate (0.67): not tried again.
_PRETRAINED = (
    Rates(2e-3, 0.015),
    Rates(2e-3, 0.015, reading_steps=60),
    Rates(3e-3, 0.03, reading_steps=60),
)

CANDIDATES: Mapping[str, tuple[Rates, ...]] = {
    "ours": _PRETRAINED,
    # The last one asks whether readings that learn first help by themselves, without anything pretrained below them.
    "scratch": (Rates(2e-3, 0.015), Rates(1e-3, 0.005), Rates(3e-3, 0.03), Rates(3e-3, 0.03, reading_steps=60)),
    "dynunet": _MONAI,
    "densenet": _MONAI,
    "masked": _PRETRAINED,
}
"""Kind of an arm whose settings say `tuned` -> the candidates. All other arms have the recipe's rates."""


@dataclass(frozen=True)
class Tried:
    """One candidate.

    Attributes:
        kind: of the arm.
        rates: that were tried.
        score: the best of its validations, of outlines where it outlines, else of findings; lower is better. How a
            handful of studies is ranked by their findings says next to nothing of rates.
        best_step, last_step: of the training.
    """

    kind: str
    rates: Rates
    score: float
    best_step: int
    last_step: int


def tuning_folder(out: Path, kind: str, number: int) -> Path:
    """Where the training of a candidate lies."""
    return out / "tuning" / f"{kind}-{number}"


def write_tried(folder: Path, tried: Tried) -> None:
    """Say that a candidate has been tried."""
    write_text(folder / "tried.json", json.dumps(asdict(tried), indent=1) + "\n")


def tried_of(content: Mapping) -> Tried:
    """What `asdict` of a `Tried` gave.

    Raises:
        KeyError, TypeError: if it is none.
    """
    return Tried(**{**content, "rates": Rates(**content["rates"])})


def read_tried(folder: Path) -> Tried | None:
    """What came of a candidate, or None while it has not been tried.

    Raises:
        TrainingError: if the file is damaged.
    """
    path = folder / "tried.json"
    try:
        return tried_of(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(
            "The result of learning-rate tuning cannot be read",
            where=str(path),
            remedy="Delete the file; the tuning is then repeated.",
        ) from error


def keep_tried(out: Path, tried: Tried) -> None:
    """Put what another machine has tried into an experiment's folder, unless it has been tried here.

    Raises:
        ValueError: if these are no candidate's rates.
    """
    number = CANDIDATES.get(tried.kind, ()).index(tried.rates)
    folder = tuning_folder(out, tried.kind, number)
    if read_tried(folder) is None:
        write_tried(folder, tried)


def tried_so_far(out: Path) -> list[Tried]:
    """All candidates that have been tried, arm by arm."""
    found = (
        read_tried(tuning_folder(out, kind, number))
        for kind, rates in CANDIDATES.items()
        for number in range(len(rates))
    )
    return [tried for tried in found if tried is not None]


def chosen_rates(out: Path, kind: str) -> Rates:
    """The candidate with the lowest validation loss, the first of equals.

    Raises:
        TrainingError: if one has not been tried.
    """
    tried = [one for one in tried_so_far(out) if one.kind == kind]
    if len(tried) < len(CANDIDATES[kind]):
        raise TrainingError(
            f"The learning rates of the arm {kind} have not been tuned",
            where=str(out),
            remedy="Run the same command again.",
        )
    return best_of(tried).rates


def best_of(tried: Sequence[Tried]) -> Tried:
    """The one with the lowest validation loss, the first of equals."""
    return min(tried, key=lambda one: one.score)
