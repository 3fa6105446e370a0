"""The one training loop: schedule, average, log, checkpoint, exact resume."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.training.checkpoint import MovingAverage, load_checkpoint, restore, save_checkpoint

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
    report: Callable[[str], None] = print,
) -> dict[str, Tensor]:
    """Train until the schedule's end, from wherever the folder's checkpoint stands.

    Args:
        module: everything that is trained.
        groups: AdamW parameter groups, each with its `lr`.
        samples: gives the samples from one step on; sample k must depend on k alone, so that a resumed run
            sees what an uninterrupted one would have seen.
        loss: named terms of one sample's loss at one step; "loss" is minimised, all are logged.
        folder: holds `checkpoint.pt` and `log.jsonl`.
        report: gets a line now and then.

    Returns:
        The averaged weights.

    Raises:
        TrainingError: if the loss is not a number; the last good checkpoint stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "checkpoint.pt"
    for group in groups:
        group["base_lr"] = group["lr"]
    optimizer = torch.optim.AdamW(groups, weight_decay=1e-4, betas=(0.9, 0.99))
    average = MovingAverage(module, ema)
    start = 0
    found = load_checkpoint(path)
    if found is not None:
        restore(module, found["module"], str(path))
        optimizer.load_state_dict(found["optimizer"])
        average.average, average.steps, start = found["average"], found["step"], found["step"]
        report(f"resuming at step {start}")

    def save(step: int) -> None:
        content = {"module": module.state_dict(), "optimizer": optimizer.state_dict()}
        save_checkpoint(path, {**content, "average": average.average, "step": step})

    stream: Iterator = iter(samples(start))
    saved = clock = time.monotonic()
    sums: dict[str, float] = {}
    waited = 0.0
    with open(folder / "log.jsonl", "a", encoding="utf-8") as log:
        for step in range(start, schedule.steps):
            # The noise of a step depends on the step alone: a resumed run draws the same.
            torch.manual_seed((seed * 1_000_003 + step) % 2**31)
            asked = time.monotonic()
            sample = next(stream)
            waited += time.monotonic() - asked
            for group in optimizer.param_groups:
                group["lr"] = group["base_lr"] * schedule.factor(step)
            optimizer.zero_grad(set_to_none=True)
            terms = loss(sample, step)
            if not torch.isfinite(terms["loss"]):
                raise TrainingError(
                    f"The loss at step {step} is not a number",
                    where=str(folder),
                    remedy="Lower the learning rate in the recipe; the last good checkpoint is kept.",
                )
            terms["loss"].backward()
            torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
            optimizer.step()
            average.update(module)
            for name, value in terms.items():
                sums[name] = sums.get(name, 0.0) + float(value.detach()) / LOG_EVERY
            if (step + 1) % LOG_EVERY == 0:
                now = time.monotonic()
                record = {"step": step + 1, **{k: round(v, 4) for k, v in sums.items()}}
                record["seconds_per_step"] = round((now - clock) / LOG_EVERY, 3)
                record["share_waiting_for_data"] = round(waited / (now - clock), 3)
                log.write(json.dumps(record) + "\n")
                log.flush()
                report(" ".join(f"{k} {v}" for k, v in record.items()))
                sums, clock, waited = {}, now, 0.0
            if time.monotonic() - saved > CHECKPOINT_SECONDS:
                save(step + 1)
                saved = time.monotonic()
    save(schedule.steps)
    return average.average


def use_all_cores() -> None:
    """Let torch use every core this process may run on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    torch.set_num_threads(cores)
