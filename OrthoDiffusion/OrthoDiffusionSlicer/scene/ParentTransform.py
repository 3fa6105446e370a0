"""The transform that a node of the scene lies under, as a matrix."""

import numpy as np
import slicer
import vtk


def matrixToWorld(node):
    """RAS mm of a node itself → RAS mm of the world, (4, 4); None if a parent transform bends space."""
    transform = node.GetParentTransformNode()
    if transform is None:
        return np.eye(4)
    if not transform.IsTransformToWorldLinear():
        return None
    matrix = vtk.vtkMatrix4x4()
    transform.GetMatrixTransformToWorld(matrix)
    return slicer.util.arrayFromVTKMatrix(matrix)
