"""A Grid of a results folder as VTK has it: image and matrix."""

import numpy as np
import vtk
from vtk.util.numpy_support import numpy_to_vtk


def filled(image, grid):
    """The vtkImageData with a copy of a Grid's voxels, (K, J, I) uint8, so that nothing in the scene changes ours."""
    depth, rows, columns = grid.array.shape
    image.SetDimensions(columns, rows, depth)
    scalars = numpy_to_vtk(np.ascontiguousarray(grid.array, np.uint8).ravel(), deep=True)
    scalars.SetName("ImageScalars")
    image.GetPointData().SetScalars(scalars)
    return image


def matrixOf(grid):
    """A Grid's vtkMatrix4x4 from voxel index to RAS mm."""
    matrix = vtk.vtkMatrix4x4()
    matrix.DeepCopy(np.asarray(grid.affine, float).ravel().tolist())
    return matrix
