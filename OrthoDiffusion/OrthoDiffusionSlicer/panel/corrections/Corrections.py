"""What a person made of the outlines: compared with the prediction, restored, shown, exported, learned from."""

from slicer.i18n import tr as _

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionSlicer.panel.corrections.Comparison import Comparison
from OrthoDiffusionSlicer.panel.corrections.CorrectionExport import CorrectionExport
from OrthoDiffusionSlicer.panel.corrections.FineTuning import FineTuning
from OrthoDiffusionSlicer.panel.corrections.RestoredSurface import RestoredSurface
from OrthoDiffusionSlicer.panel.corrections.TrainingRequirements import TrainingRequirements
from OrthoDiffusionSlicer.scene import Provenance
from OrthoDiffusionSlicer.scene.corrections import KeptOutlines
from OrthoDiffusionSlicer.scene.corrections.DifferenceNodes import ADDED, REMOVED, DifferenceNodes
from OrthoDiffusionSlicer.Signal import Signal
from OrthoDiffusionSlicer.StepRunner import StepRunner


class Corrections:
    """The corrections of the results that are shown.

    Args:
        scene: the MRML scene.
        software: Software.

    Attributes:
        changed: Signal().
        comparison: Comparison. export: CorrectionExport. fineTuning: FineTuning.
        difference: whether what was added and removed is shown over the slices.
        problem: the OrthoDiffusionError of the difference view, None for none.
        surface: RestoredSurface.
    """

    def __init__(self, scene, software):
        self.changed = Signal()
        self._scene = scene
        self.comparison, self.export = Comparison(), CorrectionExport()
        own = software.requirements
        training = TrainingRequirements(
            own.path.with_name("requirements-training.txt"),
            ask=lambda text: own.ask(text),
            pip=lambda arguments: own.pip(arguments),
        )
        self.fineTuning = FineTuning((own, training))
        self.difference, self.problem = False, None
        self.surface = RestoredSurface()
        self._nodes, self._steps, self._results = DifferenceNodes(scene), StepRunner(), None
        self.comparison.changed.connect(self._onCompared)
        self.export.changed.connect(self._tell)
        self.fineTuning.changed.connect(self._tell)

    def follow(self, results):
        """Show the corrections of other ShownResults, or of none; called at every change of the session."""
        node = results.segmentation if results is not None else None
        if node is not self.comparison.node:
            self.surface.stop()
            self._hide()
            self.difference = False
        self.comparison.follow(node)
        if results is not self._results:
            self._results = results
            if not self.export.busy:
                self.export.problem = self.export.exported = None

    def restorePrediction(self, segmentId):
        """Make an outline what it was predicted as; the edit is set aside."""
        self._restore(KeptOutlines.restorePrediction, segmentId)

    def restoreEdit(self, segmentId):
        """Make an outline what it was edited to, before somebody went back to the prediction."""
        self._restore(KeptOutlines.restoreEdit, segmentId)

    def showDifference(self, shown):
        """Lay what was added and what was removed over the slices, or take it away."""
        self.difference = shown
        if shown:
            self._show()
        else:
            self._hide()
        self._tell()

    def exportCase(self, folder, **facts):
        """Export the results that are shown; arguments as of CorrectionExport.start."""
        if self._results is not None:
            self.export.start(self._results, folder, **facts)

    def forget(self, node):
        """A node leaves the scene: a segmentation takes its kept predictions along."""
        if node.IsA("vtkMRMLSegmentationNode"):
            # By its ID: a node that has left the scene finds nobody there.
            hidden = self._scene.GetNodeByID(node.GetNodeReferenceID(Provenance.PREDICTION_ROLE) or "")
            if hidden is not None and not self._scene.IsClosing():
                self._scene.RemoveNode(hidden)

    def abort(self):
        """The scene is closed: nothing of it is computed any more. A training goes on: it needs no scene."""
        self._steps.stop()
        self.export.stop()
        self.comparison.follow(None)
        self._hide()

    def close(self):
        """The panel goes away."""
        self._steps.stop()
        self.comparison.close()
        self.surface.stop()
        self.export.stop()
        self.fineTuning.stop()
        self._nodes.hide()

    def _restore(self, restore, segmentId):
        node = self.comparison.node
        if node is not None and restore(node, segmentId):
            self.surface.make(node, segmentId)
            self.comparison.again()
            self._tell()

    def _show(self):
        node = self.comparison.node
        wanted = [row.segmentId for row in self.comparison.rows if row.change is None or row.change["changed"]]
        titles = {ADDED: _("added"), REMOVED: _("removed")}
        if node is not None:
            self._steps.run(self._nodes.steps(node, wanted, titles), lambda: None, self._onFailed)

    def _hide(self):
        self._steps.stop()
        self._nodes.hide()

    def _onCompared(self):
        if self.difference and not self.comparison.busy:
            self._show()
        self._tell()

    def _onFailed(self, error):
        self.problem = error if isinstance(error, OrthoDiffusionError) else OrthoDiffusionError(str(error))
        self._tell()

    def _tell(self):
        self.changed()
