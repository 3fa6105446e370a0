"""Slicer's main window and its Segment Editor module, as far as the panel has to do with them.

Read in Slicer's sources, branches 5.10 and 5.12: slicer.util.selectModule, Modules/Scripted/SegmentEditor,
qMRMLSegmentEditorWidget::updateWidgetFromMRML and installKeyboardShortcuts.
"""

import types

import slicer

from . import pythonqt as qt


class MainWindow(qt.QMainWindow):
    """Shows one module's panel at a time: what is left gets `exit` and is hidden, what comes gets `enter`."""

    def __init__(self):
        super().__init__()
        self.setObjectName("qSlicerMainWindow")
        self._selector = types.SimpleNamespace(selectModule=self.selectModule)
        self.modules, self.current = {}, None  # name → widget class's object

    def moduleSelector(self):
        return self._selector

    def selectModule(self, name):
        widget = self.modules[name]
        if self.current is not None:
            self.current.exit()
            self.current.parent.hide()
        self.current = widget
        widget.parent.show()
        widget.enter()


class SegmentEditorWidget:
    """The module's widget: finds or makes the parameter node, and takes a segmentation itself if none is set.

    Of a segmentation that it did not show before it selects the first segment, and the volume of its geometry, whatever
    the parameter node says (updateWidgetFromSegmentationNode). A volume that it did not show before comes to every
    slice view that shows another one (updateWidgetFromSourceVolumeNode, showSourceVolumeInSliceViewers).
    """

    def __init__(self):
        self.parent = qt.QWidget()
        self.parameterSetNode, self.editor = None, Editor(self.parent)
        self._segmentation = self._volume = None
        self._stop = lambda: None  # forgets the parameter node that is followed

    def enter(self):
        self.editor.installKeyboardShortcuts()
        node = slicer.mrmlScene.GetSingletonNode("SegmentEditor", "vtkMRMLSegmentEditorNode")
        if node is None:
            node = slicer.mrmlScene.CreateNodeByClass("vtkMRMLSegmentEditorNode")
            node.UnRegister(None)
            node.SetSingletonTag("SegmentEditor")
            node = slicer.mrmlScene.AddNode(node)
        if node is not self.parameterSetNode:
            self.close()
            tag = node.AddObserver("ModifiedEvent", self._follow)
            self._stop = lambda: node.RemoveObserver(tag)
        self.parameterSetNode = self.editor.node = node
        if node.GetSegmentationNode() is None:
            first = slicer.mrmlScene.GetFirstNode(None, "vtkMRMLSegmentationNode")
            node.SetAndObserveSegmentationNode(first or slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode"))

        self._follow(node, None)

    def _follow(self, node, event):
        segmentation = node.GetSegmentationNode()
        if segmentation is not self._segmentation:
            self._segmentation = segmentation
            if segmentation is not None:
                role = segmentation.GetReferenceImageGeometryReferenceRole()
                node.SetAndObserveSourceVolumeNode(segmentation.GetNodeReference(role))
                ids = segmentation.GetSegmentation().GetSegmentIDs()
                if ids:
                    node.SetSelectedSegmentID(ids[0])
        volume = node.GetSourceVolumeNode()
        if volume is not self._volume:
            self._volume = volume
            for view in slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode") if volume is not None else ():
                if volume.GetID() not in (view.GetBackgroundVolumeID(), view.GetForegroundVolumeID()):
                    view.SetBackgroundVolumeID(volume.GetID())
                    view.SetForegroundVolumeID(None)

    def close(self):
        """Observes nothing any more; the parameter node outlives a scene, and the window of a test."""
        self._stop()

    def exit(self):
        self.editor.node.SetActiveEffectName("")
        self.editor.uninstallKeyboardShortcuts()


class Editor:
    """qMRMLSegmentEditorWidget's keys; `pressed` says which were heard."""

    KEYS = (*"1234567890", "Esc", "Space", "Z", "Y", "Q", "W", "I", "/", "*", ",", ".", ">", "<", "Ctrl+Z", "Ctrl+Y")

    def __init__(self, parent):
        self._parent, self._shortcuts, self.pressed, self.node = parent, [], [], None

    def installKeyboardShortcuts(self):
        self.uninstallKeyboardShortcuts()
        for key in self.KEYS:
            shortcut = qt.QShortcut(self._parent)
            shortcut.setKey(qt.QKeySequence(key))
            shortcut.connect("activated()", lambda key=key: self.pressed.append(key))
            self._shortcuts.append(shortcut)

    def uninstallKeyboardShortcuts(self):
        for shortcut in self._shortcuts:
            shortcut.setParent(None)
        self._shortcuts = []


def open_main_window(panel, name="OrthoDiffusion"):
    """Put a panel that is open into a main window beside the Segment Editor, as the module that is shown."""
    window = MainWindow()
    column = qt.QWidget()
    layout = qt.QVBoxLayout(column)
    window.setCentralWidget(column)
    editor = SegmentEditorWidget()
    for widget in (panel, editor):
        layout.addWidget(widget.parent)
    editor.parent.hide()
    panel.parent.show()
    window.modules = {name: panel, "SegmentEditor": editor}
    window.current = panel
    window.show()
    window.activateWindow()
    return window


def close_main_window(window):
    """Slicer finds its main window by name: that of a test must not be found by the next one."""
    window.hide()
    window.modules["SegmentEditor"].close()
    window.setObjectName("")
