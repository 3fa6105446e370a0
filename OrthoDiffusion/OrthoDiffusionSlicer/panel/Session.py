"""What the panel knows and can be asked to do, without any widget."""

import contextlib

import qt
import vtk
from slicer.i18n import tr as _
from slicer.util import VTKObservationMixin

from OrthoDiffusionLib.anatomy import UNKNOWN_JOINT
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.reports.comparison import check_prior
from OrthoDiffusionSlicer.annotation import SegmentEditor
from OrthoDiffusionSlicer.annotation.Worklists import Worklists
from OrthoDiffusionSlicer.panel import Settings
from OrthoDiffusionSlicer.panel.Analysis import Analysis
from OrthoDiffusionSlicer.panel.BundleInstallation import BundleInstallation
from OrthoDiffusionSlicer.panel.corrections.Corrections import Corrections
from OrthoDiffusionSlicer.panel.inputs.InputVolumes import InputVolumes, sideOf
from OrthoDiffusionSlicer.panel.inputs.JointChoice import JointChoice, chooseJoint, jointsOf
from OrthoDiffusionSlicer.panel.inputs.Referral import Referral
from OrthoDiffusionSlicer.panel.Reviews import Reviews
from OrthoDiffusionSlicer.panel.ShownMeasurements import ShownMeasurements
from OrthoDiffusionSlicer.panel.ShownReport import PriorExam, ShownReport, recordOf
from OrthoDiffusionSlicer.panel.ShownResults import ShownResults
from OrthoDiffusionSlicer.scene import FindingsNodes
from OrthoDiffusionSlicer.scene.corrections import KeptOutlines
from OrthoDiffusionSlicer.Signal import Signal
from OrthoDiffusionSlicer.views.Reading import Reading
from OrthoDiffusionSlicer.worker.ReportRevision import ReportRevision

_SETTLE_MS = 100  # many nodes may arrive at once; they are looked at once


class Session(VTKObservationMixin):
    """One scene as the panel sees it: studies, chosen volumes, bundle, the analysis that runs, the results shown.

    An object that shows a part of it connects to `changed` and reads; a click calls a method. Methods named `on…`
    are for observers of the scene.

    Args:
        scene: the MRML scene.
        parametersOfScene: called without arguments, returns the OrthoDiffusionParameters of the scene.
        software: Software.

    Attributes:
        changed: Signal(): anything here may be another than before.
        parametersChanged: Signal(OrthoDiffusionParameters), None while the panel is not shown or the scene closes.
        analyzed: Signal(plane name → volume node): an analysis of these has brought its results.
        findingChosen: Signal(FindingRow).
        shown: Signal(bool): the panel is shown from now on, or no longer.
        parameters: the OrthoDiffusionParameters in use, None as above.
        inputs: InputVolumes. referral: Referral. software: Software. analysis: Analysis. reviews: Reviews.
        reading: Reading: what the keys and buttons of the views do.
        measurements: ShownMeasurements, of the same results.
        results: the ShownResults, None for none. finding: the FindingRow of them that was chosen, None for none.
        prior: the PriorExam beside them, None for none.
        corrections: Corrections. installation: BundleInstallation. revision: ReportRevision.
        worklists: Worklists; the annotator's cases.
    """

    def __init__(self, scene, parametersOfScene, software):
        VTKObservationMixin.__init__(self)
        self.changed, self.parametersChanged = Signal(), Signal()
        self.analyzed, self.findingChosen, self.shown = Signal(), Signal(), Signal()
        self.scene, self.software = scene, software
        self.inputs, self.referral, self.reviews = InputVolumes(scene), Referral(), Reviews()
        self.results = self.finding = self.parameters = self.prior = self._report = None
        self._parametersOfScene = parametersOfScene
        self.measurements = ShownMeasurements(scene)
        self.measurements.changed.connect(self._tell)
        # One wrapper as long as the scene lasts: Slicer 5.10 leaves an observer behind for each that is made.
        self._wrapper = None
        self._lastJoint = ""  # of the settings, which are slow to read and asked for some twenty times a refresh
        self._entered = self._importing = self._asking = self._told = False
        self._settle = qt.QTimer()
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.connect("timeout()", self._onSettled)
        self.analysis = Analysis(scene)
        self.analysis.changed.connect(self._tell)
        self.analysis.finished.connect(self._onFinished)
        self.reading = Reading(self)
        self.corrections = Corrections(scene, software)
        self.corrections.changed.connect(self._tell)
        self.corrections.fineTuning.learned.connect(lambda folder: self.findBundles())
        self.installation = BundleInstallation(software)
        self.installation.changed.connect(self._tell)
        self.installation.ended.connect(self._onInstalled)
        self.revision = ReportRevision()
        self.revision.failed.connect(self.analysis.fail)
        self.worklists = Worklists(self)

    # Life

    def start(self):
        """Everything that listens is there: look at computer and scene."""
        self.software.findBundles()
        self._takeUp()
        KeptOutlines.silence(self.scene)
        self.showResultsOfScene()
        self.worklists.correction.takeUp()

    def enter(self):
        """The panel is shown."""
        self._entered = True
        self._takeUp()
        self.checkPackages()
        self.shown(True)

    def exit(self):
        """Another module is shown."""
        self._entered = False
        self.shown(False)
        self._setParameters(None)

    def close(self):
        """Slicer closes or the module is reloaded: no process, no observer, no key and no file stays."""
        self._settle.stop()
        self.shown(False)
        self._setParameters(None)
        self.removeObservers()
        self.worklists.shutDown()
        self.results = self.finding = None
        self.measurements.close()
        self.corrections.close()
        self.installation.stop()
        self.revision.stop()
        self.analysis.run.close()

    def _takeUp(self):
        self._lastJoint = Settings.lastJoint()
        if self.parameters is None:
            self._setParameters(self._wrapper or self._parametersOfScene())
        self.fillFromScene()

    def _setParameters(self, parameters):
        modified = vtk.vtkCommand.ModifiedEvent
        if self.parameters is not None:
            self.removeObserver(self.parameters.parameterNode, modified, self._onParametersModified)
        self.parameters = parameters
        self.parametersChanged(parameters)
        if parameters is not None:
            self._wrapper = parameters
            # After the wrapper's own observer, which makes the widgets follow the parameters.
            self.addObserver(parameters.parameterNode, modified, self._onParametersModified, priority=-2.0)
        self._tell()

    def _onParametersModified(self, caller, event):
        self._tell()

    def _tell(self):
        """Something is different: let everybody show it."""
        if self.parameters is not None and not self.analysis.busy:
            self.referral.keepFor({node.GetID() for node in self.volumes.values()})
        self.corrections.follow(self.results)
        self._told = True
        self.changed()

    # Inputs

    @property
    def volumes(self):
        """Plane name → volume node that would be analyzed."""
        return self.inputs.chosen(self.parameters) if self.parameters is not None else {}

    @property
    def bundle(self):
        """The BundleChoice in use, None if there is none."""
        if self.parameters is None:
            return None
        return self.software.bundleIn(self.parameters.bundle) or self.software.bundleOf(self.jointChoice.joint)

    @property
    def joints(self):
        """The Joints that there are usable bundles of."""
        return jointsOf(self.software.bundles)

    @property
    def jointChoice(self):
        """The JointChoice: which joint would be analyzed, and how that is known."""
        if self.parameters is None:
            return JointChoice()
        return chooseJoint(
            self.software.bundles,
            byHand=self.parameters.joint,
            bundle=self.software.bundleIn(self.parameters.bundle),
            named=self.inputs.named,
            pictured=self.inputs.pictured,
            last=self._lastJoint,
        )

    @property
    def joint(self):
        """The Joint that the bundle in use reads; one of which nothing is known without a bundle."""
        return self.bundle.joint if self.bundle is not None else UNKNOWN_JOINT

    @property
    def editable(self):
        """Whether inputs may be chosen."""
        return self.parameters is not None and not self.analysis.busy

    @property
    def ready(self):
        """Whether an analysis may begin."""
        return self.editable and bool(self.volumes) and self.bundle is not None

    @property
    def settled(self):
        """Whether everything that came to the scene or left it has been looked at."""
        return not self._settle.isActive()

    def fillFromScene(self):
        """Let each plane that was not chosen by hand have the best volume of the study."""
        if self.editable:
            self._told = False
            self.inputs.fill(self.parameters, self.joints, lambda: self.joint)
            if not self._told:  # by the parameters, which have changed
                self._tell()

    def chooseVolume(self, plane, node):
        """The user gave a plane a volume node, or None; it stays so."""
        if self.parameters is not None:
            self.inputs.chooseByHand(self.parameters, plane, node)
            self.fillFromScene()

    def chooseAgain(self):
        """Forget what was chosen by hand."""
        if self.parameters is not None:
            self.parameters.chosenByHand = ""
            self.fillFromScene()

    def chooseStudy(self, name):
        """Fill the planes from another study."""
        self.inputs.study = name
        self.chooseAgain()

    def chooseSide(self, side):
        """‘automatic’, ‘right’ or ‘left’."""
        if self.parameters is not None:
            self.parameters.side = side
            self.fillFromScene()

    def chooseJoint(self, name):
        """Analyze the joint of this name; an empty name for the one that volumes and earlier choices say."""
        if self.parameters is None:
            return
        bundle = self.software.bundleIn(self.parameters.bundle)
        if bundle is not None and bundle.joint.name != name:
            self.parameters.bundle = ""
        self.parameters.joint = name
        if name:
            self._rememberJoint(name)
        self.fillFromScene()  # another joint may have other planes

    def _rememberJoint(self, name):
        self._lastJoint = name
        Settings.rememberJoint(name)

    def chooseBundle(self, folder):
        """Use the bundle in this folder; an empty text for the default one of the joint."""
        if self.parameters is not None:
            self.parameters.bundle = folder
            bundle = self.software.bundleIn(folder)
            if bundle is not None and bundle.usable:
                self._rememberJoint(bundle.joint.name)
            self.fillFromScene()  # another joint may have other planes

    # Software

    def findBundles(self):
        """Look again which bundles this computer has."""
        self.software.findBundles()
        self._tell()

    def checkPackages(self):
        """Look again which Python packages are missing."""
        self.software.checkPackages()
        self._tell()

    def installFrom(self, folder):
        """Take wheels and bundles from a folder, without any network."""
        self.analysis.attempt(lambda: self.software.installFrom(folder))
        self._tell()

    def installBundle(self, path, overwrite=False):
        """Begin to take a bundle from a folder or a .zip file; what is wrong is shown as the analysis' problem.

        One that is being used is never replaced.
        """
        self.analysis.attempt(lambda: self.installation.start(path, overwrite, self._bundlesInUse()))
        self._tell()

    def _onInstalled(self, problem):
        if problem is not None:
            self.analysis.fail(problem)

    def removeBundle(self, bundle):
        """Delete the bundle of a BundleChoice; not one that is being used."""
        if not self.isInUse(bundle) and not self.installation.busy:
            self.analysis.attempt(lambda: self.software.removeBundle(bundle))
            if self.parameters is not None and self.parameters.bundle == bundle.folder and self.software.removed:
                self.chooseBundle("")
        self._tell()

    def isInUse(self, bundle):
        """Whether an analysis that runs, here or in the background, or a fine-tuning needs a BundleChoice."""
        return bundle.folder in self._bundlesInUse()

    def _bundlesInUse(self):
        own, worker = self.analysis.bundle if self.analysis.busy else None, self.analysis.run.worker
        used = [own, worker.bundle, self.corrections.fineTuning.bundle]
        if worker.busy and worker.bundle is None:  # the images say which
            used += [bundle.folder for bundle in self.software.bundles if bundle.usable]
        return sorted({folder for folder in used if folder})

    # Analysis

    def analyze(self):
        """Begin with the chosen volumes; before that, ask for missing packages."""
        if self.analysis.busy or self._asking or not self._packagesAreThere():
            return  # busy or asking: the second of two clicks
        if not self.settled:  # volumes have come or gone a moment ago; the selectors may not be right yet
            self._settle.stop()
            self.fillFromScene()
        if not self.ready:
            return  # the scene was closed while the question was open
        bundle = self.bundle
        self.analysis.start(
            self.volumes,
            side=sideOf(self.parameters),
            byHand=self.inputs.chosenByHand(self.parameters),
            bundle=bundle.folder,
            clinical=self.referral.values(bundle.clinical),
            show3D=self.parameters.show3D,
        )

    def cancel(self):
        """Stop the analysis that runs."""
        self.analysis.run.cancel()

    def _packagesAreThere(self):
        self._asking = True
        try:
            return self.analysis.attempt(self.software.requirements.ensure)
        finally:
            self._asking = False
            self.checkPackages()

    def _onFinished(self, table, volumes):
        self.showResults(table)
        self.inputs.findOwn()
        self.analyzed(volumes)

    # Results

    def showResultsOfScene(self):
        """Show the newest findings table of the scene, such as one that came with a scene file."""
        tables = FindingsNodes.tablesIn(self.scene)
        self.showResults(tables[-1] if tables else None)

    def showResults(self, table):
        """Show a findings table that this extension made, or None."""
        before, self.finding, self._report = self.results, None, None
        self.results = ShownResults(table) if table is not None else None
        self.measurements.follow(table)
        self._keepPrior()
        if any(results is not None and results.alarms for results in (before, self.results)) and not self.analysis.busy:
            self.analysis.outcome = None  # ‘Done’ beside an alarm that came or went would be read as its all-clear
        self._tell()

    def _keepPrior(self):
        """A prior exam stays for the next analysis of the same joint and side, and goes with its own table."""
        prior, self.prior = self.prior, None
        if prior is not None and self.results is not None and prior.source is not self.results.table:
            with contextlib.suppress(OrthoDiffusionError):
                check_prior(recordOf(self.results.table), prior.record)
                self.prior = prior

    def review(self, word):
        """The reader says of the finding that was chosen: ‘positive’, ‘negative’ or ‘unsure’; again to take it back."""
        if self.results is not None and self.finding is not None:
            self.reviews.decide(self.results, self.finding, word)
            self._showAgain(self.finding.key)

    def noteReview(self, key, text):
        """Change the note of the review of one finding."""
        finding = self.results.row(key) if self.results is not None else None
        if finding is not None:
            self.reviews.note(self.results, finding, text)
            self._showAgain(self.finding.key if self.finding is not None else "")

    def undoReview(self):
        """Take back the last decision, and show the finding that it was about."""
        if self.results is not None and (key := self.reviews.undo(self.results)):
            self._showAgain(key)

    @property
    def report(self):
        """The ShownReport of the results; None without results, and for those of an earlier version."""
        if self.results is None:
            return None
        # Other lists after each review and number.
        state = (self.results.rows, self.measurements.rows, self.prior, self.measurements.outlinesCorrected)
        if self._report is None or any(one is not other for one, other in zip(self._report[0], state, strict=True)):
            self._report = state, ShownReport.of(self.results.table, self.prior)
        return self._report[1]

    @property
    def priorTables(self):
        """Findings tables of the scene that may be a prior exam."""
        shown = self.results.table if self.results is not None else None
        return [table for table in FindingsNodes.tablesIn(self.scene) if table is not shown]

    def choosePrior(self, source):
        """Put an earlier exam beside the results: a findings table of the scene, a results folder, or None."""
        self.prior = None
        if source is not None and self.results is not None:
            self.analysis.attempt(lambda: self._takePrior(source))
        self._tell()

    def _takePrior(self, source):
        self.prior = PriorExam(source, self.results.table)

    def saveReport(self, parent, png=None):
        """Write the report into a new folder below `parent`; returns its path, None if that failed and is shown.

        A DICOM report with the reader's decisions follows into its sub-folder, where the analysis left DICOM objects.
        """
        saved = []
        if self.analysis.attempt(lambda: saved.append(self.report.save(parent, png))):
            self.revision.start(self.results.table, saved[0])
        return saved[0] if saved else None

    @property
    def outlines(self):
        """The segmentation node that is shown: of the results, of the worklist's case, or the one that is being
        corrected in slices; None for none."""
        node = self.results.segmentation if self.results is not None else None
        correction = self.worklists.correction
        return node or self.worklists.saving.node or (correction.target if correction.active else None)

    def editOutlines(self, segmentId=""):
        """Open the Segment Editor on the outlines, or on the correction that is being drawn in slices."""
        correction = self.worklists.correction
        node = correction.node if correction.active else self.outlines
        if node is not None:
            SegmentEditor.open_(node, segmentId=segmentId)

    def correctSlices(self, plane, segmentId=""):
        """Show the outlines in the slices of a plane's volume, to be corrected there."""
        volume = self.volumes.get(plane)
        if self.outlines is not None and volume is not None:
            self.worklists.correction.begin(self.outlines, volume, segmentId)

    def _showAgain(self, key):
        self.finding = self.results.row(key)
        self._tell()

    def chooseFinding(self, finding):
        """Show where a FindingRow of the results was seen."""
        if self.results is None:
            return
        self.finding = finding
        self._tell()
        self.findingChosen(finding)

    # The scene

    def onSceneStartClose(self, caller, event):
        self.worklists.onSceneStartClose()
        self.analysis.run.abort(_("The scene was closed; the analysis was stopped"))
        self.reading.hanging.forget()
        self.referral.clear()
        self.corrections.abort()
        self._setParameters(None)
        self._wrapper = None  # its node will be emptied
        self.showResults(None)

    def onSceneEndClose(self, caller, event):
        self.inputs.forget()
        if self._entered:
            self._takeUp()

    def onSceneStartImport(self, caller, event):
        """The selectors lose their nodes while a scene is read; what it remembers must not be lost with them."""
        self.reading.hanging.forget()  # a scene file brings its own layout
        self._importing = self._importing or self.parameters is not None
        self._setParameters(None)

    def onSceneEndImport(self, caller, event):
        KeptOutlines.silence(self.scene)
        self.showResultsOfScene()
        if self._importing:  # the parameter node may have come with the scene, and may be another one
            self._setParameters(self._parametersOfScene())
            self.inputs.renewHandChosenIDs(self.parameters)
        elif not self._entered:
            self._wrapper = None
        self._importing = False
        self.worklists.correction.takeUp()
        self._settle.start()

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def onNodeAdded(self, caller, event, node):
        if node.IsA("vtkMRMLScalarVolumeNode"):
            self._settle.start()

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def onNodeAboutToBeRemoved(self, caller, event, node):
        """Slicer's subject hierarchy empties a segmentation before it goes, as somebody does who edits it."""
        self.measurements.letGo(node)

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def onNodeRemoved(self, caller, event, node):
        self.reviews.forget(node)
        self.corrections.forget(node)
        self.worklists.correction.forget(node)
        if self.prior is not None and node is self.prior.source:
            self.prior = None
            self._tell()
        if self.results is not None and node is self.results.table:
            self.showResults(None)
        elif node.IsA("vtkMRMLSegmentationNode") and not self.scene.IsClosing():
            self._tell()  # the results may be without outlines now
        elif node.IsA("vtkMRMLScalarVolumeNode"):
            self.referral.forget(node.GetID())
            self._settle.start()

    def _onSettled(self):
        if self.analysis.busy:
            self._settle.start()  # the volumes in work are not taken away; look again later
        else:
            self.fillFromScene()
