"""The corrected case that is shown, exported as a row of a table that a bundle can learn from."""

import os
from dataclasses import replace

import numpy as np
from slicer.i18n import tr as _

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.service.handed_correction import (
    STUDY_FOLDER,
    HandedCorrection,
    HandedStructure,
    write_correction_in_steps,
)
from OrthoDiffusionSlicer.scene import FindingsNodes, Provenance, StudyReader
from OrthoDiffusionSlicer.scene.corrections import KeptOutlines
from OrthoDiffusionSlicer.scene.corrections.HandedOutlines import gridOf, handedStructure, outlineIds, structureOf
from OrthoDiffusionSlicer.scene.VoxelHash import voxelMark
from OrthoDiffusionSlicer.Signal import Signal
from OrthoDiffusionSlicer.StepRunner import StepRunner
from OrthoDiffusionSlicer.worker.LibraryJob import LibraryJob
from OrthoDiffusionSlicer.worker.StudySender import StudySender
from OrthoDiffusionSlicer.worker.TemporaryFolder import removeFolder, temporaryFolder


class CorrectionExport:
    """Exports one case after the other; the window never waits.

    Attributes:
        changed: Signal().
        problem: the OrthoDiffusionError of the last export, None for none.
        exported: what the last export wrote: dict of table, case, number, updated, edited, covered; None for none.
        job: the LibraryJob that writes.
    """

    def __init__(self):
        self.changed = Signal()
        self.problem = self.exported = self._folder = None
        self.message = ""
        self.job = LibraryJob()
        self.job.progressed.connect(self._onProgress)
        self.job.done.connect(self._onDone)
        self.job.failed.connect(self._onFailed)
        self.job.cancelled.connect(lambda: self._end())
        self._steps = StepRunner()

    @property
    def busy(self):
        return self._steps.busy or self.job.busy

    def start(self, results, folder, *, case, patient, reader, allReviewed):
        """Begin; `changed` says when it is done.

        Args:
            results: ShownResults.
            folder: of the table.
            case, patient: names of both, that name no person.
            reader: who corrected; may be empty.
            allReviewed: whether the reader says that every outline is right as it is now.
        """
        if self.busy:
            return
        self.problem = self.exported = None
        self.message = _("Reading the outlines")
        try:
            facts, nodes = _factsOf(results, case, patient, reader), _volumesOf(results)
            self._folder = temporaryFolder("correction-")
        except OrthoDiffusionError as error:
            self._onFailed(error)
            return
        self._arguments = ["corrections", "export", "--handed", self._folder, "--to", folder]
        steps = _handOver(results, self._folder, facts, nodes, allReviewed)
        self._steps.run(steps, self._startJob, self._onFailed)
        self.changed()

    def stop(self):
        """End it silently; what was exported before stays."""
        self._steps.stop()
        self.job.stop()
        self._end()

    def _startJob(self):
        try:
            self.job.start(self._arguments)
        except OrthoDiffusionError as error:
            self._onFailed(error)

    def _onProgress(self, fraction, message):
        self.message = message
        self.changed()

    def _onDone(self, result):
        self.exported = result
        self._end()

    def _onFailed(self, error):
        self.problem = error if isinstance(error, OrthoDiffusionError) else OrthoDiffusionError(str(error))
        self._end()

    def _end(self):
        self.message = ""
        folder, self._folder = self._folder, None
        removeFolder(folder)
        self.changed()


def caseNameOf(results):
    """A name for the case that is the same whenever its images are loaded, and names nobody; quick."""
    nodes = Provenance.inputsOf(results.table)
    if not nodes:
        return ""
    node = next(iter(nodes.values()))
    array = StudyReader.arrayOf(node)
    middle = np.ascontiguousarray(array[len(array) // 2])
    matrix = StudyReader.worldMatrix(node) if node.GetParentTransformNode() is None else np.eye(4)
    return f"case-{voxelMark(middle[None] > middle.mean(), matrix)[0][:8]}"


def patientOf(results):
    """A key of the patient that names nobody, from the DICOM headers; empty where they do not say."""
    digests = set()
    for node in Provenance.inputsOf(results.table).values():
        try:
            digests.add(StudyReader.outlineFromNode(node).origin.patient)
        except OrthoDiffusionError:
            continue
    digests.discard("")
    return digests.pop() if len(digests) == 1 else ""


def _volumesOf(results):
    """Plane name → volume node of the analysis.

    Raises:
        OrthoDiffusionError: if one has left the scene: the label maps belong on its grid.
    """
    nodes = Provenance.inputsOf(results.table)
    content = FindingsNodes.resultsOf(results.table)
    missing = [plane for plane in content["study"]["planes"] if plane not in nodes]
    if missing:
        raise OrthoDiffusionError(
            _("The {planes} volume of this analysis is no longer in the scene").format(planes=", ".join(missing)),
            remedy=_("Load it again and analyze the study again; your edits are kept."),
        )
    return nodes


def _factsOf(results, case, patient, reader):
    """What the library should know beside voxels.

    Raises:
        OrthoDiffusionError: if a version before this one made the results.
    """
    content = FindingsNodes.resultsOf(results.table)
    if content is None or results.segmentation is None or not KeptOutlines.areKnown(results.segmentation):
        raise OrthoDiffusionError(
            _("These results hold no prediction to compare with"),
            where=results.table.GetName(),
            remedy=_("Analyze the study again; your edits are kept."),
        )
    study = content["study"]
    return {
        "name": case, "patient": patient, "reader": reader, "joint": study["joint"], "side": study["side"],
        "bundle": content["bundle"], "predicted": content["created"],
        "labels": {entry["name"]: entry["label"] for entry in content["structures"]},
    }  # fmt: skip


def _handOver(results, folder, facts, nodes, allReviewed):
    """Write volumes and outlines, in steps of a few milliseconds."""
    sender = StudySender(os.path.join(folder, STUDY_FOLDER), nodes)
    yield from sender.steps()
    node, structures = results.segmentation, []
    deleted = KeptOutlines.beganAsPrediction(node)
    chosen = yield from _chosenSegments(node)
    for name, label in facts["labels"].items():
        handed = HandedStructure(name, label, None, None)  # neither predicted nor drawn
        if name in chosen:
            handed = handedStructure(node, chosen[name], name, label)
        if handed.after is None and not handed.reviewed and not deleted:  # nothing is known of it: it teaches nothing
            structures.append(replace(handed, after=handed.before))
        else:
            structures.append(replace(handed, reviewed=True) if allReviewed else handed)
        yield
    grid = gridOf(node)
    yield from write_correction_in_steps(folder, HandedCorrection(tuple(structures), facts, grid))


def _chosenSegments(node):
    """Structure name → the segment that speaks for it: the one a person worked on, else the prediction; one a step."""
    chosen = {}
    for segmentId in outlineIds(node):
        yield
        segment = node.GetSegmentation().GetSegment(segmentId)
        touched = segment is None or KeptOutlines.isReviewed(segment) or KeptOutlines.isEdited(node, segmentId)
        name = structureOf(node, segmentId)
        if name not in chosen or (touched and not chosen[name][1]):
            chosen[name] = (segmentId, touched)
    return {name: segmentId for name, (segmentId, _touched) in chosen.items()}
