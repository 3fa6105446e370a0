"""How the views hang for a reading: three planes and 3D, linked, with reference lines; and how they hung before.

Without Qt.
"""

from dataclasses import dataclass

import vtk

from OrthoDiffusionSlicer.scene import SliceViews

FOUR_UP = 3  # vtkMRMLLayoutNode.SlicerLayoutFourUpView: red, green and yellow slice views, and 3D


class Hanging:
    """Arranges the views, and puts them back as the user had them.

    Args:
        scene: the MRML scene.

    Attributes:
        arranged: whether the views hang as this object arranged them.
    """

    def __init__(self, scene):
        self._scene = scene
        self._before = None  # the _Arrangement that the user had
        self._away = False

    @property
    def arranged(self):
        return self._before is not None

    def arrange(self, inputs, *, asked=False):
        """Hang the volumes of a study: each plane in its own view, three views and 3D, linked, with reference lines.

        Args:
            inputs: plane name → volume node.
            asked: whether the user asked for it; without that, a layout that he chose since the last time is kept.

        Returns:
            True if a view may not fit its volume any more.
        """
        first = self._before is None
        if first:
            self._before = _Arrangement.of(self._scene)
            _showReferenceLines(self._scene)
        layout = _layout(self._scene)
        changed = False
        if layout is not None and layout.GetViewArrangement() != FOUR_UP and (first or asked):
            layout.SetViewArrangement(FOUR_UP)
            changed = True
        _link(self._scene)
        return SliceViews.showInputs(self._scene, inputs) or changed

    def undo(self):
        """Everything as it was before the first `arrange`, as far as the volumes are still there."""
        before, self._before, self._away = self._before, None, False
        if before is not None:
            before.restore(self._scene)

    def leave(self):
        """Another module is shown: the layout and the link are the user's again; what the views show stays."""
        layout = _layout(self._scene)
        self._away = self._before is not None
        if self._away:
            # A layout that the user chose meanwhile is his already.
            if layout is not None and layout.GetViewArrangement() == FOUR_UP:
                layout.SetViewArrangement(self._before.layout)
            self._before.restoreLinks(self._scene)

    def comeBack(self):
        """The panel is shown again."""
        if not self._away:
            return
        self._away = False
        layout = _layout(self._scene)
        if layout is not None and layout.GetViewArrangement() == self._before.layout:
            layout.SetViewArrangement(FOUR_UP)
        _link(self._scene)
        _showReferenceLines(self._scene)

    def forget(self):
        """The scene is closed or another one is read: the views that were before are of no use; the layout stays."""
        if self._before is not None:
            self.leave()
        self._before, self._away = None, False


@dataclass
class _Slice:
    """What one slice view showed, and where."""

    background: str | None
    foreground: str | None
    opacity: float
    linked: bool
    toRAS: vtk.vtkMatrix4x4
    fieldOfView: tuple
    origin: tuple


@dataclass
class _Arrangement:
    """Layout and slice views at one moment."""

    layout: int
    slices: dict  # view name → _Slice
    lines: dict  # ID of a slice's display node → whether it showed where the other slices cut it

    @classmethod
    def of(cls, scene):
        layout, slices = _layout(scene), {}
        for name in SliceViews.VIEW_OF_PLANE.values():
            composite, view = SliceViews.compositeOf(scene, name), SliceViews.viewOf(scene, name)
            if composite is None or view is None:
                continue
            toRAS = vtk.vtkMatrix4x4()
            toRAS.DeepCopy(view.GetSliceToRAS())
            slices[name] = _Slice(
                composite.GetBackgroundVolumeID(),
                composite.GetForegroundVolumeID(),
                composite.GetForegroundOpacity(),
                bool(composite.GetLinkedControl()),
                toRAS,
                tuple(view.GetFieldOfView()),
                tuple(view.GetXYZOrigin()),
            )
        lines = {node.GetID(): bool(node.GetIntersectingSlicesVisibility()) for node in _displayNodes(scene)}
        return cls(layout.GetViewArrangement() if layout is not None else FOUR_UP, slices, lines)

    def restore(self, scene):
        layout = _layout(scene)
        if layout is not None and layout.GetViewArrangement() == FOUR_UP:
            layout.SetViewArrangement(self.layout)
        self.restoreLinks(scene)
        for name, slice_ in self.slices.items():
            composite, view = SliceViews.compositeOf(scene, name), SliceViews.viewOf(scene, name)
            if composite is None or view is None:
                continue
            composite.SetBackgroundVolumeID(_present(scene, slice_.background))
            composite.SetForegroundVolumeID(_present(scene, slice_.foreground))
            composite.SetForegroundOpacity(slice_.opacity)
            view.GetSliceToRAS().DeepCopy(slice_.toRAS)
            view.UpdateMatrices()
            view.SetFieldOfView(*slice_.fieldOfView)
            view.SetXYZOrigin(*slice_.origin)

    def restoreLinks(self, scene):
        for name, slice_ in self.slices.items():
            composite = SliceViews.compositeOf(scene, name)
            if composite is not None:
                composite.SetLinkedControl(slice_.linked)
        for node in _displayNodes(scene):
            node.SetIntersectingSlicesVisibility(self.lines.get(node.GetID(), False))


def _layout(scene):
    """The layout node, None where there is no main window."""
    return scene.GetFirstNodeByClass("vtkMRMLLayoutNode")


def _link(scene):
    """Zoom, pan and what a user chooses in one of the three views goes to the others, as by Slicer's link button."""
    for name in SliceViews.VIEW_OF_PLANE.values():
        composite = SliceViews.compositeOf(scene, name)
        if composite is not None:
            composite.SetLinkedControl(True)


def _showReferenceLines(scene):
    """In each view the lines where the others cut it, as by Slicer's button ‘Slice intersections’."""
    for node in _displayNodes(scene):
        node.SetIntersectingSlicesVisibility(True)


def _displayNodes(scene):
    """The vtkMRMLSliceDisplayNodes that Slicer has made for its slice views."""
    count = scene.GetNumberOfNodesByClass("vtkMRMLSliceDisplayNode")
    return [scene.GetNthNodeByClass(index, "vtkMRMLSliceDisplayNode") for index in range(count)]


def _present(scene, nodeId):
    return nodeId if nodeId and scene.GetNodeByID(nodeId) is not None else None
