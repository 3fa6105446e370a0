"""Labels on another grid, with smooth outlines: each structure's share of a voxel decides, not the nearest voxel."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.findings.label_boxes import Box, box_between, label_boxes, padded
from OrthoDiffusionLib.volumes import Geometry, Volume
from OrthoDiffusionLib.volumes import itk as sitk

_CHUNK_VOXELS = 4_000_000  # two numbers of 4 bytes each; bounds the memory for large input volumes
_TIE = 1e-4  # shares that differ by less are equal, so that rounding draws no pattern along a straight edge


def labels_on(labels: Volume, geometry: Geometry) -> Volume:
    """Carry labels over to another grid of the same patient space.

    Every structure is interpolated linearly by itself, as the share of a voxel that it fills, and the largest
    share wins, the background's included. So no label appears that was not there, and outlines have none of
    the steps that the nearest voxel leaves on a finer or oblique grid.

    Args:
        labels: (I, J, K) uint8, 0 is background.
        geometry: the wanted grid; any spacing, obliquity, handedness, sheared ones too.

    Returns:
        uint8 labels on `geometry`; 0 outside the grid of `labels`, everywhere if the two do not overlap.
    """
    if labels.geometry.is_same_grid(geometry):
        return Volume(labels.array, geometry, name=labels.name)
    winner = np.zeros(geometry.shape, dtype=np.uint8)
    boxes = {label: padded(box, 1, labels.array.shape) for label, box in label_boxes(labels.array).items()}
    slabs = max(1, _CHUNK_VOXELS // (geometry.shape[1] * geometry.shape[2]))
    for start in range(0, geometry.shape[0], slabs):
        stop = min(start + slabs, geometry.shape[0])
        part = geometry.cropped((start, 0, 0), (stop, *geometry.shape[1:]))
        winner[start:stop] = _largest_share(labels, boxes, part)
    return Volume(winner, geometry, name=labels.name)


def _largest_share(labels: Volume, boxes: dict[int, Box], geometry: Geometry) -> np.ndarray:
    winner = np.zeros(geometry.shape, dtype=np.uint8)
    best = np.zeros(geometry.shape, dtype=np.float32)
    background = np.ones(geometry.shape, dtype=np.float32)
    for label, box in boxes.items():
        where = _reach(labels.geometry, box, geometry)
        if where is None:
            continue
        share = _share(labels, label, box, geometry, where)
        background[where] -= share
        larger = share > best[where] + _TIE
        winner[where][larger] = label
        best[where][larger] = share[larger]
    winner[best < background - _TIE] = 0
    return winner


def _reach(source: Geometry, box: Box, target: Geometry) -> Box | None:
    """The part of the target's array that a box of the source's array can touch; None if there is none."""
    ends = np.array(np.meshgrid(*[(side.start - 1.0, side.stop) for side in box], indexing="ij")).reshape(3, 8).T
    ijk = target.to_ijk(source.to_ras(ends))
    low = np.maximum(0, np.floor(ijk.min(axis=0))).astype(int)
    high = np.minimum(target.shape, np.ceil(ijk.max(axis=0)) + 1).astype(int)
    if (low >= high).any():
        return None
    return box_between(low, high)


def _share(labels: Volume, label: int, box: Box, target: Geometry, where: Box) -> np.ndarray:
    """float32, how much of each voxel of `where` the label fills; 0 outside of `box`."""
    source = labels.geometry
    to_source = np.linalg.inv(source.affine) @ target.affine
    first = np.array([side.start for side in where])
    offset = to_source[:3, :3] @ first + to_source[:3, 3] - [side.start for side in box]
    # From index to index: neither grid needs a direction that ITK can hold. ITK names the last axis first.
    transform = sitk.AffineTransform(to_source[:3, :3][::-1, ::-1].ravel().tolist(), offset[::-1].tolist())
    mask = sitk.GetImageFromArray((labels.array[box] == label).astype(np.float32))
    resampler = sitk.ResampleImageFilter()
    resampler.SetSize([side.stop - side.start for side in where][::-1])
    resampler.SetTransform(transform)
    resampler.SetInterpolator(sitk.sitkLinear)
    return sitk.GetArrayFromImage(resampler.Execute(mask))
