"""Volume nodes with known places, and what segments really hold, for the scene tests."""

import numpy as np
import slicer
import vtk
from vtk.util.numpy_support import numpy_to_vtk, vtk_to_numpy

# Index axes (i, j, k) in RAS as each plane is usually stored, and spacing: in-plane, in-plane, between slices.
AXES = {
    "sagittal": ((0, -1, 0), (0, 0, -1), (1, 0, 0)),
    "coronal": ((-1, 0, 0), (0, 0, -1), (0, -1, 0)),
    "axial": ((-1, 0, 0), (0, -1, 0), (0, 0, 1)),
}
SPACING_MM = (1.0, 1.0, 4.0)
SHAPE = (100, 100, 26)


def matrix_of(affine):
    matrix = vtk.vtkMatrix4x4()
    matrix.DeepCopy(np.asarray(affine, float).ravel().tolist())
    return matrix


def affine_around_origin(axes, spacing_mm=SPACING_MM, shape=SHAPE):
    """Index → RAS mm of a grid whose centre is the origin."""
    affine = np.eye(4)
    affine[:3, :3] = np.array(axes, float).T * spacing_mm
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    return affine


def add_volume(scene, name, plane="sagittal", affine=None, array=None, shape=SHAPE):
    """A scalar volume node; its voxels count up unless an array (K, J, I) is given."""
    if array is None:
        array = (np.arange(np.prod(shape)) % 500).astype(np.int16).reshape(shape[::-1])
    if affine is None:
        affine = affine_around_origin(AXES[plane])
    image = vtk.vtkImageData()
    image.SetDimensions(*array.shape[::-1])
    image.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(array).ravel(), deep=True))
    node = slicer.vtkMRMLScalarVolumeNode()
    node.SetName(name)
    node.SetAndObserveImageData(image)
    node.SetIJKToRASMatrix(matrix_of(affine))
    scene.AddNode(node)
    node.CreateDefaultDisplayNodes()
    return node


def segment_mask(segment):
    """Bool array (K, J, I) of a segment, and index (i, j, k) → RAS mm."""
    image = segment.GetRepresentation("Binary labelmap")
    extent = image.GetExtent()
    shape = tuple(extent[2 * axis + 1] - extent[2 * axis] + 1 for axis in (2, 1, 0))
    array = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(shape)
    to_world = vtk.vtkMatrix4x4()
    image.GetImageToWorldMatrix(to_world)
    affine = np.array([[to_world.GetElement(row, column) for column in range(4)] for row in range(4)])
    affine[:3, 3] += affine[:3, :3] @ extent[::2]
    return array == segment.GetLabelValue(), affine


def centroid_ras(segment):
    mask, affine = segment_mask(segment)
    return affine[:3, :3] @ np.argwhere(mask).mean(axis=0)[::-1] + affine[:3, 3]
