"""A Volume sampled on another grid of the same patient space."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from OrthoDiffusionLib.anatomy import BODY_AXES, Axes
from OrthoDiffusionLib.errors import GeometryError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes import itk as sitk
from OrthoDiffusionLib.volumes.geometry import Geometry
from OrthoDiffusionLib.volumes.itk_border import resample_sitk, sitk_from_volume
from OrthoDiffusionLib.volumes.plane import degrees_from_next_plane, is_3d
from OrthoDiffusionLib.volumes.volume import Volume

OWN_PLANES_DEGREES = 20.0
"""A 3D volume whose axes are nearer than this to standing half-way between a joint's planes is cut in none of them
(ours); protocols turn a shoulder's slices by 30 to 60° to the body, which leaves 30° and more."""


def resample_to(volume: Volume, geometry: Geometry, *, labels: bool = False) -> Volume:
    """Sample a volume on another grid of the same patient space.

    Args:
        volume: array (I, J, K), any spacing and obliquity.
        geometry: the wanted grid; both affines map voxel index to RAS millimetres.
        labels: keep label values as they are (nearest neighbour) instead of interpolating linearly.

    Returns:
        A volume on `geometry` with the names and tags of the old one. Labels keep their number type,
        signal becomes float32. Outside the field of view it is 0 for labels, the minimum for signal.
        Nothing is smoothed: see `smooth_for` before going to a coarser grid.

    Raises:
        GeometryError: if the two grids do not overlap in RAS.
    """
    if volume.geometry.is_same_grid(geometry):
        array = volume.array if labels else volume.array.astype(np.float32)
        return replace(volume, array=array, geometry=geometry)
    if not grids_overlap(volume.geometry, geometry):
        raise GeometryError(Message("geometry", "no_overlap"), where=volume.name)
    if labels:
        image = sitk_from_volume(volume)
        sampled = resample_sitk(image, geometry, interpolator=sitk.sitkNearestNeighbor)
    else:
        image = sitk_from_volume(volume.with_array(volume.array.astype(np.float32)))
        sampled = resample_sitk(image, geometry, outside=float(volume.array.min()))
    array = sitk.GetArrayFromImage(sampled).transpose(2, 1, 0)
    return replace(volume, array=array, geometry=geometry)


def along_joint(volume: Volume, axes: Axes) -> Volume:
    """A 3D volume on a grid along the axes of a joint, where its own axes stand half-way between them.

    A 3D volume of a shoulder along the axes of the body shows neither coronal nor sagittal slices of the joint.

    Args:
        volume: of any kind.
        axes: of this side's joint, in RAS.

    Returns:
        The volume itself if it is a stack, lies nearly along the axes, or these are the body's. Else all of it, at its
        own resolution; beyond its field of view is its minimum.
    """
    geometry = volume.geometry
    if axes == BODY_AXES or not is_3d(geometry):
        return volume
    if min(degrees_from_next_plane(geometry, axis, axes) for axis in range(3)) >= OWN_PLANES_DEGREES:
        return volume
    share = np.abs(np.asarray(axes, dtype=float) @ geometry.directions)  # of each own axis in each of the joint's
    spacing = np.where(share >= 0.5, geometry.spacing_mm, np.inf).min(axis=1)
    shape = np.maximum(np.rint(share @ geometry.extent_mm / spacing), 1).astype(int)
    grid = Geometry.from_axes(
        tuple(shape.tolist()),
        spacing_mm=tuple(spacing.tolist()),
        directions=np.asarray(axes, dtype=float).T,
        centre_ras=geometry.centre_ras,
    )
    return resample_to(volume, grid)


def grids_overlap(one: Geometry, other: Geometry) -> bool:
    """Whether the boxes of two grids share space; oblique boxes are tested on all their faces."""
    # Separating axis theorem on the faces of both boxes: quick, and never misses an overlap.
    half = 0.5
    for first, second in ((one, other), (other, one)):
        last = np.asarray(second.shape) - half
        ends = np.array(np.meshgrid(*[(-half, n) for n in last], indexing="ij")).reshape(3, 8).T
        ijk = first.to_ijk(second.to_ras(ends))
        if (ijk.max(axis=0) < -half).any() or (ijk.min(axis=0) > np.asarray(first.shape) - half).any():
            return False
    return True
