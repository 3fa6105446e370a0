"""Volume nodes → the folder that the worker reads, and the request that names it; in small steps."""

from dataclasses import replace
from pathlib import Path

from OrthoDiffusionLib.errors import StudyError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.service.protocol import Analyze, Options
from OrthoDiffusionLib.volumes import Plane
from OrthoDiffusionLib.volumes.files.study_folder import SentVolume, write_study_in_steps
from OrthoDiffusionSlicer.scene.StudyReader import MADE_BY_US, arrayOf, outlineFromNode


class StudySender:
    """Writes the voxels and places of the chosen nodes; the worker takes them from there.

    Args:
        folder: of the study, to be made; the results come beside it later.
        nodes: plane name → volume node; one node may serve several planes.
        side: Side that the user says, None for automatic.
        byHand: names of the planes whose volume a person chose; None for all. The others are chosen anew by the worker,
            which sees the voxels: it may register or leave out what does not fit, and never what a person chose.
        sources: node → the DICOM images that it was loaded from, for DICOM objects; None if none are wanted.
    """

    def __init__(self, folder, nodes, side=None, byHand=None, sources=None):
        self.sources = sources or {}
        self.folder, self.nodes, self.side = Path(folder), nodes, side
        self.byHand = set(nodes) if byHand is None else set(byHand)

    def steps(self):
        """Write; yields after every few milliseconds.

        Raises:
            OrthoDiffusionError: if a volume cannot be analyzed, or the disk is full.
        """
        outlines, sent = {}, []
        for plane, node in self.nodes.items():
            if node not in outlines:
                outlines[node] = self._outline(node)
                yield
            voxels = arrayOf(node).transpose(2, 1, 0)  # a view of the scene's memory, which is written as it lies
            sent.append(SentVolume(Plane(plane) if plane in self.byHand else None, outlines[node], voxels))
        yield from write_study_in_steps(self.folder, sent, side=self.side, joint=None)  # the bundle's

    def request(self, bundle=None, clinical=None, options=None):
        """What to ask the worker once everything is written.

        Args:
            bundle: folder or name of a bundle, None for the default.
            clinical: what the referral says: age, sex, trauma → value; any may be missing.
            options: Options of device, precision and threads; None for the defaults.

        Returns:
            Analyze.
        """
        return Analyze(
            {"study": str(self.folder)},
            str(self.folder.with_name("results")),
            str(bundle) if bundle else None,
            replace(options or Options(), arrays=True, clinical=dict(clinical or {})),
        )

    def _outline(self, node):
        if node.GetAttribute(MADE_BY_US):
            raise StudyError(Message("scene", "own_result"), where=Message("volume", values={"name": node.GetName()}))
        return replace(outlineFromNode(node), sources=self.sources.get(node, ()))
