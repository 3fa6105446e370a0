"""How long every stage takes on the sample exam, and how much memory; in a fresh process, cold and warm."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.memory import check_long_run, growth, growth_lines, peak_mb, resident_mb, shown_mb
from OrthoDiffusionLib.resources import resource_path

if TYPE_CHECKING:
    from OrthoDiffusionLib.analysis.analyzer import Analyzer
    from OrthoDiffusionLib.volumes import Study, Volume

OUTSIDE_THE_ANALYSIS = ("import", "load", "read", "draw", "write", "dicom")
"""Stages around the step from volumes in memory to an Analysis in memory."""

BARE_NETWORKS_AIM = 1.15
ORIGINAL_AIM = 0.30
PEAK_AIM_MB = 1500

ANALYSES = 20
LEAST_SHARE = 0.7
"""The shortest side of a window into a view, beside that of the whole."""


def benchmark(
    exam: Sequence[Path] = (),
    *,
    bundle: str | None = None,
    device: str = "auto",
    precision: str = "auto",
    side: str | None = None,
    repeat: int = 3,
    original: bool = True,
    long_run: int = ANALYSES,
) -> dict[str, Any]:
    """Measure one analysis from the first import on, then warm ones, in a process of its own.

    Args:
        exam: files or folders of the exam; empty for the sample exam.
        bundle: a bundle's folder or name; None for the default bundle.
        device: "auto", "cpu" or "cuda".
        precision: "auto", "bfloat16" or "float32"; the original's encoders get the same.
        side: what to say about the exam's side.
        repeat: warm analyses; the fastest counts.
        original: also time the original's three encoders to their bottleneck, with random weights.
        long_run: analyses of varied size over which memory is watched; 0 for none.

    Returns:
        Seconds a stage ("cold", "warm"), seconds of the bare networks and of the original's encoders, the same as
        processor seconds over all cores ("processor_s"), which other programs on the machine change little, peak memory
        in MB (None where the system does not say), `memory.growth` of the long run (None without one), and the
        machine.

    Raises:
        OrthoDiffusionError: if the measured process fails; it has said why on standard error.
    """
    from OrthoDiffusionLib.analysis.bundle_of_inputs import bundle_for

    paths = list(exam or [resource_path("SampleData", "knee_exam")])
    settings = {
        "exam": [str(path) for path in paths],
        "bundle": str(bundle_for(paths, bundle).folder),
        "device": device,
        "precision": precision,
        "side": side,
        "repeat": repeat,
        "original": original,
        "long_run": check_long_run(long_run),
    }
    done = subprocess.run(
        [sys.executable, "-m", "OrthoDiffusionLib.analysis.benchmark", json.dumps(settings)],
        stdout=subprocess.PIPE,
        check=False,
        text=True,
    )
    if done.returncode:
        raise OrthoDiffusionError("The measured process stopped without a result", remedy="See the lines above.")
    return json.loads(done.stdout.splitlines()[-1])


def benchmark_table(numbers: dict[str, Any]) -> str:
    """The numbers of `benchmark` for a person: one line a stage, then the comparisons with their aims."""
    cold, warm = numbers["cold"], numbers["warm"]
    lines = [f"{numbers['machine']}", f"{'stage':<24}{'cold':>9}{'warm':>9}   seconds"]
    for stage in cold:
        lines.append(f"{stage:<24}{cold[stage]:9.2f}" + (f"{warm[stage]:9.2f}" if stage in warm else ""))
    analysis = warm["analysis"]
    bare = numbers["bare_networks_s"]
    lines.append("")
    lines.append(f"bare networks           {bare:9.2f} s")
    lines.append(_ratio("analysis / bare networks", analysis / bare, BARE_NETWORKS_AIM))
    processor = numbers["processor_s"]
    if numbers["original_encoders_s"] is not None:
        each = ", ".join(f"{seconds:.2f}" for seconds in numbers["original_encoders_s"])
        whole = sum(numbers["original_encoders_s"])
        lines.append(f"original's encoders     {whole:9.2f} s ({each}; random weights, to the bottleneck)")
        lines.append(_ratio("analysis / original's", analysis / whole, ORIGINAL_AIM))
    lines.append(_processor_line(processor))
    peak = numbers["peak_memory_mb"]
    told = "" if peak is None else f": {_met(peak, PEAK_AIM_MB)}"
    lines.append(f"peak memory             {shown_mb(peak)} (aim: at most {PEAK_AIM_MB} MB{told})")
    if numbers["long_run"] is not None:
        lines += growth_lines(numbers["long_run"], "analyses of varied size")
    return "\n".join(lines)


def _ratio(what: str, value: float, aim: float) -> str:
    return f"{what:<24}{value:9.2f} (aim: at most {aim}: {_met(value, aim)})"


def _met(value: float, aim: float) -> str:
    return "met" if value <= aim else "missed"


def _processor_line(seconds: dict[str, float | None]) -> str:
    """The same in seconds of processor time, which other programs on the machine change little."""
    whole, bare, original = (seconds[name] for name in ("analysis", "bare_networks", "original_encoders"))
    assert whole is not None and bare is not None  # they are always measured
    beside = f", {whole / bare:.2f} times the bare networks' {bare:.2f}"
    if original is not None:
        beside += f", {whole / original:.2f} times the original's {original:.2f}"
    return f"processor seconds       {whole:9.2f} s{beside}"


def _measure(settings: dict[str, Any]) -> dict[str, Any]:
    start = time.perf_counter()
    import torch

    from OrthoDiffusionLib.analysis.analysis_run import analyze_to_folder
    from OrthoDiffusionLib.analysis.analyzer import Analyzer
    from OrthoDiffusionLib.analysis.study_inputs import open_bundle, read_study

    imported = time.perf_counter()
    analyzer = Analyzer(open_bundle(settings["bundle"]), device=settings["device"], precision=settings["precision"])
    loaded = time.perf_counter()
    study = read_study([Path(path) for path in settings["exam"]], side=settings["side"], joint=analyzer.joint)
    read = time.perf_counter()
    before = {"import": imported - start, "load": loaded - imported, "read": read - loaded}

    runs = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(1 + settings["repeat"]):
            began = time.perf_counter()
            analysis = analyze_to_folder(study, Path(folder) / str(number), analyzer=analyzer)
            stages = dict(analysis.timings)
            whole = time.perf_counter() - began
            around = sum(stages.get(stage, 0.0) for stage in OUTSIDE_THE_ANALYSIS)
            runs.append({**stages, "analysis": whole - around, "total": whole})
    cold = {**before, **runs[0], "total": sum(before.values()) + runs[0]["total"]}
    warm = min(runs[1:] or runs, key=lambda run: run["analysis"])
    peak = peak_mb()
    repeats = range(max(1, settings["repeat"]))
    views = analyzer.prepared(study)
    bare = min(analyzer.bare_networks_seconds(views) for _ in repeats)
    originals = _original_encoders(settings) if settings["original"] else None
    processor = {
        "analysis": min(_processor_seconds(lambda: analyzer.analyze(study)) for _ in repeats),
        "bare_networks": min(_processor_seconds(lambda: analyzer.bare_networks_seconds(views)) for _ in repeats),
        "original_encoders": None if originals is None else sum(originals[1]),
    }
    return {
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores,"
        f" torch {torch.__version__} with {torch.get_num_threads()} threads,"
        f" device {settings['device']}, precision {settings['precision']}",
        "cold": cold,
        "warm": warm,
        "bare_networks_s": bare,
        "peak_memory_mb": peak,
        "original_encoders_s": None if originals is None else originals[0],
        "processor_s": processor,
        "long_run": growth(memory_of_analyses(study, analyzer, settings["long_run"])) if settings["long_run"] else None,
    }


def memory_of_analyses(
    study: Study, analyzer: Analyzer, count: int, *, shares: tuple[float, float] = (LEAST_SHARE, 1.0)
) -> list[float | None]:
    """MB that the process holds after each of some analyses, every one of another size.

    Args:
        study: windows of its volumes are analysed.
        analyzer: its networks stay warm.
        count: how many.
        shares: the shortest and the longest side of a window, beside that of the whole.
    """
    chance = np.random.default_rng(0)
    held = []
    for _ in range(count):
        planes = {plane: _window(volume, shares, chance) for plane, volume in study.planes.items()}
        analyzer.analyze(dataclasses.replace(study, planes=planes))
        held.append(resident_mb())
    return held


def _window(volume: Volume, shares: tuple[float, float], chance: np.random.Generator) -> Volume:
    """A part of a volume, anywhere in it; all of its slices."""
    whole = np.array(volume.array.shape)
    size = np.maximum(1, whole * chance.uniform(*shares, 3)).astype(int)
    size[np.argmin(whole)] = whole.min()
    start = chance.integers(whole - size + 1)
    start, stop = tuple(start.tolist()), tuple((start + size).tolist())
    part = np.ascontiguousarray(volume.array[tuple(slice(a, b) for a, b in zip(start, stop, strict=True))])
    return dataclasses.replace(volume, array=part, geometry=volume.geometry.cropped(start, stop))


def _processor_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _original_encoders(settings: dict[str, Any]) -> tuple[list[float], list[float]]:
    """Seconds, and processor seconds, of the original's three encoders, one view each, at our precision."""
    import torch

    from OrthoDiffusionLib.encoders.published_unet import INPUT_SHAPE, PublishedUNet
    from OrthoDiffusionLib.precision import autocast

    wanted = settings["device"]
    device = ("cuda" if torch.cuda.is_available() else "cpu") if wanted == "auto" else wanted
    views, step = torch.randn(INPUT_SHAPE, device=device), torch.tensor([100], device=device)
    seconds, processor = [], []
    for plane in range(3):
        encoder = PublishedUNet().eval().to(device)
        with torch.inference_mode(), autocast(device, settings["precision"]):
            if plane == 0:
                encoder.to_bottleneck(views, step)  # what is set up once for all three is not counted
            began, used = time.perf_counter(), time.process_time()
            # Moving the answer waits for a GPU to finish.
            encoder.to_bottleneck(views, step).float().cpu()
            seconds.append(time.perf_counter() - began)
            processor.append(time.process_time() - used)
    return seconds, processor


if __name__ == "__main__":
    print(json.dumps(_measure(json.loads(sys.argv[1]))))
