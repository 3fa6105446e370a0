"""A results folder → nodes a person can trust; the same code in Slicer, in the console and without a window."""

from dataclasses import dataclass, field

from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.measuring import MeasurementRows, OutlineFiles, ReaderValues
from OrthoDiffusionSlicer.scene import FindingsNodes, StudyFolder
from OrthoDiffusionSlicer.scene.corrections import KeptOutlines
from OrthoDiffusionSlicer.scene.FindingsNodes import FindingsWriter
from OrthoDiffusionSlicer.scene.ResultsFolder import ResultsFolder
from OrthoDiffusionSlicer.scene.SegmentationWriter import SegmentationWriter, orientedImage


@dataclass
class AnalysisNodes:
    """What one analysis left in the scene.

    Attributes:
        segmentation: the segmentation node.
        table: the findings table node.
        evidence: finding name → heat map volume node.
        segments: structure name → id of the segment with the new prediction.
        surfaces: segment id → closed surface of kept segments, to be given back.
        messages: Notices: what was kept and why.
    """

    segmentation: object = None
    table: object = None
    evidence: dict = field(default_factory=dict)
    segments: dict = field(default_factory=dict)
    surfaces: dict = field(default_factory=dict)
    messages: list = field(default_factory=list)

    @property
    def findings(self):
        """FindingRow of each line of the table."""
        return FindingsNodes.rowsOf(self.table)

    @property
    def warnings(self):
        """What the analysis warned of: dicts of code, what, where, remedy."""
        return FindingsNodes.warningsOf(self.table)


class SceneWriter:
    """Brings one results folder into a scene.

    Reading and looking take many small steps and change nothing; writing is one step, so a scene never holds half
    an analysis.

    Args:
        scene: the MRML scene.
        folder: a complete results folder.
        inputs: plane name → the volume node that served it; nodes that left the scene are left out.
    """

    def __init__(self, scene, folder, inputs):
        self.scene = scene
        self.results = ResultsFolder(folder)
        self.inputs = {plane: node for plane, node in inputs.items() if node and scene.IsNodePresent(node)}
        self.nodes = None

    def steps(self):
        """Do everything, yielding after every few milliseconds; `nodes` is set once the scene has been written.

        The hashes of the predicted voxels follow after that, while the segments can already be seen.

        Raises:
            OrthoDiffusionError: if the folder cannot be read; the scene is unchanged then.
        """
        yield from self.results.steps()
        findings = self.results.findings
        segments = SegmentationWriter(self.scene, self.results.labels, findings, self.inputs)
        yield from segments.prepare()
        asPredicted = orientedImage(self.results.labels)  # of its own: edits change the image of the segments
        yield
        self.inputs = {plane: node for plane, node in self.inputs.items() if self.scene.IsNodePresent(node)}
        segments.inputs = self.inputs
        written = segments.commit()
        KeptOutlines.keepPredictions(self.scene, written.node, asPredicted, written.written)
        nodes = AnalysisNodes(
            written.node, segments=written.written, surfaces=written.surfaces, messages=_messages(written)
        )
        yield
        nodes.table, nodes.evidence = FindingsWriter(self.scene, findings, self.results.evidence, self.inputs).commit()
        for message in nodes.messages:
            FindingsNodes.addWarning(nodes.table, message)
        nodes.table.SetNodeReferenceID("OrthoDiffusion.Segmentation", written.node.GetID())
        OutlineFiles.noteGrid(nodes.table, self.results.labels)
        ReaderValues.setCorrected(nodes.table, bool(written.kept))  # kept outlines are not those that were measured
        study = StudyFolder.gather(
            self.scene,
            _studyTitle(findings["study"]),
            list(self.inputs.values()),
            [nodes.segmentation, nodes.table, *nodes.evidence.values()],
        )
        yield
        for made in MeasurementRows.drawAll(self.scene, nodes.table):
            StudyFolder.gatherIn(self.scene, study, StudyFolder.MEASUREMENTS, made)
            yield
        self.nodes = nodes
        yield
        yield from segments.marks()
        if self.scene.IsNodePresent(written.node):
            KeptOutlines.keepMarks(written.node, written.written)

    def write(self):
        """`steps` in one go, for scripts; returns the AnalysisNodes."""
        for _ in self.steps():
            pass
        return self.nodes


def _studyTitle(study):
    if not study["side"]:
        return Words.title(study["joint"])
    return Words.said(Message("node", "study", {"joint": study["joint"], "side": study["side"]}))


def _messages(written):
    messages, name = [], written.node.GetName()
    if written.beside == "in_editor":
        messages.append(Notice("segments_kept", "in_editor", values={"name": name}))
    if written.beside == "transformed":
        messages.append(Notice("segments_kept", "transformed", values={"name": name}))
    messages += [Notice("segments_kept", values={"name": name, "how": reason}) for name, reason in written.kept]
    return messages
