"""The one training loop: schedule, average, log, checkpoint, exact resume; on Lightning Fabric."""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

import torch
from torch import Tensor, nn

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.training.engine.checkpoint import MovingAverage, load_checkpoint, restore, save_checkpoint
from OrthoDiffusionLib.lab.training.engine.fabric import all_words, average_gradients, launch
from OrthoDiffusionLib.lab.training.engine.json_log import JsonLog
from OrthoDiffusionLib.lab.training.engine.muon import build_optimizers
from OrthoDiffusionLib.lab.training.engine.sibling_processes import lost_process_told
from OrthoDiffusionLib.memory import give_back

if TYPE_CHECKING:
    from lightning_fabric import Fabric

Sample = TypeVar("Sample")
"""What one step learns from: a batch of views, a crop, a case."""

CHECKPOINT_SECONDS = 120.0
LOG_EVERY = 20


@dataclass(frozen=True)
class Schedule:
    """Linear warm-up, then half a cosine down to 2 % of the rate."""

    steps: int
    warmup: int

    def factor(self, step: int) -> float:
        """Share of the learning rate at one step."""
        if step < self.warmup:
            return (step + 1) / self.warmup
        done = (step - self.warmup) / max(1, self.steps - self.warmup)
        return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def train(
    module: nn.Module,
    groups: list[dict],
    schedule: Schedule,
    samples: Callable[[int], Iterable[Sample]],
    loss: Callable[[Sample, int], dict[str, Tensor]],
    folder: Path,
    *,
    ema: float,
    seed: int,
    share: int = 1,
    seconds: float = math.inf,
    fabric: Fabric | None = None,
    partial: bool = False,
    watch: Callable[[int, dict[str, Tensor]], None] | None = None,
    report: Callable[[str], None] = print,
) -> dict[str, Tensor]:
    """Train until the schedule's end, from wherever the folder's checkpoint stands.

    Args:
        module: everything that is trained.
        groups: of parameters, each with its `lr`, and `filter_lr` where Muon trains its convolutions; see
            `build_optimizers`.
        samples: gives this process's samples from one step on; sample k must depend on k alone, so that a resumed run
            sees what an uninterrupted one would have seen. With P processes, process r is given samples r, r + P, ...
        loss: named terms of one sample's loss at one step; "loss" is minimised, all are logged.
        folder: holds `checkpoint.pt` and `log.jsonl`.
        seed, share: of the noise, and how many samples a step averages in this process.
        seconds: the training stops before the schedule's end once it has run so long, with a checkpoint as ever; the
            same call goes on with it.
        fabric: the processes, from `fabric.launch`; None trains in this process on the CPU.
        partial: whether a sample may leave some of the parameters without a gradient. Then gradients are exchanged
            after the step's last sample, all at once, instead of while it is worked on.
        watch: called after every step with the steps done and the averaged weights, in the first process alone.
        report: gets a line now and then.

    Returns:
        The averaged weights.

    Raises:
        TrainingError: if the loss is not a number, or another process is lost; the last good checkpoint stays.
    """
    _make(folder)
    fabric = launch() if fabric is None else fabric
    with lost_process_told(folder, fabric.world_size):  # to set a module up is an exchange too
        run = _Run(module, groups, loss, folder, fabric, ema, seed, share, report)
        run.partial = partial and fabric.world_size > 1
        return _trained(run, schedule, samples, seconds, watch)


def _trained(
    run: _Run[Sample],
    schedule: Schedule,
    samples: Callable[[int], Iterable[Sample]],
    seconds: float,
    watch: Callable[[int, dict[str, Tensor]], None] | None,
) -> dict[str, Tensor]:
    """The averaged weights at the schedule's end, or when the time is over."""
    start = run.start
    run.report_start(schedule.steps)
    run.fabric.barrier()  # no process may write a new checkpoint before all have read the old one
    if start >= schedule.steps:
        return _on_cpu(run.average.average)
    done = _steps(run, schedule, iter(samples(start)), seconds, watch)
    run.save(done)
    give_back()
    run.fabric.barrier()
    return _on_cpu(run.average.average)


def _steps(
    run: _Run[Sample],
    schedule: Schedule,
    stream: Iterator[Sample],
    seconds: float,
    watch: Callable[[int, dict[str, Tensor]], None] | None,
) -> int:
    """Steps to the schedule's end, or until the time is over; returns how many are done then."""
    meter = _Meter(JsonLog(run.folder / "log.jsonl", run.start) if run.first else None)
    begun = time.monotonic()
    for step in range(run.start, schedule.steps):
        run.step(step, schedule.factor(step), stream, meter)
        if run.first and watch is not None:
            with meter.paused():  # the step's time is the training's alone
                watch(step + 1, run.average.average)
        # The first process decides: one that went on alone would wait for the others for ever.
        if seconds < math.inf and run.fabric.broadcast(time.monotonic() - begun > seconds):
            run.report(f"stopped after step {step + 1} of {schedule.steps}, as the time is over")
            return step + 1
        run.save_now_and_then(step + 1)
    return schedule.steps


class _Run(Generic[Sample]):
    """A module on its way: its optimizers, its averaged weights, and the checkpoint of all of them."""

    def __init__(
        self,
        module: nn.Module,
        groups: list[dict],
        loss: Callable[[Sample, int], dict[str, Tensor]],
        folder: Path,
        fabric: Fabric,
        ema: float,
        seed: int,
        share: int,
        report: Callable[[str], None],
    ) -> None:
        self.module, self.folder, self.fabric, self.seed, self.share = module, folder, fabric, seed, share
        self.first = fabric.is_global_zero
        self.partial = False
        self.report = report if self.first else _silent
        self.optimizers = build_optimizers(groups)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["base_lr"] = group["lr"]
        found = load_checkpoint(self.path)
        if found is not None:
            restore(module, found["module"], str(self.path))
        self.wrapped, *self.stepped = fabric.setup(_Terms(module, loss), *self.optimizers)
        self.average = MovingAverage(module, ema)
        self.resumed, self.start = found is not None, 0
        if found is not None:
            self.start = found["step"]
            _go_on(self.optimizers, found, str(self.path))
            self.average.restore(found["average"], self.start)
        self._saved = time.monotonic()

    @property
    def path(self) -> Path:
        return self.folder / "checkpoint.pt"

    def report_start(self, steps: int) -> None:
        """Say where it goes on, if it was begun before."""
        if self.resumed:
            at = self.start
            self.report(f"resuming at step {at}" if at < steps else f"finished before, at step {at}")

    def step(self, step: int, factor: float, stream: Iterator[Sample], meter: _Meter) -> None:
        """One step of all optimizers, by the mean gradient of `share` samples.

        Args:
            factor: share of the learning rates.
        """
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["base_lr"] * factor
            optimizer.zero_grad(set_to_none=True)
        for part in range(self.share):
            with meter.waiting():
                sample = next(stream)
            # The noise of a sample depends on its number alone: a resumed run draws the same.
            number = (step * self.share + part) * self.fabric.world_size + self.fabric.global_rank
            torch.manual_seed((self.seed * 1_000_003 + number) % 2**31)
            with self.fabric.no_backward_sync(self.wrapped, enabled=self.partial or part + 1 < self.share):
                self.wrapped.module.sample = (sample, step)
                terms = self.wrapped()
                self.fabric.backward(terms["loss"] / self.share)
            meter.add(terms, self.share)
        if self.partial:
            average_gradients(self.module, self.fabric)
        norm = torch.nn.utils.clip_grad_norm_(self.module.parameters(), 1.0)
        if not torch.isfinite(norm):  # in every process alike, since gradients are shared
            raise TrainingError(
                f"The loss at step {step} is not a number",
                where=str(self.folder),
                remedy="Lower the learning rate in the recipe; the last good checkpoint is kept.",
            )
        for optimizer in self.stepped:
            optimizer.step()
        self.average.update(self.module)
        meter.step_done(step + 1, self.fabric, self.report)

    def save_now_and_then(self, step: int) -> None:
        """A checkpoint, if the last one is old."""
        if time.monotonic() - self._saved > CHECKPOINT_SECONDS:
            self.save(step)
            self._saved = time.monotonic()

    def save(self, step: int) -> None:
        """A checkpoint after some steps, by the first process."""
        if self.first:
            states = [optimizer.state_dict() for optimizer in self.optimizers]
            content = {"module": self.module.state_dict(), "optimizers": states}
            save_checkpoint(self.path, {**content, "average": self.average.average, "step": step})


class _Meter:
    """The terms since the last line of the log, and where the time went.

    Args:
        log: gets a line every `LOG_EVERY` steps; None where another process writes it.
    """

    def __init__(self, log: JsonLog | None) -> None:
        self._log = log
        self._clock = time.monotonic()
        self._sums: dict[str, Tensor] = {}
        self._waited, self._counted = 0.0, 0

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """Counts as waiting for data."""
        asked = time.monotonic()
        yield
        self._waited += time.monotonic() - asked

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Counts as nothing."""
        began = time.monotonic()
        yield
        self._clock += time.monotonic() - began

    def add(self, terms: Mapping[str, Tensor], share: int) -> None:
        """The terms of one of a step's `share` samples."""
        for name, value in terms.items():
            self._sums[name] = self._sums.get(name, 0.0) + value.detach() / share

    def step_done(self, step: int, fabric: Fabric, report: Callable[[str], None]) -> None:
        """Count a step; every `LOG_EVERY` steps write and print their means."""
        self._counted += 1
        if step % LOG_EVERY:
            return
        # a term that the samples of one process lack is asked of all of them alike
        nothing = torch.zeros((), device=fabric.device)
        sums = {name: self._sums.get(name, nothing) for name in all_words(self._sums, fabric)}
        means = {name: _over_processes(value, fabric) / self._counted for name, value in sums.items()}
        now = time.monotonic()
        record: dict[str, float] = {"step": step, **{name: round(value, 4) for name, value in means.items()}}
        record["seconds_per_step"] = round((now - self._clock) / self._counted, 3)
        record["share_waiting_for_data"] = round(self._waited / (now - self._clock), 3)
        if self._log is not None:
            self._log.write(record)
        report(" ".join(f"{name} {value}" for name, value in record.items()))
        self._sums, self._clock, self._waited, self._counted = {}, now, 0.0, 0
        give_back()  # with every step it would cost time: what is given back must be got again


def _over_processes(value: Tensor, fabric: Fabric) -> float:
    mean = fabric.all_reduce(value, reduce_op="mean")
    assert isinstance(mean, Tensor)  # of a tensor it is one; of a dict it would be a dict
    return float(mean)


class _Terms(nn.Module, Generic[Sample]):
    """The loss as a module, so that whatever shares gradients between processes sees one forward pass.

    The sample is an attribute that is set before the call, since the engine looks through the tensors of arguments.
    """

    def __init__(self, trained: nn.Module, loss: Callable[[Sample, int], dict[str, Tensor]]) -> None:
        super().__init__()
        self.trained = trained
        self.loss = loss
        self.sample: tuple[Sample, int] | None = None

    def forward(self) -> dict[str, Tensor]:
        if self.sample is None:
            raise ValueError("a sample must be set before the loss is computed")
        return self.loss(*self.sample)


def _go_on(optimizers: list[torch.optim.Optimizer], found: dict, where: str) -> None:
    """Give the optimizers their state, and keep the rates of this run's recipe."""
    try:
        for optimizer, state in zip(optimizers, found["optimizers"], strict=True):
            rates = [group["base_lr"] for group in optimizer.param_groups]
            optimizer.load_state_dict(state)
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["base_lr"] = rate
    except (KeyError, ValueError) as error:
        raise TrainingError(
            "The checkpoint's optimizers are not those of this recipe",
            where=where,
            remedy="Go on with the recipe and the version it was begun with, or choose another output folder.",
        ) from error


def _on_cpu(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.cpu() for name, value in weights.items()}


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainingError(
            f"The folder for checkpoint and log cannot be made: {error.strerror or error}",
            where=str(folder),
            remedy="Choose a folder that may be written to.",
        ) from error


def _silent(_text: str) -> None:
    pass


def use_all_cores(processes: int = 1) -> None:
    """Let torch use every core this process may run on, shared with its siblings; OMP_NUM_THREADS rules if it is set.

    Threads that wait for each other are slower than one where other processes want the same cores.
    """
    if os.environ.get("OMP_NUM_THREADS", "").isdigit():
        return
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    torch.set_num_threads(max(1, cores // processes))
