"""Experiment: which arms are compared, how often, and on what; plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from OrthoDiffusionLib.errors import TrainingError


@dataclass(frozen=True)
class Arm:
    """One of the things that are compared.

    Attributes:
        name: for machines and folders.
        title: for tables.
        settings: in what it differs from the other arms; plain data, of a kind that each experiment knows.
        seeds: its own; None takes the experiment's.
    """

    name: str
    title: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    seeds: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Cell:
    """One arm with one seed: the smallest piece of an experiment, finished or not; pages call it a run."""

    arm: Arm
    seed: int

    @property
    def name(self) -> str:
        """Name of its folder."""
        return f"{self.arm.name}-seed{self.seed}"


@dataclass(frozen=True)
class Experiment:
    """A question and the arms that answer it.

    Attributes:
        name: for machines.
        title, question: for its page.
        arms: in the order of the tables; the first is the one the others are held against.
        seeds: of each arm that has none of its own.
    """

    name: str
    title: str
    question: str
    arms: tuple[Arm, ...]
    seeds: tuple[int, ...] = (0,)

    def cells(self, only: Sequence[str] = ()) -> tuple[Cell, ...]:
        """All cells, seed by seed, so that a stopped experiment has compared like with like.

        Args:
            only: names of the arms that are wanted; none for all.

        Raises:
            TrainingError: for an unknown arm; it names those there are.
        """
        known = [arm.name for arm in self.arms]
        for name in only:
            if name not in known:
                raise TrainingError(
                    f"The experiment {self.name} has no arm {name!r}", remedy=f"Choose from: {', '.join(known)}."
                )
        arms = [arm for arm in self.arms if not only or arm.name in only]
        seeds = {arm.name: self.seeds if arm.seeds is None else arm.seeds for arm in arms}
        every = sorted({seed for own in seeds.values() for seed in own}, key=_place_in(self.seeds))
        return tuple(Cell(arm, seed) for seed in every for arm in arms if seed in seeds[arm.name])


def _place_in(seeds: Sequence[int]) -> Callable[[int], tuple[int, int]]:
    """Sorts seeds as an experiment names them, and those of single arms behind."""
    return lambda seed: (seeds.index(seed) if seed in seeds else len(seeds), seed)
