"""The one training loop: schedule, average, log, checkpoint, exact resume; on Lightning Fabric."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.training.engine.checkpoint import MovingAverage, load_checkpoint, restore, save_checkpoint
from OrthoDiffusionLib.lab.training.engine.fabric import launch
from OrthoDiffusionLib.lab.training.engine.json_log import JsonLog
from OrthoDiffusionLib.lab.training.engine.muon import build_optimizers
from OrthoDiffusionLib.memory import give_back

if TYPE_CHECKING:
    from lightning_fabric import Fabric

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
    samples: Callable[[int], Iterable],
    loss: Callable[[object, int], dict[str, Tensor]],
    folder: Path,
    *,
    ema: float,
    seed: int,
    share: int = 1,
    fabric: Fabric | None = None,
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
        share: how many samples a step averages in this process.
        fabric: the processes, from `fabric.launch`; None trains in this process on the CPU.
        watch: called after every step with the steps done and the averaged weights, in the first process alone.
        report: gets a line now and then.

    Returns:
        The averaged weights.

    Raises:
        TrainingError: if the loss is not a number; the last good checkpoint stays.
    """
    fabric = launch() if fabric is None else fabric
    first = fabric.is_global_zero
    report = report if first else _silent
    _make(folder)
    path = folder / "checkpoint.pt"
    optimizers = build_optimizers(groups)
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["base_lr"] = group["lr"]
    found = load_checkpoint(path)
    start = 0
    if found is not None:
        restore(module, found["module"], str(path))
        start = found["step"]
    wrapped, *stepped = fabric.setup(_Terms(module, loss), *optimizers)
    average = MovingAverage(module, ema)
    if found is not None:
        _go_on(optimizers, found, str(path))
        average.restore(found["average"], start)
        report(f"resuming at step {start}" if start < schedule.steps else f"finished before, at step {start}")
        del found
    fabric.barrier()  # nobody may write a new checkpoint before all have read the old one
    if start >= schedule.steps:
        return _on_cpu(average.average)

    def save(step: int) -> None:
        states = [optimizer.state_dict() for optimizer in optimizers]
        content = {"module": module.state_dict(), "optimizers": states}
        save_checkpoint(path, {**content, "average": average.average, "step": step})

    stream: Iterator = iter(samples(start))
    saved = clock = time.monotonic()
    sums: dict[str, Tensor] = {}
    waited, counted = 0.0, 0
    log = JsonLog(folder / "log.jsonl", start) if first else None
    for step in range(start, schedule.steps):
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["base_lr"] * schedule.factor(step)
            optimizer.zero_grad(set_to_none=True)
        for part in range(share):
            asked = time.monotonic()
            sample = next(stream)
            waited += time.monotonic() - asked
            # The noise of a sample depends on its number alone: a resumed run draws the same.
            number = (step * share + part) * fabric.world_size + fabric.global_rank
            torch.manual_seed((seed * 1_000_003 + number) % 2**31)
            with fabric.no_backward_sync(wrapped, enabled=part + 1 < share):
                wrapped.module.sample = (sample, step)
                terms = wrapped()
                fabric.backward(terms["loss"] / share)
            for name, value in terms.items():
                sums[name] = sums.get(name, 0.0) + value.detach() / share
        norm = torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        if not torch.isfinite(norm):  # in every process alike, since gradients are shared
            raise TrainingError(
                f"The loss at step {step} is not a number",
                where=str(folder),
                remedy="Lower the learning rate in the recipe; the last good checkpoint is kept.",
            )
        for optimizer in stepped:
            optimizer.step()
        average.update(module)
        counted += 1
        if (step + 1) % LOG_EVERY == 0:
            means = {name: float(fabric.all_reduce(value, reduce_op="mean")) / counted for name, value in sums.items()}
            now = time.monotonic()
            record = {"step": step + 1, **{name: round(value, 4) for name, value in means.items()}}
            record["seconds_per_step"] = round((now - clock) / counted, 3)
            record["share_waiting_for_data"] = round(waited / (now - clock), 3)
            if log is not None:
                log.write(record)
            report(" ".join(f"{name} {value}" for name, value in record.items()))
            sums, clock, waited, counted = {}, now, 0.0, 0
            give_back()  # with every step it would cost time: what is given back must be got again
        if first and watch is not None:
            began = time.monotonic()
            watch(step + 1, average.average)
            clock += time.monotonic() - began  # the step's time is the training's alone
        if first and time.monotonic() - saved > CHECKPOINT_SECONDS:
            save(step + 1)
            saved = time.monotonic()
    if first:
        save(schedule.steps)
    give_back()
    fabric.barrier()
    return _on_cpu(average.average)


class _Terms(nn.Module):
    """The loss as a module, so that whatever shares gradients between processes sees one forward pass.

    The sample is laid down beforehand instead of handed over, since the engine would look through its tensors.
    """

    def __init__(self, trained: nn.Module, loss: Callable[[object, int], dict[str, Tensor]]) -> None:
        super().__init__()
        self.trained = trained
        self.loss = loss
        self.sample: tuple[object, int] = (None, 0)

    def forward(self) -> dict[str, Tensor]:
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
