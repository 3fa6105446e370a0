"""How far each outline is from its prediction: looked at in small steps, measured in a process of its own."""

from dataclasses import dataclass

import numpy as np
import qt
import slicer
from slicer.util import VTKObservationMixin

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.service.handed_correction import HandedCorrection, write_correction_in_steps
from OrthoDiffusionSlicer.scene.corrections import KeptOutlines
from OrthoDiffusionSlicer.scene.corrections.HandedOutlines import handedStructure, outlineIds
from OrthoDiffusionSlicer.scene.SegmentationWriter import LABELMAP
from OrthoDiffusionSlicer.Signal import Signal
from OrthoDiffusionSlicer.StepRunner import StepRunner
from OrthoDiffusionSlicer.worker.LibraryJob import LibraryJob
from OrthoDiffusionSlicer.worker.TemporaryFolder import removeFolder, temporaryFolder

UNEDITED, EDITED, DELETED, DRAWN, NOT_HELD = "unedited", "edited", "deleted", "drawn", "not_held"
_SETTLE_MS = 600  # a stroke of the brush is many events


@dataclass(frozen=True)
class OutlineRow:
    """One structure of the table.

    Attributes:
        segmentId: of the segment.
        title: its name.
        state: UNEDITED, EDITED, DELETED, DRAWN where the prediction had nothing, or NOT_HELD where the outlines began
            as a label map that never had this one.
        reviewed: whether a person has marked it as completed.
        setAside: how many edits of it are kept.
        change: what the library measured, a dict of `StructureChange`; None while it is not known.
    """

    segmentId: str
    title: str
    state: str
    reviewed: bool
    setAside: int
    change: dict | None


class Comparison(VTKObservationMixin):
    """The outlines of one segmentation against their predictions, kept up to date while somebody looks.

    Attributes:
        changed: Signal().
        rows: OutlineRows, in the order of the segmentation.
        problem: the OrthoDiffusionError that kept something from being measured, None for none.
        job: the LibraryJob that measures.
    """

    def __init__(self):
        VTKObservationMixin.__init__(self)
        self.changed = Signal()
        self.rows, self.problem = [], None
        self.job = LibraryJob()
        self.job.done.connect(self._onMeasured)
        self.job.failed.connect(self._onFailed)
        self._node = self._folder = None
        self._wanted = self._stale = False
        self._looked = {}  # segment ID → (what it was seen by, whether edited, its change or None)
        self._steps = StepRunner()
        self._settle = qt.QTimer()
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.connect("timeout()", self._look)

    @property
    def node(self):
        """The segmentation that is compared, None for none."""
        return self._node

    @property
    def known(self):
        """Whether the segmentation has predictions to compare with: one of an earlier version has none."""
        return self._node is not None and KeptOutlines.areKnown(self._node)

    @property
    def busy(self):
        """Whether the table is not up to date yet."""
        return self._stale or self._steps.busy or self.job.busy

    def follow(self, node):
        """Compare the outlines of another segmentation node, or of none."""
        if node is self._node:
            return
        self.removeObservers()
        self._stop()
        self._node, self.rows, self._looked, self.problem = node, [], {}, None
        if node is not None:
            kind = slicer.vtkSegmentation
            for event in (kind.SegmentAdded, kind.SegmentRemoved, kind.SegmentModified,
                          kind.SourceRepresentationModified):  # fmt: skip
                self.addObserver(node.GetSegmentation(), event, self._onEdited)
        self._stale = node is not None
        if self._wanted:
            self._look()

    def want(self, wanted):
        """Whether somebody looks at the table; nothing is computed for a table that is closed."""
        self._wanted = wanted
        if not wanted:
            self._settle.stop()
        if wanted and self._stale and not self._settle.isActive():
            self._look()

    def again(self):
        """Look at everything at once: something here has changed an outline."""
        self._stale = self._node is not None
        if self._wanted:
            self._look()

    def close(self):
        """The panel goes away."""
        self.removeObservers()
        self._stop()
        self._node = None

    def _onEdited(self, caller, event):
        self._stale = True
        if self._wanted:
            self._stop()
            self._settle.start()

    def _stop(self):
        self._settle.stop()
        self._steps.stop()
        self.job.stop()
        self._tidy()

    def _look(self):
        self._stop()
        if self._node is None or not self.known:
            self._stale = False
            self.rows = []
            self.changed()
            return
        self._steps.run(self._lookSteps(), self._onLooked, self._onFailed)

    def _lookSteps(self):
        """See which outlines are edited, one a step; those that have not changed are not looked at again."""
        segments = self._node.GetSegmentation()
        for segmentId in outlineIds(self._node):
            segment = segments.GetSegment(segmentId)
            seenBy = _seenBy(segment)
            if self._looked.get(segmentId, (None,))[0] != seenBy:
                self._looked[segmentId] = (seenBy, *self._state(segmentId, segment))
            yield

    def _state(self, segmentId, segment):
        if segment is None and not KeptOutlines.beganAsPrediction(self._node):
            return NOT_HELD, _nothing(KeptOutlines.predictionOf(self._node, segmentId))
        if segment is None:
            return DELETED, None
        if KeptOutlines.predictionOf(self._node, segmentId) is None:
            return DRAWN, None
        if KeptOutlines.isEdited(self._node, segmentId):
            return EDITED, None
        voxels = KeptOutlines.voxelsOf(segment)
        return UNEDITED, _unchanged(voxels)

    def _onLooked(self):
        self._stale = False
        self._fill()
        todo = [row.segmentId for row in self.rows if row.change is None]
        self.changed()
        if todo:
            self._measure(todo)

    def _fill(self):
        node = self._node
        rows = []
        for segmentId in outlineIds(node):
            segment = node.GetSegmentation().GetSegment(segmentId)
            shown = segment if segment is not None else KeptOutlines.predictionOf(node, segmentId)
            _, state, change = self._looked[segmentId]
            reviewed = segment is not None and KeptOutlines.isReviewed(segment)
            setAside = len(KeptOutlines.editsOf(node, segmentId))
            rows.append(OutlineRow(segmentId, shown.GetName(), state, reviewed, setAside, change))
        self.rows = rows

    def _measure(self, segmentIds):
        try:
            self._folder = temporaryFolder("outlines-")
        except OrthoDiffusionError as error:
            self._onFailed(error)
            return
        self._steps.run(self._handOver(segmentIds), self._startJob, self._onFailed)

    def _handOver(self, segmentIds):
        structures = []
        for segmentId in segmentIds:
            structures.append(handedStructure(self._node, segmentId, segmentId))
            yield
        yield from write_correction_in_steps(self._folder, HandedCorrection(tuple(structures)))

    def _startJob(self):
        try:
            self.job.start(["corrections", "compare", "--handed", self._folder])
        except OrthoDiffusionError as error:
            self._onFailed(error)

    def _onMeasured(self, result):
        self._tidy()
        self.problem = None
        for segmentId, change in result["structures"].items():
            if segmentId in self._looked:
                seenBy, state, _ = self._looked[segmentId]
                self._looked[segmentId] = (seenBy, state, change)
        self._fill()
        self.changed()

    def _onFailed(self, error):
        self._tidy()
        self._stale = False
        self.problem = error if isinstance(error, OrthoDiffusionError) else OrthoDiffusionError(str(error))
        self.changed()

    def _tidy(self):
        folder, self._folder = self._folder, None
        removeFolder(folder)


def _seenBy(segment):
    """What tells whether a segment's voxels are still those that were looked at."""
    if segment is None:
        return None
    image = segment.GetRepresentation(LABELMAP)
    return (image, image.GetMTime() if image is not None else 0, segment.GetLabelValue(), KeptOutlines.markOf(segment))


def _nothing(prediction):
    """Of an outline that nobody was asked for: there is nothing to compare."""
    missing = dict.fromkeys(("dice", "mean_mm", "hd95_mm", "after_ml"))
    return {**_unchanged(KeptOutlines.voxelsOf(prediction)), **missing}


def _unchanged(voxels):
    """What the library would measure of an outline that is its prediction."""
    millilitres = 0.0
    if voxels is not None:
        mask, affine = voxels
        millilitres = float(mask.sum()) * abs(float(np.linalg.det(affine[:3, :3]))) / 1000.0
    exact = (1.0, 0.0, 0.0) if voxels is not None else (None, None, None)
    names = ("dice", "mean_mm", "hd95_mm")
    return {
        "changed": False, **dict(zip(names, exact, strict=True)), "before_ml": millilitres, "after_ml": millilitres,
        "added_ml": 0.0, "removed_ml": 0.0,
    }  # fmt: skip
