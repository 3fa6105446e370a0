"""Points: places at which the fine outlines are taught, and how much each counts.

Small structures and borders are drawn more often than they occur, since there is more to learn. Each point is weighted
by the inverse of how likely it was drawn, so that every place of the window counts once in the loss (importance
sampling): else the network would learn that small structures are as frequent as they are drawn, and outline them too
large.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.view_parts import WorldParts
from OrthoDiffusionLib.volumes import Geometry

BORDER_SHARE = 0.75
"""Of the world's points, those drawn where structures meet or are small; the rest lie anywhere."""

SMALL_SHARE = 0.5
"""Of a view's points, those drawn inside small structures."""


@dataclass(frozen=True)
class Points:
    """Places whose structure is known exactly.

    Attributes:
        places: (N, 3) float32 RAS mm.
        labels: (N,) uint8 structures.
        weights: (N,) float32, 1 on average: how many places each stands for, beside the others.
    """

    places: np.ndarray
    labels: np.ndarray
    weights: np.ndarray

    @classmethod
    def joined(cls, parts: Iterable[Points]) -> Points:
        """Those of several sources, each with its own mean weight of 1."""
        parts = [part for part in parts if len(part.labels)]
        if not parts:
            return cls(np.zeros((0, 3), np.float32), np.zeros(0, np.uint8), np.zeros(0, np.float32))
        return cls(
            np.concatenate([part.places for part in parts]).astype(np.float32),
            np.concatenate([part.labels for part in parts]),
            np.concatenate([part.weights / part.weights.mean() for part in parts]).astype(np.float32),
        )


def importance(drawn_from: np.ndarray, shares: Iterable[float], sizes: Iterable[int]) -> np.ndarray:
    """(N,) weights of points that were drawn from several sets, each uniformly, with the given shares of the draws.

    Args:
        drawn_from: (N, M) bool, which of the M sets a point belongs to (it may have been drawn by any of them).
        shares: of the draws, one a set.
        sizes: members of each set.
    """
    density = drawn_from @ np.array([share / max(size, 1) for share, size in zip(shares, sizes, strict=True)])
    return 1.0 / density


def points_of_world(
    world: WorldParts, window: tuple[slice, ...], small: np.ndarray, count: int, rng: np.random.Generator
) -> Points:
    """Voxel centres of the world grid inside a window: mostly where structures meet or are small.

    Args:
        window: of the world grid.
        small: (256,) bool, labels whose inside is drawn as often as their border.
    """
    block = world.labels[window]
    border = (_edges(block) | small[block]).ravel()
    chosen_from = np.flatnonzero(border)
    if not block.size:
        return Points.joined([])
    share = BORDER_SHARE if len(chosen_from) else 0.0
    by_border = int(share * count)
    chosen = rng.integers(block.size, size=count - by_border)
    if by_border:
        chosen = np.concatenate([chosen_from[rng.integers(len(chosen_from), size=by_border)], chosen])
    member = np.stack([border[chosen], np.ones(len(chosen), bool)], axis=1)
    weights = importance(member, (share, 1.0 - share), (len(chosen_from), block.size))
    ijk = np.stack(np.unravel_index(chosen, block.shape), axis=1) + [part.start for part in window]
    return Points(world.geometry.to_ras(ijk.astype(float)), block.ravel()[chosen], weights)


def points_of_view(
    labels: np.ndarray,
    geometry: Geometry,
    low: np.ndarray,
    high: np.ndarray,
    small: np.ndarray,
    count: int,
    rng: np.random.Generator,
) -> Points:
    """Pixel centres of a view inside a box, half of them drawn in small structures.

    Args:
        labels: (S, H, W) uint8 of the view.
        geometry: of `labels`.
        low, high: corners of the box, RAS mm; what is drawn outside of it is left out.
        small: (256,) bool.
    """
    flat = labels.ravel()
    inside_small = np.flatnonzero(small[flat])
    share = SMALL_SHARE if len(inside_small) else 0.0
    chosen = rng.integers(flat.size, size=count)
    by_small = int(share * count)
    if by_small:
        chosen[:by_small] = inside_small[rng.integers(len(inside_small), size=by_small)]
    places = geometry.to_ras(np.stack(np.unravel_index(chosen, labels.shape), axis=1).astype(float))
    keep = ((places >= low) & (places <= high)).all(axis=1)
    chosen, places = chosen[keep], places[keep]
    member = np.stack([small[flat[chosen]], np.ones(len(chosen), bool)], axis=1)
    weights = importance(member, (share, 1.0 - share), (len(inside_small), flat.size))
    return Points(places, flat[chosen], weights)


def box_of(grid: Geometry) -> tuple[np.ndarray, np.ndarray]:
    """Corners, RAS mm, of an axis-aligned grid with its outermost voxels whole."""
    low = grid.to_ras(np.zeros(3)) - grid.spacing_mm / 2
    high = grid.to_ras(np.array(grid.shape, float) - 1) + grid.spacing_mm / 2
    return low, high


def window_of(geometry: Geometry, low: np.ndarray, high: np.ndarray) -> tuple[slice, ...]:
    """The smallest block of a grid of any orientation that holds every voxel with its centre in a box, RAS mm."""
    corners = geometry.to_ijk(np.array(np.meshgrid(*np.stack([low, high]).T, indexing="ij")).reshape(3, 8).T)
    return tuple(
        slice(max(0, int(np.ceil(a))), max(0, int(np.floor(b)) + 1))
        for a, b in zip(corners.min(axis=0), corners.max(axis=0), strict=True)
    )


def _edges(block: np.ndarray) -> np.ndarray:
    """(I, J, K) bool: voxels with a neighbour along an axis that belongs to another structure."""
    edge = np.zeros(block.shape, bool)
    for axis in range(3):
        change = np.diff(block, axis=axis) != 0
        before = tuple(slice(None, -1) if a == axis else slice(None) for a in range(3))
        after = tuple(slice(1, None) if a == axis else slice(None) for a in range(3))
        edge[before] |= change
        edge[after] |= change
    return edge
