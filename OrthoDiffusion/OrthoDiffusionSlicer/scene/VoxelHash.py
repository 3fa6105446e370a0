"""The hash of a segment's voxels: distinguishes an unchanged prediction from one that was edited."""

import hashlib

import numpy as np
import vtk
from vtk.util.numpy_support import vtk_to_numpy

# Positions are compared, not hashed: files keep them to single precision only.
TOLERANCE_MM = 0.05


def voxelMark(mask, affine):
    """Hash and place of the voxels that are set.

    Args:
        mask: bool array (K, J, I).
        affine: index (i, j, k) → RAS mm, (4, 4).

    Returns:
        ‘sha256 of the cropped mask’ and the RAS mm of its first corner; both empty strings for an empty mask.
        Neither changes when a file is saved with another margin around the segment.
    """
    box = boxOf(mask)
    if box is None:
        return "", ""
    cropped = mask[box]
    content = hashlib.sha256(repr(cropped.shape).encode())
    content.update(np.packbits(cropped).tobytes())
    corner = [axis.start for axis in reversed(box)]
    origin = affine[:3, :3] @ corner + affine[:3, 3]
    return content.hexdigest(), " ".join(f"{value:.4f}" for value in origin)


def markOfSegment(segment):
    """The `voxelMark` of a segment as it stands in the scene now."""
    labels = labelsOfSegment(segment)
    return voxelMark(labels[0] == segment.GetLabelValue(), labels[1]) if labels is not None else ("", "")


def labelsOfSegment(segment):
    """The labelmap that a segment lies in: array (K, J, I) and index → RAS mm; None if it is empty."""
    image = segment.GetRepresentation("Binary labelmap")
    if image is None or image.GetNumberOfPoints() == 0 or image.GetPointData().GetScalars() is None:
        return None
    extent = image.GetExtent()
    shape = [extent[2 * axis + 1] - extent[2 * axis] + 1 for axis in (2, 1, 0)]
    return vtk_to_numpy(image.GetPointData().GetScalars()).reshape(shape), imageAffine(image)


def imageAffine(image):
    """Index within the array (i, j, k, counted from 0) of an oriented image → RAS mm, (4, 4)."""
    matrix = vtk.vtkMatrix4x4()
    image.GetImageToWorldMatrix(matrix)
    affine = np.array([[matrix.GetElement(row, column) for column in range(4)] for row in range(4)])
    affine[:3, 3] += affine[:3, :3] @ image.GetExtent()[::2]
    return affine


def sameMark(one, other):
    """Whether two marks speak of the same voxels at the same place."""
    if one[0] != other[0]:
        return False
    if not one[0]:
        return True
    distance = np.subtract([float(value) for value in one[1].split()], [float(value) for value in other[1].split()])
    return bool(np.abs(distance).max() < TOLERANCE_MM)


def boxOf(mask):
    """Slices of the smallest box around the voxels that are set, None if there are none."""
    slabs = np.flatnonzero(mask.any(axis=(1, 2)))
    if slabs.size == 0:
        return None
    low, high = slabs[0], slabs[-1] + 1
    plane = mask[low:high].any(axis=0)
    rows, columns = np.flatnonzero(plane.any(axis=1)), np.flatnonzero(plane.any(axis=0))
    return slice(low, high), slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
