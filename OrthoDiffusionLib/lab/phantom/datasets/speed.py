"""Speed: how long digital studies take on one core, and how much memory; in a process of its own."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.lab.phantom.datasets.cohort import phantom_study
from OrthoDiffusionLib.lab.phantom.imaging.acquisition import PIXEL_MM
from OrthoDiffusionLib.lab.phantom.imaging.scanner import render_study, sample_study
from OrthoDiffusionLib.lab.phantom.phantom import builder_named, make_phantom
from OrthoDiffusionLib.memory import peak_mb, shown_mb

TRAINING_AIM_S, CLINIC_AIM_S, PEAK_AIM_MB = 1.5, 4.0, 1500
PIXELS_MM = (1.6, 0.8, 0.4)
"""In-plane pixels of the studies that show how the time grows with the voxels."""


def measure_speed(joint: str, *, repeat: int = 6) -> dict[str, Any]:
    """Time digital studies on one core, in a fresh process.

    Seconds are those of the processor, which another program on the same machine hardly changes.

    Args:
        joint: which joint.
        repeat: studies of each kind.

    Returns:
        For "training" and "clinic" the median and largest seconds a study; for "growth" one entry a pixel with
        millions of voxels and seconds; "peak_memory_mb" and "machine".

    Raises:
        OrthoDiffusionError: for an unknown joint, or if the measured process fails.
    """
    builder_named(joint)
    one_core = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(
        [sys.executable, "-m", "OrthoDiffusionLib.lab.phantom.datasets.speed", joint, str(max(1, repeat))],
        stdout=subprocess.PIPE,
        check=False,
        text=True,
        env=os.environ | one_core,
    )
    if done.returncode:
        raise OrthoDiffusionError("The measured process stopped without a result", remedy="See the lines above.")
    return json.loads(done.stdout.splitlines()[-1])


def speed_table(numbers: dict[str, Any]) -> str:
    """The numbers of `measure_speed` for a person, with their aims."""
    lines = [f"{numbers['machine']}, processor seconds on one core", ""]
    for kind, aim in (("training", TRAINING_AIM_S), ("clinic", CLINIC_AIM_S)):
        times = numbers[kind]
        lines.append(
            f"{kind + ' study':<24}{times['median_s']:7.2f} s median,{times['largest_s']:6.2f} s at most"
            f" of {times['studies']} (aim: {aim:g} s), {times['million_voxels']:.1f} million voxels"
        )
    for size in numbers["growth"]:
        lines.append(
            f"{size['pixel_mm']:.1f} mm pixel{'':<12}{size['seconds']:7.2f} s for {size['million_voxels']:5.1f} million"
            f" voxels: {size['seconds'] / size['million_voxels']:.2f} s a million"
        )
    lines.append(f"{'peak memory':<22}{shown_mb(numbers['peak_memory_mb'])} (aim: below {PEAK_AIM_MB} MB)")
    return "\n".join(lines)


def _measure(joint: str, repeat: int) -> dict[str, Any]:
    for anatomy in builder_named(joint).anatomies:
        make_phantom(joint, 0, anatomy=anatomy)  # what is read once for all studies is not counted

    def training(seed: int) -> int:
        study = sample_study(make_phantom(joint, seed), seed, style="slices", pixel_mm=PIXEL_MM)
        pictures = render_study(study, "training", np.random.default_rng(seed))
        marked = [(view.labels, view.lesions) for view in study.views.values()]
        return sum(picture.size for picture, _ in zip(pictures.values(), marked, strict=True))

    def clinic(seed: int) -> int:
        return sum(volume.array.size for volume in phantom_study(seed, joint=joint).volumes)

    growth = []
    phantom = make_phantom(joint, 0)
    for pixel_mm in PIXELS_MM:

        def larger(seed: int, pixel_mm: float = pixel_mm) -> int:
            study = sample_study(phantom, seed, style="slices", pixel_mm=pixel_mm)
            return sum(picture.size for picture in render_study(study, "physics", np.random.default_rng(0)).values())

        times, voxels = _times(larger, 2)
        growth.append({"pixel_mm": pixel_mm, "million_voxels": voxels / 1e6, "seconds": min(times)})
    return {
        "machine": f"{platform.processor() or platform.machine()}, numpy {np.__version__}",
        "training": _summary(training, repeat),
        "clinic": _summary(clinic, repeat),
        "growth": growth,
        "peak_memory_mb": peak_mb(),
    }


def _times(make: Callable[[int], int], repeat: int) -> tuple[list[float], float]:
    """Processor seconds of each study, and the mean number of voxels."""
    times, voxels = [], 0
    for seed in range(repeat):
        began = time.process_time()
        voxels += make(seed)
        times.append(time.process_time() - began)
    return times, voxels / repeat


def _summary(make: Callable[[int], int], repeat: int) -> dict[str, float]:
    times, voxels = _times(make, repeat)
    return {
        "studies": repeat,
        "median_s": statistics.median(times),
        "largest_s": max(times),
        "million_voxels": voxels / 1e6,
    }


if __name__ == "__main__":
    print(json.dumps(_measure(sys.argv[1], int(sys.argv[2]))))
