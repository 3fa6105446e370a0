"""Labels that a server of MONAI Label sends come into the scene as MONAI Label's client brings them in."""

from dataclasses import replace

import numpy as np
import pytest
import slicer
import vtk
from nodes import centroid_ras

from OrthoDiffusionLib.anatomy import KNEE_STRUCTURES
from OrthoDiffusionLib.monai_adapter.label_service import ImageLabels, label_numbers
from OrthoDiffusionLib.volumes import Geometry, Volume

PLACES = {"tibia": (4, 4, 2), "patellar_cartilage": (12, 4, 2), "fibula": (12, 12, 8)}
"""First voxels of cubes of 3 voxels; the labels of these three structures have gaps between them."""


@pytest.fixture
def sent(tmp_path) -> tuple[str, dict[str, int], Geometry]:
    """The file, the names beside it, and the grid."""
    geometry = Geometry.from_axes(
        (20, 20, 12), spacing_mm=(1.0, 1.0, 3.0), directions=np.eye(3), centre_ras=(8, -4, 30)
    )
    chosen = [structure for structure in KNEE_STRUCTURES if structure.name in PLACES]
    numbers = label_numbers(chosen)
    array = np.zeros(geometry.shape, np.uint8)
    for name, (i, j, k) in PLACES.items():
        array[i : i + 3, j : j + 3, k : k + 3] = numbers[name]
    structures = tuple(replace(structure, label=numbers[structure.name]) for structure in chosen)
    ImageLabels(Volume(array, geometry), structures, analysis=None).write(tmp_path / "sent.nii.gz")
    return str(tmp_path / "sent.nii.gz"), numbers, geometry


def test_each_name_gets_its_own_voxels_at_their_place(scene, sent):
    """The steps of `updateSegmentationMask` in MONAI Label's module: names sorted by value, one segment for each."""
    path, numbers, geometry = sent
    names = [name for name, _ in sorted(numbers.items(), key=lambda item: item[1])]
    node = scene.AddNewNodeByClass("vtkMRMLSegmentationNode")
    node.CreateDefaultDisplayNodes()
    segmentIds = vtk.vtkStringArray()
    for name in names:
        node.GetSegmentation().AddEmptySegment(name, name)
        segmentIds.InsertNextValue(name)
    storage = slicer.vtkMRMLVolumeArchetypeStorageNode()
    storage.SetFileName(path)
    labelmap = scene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode")
    assert storage.ReadData(labelmap)
    assert slicer.vtkSlicerSegmentationsModuleLogic.ImportLabelmapToSegmentationNode(labelmap, node, segmentIds)
    for name, first in PLACES.items():
        expected = geometry.to_ras(np.array(first) + 1.0)
        assert centroid_ras(node.GetSegmentation().GetSegment(name)) == pytest.approx(expected, abs=0.01), name
