"""What a network outlines in one study, by all planes together and by each alone, and where it is sure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor

from OrthoDiffusionLib.analysis.inference import (
    CHUNK_COARSE_VOXELS,
    FUSION_RATIO,
    Picture,
    asked_finely,
    encode_views,
    fine_geometry,
    fine_places,
    fuse_coarsely,
    sharpened,
)
from OrthoDiffusionLib.analysis.model import OrthoModel
from OrthoDiffusionLib.encoders import FeaturePyramid
from OrthoDiffusionLib.fusion import FusedGrid
from OrthoDiffusionLib.lab.training.adaptation.settings import AdaptSettings
from OrthoDiffusionLib.lab.training.engine.losses import IGNORED
from OrthoDiffusionLib.memory import giving_back
from OrthoDiffusionLib.precision import autocast
from OrthoDiffusionLib.volumes import Geometry, Plane


@dataclass(frozen=True, eq=False)
class Outlines:
    """Structures on one grid.

    Attributes:
        labels: (I, J, K) uint8, 0 is background.
        certainty: (I, J, K) float32, probability of the label.
        imaged: (I, J, K) bool: at least one of the views that were asked looked there.
    """

    labels: np.ndarray
    certainty: np.ndarray
    imaged: np.ndarray


@dataclass(frozen=True, eq=False)
class StudyOutlines:
    """One study as a network outlines it.

    Attributes:
        geometry: of the fine grid that all outlines share, RAS mm of the networks' world.
        fused: by all planes together.
        alone: plane -> by that plane alone, through the same fusion and head; empty if nobody asked.
    """

    geometry: Geometry
    fused: Outlines
    alone: Mapping[Plane, Outlines] = field(default_factory=dict)


@giving_back
@torch.inference_mode()
def outline_study(
    model: OrthoModel, views: Mapping[Plane, Picture], spacing_mm: float, *, alone: bool = False
) -> StudyOutlines:
    """Outline a study finely.

    Args:
        model: in any mode; it is not changed.
        views: as `prepare_views` makes them.
        spacing_mm: of the fine grid.
        alone: ask each plane alone, too. Where small structures are looked at closely, all planes have found together.
    """
    device = next(model.parameters()).device.type
    pyramids: Mapping[Plane, FeaturePyramid] = encode_views(model, views, device=device, precision="auto", timings={})
    coarse = fuse_coarsely(model, pyramids, fine_spacing_mm=spacing_mm, device=device, precision="auto", timings={})
    place = coarse.grid.geometry
    if model.pixel_ratio > 1:
        with autocast(device):
            pyramids = sharpened(model, views, pyramids, coarse.labels, place, device=device)
    found = {}
    for plane in views if alone and len(views) > 1 else ():
        with autocast(device):
            grid = model.fuse({plane: pyramids[plane]}, place)
        found[plane] = _finely(model, {plane: pyramids[plane].widened()}, grid, spacing_mm)
    widened = {plane: pyramid.widened() for plane, pyramid in pyramids.items()}
    return StudyOutlines(fine_geometry(place, spacing_mm), _finely(model, widened, coarse.grid, spacing_mm), found)


def _finely(
    model: OrthoModel, pyramids: Mapping[Plane, FeaturePyramid], grid: FusedGrid, spacing_mm: float
) -> Outlines:
    """As `inference.outline`, with the certainty of every voxel."""
    device = next(model.parameters()).device.type
    with autocast(device):
        probability, winner = model.coarse_logits(grid).float().softmax(dim=0).max(dim=0)
    winner = winner.to(torch.uint8).masked_fill(~grid.imaged, 0)
    wide = replace(grid, features=grid.features.float())
    where = asked_finely(model, grid, winner).nonzero()
    labels, certainty = _thrice(winner), _thrice(probability)
    for begin in range(0, len(where), CHUNK_COARSE_VOXELS):
        part = where[begin : begin + CHUNK_COARSE_VOXELS]
        with autocast(device):
            logits = model.fine_logits(pyramids, wide, fine_places(grid.geometry, part, spacing_mm))
        sure, value = logits.float().softmax(dim=1).max(dim=1)
        shape = (len(part), FUSION_RATIO, FUSION_RATIO, FUSION_RATIO)
        labels[part[:, 0], :, part[:, 1], :, part[:, 2], :] = value.to(torch.uint8).reshape(shape)
        certainty[part[:, 0], :, part[:, 1], :, part[:, 2], :] = sure.reshape(shape)
    fine = tuple(FUSION_RATIO * n for n in winner.shape)
    return Outlines(*(values.reshape(fine).cpu().numpy() for values in (labels, certainty, _thrice(grid.imaged))))


def _thrice(coarse: Tensor) -> Tensor:
    """(I, 3, J, 3, K, 3): the fine voxels of each coarse one, with its value."""
    i, j, k = coarse.shape
    size = (i, FUSION_RATIO, j, FUSION_RATIO, k, FUSION_RATIO)
    return coarse[:, None, :, None, :, None].expand(size).contiguous()


def sure_labels(outlines: Outlines, settings: AdaptSettings) -> np.ndarray:
    """(I, J, K) uint8: the label where the network is sure of it, 255 elsewhere and where no view looked.

    Of each structure, and of the background, the most certain voxels count, by the settings' share and limits.
    """
    found = np.full(outlines.labels.shape, IGNORED, np.uint8)
    for label in np.flatnonzero(np.bincount(outlines.labels[outlines.imaged], minlength=256)):
        mine = (outlines.labels == label) & outlines.imaged
        limit = np.quantile(outlines.certainty[mine], 1.0 - settings.kept)
        limit = min(max(float(limit), settings.least_certain), settings.surely)
        found[mine & (outlines.certainty >= limit)] = label
    return found
