"""Closed surfaces of labels, in RAS mm. Run as a process of its own, so that Slicer's window does not wait:

python -m OrthoDiffusionSlicer.scene.Surfaces RESULTS OUT LABEL…   writes OUT/LABEL.vtp, says each when done

RESULTS is a results folder, or what a worker handed back. With --while-wanted before it the process ends when its
standard input does, and takes OUT with it.
"""

import shutil
import sys
from pathlib import Path

import numpy as np

# Part by part: all of vtk takes a second to import, and the user waits for these surfaces.
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPolyData
from vtkmodules.vtkCommonTransforms import vtkTransform
from vtkmodules.vtkFiltersCore import (
    vtkFlyingEdges3D,
    vtkPolyDataNormals,
    vtkReverseSense,
    vtkWindowedSincPolyDataFilter,
)
from vtkmodules.vtkFiltersGeneral import vtkTransformPolyDataFilter
from vtkmodules.vtkIOXML import vtkXMLPolyDataReader, vtkXMLPolyDataWriter

from OrthoDiffusionLib.findings.array_results import ArrayResults, is_array_results
from OrthoDiffusionLib.volumes import read_volume
from OrthoDiffusionLib.volumes.files.array_steps import finish
from OrthoDiffusionSlicer.scene.ResultsFolder import Grid
from OrthoDiffusionSlicer.worker.WhileWanted import WHILE_WANTED, endWithInput, writing

# Slicer's smoothing factor 0.5, which its own conversion uses by default: pass band 10^(-4 · 0.5).
_PASS_BAND = 0.01
_ITERATIONS = 40


def closedSurface(array, label, affine):
    """The surface around one label.

    Args:
        array: labels, (K, J, I) uint8.
        label: which one.
        affine: index (i, j, k) → RAS mm, (4, 4), right- or left-handed.

    Returns:
        vtkPolyData with normals pointing outwards; empty if the label is absent.
    """
    mask = array == label
    slabs = np.flatnonzero(mask.any(axis=(1, 2)))
    if slabs.size == 0:
        return vtkPolyData()
    plane = mask[slabs[0] : slabs[-1] + 1].any(axis=0)
    rows, columns = np.flatnonzero(plane.any(axis=1)), np.flatnonzero(plane.any(axis=0))
    first = np.array([columns[0], rows[0], slabs[0]])  # i, j, k
    cropped = np.pad(mask[slabs[0] : slabs[-1] + 1, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], 1)
    image = vtkImageData()
    image.SetDimensions(*reversed(cropped.shape))
    image.GetPointData().SetScalars(numpy_to_vtk(cropped.astype(np.uint8).ravel(), deep=True))
    edges = vtkFlyingEdges3D()
    edges.SetInputData(image)
    edges.SetValue(0, 0.5)
    edges.ComputeGradientsOff()
    edges.ComputeNormalsOff()
    edges.ComputeScalarsOff()
    smoother = vtkWindowedSincPolyDataFilter()
    smoother.SetInputConnection(edges.GetOutputPort())
    smoother.SetNumberOfIterations(_ITERATIONS)
    smoother.SetPassBand(_PASS_BAND)
    smoother.BoundarySmoothingOff()
    smoother.FeatureEdgeSmoothingOff()
    smoother.NonManifoldSmoothingOn()
    smoother.NormalizeCoordinatesOn()
    placed = np.asarray(affine, float).copy()
    placed[:3, 3] += placed[:3, :3] @ (first - 1)
    transform = vtkTransform()
    transform.SetMatrix(placed.ravel().tolist())
    toWorld = vtkTransformPolyDataFilter()
    toWorld.SetInputConnection(smoother.GetOutputPort())
    toWorld.SetTransform(transform)
    outwards = toWorld
    if np.linalg.det(placed[:3, :3]) < 0:  # a mirror turns the faces inside out
        outwards = vtkReverseSense()
        outwards.SetInputConnection(toWorld.GetOutputPort())
        outwards.ReverseCellsOn()
        outwards.ReverseNormalsOff()
    normals = vtkPolyDataNormals()
    normals.SetInputConnection(outwards.GetOutputPort())
    normals.ConsistencyOff()  # as they come from the contouring
    normals.SplittingOff()
    normals.Update()
    return normals.GetOutput()


def readSurface(path):
    """vtkPolyData from a .vtp file that `main` wrote."""
    reader = vtkXMLPolyDataReader()
    reader.SetFileName(str(path))
    reader.Update()
    return reader.GetOutput()


def main(results, out, *labels):
    if results != WHILE_WANTED:
        writeSurfaces(results, out, labels)
        return
    results, out, *labels = out, *labels
    endWithInput(out)
    try:
        writeSurfaces(results, out, labels)
    except Exception:  # such as the results gone with an analysis that was given up
        with writing:
            shutil.rmtree(out, ignore_errors=True)
        raise


def writeSurfaces(results, out, labels):
    """Write OUT/LABEL.vtp for each label of the segmentation of an analysis."""
    folder = Path(out)
    with writing:
        folder.mkdir(parents=True, exist_ok=True)
    grid = readLabels(results)
    for label in labels:
        writer = vtkXMLPolyDataWriter()
        writer.SetInputData(closedSurface(grid.array, int(label), grid.affine))
        writer.SetFileName(str(folder / f"{label}.vtp"))
        writer.SetDataModeToAppended()
        writer.EncodeAppendedDataOff()
        writer.SetCompressorTypeToNone()  # read again at once, in the window's own time
        with writing:
            writer.Write()
        print(label, flush=True)


def readLabels(results):
    """Grid of the structure labels of an analysis."""
    if not is_array_results(results):
        return Grid.ofVolume(read_volume(Path(results) / "segmentation.nii.gz"))
    return Grid.ofVolume(finish(ArrayResults(Path(results)).segmentation_steps()))


if __name__ == "__main__":
    main(*sys.argv[1:])
