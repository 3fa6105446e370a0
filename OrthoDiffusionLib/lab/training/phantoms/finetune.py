"""Fine-tuning: encoders, fusion and heads together, from labelled phantom studies."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from OrthoDiffusionLib.analysis.model import OPTIONAL_NETWORK, OrthoModel, ViewTensor, load_model, network_for
from OrthoDiffusionLib.anatomy import Joint
from OrthoDiffusionLib.anatomy import joint as joint_named
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.encoders import FeaturePyramid, ViewEncoder
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.heads.diagnosis_head import PlaneEvidence
from OrthoDiffusionLib.lab.phantom.datasets.shards import StreamedStudies, joint_of_shards
from OrthoDiffusionLib.lab.training.engine.claim import claim
from OrthoDiffusionLib.lab.training.engine.engine import Schedule, train, use_all_cores
from OrthoDiffusionLib.lab.training.engine.fabric import CPU, Machine, launch, processes_here, share_of, wait_for_all
from OrthoDiffusionLib.lab.training.engine.losses import added, classifier_loss, lesion_loss, segmentation_loss
from OrthoDiffusionLib.lab.training.engine.recipe import FinetuneRecipe, Recipe
from OrthoDiffusionLib.lab.training.pretraining.pretrain import load_pretrained, pretrained_file
from OrthoDiffusionLib.lab.training.samples.crops import StudyCrop, ViewCrop
from OrthoDiffusionLib.lab.training.samples.datasets import LabelledCrops, StreamedCrops, stream
from OrthoDiffusionLib.precision import autocast
from OrthoDiffusionLib.volumes import Plane

if TYPE_CHECKING:
    from lightning_fabric import Fabric

# Fewer voxels than this are a lesion's rim at the border of a crop: coarse grid, and a view's halved pixels.
LEAST_COARSE, LEAST_PIXELS = 3, 3

_Alone = tuple[dict[Plane, Tensor], dict[Plane, Tensor]]  # each view's map of lesions, and its logits


def new_model(recipe: Recipe, joint: Joint | str) -> OrthoModel:
    """A model with fresh weights for a joint's vocabulary."""
    joint = joint_named(joint)
    return OrthoModel(
        network_for(recipe.network, joint.structures),
        planes=tuple(Plane),
        classes=1 + max((structure.label for structure in joint.structures), default=0),
        abnormalities=len(joint.abnormalities),
    )


def finetune(
    data: Path,
    pretrained: Path | None,
    out: Path,
    recipe: Recipe,
    *,
    start: Bundle | None = None,
    encoders_alone: bool = False,
    machine: Machine = CPU,
    streamed: StreamedStudies | None = None,
    workers: int = 1,
    seconds: float = math.inf,
    report: Callable[[str], None] = print,
) -> OrthoModel:
    """Train everything on labelled crops; run the same command again to resume.

    Args:
        data: folder of phantom shards.
        pretrained: folder with the three planes' pretrained weights; None trains from scratch, or from `start`.
        out: gets a folder with checkpoint and log.
        recipe: settings.
        start: a bundle whose weights the training begins with: all of them, if it is of the same vocabulary.
        encoders_alone: take only its view encoders, which know no vocabulary; it may be of another joint.
        machine: the processes that share the work and each step's `finetune.accumulate` crops; each returns the model.
        streamed: the studies of `data` if they are made while the training runs; None takes those that are there.
        workers: processes that make crops, and studies that are streamed.
        seconds: after which it stops before its last step; the same call goes on with it.

    Returns:
        The model with averaged weights, on the CPU.

    Raises:
        TrainingError: if weights to begin with are missing or do not fit, or the folder holds another run.
    """
    fabric = launch(machine)
    use_all_cores(processes_here(fabric))
    torch.manual_seed(recipe.seed)
    model = new_model(recipe, joint := joint_of_shards(data))
    _begin(model, joint, pretrained, start, recipe, encoders_alone=encoders_alone)
    recipe, share = _shared(recipe, fabric, report)
    settings = recipe.finetune
    dataset = LabelledCrops(data, recipe) if streamed is None else StreamedCrops(streamed, recipe)
    _claim(out, _made_from(pretrained, start, recipe, streamed is not None, encoders_alone), fabric)
    weights = train(
        model,
        parameter_groups(model, settings),
        Schedule(settings.steps, settings.warmup),
        _samples(dataset, settings, fabric, workers),
        lambda crop, step: crop_loss(model, crop, settings, step=step),
        out / "finetune",
        ema=settings.ema,
        seed=recipe.seed,
        share=share,
        seconds=seconds,
        fabric=fabric,
        partial=True,
        report=report,
    )
    model.to("cpu").load_state_dict(weights)
    return model.eval()


def _claim(out: Path, made_from: dict, fabric: Fabric) -> None:
    """Claim the folder in the first process; the others wait for it."""
    if fabric.is_global_zero:
        claim(out / "finetune", made_from)
    wait_for_all(fabric, out)


def _shared(recipe: Recipe, fabric: Fabric, report: Callable[[str], None]) -> tuple[Recipe, int]:
    """The recipe with as many crops a step as all processes together take, and how many each of them takes."""
    share = share_of(recipe.finetune.accumulate, fabric, report, "crops")
    # which step a crop belongs to is reckoned from this number
    return replace(recipe, finetune=replace(recipe.finetune, accumulate=share * fabric.world_size)), share


def _samples(
    dataset: LabelledCrops, settings: FinetuneRecipe, fabric: Fabric, workers: int
) -> Callable[[int], Iterator[StudyCrop]]:
    """This process's crops from a step on."""

    def samples(step: int) -> Iterator[StudyCrop]:
        first = step * settings.accumulate + fabric.global_rank
        return stream(dataset, first, settings.steps * settings.accumulate, step=fabric.world_size, workers=workers)

    return samples


def _begin(
    model: OrthoModel,
    joint: Joint,
    pretrained: Path | None,
    start: Bundle | None,
    recipe: Recipe,
    *,
    encoders_alone: bool,
) -> None:
    """Give a new model what it begins with: fresh weights, pretrained encoders, or those of a bundle."""
    if pretrained is not None:
        for encoder in model.encoders.values():
            assert isinstance(encoder, ViewEncoder)  # a ModuleDict keeps no types
            load_pretrained(encoder, pretrained)
    if start is not None and encoders_alone:
        begin_with_encoders(model, start, recipe, joint)
    elif start is not None:
        begin_with(model, start, recipe, joint)


def begin_with(model: OrthoModel, start: Bundle, recipe: Recipe, joint: Joint) -> None:
    """Give a new model all weights of a bundle.

    Args:
        model: made by `new_model` for the recipe and the joint.
        start: whose weights it gets.
        recipe: of the training.
        joint: whose vocabulary the training teaches.

    Raises:
        TrainingError: if the bundle's network or vocabulary is another one.
    """
    _check_vocabulary(start, joint)
    differing = _differing_network(start, recipe)
    weights = load_model(start).state_dict()
    shapes = {name: value.shape for name, value in model.state_dict().items()}
    if differing or shapes != {name: value.shape for name, value in weights.items()}:
        raise _other_network(start, differing)
    model.load_state_dict(weights)


def begin_with_encoders(model: OrthoModel, start: Bundle, recipe: Recipe, joint: Joint) -> None:
    """Give a new model the view encoders of a bundle, of whatever joint; all else keeps its fresh weights.

    Args:
        model: made by `new_model` for the recipe and the joint.
        start: whose encoders it gets.
        recipe: of the training.
        joint: whose vocabulary the training teaches.

    Raises:
        TrainingError: if the bundle's encoders are others than the recipe's, or it lacks a plane.
    """
    differing = [key for key in _differing_network(start, recipe) if key not in _OF_THE_HEADS]
    trained = load_model(start)
    known = {plane: encoder.state_dict() for plane, encoder in trained.encoders.each()}
    for plane, encoder in model.encoders.each():
        own = {name: value.shape for name, value in encoder.state_dict().items()}
        if differing or plane not in known or own != {name: value.shape for name, value in known[plane].items()}:
            raise _other_network(start, differing)
        encoder.load_state_dict(known[plane])


_OF_THE_HEADS = ("width", "solid_labels", "detail_labels", "clinical")
"""Entries of a network that its encoders do not depend on."""


def _differing_network(start: Bundle, recipe: Recipe) -> list[str]:
    """Entries in which the network of a bundle is another than the recipe's."""
    structures = start.manifest.structures
    networks = [
        {**OPTIONAL_NETWORK, **network_for(network, structures)} for network in (recipe.network, start.manifest.network)
    ]
    return sorted(key for key in networks[0] | networks[1] if networks[0].get(key) != networks[1].get(key))


def _other_network(start: Bundle, differing: Sequence[str]) -> TrainingError:
    return TrainingError(
        "The network of the bundle to begin with is not the recipe's"
        + (f"; it differs in: {', '.join(differing)}" if differing else ""),
        where=str(start.folder),
        remedy="Choose the recipe that the bundle was trained with, or another bundle.",
    )


def _check_vocabulary(start: Bundle, joint: Joint) -> None:
    """The same shapes of weights may mean other things: a class is known by its label, a finding by its place.

    Raises:
        TrainingError: if joint, structures with their labels, or findings with their order are others.
    """
    manifest = start.manifest
    labels = [{s.name: s.label for s in known} for known in (manifest.structures, joint.structures)]
    findings = [[a.name for a in known] for known in (manifest.abnormalities, joint.abnormalities)]
    differing = []
    if manifest.joint != joint.name:
        differing.append(f"the joint ({manifest.joint}, the training {joint.name})")
    if others := sorted(n for n in labels[0] | labels[1] if labels[0].get(n) != labels[1].get(n)):
        differing.append(f"structures or their labels ({', '.join(others)})")
    if others := sorted(set(findings[0]) ^ set(findings[1])):
        differing.append(f"findings ({', '.join(others)})")
    elif findings[0] != findings[1]:
        differing.append(f"the order of the findings ({', '.join(findings[0])})")
    if differing:
        raise TrainingError(
            f"The bundle to begin with knows others than the training studies show: {'; '.join(differing)}",
            where=str(start.folder),
            remedy="Choose a bundle of the same joint and vocabulary, or begin with its encoders alone"
            " (--encoders-from), with --pretrained or --from-scratch.",
        )


def _made_from(
    pretrained: Path | None, start: Bundle | None, recipe: Recipe, streamed: bool, encoders_alone: bool
) -> dict:
    """What two calls must share to go on with each other; steps, rates and weights of the losses may change."""
    files = {plane.value: pretrained_file(pretrained, plane) for plane in Plane} if pretrained is not None else {}
    return {
        "pretrained": {plane: hashlib.sha256(path.read_bytes()).hexdigest() for plane, path in files.items()},
        "seed": recipe.seed,
        "pixel": recipe.in_plane_mm,
        **({} if start is None else {"encoders" if encoders_alone else "start": start.sha256}),
        **({"streamed": True} if streamed else {}),
    }


def parameter_groups(model: OrthoModel, settings: FinetuneRecipe) -> list[dict]:
    """What learns at which rate: encoders, the modules between them and the heads, and the heads' layers."""
    rate, filters, share = settings.learning_rate, settings.filter_rate, settings.encoder_rate
    between = (model.fusion, model.detail)
    answers = (model.segmentation, model.diagnosis)
    return [
        {"params": list(model.encoders.parameters()), "lr": rate * share, "filter_lr": filters * share},
        {"params": [p for part in between for p in part.parameters()], "lr": rate, "filter_lr": filters},
        {"params": [p for head in answers for p in head.parameters()], "lr": rate},
    ]


def crop_loss(model: OrthoModel, crop: StudyCrop, settings: FinetuneRecipe, *, step: int) -> dict[str, Tensor]:
    """All terms of one study crop's loss; "loss" is their weighted sum.

    Args:
        settings: the weights, and from which step on the views are fused and lesions weigh.
        step: of the training.
    """
    fuse, lesions_weigh = step >= settings.steps_alone, step >= settings.steps_outlines_first
    lesion_dice = settings.lesion_dice[lesions_weigh]
    device = _device_of(model)
    with autocast(device.type):
        pyramids = {
            plane: model.encode(ViewTensor(_on(device, view.image)[None, None], view.geometry), plane)
            for plane, view in crop.views.items()
        }
        pyramids = {plane: _sharpened(model, pyramid, crop.views[plane], plane) for plane, pyramid in pyramids.items()}
    with autocast(device.type):
        read = {plane: _Reading.of(model, plane, pyramid) for plane, pyramid in pyramids.items()}
        alone = model.diagnosis.of_planes(pyramids, read={plane: known.lesions for plane, known in read.items()})
    terms = _plane_terms(model, crop, pyramids, read, alone, lesion_dice)
    outlines, diagnosis = terms["planes"], terms["lesions"] + 0.3 * terms["verdict"]
    if any(view.detail is not None for view in crop.views.values()):
        detail = _detail_terms(model, crop, pyramids, read, lesion_dice)
        outlines, diagnosis = outlines + detail["detail"], diagnosis + detail["detail_lesions"]
        terms |= detail
    if fuse:
        fused = _fused_terms(model, crop, pyramids, alone, lesion_dice)
        outlines = 0.5 * outlines + 0.5 * fused["coarse"] + fused["fine"]
        diagnosis = diagnosis + fused["fused_lesions"] + 0.3 * fused["fused_verdict"]
        terms |= fused
    return {**terms, "loss": outlines + settings.diagnosis_weight[lesions_weigh] * diagnosis}


def _device_of(model: OrthoModel) -> torch.device:
    return next(model.parameters()).device


def _on(device: torch.device, array: np.ndarray) -> Tensor:
    return torch.from_numpy(array).to(device)


def _sharpened(model: OrthoModel, pyramid: FeaturePyramid, view: ViewCrop, plane: Plane) -> FeaturePyramid:
    if view.detail is None:
        return pyramid
    image = ViewTensor(_on(_device_of(model), view.detail.image)[None, None], view.detail.geometry)
    return model.sharpen(pyramid, image, view.detail.window, plane)


@dataclass(frozen=True)
class _Reading:
    """What the view's own map and that of its detail window both need, so that it is worked out once.

    Attributes:
        outlines: readings of the levels but the finest.
        lesions: the same of lesions.
    """

    outlines: list[Tensor]
    lesions: PlaneEvidence

    @classmethod
    def of(cls, model: OrthoModel, plane: Plane, pyramid: FeaturePyramid) -> _Reading:
        return cls(model.segmentation.of_coarser(plane, pyramid), model.diagnosis.reading(plane, pyramid))


def _detail_terms(
    model: OrthoModel,
    crop: StudyCrop,
    pyramids: dict[Plane, FeaturePyramid],
    read: dict[Plane, _Reading],
    lesion_dice: float,
) -> dict[str, Tensor]:
    """What each view alone gets right in its detail window, averaged over the views."""
    device, number = _device_of(model), int(torch.randint(4, ()))
    start = (number // 2, number % 2)
    terms: dict[str, list[Tensor]] = {"detail": [], "detail_lesions": []}
    for plane, view in crop.views.items():
        if view.detail is None:
            raise ValueError(f"the {plane.value} crop has no detail window, other crops of its study have")
        with autocast(device.type):
            known = read[plane]
            outlines = model.segmentation.of_detail(plane, pyramids[plane], step=2, start=start, coarser=known.outlines)
            lesions = model.diagnosis.of_detail(plane, pyramids[plane], read=known.lesions)
        labels = _on(device, view.detail.labels[:, start[0] :: 2, start[1] :: 2].copy()).flatten()
        bits = _on(device, view.detail.lesions).flatten()
        terms["detail"].append(segmentation_loss(outlines.flatten(1), labels))
        terms["detail_lesions"].append(lesion_loss(lesions.flatten(1), bits, dice_weight=lesion_dice))
    return {name: added(values) / len(crop.views) for name, values in terms.items()}


def _plane_terms(
    model: OrthoModel,
    crop: StudyCrop,
    pyramids: dict[Plane, FeaturePyramid],
    read: dict[Plane, _Reading],
    alone: _Alone,
    lesion_dice: float,
) -> dict[str, Tensor]:
    """What each view alone gets right, averaged over the views."""
    # every second pixel and row, from a random start, teaches as much as all of them at a quarter of the cost
    device, number = _device_of(model), int(torch.randint(4, ()))
    start = (number // 2, number % 2)
    with autocast(device.type):
        outlines = {
            plane: model.segmentation.of_plane(plane, p, step=2, start=start, coarser=read[plane].outlines)
            for plane, p in pyramids.items()
        }
    maps, plane_logits = alone
    terms: dict[str, list[Tensor]] = {"planes": [], "lesions": [], "verdict": []}
    for plane, view in crop.views.items():
        labels = _on(device, view.labels[:, start[0] :: 2, start[1] :: 2].copy()).flatten()
        bits = _on(device, view.lesions).flatten()
        terms["planes"].append(segmentation_loss(outlines[plane].flatten(1), labels))
        terms["lesions"].append(lesion_loss(maps[plane].flatten(1), bits, dice_weight=lesion_dice))
        terms["verdict"].append(classifier_loss(plane_logits[plane], bits, least=LEAST_PIXELS))
    return {name: added(values) / len(crop.views) for name, values in terms.items()}


def _fused_terms(
    model: OrthoModel, crop: StudyCrop, pyramids: dict[Plane, FeaturePyramid], alone: _Alone, lesion_dice: float
) -> dict[str, Tensor]:
    """What the views get right together."""
    device = _device_of(model)
    with autocast(device.type):
        grid = model.fuse(pyramids, crop.coarse)
        coarse = model.coarse_logits(grid)
        fine = model.fine_logits(pyramids, grid, _on(device, crop.points.places))
        diagnosis = model.diagnosis(pyramids, grid, alone=alone)
    # where no view looks, nothing can be known
    unseen = ~grid.imaged
    labels = _on(device, crop.coarse_labels).masked_fill(unseen, 255).flatten()
    bits = _on(device, crop.coarse_lesions).masked_fill(unseen, 0).flatten()
    return {
        "coarse": segmentation_loss(coarse.flatten(1), labels),
        "fine": segmentation_loss(fine.T, _on(device, crop.points.labels), weights=_on(device, crop.points.weights)),
        "fused_lesions": lesion_loss(diagnosis.evidence.flatten(1), bits, dice_weight=lesion_dice),
        "fused_verdict": classifier_loss(diagnosis.logits, bits, least=LEAST_COARSE),
    }
