"""What one case teaches: outlines where its label maps speak, verdicts where its findings are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from OrthoDiffusionLib.encoders import FeaturePyramid
from OrthoDiffusionLib.fusion import FusedGrid
from OrthoDiffusionLib.inference import sharpened
from OrthoDiffusionLib.model import OrthoModel, ViewTensor
from OrthoDiffusionLib.precision import autocast
from OrthoDiffusionLib.training.case_dataset import CaseSample
from OrthoDiffusionLib.training.losses import IGNORED, finding_loss, segmentation_loss
from OrthoDiffusionLib.volumes import Plane

HEADS, SEGMENTATION, DIAGNOSIS, ALL = TRAINED = ("heads", "segmentation", "diagnosis", "all")
"""What can be trained: fusion and both heads, one head alone on features that stay as they are, everything."""

PLANES_WEIGHT = 0.3
"""Of the planes' own verdicts beside the fused one, as in the training on phantoms."""


@dataclass(frozen=True)
class Lesson:
    """What is taught.

    Attributes:
        outlines, verdicts: which losses count.
        positive_weight: (A,) how much more a case with a finding counts than one without it.
    """

    outlines: bool
    verdicts: bool
    positive_weight: Tensor


def parts_to_train(model: OrthoModel, trained: str) -> tuple[list[torch.nn.Parameter], list[torch.nn.Parameter]]:
    """Freeze all else; the encoders' parameters and the others' that shall move.

    A head that is trained alone leaves the other head's answers as they were, to the bit: fusion, which both read,
    stays too.
    """
    heads = {
        SEGMENTATION: [model.segmentation],
        DIAGNOSIS: [model.diagnosis, model.clinical],
        HEADS: [model.fusion, model.segmentation, model.diagnosis, model.clinical, model.detail],
    }
    moving = [part for part in heads.get(trained, heads[HEADS]) if part is not None]
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    encoders = list(model.encoders.parameters()) if trained == ALL else []
    others = [parameter for part in moving for parameter in part.parameters()]
    for parameter in (*encoders, *others):
        parameter.requires_grad_(True)
    return encoders, others


def case_loss(model: OrthoModel, sample: CaseSample, lesson: Lesson) -> dict[str, Tensor]:
    """All terms of one case's loss; "loss" is their sum.

    Terms that a case cannot teach, for want of labels, are left out.
    """
    device = next(model.parameters()).device
    with autocast(device.type):
        views = {
            plane: ViewTensor(torch.from_numpy(view.array)[None, None].to(device), view.geometry)
            for plane, view in sample.views.items()
        }
        pyramids = {plane: model.encode(model.at_encoder_pixels(view), plane) for plane, view in views.items()}
        grid = model.fuse(pyramids, sample.coarse)
        coarse = model.coarse_logits(grid)
        if model.pixel_ratio > 1:
            winner = coarse.detach().argmax(dim=0).to(torch.uint8).masked_fill(~grid.imaged, 0)
            pyramids = sharpened(model, sample.views, pyramids, winner, sample.coarse, device=device.type)
    terms = {}
    if lesson.outlines and sample.coarse_labels is not None:
        terms |= _outline_terms(model, sample, pyramids, grid, coarse, device)
    if lesson.verdicts and bool((~torch.from_numpy(sample.findings).isnan()).any()):
        terms |= _verdict_terms(model, sample, pyramids, grid, lesson, device)
    if not terms:
        return {"loss": coarse.sum() * 0 + sum(parameter.sum() * 0 for parameter in model.parameters())}
    return {**terms, "loss": sum(terms.values())}


def _outline_terms(
    model: OrthoModel,
    sample: CaseSample,
    pyramids: Mapping[Plane, FeaturePyramid],
    grid: FusedGrid,
    coarse: Tensor,
    device: torch.device,
) -> dict[str, Tensor]:
    known = torch.from_numpy(sample.known_classes).to(device)

    def loss(logits: Tensor, labels) -> Tensor:
        return segmentation_loss(logits, torch.as_tensor(labels, device=device).flatten(), known_classes=known)

    terms: dict[str, Tensor] = {}
    # every second pixel and row, from a random start, teaches as much as all of them at a quarter of the cost
    number, step = int(torch.randint(4, ())), 2
    start = (number // 2, number % 2)
    own = []
    for plane, pyramid in pyramids.items():
        labels = sample.views[plane].labels
        if labels is None:
            continue
        with autocast(device.type):
            logits = model.plane_logits(pyramid, plane, step=step, start=start)
        ratio = model.pixel_ratio
        # a pixel of the encoder covers several of the view's; the label of one of them stands for it
        rows = slice(start[0] * ratio + ratio // 2, None, step * ratio)
        columns = slice(start[1] * ratio + ratio // 2, None, step * ratio)
        at_pixels = torch.from_numpy(labels[:, rows, columns].copy())[:, : logits.shape[2], : logits.shape[3]]
        own.append(loss(logits.flatten(1), at_pixels))
    if own:
        terms["planes"] = 0.5 * torch.stack(own).mean()
    # where no view looks, nothing can be known
    labels = torch.from_numpy(sample.coarse_labels).to(device).masked_fill(~grid.imaged, IGNORED)
    terms["coarse"] = 0.5 * loss(coarse.flatten(1), labels)
    if len(sample.points):
        with autocast(device.type):
            fine = model.fine_logits(pyramids, grid, torch.from_numpy(sample.points).to(device))
        terms["fine"] = loss(fine.T, sample.point_labels)
    return terms


def _verdict_terms(
    model: OrthoModel,
    sample: CaseSample,
    pyramids: Mapping[Plane, FeaturePyramid],
    grid: FusedGrid,
    lesson: Lesson,
    device: torch.device,
) -> dict[str, Tensor]:
    with autocast(device.type):
        diagnosis = model.diagnose(pyramids, grid)
    present = torch.from_numpy(sample.findings).to(device)
    weight = lesson.positive_weight.to(device)
    told = model.clinical_logits(sample.clinical).to(device)
    own = [finding_loss(logits + told, present, weight) for logits in diagnosis.by_plane.values()]
    return {
        "verdict": finding_loss(diagnosis.logits + told, present, weight),
        "planes_verdict": PLANES_WEIGHT * torch.stack(own).mean(),
    }
