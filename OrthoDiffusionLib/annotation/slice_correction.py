"""A correction drawn in thick slices, carried to the isotropic label map without steps.

Copying thick slices to thin voxels makes stairs, and the whole label map gets worse wherever it was right. What is
carried here is the difference alone. In each slice a structure has a signed distance to its border (mm, positive
inside), before and after the correction. Their difference says by how much the border moved, and is 0 where nobody
drew. It is interpolated between the slices and added to the signed distance of the isotropic outline, measured in the
same planes: where the border was moved by 2 mm in three slices, the fused surface moves by 2 mm there and runs out
over one slice on either side. Between slices this is the shape-based interpolation of Raya and Udupa (IEEE Trans Med
Imaging 1990; 9:32-42).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.errors import GeometryError
from OrthoDiffusionLib.findings.label_boxes import Box, box_between
from OrthoDiffusionLib.volumes import Geometry, Volume

_MARGIN_MM = 6.0  # around what was drawn: as far as an edge may matter to the distances beside it
_NOTHING_MM = 1e-3


@dataclass(frozen=True)
class Correction:
    """What came of it.

    Attributes:
        labels: the corrected label map on the isotropic grid.
        changed: label values of the structures that were corrected.
        voxels: how many voxels of the isotropic grid are another than before.
    """

    labels: Volume
    changed: tuple[int, ...]
    voxels: int


@dataclass(frozen=True)
class _Moved:
    """One structure in the box around a correction: its moved signed distance and by how much it moved.

    Attributes:
        label: of the structure.
        distance: (i, j, k) mm on the part of the isotropic grid, after the correction.
        by: mm that the border moves outwards there.
    """

    label: int
    distance: np.ndarray
    by: np.ndarray


def carry_correction(fused: Volume, before: Volume, after: Volume) -> Correction:
    """Carry what was drawn in a view's slices to the isotropic label map.

    A structure that was not drawn on keeps every voxel, also where another one grew towards it. Voxels far from the
    correction keep their values exactly; without any difference nothing changes.

    Args:
        fused: (I, J, K) labels on the isotropic grid.
        before: labels on the view's own grid, as they were shown.
        after: the same grid, as the annotator left them.

    Raises:
        ValueError: if `before` and `after` are on different grids.
        GeometryError: if they do not lie where the isotropic labels lie.
    """
    if not before.geometry.is_same_grid(after.geometry):
        raise ValueError("before and after must lie on the same grid")
    drawn = before.array != after.array
    if not drawn.any():
        return Correction(fused, (), 0)
    labels = sorted(
        {int(value) for value in np.unique(before.array[drawn])} | set(map(int, np.unique(after.array[drawn])))
    )
    labels = [label for label in labels if label]
    array = fused.array.copy(order="K")
    slices = _Slices(before, after, drawn)
    box = slices.box_on(fused.geometry)
    if box is None:
        raise GeometryError(
            "The slices do not lie where the outlines lie",
            remedy="Choose a volume of the same exam, without a transform between them.",
        )
    part = array[box]
    moved = [slices.moved(label, fused, box) for label in labels]
    _apply(part, moved, float(fused.geometry.spacing_mm.min()))
    array[box] = part
    return Correction(fused.with_array(array), tuple(labels), int(np.count_nonzero(array != fused.array)))


def _apply(part: np.ndarray, moved: list[_Moved], spacing_mm: float) -> None:
    """Write the corrected structures into a part of the isotropic grid."""
    was = part.copy()
    for one in moved:
        part[(part == one.label) & (one.by < -_NOTHING_MM) & (one.distance <= 0)] = 0
    gone = (was != 0) & (part == 0)
    winner = np.zeros(part.shape, part.dtype)
    best = np.full(part.shape, -np.inf, np.float32)
    for one in moved:
        # Where one structure gives way to another their borders are one. The two distances do not meet exactly, so
        # what lies within a voxel of both goes to the nearer one, and nothing becomes empty between them.
        giving = gone & (was == one.label)
        near = np.where(giving | (gone & (one.by > _NOTHING_MM)), -spacing_mm, 0.0)
        wins = (part == 0) & (giving | (one.by > _NOTHING_MM)) & (one.distance > near) & (one.distance > best)
        winner[wins] = one.label
        best[wins] = one.distance[wins]
    growing = np.zeros(part.shape, bool)
    for one in moved:
        growing |= (one.by > _NOTHING_MM) & (one.distance > -spacing_mm)
    taken = (winner > 0) & ((winner != was) | growing)  # what was only wiped away stays away
    part[taken] = winner[taken]


class _Slices:
    """The slices that were drawn on and those beside them, in a box around what was drawn.

    The isotropic outline is measured on a grid along the slices that is as fine as its own voxels.
    """

    def __init__(self, before: Volume, after: Volume, drawn: np.ndarray) -> None:
        spacing = before.geometry.spacing_mm
        self._across = int(np.argmax(spacing))
        ends = [np.flatnonzero(drawn.any(axis=tuple(a for a in range(3) if a != axis))) for axis in range(3)]
        margin = [1 if axis == self._across else int(np.ceil(_MARGIN_MM / spacing[axis])) for axis in range(3)]
        low = [max(0, int(found[0]) - rim) for found, rim in zip(ends, margin, strict=True)]
        high = [min(n, int(found[-1]) + 1 + rim) for found, rim, n in zip(ends, margin, drawn.shape, strict=True)]
        self._box = box_between(np.array(low), np.array(high))
        self._before, self._after = before.array[self._box], after.array[self._box]
        self._low, self._geometry = low, before.geometry.cropped(low, high)

    def box_on(self, target: Geometry) -> Box | None:
        """The part of the isotropic grid that a correction can reach; None if there is none.

        Half a slice beyond the first and the last of them: there a structure ends that the last slice still shows.
        """
        shape = np.array(self._geometry.shape)
        rim = np.where(np.arange(3) == self._across, 0.5, 0.0) + 1e-6
        ends = np.array(np.meshgrid(*zip(-rim, shape - 1 + rim, strict=True), indexing="ij")).reshape(3, 8).T
        ijk = target.to_ijk(self._geometry.to_ras(ends))
        low = np.maximum(0, np.ceil(ijk.min(axis=0) - 1e-6)).astype(int)
        high = np.minimum(target.shape, np.floor(ijk.max(axis=0) + 1e-6) + 1).astype(int)
        return None if (low >= high).any() else box_between(low, high)

    def moved(self, label: int, fused: Volume, box: Box) -> _Moved:
        """One structure's signed distance after the correction, on a part of the isotropic grid."""
        steps = self._steps(float(fused.geometry.spacing_mm.min()))
        far = 2.0 * float(self._geometry.spacing_mm.max()) + _MARGIN_MM
        by = _slice_distances(self._after == label, self._geometry, self._across, far)
        by -= _slice_distances(self._before == label, self._geometry, self._across, far)
        # From here on the coordinates are indices of the slices, on which both fields are sampled.
        fine = self._fine(steps)
        share = _share_at(fused, label, fine)
        beyond = (share - 0.5) * float(fused.geometry.spacing_mm.min())  # from 1 to 0 within one voxel
        distance = _slice_distances(share >= 0.5, fine, self._across, far, beyond)
        where = _indices(fused.geometry, box, self._geometry)
        # A voxel that is divided into n parts has its first part's centre (n − 1) / 2n before its own.
        fractions = np.array([0.0 if axis == self._across else 0.5 * (n - 1) for axis, n in enumerate(steps)])
        at_fine = where * steps[:, None, None, None] + fractions[:, None, None, None]
        shift = _sample(by, where)
        return _Moved(label, _sample(distance, at_fine) + shift, shift)

    def _steps(self, voxel_mm: float) -> np.ndarray:
        """How many parts a voxel of the slices is divided into along each axis."""
        return np.maximum(1, np.ceil(self._geometry.spacing_mm / voxel_mm - 0.01)).astype(int)

    def _fine(self, steps: np.ndarray) -> Geometry:
        """The slices' grid divided: pixels into parts of the same area, from slice to slice so many steps."""
        shape = np.array(self._geometry.shape)
        divided = np.where(np.arange(3) == self._across, (shape - 1) * steps + 1, shape * steps)
        affine = self._geometry.affine.copy()
        affine[:3, :3] /= steps
        first = np.array([0.0 if axis == self._across else 0.5 / n - 0.5 for axis, n in enumerate(steps)])
        affine[:3, 3] += self._geometry.affine[:3, :3] @ first
        return Geometry((int(divided[0]), int(divided[1]), int(divided[2])), affine)


def _slice_distances(
    mask: np.ndarray, geometry: Geometry, across: int, far: float, beyond: np.ndarray | None = None
) -> np.ndarray:
    """Signed distance (mm, positive inside) of each pixel to the structure's border within its own slice.

    A slice without the structure is as far from it as the nearest slice that shows it, in space; so that a structure
    which is drawn one slice further grows on from where it ended. Without any voxel it is far away everywhere.

    Args:
        mask: (i, j, k) bool.
        geometry: of the mask.
        across: the axis from slice to slice.
        far: mm, no distance is larger.
        beyond: mm from the outermost pixels' centres to the border; None for half a pixel everywhere.
    """
    from scipy import ndimage

    if not mask.any():
        return np.full(mask.shape, -far, np.float32)
    spacing = geometry.spacing_mm
    in_plane = np.delete(spacing, across)
    half = 0.5 * float(in_plane.min())
    stack = np.moveaxis(mask, across, 0)
    rims = np.clip(np.moveaxis(beyond, across, 0), 0.0, 2 * half) if beyond is not None else np.full(stack.shape, half)
    distance = np.empty(stack.shape, np.float32)
    empty = ~stack.any(axis=(1, 2))
    for number in np.flatnonzero(~empty):
        plane = stack[number]
        rim = plane & ~ndimage.binary_erosion(plane, border_value=1)
        if not rim.any():  # the structure fills the slice
            distance[number] = far
            continue
        away, nearest = ndimage.distance_transform_edt(~rim, sampling=in_plane, return_indices=True)
        there = rims[number][tuple(nearest)]
        distance[number] = np.where(plane, away + there, there - away)
    if empty.any():
        away = ndimage.distance_transform_edt(~stack, sampling=(spacing[across], *in_plane))
        distance[empty] = half - away[empty]
    return np.moveaxis(np.clip(distance, -far, far), 0, across)


def _share_at(labels: Volume, label: int, grid: Geometry) -> np.ndarray:
    """How much of each point of another grid a label fills, 0 to 1, interpolated linearly."""
    everything = box_between(np.zeros(3, int), np.array(grid.shape))
    return _sample((labels.array == label).astype(np.float32), _indices(grid, everything, labels.geometry), outside=0.0)


def _indices(grid: Geometry, box: Box, other: Geometry) -> np.ndarray:
    """(3, i, j, k): for each voxel of a box of one grid its index on another one."""
    to_other = np.linalg.inv(other.affine) @ grid.affine
    axes = np.ogrid[tuple(slice(side.start, side.stop) for side in box)]
    rows = [sum(to_other[row, column] * axes[column] for column in range(3)) + to_other[row, 3] for row in range(3)]
    return np.stack(np.broadcast_arrays(*rows)).astype(np.float64)


def _sample(field: np.ndarray, where: np.ndarray, outside: float | None = None) -> np.ndarray:
    """Values at indices, interpolated linearly; beyond the edge those of the edge, unless a value is given."""
    from scipy import ndimage

    if outside is None:
        return ndimage.map_coordinates(field, where, order=1, mode="nearest", prefilter=False)
    return ndimage.map_coordinates(field, where, order=1, mode="constant", cval=outside, prefilter=False)
