"""Pictures of what a diffusion model can do so far: a strip of denoised views, and views drawn from noise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor

from OrthoDiffusionLib.diffusion import sample
from OrthoDiffusionLib.lab.training.pretraining.learning_curves import SIGMAS
from OrthoDiffusionLib.volumes.files.atomic import atomic_path

SAMPLES = 2
SAMPLER_STEPS = 12
_DARKEST, _BRIGHTEST = -1.2, 2.0
_MARGIN, _CAPTION, _SCALE = 4, 16, 2
_SEED = 77


def picture_file(folder: Path, step: int) -> Path:
    """Where the pictures of a step lie; a name that sorts by step."""
    return folder / "pictures" / f"step_{step:07d}.png"


def write_pictures(folder: Path, step: int, denoise: Callable[[Tensor, Tensor], Tensor], view: Tensor) -> Path:
    """Write one PNG: a view, noisy and denoised at every measured noise level, and samples from pure noise.

    Args:
        folder: of the plane's training.
        step: steps done.
        denoise: D(x; sigma).
        view: (1, 1, S, H, W) a clean view, of a held-back patient if there is one.
    """
    columns = [("view", [_middle(view)])]
    for number, sigma in enumerate(SIGMAS):
        noise = torch.randn(view.shape, generator=torch.Generator().manual_seed(_SEED + number))
        noisy = view + sigma * noise
        with torch.inference_mode():
            denoised = denoise(noisy, torch.full((1,), sigma))
        columns.append((f"noise {sigma:g}", [_middle(noisy), _middle(denoised)]))
    shape = (SAMPLES, *view.shape[1:])
    drawn = sample(denoise, shape, steps=SAMPLER_STEPS, generator=torch.Generator().manual_seed(_SEED))
    columns.append(("drawn from noise", [_middle(one[None]) for one in drawn]))
    path = picture_file(folder, step)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as temporary:
        _sheet(columns, f"after {step} steps").save(temporary, format="png")
    return path


def _middle(view: Tensor) -> np.ndarray:
    """(H, W) uint8, the middle slice."""
    array = view[0, 0, view.shape[2] // 2].float().cpu().numpy()
    grey = (array - _DARKEST) / (_BRIGHTEST - _DARKEST)
    return (255 * np.clip(np.nan_to_num(grey), 0, 1)).astype(np.uint8)


def _sheet(columns: list[tuple[str, list[np.ndarray]]], title: str) -> Image.Image:
    height, width = (_SCALE * n for n in columns[0][1][0].shape)
    rows = max(len(tiles) for _, tiles in columns)
    sheet = Image.new(
        "L", (len(columns) * (width + _MARGIN) + _MARGIN, 2 * _CAPTION + rows * (height + _MARGIN) + _MARGIN), 255
    )
    pen = ImageDraw.Draw(sheet)
    pen.text((_MARGIN, 2), title, fill=0)
    for number, (caption, tiles) in enumerate(columns):
        left = _MARGIN + number * (width + _MARGIN)
        pen.text((left, _CAPTION), caption, fill=0)
        for row, tile in enumerate(tiles):
            picture = Image.fromarray(tile).resize((width, height), Image.Resampling.BICUBIC)
            sheet.paste(picture, (left, 2 * _CAPTION + row * (height + _MARGIN)))
    return sheet
