"""One analysis from a click to the scene: send, compute, bring in, surfaces; each can be stopped at any moment."""

import os
from dataclasses import replace

import qt
import slicer
from slicer.i18n import tr as _

from OrthoDiffusionLib.errors import OrthoDiffusionError, OutputError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.panel import KeptObjects, Settings
from OrthoDiffusionSlicer.scene.SceneWriter import SceneWriter
from OrthoDiffusionSlicer.scene.StudyReader import sourcesOf
from OrthoDiffusionSlicer.scene.SurfaceProcess import SurfaceProcess
from OrthoDiffusionSlicer.Signal import Signal
from OrthoDiffusionSlicer.StepRunner import StepRunner
from OrthoDiffusionSlicer.worker.AnalysisProcess import AnalysisProcess
from OrthoDiffusionSlicer.worker.SentVolumes import SentVolumes
from OrthoDiffusionSlicer.worker.StudySender import StudySender
from OrthoDiffusionSlicer.worker.TemporaryFolder import removeFolder, temporaryFolder

IDLE, SENDING, COMPUTING, ARRIVING = "idle", "sending", "computing", "arriving"


class AnalysisRun:
    """Analyzes one study at a time without ever holding up Slicer's window.

    Attributes:
        progressed: Signal(fraction, message).
        finished: Signal(AnalysisNodes): everything can be seen on the slices.
        surfacesDone: Signal(problem): an empty text, or why there are none.
        failed: Signal(OrthoDiffusionError); the scene is as it was.
        cancelled: Signal(reason), an empty text if the user asked for it; the scene is as it was.
        worker: the AnalysisProcess; warm between runs.
        state: IDLE, SENDING, COMPUTING or ARRIVING.
    """

    def __init__(self, scene=None):
        self.scene = scene or slicer.mrmlScene
        self.progressed, self.finished, self.surfacesDone = Signal(), Signal(), Signal()
        self.failed, self.cancelled = Signal(), Signal()
        self.worker = AnalysisProcess()
        self.worker.progressed.connect(self._onProgress)
        self.worker.finished.connect(self._onWorkerFinished)
        self.worker.failed.connect(self._onWorkerFailed)
        self.worker.cancelled.connect(self._onWorkerCancelled)
        self.worker.quiet.connect(self._onQuiet)
        self.steps = StepRunner()
        self._laterSteps = StepRunner()  # hashes and surfaces, after the results can be seen
        self._surfaces = SurfaceProcess()
        self._surfaces.finished.connect(self._onSurfaces)
        self.state = IDLE
        self._folder, self._objectsTo = None, ""
        self._asked = False  # whether the worker's news are about this run: it may have other work before

    @property
    def busy(self):
        return self.state != IDLE

    def start(self, nodes, *, side=None, byHand=None, bundle=None, clinical=None, show3D=True):
        """Begin; the rest is reported by the Signals. Does nothing while another analysis runs.

        Args:
            nodes: plane name → volume node.
            side: Side that the user says, None for automatic.
            byHand: names of the planes that the user chose, None for all.
            bundle: folder or name of a bundle, None for the default.
            clinical: what the referral says: age, sex, trauma → value; any may be missing.
            show3D: make surfaces afterwards.
        """
        if self.busy:
            return
        self._stopLater()
        self.state = SENDING
        self._nodes, self._show3D = dict(nodes), show3D
        try:
            self._sent = SentVolumes(self.scene, nodes)
            self._folder = temporaryFolder("joint-")
            self._objectsTo = Settings.dicomFolder()
            sources = {node: sourcesOf(node) for node in nodes.values()} if self._objectsTo else {}
            sender = StudySender(os.path.join(self._folder, "study"), nodes, side, byHand, sources)
            # Of volumes that do not come from Slicer's DICOM database there is nothing that objects could refer to.
            options = replace(Settings.options(), dicom=any(sources.values()))
            self._request = sender.request(bundle, clinical, options)
        except OrthoDiffusionError as error:
            self._fail(error)
            return
        self.progressed(0.0, _("Reading the volumes"))
        self.steps.run(sender.steps(), self._compute, self._fail)

    def cancel(self):
        """Stop as the user asked; a `cancelled` Signal follows, within two seconds."""
        if self.state == COMPUTING and self._asked:
            self.progressed(None, _("Cancelling"))
            self.worker.cancel()
        elif self.busy:
            self._cancel("")

    def abort(self, reason):
        """Stop at once, for a reason that is not the user's; the worker is ended, the scene is not touched.

        Args:
            reason: a sentence for the user.
        """
        self._stopLater()
        if self.busy:
            if self._asked:
                self.worker.stop()
            self._cancel(reason)

    def close(self):
        """The panel goes away: end everything silently and leave no process and no file."""
        self.steps.stop()
        self._stopLater()
        self.worker.stop()
        self._tidy()
        self.state, self._asked = IDLE, False

    def _compute(self):
        """Ask the worker, now or as soon as it has let go of what nobody waits for: a case of the worklist."""
        self.state = COMPUTING
        if self.worker.busy:
            self.worker.cancel()
            return
        self._asked = True
        try:
            self.worker.analyze(self._request)
        except OrthoDiffusionError as error:
            self._fail(error)

    def _onProgress(self, stage, fraction, message):
        if self._asked:
            self.progressed(fraction, message)

    def _onWorkerFinished(self, folder):
        if self._asked:
            self._asked = False
            self._onResult(folder)
        else:
            self._takeTurn()

    def _onWorkerFailed(self, error):
        if self._asked:
            self._fail(error)
        else:
            self._takeTurn()

    def _onWorkerCancelled(self):
        if self._asked:
            self._cancel("")
        else:
            self._takeTurn()

    def _takeTurn(self):
        """The worker is free, once everybody has heard so."""
        if self.state == COMPUTING:
            qt.QTimer.singleShot(0, self._computeIfWaiting)

    def _computeIfWaiting(self):
        if self.state == COMPUTING and not self._asked:
            self._compute()

    def _onResult(self, folder):
        self.state = ARRIVING
        self.progressed(1.0, _("Loading the results into the scene"))
        self._writer = SceneWriter(self.scene, folder, self._nodes)
        self._rest = self._writer.steps()
        self.steps.run(self._untilWritten(), self._onWritten, self._fail)

    def _untilWritten(self):
        """The writer's steps until the results can be seen."""
        while self._writer.nodes is None:
            next(self._rest)
            yield

    def _onWritten(self):
        folder, problem = self._keepObjects()  # before the worker's folder is gone
        self._sent.note(self.scene, self._writer.nodes.table)
        self.state = IDLE
        self._laterSteps.run(self._rest, self._makeSurfaces, self._failLater)
        self.finished(self._writer.nodes)
        if folder is not None:
            try:
                KeptObjects.addToDatabase(folder)
            except OrthoDiffusionError as error:
                problem = error
        if problem is not None:
            self.failed(problem)

    def _keepObjects(self):
        """Where the DICOM objects were left, None for nowhere; and the OutputError that says why, None for none."""
        try:
            folder = KeptObjects.keepObjects(self._writer.results.folder, self._objectsTo)
        except OutputError as error:
            return None, error
        if folder is not None:
            KeptObjects.note(self._writer.nodes.table, folder)
        return folder, None

    def _makeSurfaces(self):
        nodes = self._writer.nodes
        if not self._show3D or not self.scene.IsNodePresent(nodes.segmentation):
            self._tidy()
            return
        labels = {entry["name"]: entry["label"] for entry in self._writer.results.findings["structures"]}
        labelOfSegment = {segmentId: labels[name] for name, segmentId in nodes.segments.items()}
        try:
            self._surfaces.start(self._writer.results.folder, nodes.segmentation, labelOfSegment, nodes.surfaces)
        except (OrthoDiffusionError, OSError) as error:
            self._onSurfaces(Words.error(error))

    def _onSurfaces(self, problem):
        if problem:
            self._endSurfaces(problem)
        else:
            self._laterSteps.run(self._surfaces.steps(), lambda: self._endSurfaces(""), self._failLater)

    def _failLater(self, error):
        self._endSurfaces(Words.error(error))

    def _endSurfaces(self, problem):
        self._surfaces.tidy()
        self._tidy()
        self.surfacesDone(problem)

    def _onQuiet(self, seconds):
        if not self._asked:
            return
        self.progressed(None, _("The worker has not reported for {n} s; it may be busy, ‘Cancel’ stops it").format(
            n=int(seconds)))  # fmt: skip

    def _fail(self, error):
        self._end()
        if not isinstance(error, OrthoDiffusionError):
            values = {"kind": type(error).__name__, "error": error}
            error = OrthoDiffusionError(Message("worker", "unexpected", values))
        self.failed(error)

    def _cancel(self, reason):
        self._end()
        self.cancelled(reason)

    def _end(self):
        self.state, self._asked = IDLE, False
        self.steps.stop()
        self._tidy()

    def _stopLater(self):
        self._laterSteps.stop()
        self._surfaces.stop()
        self._tidy()

    def _tidy(self):
        folder, self._folder = self._folder, None
        removeFolder(folder)
