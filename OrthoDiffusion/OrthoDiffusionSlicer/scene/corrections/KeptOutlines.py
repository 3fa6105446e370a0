"""What a segmentation was predicted as, and edits that were set aside: kept in a hidden node, saved with the scene.

A segmentation of an analysis refers to one hidden segmentation. In it lies the prediction of each segment, under the
segment's own ID, and every edit that was set aside when somebody went back to the prediction. Nothing of it is ever
overwritten by an edit.
"""

import contextlib
import time
import uuid
from dataclasses import dataclass

import numpy as np
import slicer
import vtk
from vtk.util.numpy_support import numpy_to_vtk

from OrthoDiffusionLib.messages import Message
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.scene import Provenance
from OrthoDiffusionSlicer.scene.SegmentationWriter import (
    CREATED,
    HASH,
    LABELMAP,
    ORIGIN,
    SURFACE,
    markOf,
    predictedMark,
    tag,
    whyKept,
)
from OrthoDiffusionSlicer.scene.StudyReader import MADE_BY_US
from OrthoDiffusionSlicer.scene.VoxelHash import boxOf, labelsOfSegment, markOfSegment, sameMark

ROLE = "prediction"
_EDIT_OF, _TIME = (Provenance.PREFIX + name for name in ("EditOf", "SetAside"))


@dataclass(frozen=True)
class KeptEdit:
    """An edit that was set aside: the ID of its hidden segment, and when that was, ISO 8601."""

    segmentId: str
    time: str


def keepPredictions(scene, node, image, written):
    """Keep what an analysis has just written into a segmentation.

    Args:
        scene: the MRML scene.
        node: the segmentation node.
        image: the labels as an oriented image of their own, which nothing else changes.
        written: structure name → ID of the segment that holds the new prediction.
    """
    hidden = hiddenOf(node)
    if hidden is None:
        hidden = scene.AddNode(_hiddenNode(node))
        node.SetNodeReferenceID(Provenance.PREDICTION_ROLE, hidden.GetID())
    visible = node.GetSegmentation()
    with _changing(hidden) as kept:
        for segmentId in list(kept.GetSegmentIDs()):
            if visible.GetSegment(segmentId) is None and not tag(kept.GetSegment(segmentId), _EDIT_OF):
                # Without its labelmap: to remove a segment, Slicer would work through all of a labelmap that it shares.
                kept.GetSegment(segmentId).RemoveRepresentation(LABELMAP)
                kept.RemoveSegment(segmentId)  # predicted before, and not any more; edits stay
        for segmentId in written.values():
            before = kept.GetSegment(segmentId)
            segment = slicer.vtkSegment() if before is None else before
            segment.DeepCopyMetadata(visible.GetSegment(segmentId))
            segment.SetLabelValue(visible.GetSegment(segmentId).GetLabelValue())
            segment.AddRepresentation(LABELMAP, image)
            segment.RemoveRepresentation(SURFACE)  # that of an earlier prediction
            if before is None:
                kept.AddSegment(segment, segmentId)


def keepMarks(node, written):
    """Note on kept predictions by which hash they are known again; as soon as the segments themselves have it.

    Args:
        node: the segmentation node.
        written: structure name → ID of the segment that holds the new prediction.
    """
    hidden = hiddenOf(node)
    if hidden is None:
        return
    predictions = {segmentId: predictionOf(node, segmentId) for segmentId in written.values()}
    with _changing(hidden):
        for segmentId, prediction in predictions.items():
            segment = node.GetSegmentation().GetSegment(segmentId)
            if segment is not None and prediction is not None:
                for name in (HASH, ORIGIN):
                    prediction.SetTag(name, tag(segment, name))


@contextlib.contextmanager
def _changing(hidden):
    """The segments of a hidden segmentation, to be changed; what was changed is saved again."""
    yield hidden.GetSegmentation()
    hidden.StorableModified()  # nobody heard of it, see `silence`


def silence(scene):
    """Let nobody hear of changes of the hidden segmentations; one that was read with a scene does not know it yet.

    Slicer's plugin of the subject hierarchy listens to every segmentation of the scene, looks for the line of its
    segments at each change, and writes an error for a hidden one, which has none. Saving is such a change as well:
    it brings segments of several layers together.
    """
    for hidden in Provenance.madeByUs(scene, ROLE, "vtkMRMLSegmentationNode"):
        hidden.DisableModifiedEventOn()


def _hiddenNode(node):
    hidden = slicer.vtkMRMLSegmentationNode()
    name = Words.said(Message("node", "as_predicted", {"name": node.GetName()}))
    # Slicer 5.10 saves the hidden nodes of all scenes of a folder as Private/<name>, and the last one of a name stays.
    hidden.SetName(f"{name} {uuid.uuid4().hex[:8]}")
    hidden.SetHideFromEditors(True)  # before it is in the scene: the subject hierarchy looks once
    hidden.SetAttribute(MADE_BY_US, ROLE)
    hidden.DisableModifiedEventOn()  # see `silence`
    return hidden


def hiddenOf(node):
    """The hidden segmentation of a segmentation, None if an earlier version made the latter."""
    return node.GetNodeReference(Provenance.PREDICTION_ROLE)


def areKnown(node):
    """Whether the predictions of a segmentation are kept.

    A scene may come without the file of the hidden segmentation: `slicer.util.saveScene` writes none in Slicer 5.10,
    and who copies a scene by hand leaves its folder ‘Private’ behind.
    """
    if hiddenOf(node) is None:
        return False
    visible = node.GetSegmentation()
    predicted = any(tag(visible.GetSegment(one), HASH) for one in visible.GetSegmentIDs())
    return bool(predictedIds(node)) or not predicted


def predictionOf(node, segmentId):
    """The vtkSegment that a segment was predicted as, None if nothing is known of it."""
    hidden = hiddenOf(node)
    segment = hidden.GetSegmentation().GetSegment(segmentId) if hidden is not None else None
    return segment if segment is not None and not tag(segment, _EDIT_OF) else None


def predictedIds(node):
    """IDs of all segments whose prediction is known, also of those that were deleted."""
    hidden = hiddenOf(node)
    ids = list(hidden.GetSegmentation().GetSegmentIDs()) if hidden is not None else []
    return [segmentId for segmentId in ids if predictionOf(node, segmentId) is not None]


def beganAsPrediction(node):
    """Whether the outlines of a segmentation began as the prediction, so that one that is missing was deleted.

    Those that began as a label map of anybody's say nothing about what is not in it.
    """
    made = {tag(predictionOf(node, segmentId), CREATED) for segmentId in predictedIds(node)} - {""}
    segmentation = node.GetSegmentation()
    return any(tag(segmentation.GetSegment(one), CREATED) in made for one in segmentation.GetSegmentIDs())


def editsOf(node, segmentId):
    """KeptEdits of a segment, oldest first."""
    hidden = hiddenOf(node)
    if hidden is None:
        return []
    kept = hidden.GetSegmentation()
    edits = [(other, kept.GetSegment(other)) for other in kept.GetSegmentIDs()]
    return [KeptEdit(other, tag(edit, _TIME)) for other, edit in edits if tag(edit, _EDIT_OF) == segmentId]


def keepSurfaces(node, surfaces):
    """Remember the surfaces of predictions, so that going back to one shows it at once; they are not saved.

    Args:
        node: the segmentation node.
        surfaces: segment ID → vtkPolyData.
    """
    hidden = hiddenOf(node)
    if hidden is None:
        return
    predictions = {segmentId: predictionOf(node, segmentId) for segmentId in surfaces}
    with _changing(hidden):
        for segmentId, prediction in predictions.items():
            if prediction is not None:
                prediction.AddRepresentation(SURFACE, surfaces[segmentId])


def lacksSurface(node, segmentId):
    """Whether other segments have a surface for the 3D view, and this one has none."""
    segmentation = node.GetSegmentation()
    segment = segmentation.GetSegment(segmentId)
    if segment is None or segment.GetRepresentation(SURFACE) is not None:
        return False
    others = [segmentation.GetNthSegment(index) for index in range(segmentation.GetNumberOfSegments())]
    return any(other.GetRepresentation(SURFACE) is not None for other in others)


def restorePrediction(node, segmentId):
    """Make a segment what it was predicted as; an edit is set aside before, and nothing is lost.

    Returns:
        True if the segment is another than before.
    """
    prediction = predictionOf(node, segmentId)
    if prediction is None:
        return False
    visible = node.GetSegmentation().GetSegment(segmentId)
    if visible is not None and not isEdited(node, segmentId):
        return False
    if visible is not None:
        _setAside(node, segmentId, visible)
    _show(node, segmentId, prediction)
    return True


def restoreEdit(node, segmentId):
    """Make a segment the edit that was set aside last; if it was edited again since, that edit takes its place.

    Returns:
        True if the segment is another than before.
    """
    edits = editsOf(node, segmentId)
    if not edits:
        return False
    kept = hiddenOf(node).GetSegmentation()
    edit = kept.GetSegment(edits[-1].segmentId)
    visible = node.GetSegmentation().GetSegment(segmentId)
    if visible is not None and isEdited(node, segmentId):
        _setAside(node, segmentId, visible)
    _show(node, segmentId, edit)
    with _changing(hiddenOf(node)) as kept:
        kept.RemoveSegment(edits[-1].segmentId)
    return True


def isEdited(node, segmentId):
    """Whether a predicted segment holds other voxels than its prediction, whatever its status."""
    predicted = predictedMark(node, segmentId)
    return not predicted[0] or not sameMark(predicted, markOfSegment(node.GetSegmentation().GetSegment(segmentId)))


def isReviewed(segment):
    """Whether a person has marked a segment as completed: right as it is."""
    return whyKept(segment) == "marked_completed"


def voxelsOf(segment):
    """A segment's voxels in the smallest box around them.

    Returns:
        bool array (K, J, I), and index (i, j, k) → RAS mm, (4, 4); None if it has none.
    """
    labels = labelsOfSegment(segment)
    if labels is None:
        return None
    mask = labels[0] == segment.GetLabelValue()
    box = boxOf(mask)
    if box is None:
        return None
    affine = labels[1].copy()
    affine[:3, 3] += affine[:3, :3] @ [axis.start for axis in reversed(box)]
    return mask[box], affine


def imageOf(mask, affine, value=1):
    """A vtkOrientedImageData of a mask (K, J, I); empty for None."""
    image = slicer.vtkOrientedImageData()
    if mask is None:
        return image
    depth, rows, columns = mask.shape
    image.SetDimensions(columns, rows, depth)
    scalars = numpy_to_vtk(np.ascontiguousarray(mask, np.uint8).ravel() * np.uint8(value), deep=True)
    scalars.SetName("ImageScalars")
    image.GetPointData().SetScalars(scalars)
    matrix = vtk.vtkMatrix4x4()
    matrix.DeepCopy(np.asarray(affine, float).ravel().tolist())
    image.SetGeometryFromImageToWorldMatrix(matrix)
    return image


def _setAside(node, segmentId, segment):
    edit = slicer.vtkSegment()
    edit.DeepCopyMetadata(segment)
    edit.SetLabelValue(segment.GetLabelValue())
    edit.SetTag(_EDIT_OF, segmentId)
    edit.SetTag(_TIME, time.strftime("%Y-%m-%dT%H:%M:%S%z"))
    _copy(segment, edit)
    with _changing(hiddenOf(node)) as kept:
        kept.AddSegment(edit, kept.GenerateUniqueSegmentID(f"{segmentId}_edit"))


def _show(node, segmentId, source):
    """Give a segment the voxels, status and surface of a kept one; made anew if somebody has deleted it."""
    segmentation = node.GetSegmentation()
    wasModifying = node.StartModify()
    segment = segmentation.GetSegment(segmentId)
    isNew = segment is None
    if isNew:
        segment = slicer.vtkSegment()
        segment.DeepCopyMetadata(source)
        if not beganAsPrediction(node):
            segment.RemoveTag(CREATED)  # this one came back; about the others nothing is known
    else:
        segmentation.SeparateSegmentLabelmap(segmentId)  # its neighbours in a shared layer stay as they are
    segment.SetLabelValue(source.GetLabelValue())
    logic = slicer.vtkSlicerSegmentationsModuleLogic
    isEdit = bool(tag(source, _EDIT_OF))
    status = logic.GetSegmentStatus(source) if isEdit else logic.InProgress
    segment.RemoveRepresentation(SURFACE)
    _copy(source, segment)
    for name in (_EDIT_OF, _TIME):
        segment.RemoveTag(name)
    logic.SetSegmentStatus(segment, status)
    if not isEdit:
        mark = markOf(source)
        if mark[0]:
            segment.SetTag(HASH, mark[0])
            segment.SetTag(ORIGIN, mark[1])
    if isNew:
        segmentation.AddSegment(segment, segmentId)
    node.EndModify(wasModifying)
    segmentation.InvokeEvent(slicer.vtkSegmentation.SourceRepresentationModified)
    segmentation.InvokeEvent(slicer.vtkSegmentation.ContainedRepresentationNamesModified)
    node.Modified()


def _copy(source, target):
    """Voxels of their own, and the surface as it is: surfaces are replaced, never changed."""
    voxels = voxelsOf(source)
    mask, affine = voxels if voxels is not None else (None, None)
    target.AddRepresentation(LABELMAP, imageOf(mask, affine, source.GetLabelValue()))
    surface = source.GetRepresentation(SURFACE)
    if surface is not None:
        target.AddRepresentation(SURFACE, surface)
