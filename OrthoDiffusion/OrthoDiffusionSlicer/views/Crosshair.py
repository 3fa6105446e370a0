"""Slicer's crosshair at the place that was chosen in the panel; it is the user's own again afterwards. Without Qt."""

import slicer


class Crosshair:
    """Shows the crosshair where the user has none; how he has set it himself is never changed.

    Args:
        scene: the MRML scene.
    """

    def __init__(self, scene):
        self._scene, self._before = scene, None  # the mode that the user had, while ours is shown

    def mark(self, pointRAS):
        """Put it at a place, and show it."""
        node = _node(self._scene)
        if node is None:
            return
        node.SetCrosshairRAS(*pointRAS)
        if node.GetCrosshairMode() == node.NoCrosshair:
            self._before = node.NoCrosshair
            node.SetCrosshairMode(_ours())

    def giveBack(self):
        """No place is chosen any more, or the panel is left."""
        before, self._before = self._before, None
        node = _node(self._scene)
        if before is not None and node is not None and node.GetCrosshairMode() == _ours():
            node.SetCrosshairMode(before)


def _ours():
    return slicer.vtkMRMLCrosshairNode.ShowSmallBasic


def _node(scene):
    return scene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
