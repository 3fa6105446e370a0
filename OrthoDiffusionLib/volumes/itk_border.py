"""Volume ⇄ SimpleITK; with the readers of DICOM the only file that says LPS or (K, J, I)."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.errors import VolumeFileError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes import itk as sitk
from OrthoDiffusionLib.volumes.geometry import Geometry
from OrthoDiffusionLib.volumes.volume import Volume

LPS_TO_RAS = np.diag((-1.0, -1.0, 1.0, 1.0))
"""ITK and DICOM count x to the Left and y to Posterior; the matrix is its own inverse."""


def geometry_from_sitk(image: sitk.Image) -> Geometry:
    """The grid of a 3D SimpleITK image (origin, spacing, direction in LPS) as index → RAS mm.

    Left-handed and oblique directions are kept.
    """
    affine = np.eye(4)
    directions = np.asarray(image.GetDirection(), dtype=np.float64).reshape(3, 3)
    affine[:3, :3] = directions * np.asarray(image.GetSpacing())
    affine[:3, 3] = image.GetOrigin()
    return Geometry(image.GetSize(), LPS_TO_RAS @ affine)


def array_from_sitk(image: sitk.Image, where: str = "") -> np.ndarray:
    """A transposed copy of ITK's (K, J, I) buffer, axis order (I, J, K).

    Raises:
        VolumeFileError: if the image is not 3D or has several components.
    """
    if image.GetDimension() != 3 or image.GetNumberOfComponentsPerPixel() != 1:
        raise VolumeFileError(
            Message(
                "file",
                "not_grey",
                {"dimensions": image.GetDimension(), "components": image.GetNumberOfComponentsPerPixel()},
            ),
            where=where,
        )
    return sitk.GetArrayFromImage(image).transpose(2, 1, 0)


def sitk_from_volume(volume: Volume) -> sitk.Image:
    """Hand a Volume over to SimpleITK.

    Returns:
        An image of size (I, J, K), origin and direction in LPS, with a copy of the voxels. float16
        becomes float32, as ITK has no half precision.

    Raises:
        VolumeFileError: if the grid is sheared, which ITK cannot hold.
    """
    array = volume.array
    if array.dtype == np.float16:
        array = array.astype(np.float32)
    image = sitk.GetImageFromArray(np.ascontiguousarray(array.transpose(2, 1, 0)))
    copy_geometry(volume.geometry, image)
    return image


def copy_geometry(geometry: Geometry, image: sitk.Image) -> None:
    """Put `geometry` on a SimpleITK image of the same size; see `sitk_from_volume` for errors."""
    origin, spacing, direction = _lps_parts(geometry)
    image.SetOrigin(origin)
    image.SetSpacing(spacing)
    image.SetDirection(direction)


def resample_sitk(
    image: sitk.Image,
    geometry: Geometry,
    *,
    interpolator: int | None = None,
    outside: float = 0.0,
) -> sitk.Image:
    """`image` on the grid `geometry`, linearly by default; voxels outside the image get the value `outside`."""
    origin, spacing, direction = _lps_parts(geometry)
    resampler = sitk.ResampleImageFilter()
    resampler.SetSize(tuple(int(n) for n in geometry.shape))
    resampler.SetOutputOrigin(origin)
    resampler.SetOutputSpacing(spacing)
    resampler.SetOutputDirection(direction)
    resampler.SetInterpolator(sitk.sitkLinear if interpolator is None else interpolator)
    resampler.SetDefaultPixelValue(float(outside))
    return resampler.Execute(image)


def rigid_to_ras(transform: sitk.Transform) -> np.ndarray:
    """The (4, 4) matrix RAS mm → RAS mm of a linear SimpleITK transform, which works in LPS."""
    matrix = np.eye(4)
    matrix[:3, 3] = transform.TransformPoint((0.0, 0.0, 0.0))
    for axis in range(3):
        point = [0.0, 0.0, 0.0]
        point[axis] = 1.0
        matrix[:3, axis] = np.asarray(transform.TransformPoint(point)) - matrix[:3, 3]
    return LPS_TO_RAS @ matrix @ LPS_TO_RAS


def check_perpendicular(geometry: Geometry, where: str = "") -> None:
    """Refuse a sheared grid, such as a general affine registration leaves behind.

    Raises:
        VolumeFileError: if two axes are not square to each other.
    """
    directions = geometry.directions
    if np.abs(directions.T @ directions - np.eye(3)).max() > 1e-3:
        raise VolumeFileError(Message("geometry", "not_perpendicular"), where=where)


def _lps_parts(geometry: Geometry) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    check_perpendicular(geometry)
    affine = LPS_TO_RAS @ geometry.affine
    spacing = geometry.spacing_mm
    directions = affine[:3, :3] / spacing
    return tuple(affine[:3, 3]), tuple(spacing), tuple(directions.ravel())
