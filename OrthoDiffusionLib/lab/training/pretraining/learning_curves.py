"""What pretraining has learned so far, by noise level: measured on the same crops and the same noise every time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor

from OrthoDiffusionLib.lab.evaluation.drawing.figures import save_figure
from OrthoDiffusionLib.lab.training.engine.json_log import JsonLog, read_records

SIGMAS = (0.05, 0.2, 0.6, 2.0)
"""Noise levels measured at: about the 7th, 38th, 74th and 94th percentile of those that training draws."""

CROPS = 4
CURVES_FILE = "curves.jsonl"
PICTURE_FILE = "curves.png"
_NOISE_SEED = 20_021


class LearningCurves:
    """Measures, logs and draws.

    Args:
        folder: gets `curves.jsonl` and `curves.png`.
        crops: part ("training", "validation") -> (B, 1, S, H, W); parts that are None are left out.
        sigma_data: of the denoiser.
        start: the step a resumed training begins at.
    """

    def __init__(self, folder: Path, crops: Mapping[str, Tensor | None], *, sigma_data: float, start: int = 0) -> None:
        self.folder = folder
        self.crops = {part: views for part, views in crops.items() if views is not None}
        self.sigma_data = sigma_data
        self._log = JsonLog(folder / CURVES_FILE, start)

    def measure(self, step: int, denoise: Callable[[Tensor, Tensor], Tensor]) -> dict:
        """Append one record, {"step", part: {sigma: loss}}, and draw the curves anew."""
        record: dict = {"step": step}
        for part, views in self.crops.items():
            record[part] = {f"{sigma:g}": round(loss_at(denoise, views, sigma, self.sigma_data), 4) for sigma in SIGMAS}
        self._log.write(record)
        draw_curves(self.folder)
        return record


@torch.inference_mode()
def loss_at(denoise: Callable[[Tensor, Tensor], Tensor], clean: Tensor, sigma: float, sigma_data: float) -> float:
    """The denoising loss at one noise level, weighted as in training (Karras et al. 2022, Eq. 2).

    Args:
        denoise: D(x; sigma).
        clean: (B, 1, S, H, W); one view at a time, so that memory stays small.
    """
    generator = torch.Generator().manual_seed(_NOISE_SEED)
    weight = 1 / sigma_data**2 + 1 / sigma**2
    errors = []
    for view in clean.split(1):
        noise = torch.randn(view.shape, generator=generator)
        denoised = denoise(view + sigma * noise, torch.full((1,), sigma))
        errors.append(float((denoised - view).square().mean()))
    return weight * sum(errors) / len(errors)


def draw_curves(folder: Path) -> bool:
    """Write `curves.png` from `curves.jsonl`; False if matplotlib (extra `figures`) is not there to draw it."""
    records = read_records(folder / CURVES_FILE)
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return False
    figure = Figure(figsize=(7.0, 4.2), layout="constrained")
    axes = figure.add_subplot()
    steps = [record["step"] for record in records]
    for sigma, colour in zip(SIGMAS, ("#0b3c49", "#1f6f8b", "#d98324", "#a4243b"), strict=True):
        for part, line in (("validation", "-"), ("training", ":")):
            values = _values(records, part, sigma)
            if values:
                axes.plot(steps, values, line, color=colour, marker=".", markersize=3, label=f"σ {sigma:g}, {part}")
    axes.set(xlabel="step", ylabel="weighted denoising loss", yscale="log")
    axes.grid(alpha=0.25, which="both")
    axes.legend(fontsize=7, ncols=2)
    axes.set_title("Loss by noise level, averaged weights, same crops and noise throughout", fontsize=9)
    save_figure(folder / PICTURE_FILE, figure, dpi=120)
    return True


def _values(records: Sequence[Mapping], part: str, sigma: float) -> list[float]:
    key = f"{sigma:g}"
    return [record[part][key] for record in records] if records and all(part in one for one in records) else []
