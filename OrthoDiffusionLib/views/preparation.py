"""prepare_views: from the volumes of a study to one View for each plane that is there.

A view keeps the axes of its volume, however oblique they are; only spacing and order change. So the
resampling is one small matrix for each axis, with exact control over what is averaged. A 3D volume that lies along
none of an oblique joint's planes is turned to them first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from OrthoDiffusionLib.anatomy import BODY_AXES, Axes, Side, mirrored_axes
from OrthoDiffusionLib.errors import StudyError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.views.intensity import normalise
from OrthoDiffusionLib.views.view import View
from OrthoDiffusionLib.views.view_grid import ViewGrid
from OrthoDiffusionLib.volumes import Geometry, Plane, Study, Volume
from OrthoDiffusionLib.volumes.body_threshold import body_threshold
from OrthoDiffusionLib.volumes.plane import is_thin
from OrthoDiffusionLib.volumes.resampling import along_joint


def prepare_views(study: Study, grids: Mapping[Plane, ViewGrid], *, mirror: bool = False) -> dict[Plane, View]:
    """Prepare every plane that the study has and an encoder wants.

    Args:
        study: volumes of any spacing, obliquity and handedness.
        grids: the wanted grid of each plane.
        mirror: reflect the world at x = 0, so that a left joint looks like a right one. The views'
            geometries then lie in that mirrored world.

    Returns:
        Views in the order sagittal, coronal, axial; planes without a volume are missing.

    Raises:
        StudyError: if no plane of the study has a grid.
    """
    # A mirrored joint is one of the other side: its own axes are those of a left one.
    axes = study.joint.axes_of(Side.LEFT if mirror else Side.RIGHT)
    along = {id(volume): along_joint(volume, axes) for volume in study.volumes}  # one may serve several planes
    views = {}
    for plane in Plane:
        if plane in study.planes and plane in grids:
            volume = study.planes[plane]
            view = prepare_view(along[id(volume)], grids[plane], mirror=mirror, axes=study.joint.axes)
            views[plane] = replace(view, turned=along[id(volume)] is not volume)
    if not views:
        raise StudyError(Message("study", "no_known_plane", {"planes": list(grids)}))
    return views


def prepare_view(volume: Volume, grid: ViewGrid, *, mirror: bool = False, axes: Axes = BODY_AXES) -> View:
    """Prepare one volume for one plane.

    Args:
        volume: a stack in the plane of `grid`, or a 3D volume.
        grid: pixel size, slice step of reformatted volumes, largest size.
        mirror: as in `prepare_views`.
        axes: of the right joint, in RAS.

    Returns:
        A View over the whole field of view of the volume. Rows and columns are resampled linearly,
        averaged where the volume is finer than the grid. Slices of a 2D stack stay as they were acquired
        unless there are more than `grid.max_slices`; those of a 3D volume are slabs of `grid.slice_mm`.
    """
    hung = _hung(volume, grid.plane, axes, mirror=mirror)
    slices, height, width = hung.geometry.shape
    step, row_mm, column_mm = hung.geometry.spacing_mm
    new_step = grid.slice_mm if is_thin(step) else step
    new_step = max(new_step, slices * step / grid.max_slices)
    same_slices = abs(new_step - step) < 1e-6

    counts = (
        slices if same_slices else max(1, int(slices * step / new_step + 1e-6)),
        max(1, round(height * row_mm / grid.in_plane_mm)),
        max(1, round(width * column_mm / grid.in_plane_mm)),
    )
    spacing = (new_step, grid.in_plane_mm, grid.in_plane_mm)
    array = np.ascontiguousarray(hung.array, dtype=np.float32)
    # Slices first: that makes the array smaller before the in-plane work.
    if not same_slices:
        array = np.tensordot(_slab_matrix(slices, step, counts[0], new_step), array, axes=(1, 0))
    rows = _linear_matrix(height, row_mm, counts[1], grid.in_plane_mm)
    columns = _linear_matrix(width, column_mm, counts[2], grid.in_plane_mm)
    array = _columns_taken(columns, _rows_taken(rows, array))

    geometry = Geometry.from_axes(
        counts,
        spacing_mm=spacing,
        directions=hung.geometry.directions,
        centre_ras=hung.geometry.centre_ras,
    )
    array, geometry, cropped = _crop_around_body(array, geometry, grid.max_size)
    return View(
        grid.plane,
        np.ascontiguousarray(normalise(array)),
        geometry,
        source=volume.name,
        mirrored=mirror,
        cropped=cropped,
        reformatted=not same_slices,
        axes=axes,
    )


def _hung(volume: Volume, plane: Plane, axes: Axes, *, mirror: bool) -> Volume:
    """A volume as it hangs, mirrored if so wanted: by its place in the patient, by which its plane was chosen.

    In the mirror, axes that stand just half-way might be taken for others.
    """
    if not mirror:
        return volume.reoriented(plane.hanging, axes)
    seen_from_behind = plane.hanging.translate(str.maketrans("RL", "LR"))
    return volume.reoriented(seen_from_behind, mirrored_axes(axes)).mirrored()


def _centres(count: int, spacing: float) -> np.ndarray:
    """Positions of `count` voxel centres about the middle of their axis, millimetres."""
    return (np.arange(count) - (count - 1) / 2.0) * spacing


def _linear_matrix(count: int, spacing: float, new_count: int, new_spacing: float) -> np.ndarray:
    """(new_count, count) float32: linear interpolation, a triangle as wide as the coarser pixel.

    The wider triangle is the anti-aliasing: it averages all the pixels that one new pixel stands for.
    Weights are made to sum to 1 at the borders too.
    """
    distance = np.abs(_centres(new_count, new_spacing)[:, None] - _centres(count, spacing)[None, :])
    # Where the new grid overhangs the old one by a fraction of a pixel, the border is continued.
    nearest = distance.argmin(axis=1)
    weights = np.maximum(0.0, 1.0 - distance / max(spacing, new_spacing))
    weights[weights.sum(axis=1) < 1e-6, :] = 0.0
    lost = np.flatnonzero(weights.sum(axis=1) == 0.0)
    weights[lost, nearest[lost]] = 1.0
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


_BLOCK = 24
"""New pixels computed together; each needs a few of the old ones, so that most of a matrix is left aside."""


def _rows_taken(matrix: np.ndarray, array: np.ndarray) -> np.ndarray:
    """`matrix` (N, H) applied to the rows of an array (S, H, W), to (S, N, W); float32."""
    found = np.empty((array.shape[0], len(matrix), array.shape[2]), dtype=np.float32)
    for new, old in _bands(matrix):
        np.matmul(matrix[new, old], array[:, old], out=found[:, new])
    return found


def _columns_taken(matrix: np.ndarray, array: np.ndarray) -> np.ndarray:
    """`matrix` (N, W) applied to the columns of an array (S, H, W), to (S, H, N); float32."""
    lines = array.reshape(-1, array.shape[2])
    found = np.empty((len(lines), len(matrix)), dtype=np.float32)
    for new, old in _bands(matrix):
        np.matmul(lines[:, old], matrix[new, old].T, out=found[:, new])
    return found.reshape(*array.shape[:2], len(matrix))


def _bands(matrix: np.ndarray) -> Iterator[tuple[slice, slice]]:
    """Blocks of a matrix's rows, and the columns that hold all their weights."""
    for start in range(0, len(matrix), _BLOCK):
        new = slice(start, start + _BLOCK)
        used = np.flatnonzero(matrix[new].any(axis=0))
        yield new, slice(int(used[0]), int(used[-1]) + 1)


def _slab_matrix(count: int, spacing: float, new_count: int, new_spacing: float) -> np.ndarray:
    """(new_count, count) float32: each new slice is the mean of the tissue that its slab covers."""
    if new_spacing <= spacing:
        return _linear_matrix(count, spacing, new_count, new_spacing)
    new, old = _centres(new_count, new_spacing)[:, None], _centres(count, spacing)[None, :]
    top = np.minimum(new + new_spacing / 2, old + spacing / 2)
    bottom = np.maximum(new - new_spacing / 2, old - spacing / 2)
    overlap = np.maximum(0.0, top - bottom)
    return (overlap / overlap.sum(axis=1, keepdims=True)).astype(np.float32)


def _crop_around_body(array: np.ndarray, geometry: Geometry, max_size: int) -> tuple[np.ndarray, Geometry, bool]:
    """Cut rows and columns to `max_size` around the middle of what is brighter than air."""
    if max(array.shape[1:]) <= max_size:
        return array, geometry, False
    coarse = array[:, ::4, ::4]
    low, high = np.percentile(coarse, (0.5, 99.5))
    unit = np.clip((coarse - low) / max(high - low, 1e-12), 0.0, 1.0)
    body = unit > body_threshold(unit)
    start, stop = [0, 0, 0], list(array.shape)
    for axis in (1, 2):
        size = array.shape[axis]
        if size <= max_size:
            continue
        profile = body.sum(axis=tuple({0, 1, 2} - {axis})).astype(np.float64)
        middle = (np.arange(profile.size) * 4 * profile).sum() / max(profile.sum(), 1e-12)
        middle = middle if profile.sum() > 0 else size / 2
        start[axis] = int(np.clip(round(middle - max_size / 2), 0, size - max_size))
        stop[axis] = start[axis] + max_size
    cut = array[tuple(slice(a, b) for a, b in zip(start, stop, strict=True))]
    return cut, geometry.cropped(start, stop), True
