"""A case that another process has read → nodes of the scene, in small steps."""

import json
import uuid
from pathlib import Path

import numpy as np
import slicer
import vtk
from vtk.util.numpy_support import numpy_to_vtk

from OrthoDiffusionLib.annotation.case_files import CASE, LAYERS, RESULTS
from OrthoDiffusionLib.annotation.frames import layers_of
from OrthoDiffusionLib.volumes.files.array_steps import read_array_in_steps
from OrthoDiffusionSlicer.annotation import SegmentLayers
from OrthoDiffusionSlicer.measuring import ReaderValues
from OrthoDiffusionSlicer.scene import FindingsNodes, Provenance, StudyFolder, StudyReader
from OrthoDiffusionSlicer.scene.corrections import KeptOutlines
from OrthoDiffusionSlicer.scene.SceneWriter import SceneWriter
from OrthoDiffusionSlicer.scene.SegmentationWriter import LABELMAP, SURFACE

CASE_ATTRIBUTE = Provenance.PREFIX + "Case"  # on every node that belongs to the open case
IMAGE_ATTRIBUTE = Provenance.PREFIX + "Image"  # on its volumes: their name in the case, whatever the user calls them


class CaseOpening:
    """Brings one case into a scene.

    Args:
        scene: the MRML scene.
        folder: what `case_files.bring` wrote.
        name: of the case.
        mark: a `newMark`, which its nodes get.
        joint: the Joint whose planes are looked for.
        side: Side that the worklist says, None for automatic.

    Attributes:
        volumes: the volume nodes.
        inputs: plane name → volume node.
        segmentation: the segmentation node.
        table: the findings table, None for a case without analysis.
        origin: where the outlines come from: “autosave”, “version”, “label map”, “analysis”, or empty.
        notices: sentences about the images.
        reading: the reader's decisions of before, as they lie on the disk; empty for none.
    """

    def __init__(self, scene, folder, name, mark, joint, side=None):
        self._scene, self._folder, self._name, self._joint, self._side = scene, Path(folder), name, joint, side
        self.mark = mark
        self.volumes, self.inputs, self.segmentation, self.table = [], {}, None, None
        self.origin, self.notices, self.reading = "", (), {}

    def steps(self):
        """Do everything, yielding after every few milliseconds.

        Raises:
            OrthoDiffusionError, OSError, ValueError: if something cannot be read; `remove` takes away what came before.
        """
        content = json.loads((self._folder / CASE).read_text(encoding="utf-8"))
        self.notices, self.reading = tuple(content["notices"]), content["reading"]
        byName, planes = {}, {}
        for entry in content["volumes"]:
            array = yield from read_array_in_steps(self._folder / entry["array"])
            node = byName[entry["name"]] = self._addVolume(array, entry)
            if entry["plane"]:
                planes[entry["plane"]] = node
            yield
        if content["results"]:
            yield from self._showAnalysis(byName)
        if not self.inputs:
            self.inputs = planes or self._recognised()
        self._showSegmentation()
        yield
        if content["layers"] is not None:
            data = yield from read_array_in_steps(self._folder / LAYERS)
            layers = layers_of(content["layers"], data.tobytes())
            SegmentLayers.fill(self.segmentation, layers)
            self.origin = content["origin"]
            yield
            if self.table is not None:  # the measurements were taken from the predicted outlines
                ReaderValues.setCorrected(self.table, not self._asPredicted(layers))
        self._restoreReport(self.reading)
        self._mark([self.segmentation, self.table])
        StudyFolder.gather(self._scene, self._name, self.volumes, [n for n in (self.segmentation, self.table) if n])

    def _addVolume(self, array, entry):
        image = vtk.vtkImageData()
        image.SetDimensions(*array.shape)
        image.GetPointData().SetScalars(numpy_to_vtk(array.T.reshape(-1), deep=True))
        matrix = vtk.vtkMatrix4x4()
        matrix.DeepCopy(np.asarray(entry["affine"], float).ravel().tolist())
        node = slicer.vtkMRMLScalarVolumeNode()
        node.SetName(entry["name"])
        node.SetAndObserveImageData(image)
        node.SetIJKToRASMatrix(matrix)
        node.SetAttribute(CASE_ATTRIBUTE, self.mark)
        node.SetAttribute(IMAGE_ATTRIBUTE, entry["name"])
        self._scene.AddNode(node)
        self.volumes.append(node)
        node.CreateDefaultDisplayNodes()
        display, grey = node.GetDisplayNode(), self._scene.GetNodeByID("vtkMRMLColorTableNodeGrey")
        if grey is not None:
            display.SetAndObserveColorNodeID(grey.GetID())
        low, high = (float(value) for value in np.percentile(array[::4, ::4, ::2], (1, 99.5)))
        display.SetAutoWindowLevel(False)
        display.SetWindowLevelMinMax(low, max(high, low + 1))
        return node

    def _showAnalysis(self, byName):
        findings = json.loads((self._folder / RESULTS / "findings.json").read_text(encoding="utf-8"))
        named = findings["study"]["planes"]
        self.inputs = {plane: byName[name] for plane, name in named.items() if name in byName}
        writer = SceneWriter(self._scene, self._folder / RESULTS, self.inputs)
        yield from writer.steps()
        self._predicted = writer.results.labels.array
        self.segmentation, self.table = writer.nodes.segmentation, writer.nodes.table
        self._mark(writer.nodes.evidence.values())
        self.origin = "analysis"

    def _asPredicted(self, layers):
        """Whether a label map is the one that the analysis has measured."""
        labels = layers.arrays[0].T
        return len(layers.arrays) == 1 and labels.shape == self._predicted.shape and (labels == self._predicted).all()

    def _recognised(self):
        choice = StudyReader.choosePlanes(self.volumes, self._joint, side=self._side)
        return {plane.value: node for plane, node in choice.nodes.items()}

    def _showSegmentation(self):
        """The node to draw in, also for a case without any outlines; the next analysis of the case writes into it."""
        if self.segmentation is None:
            node = self._scene.AddNewNodeByClass(
                "vtkMRMLSegmentationNode", Provenance.freeName(self._scene, self._name)
            )
            node.CreateDefaultDisplayNodes()
            node.SetAttribute(StudyReader.MADE_BY_US, Provenance.SEGMENTATION)
            for plane, volume in self.inputs.items():
                node.SetNodeReferenceID(Provenance.INPUT_ROLE + plane, volume.GetID())
            display = node.GetDisplayNode()
            display.SetOpacity2DFill(0.35)
            display.SetPreferredDisplayRepresentationName2D(LABELMAP)
            display.SetPreferredDisplayRepresentationName3D(SURFACE)
            self.segmentation = node
        reference = next(iter(self.inputs.values()), None) or next(iter(self.volumes), None)
        if reference is not None and not self.segmentation.GetSegmentation().GetNumberOfSegments():
            self.segmentation.SetReferenceImageGeometryParameterFromVolumeNode(reference)

    def _restoreReport(self, reading):
        report = reading.get("report")
        if report and self.table is not None:
            FindingsNodes.editReport(self.table, FindingsNodes.EditedReport(report["text"], report["basis"]))

    def _mark(self, nodes):
        for node in nodes:
            if node is not None:
                node.SetAttribute(CASE_ATTRIBUTE, self.mark)


def newMark(name):
    """What tells the nodes of a case from all others while it is open.

    A scene that was saved meanwhile keeps it, and may be read beside another case of that name.
    """
    return f"{name} {uuid.uuid4().hex[:8]}"


def belongsTo(node, mark):
    """Whether a node of ours is of the open case: it came with it, or was made from its images."""
    of = [node, *Provenance.inputsOf(node).values()]
    return any(one.GetAttribute(CASE_ATTRIBUTE) == mark for one in of)


def tableOf(scene, mark, shown):
    """The findings table of an open case, None if it has none: the one that is shown, or else the newest.

    Args:
        scene: the MRML scene.
        mark: of the case.
        shown: the table that the panel shows, None for none; it may be of another study.
    """
    own = [table for table in FindingsNodes.tablesIn(scene) if belongsTo(table, mark)]
    return shown if shown in own else own[-1] if own else None


def nodesOf(scene, mark):
    """Every node of an open case: images, outlines and their predictions, findings, heat maps, those of an analysis in
    between included."""
    count = scene.GetNumberOfNodes()
    nodes = [scene.GetNthNode(index) for index in range(count)]
    own = [node for node in nodes if node.GetAttribute(CASE_ATTRIBUTE) == mark]
    volumes = {node.GetID() for node in own if node.IsA("vtkMRMLScalarVolumeNode")}
    made = [
        node
        for node in nodes
        if node.GetAttribute(StudyReader.MADE_BY_US)
        and volumes & {volume.GetID() for volume in Provenance.inputsOf(node).values()}
    ]
    for table in (node for node in (*own, *made) if node.IsA("vtkMRMLTableNode")):
        made += FindingsNodes.referenced(table, FindingsNodes.MEASURING_ROLES)
    outlines = [node for node in (*own, *made) if node.IsA("vtkMRMLSegmentationNode")]
    made += filter(None, map(KeptOutlines.hiddenOf, outlines))
    return list(dict.fromkeys((*own, *made)))


def remove(scene, mark):
    """Take a case out of the scene; what the user has added besides stays."""
    hierarchy = StudyReader.subjectHierarchy(scene)
    nodes = nodesOf(scene, mark)
    items = {StudyReader.studyItem(scene, node) for node in nodes} if hierarchy is not None else set()
    for node in nodes:
        if scene.IsNodePresent(node):
            FindingsNodes.removeWhole(scene, node)
    for study in items - {0}:
        folder = hierarchy.GetItemChildWithName(study, StudyFolder.MEASUREMENTS)
        for item in filter(None, (folder, study)):
            if not hierarchy.GetNumberOfItemChildren(item):
                hierarchy.RemoveItem(item, False, False)
