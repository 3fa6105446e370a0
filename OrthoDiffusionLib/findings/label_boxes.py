"""The smallest box around each label of a label array: the key to working fast on large grids."""

from __future__ import annotations

from collections.abc import Sequence

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


def padded(box: Box, margin: int, shape: tuple[int, int, int]) -> Box:
    """The box grown by `margin` voxels on each side, cut at the array's border."""
    return tuple(
        slice(max(0, side.start - margin), min(size, side.stop + margin)) for side, size in zip(box, shape, strict=True)
    )


def union(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds all of some boxes, one or more."""
    return tuple(
        slice(min(side.start for side in sides), max(side.stop for side in sides)) for sides in zip(*boxes, strict=True)
    )
