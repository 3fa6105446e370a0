"""What a correction added and what it removed, as two segments over the slices; never saved, never in the way."""

import numpy as np
import slicer

from OrthoDiffusionLib.messages import Message
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.scene.corrections import KeptOutlines
from OrthoDiffusionSlicer.scene.StudyReader import MADE_BY_US

ROLE = "difference"
# Blue and vermilion: colour-blind people tell them apart (Okabe and Ito 2008).
ADDED, REMOVED = "added", "removed"
COLOURS = {ADDED: (0.0, 0.45, 0.70), REMOVED: (0.84, 0.37, 0.0)}


class DifferenceNodes:
    """The segmentation node that shows the difference of one segmentation to its prediction.

    Args:
        scene: the MRML scene.
    """

    def __init__(self, scene):
        self._scene = scene
        self._node = None

    @property
    def shown(self):
        """Whether a difference is in the scene."""
        return self._node is not None and self._scene.IsNodePresent(self._node)

    def steps(self, segmentation, segmentIds, titles):
        """Work out and show the difference of some segments, one a step.

        Args:
            segmentation: the segmentation node.
            segmentIds: of the segments; those of which no prediction is known are left out.
            titles: ADDED and REMOVED → their names for people.
        """
        parts = {ADDED: [], REMOVED: []}
        for segmentId in segmentIds:
            before = KeptOutlines.predictionOf(segmentation, segmentId)
            if before is not None:
                _collect(before, segmentation.GetSegmentation().GetSegment(segmentId), parts)
            yield
        images = {}
        for kind, masks in parts.items():
            images[kind] = KeptOutlines.imageOf(*_joined(masks))
            yield
        self._show(segmentation, images, titles)

    def hide(self):
        """Take it out of the scene."""
        node, self._node = self._node, None
        if node is not None and self._scene.IsNodePresent(node):
            displays = [node.GetNthDisplayNode(index) for index in range(node.GetNumberOfDisplayNodes())]
            self._scene.RemoveNode(node)  # before them: it would tell that they go
            for display in displays:
                self._scene.RemoveNode(display)

    def _show(self, segmentation, images, titles):
        """Made anew each time, and complete when it comes to the scene: see `_filled`."""
        if not self._scene.IsNodePresent(segmentation):
            return
        self.hide()
        node = _filled(images, titles)
        node.SetScene(self._scene)  # its references are found before anybody listens to it
        node.SetAndObserveDisplayNodeID(self._scene.AddNode(_display()).GetID())
        node.SetAndObserveTransformNodeID(segmentation.GetTransformNodeID())
        self._node = self._scene.AddNode(node)


def _filled(images, titles):
    """A hidden segmentation node with the segments.

    Slicer's plugin of the subject hierarchy listens to every segmentation that is in the scene, looks for the line of
    its segments at each change of them and of how they are shown, and writes an error for a hidden one, which has none.
    """
    node = slicer.vtkMRMLSegmentationNode()
    node.SetName(Words.said(Message("node", "difference")))
    node.SetHideFromEditors(True)
    node.SetSaveWithScene(False)
    node.SetAttribute(MADE_BY_US, ROLE)
    for kind, image in images.items():
        segment = slicer.vtkSegment()
        segment.SetName(titles[kind])
        segment.SetColor(*COLOURS[kind])
        segment.SetLabelValue(1)
        segment.AddRepresentation("Binary labelmap", image)
        node.GetSegmentation().AddSegment(segment, kind)
    return node


def _display():
    display = slicer.vtkMRMLSegmentationDisplayNode()
    display.SetSaveWithScene(False)
    display.SetOpacity2DFill(0.6)
    display.SetOpacity2DOutline(1.0)
    display.SetVisibility3D(False)
    return display


def _collect(before, segment, parts):
    """Add what one segment gained and lost, as masks with their place."""
    predicted = KeptOutlines.voxelsOf(before)
    now = KeptOutlines.voxelsOf(segment) if segment is not None else None
    if predicted is None or now is None:
        if now is not None:
            parts[ADDED].append(now)
        if predicted is not None:
            parts[REMOVED].append(predicted)
        return
    (one, two), affine = _together([predicted, now])
    parts[ADDED].append((two & ~one, affine))
    parts[REMOVED].append((one & ~two, affine))


def _joined(masks):
    """One mask of several, and its place; (None, None) for none."""
    if not masks:
        return None, None
    arrays, affine = _together(masks)
    return np.logical_or.reduce(arrays), affine


def _together(masks):
    """Masks (K, J, I) with their affines in one array shape around all of them, and its affine.

    One on a lattice of its own is brought in by the nearest voxel: this is for looking at, not for measuring.
    """
    affine = masks[0][1]
    inverse = np.linalg.inv(affine)
    corners = []
    for mask, own in masks:
        ends = np.array(np.meshgrid(*[(0, n - 1) for n in reversed(mask.shape)], indexing="ij")).reshape(3, 8).T
        corners.append((inverse @ own @ np.column_stack([ends, np.ones(8)]).T)[:3].T)
    low = np.floor(np.concatenate(corners).min(axis=0) + 1e-3).astype(int)
    high = np.ceil(np.concatenate(corners).max(axis=0) - 1e-3).astype(int)
    whole = affine.copy()
    whole[:3, 3] += affine[:3, :3] @ low
    shape = tuple(reversed(high - low + 1))
    return [_placed(mask, own, whole, shape) for mask, own in masks], whole


def _placed(mask, own, whole, shape):
    """A mask in a larger array."""
    to_whole = np.linalg.inv(whole) @ own
    result = np.zeros(shape, bool)
    start = np.rint(to_whole[:3, 3]).astype(int)
    if np.abs(to_whole[:3, :3] - np.eye(3)).max() * max(shape) < 1e-2 and np.abs(to_whole[:3, 3] - start).max() < 1e-2:
        i, j, k = start
        depth, rows, columns = mask.shape
        result[k : k + depth, j : j + rows, i : i + columns] = mask
        return result
    grid = np.indices(shape)[::-1].reshape(3, -1)  # i, j, k
    back = np.linalg.inv(to_whole)
    ijk = np.rint(back[:3, :3] @ grid + back[:3, 3:]).astype(int)
    size = np.array(mask.shape[::-1])[:, None]
    inside = ((ijk >= 0) & (ijk < size)).all(axis=0)
    i, j, k = ijk[:, inside]
    result.reshape(-1)[inside] = mask[k, j, i]
    return result
