"""A segmentation's outlines and their predictions as the library takes them from the panel."""

from OrthoDiffusionLib.anatomy import find_structure
from OrthoDiffusionLib.errors import GeometryError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.service.handed_correction import HandedStructure
from OrthoDiffusionLib.volumes import Geometry, Volume
from OrthoDiffusionSlicer.scene.corrections import KeptOutlines
from OrthoDiffusionSlicer.scene.SegmentationWriter import STRUCTURE, tag
from OrthoDiffusionSlicer.scene.StudyReader import matrixToWorld
from OrthoDiffusionSlicer.scene.VoxelHash import labelsOfSegment


def handedStructure(node, segmentId, name, label=0):
    """One segment before and after; the voxels are copied, so that later edits do not reach them.

    Args:
        node: the segmentation node.
        segmentId: of the segment; it may have been deleted.
        name: of the structure.
        label: its value in label maps.

    Returns:
        HandedStructure.
    """
    segment, toWorld = node.GetSegmentation().GetSegment(segmentId), toWorldOf(node)
    return HandedStructure(
        name,
        label,
        _volume(KeptOutlines.predictionOf(node, segmentId), toWorld),
        _volume(segment, toWorld),
        segment is not None and KeptOutlines.isReviewed(segment),
    )


def gridOf(node):
    """Geometry of the label map that the predictions were made on; None if there is none."""
    for segmentId in KeptOutlines.predictedIds(node):
        labels = labelsOfSegment(KeptOutlines.predictionOf(node, segmentId))
        if labels is not None:
            return Geometry(labels[0].shape[::-1], toWorldOf(node) @ labels[1])
    return None


def structureOf(node, segmentId):
    """The structure that a segment was predicted as, or that a person drew under its name; an empty text for none."""
    prediction = KeptOutlines.predictionOf(node, segmentId)
    if prediction is not None:
        return tag(prediction, STRUCTURE)
    segment = node.GetSegmentation().GetSegment(segmentId)
    name = segment.GetName().strip().lower().replace(" ", "_") if segment is not None else ""
    return name if find_structure(name) is not None else ""


def outlineIds(node):
    """IDs of all segments that are outlines of a structure: predicted ones, also deleted, and those that were drawn."""
    predicted = KeptOutlines.predictedIds(node)
    drawn = [segmentId for segmentId in node.GetSegmentation().GetSegmentIDs()
             if segmentId not in predicted and structureOf(node, segmentId)]  # fmt: skip
    return [*predicted, *drawn]


def toWorldOf(node):
    """The transform that a segmentation lies under, as a (4, 4) array.

    Raises:
        GeometryError: if it bends space.
    """
    toWorld = matrixToWorld(node)
    if toWorld is None:
        values = {"transform": node.GetParentTransformNode().GetName()}
        raise GeometryError(Message("scene", "outlines_transformed", values), where=node.GetName())
    return toWorld


def _volume(segment, toWorld):
    voxels = KeptOutlines.voxelsOf(segment) if segment is not None else None
    if voxels is None:
        return None
    mask, affine = voxels
    array = mask.transpose(2, 1, 0).astype("uint8", order="K")  # as it lies in memory
    return Volume(array, Geometry(array.shape, toWorld @ affine))
