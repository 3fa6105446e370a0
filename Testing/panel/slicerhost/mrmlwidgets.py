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


class _Observations:
    """Observers of scene and nodes that end with their widget, as the C++ widgets' own do."""

    def __init__(self, widget):
        self._links = {}
        links = self._links  # not the widget, which is half gone when it says so
        widget.connect("destroyed(QObject*)", lambda *_: [each.RemoveObserver(tag) for each, tag in links.values()])

    def add(self, key, subject, event, slot, priority=0.0):
        self._links[key] = subject, subject.AddObserver(event, slot, priority)

    def remove(self, key):
        subject, tag = self._links.pop(key, (None, None))
        if subject is not None:
            subject.RemoveObserver(tag)

    def __contains__(self, key):
        return key in self._links

    def clear(self):
        for key in list(self._links):
            self.remove(key)


def _flag(name):
    def write(self, value):
        self._flags[name] = value
        self._refresh()

    return qt.Property(bool, lambda self: self._flags[name], write)


class _SortFilter:
    """What the panel may ask of a selector's qMRMLSortFilterProxyModel."""

    __slots__ = ("_ids", "_refilter")

    def __init__(self, refilter):
        self._ids, self._refilter = (), refilter

    def _hide(self, ids):
        if not isinstance(ids, (list, tuple)) or not all(isinstance(i, str) for i in ids):
            raise TypeError("hiddenNodeIDs is a list of strings")
        if tuple(ids) != self._ids:
            self._ids = tuple(ids)
            self._refilter()

    hiddenNodeIDs = property(lambda self: self._ids, _hide)


class qMRMLNodeComboBox(qMRMLWidget):
    """Node selector on a real QComboBox, with Slicer's habits (Libs/MRML/Widgets/qMRMLNodeComboBox.cxx).

    - Setting another node from a program activates it as a user's choice does: `nodeActivated` is emitted.
    - When the selected node leaves the scene Qt 5.15 selects the row before it, for as long as nobody sets it.
    - Closing a scene and importing one empty the list and fill it anew; the selection is lost.
    """

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
        self._box, self._types, self._hidden = qt.QComboBox(self), [], []
        self._box.sizeAdjustPolicy = qt.QComboBox.AdjustToMinimumContentsLengthWithIcon
        self._flags, self._switching = dict(self.FLAGS), False
        self._sceneObservations, self._watched = _Observations(self), _Observations(self)
        self._filter = _SortFilter(self._refresh)
        row = qt.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._box)
        self._box.view()  # its container is what turns an Enter key into `activated`
        self._box.connect("currentTextChanged(QString)", lambda text: self._emitCurrent())
        self._box.connect("activated(int)", self._emitActivated)

    def sortFilterProxyModel(self):
        return self._filter

    @property
    def _ids(self):
        return [self._box.itemData(row) or "" for row in range(self._box.count)]

    def pick(self, node):
        """What a user does: opens the list and presses Enter on a row, the selected one included."""
        self._press(self._ids.index(node.GetID() if node else ""))

    def _press(self, row):
        view = self._box.view()
        view.setCurrentIndex(self._box.model().index(row, 0))
        key = qt.QKeyEvent(qt.QEvent.ShortcutOverride, qt.Qt.Key_Enter, qt.Qt.NoModifier)
        qt.QApplication.sendEvent(view, key)

    def _emitCurrent(self):
        if self._switching:
            return
        node, row = self.currentNode(), self._box.currentIndex
        if node is None and row != (0 if self.noneEnabled else -1):
            nodes = [i for i in self._ids if i]
            if nodes:
                self.setCurrentNodeID(nodes[-1])
            return
        self.currentNodeChanged.emit(node)
        self.currentNodeIDChanged.emit(node.GetID() if node else "")

    def _emitActivated(self, row):
        node = self._node(row)
        if node is not None or (self.noneEnabled and row == 0):
            self.nodeActivated.emit(node)

    def setMRMLScene(self, scene):
        if scene is self._scene:
            return
        observations = self._sceneObservations
        observations.clear()
        was = self.currentNodeID
        if scene is not None:
            below = -10.0
            observations.add("added", scene, scene.NodeAddedEvent, self._added)
            observations.add("removed", scene, scene.NodeAboutToBeRemovedEvent, self._removed, below)
            observations.add("closed", scene, scene.EndCloseEvent, lambda *_: self._populate())
            observations.add("imported", scene, scene.EndImportEvent, lambda *_: self._populate())
        self._switching = True
        super().setMRMLScene(scene)
        self._populate()
        self._switching = False
        self.setCurrentNodeID(was)

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _added(self, scene, event, node):
        if not scene.IsImporting() and self._accepts(node):
            self._append(node)

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _removed(self, scene, event, node):
        if not scene.IsClosing() and node.GetID() in self._ids:
            row = self._ids.index(node.GetID())
            selected = row == self._box.currentIndex
            self._switching = selected
            self._box.removeItem(row)
            if selected:  # Qt 5.15, Slicer's, goes to the row before; the Qt of the tests to the one after
                self._box.currentIndex = row - 1
                self._box.view().setCurrentIndex(self._box.model().index(row - 1, 0))
                self._switching = False
                self._emitCurrent()
            self._watched.remove(node)

    def _append(self, node):
        self._box.addItem(node.GetName(), node.GetID())
        if node not in self._watched:
            self._watched.add(node, node, "ModifiedEvent", self._renamed)

    def _renamed(self, node, event):
        if node.GetID() in self._ids:
            row = self._ids.index(node.GetID())
            if self._box.itemText(row) != node.GetName():
                self._box.setItemText(row, node.GetName())

    def _accepts(self, node):
        name = node.GetClassName()
        if node.GetID() in self._filter.hiddenNodeIDs or (node.GetHideFromEditors() and not self.showHidden):
            return False
        if name in self._types:
            return True
        return self.showChildNodeTypes and name not in self._hidden and any(node.IsA(kind) for kind in self._types)

    def _populate(self):
        """The list anew, as qMRMLSceneModel::updateScene does it; nothing keeps the selection."""
        while self._box.count > self.noneEnabled:
            self._box.removeItem(self._box.count - 1)
        self._watched.clear()
        nodes = {n.GetID(): n for kind in self._types for n in slicer.util.getNodesByClass(kind)} if self._scene else {}
        for node in nodes.values():
            if self._accepts(node):
                self._append(node)

    def _refresh(self):
        """A filter has changed: rows come and go, the selected one stays if it is still there."""
        was, self._switching = self.currentNodeID, True
        self._box.clear()
        if self.noneEnabled:
            self._box.addItem("None", "")
        self._populate()
        if was in self._ids:
            self._box.currentIndex = self._ids.index(was)
            self._box.view().setCurrentIndex(self._box.model().index(self._box.currentIndex, 0))
        self._switching = False
        if self.currentNodeID != was:
            self._emitCurrent()

    def _node(self, row):
        nodeId = self._box.itemData(row)
        return self._scene.GetNodeByID(nodeId) if self._scene and nodeId else None

    def currentNode(self):
        return self._node(self._box.currentIndex)

    def setCurrentNodeID(self, node_id):
        view, model, ids = self._box.view(), self._box.model(), self._ids
        if not node_id or node_id not in ids:
            view.setCurrentIndex(model.index(0, 0) if self.noneEnabled else qt.QModelIndex())
            self._box.currentIndex = 0 if self.noneEnabled else -1
        elif view.currentIndex() != model.index(ids.index(node_id), 0):
            self._press(ids.index(node_id))

    def setCurrentNode(self, node):
        self.setCurrentNodeID(node.GetID() if node else "")

    def _set_types(self, types):
        self._types = [name for name in types if name]
        self._refresh()

    def _hide_types(self, types):
        self._hidden = list(types)
        self._refresh()

    hideChildNodeTypes = qt.Property("QStringList", lambda self: tuple(self._hidden), _hide_types)
    nodeTypes = qt.Property("QStringList", lambda self: tuple(self._types), _set_types)
    currentNodeID = qt.Property(str, lambda self: self._box.itemData(self._box.currentIndex) or "", setCurrentNodeID)


class qMRMLSegmentsTableView(qMRMLWidget):
    """Name, colour and status of each segment; a name typed here is written to the segment."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self._table, self._node, self._ids = qt.QTableWidget(0, 2, self), None, []
        self._observation = _Observations(self)
        self._table.setHorizontalHeaderLabels(["Name", "Status"])
        self._table.connect("itemChanged(QTableWidgetItem*)", self._renamed)
        qt.QVBoxLayout(self).addWidget(self._table)

    def setSegmentationNode(self, node):
        if self._node is node:
            return
        self._observation.remove("node")
        self._node = node
        if node:
            self._observation.add("node", node, vtk.vtkCommand.AnyEvent, lambda *_: self._refresh())
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

    def selectedSegmentIDs(self):
        """Ids of the lines that are selected; PythonQt gives a tuple."""
        return tuple(self._ids[row] for row in sorted({index.row() for index in self._table.selectedIndexes()}))

    def setSelectedSegmentIDs(self, ids):
        self._table.clearSelection()
        for name in ids:
            self._table.selectRow(self._ids.index(name))

    def _renamed(self, item):
        if item.column() == 0:
            self._node.GetSegmentation().GetSegment(self._ids[item.row()]).SetName(item.text())
