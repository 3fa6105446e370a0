"""Measuring: one segmentation, seen as a right joint, with what several measurements need worked out once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from OrthoDiffusionLib.anatomy import Kind, Side
from OrthoDiffusionLib.findings.segmentation import Segmentation
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.block_sums import block_sums

Found = TypeVar("Found")

_BLOCK = 3
"""Pieces whose blocks of so many voxels a side touch are one piece: a ragged outline stays whole."""

BORDER_MM = 3.0
"""A landmark nearer than this to where nothing was imaged may be no landmark but the end of the picture."""


class NotMeasurable(Exception):
    """Why a number cannot be had.

    Attributes:
        message: the reason, for the note of the measurement.
    """

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


class Measuring:
    """One segmentation being measured.

    Left joints are looked at as their mirror image, so that lateral is always +x. Coordinates named ``points`` are
    RAS mm of that right joint; `in_patient` brings them back.

    Args:
        segmentation: of the whole joint, in the patient's RAS mm, on a grid of any orientation.
        side: which joint it is.
    """

    def __init__(self, segmentation: Segmentation, side: Side) -> None:
        self.segmentation = segmentation
        self._mirror = np.array([-1.0 if side is Side.LEFT else 1.0, 1.0, 1.0])
        geometry = segmentation.labels.geometry
        affine = geometry.affine.copy()
        affine[:3] *= self._mirror[:, None]
        self._affine = affine
        self._to_index = np.linalg.inv(affine)
        self._shape = geometry.shape
        self._labels = segmentation.labels.array.copy()  # stray pieces are taken out of it
        self._flat = self._labels.reshape(-1)
        self._imaged = None if segmentation.imaged is None else segmentation.imaged.reshape(-1)
        self.spacing_mm = float(geometry.spacing_mm.max())
        self._known: dict[tuple[Any, ...], Any] = {}

    def once(self, function: Callable[..., Found], *arguments: Any) -> Found:
        """``function(self, *arguments)``, worked out when it is first asked for.

        Raises:
            NotMeasurable: again, if it was raised the first time.
        """
        key = (function, *arguments)
        if key not in self._known:
            try:
                self._known[key] = function(self, *arguments)
            except NotMeasurable as reason:
                self._known[key] = reason
        found = self._known[key]
        if isinstance(found, NotMeasurable):
            raise found
        return found

    def title(self, name: str) -> str:
        """What people call a structure; made of its key where the bundle does not have it."""
        for structure in self.segmentation.structures:
            if structure.name == name:
                return structure.title.lower()
        return name.replace("_", " ")

    def need(self, *names: str) -> None:
        """Refuse to go on without structures.

        Raises:
            NotMeasurable: naming the first that was not found.
        """
        known = {structure.name for structure in self.segmentation.structures}
        for name in names:
            if name not in known or not self.segmentation.is_found(name):
                raise NotMeasurable(Message("not_measured", "not_found", {"structure": self.title(name)}))

    def need_whole(self, name: str) -> None:
        """Refuse to go on with a structure that is not there or reaches the border of what was imaged.

        Raises:
            NotMeasurable: saying which of the two.
        """
        self.need(name)
        if not self.segmentation.complete(name):
            raise NotMeasurable(Message("not_measured", "cut_off", {"structure": self.title(name)}))

    def need_seen(self, name: str, *points: np.ndarray) -> None:
        """Refuse to go on where the places about a structure's landmark were not imaged.

        Args:
            name: of the structure, for the reason.
            points: (3,) or (N, 3) each.

        Raises:
            NotMeasurable: if one of them was not.
        """
        if not self.is_seen(np.concatenate([np.atleast_2d(point) for point in points])):
            raise NotMeasurable(Message("not_measured", "cut_off", {"structure": self.title(name)}))

    def is_seen(self, points: np.ndarray) -> bool:
        """Whether all of some places (N, 3) were imaged."""
        return bool(self.seen(points).all())

    def seen(self, points: np.ndarray) -> np.ndarray:
        """(N,) bool, which of some places (N, 3) were imaged."""
        index, inside = self._index(points)
        return inside if self._imaged is None else inside & self._imaged[index]

    def voxels(self, name: str, *, every: int = 1) -> np.ndarray:
        """(N, 3) places of a structure's largest piece, every so many voxels along each axis."""
        return self.once(_voxels_of, name, every)

    def inside(self, name: str, points: np.ndarray) -> np.ndarray:
        """(...) bool, which of some places (..., 3) belong to a structure; outside the grid none does."""
        self.once(_tidied, name)
        index, inside = self._index(points.reshape(-1, 3))
        found = self._flat[index] == self.segmentation.structure(name).label
        return (found & inside).reshape(points.shape[:-1])

    def inside_lattice(
        self, name: str, origin: np.ndarray, first: np.ndarray, second: np.ndarray, third: np.ndarray
    ) -> np.ndarray:
        """(A, B, C) bool, which places ``origin + first[a] + second[b] + third[c]`` belong to a structure.

        As `inside`, without the places themselves: voxel indices are sums along each axis.

        Args:
            name: of the structure.
            origin: (3,) of the lattice.
            first, second, third: (A, 3), (B, 3), (C, 3) steps from it, mm.
        """
        self.once(_tidied, name)
        matrix = self._to_index[:3, :3].T
        start = origin @ matrix + self._to_index[:3, 3]
        shape = len(first), len(second), len(third)
        index, inside = np.zeros(shape, dtype=np.int32), np.ones(shape, dtype=bool)
        for axis, size in enumerate(self._shape):
            along = start[axis] + (first @ matrix)[:, axis, None] + (second @ matrix)[:, axis]
            place = np.rint(along[:, :, None] + (third @ matrix)[:, axis]).astype(np.int32)
            inside &= place.view(np.uint32) < size  # what is negative is a large number then
            index = index * size + place
        found = self._flat[np.where(inside, index, 0)] == self.segmentation.structure(name).label
        return found & inside

    def in_patient(self, points: np.ndarray) -> tuple[tuple[float, float, float], ...]:
        """Places (N, 3) of the right joint as RAS mm of the patient."""
        return tuple((float(x), float(y), float(z)) for x, y, z in np.atleast_2d(points) * self._mirror)

    def _index(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Flat index of the voxel at each place, and whether there is one."""
        nearest = np.rint(points @ self._to_index[:3, :3].T + self._to_index[:3, 3]).astype(np.int32)
        i, j, k = nearest.T
        inside = ((nearest >= 0) & (nearest < self._shape)).all(axis=-1)
        return np.where(inside, (i * self._shape[1] + j) * self._shape[2] + k, 0), inside


def _tidied(measuring: Measuring, name: str) -> np.ndarray:
    """(I, J, K) bool, a structure in its box without stray pieces; fluid may lie in several pockets."""
    structure, box = measuring.segmentation.structure(name), measuring.segmentation.box(name)
    if box is None:
        return np.zeros((0, 0, 0), dtype=bool)
    part = measuring._labels[box]
    mask = part == structure.label
    largest = None if structure.kind is Kind.FLUID else _largest_piece(mask)
    if largest is not None:
        part[mask & ~largest] = 0
        mask &= largest
    return mask


def _voxels_of(measuring: Measuring, name: str, every: int) -> np.ndarray:
    measuring.need(name)
    mask, box = measuring.once(_tidied, name), measuring.segmentation.box(name)
    assert box is not None  # it was found
    where = np.argwhere(mask[::every, ::every, ::every]) * every
    if len(where) == 0:  # a crumb that lies between them
        where = np.argwhere(mask)
    where += [side.start for side in box]
    return where @ measuring._affine[:3, :3].T + measuring._affine[:3, 3]


def _largest_piece(mask: np.ndarray) -> np.ndarray | None:
    """(I, J, K) bool, True in the blocks of the largest piece; None where there is one piece alone."""
    from scipy.ndimage import label

    whole = np.pad(mask, [(0, -n % _BLOCK) for n in mask.shape])
    counts = block_sums(whole, _BLOCK, (0, 1, 2), np.uint8)  # of 27 voxels at most
    pieces, _ = label(counts > 0)
    sizes = np.bincount(pieces.ravel(), weights=counts.ravel())
    sizes[0] = 0
    if np.count_nonzero(sizes) < 2:
        return None
    kept = pieces == sizes.argmax()
    whole = kept.repeat(_BLOCK, 0).repeat(_BLOCK, 1).repeat(_BLOCK, 2)
    i, j, k = mask.shape
    return whole[:i, :j, :k]
