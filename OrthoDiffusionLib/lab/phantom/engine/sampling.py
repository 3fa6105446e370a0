"""Sampling: which tissue part lies at every voxel of a grid, through a pose, by nearest neighbour."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.pose import Pose
from OrthoDiffusionLib.volumes.geometry import Geometry

# A pose is smooth over millimetres, so it is worked out at knots this far apart and interpolated between.
_KNOT_MM = 4.0

CENTRE = ((0.0, 0.0, 0.0),)
"""The one sub-position at the voxel centre."""


def sub_positions(thickness_fraction: float) -> tuple[tuple[float, float, float], ...]:
    """Four places in a voxel (slice, row, column; in voxels) that stand for its volume.

    They are spread evenly through the slice thickness and, crosswise, over the pixel.
    """
    depth = [thickness_fraction * share for share in (-0.375, -0.125, 0.125, 0.375)]
    return tuple(zip(depth, (-0.25, 0.25, -0.25, 0.25), (0.25, -0.25, -0.25, 0.25), strict=True))


class PartBlocks:
    """Parts of a joint, ready to be looked up at any place.

    Eight voxel centres are the corners of a block. Where all eight are of one part, so is every place between them;
    elsewhere a place belongs to the part whose corners have most of the weight there. That is nearest neighbour
    with its corners cut: surfaces come out smooth, and as sharp as before.

    Args:
        parts: (I, J, K) uint8 of a canonical joint; part 0 is air, 255 does not occur.
    """

    _BORDER = 255

    def __init__(self, parts: np.ndarray) -> None:
        # Left and right, in front and behind, the outside is air.
        padded = np.pad(parts, ((1, 1), (1, 1), (0, 0)))
        self.shape = padded.shape
        self.strides = (padded.shape[1] * padded.shape[2], padded.shape[2], 1)
        uniform = padded.copy()
        for axis in range(3):
            near, far = (tuple(part if a == axis else slice(None) for a in range(3)) for part in _NEIGHBOURS)
            # The border's number equals itself: what is mixed along one axis stays so along the next.
            lower, upper = uniform[near], uniform[far]
            lower[lower != upper] = self._BORDER
        self._flat = padded.reshape(-1)
        self._uniform = uniform.reshape(-1)
        self._corners = np.array([np.dot(corner, self.strides) for corner in _CORNERS], np.int32)

    def at(self, i: np.ndarray, j: np.ndarray, k: np.ndarray) -> np.ndarray:
        """Parts at places given in padded voxels, float32 arrays of one shape, each from 0 to its extent less 1."""
        low = [position.astype(np.int32) for position in (i, j, k)]
        base = low[0] * np.int32(self.strides[0])
        base += low[1] * np.int32(self.strides[1])
        base += low[2]
        found = np.take(self._uniform, base, mode="clip")
        mixed = np.flatnonzero(found == self._BORDER)
        if len(mixed):
            fractions = [p.ravel()[mixed] - n.ravel()[mixed] for p, n in zip((i, j, k), low, strict=True)]
            found.ravel()[mixed] = self._weighed(base.ravel()[mixed], fractions)
        return found

    def _weighed(self, base: np.ndarray, fractions: list[np.ndarray]) -> np.ndarray:
        """The part that most of the trilinear weight belongs to: the nearest corner's, or the heaviest other's."""
        sides = [(1 - f, f) for f in fractions]
        weights = np.stack([sides[0][a] * sides[1][b] * sides[2][c] for a, b, c in _CORNERS])
        corners = np.take(self._flat, base + self._corners[:, None], mode="clip")
        nearest = sum((f >= 0.5).astype(np.intp) << shift for f, shift in zip(fractions, (2, 1, 0), strict=True))
        result = corners[nearest, np.arange(len(base))]
        same = corners == result
        lost = np.flatnonzero((weights * same).sum(axis=0) < 0.5)
        if len(lost):
            others = np.where(same[:, lost], 0, weights[:, lost])
            result[lost] = corners[others.argmax(axis=0), lost]
        return result


_NEIGHBOURS = (slice(None, -1), slice(1, None))
_CORNERS = tuple((a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1))


def sample_parts(
    blocks: PartBlocks,
    parts_geometry: Geometry,
    pose: Pose,
    geometry: Geometry,
    offsets: Sequence[tuple[float, float, float]] = CENTRE,
    spread: float = 0.0,
) -> np.ndarray:
    """Look up parts at the voxels of a grid.

    Args:
        blocks: parts of a canonical joint.
        parts_geometry: where they lie, canonical RAS millimetres.
        pose: maps the world of `geometry` to the canonical frame.
        geometry: the wanted grid (S, H, W) in the right-knee world, RAS millimetres.
        offsets: places within each voxel, in voxels from its centre.
        spread: share of the slice step over which places off the centre are spread from pixel to pixel, so that a
            surface that slants through a slice shows no steps.

    Returns:
        (len(offsets), S, H, W) uint8. Left and right, in front and behind, the outside is air; above and below, the
        limb goes on as its own mirror image, so that a large field of view shows neither a cut nor a smear.
    """
    knots = [_knot_positions(n, mm) for n, mm in zip(geometry.shape, geometry.spacing_mm, strict=True)]
    field = _position_field(parts_geometry, blocks.shape, pose, geometry, knots)
    shape = geometry.shape
    result = np.empty((len(offsets), *shape), np.uint8)
    shifts = np.float32(spread) * _pixel_pattern()
    # What one slice step is in positions: the warp of a pose changes it little within a slice.
    per_step = np.diff(field.mean(axis=(2, 3)), axis=0) / np.float32(knots[0][1] - knots[0][0])
    for place, offset in enumerate(offsets):
        along_slices, along_rows, along_columns = (
            _linear_weights(np.arange(n) + o, k) for n, o, k in zip(shape, offset, knots, strict=True)
        )
        columns = np.ascontiguousarray(along_columns.T)
        # Slice by slice, so that the work stays in the processor's cache.
        for s in range(shape[0]):
            weights = along_slices[s]
            used = np.flatnonzero(weights)
            plane = np.tensordot(weights[used], field[used], axes=1)
            i, j, k = ((along_rows @ component) @ columns for component in plane)
            if spread > 0 and any(offset):
                shift = _tiled(shifts, shape[1:], s, place)
                for position, step in zip((i, j, k), per_step[min(used[0], len(per_step) - 1)], strict=True):
                    position += shift * step
            result[place, s] = blocks.at(i, j, _mirrored(k, blocks.shape[2]))
    return result


@lru_cache(maxsize=1)
def _pixel_pattern() -> np.ndarray:
    """(256, 256) float32 in -0.5 to 0.5 without any order; the same in every run."""
    return np.random.default_rng(3).random((256, 256), dtype=np.float32) - np.float32(0.5)


def _tiled(pattern: np.ndarray, shape: tuple[int, int], number: int, place: int) -> np.ndarray:
    """The pattern over a slice, at another place for every slice and every place in its voxels."""
    rows, columns = ((np.arange(n) + first) & 255 for n, first in zip(shape, (37 * number, 59 * place), strict=True))
    return pattern[rows[:, None], columns]


def _mirrored(along: np.ndarray, count: int) -> np.ndarray:
    """Places along the limb, in voxels: beyond its ends what lies before them is seen again, as in a mirror."""
    last = np.float32(count - 1)
    if along.min() < 0 or along.max() > last - np.float32(0.01):
        along = last - np.abs(last - np.abs(along))
        np.clip(along, 0.0, last - np.float32(0.01), out=along)
    return along


def _position_field(
    parts_geometry: Geometry, padded_shape: tuple[int, ...], pose: Pose, geometry: Geometry, knots: list[np.ndarray]
) -> np.ndarray:
    """(s, 3, h, w) float32 positions in the padded parts at knots, whole numbers at voxel centres."""
    grid = np.stack(np.meshgrid(*knots, indexing="ij"), axis=-1)
    canonical = pose.to_canonical(geometry.to_ras(grid))
    inverse = np.linalg.inv(parts_geometry.affine)
    position = canonical @ inverse[:3, :3].T.astype(np.float32) + inverse[:3, 3].astype(np.float32)
    position += np.array([1.0, 1.0, 0.0], np.float32)
    # Clamped here, once: what is interpolated between clamped knots stays inside. The limb's ends are no borders.
    across = position[..., :2]
    np.clip(across, 0.0, np.array(padded_shape[:2], np.float32) - 1.01, out=across)
    return np.ascontiguousarray(np.moveaxis(position, -1, 1))


def _knot_positions(count: int, spacing_mm: float) -> np.ndarray:
    """Knots in voxel units that enclose every place in `count` voxels."""
    intervals = max(1, int(np.ceil(count * spacing_mm / _KNOT_MM)))
    return np.linspace(-0.5, count - 0.5, intervals + 1)


def _linear_weights(positions: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """(N, knots) float32 matrix of linear interpolation."""
    distance = np.abs(positions[:, None] - knots[None, :]) / (knots[1] - knots[0])
    return np.clip(1.0 - distance, 0.0, None).astype(np.float32)
