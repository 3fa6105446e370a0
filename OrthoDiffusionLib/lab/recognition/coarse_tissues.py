"""Which tissues fill each 5 mm cell of a digital joint: from these a picture of any contrast comes in a millisecond."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.view_parts import ViewParts
from OrthoDiffusionLib.lab.phantom.imaging.contrast import TISSUES
from OrthoDiffusionLib.recognition.coarse_picture import cell_weights

TISSUE_NAMES = tuple(TISSUES)
"""The order of the first axis of all `CoarseTissues`."""

_BLOCK_MM = 2.5


@dataclass(frozen=True, eq=False)
class CoarseTissues:
    """A view, or a made-up scene, as shares of tissues.

    Attributes:
        shares: (T, X, Y, Z) uint8, 255 is all of a cell; axes to Right, Anterior, Superior.
        axis: along which its slices are stacked.
        kind: what it shows: a joint's name, or a family of pictures that show none.
    """

    shares: np.ndarray
    axis: int
    kind: str


def coarse_tissues(view: ViewParts, joint: str) -> CoarseTissues:
    """The tissues of a view's voxel centres, in cells of 5 mm."""
    names = view.tables.tissue_names
    index = np.array([TISSUE_NAMES.index(name) for name in names], dtype=np.int64)
    turned, spacing = _to_ras(view.centre, view)
    tissue = index[view.tables.tissue[turned]]
    return CoarseTissues(shares_of(tissue, spacing), view.plane.normal_axis, joint)


def shares_of(tissue: np.ndarray, spacing_mm: np.ndarray) -> np.ndarray:
    """(T, X, Y, Z) uint8 shares in cells of 5 mm.

    Args:
        tissue: (I, J, K) int, places in `TISSUE_NAMES`.
        spacing_mm: (3,).
    """
    blocks = np.maximum(1, np.floor(_BLOCK_MM / spacing_mm + 1e-6)).astype(int)
    shape = np.array(tissue.shape) // blocks
    cut = tissue[tuple(slice(0, int(n)) for n in shape * blocks)]
    places = np.arange(np.prod(shape)).reshape(shape)
    for axis in range(3):
        places = places.repeat(blocks[axis], axis)
    count = len(TISSUE_NAMES)
    counts = np.bincount((places * count + cut).ravel(), minlength=int(np.prod(shape)) * count)
    shares = counts.reshape(*shape, count).astype(np.float32) / np.prod(blocks)
    for axis in range(3):
        weights = cell_weights(int(shape[axis]), float(spacing_mm[axis] * blocks[axis]))
        shares = np.moveaxis(np.tensordot(weights, shares, axes=(1, axis)), 0, axis)
    return np.ascontiguousarray(np.rint(255.0 * shares).astype(np.uint8).transpose(3, 0, 1, 2))


def _to_ras(array: np.ndarray, view: ViewParts) -> tuple[np.ndarray, np.ndarray]:
    perm, flips = view.geometry.reorientation_to("RAS")
    turned = array.transpose(perm)[tuple(slice(None, None, -1 if flip else 1) for flip in flips)]
    return turned, view.geometry.spacing_mm[list(perm)]
