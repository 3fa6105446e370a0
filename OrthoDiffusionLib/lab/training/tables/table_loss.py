"""What one case teaches: outlines where it has label maps, the study-level classifier where findings are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from OrthoDiffusionLib.analysis.inference import sharpened
from OrthoDiffusionLib.analysis.model import OrthoModel, ViewTensor
from OrthoDiffusionLib.encoders import FeaturePyramid
from OrthoDiffusionLib.fusion import FusedGrid
from OrthoDiffusionLib.lab.training.engine.losses import IGNORED, added, finding_loss, keeping_loss, segmentation_loss
from OrthoDiffusionLib.lab.training.tables.case_dataset import CaseSample
from OrthoDiffusionLib.precision import autocast
from OrthoDiffusionLib.volumes import Plane

HEADS, SEGMENTATION, DIAGNOSIS, ALL = TRAINED = ("heads", "segmentation", "diagnosis", "all")
"""What can be trained: fusion and both heads, one head alone on features that stay as they are, everything."""

OUTLINE_WEIGHTS = {"planes": 0.5, "detail": 0.5, "coarse": 0.5, "fine": 1.0}
"""Of each view alone, of its detail window, of the fused views on the coarse grid and at fine places."""

PLANES_WEIGHT = 0.3
"""Of the planes' own classifiers beside the fused one, as in the training on phantoms."""


@dataclass(frozen=True)
class Lesson:
    """What is taught.

    Attributes:
        outlines, findings: which losses count.
        positive_weight: (A,) how much more a case with a finding counts than one without it.
    """

    outlines: bool
    findings: bool
    positive_weight: Tensor


def parts_to_train(model: OrthoModel, trained: str) -> tuple[list[torch.nn.Parameter], list[torch.nn.Parameter]]:
    """Freeze all else; the encoders' parameters and the others' that shall move.

    A head that is trained alone leaves the other head's weights as they were, to the bit: fusion, which both read,
    stays too.
    """
    heads: dict[str, list[nn.Module | None]] = {
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


def parameter_groups(model: OrthoModel, trained: str, *, learning_rate: float, encoder_rate: float) -> list[dict]:
    """What of a model moves at which rate; all else is frozen.

    Args:
        trained: one of `TRAINED`.
        learning_rate: of all but the encoders.
        encoder_rate: that of the encoders, as a share of it.
    """
    encoders, others = parts_to_train(model, trained)
    groups = [{"params": others, "lr": learning_rate}]
    if encoders:
        groups.append({"params": encoders, "lr": learning_rate * encoder_rate})
    return groups


@dataclass(frozen=True)
class Sight:
    """What a network makes of one case before its heads speak.

    Attributes:
        pyramids: features of the views.
        grid: fused features.
        coarse: (K, I, J, K') logits of the structures there.
    """

    pyramids: Mapping[Plane, FeaturePyramid]
    grid: FusedGrid
    coarse: Tensor


def case_loss(
    model: OrthoModel, sample: CaseSample, lesson: Lesson, before: OrthoModel | None = None
) -> dict[str, Tensor]:
    """All terms of one case's loss; "loss" is their sum.

    Terms that a case cannot teach, for want of labels, are left out.

    Args:
        before: the network the training began with; it keeps the outlines that the case's label maps leave out.
    """
    device = next(model.parameters()).device
    sight = _sight(model, sample, device)
    terms: dict[str, Tensor] = {}
    if lesson.outlines and sample.coarse_labels is not None:
        logits, labels, weights = _outlines(model, sample, sight, device)
        known = torch.from_numpy(sample.known_classes).to(device)
        for name, weight in OUTLINE_WEIGHTS.items():
            taught = zip(logits[name], labels[name], weights[name], strict=True)
            losses = [segmentation_loss(x, truth, weights=w, known_classes=known) for x, truth, w in taught]
            terms |= {name: weight * torch.stack(losses).mean()} if losses else {}
        kept = torch.from_numpy(sample.kept_classes).to(device)
        if before is not None and kept.any():
            with torch.no_grad():
                before = before.to(device)
                earlier, *_ = _outlines(before, sample, _sight(before, sample, device), device)
            losses = [
                weight * torch.stack([keeping_loss(*three, kept) for three in triples]).mean()
                for name, weight in OUTLINE_WEIGHTS.items()
                if name != "detail"  # each network looks closely where it takes the joint to be: no common pixels
                and (triples := list(zip(logits[name], earlier[name], labels[name], strict=True)))
            ]
            terms["kept"] = added(losses)
    if lesson.findings and bool((~torch.from_numpy(sample.findings).isnan()).any()):
        terms |= _finding_terms(model, sample, sight, lesson, device)
    if not terms:
        return {"loss": sight.coarse.sum() * 0 + sum(parameter.sum() * 0 for parameter in model.parameters())}
    return {**terms, "loss": added(terms.values())}


def _sight(model: OrthoModel, sample: CaseSample, device: torch.device) -> Sight:
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
    return Sight(pyramids, grid, coarse)


def _outlines(
    model: OrthoModel, sample: CaseSample, sight: Sight, device: torch.device
) -> tuple[dict[str, list[Tensor]], dict[str, list[Tensor]], dict[str, list[Tensor | None]]]:
    """Logits (K, N), labels (N,) and weights of every kind of outline: each plane's own, in its window, coarse, fine.

    Weights are None where every place counts the same.
    """
    # every second pixel and row, another start each time, teaches as much as all of them at a quarter of the cost
    step, start = 2, sample.start
    logits: dict[str, list[Tensor]] = {name: [] for name in OUTLINE_WEIGHTS}
    truth: dict[str, list[Tensor]] = {name: [] for name in OUTLINE_WEIGHTS}
    ratio = model.pixel_ratio
    for plane, pyramid in sight.pyramids.items():
        labels = sample.views[plane].labels
        if labels is None:
            continue
        with autocast(device.type):
            values = model.plane_logits(pyramid, plane, step=step, start=start)
        # a pixel of the encoder covers several of the view's; the label of one of them stands for it
        rows, columns = (slice(first * ratio + ratio // 2, None, step * ratio) for first in start)
        own = torch.from_numpy(labels[:, rows, columns].copy())[:, : values.shape[2], : values.shape[3]]
        logits["planes"].append(values.flatten(1))
        truth["planes"].append(own.to(device).flatten())
        if pyramid.detail is None:
            continue
        with autocast(device.type):
            values = model.detail_logits(pyramid, plane, step=step, start=start)
        rows, columns = (
            slice(first + begin, None, step) for first, begin in zip(start, pyramid.detail.start[1:], strict=True)
        )
        slices = slice(pyramid.detail.start[0], None)
        own = torch.from_numpy(labels[slices, rows, columns].copy())
        own = own[tuple(slice(size) for size in values.shape[1:])]
        logits["detail"].append(values.flatten(1))
        truth["detail"].append(own.to(device).flatten())
    # where no view looks, nothing can be known
    unseen = ~sight.grid.imaged
    logits["coarse"].append(sight.coarse.flatten(1))
    truth["coarse"].append(torch.from_numpy(sample.coarse_labels).to(device).masked_fill(unseen, IGNORED).flatten())
    weights: dict[str, list[Tensor | None]] = {name: [None] * len(values) for name, values in logits.items()}
    if sample.points is not None and len(sample.points.labels):
        places, point_labels, counts = (
            torch.from_numpy(array).to(device)
            for array in (sample.points.places, sample.points.labels, sample.points.weights)
        )
        with autocast(device.type):
            fine = model.fine_logits(sight.pyramids, sight.grid, places)
        logits["fine"].append(fine.T)
        truth["fine"].append(point_labels)
        weights["fine"].append(counts)
    return logits, truth, weights


def _finding_terms(
    model: OrthoModel,
    sample: CaseSample,
    sight: Sight,
    lesson: Lesson,
    device: torch.device,
) -> dict[str, Tensor]:
    with autocast(device.type):
        diagnosis = model.diagnose(sight.pyramids, sight.grid)
    present = torch.from_numpy(sample.findings).to(device)
    weight = lesson.positive_weight.to(device)
    clinical = model.clinical_logits(sample.clinical).to(device)
    own = [finding_loss(logits + clinical, present, weight) for logits in diagnosis.by_plane.values()]
    return {
        "verdict": finding_loss(diagnosis.logits + clinical, present, weight),
        "planes_verdict": PLANES_WEIGHT * torch.stack(own).mean(),
    }
