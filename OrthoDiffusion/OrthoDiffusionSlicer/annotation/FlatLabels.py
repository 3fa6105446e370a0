"""Segments as one array of numbers, and a change of that array back on the segments."""

import numpy as np
import slicer
from vtk.util.numpy_support import vtk_to_numpy

from OrthoDiffusionSlicer.annotation.SegmentLayers import imageOf
from OrthoDiffusionSlicer.scene.SegmentationWriter import LABELMAP
from OrthoDiffusionSlicer.scene.VoxelHash import labelsOfSegment


def flat(layers):
    """(I, J, K) uint8: 1 for the first segment, 2 for the second; where two overlap, the later one."""
    numbers = None
    for layer, array in enumerate(layers.arrays):
        table = np.zeros(int(array.max()) + 1, np.uint8)
        for number, segment in enumerate(layers.segments, 1):
            if segment.layer == layer and segment.label < len(table):
                table[segment.label] = number
        found = table[array.T].T  # along the memory: four times as fast
        if numbers is None:
            numbers = found
        else:
            np.copyto(numbers, found, where=found > 0)
    return numbers


def write(node, layers, before, after):
    """Write the difference of two flat arrays into the segments it is about, where they lie.

    Args:
        node: the segmentation node that `layers` was taken from and that nobody has changed since.
        layers: LabelLayers.
        before, after: (I, J, K), see `flat`, on the grid of the layers.

    Returns:
        Ids of the segments that were changed.
    """
    where = np.nonzero(before != after)
    was, now = before[where], after[where]
    segmentation, changed = node.GetSegmentation(), []
    for number, record in enumerate(layers.segments, 1):
        gone, come = was == number, now == number
        if not (gone.any() or come.any()):
            continue
        segment = segmentation.GetSegment(record.id)
        image = _imageOn(segment, record, layers)
        voxels = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(layers.geometry.shape[::-1]).transpose(2, 1, 0)
        places = tuple(axis[gone] for axis in where)
        mine = voxels[places] == segment.GetLabelValue()
        voxels[tuple(axis[mine] for axis in places)] = 0
        changed.append((record.id, segment, image, voxels, tuple(axis[come] for axis in where)))
    for _name, segment, _image, voxels, places in changed:  # after all that gives way has given way
        voxels[places] = segment.GetLabelValue()
    for _name, segment, image, _voxels, _places in changed:
        image.GetPointData().GetScalars().Modified()
        image.Modified()
        segment.RemoveRepresentation("Closed surface")  # it shows what was there before
    segmentation.InvokeEvent(slicer.vtkSegmentation.SourceRepresentationModified)
    return [name for name, *_rest in changed]


def _imageOn(segment, record, layers):
    """The labelmap image of a segment on the grid of all layers; made larger if the segment's own is only a part."""
    there = labelsOfSegment(segment)
    if there is not None and there[0].shape == layers.geometry.shape[::-1]:
        return segment.GetRepresentation(LABELMAP)
    image = imageOf(np.asfortranarray(layers.mask(record).astype(np.uint8)), layers.geometry)
    segment.SetLabelValue(1)
    segment.AddRepresentation(LABELMAP, image)
    return image
