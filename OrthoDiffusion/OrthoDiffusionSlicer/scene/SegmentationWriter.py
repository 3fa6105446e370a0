"""Labels of an analysis → editable segments; never over a segment that a person has worked on."""

import colorsys
import zlib
from dataclasses import dataclass, field

import numpy as np
import slicer
import vtk

from OrthoDiffusionLib.anatomy import Side, find_structure
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.scene import Provenance
from OrthoDiffusionSlicer.scene.GridImage import filled, matrixOf
from OrthoDiffusionSlicer.scene.StudyReader import matrixToWorld
from OrthoDiffusionSlicer.scene.VoxelHash import markOfSegment, sameMark, voxelMark

STRUCTURE, HASH, ORIGIN = (Provenance.PREFIX + name for name in ("Structure", "VoxelHash", "VoxelOrigin"))
CREATED = Provenance.PREFIX + "Created"
LABELMAP, SURFACE = "Binary labelmap", "Closed surface"

_UNKNOWN_TERMINOLOGY = (
    "Segmentation category and type - DICOM master list~SCT^123037004^Anatomical Structure"
    "~SCT^85756007^Tissue~^^~Anatomic codes - DICOM master list~^^~^^"
)


@dataclass
class SegmentationResult:
    """What happened to the segments of one analysis.

    Attributes:
        node: the segmentation node.
        written: structure name → id of the segment that holds the new prediction.
        kept: (segment name, reason) of each earlier segment that was left as it is.
        surfaces: segment id → closed surface of each kept segment that had one; taken out for the time being, or
            Slicer would make those of all new segments while the window waits.
        beside: why a new node was made beside the earlier one: ‘in_editor’, ‘transformed’, or empty for no reason.
    """

    node: object = None
    written: dict = field(default_factory=dict)
    kept: list = field(default_factory=list)
    surfaces: dict = field(default_factory=dict)
    beside: str = ""


class SegmentationWriter:
    """Writes one analysis's labels into the scene, in two parts: `prepare` looks, `commit` writes."""

    def __init__(self, scene, grid, findings, inputs):
        self.scene, self.grid, self.findings, self.inputs = scene, grid, findings, inputs
        self.image = None
        self.result = SegmentationResult()
        self.joint = findings["study"]["joint"]
        self._earlier = None
        self._keep = {}  # segment id of the earlier node → reason
        self._replace = []

    def prepare(self):
        """Make the shared image and see which earlier segments a person has touched; writes nothing. Yields."""
        self.image = orientedImage(self.grid)
        self._present = set()
        for slab in np.array_split(self.grid.array, 8):
            self._present |= set(np.flatnonzero(np.bincount(slab.ravel(), minlength=1)).tolist())
            yield
        yield from self._look()

    def _look(self):
        self._earlier, self._keep = self._newest(), {}
        if self._earlier is None:
            return
        segmentation = self._earlier.GetSegmentation()
        for segmentId in list(segmentation.GetSegmentIDs()):
            segment = segmentation.GetSegment(segmentId)
            ours = segment is not None and tag(segment, STRUCTURE)
            reason = whyKept(segment, predictedMark(self._earlier, segmentId)) if ours else None
            if reason:
                self._keep[segmentId] = reason
            yield

    def commit(self):
        """Write all segments at once; returns the SegmentationResult."""
        if self._newest() is not self._earlier:  # the panel and the console have analyzed the study at the same time
            for _step in self._look():
                pass
        node = self._earlier
        self.result.beside = whyBeside(self.scene, node) if node is not None else ""
        if self.result.beside:
            node, self._keep = None, {}
        fresh = node is None
        if fresh:
            name = Words.said(Message("node", "segmentation", {"joint": self.findings["study"]["joint"]}))
            node = self.scene.AddNewNodeByClass("vtkMRMLSegmentationNode", Provenance.freeName(self.scene, name))
            node.CreateDefaultDisplayNodes()
        self.result.node = node
        self._setReferenceGeometry(node, fresh)
        segmentation = node.GetSegmentation()
        wasModifying = node.StartModify()
        try:
            free = self._sortOut(segmentation)
            self._takeSurfaces(segmentation)
            for structure in self.findings["structures"]:
                if structure["label"] in self._present:
                    self._write(node, segmentation, structure, free.pop(structure["name"], None))
            for segmentId in free.values():  # predicted before, and not any more
                segmentation.RemoveSegment(segmentId)
        finally:
            node.EndModify(wasModifying)
        segmentation.InvokeEvent(slicer.vtkSegmentation.SourceRepresentationModified)
        Provenance.stamp(node, Provenance.SEGMENTATION, self.findings, self.inputs)
        display = node.GetDisplayNode()
        if display is not None and fresh:
            display.SetOpacity2DFill(0.35)
            display.SetPreferredDisplayRepresentationName2D(LABELMAP)
            display.SetPreferredDisplayRepresentationName3D(SURFACE)
        return self.result

    def marks(self):
        """Write the hash of each predicted segment on it, one a step; from our labels, not from the scene's."""
        labels = {entry["name"]: entry["label"] for entry in self.findings["structures"]}
        for name, segmentId in self.result.written.items():
            content, origin = voxelMark(self.grid.array == labels[name], self.grid.affine)
            if not self.scene.IsNodePresent(self.result.node):
                return
            segment = self.result.node.GetSegmentation().GetSegment(segmentId)
            if segment is not None:
                segment.SetTag(HASH, content)
                segment.SetTag(ORIGIN, origin)
            yield

    def _newest(self):
        """The segmentation node of the last analysis of the same study, None for none."""
        nodes = Provenance.madeByUs(self.scene, Provenance.SEGMENTATION, "vtkMRMLSegmentationNode")
        return Provenance.ofSameStudy(nodes, self.inputs)

    def _setReferenceGeometry(self, node, fresh):
        """Edits happen on the fused grid; the Segment Editor shows the first input volume."""
        volume = next(iter(self.inputs.values()), None)
        if fresh and volume is not None:
            node.SetReferenceImageGeometryParameterFromVolumeNode(volume)
        if fresh:
            converter = slicer.vtkSegmentationConverter
            node.GetSegmentation().SetConversionParameter(
                converter.GetReferenceImageGeometryParameterName(), converter.SerializeImageGeometry(self.image)
            )

    def _sortOut(self, segmentation):
        """Note what is kept; returns structure name → id of the untouched prediction that may be written anew."""
        free = {}
        for segmentId in list(segmentation.GetSegmentIDs()):
            segment = segmentation.GetSegment(segmentId)
            name = tag(segment, STRUCTURE)
            if not name:
                continue  # drawn by the user
            reason = self._keep.get(segmentId) or whyKept(segment)
            if reason:
                self.result.kept.append((segment.GetName(), reason))
            elif name not in free:
                free[name] = segmentId
            else:  # a prediction beside a kept segment that is free again: one is enough
                segmentation.RemoveSegment(segmentId)
        return free

    def _takeSurfaces(self, segmentation):
        for segmentId in segmentation.GetSegmentIDs():
            surface = segmentation.GetSegment(segmentId).GetRepresentation(SURFACE)
            if surface is not None:
                self.result.surfaces[segmentId] = surface
        segmentation.RemoveRepresentation(SURFACE)

    def _terminology(self, known):
        return (
            known.terminology_entry(Side.from_text(self.findings["study"]["side"])) if known else _UNKNOWN_TERMINOLOGY
        )

    def _write(self, node, segmentation, structure, segmentId):
        """One structure: into an untouched segment, which keeps its name and look, or as a new segment."""
        name = structure["name"]
        segment = segmentation.GetSegment(segmentId) if segmentId else self._newSegment(segmentation, name)
        # Segments are not removed and made again: Slicer would work through the whole labelmap for each of them.
        segment.SetLabelValue(structure["label"])
        segment.AddRepresentation(LABELMAP, self.image)
        segment.SetTag(HASH, "")
        bundle = self.findings["bundle"]
        segment.SetTag(Provenance.PREFIX + "Bundle", f"{bundle['name']} {bundle['version']}")
        segment.SetTag(Provenance.PREFIX + "BundleSHA256", bundle["sha256"])
        segment.SetTag(CREATED, self.findings["created"])
        segment.SetTag(Provenance.PREFIX + "Complete", str(bool(structure.get("complete", True))))
        logic = _segmentationsLogic()
        logic.SetSegmentStatus(segment, logic.InProgress)
        if not segmentId:
            beside, known = segmentation.GetSegment(name) is not None, knownStructure(name, self.joint)
            segmentId = segmentation.GenerateUniqueSegmentID(f"{name}_prediction") if beside else name
            segmentation.AddSegment(segment, segmentId)
            display = node.GetDisplayNode()
            if display is not None:
                display.SetSegmentVisibility(segmentId, not beside)
                display.SetSegmentOpacity3D(segmentId, 0.3 if known is not None and known.see_through else 1.0)
        self.result.written[name] = segmentId

    def _newSegment(self, segmentation, name):
        known = knownStructure(name, self.joint)
        title = Words.named(name, known.title if known else name.replace("_", " ").capitalize())
        if segmentation.GetSegment(name) is not None:
            title = Words.said(Message("node", "new_prediction", {"title": title}))
        colour = [channel / 255 for channel in known.colour] if known else colourOfName(name)
        segment = slicer.vtkSegment()
        segment.SetName(title)
        segment.SetColor(*colour)
        segment.SetTag(slicer.vtkSegment.GetTerminologyEntryTagName(), self._terminology(known))
        segment.SetTag(STRUCTURE, name)
        return segment


def orientedImage(grid):
    """The labels as Slicer's oriented image; a copy, so that edits in the scene never reach our prediction."""
    image = filled(slicer.vtkOrientedImageData(), grid)
    image.SetGeometryFromImageToWorldMatrix(matrixOf(grid))
    return image


def markOf(segment):
    """The note on a segment of which voxels it was predicted as; empty until the analysis has written it."""
    return tag(segment, HASH), tag(segment, ORIGIN)


def predictedMark(node, segmentId):
    """The hash and place of the voxels that a segment of a node was predicted as; empty if nothing is known of them.

    Between the segments and the notes on them somebody may have saved the scene or begun the next analysis; the kept
    prediction came with the segments.
    """
    mark = markOf(node.GetSegmentation().GetSegment(segmentId))
    hidden = node.GetNodeReference(Provenance.PREDICTION_ROLE)
    kept = hidden.GetSegmentation().GetSegment(segmentId) if hidden is not None else None
    return mark if mark[0] or kept is None else markOfSegment(kept)


def whyKept(segment, predicted=None):
    """Why a segment must not be replaced, None if it still is the prediction as it came.

    Args:
        segment: a segment that an analysis wrote.
        predicted: its `predictedMark`; None to look at the status only, not at the voxels.
    """
    logic = _segmentationsLogic()
    status = logic.GetSegmentStatus(segment)
    if status == logic.Completed:
        return "marked_completed"
    if status == logic.Flagged:
        return "flagged"
    if predicted is None:
        return None
    if not predicted[0] or not sameMark(predicted, markOfSegment(segment)):
        return "edited"
    return None


def _segmentationsLogic():
    """Looked up when it is needed: Slicer reads this file when its Segmentations module may not be there yet."""
    return slicer.vtkSlicerSegmentationsModuleLogic


def isBeingEdited(scene, node):
    """Whether the node is open in a Segment Editor with an effect in hand."""
    count = scene.GetNumberOfNodesByClass("vtkMRMLSegmentEditorNode")
    editors = [scene.GetNthNodeByClass(index, "vtkMRMLSegmentEditorNode") for index in range(count)]
    return any(editor.GetSegmentationNode() is node and editor.GetActiveEffectName() for editor in editors)


def whyBeside(scene, node):
    """Why a segmentation node can take up no new analysis, an empty text if it can.

    A transform would move the new outlines once more: they are where the images lie now, transforms included.
    """
    if isBeingEdited(scene, node):
        return "in_editor"
    toWorld = matrixToWorld(node)
    return "" if toWorld is not None and np.allclose(toWorld, np.eye(4), atol=1e-6) else "transformed"


def tag(segment, name):
    """One tag of a segment, an empty string if it has none."""
    value = vtk.reference("")
    return str(value) if segment.GetTag(name, value) else ""


def removeAllSegments(segmentation):
    """All segments of a vtkSegmentation, at once: of those that share a labelmap Slicer would work through all of it
    once more for each."""
    for segmentId in segmentation.GetSegmentIDs():
        segmentation.GetSegment(segmentId).RemoveAllRepresentations()
    segmentation.RemoveAllSegments()


def knownStructure(name, joint):
    """The Structure of our vocabulary for a joint, None for one that only the bundle knows."""
    return find_structure(name, joint)


def colourOfName(name):
    """A colour for a structure that is not in our vocabulary: always the same for the same name."""
    return colorsys.hsv_to_rgb(zlib.crc32(name.encode()) % 360 / 360, 0.5, 0.9)
