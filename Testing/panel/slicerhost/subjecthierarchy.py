"""What Slicer's plugins of the subject hierarchy do with nodes that come, change and go.

Read in Slicer's sources, branches 5.10 and 5.12: Modules/Loadable/SubjectHierarchy/Widgets/
qSlicerSubjectHierarchyPluginLogic.cxx (onNodeAdded, onNodeAboutToBeRemoved, addSupportedDataNodesToSubjectHierarchy),
Modules/Loadable/Segmentations/qSlicerSegmentationsModule.cxx (onNodeAdded) and SubjectHierarchyPlugins/
qSlicerSubjectHierarchySegmentationsPlugin.cxx there.
"""

import sys

import slicer
import vtk

# pluginsForAddingNodeToSubjectHierarchy
_OWNERS = (
    ("vtkMRMLSegmentationNode", "Segmentations"),
    ("vtkMRMLScalarVolumeNode", "Volumes"),
    ("vtkMRMLTableNode", "Tables"),
    ("vtkMRMLMarkupsNode", "Markups"),
    ("vtkMRMLModelNode", "Models"),
    ("vtkMRMLTransformNode", "Transforms"),
    ("vtkMRMLTextNode", "Texts"),
)
_SEGMENT_ID = slicer.vtkMRMLSegmentationNode.GetSegmentIDAttributeName()
_VIRTUAL_BRANCH = slicer.vtkMRMLSubjectHierarchyConstants.GetSubjectHierarchyVirtualBranchAttributeName()


class Plugins:
    """Watches a scene for as long as it lasts.

    - A node that is not hidden when it comes gets an item; its item goes before the node does.
    - Segments are items below their segmentation, and an item that goes takes its segment along: a segmentation that
      is removed is emptied first, one segment after the other.
    - Whatever happens to a segmentation that has no item, such as one that is hidden, is an error in Slicer's log.
    """

    def __init__(self, scene):
        self._scene, self._watched = scene, set()
        scene.AddObserver(scene.NodeAddedEvent, self._added)
        scene.AddObserver(scene.NodeAboutToBeRemovedEvent, self._goes)
        scene.AddObserver(scene.EndImportEvent, lambda *_: self._addAll())
        self._watch(self._hierarchy())

    def _hierarchy(self):
        return slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(self._scene)

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _added(self, scene, event, node):
        if node.IsA("vtkMRMLSubjectHierarchyNode"):
            slicer.vtkMRMLSubjectHierarchyNode.ResolveSubjectHierarchy(scene)
            self._watch(node)
            return
        if node.IsA("vtkMRMLSegmentationNode"):
            kind = slicer.vtkSegmentation
            for event in (kind.SegmentAdded, kind.SegmentRemoved, kind.SegmentModified, node.DisplayModifiedEvent):
                node.AddObserver(event, self._segmentsChanged)
        if not scene.IsImporting():
            self._add(node)

    def _watch(self, hierarchy):
        if hierarchy not in self._watched:
            self._watched = {hierarchy}
            hierarchy.AddObserver(hierarchy.SubjectHierarchyItemAboutToBeRemovedEvent, self._itemGoes)

    def _add(self, node):
        owner = next((owner for kind, owner in _OWNERS if node.IsA(kind)), None)
        if owner is None or node.GetHideFromEditors():
            return
        hierarchy = self._hierarchy()
        if not hierarchy.GetItemByDataNode(node):
            hierarchy.CreateItem(hierarchy.GetSceneItemID(), node, owner)
        if owner == "Segmentations":
            self._segmentsChanged(node, None)

    def _addAll(self):
        slicer.vtkMRMLSubjectHierarchyNode.ResolveSubjectHierarchy(self._scene)
        self._watch(self._hierarchy())
        for index in range(self._scene.GetNumberOfNodes()):
            self._add(self._scene.GetNthNode(index))

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _goes(self, scene, event, node):
        if scene.IsClosing() or node.IsA("vtkMRMLSubjectHierarchyNode"):
            return
        item = self._hierarchy().GetItemByDataNode(node)
        if item:
            self._hierarchy().RemoveItem(item, False, False)

    def _segmentsChanged(self, node, event):
        """updateAllSegmentsFromMRML: one item for each segment."""
        if self._scene.IsImporting() or node.GetScene() is None:
            return
        hierarchy = self._hierarchy()
        parent = hierarchy.GetItemByDataNode(node)
        if not parent:
            _critical(f"Unable to find subject hierarchy item for segmentation node {node.GetName()}")
            return
        # The item that is made for a node by a module itself becomes the plugin's as well (canOwnSubjectHierarchyItem).
        if not hierarchy.HasItemAttribute(parent, _VIRTUAL_BRANCH):
            hierarchy.SetItemAttribute(parent, _VIRTUAL_BRANCH, "1")
        segmentation, known = node.GetSegmentation(), {}
        for item in _childrenOf(hierarchy, parent):
            known[hierarchy.GetItemAttribute(item, _SEGMENT_ID)] = item
        wanted = segmentation.GetSegmentIDs()
        for segmentId, item in known.items():
            if segmentId not in wanted:
                hierarchy.RemoveItem(item)
        for segmentId in wanted:
            name = segmentation.GetSegment(segmentId).GetName() or ""
            if segmentId not in known:
                item = hierarchy.CreateHierarchyItem(parent, name, _VIRTUAL_BRANCH)
                hierarchy.SetItemAttribute(item, _SEGMENT_ID, segmentId)
            elif hierarchy.GetItemName(known[segmentId]) != name:
                hierarchy.SetItemName(known[segmentId], name)

    @vtk.calldata_type(vtk.VTK_LONG)
    def _itemGoes(self, hierarchy, event, item):
        """onSubjectHierarchyItemAboutToBeRemoved: the segment goes with its item."""
        if self._scene.IsClosing() or not hierarchy.HasItemAttribute(item, _SEGMENT_ID):
            return
        segmentId = hierarchy.GetItemAttribute(item, _SEGMENT_ID)
        node = hierarchy.GetItemDataNode(hierarchy.GetItemParent(item))
        if node is not None and node.GetSegmentation().GetSegment(segmentId) is not None:
            node.GetSegmentation().RemoveSegment(segmentId)


def _childrenOf(hierarchy, item):
    children = vtk.vtkIdList()
    hierarchy.GetItemChildren(item, children)
    return [children.GetId(index) for index in range(children.GetNumberOfIds())]


def _critical(text):
    """qCritical: a red mark in Slicer's status bar and a line in its log. Here it fails the test."""
    error = RuntimeError(text)
    sys.excepthook(RuntimeError, error, None)
