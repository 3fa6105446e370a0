"""Structures that a worklist adds to those of the joint, as segments of the open case."""

import slicer

from OrthoDiffusionLib.annotation.label_layers import LABEL_TAG
from OrthoDiffusionSlicer.scene.SegmentationWriter import colourOfName, tag


def addTo(node, structures):
    """Give a segmentation node an empty segment for each of these structures that it does not have yet.

    Args:
        node: a segmentation node.
        structures: OwnStructures of the worklist.
    """
    segmentation = node.GetSegmentation()
    segments = [segmentation.GetSegment(name) for name in segmentation.GetSegmentIDs()]
    known = {segment.GetName().casefold() for segment in segments}
    known |= {tag(segment, LABEL_TAG) for segment in segments} - {""}
    for structure in structures:
        if structure.name.casefold() in known or str(structure.label) in known:
            continue
        segment = slicer.vtkSegment()
        segment.SetName(structure.name)
        segment.SetColor(*colourOf(structure))
        segment.SetLabelValue(structure.label)
        segment.SetTag(LABEL_TAG, str(structure.label))
        segmentation.AddSegment(segment, segmentation.GenerateUniqueSegmentID(structure.name))


def colourOf(structure):
    """Always the same for the same name."""
    return tuple(colourOfName(structure.name))
