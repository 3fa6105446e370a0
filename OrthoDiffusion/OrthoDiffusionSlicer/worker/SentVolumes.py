"""The volumes of an analysis as they were when it began: what has changed since, and whether they belong together."""

import numpy as np

from OrthoDiffusionLib.errors import Notice, OrthoDiffusionError
from OrthoDiffusionSlicer.scene import FindingsNodes
from OrthoDiffusionSlicer.scene.StudyReader import loadedStudies, worldMatrix


class SentVolumes:
    """Looks at the input nodes when they are sent, and again when their results have arrived.

    Args:
        scene: the MRML scene.
        nodes: plane name → volume node.

    Raises:
        OrthoDiffusionError: if a volume lies under a transform that bends space.
    """

    def __init__(self, scene, nodes):
        self._seen = {plane: _Seen(node) for plane, node in nodes.items()}
        self._studies = studiesOf(scene, nodes.values())

    def note(self, scene, table):
        """Write a warning on the findings table for each volume that is no longer what was sent, or not of one study.

        The worker may have said the latter by itself; it is not said twice.
        """
        said = {warning["code"] for warning in FindingsNodes.warningsOf(table)}
        if len(self._studies) > 1 and "several_studies" not in said:
            notice = Notice("several_studies", "in_scene", values={"studies": self._studies})
            FindingsNodes.addWarning(table, notice)
        for seen in self._seen.values():
            change = seen.change(scene)
            if change:
                values = {"name": seen.name, "change": change}
                FindingsNodes.addWarning(table, Notice("volume_changed", values=values))


def studiesOf(scene, nodes):
    """Names of the loaded studies that volume nodes are of, in order."""
    nodes = list(nodes)
    return sorted({study.name for study in loadedStudies(scene) for node in nodes if node in study.nodes})


class _Seen:
    """How a volume node was when it was sent."""

    def __init__(self, node):
        self.node, self.name, self.nodeId = node, node.GetName(), node.GetID()
        self._image = node.GetImageData()
        self._time = self._image.GetMTime() if self._image is not None else 0
        self._matrix = worldMatrix(node)

    def change(self, scene):
        """What happened to it since, in one word or two; an empty text for nothing. A new name is nothing."""
        if scene.GetNodeByID(self.nodeId) is not self.node:
            return "deleted"
        try:
            moved = not np.allclose(worldMatrix(self.node), self._matrix, atol=1e-4)
        except OrthoDiffusionError:
            moved = True
        if moved:
            return "moved"
        image = self.node.GetImageData()
        return "" if image is self._image and image.GetMTime() == self._time else "edited"
