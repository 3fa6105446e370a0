"""Slicer's Segment Editor, opened on the right outlines, volume and segment with settings that suit our label maps.

The editor is a view of its parameter node, the same in Slicer 5.10 and 5.12 (vtkMRMLSegmentEditorNode; the module's
SegmentEditorWidget.selectParameterNode). The node is set before the module is shown: the module would else choose the
first segmentation of the scene, or make an empty one.
"""

import slicer

from OrthoDiffusionSlicer.scene import Provenance, SliceViews

_SINGLETON = "SegmentEditor"


def open_(segmentation, volume=None, segmentId=""):
    """Show the Segment Editor.

    Args:
        segmentation: the segmentation node to edit.
        volume: the volume node to look at; by default one that the outlines were made from.
        segmentId: the segment to begin with; empty for the one that was chosen before, or the first.
    """
    scene = segmentation.GetScene()
    volume = volume or sourceOf(segmentation)
    node = editorNode(scene)
    fresh = node.GetSegmentationNode() is not segmentation
    segments = segmentation.GetSegmentation()
    views = _volumesShown(scene)
    before = node.GetSelectedSegmentID() or ""
    if not segmentId and segments.GetSegment(before) is None:
        segmentId = next(iter(segments.GetSegmentIDs()), "")
    wasModifying = node.StartModify()
    if fresh:  # what the user has set for this segmentation before stays
        _suit(node)
    node.SetAndObserveSegmentationNode(segmentation)
    _choose(node, volume, segmentId)
    node.EndModify(wasModifying)
    if segmentation.GetDisplayNode() is not None and segmentId:
        segmentation.GetDisplayNode().SetSegmentVisibility(segmentId, True)
    if slicer.util.mainWindow() is not None:  # else no module can be selected
        slicer.util.selectModule("SegmentEditor")
    # Once more: of a segmentation that it did not show before, the editor selects the first segment and the volume of
    # its geometry (qMRMLSegmentEditorWidget::updateWidgetFromSegmentationNode).
    _choose(node, volume, segmentId or before)
    if volume is not None and any(volume.GetID() in shown for _view, *shown in views):
        _showAgain(views)


def _choose(node, volume, segmentId):
    if volume is not None:
        node.SetAndObserveSourceVolumeNode(volume)
    if segmentId:
        node.SetSelectedSegmentID(segmentId)


def _volumesShown(scene):
    """(composite node, ID of the volume in its background, ID of that in its foreground) of each slice view."""
    return [(view, view.GetBackgroundVolumeID(), view.GetForegroundVolumeID()) for view in SliceViews.composites(scene)]


def _showAgain(views):
    """The editor lays its volume over every view that shows another one (showSourceVolumeInSliceViewers there): of a
    study of three planes two would be seen in the thick slices of the third."""
    for view, background, foreground in views:
        if background:  # an empty one may show it
            view.SetBackgroundVolumeID(background)
            view.SetForegroundVolumeID(foreground)


def sourceOf(segmentation):
    """The first of the volumes that a segmentation was made from; None if they are gone."""
    return next(iter(Provenance.inputsOf(segmentation).values()), None)


def editorNode(scene):
    """The parameter node of Slicer's module, made as the module would make it."""
    node = scene.GetSingletonNode(_SINGLETON, "vtkMRMLSegmentEditorNode")
    if node is None:
        node = scene.CreateNodeByClass("vtkMRMLSegmentEditorNode")
        node.UnRegister(None)
        node.SetSingletonTag(_SINGLETON)
        node = scene.AddNode(node)
    return node


def _suit(node):
    """A voxel of our label maps is one structure, so that what is painted replaces what was there; anywhere."""
    node.SetOverwriteMode(node.OverwriteAllSegments)  # in the editor: ‘Modify other segments: overwrite all’
    node.SetMaskMode(slicer.vtkMRMLSegmentationNode.EditAllowedEverywhere)
    node.SetMaskSegmentID("")
    node.SetSourceVolumeIntensityMask(False)
