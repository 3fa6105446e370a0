"""Sampling: which tissue part lies at every voxel of a grid, through a pose, by nearest neighbour."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..volumes.geometry import Geometry
from .pose import Pose

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


def sample_parts(
    parts: np.ndarray,
    parts_geometry: Geometry,
    pose: Pose,
    geometry: Geometry,
    offsets: Sequence[tuple[float, float, float]] = CENTRE,
) -> np.ndarray:
    """Look up parts at the voxels of a grid.

    Args:
        parts: (I, J, K) uint8 parts of a canonical joint; part 0 is air.
        parts_geometry: where `parts` lies, canonical RAS millimetres.
        pose: maps the world of `geometry` to the canonical frame.
        geometry: the wanted grid (S, H, W) in the right-knee world, RAS millimetres.
        offsets: places within each voxel, in voxels from its centre.

    Returns:
        (len(offsets), S, H, W) uint8. Left and right, in front and behind, the outside is air; above and below, the
        limb goes on as it ends, so that a large field of view shows no cut.
    """
    padded = np.pad(parts, ((1, 1), (1, 1), (0, 0)))
    flat = np.ascontiguousarray(padded).reshape(-1)
    stride_i, stride_j = padded.shape[1] * padded.shape[2], padded.shape[2]
    knots = [_knot_positions(n, mm) for n, mm in zip(geometry.shape, geometry.spacing_mm, strict=True)]
    field = _index_field(parts_geometry, padded.shape, pose, geometry, knots)
    shape = geometry.shape
    result = np.empty((len(offsets), *shape), np.uint8)
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
            index = i.astype(np.int32)
            index *= stride_i
            index += j.astype(np.int32) * np.int32(stride_j)
            index += k.astype(np.int32)
            np.take(flat, index, out=result[place, s], mode="clip")
    return result


def _index_field(
    parts_geometry: Geometry, padded_shape: tuple[int, ...], pose: Pose, geometry: Geometry, knots: list[np.ndarray]
) -> np.ndarray:
    """(s, 3, h, w) float32 positions in the padded parts at knots; truncating them gives the nearest voxel."""
    grid = np.stack(np.meshgrid(*knots, indexing="ij"), axis=-1)
    canonical = pose.to_canonical(geometry.to_ras(grid))
    inverse = np.linalg.inv(parts_geometry.affine)
    position = canonical @ inverse[:3, :3].T.astype(np.float32) + inverse[:3, 3].astype(np.float32)
    position += np.array([1.5, 1.5, 0.5], np.float32)
    # Clamped here, once: what is interpolated between clamped knots stays inside.
    np.clip(position, 0.0, np.array(padded_shape, np.float32) - 0.01, out=position)
    return np.ascontiguousarray(np.moveaxis(position, -1, 1))


def _knot_positions(count: int, spacing_mm: float) -> np.ndarray:
    """Knots in voxel units that enclose every place in `count` voxels."""
    intervals = max(1, int(np.ceil(count * spacing_mm / _KNOT_MM)))
    return np.linspace(-0.5, count - 0.5, intervals + 1)


def _linear_weights(positions: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """(N, knots) float32 matrix of linear interpolation."""
    distance = np.abs(positions[:, None] - knots[None, :]) / (knots[1] - knots[0])
    return np.clip(1.0 - distance, 0.0, None).astype(np.float32)
