"""Closed surfaces for the 3D view: closed, in their place, turned outwards, for right- and left-handed grids."""

import handmade
import numpy as np
import pytest
import vtk
from OrthoDiffusionSlicer.scene import Surfaces
from OrthoDiffusionSlicer.scene.ResultsFolder import Grid


@pytest.mark.parametrize("handed", [1, -1])
def test_a_surface_encloses_its_label_and_faces_outwards(handed):
    volume = handmade.box_labels(handmade.grid())
    array, affine = volume.array.transpose(2, 1, 0), volume.geometry.affine.copy()
    if handed < 0:  # the same voxels, stored from left to right
        array = array[:, :, ::-1]
        affine[:3, 3] += affine[:3, 0] * (array.shape[2] - 1)
        affine[:3, 0] *= -1
    surface = Surfaces.closedSurface(array, 1, affine)
    centre, half = handmade.BOXES["femur"]
    bounds = np.array(surface.GetBounds()).reshape(3, 2)
    assert bounds.mean(axis=1) == pytest.approx(centre, abs=0.2)
    edges = vtk.vtkFeatureEdges()
    edges.SetInputData(surface)
    edges.FeatureEdgesOff()
    edges.ManifoldEdgesOff()
    edges.Update()
    assert edges.GetOutput().GetNumberOfCells() == 0, "the surface has holes"
    mass = vtk.vtkMassProperties()
    mass.SetInputData(surface)
    assert mass.GetVolume() == pytest.approx((2 * half) ** 3, rel=0.08)
    normals = surface.GetPointData().GetNormals()
    outwards = [
        np.dot(np.subtract(surface.GetPoint(n), centre), normals.GetTuple(n)) > 0
        for n in range(0, surface.GetNumberOfPoints(), 7)
    ]
    assert np.mean(outwards) > 0.99


def test_an_absent_label_has_an_empty_surface():
    assert Surfaces.closedSurface(np.zeros((4, 4, 4), np.uint8), 3, np.eye(4)).GetNumberOfPoints() == 0


@pytest.mark.parametrize("write", [handmade.save_results, handmade.save_array_results])
def test_the_process_writes_what_the_function_makes(tmp_path, write):
    results = write(tmp_path / "results")
    Surfaces.main(results, tmp_path / "out", "1", "18")
    volume = handmade.box_labels(handmade.grid())
    grid = Grid(volume.array.transpose(2, 1, 0), volume.geometry.affine)
    for label in (1, 18):
        read = Surfaces.readSurface(tmp_path / "out" / f"{label}.vtp")
        made = Surfaces.closedSurface(grid.array, label, grid.affine)
        assert read.GetBounds() == pytest.approx(made.GetBounds(), abs=1e-4)
        assert read.GetNumberOfPolys() == made.GetNumberOfPolys() > 0
