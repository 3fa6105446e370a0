"""Early stopping: train in rounds, ask the validation patients after each, keep the best, stop when it pays no more."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
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

Scores = float | Mapping[str, float]
"""One score, or one a task of a module that learns several; lower is better."""

_ONE = ""
"""The name of a score that has none."""


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
class Best:
    """The best of the weights that were validated, by one score.

    Attributes:
        weights: averaged ones.
        step: after which they were taken; 0 if the start was never bettered.
        score: theirs.
    """

    weights: dict[str, Tensor]
    step: int
    score: float


@dataclass(frozen=True)
class Stopped:
    """How a training ended.

    Attributes:
        best: task -> its best weights; of a module with one score, its one is called "".
        last_step: how far it went.
        history: (step, task -> score) of every validation, lower is better.
        early: whether it stopped before the most steps it might have taken.
    """

    best: Mapping[str, Best]
    last_step: int
    history: tuple[tuple[int, Mapping[str, float]], ...]
    early: bool

    @property
    def weights(self) -> dict[str, Tensor]:
        """The best weights by the one score."""
        return self.best[_ONE].weights

    @property
    def best_step(self) -> int:
        """After which step they were taken."""
        return self.best[_ONE].step

    @property
    def scores(self) -> tuple[tuple[int, float], ...]:
        """(step, score) of every validation by the one score."""
        return tuple((step, values[_ONE]) for step, values in self.history)


def train_with_patience(
    module: Model,
    groups: Callable[[], list[dict]],
    samples: Callable[[int, int], Iterable[Sample]],
    loss: Callable[[Sample, int], dict[str, Tensor]],
    score: Callable[[Model], Scores],
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
        score: of the module with some weights; must not change it. Of several tasks each keeps its own best weights,
            and the training goes on while any of them gains.
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
    last = validations.last_step
    return Stopped(validations.best, last, tuple(validations.history), early=last < patience.steps)


def _until(samples: Callable[[int, int], Iterable[Sample]], stop: int) -> Callable[[int], Iterable[Sample]]:
    return lambda start: samples(start, stop)


class _Validations(Generic[Model]):
    """The validation patients' scores so far and the best weights, here and in the folder; begins with one.

    Attributes:
        history: (step, task -> score) of every validation.
        best: task -> its best weights.
    """

    def __init__(
        self,
        module: Model,
        score: Callable[[Model], Scores],
        folder: Path,
        report: Callable[[str], None],
        fabric: Fabric | None,
    ) -> None:
        self._module, self._score, self._folder = module, score, folder
        self._fabric = fabric if fabric is not None and fabric.world_size > 1 else None
        self._first = fabric is None or fabric.is_global_zero
        self._report = report if self._first else _silent
        self.history = self._of_first(_read_history(folder) if self._first else [])
        self.best = _read_best(folder, self.history[0][1] if self.history else ())
        if not self.best:
            self.history = []
            self.validate(0, {name: value.clone() for name, value in module.state_dict().items()})
        for task, best in self.best.items():
            restore_check(module, best.weights, best_file(folder, task))

    @property
    def last_step(self) -> int:
        """The step of the latest validation."""
        return self.history[-1][0]

    def validate(self, step: int, weights: dict[str, Tensor]) -> None:
        """Score some weights, and keep them where they are the best; the module keeps its own.

        Raises:
            TrainingError: if a score is not a number.
        """
        with lost_process_told(self._folder, 1 if self._fabric is None else self._fabric.world_size):
            values = self._of_first(self._scored(weights) if self._first else {})
        if not all(math.isfinite(value) for value in values.values()):
            raise TrainingError(
                f"The validation loss after step {step} is not a number",
                where=str(self._folder),
                remedy="Lower the learning rate; the last good checkpoint is kept.",
            )
        said = []
        for task, value in values.items():
            if task not in self.best or value < self.best[task].score:
                kept = {name: v.detach().cpu() for name, v in weights.items()}
                self.best[task] = Best(kept, step, value)
                if self._first:
                    save_checkpoint(best_file(self._folder, task), {"weights": kept, "step": step, "score": value})
            best = f"best {self.best[task].score:.4f} after step {self.best[task].step}"
            said.append(f"{f'{task} ' if task else ''}{value:.4f}, {best}")
        self.history.append((step, values))
        if self._first:
            _write_history(self._folder, self.history)
        self._report(f"step {step}: validation loss {'; '.join(said)}")

    def _scored(self, weights: dict[str, Tensor]) -> dict[str, float]:
        trained = {name: value.clone() for name, value in self._module.state_dict().items()}
        self._module.load_state_dict(weights)
        with torch.no_grad():
            values = _by_task(self._score(self._module))
        self._module.load_state_dict(trained)
        return values

    def _of_first(self, value: Told) -> Told:
        """What the first process has, in all of them."""
        return value if self._fabric is None else self._fabric.broadcast(value)


def _silent(_text: str) -> None:
    pass


def _by_task(scores: Scores) -> dict[str, float]:
    if isinstance(scores, Mapping):
        return {task: float(value) for task, value in scores.items()}
    return {_ONE: float(scores)}


def best_file(folder: Path, task: str) -> Path:
    """Where a training keeps the best weights of a task."""
    return folder / (f"best_{task}.pt" if task else BEST_FILE)


def restore_check(module: nn.Module, weights: dict[str, Tensor], path: Path) -> None:
    """Refuse best weights of another architecture, and leave the module as it is."""
    kept = {name: value.clone() for name, value in module.state_dict().items()}
    restore(module, weights, str(path))
    with torch.no_grad():
        module.load_state_dict(kept)


def _exhausted(history: list[tuple[int, dict[str, float]]], rounds: int) -> bool:
    """Whether no task has gained for so many validations."""

    def since_best(task: str) -> int:
        values = [scores[task] for _, scores in history]
        return len(values) - 1 - values.index(min(values))

    return all(since_best(task) >= rounds for task in history[0][1])


def _read_history(folder: Path) -> list[tuple[int, dict[str, float]]]:
    path = folder / HISTORY_FILE
    if not path.exists():
        return []
    try:
        return [(int(step), _by_task(scores)) for step, scores in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError) as error:
        raise TrainingError(
            "The scores of the validation patients cannot be read",
            where=str(path),
            remedy="Delete the folder it lies in to start the training again.",
        ) from error


def _read_best(folder: Path, tasks: Iterable[str]) -> dict[str, Best]:
    """The best weights of every task; nothing if those of one are missing."""
    found = {task: load_checkpoint(best_file(folder, task)) for task in tasks}
    return {} if None in found.values() else {task: Best(**content) for task, content in found.items() if content}


def _write_history(folder: Path, history: list[tuple[int, dict[str, float]]]) -> None:
    plain = [(step, scores[_ONE] if set(scores) == {_ONE} else scores) for step, scores in history]
    with atomic_path(folder / HISTORY_FILE) as temporary:
        temporary.write_text(json.dumps(plain) + "\n", encoding="utf-8")
