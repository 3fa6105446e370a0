"""What the tests of the worklist share: three small studies, a brush, and what lies on the disk afterwards."""

import nibabel
import numpy as np
from nodes import AXES, affine_around_origin

from OrthoDiffusionLib.annotation.layers_file import read_layers

SHAPE = (40, 40, 12)


def write_case(folder, name):
    """A study of one sagittal image."""
    (folder / name).mkdir(parents=True)
    affine = affine_around_origin(AXES["sagittal"], (1.5, 1.5, 4.0), SHAPE)
    voxels = (np.arange(np.prod(SHAPE)) % 700).astype(np.int16).reshape(SHAPE)
    nibabel.save(nibabel.Nifti1Image(voxels, affine), folder / name / "sag_fs.nii.gz")


def label_map(folder, name, half=6):
    """A label map of femur and a structure nobody knows, to start from."""
    affine = affine_around_origin(AXES["sagittal"], (1.5, 1.5, 4.0), SHAPE)
    labels = np.zeros(SHAPE, np.uint8)
    labels[20 - half : 20 + half, 20 - half : 20 + half, 3:9] = 1
    labels[2:5, 2:5, 2:5] = 77
    nibabel.save(nibabel.Nifti1Image(labels, affine), folder / name / "sag_fs_seg.nii.gz")


def home(studies):
    return studies.with_name("studies-worklist")


def row_of(panel, name):
    return panel.sections.worklist.table.names.index(name)


def cell(panel, name, column):
    return panel.ui.casesTable.item(row_of(panel, name), column).text()


def double_click(click, table, row):
    table.scrollToItem(table.item(row, 0))
    place = table.visualItemRect(table.item(row, 0)).center()
    click(table.viewport(), place)
    click(table.viewport(), place, double=True)


def draw(node, name="femur", where=(slice(2, 4), slice(2, 9), slice(2, 9))):
    """What a brush does: voxels of one segment are set, and the segment says so."""
    from OrthoDiffusionSlicer.scene.VoxelHash import labelsOfSegment

    segment = node.GetSegmentation().GetSegment(name)
    voxels, _affine = labelsOfSegment(segment)
    voxels[where] = segment.GetLabelValue()
    image = segment.GetRepresentation("Binary labelmap")
    image.GetPointData().GetScalars().Modified()
    image.Modified()


def volume_of(segmentation, key):
    return int(segmentation.mask(segmentation.segment(key)).sum())


def saved(studies, case, reader, version):
    return read_layers(home(studies) / "cases" / case / reader / version / "segmentation.seg.nrrd")


def names_in_scene(scene):
    return {scene.GetNthNode(n).GetName() for n in range(scene.GetNumberOfNodes())}


def show(panel, worklists, wait_for, name):
    """Open a case by its line."""
    panel.ui.casesTable.cellActivated.emit(row_of(panel, name), 0)
    wait_for(lambda: worklists.case is not None and worklists.case.name == name and not worklists.busy)


def decide(panel, click, key="joint_effusion"):
    panel.ui.findingsTable.cellClicked.emit(panel.sections.findings.table.rowOf(key), 0)
    click(panel.ui.rejectButton)


def versions(studies, worklists, case="knee1"):
    folder = home(studies) / "cases" / case / worklists.list.reader
    return sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
