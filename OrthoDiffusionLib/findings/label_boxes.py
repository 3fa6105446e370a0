"""The smallest box around each label of a label array: the key to working fast on large grids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

Box = tuple[slice, slice, slice]


def label_boxes(labels: np.ndarray) -> dict[int, Box]:
    """Bounding boxes of the labels that occur, background left out.

    Args:
        labels: (I, J, K) whole numbers, 0 or more.

    Returns:
        label -> three slices that hold all its voxels; labels in ascending order.
    """
    from scipy.ndimage import find_objects

    return {label: box for label, box in enumerate(find_objects(labels), 1) if box is not None}


def box_between(start: Iterable[int], stop: Iterable[int]) -> Box:
    """The box from voxel `start` up to, without it, voxel `stop`; three numbers each."""
    i, j, k = (slice(int(first), int(end)) for first, end in zip(start, stop, strict=True))
    return i, j, k


def padded(box: Box, margin: int, shape: tuple[int, int, int]) -> Box:
    """The box grown by `margin` voxels on each side, cut at the array's border."""
    start = (max(0, side.start - margin) for side in box)
    return box_between(start, (min(size, side.stop + margin) for side, size in zip(box, shape, strict=True)))


def union(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds all of some boxes, one or more."""
    sides = list(zip(*boxes, strict=True))
    return box_between((min(s.start for s in side) for side in sides), (max(s.stop for s in side) for side in sides))
