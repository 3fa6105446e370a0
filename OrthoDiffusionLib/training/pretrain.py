"""Pretraining: one diffusion model a plane, from views without labels."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from OrthoDiffusionLib.diffusion import denoising_loss
from OrthoDiffusionLib.encoders import ViewEncoder, build_view_encoder
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.precision import autocast
from OrthoDiffusionLib.training.datasets import PlaneViews, stream
from OrthoDiffusionLib.training.engine import Schedule, train, use_all_cores
from OrthoDiffusionLib.training.recipe import Recipe
from OrthoDiffusionLib.training.record import COMMAND, DATA, data_record
from OrthoDiffusionLib.volumes import Plane


def pretrained_file(folder: Path, plane: Plane) -> Path:
    """Where a plane's pretrained weights lie."""
    return folder / f"pretrained_{plane.value}.safetensors"


def pretrain(
    data: Path,
    out: Path,
    plane: Plane,
    recipe: Recipe,
    *,
    command: str = "",
    report: Callable[[str], None] = print,
) -> Path:
    """Train the diffusion model of one plane; run the same command again to resume.

    Args:
        data: folder of phantom shards.
        out: gets the weights, and a folder with checkpoint and log.
        plane: whose views to learn.
        recipe: settings.
        command: what to keep beside the weights as the command that made them.
        report: gets a line now and then.

    Returns:
        The safetensors file with the averaged weights, half precision.
    """
    use_all_cores()
    torch.manual_seed(recipe.seed)
    encoder = build_view_encoder(plane, recipe.network).to(memory_format=torch.channels_last_3d)
    denoiser = encoder.denoiser
    dataset = PlaneViews(data, recipe, plane)
    settings = recipe.pretrain

    def loss(views: torch.Tensor, step: int) -> dict:
        def denoise(x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
            with autocast():
                return denoiser(x, sigma).float()

        views = views.contiguous(memory_format=torch.channels_last_3d)
        return {"loss": denoising_loss(denoise, views, sigma_data=denoiser.sigma_data)}

    weights = train(
        encoder,
        [{"params": list(encoder.parameters()), "lr": settings.learning_rate}],
        Schedule(settings.steps, settings.warmup),
        lambda start: stream(dataset, start, settings.steps),
        loss,
        out / f"pretrain_{plane.value}",
        ema=settings.ema,
        seed=recipe.seed,
        report=report,
    )
    path = pretrained_file(out, plane)
    metadata = {"plane": plane.value, "recipe": json.dumps(recipe.as_dict()), DATA: json.dumps(data_record(data))}
    metadata |= {COMMAND: command} if command else {}
    save_file({name: value.half().contiguous() for name, value in weights.items()}, path, metadata=metadata)
    return path


def load_pretrained(encoder: ViewEncoder, folder: Path) -> None:
    """Give an encoder its pretrained weights.

    Raises:
        TrainingError: if they are missing or of another architecture.
    """
    path = pretrained_file(folder, encoder.plane)
    if not path.exists():
        raise TrainingError(
            f"There are no pretrained weights of the {encoder.plane.value} plane",
            where=str(path),
            remedy="Run `orthodiffusion pretrain` for each plane first, or fine-tune with --from-scratch.",
        )
    found = load_file(path)
    expected = encoder.state_dict()
    if {k: v.shape for k, v in found.items()} != {k: v.shape for k, v in expected.items()}:
        raise TrainingError(
            "The pretrained weights are of another architecture than the recipe's network",
            where=str(path),
            remedy="Use the recipe they were trained with.",
        )
    encoder.load_state_dict({name: value.float() for name, value in found.items()})
