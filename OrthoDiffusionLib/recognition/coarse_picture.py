"""A volume as the recogniser looks at it: 5 mm voxels along the body's axes, with what was imaged beside it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from OrthoDiffusionLib.volumes import Volume
from OrthoDiffusionLib.volumes.block_sums import block_sums

CELL_MM = 5.0
"""Ours: bones of a knee and an ankle differ at this size, and a study takes a tenth of a second."""

MOST_CELLS = 80  # 400 mm; what is beyond lies far from any joint in the middle
PADDED_TO = 8  # the network halves each side three times

_DARK, _BRIGHT = 1.0, 99.0  # percentiles of the signal; what is beyond is clipped


def coarse_picture(volume: Volume) -> np.ndarray:
    """(2, X, Y, Z) float32, axes to Right, Anterior, Superior: standardised signal, and 1 where it was imaged.

    Brightness is scaled between percentiles, so that units and windows of display do not matter. Oblique volumes are
    not turned: their axes are taken for the nearest of the body's. A border that was filled with one value, as scanners
    and converters do to get a square, was not imaged.
    """
    turned = _without_empty_border(volume.reoriented("RAS"))
    array = np.asarray(turned.array)
    spacing = turned.geometry.spacing_mm
    for axis in range(3):
        skip = max(1, int(CELL_MM / (4.0 * spacing[axis])))  # every voxel need not be read
        if skip > 1:
            array = block_sums(array, skip, (axis,), np.float32) / np.float32(skip)
            spacing[axis] *= skip
    array = array.astype(np.float32)
    for axis in range(3):
        weights = cell_weights(array.shape[axis], float(spacing[axis]))
        array = np.moveaxis(np.tensordot(weights, array, axes=(1, axis)), 0, axis)
    return padded(standardised(array))


def standardised(signal: np.ndarray, imaged: np.ndarray | None = None) -> np.ndarray:
    """(2, X, Y, Z) float32 of a (X, Y, Z) signal: mean 0 and standard deviation 1 where it was imaged, 0 elsewhere."""
    mask = np.ones(signal.shape, dtype=bool) if imaged is None else imaged
    seen = signal[mask]
    low, high = np.percentile(seen, (_DARK, _BRIGHT))
    unit = np.clip((signal - low) / max(float(high - low), 1e-9), 0.0, 1.0)
    seen = unit[mask]
    unit = (unit - seen.mean()) / max(float(seen.std()), 1e-3)
    return np.stack([np.where(mask, unit, 0.0), mask]).astype(np.float32)


def padded(picture: np.ndarray) -> np.ndarray:
    """The picture with sides that the network can halve; what is added was not imaged."""
    before_after = [(0, 0)]
    for size in picture.shape[1:]:
        missing = max(2 * PADDED_TO, -(-size // PADDED_TO) * PADDED_TO) - size
        before_after.append((missing // 2, missing - missing // 2))
    return np.pad(picture, before_after)


def _without_empty_border(volume: Volume) -> Volume:
    """The volume without outer planes that hold nothing but the value of its first corner; whole if it has no other."""
    array = np.asarray(volume.array)
    filled = array[0, 0, 0]
    start, stop = [0, 0, 0], list(array.shape)
    for axis in range(3):
        planes = np.moveaxis(array, axis, 0)
        while start[axis] < stop[axis] and bool((planes[start[axis]] == filled).all()):
            start[axis] += 1
        while start[axis] < stop[axis] and bool((planes[stop[axis] - 1] == filled).all()):
            stop[axis] -= 1
        if start[axis] == stop[axis]:
            return volume
    box = tuple(slice(first, last) for first, last in zip(start, stop, strict=True))
    return replace(volume, array=array[box], geometry=volume.geometry.cropped(start, stop), sources=())


def cell_weights(size: int, spacing_mm: float) -> np.ndarray:
    """(N, size) weights that take an axis to cells of 5 mm around its middle: linear, without aliasing."""
    count = min(MOST_CELLS, max(1, round(size * spacing_mm / CELL_MM)))
    cells = (np.arange(count) - (count - 1) / 2.0) * CELL_MM
    voxels = (np.arange(size) - (size - 1) / 2.0) * spacing_mm
    reach = max(CELL_MM, spacing_mm)
    weights = np.maximum(reach - np.abs(cells[:, None] - voxels[None]), 0.0) + 1e-9
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
