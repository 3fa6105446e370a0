"""The smallest box around each label of a label array: the key to working fast on large grids."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

Box = tuple[slice, slice, slice]


def label_boxes(labels: np.ndarray) -> dict[int, Box]:
    """Bounding boxes of the labels that occur, background left out.

    Args:
        labels: (I, J, K) uint8.

    Returns:
        label -> three slices that hold all its voxels; labels in ascending order.
    """
    # A histogram of each slab of the first axis is cheap, and shortens the search along the other two.
    flat = labels.reshape(labels.shape[0], -1)
    counts = np.stack([np.bincount(slab, minlength=256) for slab in flat])
    boxes = {}
    for label in np.flatnonzero(counts.any(axis=0)):
        if label == 0:
            continue
        slabs = np.flatnonzero(counts[:, label])
        first = slice(int(slabs[0]), int(slabs[-1]) + 1)
        mask = labels[first] == label
        seen = mask.any(axis=0)
        boxes[int(label)] = (first, _span(seen.any(axis=1)), _span(seen.any(axis=0)))
    return boxes


def _span(occupied: np.ndarray) -> slice:
    where = np.flatnonzero(occupied)
    return slice(int(where[0]), int(where[-1]) + 1)


def box_between(start: Iterable[int], stop: Iterable[int]) -> Box:
    """The box from voxel `start` up to, without it, voxel `stop`; three numbers each."""
    i, j, k = (slice(int(first), int(end)) for first, end in zip(start, stop, strict=True))
    return i, j, k


def padded(box: Box, margin: int, shape: tuple[int, int, int]) -> Box:
    """The box grown by `margin` voxels on each side, cut at the array's border."""
    start = (max(0, side.start - margin) for side in box)
    return box_between(start, (min(size, side.stop + margin) for side, size in zip(box, shape, strict=True)))
