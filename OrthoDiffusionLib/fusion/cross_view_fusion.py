"""CrossViewFusion: the views' features meet at the same millimetre."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from OrthoDiffusionLib.encoders import ByPlane, FeaturePyramid
from OrthoDiffusionLib.encoders.memory_order import as_batch, of_batch
from OrthoDiffusionLib.fusion.residual_unit import ResidualUnit
from OrthoDiffusionLib.fusion.world_grid import (
    SeenPoints,
    TrilinearSampler,
    by_axis,
    grid_points,
    grid_shape,
    inside_grid,
    seen_points,
)
from OrthoDiffusionLib.precision import sound_gradients
from OrthoDiffusionLib.volumes import Geometry, Plane

COARSE_LEVELS = (1, 2)  # of the pyramid: two and four of the encoder's pixels in plane
OUTSIDE = -1e4  # a gate's score for a view that did not image the point


@dataclass(frozen=True)
class FusedGrid:
    """Fused features on a regular coarse grid.

    Attributes:
        geometry: the grid, index to RAS mm.
        features: (C, I, J, K).
        gates: (V, N) each view's share in each point, planes in the order of `planes`.
        planes: the views that took part.
        imaged: (I, J, K) bool: at least one view imaged the point.
    """

    geometry: Geometry
    features: Tensor
    gates: Tensor
    planes: tuple[Plane, ...]
    imaged: Tensor


class Gate(nn.Module):
    """How much weight a view gets at a point, from what it shows and how far its next slice is."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.score = nn.Sequential(nn.Linear(channels + 1, 16), nn.SiLU(), nn.Linear(16, 1))

    def forward(self, features: Tensor, slice_distance: Tensor, inside: Tensor) -> Tensor:
        """(N, C), (N,), (N,) to scores (N,)."""
        first, others = cast(nn.Linear, self.score[0]), list(self.score)[1:]
        # the distance is the last of the first layer's inputs; to put it beside the features would copy them
        of_features, of_distance = first.weight[:, :-1], first.weight[:, -1]
        hidden = functional.linear(features, of_features, first.bias)
        hidden = torch.addmm(hidden, slice_distance[:, None], of_distance[None])
        for layer in others:
            hidden = layer(hidden)
        return hidden[:, 0].masked_fill(~inside, OUTSIDE)


def shares(scores: Tensor) -> Tensor:
    """(V, N) scores to shares that sum to 1 over the views, or to 0 where no view imaged the point."""
    return scores.softmax(dim=0) * (scores > OUTSIDE / 2)


class CrossViewFusion(nn.Module):
    """Joins the features of any subset of views into one description in RAS.

    On a coarse grid the views' middle levels are sampled, weighed against each other, and a small 3D
    network looks at the neighbourhood in all three directions. At any finer point, the coarse description
    and the views' finest features are joined again. A view that is absent, or did not image a point, has
    no share in it; nothing is concatenated voxel by voxel, so the views' grids may differ and be oblique.

    Args:
        tap_channels: of the encoders, finest level first.
        width: channels of the fused description.
    """

    def __init__(self, planes: tuple[Plane, ...], tap_channels: tuple[int, ...], *, width: int = 32) -> None:
        super().__init__()
        self.width = width
        self.project = ByPlane(
            {
                plane: nn.ModuleList(
                    nn.Conv3d(tap_channels[level], width, 1, bias=level == COARSE_LEVELS[0]) for level in COARSE_LEVELS
                )
                for plane in planes
            }
        )
        self.coarse_gate = nn.ModuleDict({plane.value: Gate(width) for plane in planes})
        self.enter = ResidualUnit(width, width)
        self.down = ResidualUnit(width, 2 * width, stride=2)
        self.middle = ResidualUnit(2 * width, 2 * width)
        self.up = nn.Conv3d(2 * width, width, 1)
        self.leave = ResidualUnit(width, width)
        self.fine = nn.ModuleDict({plane.value: nn.Linear(tap_channels[0], width) for plane in planes})
        self.fine_gate = nn.ModuleDict({plane.value: Gate(tap_channels[0]) for plane in planes})
        self.fine_context = nn.Linear(width, width)

    def on_grid(self, pyramids: Mapping[Plane, FeaturePyramid], geometry: Geometry) -> FusedGrid:
        """Fused features on a coarse grid.

        Args:
            pyramids: the views that are there, at least one.
            geometry: the grid, about 2 mm isotropic.
        """
        points = grid_points(geometry).to(next(self.parameters()).device)
        kind = _computed_in(points.device)
        tokens, scores, inside = [], [], []
        for plane, pyramid in pyramids.items():
            sampled = []
            for project, level in zip(self.project.of(plane), COARSE_LEVELS, strict=True):
                source = pyramid.levels[level]
                seen = seen_points(grid_shape(source.features), source.affine, points)
                sampled.append(TrilinearSampler(seen)(of_batch(project(as_batch(source.features)))))
                if level == COARSE_LEVELS[0]:
                    distance = seen.slice_distance
            # coarser levels may reach beyond the view, where it was padded; only the finest has its true size
            finest = pyramid.levels[0]
            within = inside_grid(grid_shape(finest.features), finest.affine, points)
            tokens.append(reduce(torch.add, sampled).to(kind))
            scores.append(self.coarse_gate[plane.value](tokens[-1], distance, within))
            inside.append(within)
        gates = shares(torch.stack(scores)).to(kind)
        fused = reduce(torch.add, (token * gate[:, None] for token, gate in zip(tokens, gates, strict=True)))
        h = as_batch(fused.T.reshape(self.width, *geometry.shape))
        return FusedGrid(
            geometry,
            of_batch(self.neighbourhood(h)),
            gates,
            tuple(pyramids),
            torch.stack(inside).any(dim=0).reshape(geometry.shape),
        )

    def neighbourhood(self, h: Tensor) -> Tensor:
        """A two-level network over the coarse grid, (1, C, I, J, K) to the same."""
        size = h.shape[2:]
        odd = [p for length in reversed(size) for p in (0, length % 2)]
        h = functional.pad(h, odd) if any(odd) else h
        h = h.contiguous(memory_format=torch.channels_last_3d)
        with sound_gradients(h.device.type, (h.shape[2], h.shape[2] // 2)):
            h = self.enter(h)
            low = self.middle(self.down(h))
            h = self.leave(h + functional.interpolate(self.up(low), size=h.shape[2:], mode="nearest"))
        return h[:, :, : size[0], : size[1], : size[2]] if any(odd) else h

    def at_points(self, pyramids: Mapping[Plane, FeaturePyramid], grid: FusedGrid, points: Tensor) -> Tensor:
        """Fused features at any points, (N, 3) RAS mm to (N, C)."""
        points, kind = by_axis(points), _computed_in(points.device)
        h = TrilinearSampler(seen_points(grid.geometry.shape, grid.geometry.affine, points))(grid.features)
        values, scores = [], []
        for plane, pyramid in pyramids.items():
            finest = pyramid.levels[0]
            seen = seen_points(grid_shape(finest.features), finest.affine, points)
            features = _finest_at(pyramid, seen, points, kind)
            values.append(self.fine[plane.value](features))
            scores.append(self.fine_gate[plane.value](features, seen.slice_distance, seen.inside))
        weights = shares(torch.stack(scores)).to(kind)
        fine = [value * weight[:, None] for value, weight in zip(values, weights, strict=True)]
        return reduce(torch.add, fine, self.fine_context(h))


def _computed_in(device: torch.device) -> torch.dtype:
    """The number format that layers compute in here; what is cast to it once need not be cast by each of them."""
    return torch.get_autocast_dtype(device.type) if torch.is_autocast_enabled(device.type) else torch.float32


def _finest_at(pyramid: FeaturePyramid, seen: SeenPoints, points: Tensor, kind: torch.dtype) -> Tensor:
    """(N, C) features of a view at points: those of its detail window where that was looked at, else its finest.

    Args:
        seen: the points on the finest level.
        kind: number format of the result.
    """
    finest, detail = pyramid.levels[0], pyramid.detail
    if detail is None:
        return TrilinearSampler(seen)(finest.features).to(kind)
    closer = seen_points(grid_shape(detail.features), detail.affine, points)
    result = points.new_empty((len(points), finest.features.shape[0]), dtype=kind)
    for level, chosen, places in ((detail, closer.inside, closer), (finest, ~closer.inside, seen)):
        where = chosen.nonzero()[:, 0]
        if len(where):  # nothing is sampled twice
            sampled = TrilinearSampler(places.chosen(where))(level.features)
            result = result.index_copy_(0, where, sampled.to(kind))
    return result
