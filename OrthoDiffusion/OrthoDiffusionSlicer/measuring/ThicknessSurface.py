"""A cartilage's thickness as colours: a surface over the bone under it, at the height that the cartilage reaches."""

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray, vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
from vtkmodules.vtkFiltersCore import vtkPolyDataNormals
from vtkmodules.vtkIOXML import vtkXMLPolyDataWriter

from OrthoDiffusionLib.findings import thickness_map
from OrthoDiffusionLib.findings.label_boxes import padded
from OrthoDiffusionSlicer.measuring.ThicknessScale import SCALARS
from OrthoDiffusionSlicer.scene.Surfaces import closedSurface

_AROUND_MM = 10.0  # of bone round the plate: the cut through it stays away from what is kept
_REACH_VOXELS = 1.5  # from the bone's smooth surface to the voxels on it
_NEIGHBOURS = 6  # voxels whose thickness is averaged for the colour of a place
_NEIGHBOURS_OF_HEIGHT = 30  # and for the height of the surface there, which is smoother
_LIFT_MM = 0.4  # above the cartilage's own surface, so that the colours are seen


def thicknessSurface(segmentation, name):
    """The coloured surface of one cartilage.

    Args:
        segmentation: of the whole joint; RAS mm.
        name: of the cartilage.

    Returns:
        vtkPolyData in RAS mm with point scalars `SCALARS` of 0 (bare bone) and more; empty if there is no cartilage.
    """
    found = thickness_map(segmentation, name)
    if found is None or len(found.thickness_mm) == 0:
        return vtkPolyData()
    points, normals, triangles = _bone(segmentation, name)
    reach = _REACH_VOXELS * float(segmentation.labels.geometry.spacing_mm.max())
    near, thickness = _thicknessAt(points, found, reach, _NEIGHBOURS)
    _, height = _thicknessAt(points, found, reach, _NEIGHBOURS_OF_HEIGHT)
    kept = near[triangles].all(axis=1)
    used, triangles = np.unique(triangles[kept], return_inverse=True)
    triangles = triangles.reshape(-1, 3)
    places = points[used] + normals[used] * (height[used] + _LIFT_MM)[:, None]
    return _polyData(places, triangles, thickness[used])


def writeSurface(segmentation, name, path, lock):
    """Write it as a .vtp file.

    Args:
        lock: held while the file is written.
    """
    writer = vtkXMLPolyDataWriter()
    writer.SetInputData(thicknessSurface(segmentation, name))
    writer.SetFileName(str(path))
    writer.SetDataModeToAppended()
    writer.EncodeAppendedDataOff()
    writer.SetCompressorTypeToNone()  # read again at once, in the window's own time
    with lock:
        writer.Write()


def _bone(segmentation, name):
    """(N, 3) points, their (N, 3) outward normals and (M, 3) triangles of the bone's surface round a cartilage."""
    geometry = segmentation.labels.geometry
    margin = int(np.ceil(_AROUND_MM / geometry.spacing_mm.min()))
    box = padded(segmentation.box(name), margin, segmentation.labels.array.shape)
    part = segmentation.labels.array[box].transpose(2, 1, 0)
    affine = geometry.affine.copy()
    affine[:3, 3] = geometry.to_ras([float(side.start) for side in box])
    bone = segmentation.structure(segmentation.structure(name).bone).label
    surface = closedSurface(part, bone, affine)
    points = vtk_to_numpy(surface.GetPoints().GetData()).astype(float)
    normals = vtk_to_numpy(surface.GetPointData().GetNormals()).astype(float)
    triangles = vtk_to_numpy(surface.GetPolys().GetConnectivityArray()).reshape(-1, 3)
    return points, normals, triangles


def _thicknessAt(points, found, reach, neighbours):
    """(N,) bool, which points lie on the plate, and (N,) mm of cartilage there."""
    from scipy.spatial import KDTree

    count = min(neighbours, len(found.thickness_mm))
    distance, nearest = KDTree(found.points_ras).query(points, k=count)
    distance, nearest = distance.reshape(len(points), -1), nearest.reshape(len(points), -1)
    weights = 1.0 / np.maximum(distance, 0.1)
    thickness = (weights * found.thickness_mm[nearest]).sum(axis=1) / weights.sum(axis=1)
    return distance[:, 0] <= reach, thickness


def _polyData(points, triangles, thickness):
    data = vtkPolyData()
    places = vtkPoints()
    places.SetData(numpy_to_vtk(np.ascontiguousarray(points, np.float32), deep=True))
    data.SetPoints(places)
    cells = vtkCellArray()
    cells.SetData(3, numpy_to_vtkIdTypeArray(np.ascontiguousarray(triangles.ravel(), np.int64), deep=True))
    data.SetPolys(cells)
    scalars = numpy_to_vtk(np.ascontiguousarray(thickness, np.float32), deep=True)
    scalars.SetName(SCALARS)
    data.GetPointData().SetScalars(scalars)
    normals = vtkPolyDataNormals()
    normals.SetInputData(data)
    normals.ConsistencyOff()  # as they come from the bone's surface
    normals.SplittingOff()
    normals.Update()
    return normals.GetOutput()
