"""The small network of the experiments: each plane's encoder and its own readout, trained on outlines alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from OrthoDiffusionLib.analysis.model import OrthoModel, ViewTensor
from OrthoDiffusionLib.lab.phantom.datasets.shards import joint_of_shards
from OrthoDiffusionLib.lab.training.engine.engine import Schedule, train
from OrthoDiffusionLib.lab.training.engine.losses import added, segmentation_loss
from OrthoDiffusionLib.lab.training.engine.recipe import Recipe
from OrthoDiffusionLib.lab.training.phantoms.finetune import new_model
from OrthoDiffusionLib.lab.training.samples.crops import StudyCrop
from OrthoDiffusionLib.lab.training.samples.datasets import LabelledCrops, stream
from OrthoDiffusionLib.precision import autocast
from OrthoDiffusionLib.volumes import Geometry, Plane


def train_plane_outlines(data: Path, folder: Path, recipe: Recipe, *, report: Callable[[str], None]) -> OrthoModel:
    """Train every plane by itself, from scratch; call again to resume.

    Args:
        data: folder of phantom shards.
        folder: gets checkpoint and log.
        recipe: network, crops, and of the fine-tuning the steps, rate, warm-up and average.

    Returns:
        The model with averaged weights; its fusion and diagnosis are untrained.
    """
    torch.manual_seed(recipe.seed)
    model = new_model(recipe, joint_of_shards(data))
    settings = recipe.finetune
    dataset = LabelledCrops(data, recipe)
    threads = torch.get_num_threads()

    def samples(start: int) -> Iterator[StudyCrop]:
        torch.set_num_threads(threads)  # the loop takes every core there is; here others train beside it
        return stream(dataset, start, settings.steps)

    groups = [
        {"params": list(model.encoders.parameters()), "lr": settings.learning_rate, "filter_lr": settings.filter_rate},
        {"params": list(model.segmentation.by_plane.parameters()), "lr": settings.learning_rate},
    ]
    weights = train(
        model,
        groups,
        Schedule(settings.steps, settings.warmup),
        samples,
        lambda crop, step: outline_loss(model, crop),
        folder,
        ema=settings.ema,
        seed=recipe.seed,
        report=report,
    )
    torch.set_num_threads(threads)
    model.load_state_dict(weights)
    return model.eval()


def outline_loss(model: OrthoModel, crop: StudyCrop) -> dict[str, Tensor]:
    """What each view alone gets wrong, averaged over the crop's views."""
    # Every second pixel and row, from a random start, teaches as much as all of them at a quarter of the cost.
    number = int(torch.randint(4, ()))
    start = (number // 2, number % 2)
    terms = []
    for plane, view in crop.views.items():
        with autocast():
            pyramid = model.encode(ViewTensor(torch.from_numpy(view.image)[None, None], view.geometry), plane)
            logits = model.plane_logits(pyramid, plane, step=2, start=start)
        labels = torch.from_numpy(view.labels[:, start[0] :: 2, start[1] :: 2].copy()).flatten()
        terms.append(segmentation_loss(logits.flatten(1), labels))
    return {"loss": added(terms) / len(crop.views)}


@torch.inference_mode()
def outline_view(model: OrthoModel, image: np.ndarray, geometry: Geometry, plane: Plane) -> np.ndarray:
    """(S, H, W) uint8 labels that one view alone gives.

    Args:
        image: (S, H, W) float32, normalised.
        geometry: index to RAS mm of the right-knee world.
    """
    with autocast():
        pyramid = model.encode(ViewTensor(torch.from_numpy(image)[None, None], geometry), plane)
        return model.plane_logits(pyramid, plane).argmax(dim=0).to(torch.uint8).numpy()
