"""Stand-ins, put into the ``slicer`` namespace, for the MRML widgets; bound to the real scene."""

import slicer
import vtk

from . import pythonqt as qt


class qMRMLWidget(qt.QWidget):
    SIGNALS = {"mrmlSceneChanged(vtkMRMLScene*)": 1}
    mrmlSceneChanged = qt.Signal(object)
    _scene = None

    def setMRMLScene(self, scene):
        self._scene = scene
        self.mrmlSceneChanged.emit(scene)

    def mrmlScene(self):
        return self._scene


def _flag(name):
    def write(self, value):
        self._flags[name] = value
        self._refresh()

    return qt.Property(bool, lambda self: self._flags[name], write)


class qMRMLNodeComboBox(qMRMLWidget):
    SIGNALS = {
        **qMRMLWidget.SIGNALS,
        "currentNodeChanged(vtkMRMLNode*)": 1,
        "currentNodeIDChanged(QString)": 1,
        "nodeActivated(vtkMRMLNode*)": 1,
    }
    nodeActivated = qt.Signal(object)
    currentNodeChanged = qt.Signal(object)
    currentNodeIDChanged = qt.Signal(str)
    FLAGS = {
        "noneEnabled": False,
        "addEnabled": True,
        "removeEnabled": True,
        "renameEnabled": False,
        "editEnabled": False,
        "showHidden": False,
        "selectNodeUponCreation": True,
        "showChildNodeTypes": True,
    }
    for _name in FLAGS:
        locals()[_name] = _flag(_name)  # in the class body: Qt learns a property only from there

    def __init__(self, parent=None):
        super().__init__(parent)
        self._box, self._types, self._ids, self._id, self._tags = qt.QComboBox(self), [], [], "", []
        self._box.sizeAdjustPolicy, self._hidden = qt.QComboBox.AdjustToMinimumContentsLengthWithIcon, []
        self._flags = dict(self.FLAGS)
        row = qt.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._box)
        self._box.connect("activated(int)", self._activated)

    def _activated(self, index):
        """The user has picked a line, the same one as before included."""
        self.setCurrentNodeID(self._ids[index])
        self.nodeActivated.emit(self.currentNode())

    def setMRMLScene(self, scene):
        for tag in self._tags:
            self._scene.RemoveObserver(tag)
        self._tags = [
            scene.AddObserver(event, lambda *_: self._refresh())
            for event in (scene.NodeAddedEvent, scene.NodeRemovedEvent, scene.EndCloseEvent)
        ]
        super().setMRMLScene(scene)
        self._refresh()

    def _refresh(self):
        nodes = [n for t in self._types for n in slicer.util.getNodesByClass(t)] if self._scene else []
        nodes = [n for n in nodes if self.showHidden or not n.GetHideFromEditors()]
        nodes = [
            n
            for n in nodes
            if n.GetClassName() in self._types or (self.showChildNodeTypes and n.GetClassName() not in self._hidden)
        ]
        self._ids = [""] * self.noneEnabled + [n.GetID() for n in nodes]
        self._box.clear()
        self._box.addItems(["None"] * self.noneEnabled + [n.GetName() for n in nodes])
        self._select(self._id if self._id in self._ids else "")  # a new node is not selected by itself

    def _select(self, node_id):
        self._box.currentIndex = self._ids.index(node_id) if node_id in self._ids else -1
        if node_id != self._id:
            self._id = node_id
            self.currentNodeIDChanged.emit(node_id)
            self.currentNodeChanged.emit(self.currentNode())

    def currentNode(self):
        return self._scene.GetNodeByID(self._id) if self._scene and self._id else None

    def setCurrentNodeID(self, node_id):
        if not node_id or node_id in self._ids:
            self._select(node_id or "")

    def setCurrentNode(self, node):
        self.setCurrentNodeID(node.GetID() if node else "")

    def _set_types(self, types):
        self._types = list(types)
        self._refresh()

    def _hide_types(self, types):
        self._hidden = list(types)
        self._refresh()

    hideChildNodeTypes = qt.Property("QStringList", lambda self: tuple(self._hidden), _hide_types)
    nodeTypes = qt.Property("QStringList", lambda self: tuple(self._types), _set_types)
    currentNodeID = qt.Property(str, lambda self: self._id, setCurrentNodeID)


class qMRMLSegmentsTableView(qMRMLWidget):
    """Name, colour and status of each segment; a name typed here is written to the segment."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self._table, self._node, self._tag, self._ids = qt.QTableWidget(0, 2, self), None, None, []
        self._table.setHorizontalHeaderLabels(["Name", "Status"])
        self._table.connect("itemChanged(QTableWidgetItem*)", self._renamed)
        qt.QVBoxLayout(self).addWidget(self._table)

    def setSegmentationNode(self, node):
        if self._node is node:
            return
        if self._node:
            self._node.RemoveObserver(self._tag)
        self._node = node
        self._tag = node.AddObserver(vtk.vtkCommand.AnyEvent, lambda *_: self._refresh()) if node else None
        self._refresh()

    def segmentationNode(self):
        return self._node

    def _refresh(self):
        logic = slicer.vtkSlicerSegmentationsModuleLogic
        segmentation = self._node.GetSegmentation() if self._node else None
        self._ids = list(segmentation.GetSegmentIDs()) if segmentation else []
        was = self._table.blockSignals(True)
        self._table.setRowCount(len(self._ids))
        for row, segment in enumerate(map(segmentation.GetSegment, self._ids) if segmentation else ()):
            name = qt.QTableWidgetItem(segment.GetName())
            name.setBackground(qt.QColor.fromRgbF(*segment.GetColor()))
            name.setForeground(qt.QColor("black"))
            status = logic.GetSegmentStatusAsHumanReadableString(logic.GetSegmentStatus(segment))
            self._table.setItem(row, 0, name)
            self._table.setItem(row, 1, qt.QTableWidgetItem(status))
        self._table.blockSignals(was)

    def _renamed(self, item):
        if item.column() == 0:
            self._node.GetSegmentation().GetSegment(self._ids[item.row()]).SetName(item.text())
