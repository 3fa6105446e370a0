"""What a step of training costs, and how near it comes to what the machine can do."""

from __future__ import annotations

import platform
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from OrthoDiffusionLib.lab.phantom.datasets.shards import joint_of_shards, write_shards
from OrthoDiffusionLib.lab.training.engine.engine import LOG_EVERY, Schedule, train, use_all_cores
from OrthoDiffusionLib.lab.training.engine.muon import build_optimizers
from OrthoDiffusionLib.lab.training.engine.recipe import Recipe
from OrthoDiffusionLib.lab.training.phantoms.finetune import crop_loss, new_model, parameter_groups
from OrthoDiffusionLib.lab.training.samples.datasets import LabelledCrops, stream
from OrthoDiffusionLib.memory import check_long_run, growth, growth_lines, peak_mb, resident_mb, shown_mb
from OrthoDiffusionLib.precision import autocast

WAITING_AIM = 0.05
LONG_RUN = 40
SETTLED_STEPS = LOG_EVERY
"""So often a training gives back what it freed."""
_STUDIES = 3
_MATRIX = 2048


def training_cost(
    recipe: Recipe, *, joint: str, steps: int = 12, long_run: int = LONG_RUN, report: Callable[[str], None] = print
) -> dict:
    """Time steps of the fine-tuning on fresh phantom studies, on the CPU.

    Args:
        recipe: whose steps are measured, with all three views shown in each.
        joint: name of the digital joint to train on.
        steps: of each of the two kinds: views alone, and views fused with the finer look.
        long_run: further steps of the second kind, over which memory is watched; 0 for none.
        report: gets a line now and then.

    Returns:
        "kinds": name to seconds a step and its parts, processor seconds of a step over all cores and of drawing a crop
        on one, share of waiting for data, GFLOP, share of the peak;
        "peak_gflops": of a matrix product in the training's number format; "convolution_gflops": of the networks' own
        kind of convolution; "memory_mb": the largest so far, None
        where the system does not say; "long_run": `memory.growth`, None without one; "machine".
    """
    check_long_run(long_run, SETTLED_STEPS)
    use_all_cores()
    settings = replace(recipe.finetune, view_subsets=(1.0, 0.0, 0.0))
    peak = matrix_peak_gflops()
    kinds = {}
    with tempfile.TemporaryDirectory() as folder:
        report(f"making {_STUDIES} digital joints")
        write_shards(folder, _STUDIES, 0, joint=joint, pixel_mm=recipe.in_plane_mm)
        for name, alone in (("views alone", steps + 3), ("views fused, in detail", 0)):
            report(f"timing {steps} steps: {name}")
            tried = replace(recipe, finetune=replace(settings, steps_alone=alone, steps_outlines_first=0))
            kinds[name] = _timed_steps(Path(folder), tried, steps, peak)
        watched = None
        if long_run:
            report(f"watching the memory of {long_run} steps")
            # all subsets of the views, as in a training
            asked = replace(recipe.finetune, steps=long_run, steps_alone=0, steps_outlines_first=0)
            watched = growth(memory_of_steps(Path(folder), replace(recipe, finetune=asked)), SETTLED_STEPS)
    return {
        "kinds": kinds,
        "peak_gflops": peak,
        "convolution_gflops": convolution_gflops(),
        "memory_mb": peak_mb(),
        "long_run": watched,
        "machine": f"{platform.machine()}, torch {torch.__version__} with {torch.get_num_threads()} threads",
    }


def matrix_peak_gflops() -> float:
    """The fastest of several products of two large matrices, in the number format that networks run in."""
    with autocast():
        kind = torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else torch.float32
    a, b = (torch.randn(_MATRIX, _MATRIX).to(kind) for _ in range(2))
    times = []
    for _ in range(6):
        start = time.perf_counter()
        a @ b
        times.append(time.perf_counter() - start)
    return 2 * _MATRIX**3 / min(times) / 1e9


def convolution_gflops() -> float:
    """The fastest of several 3 x 3 x 3 convolutions of 32 channels on half a crop's pixels, as the networks do them."""
    with autocast():
        kind = torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else torch.float32
    order = torch.channels_last_3d
    view = torch.randn(1, 32, 24, 48, 48).to(kind).to(memory_format=order)
    weight = torch.randn(32, 32, 3, 3, 3).to(kind).to(memory_format=order)
    times = []
    for _ in range(6):
        start = time.perf_counter()
        functional.conv3d(view, weight, padding=1)
        times.append(time.perf_counter() - start)
    return 2 * view.numel() * 32 * 27 / min(times) / 1e9


def cost_table(numbers: dict) -> str:
    """The numbers of `training_cost` for a person."""
    lines = [
        numbers["machine"],
        f"peak of a matrix product     {numbers['peak_gflops']:8.0f} GFLOP/s",
        f"3 x 3 x 3, 32 channels       {numbers['convolution_gflops']:8.0f} GFLOP/s",
        "",
    ]
    for name, kind in numbers["kinds"].items():
        waiting = f"(aim: below {WAITING_AIM:.0%})"
        lines += [
            name,
            f"  a step                     {kind['seconds']:8.2f} s",
            *(f"    {part:<25}{seconds:8.2f} s" for part, seconds in kind["parts"].items()),
            f"  processor seconds          {kind['processor_seconds']:8.2f} s",
            f"  the same, to draw a crop   {kind['crop_processor_seconds']:8.2f} s",
            f"  waiting for data           {kind['waiting']:8.1%}   {waiting}",
            f"  convolutions and products  {kind['gflop']:8.0f} GFLOP a step",
            f"  share of the peak          {kind['share_of_peak']:8.1%}",
            f"  share of such convolutions {kind['gflop'] / kind['seconds'] / numbers['convolution_gflops']:8.1%}",
        ]
    lines += ["", f"peak memory                 {shown_mb(numbers['memory_mb'])}"]
    if numbers["long_run"] is not None:
        lines += growth_lines(numbers["long_run"], "steps")
    return "\n".join(lines)


def memory_of_steps(data: Path, recipe: Recipe) -> list[float | None]:
    """MB that the process holds after each step of a fine-tuning from scratch.

    Args:
        data: folder of phantom shards.
        recipe: whose `finetune.steps` are done.
    """
    held: list[float | None] = []
    settings, dataset = recipe.finetune, LabelledCrops(data, recipe)
    torch.manual_seed(recipe.seed)
    model = new_model(recipe, joint_of_shards(data))
    with tempfile.TemporaryDirectory() as folder:
        train(
            model,
            parameter_groups(model, settings),
            Schedule(settings.steps, settings.warmup),
            lambda start: stream(dataset, start, settings.steps),
            lambda crop, step: crop_loss(model, crop, settings, step=step),
            Path(folder),
            ema=settings.ema,
            seed=recipe.seed,
            watch=lambda _step, _average: held.append(resident_mb()),
            report=lambda _line: None,
        )
    return held


def _timed_steps(data: Path, recipe: Recipe, steps: int, peak_gflops: float) -> dict:
    settings = recipe.finetune
    torch.manual_seed(recipe.seed)
    model = new_model(recipe, joint_of_shards(data))
    optimizers = build_optimizers(parameter_groups(model, settings))
    samples = stream(LabelledCrops(data, recipe), 0, steps + 3)
    parts = {"forward": 0.0, "backward": 0.0, "optimizers": 0.0}
    waited, gflop, begin, used = 0.0, 0.0, time.perf_counter(), time.process_time()
    for step in range(steps + 3):
        if step == 3:  # the first steps allocate, and one of them counts operations
            parts = dict.fromkeys(parts, 0.0)
            waited, begin, used = 0.0, time.perf_counter(), time.process_time()
        asked = time.perf_counter()
        crop = next(samples)
        shown = time.perf_counter()
        waited += shown - asked
        counter = FlopCounterMode(display=False)
        if step == 0:
            with counter:
                loss = crop_loss(model, crop, settings, step=step)["loss"]
                loss.backward()
            gflop = counter.get_total_flops() / 1e9
            continue
        loss = crop_loss(model, crop, settings, step=step)["loss"]
        forward = time.perf_counter()
        loss.backward()
        backward = time.perf_counter()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        for name, seconds in zip(
            parts, (forward - shown, backward - forward, time.perf_counter() - backward), strict=True
        ):
            parts[name] += seconds / steps
    seconds, used = (time.perf_counter() - begin) / steps, (time.process_time() - used) / steps
    return {
        "seconds": seconds,
        "parts": parts,
        "processor_seconds": used,
        "crop_processor_seconds": _crop_processor_seconds(data, recipe),
        "waiting": waited / steps / seconds,
        "gflop": gflop,
        "share_of_peak": gflop / seconds / peak_gflops,
    }


def _crop_processor_seconds(data: Path, recipe: Recipe) -> float:
    """The mean over crops of each study, with the reading of it."""
    crops, count = LabelledCrops(data, recipe), _STUDIES * recipe.data.draws_per_study
    start = time.process_time()
    for number in range(count):
        crops[number]
    return (time.process_time() - start) / count
