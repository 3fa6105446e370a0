"""DiagnosisHead: where each abnormality is seen, and from that how likely it is."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import torch
from torch import Tensor, nn
from torch.nn import functional

from OrthoDiffusionLib.encoders import DETAIL_RATIO, ByPlane, FeaturePyramid
from OrthoDiffusionLib.encoders.feature_pyramid import DetailWindow, level_affine
from OrthoDiffusionLib.encoders.memory_order import as_batch, nearest, of_batch, part_of
from OrthoDiffusionLib.fusion import FusedGrid, TrilinearSampler, grid_points, grid_shape, seen_points
from OrthoDiffusionLib.volumes import Geometry, Plane

TOP_COUNTS = (4, 32, 256)  # ours: a small tear, a torn ligament, an effusion, in coarse voxels of about 9 mm3


@dataclass(frozen=True)
class Diagnosis:
    """What the head says about one study.

    Attributes:
        logits: (A,) a logit for each abnormality, not yet calibrated.
        by_plane: the planes' own logits, (A,) each.
        evidence: (A, I, J, K) logits of "the lesion is here" on the coarse grid.
        evidence_by_plane: (A, S, H / 2, W / 2) each view's own map, the strongest of 2 x 2 pixels.
    """

    logits: Tensor
    by_plane: dict[Plane, Tensor]
    evidence: Tensor
    evidence_by_plane: dict[Plane, Tensor]


@dataclass(frozen=True)
class PlaneEvidence:
    """What a view's levels say of lesions, before it is brought together.

    Attributes:
        context: (A, S, H / 2, W / 2) of the level at half the finest's pixels.
        detail: (A, S', H' / 2, W' / 2) of the detail window, the strongest of 2 x 2 of its pixels; None without one.
    """

    context: Tensor
    detail: Tensor | None


def strongest_means(evidence: Tensor) -> Tensor:
    """(A, C) means of the strongest 4, 32 and 256 of (A, N) evidence logits, of all where there are fewer."""
    strongest = evidence.topk(min(max(TOP_COUNTS), evidence.shape[1]), dim=1).values
    return torch.stack([strongest[:, :count].mean(dim=1) for count in TOP_COUNTS], dim=1)


class StudyClassifier(nn.Module):
    """From a map of evidence to one logit an abnormality: how strong the strongest places are."""

    def __init__(self, abnormalities: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((abnormalities, len(TOP_COUNTS)), 1.0 / len(TOP_COUNTS)))
        self.bias = nn.Parameter(torch.zeros(abnormalities))

    def forward(self, evidence: Tensor) -> Tensor:
        """(A, N) evidence logits to (A,)."""
        return (strongest_means(evidence) * self.weight).sum(dim=1) + self.bias


class DiagnosisHead(nn.Module):
    """Logits per Abnormality that rest on a map of the lesion.

    Every view marks lesions at its own full resolution (a meniscal tear is a dozen voxels there), in its
    detail window where it has one; the maps meet on the coarse grid with the views' shares, and the fused
    description adds what only the neighbourhood in three directions shows.
    """

    def __init__(
        self, planes: tuple[Plane, ...], tap_channels: Sequence[int], *, width: int, abnormalities: int
    ) -> None:
        super().__init__()
        self.abnormalities = abnormalities
        with warnings.catch_warnings():  # a bundle may look for nothing, and torch warns of layers without outputs
            warnings.filterwarnings("ignore", "Initializing zero-element tensors")
            self.by_plane = ByPlane({plane: nn.Conv3d(tap_channels[0], abnormalities, 1) for plane in planes})
            self.by_plane_half = nn.ModuleDict(
                {p.value: nn.Conv3d(tap_channels[1], abnormalities, 1, bias=False) for p in planes}
            )
            self.fused = nn.Conv3d(width, abnormalities, 1)
        self.verdict = StudyClassifier(abnormalities)
        self.plane_verdict = nn.ModuleDict({p.value: StudyClassifier(abnormalities) for p in planes})
        for layer in [*(layer for _, layer in self.by_plane.each()), self.fused]:
            if layer.bias is not None:
                nn.init.constant_(layer.bias, -2.0)  # lesions are rare; two terms of -2 start at odds of 1 in 50

    def of_planes(
        self, pyramids: Mapping[Plane, FeaturePyramid], *, read: Mapping[Plane, PlaneEvidence] | None = None
    ) -> tuple[dict[Plane, Tensor], dict[Plane, Tensor]]:
        """Each view's own evidence, (A, S, H / 2, W / 2), and own logits, (A,).

        Args:
            read: what `reading` says of the same pyramids, where that is known already.
        """
        maps, plane_logits = {}, {}
        for plane, pyramid in pyramids.items():
            known = self.reading(plane, pyramid) if read is None else read[plane]
            # the strongest of 2 x 2 pixels: a thin tear must not be averaged away on the way to 2 mm
            pooled = _strongest(self.by_plane.of(plane), pyramid.levels[0].features, 2)
            if pyramid.detail is not None and known.detail is not None:
                pooled = _with_detail(pooled, known.detail, pyramid.detail)
            _, slices, rows, columns = pooled.shape
            context = part_of(known.context, slice(slices), slice(rows), slice(columns))
            maps[plane] = (pooled + context).float()
            plane_logits[plane] = self.plane_verdict[plane.value](maps[plane].flatten(1))
        return maps, plane_logits

    def reading(self, plane: Plane, pyramid: FeaturePyramid) -> PlaneEvidence:
        """What `of_planes` and `of_detail` both need of a view; who asks for both asks for this once."""
        context = of_batch(self.by_plane_half[plane.value](as_batch(pyramid.levels[1].features)))
        window = pyramid.detail
        return PlaneEvidence(
            context, None if window is None else _strongest(self.by_plane.of(plane), window.features, 2)
        )

    def of_detail(self, plane: Plane, pyramid: FeaturePyramid, *, read: PlaneEvidence | None = None) -> Tensor:
        """(A, S', H' / 2, W' / 2) evidence in a view's detail window, the strongest of 2 x 2 of its pixels.

        Args:
            read: what `reading` says of the same pyramid, where that is known already.
        """
        window = pyramid.window
        known = self.reading(plane, pyramid) if read is None else read
        if known.detail is None:
            raise ValueError("what was read must be of a pyramid with a detail window")
        _, slices, height, width = known.detail.shape
        rows, columns = (
            range(start // DETAIL_RATIO, start // DETAIL_RATIO + count)
            for start, count in ((window.start[1], height), (window.start[2], width))
        )
        held = slice(window.start[0], window.start[0] + slices)
        context = nearest(part_of(known.context, held, slice(None), slice(None)), 2, rows, columns)
        return (known.detail + context).float()

    def forward(
        self,
        pyramids: Mapping[Plane, FeaturePyramid],
        grid: FusedGrid,
        *,
        alone: tuple[dict[Plane, Tensor], dict[Plane, Tensor]] | None = None,
    ) -> Diagnosis:
        """Look for every abnormality in the views and on their fused grid.

        Args:
            alone: what `of_planes` says of the same pyramids, where that is known already.
        """
        if not self.abnormalities:
            return self._nothing(pyramids, grid)
        points = grid_points(grid.geometry).to(grid.features.device)
        evidence = of_batch(self.fused(as_batch(grid.features))).float()
        maps, plane_logits = self.of_planes(pyramids) if alone is None else alone
        shared = []
        for share, plane in zip(grid.gates, grid.planes, strict=True):
            finest = pyramids[plane].levels[0]
            affine = level_affine(Geometry(grid_shape(finest.features), finest.affine), (1, 2, 2))
            sampler = TrilinearSampler(seen_points(grid_shape(maps[plane]), affine, points))
            shared.append(share[:, None] * sampler(maps[plane]))
        evidence = evidence + reduce(torch.add, shared).T.reshape(evidence.shape)
        evidence = evidence.masked_fill(~grid.imaged, -8.0)
        return Diagnosis(self.verdict(evidence.flatten(1)), plane_logits, evidence, maps)

    def _nothing(self, pyramids: Mapping[Plane, FeaturePyramid], grid: FusedGrid) -> Diagnosis:
        """Of a bundle that looks for nothing: torch computes no layer without outputs."""
        none = torch.zeros(0, device=grid.features.device)
        maps = {}
        for plane, pyramid in pyramids.items():
            slices, rows, columns = grid_shape(pyramid.levels[0].features)
            maps[plane] = none.reshape(0, slices, rows // 2, columns // 2)
        return Diagnosis(none, dict.fromkeys(pyramids, none), none.reshape(0, *grid.geometry.shape), maps)


def _strongest(layer: nn.Module, features: Tensor, pixels: int) -> Tensor:
    """(A, S, H / pixels, W / pixels) the largest of a layer's answers to (C, S, H, W) features in squares of pixels."""
    return _largest(of_batch(layer(as_batch(features))), pixels)


def _largest(evidence: Tensor, pixels: int) -> Tensor:
    """(A, S, H / pixels, W / pixels) of (A, S, H, W)."""
    with torch.autocast(evidence.device.type, enabled=False):  # it would widen all of them to find the largest
        return of_batch(functional.max_pool3d(as_batch(evidence), (1, pixels, pixels)))


def _with_detail(evidence: Tensor, strongest: Tensor, window: DetailWindow) -> Tensor:
    """A view's map with what its detail window says instead; the window lies on whole pixels of the map.

    Args:
        strongest: of 2 x 2 of the window's pixels.
    """
    pixel = 2 * DETAIL_RATIO
    finer = _largest(strongest, pixel // 2)
    first = (window.start[0], window.start[1] // pixel, window.start[2] // pixel)
    place = tuple(slice(a, a + n) for a, n in zip(first, finer.shape[1:], strict=True))
    evidence = evidence.clone()
    evidence[(slice(None), *place)] = finer.to(evidence.dtype)
    return evidence
