"""Texture: random fields that belong to places in the body, so that all views of a person show the same grain.

One periodic block of noise is computed once a process; every person's texture is this block at its own place and
slant. Looking it up costs one memory access a voxel.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.pose import rotation_matrix
from OrthoDiffusionLib.volumes.geometry import Geometry

CHANNELS = ("grain", "patch", "strands", "septa")

# The block: 128 voxels of 0.5 mm a side. Powers of two, so that wrapping round is one bit mask.
_BITS, _STEP_MM, _BLOCK_SEED = 7, 0.5, 1
_SIZE = 1 << _BITS
# Places are fixed-point numbers with this many bits after the point, the three of a voxel packed in one integer.
_FRACTION_BITS = 10
_FIELD_BITS = _BITS + _FRACTION_BITS
# Stored in 8 bits: 4 standard deviations reach the ends.
_LEVELS = 31.75


def texture_fields(geometry: Geometry, seed: int) -> np.ndarray:
    """The texture of one person at the voxels of a grid.

    Args:
        geometry: (S, H, W) grid in the world that the views of a study share, RAS millimetres.
        seed: of the person; the same place and seed give the same texture on any grid.

    Returns:
        (4, S, H, W) float32 in the order of `CHANNELS`: "grain" (about 1 mm), "patch" (about 6 mm) and "strands"
        (2 mm wide, some centimetres long, along the limb) of mean 0 and unit variance; "septa", the thin walls
        between lobules, about 1 on a wall and 0 elsewhere.
    """
    rng = np.random.default_rng([int(seed), 6])
    slant = rotation_matrix(rng.uniform(-12.0, 12.0, 3))
    offset = rng.uniform(0.0, _SIZE, 3)
    affine = geometry.affine
    steps = slant @ affine[:3, :3] / _STEP_MM
    origin = slant @ affine[:3, 3] / _STEP_MM + offset
    # Fixed-point places add exactly, so one packed sum serves all three axes; a carry out of one field is 1 / 1024
    # of a block voxel in the next.
    along = [
        _packed(np.outer(np.arange(n), steps[:, axis]) + (origin if axis == 0 else 0.0))
        for axis, n in enumerate(geometry.shape)
    ]
    block = _block()
    result = np.empty((len(CHANNELS), *geometry.shape), np.float32)
    rows = along[1][:, None] + along[2][None, :]
    index = np.empty_like(rows)
    part = np.empty_like(rows)
    found = np.empty(rows.shape, np.int32)
    for number, place in enumerate(along[0]):
        # Slice by slice, so that the work stays in the processor's cache.
        here = rows + place
        np.right_shift(here, _FRACTION_BITS, out=index)
        index &= _SIZE - 1
        for axis in (1, 2):
            np.right_shift(here, _FRACTION_BITS + axis * _FRACTION_BITS, out=part)
            part &= (_SIZE - 1) << (axis * _BITS)
            index |= part
        np.take(block, index, out=found, mode="clip")
        levels = found.view(np.int8).reshape(*rows.shape, len(CHANNELS))
        np.multiply(np.moveaxis(levels, -1, 0), np.float32(1.0 / _LEVELS), out=result[:, number], casting="unsafe")
    return result


def _packed(places: np.ndarray) -> np.ndarray:
    """(N,) int64 of (N, 3) places in block voxels, wrapped into the block."""
    fixed = np.rint(places * (1 << _FRACTION_BITS)).astype(np.int64) & ((1 << _FIELD_BITS) - 1)
    return fixed[:, 0] | fixed[:, 1] << _FIELD_BITS | fixed[:, 2] << (2 * _FIELD_BITS)


@lru_cache(maxsize=1)
def _block() -> np.ndarray:
    """(size ** 3,) int32, each of four signed bytes: the channels at one place; the third axis runs fastest last."""
    rng = np.random.default_rng(_BLOCK_SEED)
    grain = _filtered(rng, (0.22, 0.22, 0.22)) - 0.5 * _filtered(rng, (0.9, 0.9, 0.9))
    patch = _filtered(rng, (1.8, 1.8, 1.8)) + 0.7 * _filtered(rng, (4.5, 4.5, 4.5))
    # Bundles within bundles: fine fibres, and wider strands of them.
    strands = _filtered(rng, (0.5, 0.5, 6.0)) + 0.8 * _filtered(rng, (1.1, 1.1, 10.0))
    # Walls lie where smooth noise passes through zero; small lobules within large ones, both drawn out along the
    # limb, and slices of some millimetres blur them. Most places have hardly any.
    walls = [np.exp(-((_filtered(rng, (mm, mm, 3.0 * mm)) / width) ** 2)) for mm, width in ((1.3, 0.2), (3.0, 0.09))]
    where = (0.5 + 0.9 * _filtered(rng, (3.5, 3.5, 8.0))).clip(0.0)
    septa = _smoothed(np.maximum(*walls) * where, (0.25, 0.25, 0.25))
    septa *= _LEVELS / np.percentile(septa, 95)
    bytes_ = np.empty((_SIZE, _SIZE, _SIZE, len(CHANNELS)), np.int8)
    for channel, field in enumerate((grain, patch, strands)):
        bytes_[..., channel] = np.clip(np.rint(field / field.std() * _LEVELS), -127, 127)
    bytes_[..., 3] = np.clip(np.rint(septa), 0, 127)
    return bytes_.reshape(-1).view(np.int32)


def _filtered(rng: np.random.Generator, length_mm: tuple[float, float, float]) -> np.ndarray:
    """(size,) * 3 float32 periodic Gaussian noise of unit variance, smoothed by these standard deviations (x, y, z).

    The array is indexed [z, y, x], as the packed places are.
    """
    field = _smoothed(rng.standard_normal((_SIZE,) * 3, dtype=np.float32), length_mm)
    return field / field.std()


def _smoothed(field: np.ndarray, length_mm: tuple[float, float, float]) -> np.ndarray:
    for length in reversed(length_mm):
        # A product with a circulant matrix is several times faster here than a Fourier transform.
        field = np.moveaxis((_circulant(length) @ field.reshape(_SIZE, -1)).reshape((_SIZE,) * 3), 0, -1)
        field = np.ascontiguousarray(field)
    return field


def _circulant(length_mm: float) -> np.ndarray:
    """(size, size) float32 periodic Gaussian smoothing."""
    distance = np.abs(np.arange(_SIZE)[:, None] - np.arange(_SIZE)[None, :])
    distance = np.minimum(distance, _SIZE - distance) * _STEP_MM
    return np.exp(-0.5 * (distance / length_mm) ** 2).astype(np.float32)
