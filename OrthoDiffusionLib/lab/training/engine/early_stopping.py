"""Early stopping: train in rounds, ask the validation patients after each, keep the best, stop when it pays no more."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

import torch
from torch import Tensor, nn

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.training.engine.checkpoint import load_checkpoint, restore, save_checkpoint
from OrthoDiffusionLib.lab.training.engine.engine import Sample, Schedule, train
from OrthoDiffusionLib.lab.training.engine.sibling_processes import lost_process_told
from OrthoDiffusionLib.volumes.files.atomic import atomic_path, make_folder

if TYPE_CHECKING:
    from lightning_fabric import Fabric

Model = TypeVar("Model", bound=nn.Module)
Told = TypeVar("Told")

HISTORY_FILE = "validation.json"
BEST_FILE = "best.pt"


@dataclass(frozen=True)
class RoundSchedule(Schedule):
    """A part of a longer schedule: ends early, with the rates of the whole.

    Attributes:
        whole: steps of the schedule this is a part of.
    """

    whole: int = 0

    def factor(self, step: int) -> float:
        """Share of the learning rate at one step."""
        return Schedule(self.whole, self.warmup).factor(step)


@dataclass(frozen=True)
class Patience:
    """When to validate, and when to stop.

    Attributes:
        steps: the most steps.
        round_steps: steps between two validations.
        rounds: validations in a row without a better one after which it stops.
        warmup: steps of rising learning rate.
    """

    steps: int = 1500
    round_steps: int = 100
    rounds: int = 5
    warmup: int = 50

    def __post_init__(self) -> None:
        for name in ("steps", "round_steps", "rounds"):
            if getattr(self, name) < 1:
                raise TrainingError(f"{name} must be 1 or more, got {getattr(self, name)} instead")


@dataclass(frozen=True)
class Stopped:
    """How a training ended.

    Attributes:
        weights: the best ones.
        best_step: after which step they were taken; 0 if the start was never bettered.
        last_step: how far it went.
        scores: (step, score) of every validation, lower is better.
        early: whether it stopped before the most steps it might have taken.
    """

    weights: dict[str, Tensor]
    best_step: int
    last_step: int
    scores: tuple[tuple[int, float], ...]
    early: bool


def train_with_patience(
    module: Model,
    groups: Callable[[], list[dict]],
    samples: Callable[[int, int], Iterable[Sample]],
    loss: Callable[[Sample, int], dict[str, Tensor]],
    score: Callable[[Model], float],
    folder: Path,
    *,
    patience: Patience,
    ema: float,
    seed: int,
    share: int = 1,
    fabric: Fabric | None = None,
    report: Callable[[str], None] = print,
) -> Stopped:
    """Train until the validation patients gain nothing more; run again to resume.

    Args:
        module: everything that is trained, or kept with it.
        groups: makes AdamW's parameter groups anew for each round.
        samples: from one step to before another.
        loss: as in `engine.train`.
        score: of the module with some weights, lower is better; must not change it.
        folder: holds checkpoint, log, the scores so far and the best weights.
        patience: when to validate and stop.
        ema, seed, share, fabric, report: as in `engine.train`. The first process validates for all.

    Returns:
        The best averaged weights; those of the start if nothing was better.

    Raises:
        TrainingError: if a loss or a score is not a number; the last good checkpoint and the best weights stay.
        OutputError: if the folder cannot be written.
    """
    make_folder(folder)
    with lost_process_told(folder, 1 if fabric is None else fabric.world_size):
        validations = _Validations(module, score, folder, report, fabric)
    while validations.last_step < patience.steps and not _exhausted(validations.history, patience.rounds):
        stop = min(patience.steps, validations.last_step + patience.round_steps)
        weights = train(
            module,
            groups(),
            RoundSchedule(stop, patience.warmup, whole=patience.steps),
            _until(samples, stop),
            loss,
            folder,
            ema=ema,
            seed=seed,
            share=share,
            fabric=fabric,
            partial=True,
            report=report,
        )
        validations.validate(stop, weights)
    best, last = validations.best, validations.last_step
    return Stopped(best["weights"], best["step"], last, tuple(validations.history), early=last < patience.steps)


def _until(samples: Callable[[int, int], Iterable[Sample]], stop: int) -> Callable[[int], Iterable[Sample]]:
    return lambda start: samples(start, stop)


class _Validations(Generic[Model]):
    """The validation patients' scores so far and the best weights, here and in the folder; begins with one.

    Attributes:
        history: (step, score) of every validation.
        best: `weights`, `step` and `score` of the best one.
    """

    def __init__(
        self,
        module: Model,
        score: Callable[[Model], float],
        folder: Path,
        report: Callable[[str], None],
        fabric: Fabric | None,
    ) -> None:
        self._module, self._score, self._folder = module, score, folder
        self._fabric = fabric if fabric is not None and fabric.world_size > 1 else None
        self._first = fabric is None or fabric.is_global_zero
        self._report = report if self._first else _silent
        self.history = self._of_first(_read_history(folder) if self._first else [])
        best = load_checkpoint(folder / BEST_FILE) if self.history else None
        self.best: dict = best or {}
        if best is None:
            self.history = []
            self.validate(0, {name: value.clone() for name, value in module.state_dict().items()})
        restore_check(module, self.best["weights"], folder)

    @property
    def last_step(self) -> int:
        """The step of the latest validation."""
        return self.history[-1][0]

    def validate(self, step: int, weights: dict[str, Tensor]) -> None:
        """Score some weights, and keep them if they are the best; the module keeps its own.

        Raises:
            TrainingError: if the score is not a number.
        """
        with lost_process_told(self._folder, 1 if self._fabric is None else self._fabric.world_size):
            value = self._of_first(self._scored(weights) if self._first else 0.0)
        if not math.isfinite(value):
            raise TrainingError(
                f"The validation loss after step {step} is not a number",
                where=str(self._folder),
                remedy="Lower the learning rate; the last good checkpoint is kept.",
            )
        if not self.best or value < self.best["score"]:
            kept = {name: v.detach().cpu() for name, v in weights.items()}
            self.best = {"weights": kept, "step": step, "score": value}
            if self._first:
                save_checkpoint(self._folder / BEST_FILE, self.best)
        self.history.append((step, value))
        if self._first:
            _write_history(self._folder, self.history)
        best = f"best {self.best['score']:.4f} after step {self.best['step']}"
        self._report(f"step {step}: validation loss {value:.4f}, {best}")

    def _scored(self, weights: dict[str, Tensor]) -> float:
        trained = {name: value.clone() for name, value in self._module.state_dict().items()}
        self._module.load_state_dict(weights)
        with torch.no_grad():
            value = float(self._score(self._module))
        self._module.load_state_dict(trained)
        return value

    def _of_first(self, value: Told) -> Told:
        """What the first process has, in all of them."""
        return value if self._fabric is None else self._fabric.broadcast(value)


def _silent(_text: str) -> None:
    pass


def restore_check(module: nn.Module, weights: dict[str, Tensor], folder: Path) -> None:
    """Refuse best weights of another architecture, and leave the module as it is."""
    kept = {name: value.clone() for name, value in module.state_dict().items()}
    restore(module, weights, str(folder / BEST_FILE))
    with torch.no_grad():
        module.load_state_dict(kept)


def _exhausted(history: list[tuple[int, float]], rounds: int) -> bool:
    values = [value for _, value in history]
    return len(values) - 1 - values.index(min(values)) >= rounds


def _read_history(folder: Path) -> list[tuple[int, float]]:
    path = folder / HISTORY_FILE
    if not path.exists():
        return []
    try:
        return [(int(step), float(value)) for step, value in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError) as error:
        raise TrainingError(
            "The scores of the validation patients cannot be read",
            where=str(path),
            remedy="Delete the folder it lies in to start the training again.",
        ) from error


def _write_history(folder: Path, history: list[tuple[int, float]]) -> None:
    with atomic_path(folder / HISTORY_FILE) as temporary:
        temporary.write_text(json.dumps(history) + "\n", encoding="utf-8")
