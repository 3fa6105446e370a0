"""Checkpoints as the original authors' trainer writes them, with random weights of a small network."""

from __future__ import annotations

from pathlib import Path

import torch

from OrthoDiffusionLib.diffusion import STEPS, signal_share
from OrthoDiffusionLib.encoders.published_names import SCHEDULE, published_name
from OrthoDiffusionLib.encoders.published_unet import PublishedUNet


def small_unet(seed: int, multipliers: tuple[int, ...] = (1, 1, 2)) -> PublishedUNet:
    torch.manual_seed(seed)
    return PublishedUNet(base=32, multipliers=multipliers, attention_levels=(len(multipliers) - 1,)).eval()


def state_of(unet: PublishedUNet, prefix: str = "denoise_fn.") -> dict[str, torch.Tensor]:
    """Tensors by the authors' names, with the tables of the schedule beside them."""
    schedule = {name: torch.zeros(STEPS) for name in SCHEDULE}
    schedule["alphas_cumprod"] = signal_share(torch.arange(STEPS)).float()
    return schedule | {prefix + published_name(name): value.clone() for name, value in unet.state_dict().items()}


def write_checkpoint(path: Path, state: dict[str, torch.Tensor], **more: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    model = {name: value + 1 for name, value in state.items()}  # what an import must not take
    torch.save({"step": 21500, "model": model, "ema": state, "opt": {"state": {}}, **more}, path)
    return path
