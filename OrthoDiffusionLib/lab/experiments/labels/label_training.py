"""The arms of the experiment on labels as networks, and the training that is the same for all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch

from OrthoDiffusionLib.lab.experiments.common.experiment import Cell
from OrthoDiffusionLib.lab.experiments.labels.label_crops import LabelCrops
from OrthoDiffusionLib.lab.experiments.labels.label_efficiency import LabelsWork
from OrthoDiffusionLib.lab.experiments.labels.label_networks import Classifier, DenoiserReadout, LabelNetwork, Outliner
from OrthoDiffusionLib.lab.experiments.labels.published_recipe import PublishedRecipe
from OrthoDiffusionLib.lab.training.engine.engine import Schedule, train
from OrthoDiffusionLib.lab.training.engine.recipe import Recipe
from OrthoDiffusionLib.lab.training.pretraining.pretrain import load_pretrained

MEASURED_CROPS = 8
"""From which a network may measure what it needs before its first step."""


def build_network(work: LabelsWork, cell: Cell) -> LabelNetwork:
    """An arm's network at its start; the seed draws whatever is not pretrained."""
    torch.manual_seed(cell.seed)
    kind, start = cell.arm.settings["network"], cell.arm.settings.get("start")
    if kind == "dynunet":
        network: LabelNetwork = Outliner(work.planes)
    elif kind == "densenet":
        network = Classifier(work.planes, work.recipe.data.crop)
    elif kind == "published":
        published = PublishedRecipe(work.planes)
        published.load(work.published)
        network = published
    elif kind == "ours":
        frozen, pretrained = bool(cell.arm.settings["frozen"]), start == "pretrained"
        ours = DenoiserReadout(work.planes, work.recipe.network, frozen=frozen, pretrained=pretrained)
        if pretrained:
            for _, encoder in ours.encoders.each():
                load_pretrained(encoder, work.pretrained_folder)
        elif start == "chance":
            ours.draw_everything()
        network = ours
    else:
        raise ValueError(f"network must be ours, dynunet, densenet or published, got {kind!r} instead")
    network.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]  # torch's stubs do not know it
    return network


def train_network(
    network: LabelNetwork, crops: LabelCrops, folder: Path, recipe: Recipe, *, report: Callable[[str], None]
) -> None:
    """Train in place; call again to resume. At the end the network has its averaged weights."""
    settings = recipe.finetune
    network.prepare([crops[step] for step in range(MEASURED_CROPS)])
    weights = train(
        network,
        network.groups(settings),
        Schedule(settings.steps, settings.warmup),
        lambda start: crops.stream(start, settings.steps),
        lambda crop, step: network.loss(crop),
        folder,
        ema=settings.ema,
        seed=recipe.seed,
        report=report,
    )
    network.load_state_dict(weights)
    network.eval()
