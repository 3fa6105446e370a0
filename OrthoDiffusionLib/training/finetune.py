"""Fine-tuning: encoders, fusion and heads together, from labelled phantom studies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from OrthoDiffusionLib.anatomy import KNEE, Joint
from OrthoDiffusionLib.fusion import FusedGrid
from OrthoDiffusionLib.heads import Diagnosis
from OrthoDiffusionLib.model import OrthoModel, ViewTensor
from OrthoDiffusionLib.precision import autocast
from OrthoDiffusionLib.training.crops import StudyCrop
from OrthoDiffusionLib.training.datasets import LabelledCrops, stream
from OrthoDiffusionLib.training.engine import Schedule, train, use_all_cores
from OrthoDiffusionLib.training.losses import lesion_loss, segmentation_loss, verdict_loss
from OrthoDiffusionLib.training.pretrain import load_pretrained
from OrthoDiffusionLib.training.recipe import Recipe
from OrthoDiffusionLib.volumes import Plane

# Fewer voxels than this are a lesion's rim at the border of a crop: coarse grid, and a view's halved pixels.
LEAST_COARSE, LEAST_PIXELS = 3, 3


def new_model(recipe: Recipe, joint: Joint = KNEE) -> OrthoModel:
    """A model with fresh weights for a joint's vocabulary."""
    return OrthoModel(
        recipe.network,
        planes=tuple(Plane),
        classes=1 + max(structure.label for structure in joint.structures),
        abnormalities=len(joint.abnormalities),
    )


def finetune(
    data: Path,
    pretrained: Path | None,
    out: Path,
    recipe: Recipe,
    *,
    report: Callable[[str], None] = print,
) -> OrthoModel:
    """Train everything on labelled crops; run the same command again to resume.

    Args:
        data: folder of phantom shards.
        pretrained: folder with the three planes' pretrained weights; None trains from scratch.
        out: gets a folder with checkpoint and log.
        recipe: settings.

    Returns:
        The model with averaged weights.
    """
    use_all_cores()
    torch.manual_seed(recipe.seed)
    model = new_model(recipe)
    if pretrained is not None:
        for encoder in model.encoders.values():
            load_pretrained(encoder, pretrained)
    settings = recipe.finetune
    dataset = LabelledCrops(data, recipe)
    encoders = list(model.encoders.parameters())
    known = {id(parameter) for parameter in encoders}
    heads = [parameter for parameter in model.parameters() if id(parameter) not in known]
    weights = train(
        model,
        [
            {"params": encoders, "lr": settings.learning_rate * settings.encoder_rate},
            {"params": heads, "lr": settings.learning_rate},
        ],
        Schedule(settings.steps, settings.warmup),
        lambda start: stream(dataset, start, settings.steps),
        lambda crop, step: crop_loss(model, crop, diagnosis_weight=settings.diagnosis_weight),
        out / "finetune",
        ema=settings.ema,
        seed=recipe.seed,
        report=report,
    )
    model.load_state_dict(weights)
    return model.eval()


def crop_loss(model: OrthoModel, crop: StudyCrop, *, diagnosis_weight: float) -> dict[str, Tensor]:
    """All terms of one study crop's loss; "loss" is their weighted sum."""
    with autocast():
        pyramids = {
            plane: model.encode(ViewTensor(torch.from_numpy(view.image)[None, None], view.geometry), plane)
            for plane, view in crop.views.items()
        }
        # every second pixel and row, from a random start, teaches as much as all of them at a quarter of the cost
        start = int(torch.randint(4, ()))
        thinned = (..., slice(start // 2, None, 2), slice(start % 2, None, 2))
        plane_logits = {
            plane: model.segmentation.by_plane[plane.value](pyramid.levels[0].features[None][thinned])[0]
            for plane, pyramid in pyramids.items()
        }
        grid: FusedGrid = model.fuse(pyramids, crop.coarse)
        coarse = model.coarse_logits(grid)
        fine = model.fine_logits(pyramids, grid, torch.from_numpy(crop.points))
        diagnosis: Diagnosis = model.diagnose(pyramids, grid)
    count = len(crop.views)
    planes = sum(
        segmentation_loss(plane_logits[plane].flatten(1), torch.from_numpy(view.labels)[thinned].flatten())
        for plane, view in crop.views.items()
    )
    # where no view looks, nothing can be known
    unseen = ~grid.imaged
    coarse_labels = torch.from_numpy(crop.coarse_labels).masked_fill(unseen, 255)
    coarse_lesions = torch.from_numpy(crop.coarse_lesions).masked_fill(unseen, 0).flatten()
    lesions = lesion_loss(diagnosis.evidence.flatten(1), coarse_lesions)
    verdict = verdict_loss(diagnosis.logits, coarse_lesions, least=LEAST_COARSE)
    plane_lesions = plane_verdicts = 0
    for plane, view in crop.views.items():
        bits = torch.from_numpy(view.lesions).flatten()
        plane_lesions = plane_lesions + lesion_loss(diagnosis.evidence_by_plane[plane].flatten(1), bits)
        plane_verdicts = plane_verdicts + verdict_loss(diagnosis.by_plane[plane], bits, least=LEAST_PIXELS)
    terms = {
        "planes": planes / count,
        "coarse": segmentation_loss(coarse.flatten(1), coarse_labels.flatten()),
        "fine": segmentation_loss(fine.T, torch.from_numpy(crop.point_labels)),
        "lesions": lesions + plane_lesions / count,
        "verdict": verdict + plane_verdicts / count,
    }
    outlines = 0.5 * terms["planes"] + 0.5 * terms["coarse"] + terms["fine"]
    terms["loss"] = outlines + diagnosis_weight * (terms["lesions"] + 0.3 * terms["verdict"])
    return terms
