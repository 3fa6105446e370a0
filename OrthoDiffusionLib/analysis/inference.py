"""From prepared views to logits: the networks' part of an analysis, stage by stage."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from OrthoDiffusionLib.analysis.model import WINDOW_STEP, OrthoModel, ViewTensor, Window
from OrthoDiffusionLib.encoders import FeaturePyramid
from OrthoDiffusionLib.findings.label_boxes import box_between
from OrthoDiffusionLib.findings.plausibility import PlaneOutlines
from OrthoDiffusionLib.fusion import FusedGrid
from OrthoDiffusionLib.heads import Diagnosis
from OrthoDiffusionLib.memory import trim_fragmented_heap
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.precision import autocast
from OrthoDiffusionLib.progress import ProgressCallback, report
from OrthoDiffusionLib.views import View
from OrthoDiffusionLib.volumes import Geometry, Plane

FUSION_RATIO = 3
"""The coarse fusion grid is this many times as coarse as the fine one."""

OUTLINE_STEP = 4
"""What one plane alone outlines, for the box around the joint and to hold planes against each other, is this coarse."""

MARGIN_MM = 8.0  # ours: kept around the outlined joint
LARGEST_EXTENT_MM = 320.0  # ours: no joint is larger; bounds the memory of what is outlined by mistake
CHUNK_COARSE_VOXELS = 4096  # 27 fine points each; bounds the memory of the fine stage
DETAIL_MARGIN_MM = 5.0  # ours: kept around small structures
LEAST_DETAIL_VOXELS = 8  # ours: of a structure on the coarse grid; fewer are stray


@dataclass(frozen=True)
class Inference:
    """What the networks say of one study, in the world they were shown (mirrored for a left joint).

    Attributes:
        labels: (I, J, K) uint8 on the fine grid.
        fine: its geometry, axis-aligned RAS mm.
        imaged: (I, J, K) bool on the coarse grid: at least one view looked there.
        coarse: the coarse grid.
        diagnosis: logits and evidence.
        alone: what each plane says of the structures without the others.
        timings: stage to seconds.
    """

    labels: np.ndarray
    fine: Geometry
    imaged: np.ndarray
    coarse: Geometry
    diagnosis: Diagnosis
    alone: Mapping[Plane, PlaneOutlines]
    timings: dict[str, float] = field(default_factory=dict)


class Picture(Protocol):
    """What the networks need of a view: normalised pixels, and where they lie."""

    @property
    def array(self) -> np.ndarray:
        """(S, H, W) float32."""

    @property
    def geometry(self) -> Geometry:
        """Index (s, h, w) to RAS mm."""


class _Clock:
    """Notes how long each stage took. After each a fragmented heap is trimmed: else the peak would grow from one study
    to the next, as the next stage finds the holes that other sizes left too small."""

    def __init__(self, timings: dict[str, float]) -> None:
        self.timings, self.last = timings, time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.timings[stage] = self.timings.get(stage, 0.0) + now - self.last
        trim_fragmented_heap()
        self.last = now


@torch.inference_mode()
def encode_views(
    model: OrthoModel,
    views: Mapping[Plane, Picture],
    *,
    device: str,
    precision: str,
    timings: dict[str, float],
    progress: ProgressCallback | None = None,
) -> dict[Plane, FeaturePyramid]:
    """Features of every view."""
    clock = _Clock(timings)
    pyramids = {}
    for number, (plane, view) in enumerate(views.items()):
        report(progress, "encode", number / len(views), Message("progress", "encode", {"plane": plane}))
        with autocast(device, precision):
            pyramids[plane] = model.encode(model.at_encoder_pixels(_tensor(view, device)), plane)
        clock.lap(f"encoder_{plane.value}")
    return pyramids


@dataclass(frozen=True)
class CoarseStudy:
    """The views of one study brought together, and the structures outlined on the coarse grid.

    Attributes:
        pyramids: the views' features.
        grid: the fused features.
        labels: (I, J, K) uint8 structures on the coarse grid.
        confidence: mean probability of the winning structure over the voxels that are not background.
        alone: what each plane says without the others, before its details were looked at.
    """

    pyramids: Mapping[Plane, FeaturePyramid]
    grid: FusedGrid
    labels: Tensor
    confidence: float
    alone: Mapping[Plane, PlaneOutlines]


@dataclass(frozen=True)
class FusedStudy(CoarseStudy):
    """A study whose small structures were looked at closely, in detail windows of the pyramids, and what was found.

    Attributes:
        diagnosis: logits and evidence.
    """

    diagnosis: Diagnosis


@torch.inference_mode()
def fuse_coarsely(
    model: OrthoModel,
    pyramids: Mapping[Plane, FeaturePyramid],
    *,
    fine_spacing_mm: float,
    device: str,
    precision: str,
    timings: dict[str, float],
    progress: ProgressCallback | None = None,
) -> CoarseStudy:
    """Fuse the views and outline the structures coarsely: enough to tell right from left."""
    clock = _Clock(timings)
    report(progress, "fuse", 0.0, Message("progress", "fuse"))
    with autocast(device, precision):
        alone = plane_outlines(model, pyramids)
        fused = model.fuse(pyramids, _box_around(alone, pyramids, FUSION_RATIO * fine_spacing_mm))
        clock.lap("fusion")
        probability, winner = model.coarse_logits(fused).float().softmax(dim=0).max(dim=0)
        winner = winner.to(torch.uint8).masked_fill(~fused.imaged, 0)
        foreground = winner > 0
        confidence = float(probability[foreground].mean()) if foreground.any() else 0.0
        clock.lap("segmentation")
    return CoarseStudy(pyramids, fused, winner, confidence, alone)


@torch.inference_mode()
def diagnose(
    model: OrthoModel,
    views: Mapping[Plane, View],
    study: CoarseStudy,
    *,
    device: str,
    precision: str,
    timings: dict[str, float],
    progress: ProgressCallback | None = None,
) -> FusedStudy:
    """Look closely where the structures of a study are small, and find abnormalities."""
    clock, pyramids = _Clock(timings), study.pyramids
    with autocast(device, precision):
        if model.pixel_ratio > 1:
            report(progress, "detail", 0.5, Message("progress", "detail"))
            pyramids = sharpened(model, views, pyramids, study.labels, study.grid.geometry, device=device)
            clock.lap("detail")
        report(progress, "diagnose", 0.7, Message("progress", "diagnose"))
        diagnosis = model.diagnose(pyramids, study.grid)
        clock.lap("diagnosis")
    return FusedStudy(pyramids, study.grid, study.labels, study.confidence, study.alone, diagnosis)


def fuse_and_diagnose(
    model: OrthoModel,
    views: Mapping[Plane, View],
    pyramids: Mapping[Plane, FeaturePyramid],
    *,
    fine_spacing_mm: float,
    device: str,
    precision: str,
    timings: dict[str, float],
    progress: ProgressCallback | None = None,
) -> FusedStudy:
    """Fuse the views, outline the structures coarsely, look closely where they are small, find abnormalities."""
    study = fuse_coarsely(
        model, pyramids, fine_spacing_mm=fine_spacing_mm,
        device=device, precision=precision, timings=timings, progress=progress,
    )  # fmt: skip
    return diagnose(model, views, study, device=device, precision=precision, timings=timings, progress=progress)


def sharpened(
    model: OrthoModel,
    views: Mapping[Plane, Picture],
    pyramids: Mapping[Plane, FeaturePyramid],
    labels: Tensor,
    geometry: Geometry,
    *,
    device: str,
) -> dict[Plane, FeaturePyramid]:
    """The views' features with a detail window each, around the small structures found on the coarse grid.

    Args:
        labels: (I, J, K) uint8 structures.
        geometry: of `labels`.
    """
    wanted = torch.tensor(model.detail_labels, dtype=labels.dtype, device=labels.device)
    found = labels.masked_fill(~torch.isin(labels, wanted), 0)
    counts = torch.bincount(found.flatten().int(), minlength=256)
    index = found.masked_fill(counts[found.int()] < LEAST_DETAIL_VOXELS, 0).nonzero().cpu().numpy()
    if len(index) == 0:
        return dict(pyramids)
    places = geometry.to_ras(index.astype(float))
    return {
        plane: model.sharpen(pyramid, _tensor(views[plane], device), window, plane)
        if (window := detail_window(views[plane].geometry, places)) is not None
        else pyramid
        for plane, pyramid in pyramids.items()
    }


def detail_window(view: Geometry, places: np.ndarray) -> Window | None:
    """The part of a view that holds nearly all of some places and a margin; None if that is nothing.

    Args:
        view: geometry of the view's own pixels.
        places: (N, 3) RAS mm.
    """
    index = view.to_ijk(places)
    margin = DETAIL_MARGIN_MM / view.spacing_mm
    low = np.floor(np.percentile(index, 0.5, axis=0) - margin).astype(int)
    high = np.ceil(np.percentile(index, 99.5, axis=0) + margin).astype(int) + 1
    step = np.array([1, WINDOW_STEP, WINDOW_STEP])
    last = np.array(view.shape) // step * step
    low = np.clip(low // step * step, 0, last)
    high = np.clip(-(-high // step) * step, 0, last)
    if (high <= low).any():
        return None
    return box_between(low, high)


def _tensor(view: Picture, device: str) -> ViewTensor:
    return ViewTensor(torch.from_numpy(view.array)[None, None].to(device), view.geometry)


@torch.inference_mode()
def outline(
    model: OrthoModel,
    study: FusedStudy,
    *,
    fine_spacing_mm: float,
    device: str,
    precision: str,
    timings: dict[str, float],
    progress: ProgressCallback | None = None,
) -> Inference:
    """Outline the structures of a fused study finely.

    Only where structures meet or are small are the 27 fine points of a coarse voxel asked one by one, in
    chunks. What lies deep inside a bone or outside of everything keeps its coarse answer, which is the same
    at a tenth of the work.
    """
    clock = _Clock(timings)
    report(progress, "segment", 0.0, Message("progress", "outline"))
    # the points are asked in chunks, each of which would have to widen all features for the sampling
    pyramids = {plane: pyramid.widened() for plane, pyramid in study.pyramids.items()}
    grid = replace(study.grid, features=study.grid.features.float())
    labels, fine = _refine(
        model, pyramids, grid, study.labels, fine_spacing_mm,
        device=device, precision=precision, progress=progress,
    )  # fmt: skip
    clock.lap("segmentation")
    imaged = study.grid.imaged.cpu().numpy()
    return Inference(labels, fine, imaged, study.grid.geometry, study.diagnosis, study.alone, timings)


def plane_outlines(model: OrthoModel, pyramids: Mapping[Plane, FeaturePyramid]) -> dict[Plane, PlaneOutlines]:
    """What each plane alone takes for a structure, at every `OUTLINE_STEP`-th row and column of its features."""
    step = (1, OUTLINE_STEP, OUTLINE_STEP)
    found = {}
    for plane, pyramid in pyramids.items():
        logits = model.plane_logits(pyramid, plane, step=OUTLINE_STEP)
        labels = logits.argmax(dim=0).to(torch.uint8)
        winner = logits.float().softmax(dim=0).amax(dim=0)[labels > 0]
        certainty = float(winner.mean()) if winner.numel() else 0.0
        affine = pyramid.levels[0].affine @ np.diag([*step, 1.0])
        found[plane] = PlaneOutlines(labels.cpu().numpy(), affine, certainty)
    return found


def joint_box(model: OrthoModel, pyramids: Mapping[Plane, FeaturePyramid], spacing_mm: float) -> Geometry:
    """The grid that holds everything any view alone takes for a structure, and a margin.

    Where no view sees any structure, the middle of the views is taken: the caller warns, it does not fail.
    """
    return _box_around(plane_outlines(model, pyramids), pyramids, spacing_mm)


def _box_around(
    alone: Mapping[Plane, PlaneOutlines], pyramids: Mapping[Plane, FeaturePyramid], spacing_mm: float
) -> Geometry:
    lows, highs = [], []
    for outlines in alone.values():
        seen = np.argwhere(outlines.labels > 0)
        if len(seen) < 20:
            continue
        places = seen @ outlines.affine[:3, :3].T + outlines.affine[:3, 3]
        # one wrong voxel at the far end of a view must not stretch the box
        lows.append(np.percentile(places, 0.1, axis=0))
        highs.append(np.percentile(places, 99.9, axis=0))
    if not lows:
        centres = []
        for pyramid in pyramids.values():
            level = pyramid.levels[0]
            middle = (np.array(level.features.shape[1:]) - 1) / 2
            centres.append(level.affine[:3, :3] @ middle + level.affine[:3, 3])
        centre = np.mean(centres, axis=0)
        lows, highs = [centre - 40.0], [centre + 40.0]
    low, high = np.min(lows, axis=0) - MARGIN_MM, np.max(highs, axis=0) + MARGIN_MM
    middle, extent = (low + high) / 2, np.minimum(high - low, LARGEST_EXTENT_MM)
    i, j, k = np.ceil(extent / spacing_mm).astype(int).tolist()
    return Geometry.from_axes((i, j, k), spacing_mm=(spacing_mm,) * 3, directions=np.eye(3), centre_ras=tuple(middle))


def _refine(
    model: OrthoModel,
    pyramids: Mapping[Plane, FeaturePyramid],
    fused: FusedGrid,
    winner: Tensor,
    spacing_mm: float,
    *,
    device: str,
    precision: str,
    progress: ProgressCallback | None,
) -> tuple[np.ndarray, Geometry]:
    """Labels on the fine grid, three times as fine as `winner`'s."""
    shape = fused.geometry.shape
    where = asked_finely(model, fused, winner).nonzero()
    fine_labels = winner[:, None, :, None, :, None].expand(shape[0], 3, shape[1], 3, shape[2], 3).contiguous()
    for begin in range(0, len(where), CHUNK_COARSE_VOXELS):
        part = where[begin : begin + CHUNK_COARSE_VOXELS]
        with autocast(device, precision):
            logits = model.fine_logits(pyramids, fused, fine_places(fused.geometry, part, spacing_mm))
        value = logits.argmax(dim=1).to(torch.uint8).reshape(len(part), FUSION_RATIO, FUSION_RATIO, FUSION_RATIO)
        fine_labels[part[:, 0], :, part[:, 1], :, part[:, 2], :] = value
        done = (begin + len(part)) / max(1, len(where))
        report(progress, "segment", 0.05 + 0.95 * done, Message("progress", "outline"))
    fine = fine_geometry(fused.geometry, spacing_mm)
    return fine_labels.reshape(fine.shape).cpu().numpy(), fine


def asked_finely(model: OrthoModel, fused: FusedGrid, winner: Tensor) -> Tensor:
    """(I, J, K) bool: where structures meet or are not solid, so that the fine grid decides.

    Args:
        winner: (I, J, K) uint8 structures on the coarse grid.
    """
    near = winner[None, None].float()
    highest = functional.max_pool3d(near, 3, stride=1, padding=1)[0, 0]
    lowest = -functional.max_pool3d(-near, 3, stride=1, padding=1)[0, 0]
    solid = torch.isin(winner, torch.tensor([0, *model.solid_labels], dtype=winner.dtype, device=winner.device))
    return ((highest != lowest) | ~solid) & fused.imaged


def fine_geometry(coarse: Geometry, spacing_mm: float) -> Geometry:
    """The fine grid of a coarse one, `FUSION_RATIO` times as fine; `spacing_mm` is the fine one's."""
    rows, columns, slices = coarse.shape
    return Geometry.from_axes(
        (FUSION_RATIO * rows, FUSION_RATIO * columns, FUSION_RATIO * slices),
        spacing_mm=(spacing_mm,) * 3,
        directions=np.eye(3),
        origin_ras=tuple(coarse.origin_ras - spacing_mm),
    )


def fine_places(coarse: Geometry, voxels: Tensor, spacing_mm: float) -> Tensor:
    """(27 N, 3) RAS mm of the fine voxels inside coarse ones, (N, 3) indices; float32."""
    origin = torch.from_numpy(coarse.origin_ras - spacing_mm).to(device=voxels.device, dtype=torch.float32)
    return origin + fine_indices(voxels).float() * spacing_mm


def fine_indices(voxels: Tensor) -> Tensor:
    """(27 N, 3) indices on the fine grid of the fine voxels inside coarse ones, (N, 3) indices."""
    steps = torch.arange(FUSION_RATIO, device=voxels.device)
    offsets = torch.stack(torch.meshgrid(steps, steps, steps, indexing="ij"), dim=-1).reshape(-1, 3)
    return (voxels[:, None] * FUSION_RATIO + offsets[None]).reshape(-1, 3)
