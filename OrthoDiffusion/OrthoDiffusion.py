"""Slicer module: outlines the knee in three-plane MR volumes and says which findings are likely."""

import os
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import qt
import slicer
import vtk
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleLogic,
    ScriptedLoadableModuleTest,
    ScriptedLoadableModuleWidget,
)
from slicer.util import VTKObservationMixin

# In a source tree the library is the module folder's neighbour; an installed extension has it beside this file.
_SOURCE_TREE = Path(__file__).resolve().parent.parent
if (
    not (Path(__file__).resolve().parent / "OrthoDiffusionLib").is_dir()
    and (_SOURCE_TREE / "OrthoDiffusionLib" / "__init__.py").is_file()
    and str(_SOURCE_TREE) not in sys.path
):
    sys.path.append(str(_SOURCE_TREE))

from OrthoDiffusionSlicer.panel import Bundles  # noqa: E402
from OrthoDiffusionSlicer.panel.AnalysisRun import AnalysisRun  # noqa: E402
from OrthoDiffusionSlicer.panel.FindingsTable import FindingsTable, details  # noqa: E402
from OrthoDiffusionSlicer.panel.ParameterNode import SIDES, OrthoDiffusionParameters  # noqa: E402
from OrthoDiffusionSlicer.panel.PythonRequirements import PythonRequirements  # noqa: E402
from OrthoDiffusionSlicer.panel.Referral import Referral  # noqa: E402
from OrthoDiffusionSlicer.scene import (  # noqa: E402
    FindingsNodes,
    Provenance,
    SampleKnee,
    SliceViews,
    StudyReader,
    Terminology,
)
from OrthoDiffusionSlicer.worker import FolderAnalysis  # noqa: E402
from OrthoDiffusionSlicer.worker.SynchronousAnalysis import SynchronousAnalysis, showProgress  # noqa: E402

from OrthoDiffusionLib.anatomy import Side  # noqa: E402
from OrthoDiffusionLib.errors import OrthoDiffusionError  # noqa: E402

PLANES = ("sagittal", "coronal", "axial")


class OrthoDiffusion(ScriptedLoadableModule):
    """What Slicer shows of the module before it is opened. Nothing slow happens here."""

    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        self.parent.title = _("OrthoDiffusion")
        self.parent.categories = [translate("qSlicerAbstractCoreModule", "Segmentation")]
        self.parent.dependencies = ["Segmentations", "Tables", "Terminologies", "Volumes"]
        self.parent.contributors = ["OrthoDiffusion contributors"]
        self.parent.helpText = _(
            "Outlines bones, cartilages, menisci and ligaments in sagittal, coronal and axial MR volumes of a knee, "
            "and gives calibrated probabilities of eight findings with the place where each was seen. Load a study, "
            "press <b>Analyze knee</b>, click a row of the findings. Research use only: no medical device; a "
            "probability is a network's opinion and not a diagnosis."
        )
        self.parent.acknowledgementText = _(
            "Built on 3D Slicer, PyTorch and MONAI. What each bundle of networks learned from, with its licences, "
            "stands in the bundle's model card."
        )
        self._registered = False
        slicer.app.connect("startupCompleted()", self._register)
        # A module that is loaded later gets no startupCompleted(); while Slicer starts, this may come too early.
        qt.QTimer.singleShot(0, self._registerIfThere)

    def _registerIfThere(self):
        if hasattr(slicer.modules, "sampledata") and hasattr(slicer.modules, "terminologies"):
            self._register()

    def _register(self):
        """Offer the sample exam and the terminology, once."""
        if self._registered:
            return
        self._registered = True
        SampleKnee.register(os.path.join(os.path.dirname(self.parent.path), "Resources", "Icons"))
        Terminology.load()


class OrthoDiffusionWidget(ScriptedLoadableModuleWidget, VTKObservationMixin):
    """The panel: shows state, passes clicks on."""

    def __init__(self, parent=None):
        ScriptedLoadableModuleWidget.__init__(self, parent)
        VTKObservationMixin.__init__(self)
        self.logic = None
        self.run = None
        self._parameters = None
        self._wrapper = None
        self._guiTag = None
        self._filling = 0  # more than 0 while a program sets the selectors; a person's choice comes at 0
        self._importing = False
        self._alarmed = False  # the state line says not to use the result that is shown
        self._table = None  # the findings table node that is shown
        self._shownKey = ""  # the finding whose place and heat map are shown
        self._studies = []
        self._study = ""
        self._sent = {}
        self._reasons = {}
        self._choice = None
        self._bundles = []
        self._entered = False
        self._asking = False
        self._begin = 0.0

    def setup(self):
        ScriptedLoadableModuleWidget.setup(self)
        uiWidget = slicer.util.loadUI(self.resourcePath("UI/OrthoDiffusion.ui"))
        self.layout.addWidget(uiWidget)
        self.ui = slicer.util.childWidgetVariables(uiWidget)
        uiWidget.setMRMLScene(slicer.mrmlScene)
        self.logic = OrthoDiffusionLogic()
        self.requirements = PythonRequirements(self.resourcePath("requirements.txt"))
        self.findings = FindingsTable(self.ui.findingsTable)
        self.referral = Referral(self.ui)
        self._refill = qt.QTimer()  # many nodes may arrive at once; look at them once
        self._refill.setSingleShot(True)
        self._refill.setInterval(100)
        self._refill.connect("timeout()", self.onSceneSettled)
        self._setupSelectors()
        self._setupRun()
        for button, slot in (
            (self.ui.analyzeButton, self.onAnalyze),
            (self.ui.cancelButton, self.onCancel),
            (self.ui.chooseButton, self.onChooseAgain),
            (self.ui.browseButton, self.onBrowse),
            (self.ui.installButton, self.onInstall),
        ):
            button.connect("clicked(bool)", slot)
        self.ui.detailsButton.connect("toggled(bool)", self.ui.detailsText.setVisible)
        self.ui.findingsTable.connect("cellClicked(int,int)", self.onFindingClicked)
        self.ui.findingsTable.connect("cellActivated(int,int)", self.onFindingClicked)
        scene = slicer.mrmlScene
        self.addObserver(scene, scene.StartCloseEvent, self.onSceneStartClose)
        self.addObserver(scene, scene.EndCloseEvent, self.onSceneEndClose)
        self.addObserver(scene, scene.StartImportEvent, self.onSceneStartImport)
        self.addObserver(scene, scene.EndImportEvent, self.onSceneImported)
        self.addObserver(scene, scene.NodeAddedEvent, self.onNodeAdded)
        self.addObserver(scene, scene.NodeRemovedEvent, self.onNodeRemoved)
        self.fillBundles()
        self.initializeParameterNode()
        self.showResultsOfScene()

    def _setupSelectors(self):
        self.ui.sideSelector.addItems([_("Automatic"), _("Right"), _("Left")])
        for plane in PLANES:
            self._selector(plane).connect("nodeActivated(vtkMRMLNode*)", self._chosenByHand(plane))
        self.ui.sideSelector.connect("activated(int)", self.onSideChosen)
        self.ui.bundleSelector.connect("activated(int)", self.onBundleChosen)
        self.ui.studySelector.connect("activated(int)", self.onStudyChosen)

    def _setupRun(self):
        self.run = AnalysisRun(slicer.mrmlScene)
        self.run.progressed.connect(self.onProgress)
        self.run.finished.connect(self.onFinished)
        self.run.surfacesDone.connect(self.onSurfaces)
        self.run.failed.connect(self.showProblem)
        self.run.cancelled.connect(self.onCancelled)

    def cleanup(self):
        """Slicer closes or the module is reloaded: no process, no observer and no file stays."""
        self._refill.stop()
        self.setParameterNode(None)
        self.removeObservers()
        self.findings.close()
        self.run.close()
        self.logic.close()

    def enter(self):
        self._entered = True
        self.initializeParameterNode()
        self.showRequirements()

    def exit(self):
        self._entered = False
        self.setParameterNode(None)

    # What the scene remembers

    def initializeParameterNode(self):
        if self._parameters is None:
            # One wrapper as long as the scene lasts: Slicer 5.10 leaves an observer behind for each that is made.
            self.setParameterNode(self._wrapper or self.logic.getParameterNode())
        self.fillFromScene()

    def setParameterNode(self, parameters):
        modified = vtk.vtkCommand.ModifiedEvent
        if self._parameters is not None:
            self._parameters.disconnectGui(self._guiTag)
            for slot in (self._beforeSelectorsFollow, self.onParametersModified, self._afterSelectorsFollow):
                self.removeObserver(self._parameters.parameterNode, modified, slot)
            self._filling = 0
        self._parameters = parameters
        if parameters is not None:
            self._wrapper = parameters
            node = parameters.parameterNode
            # Around the wrapper's own observer, which has priority 0 and makes the selectors follow the parameters.
            self.addObserver(node, modified, self._beforeSelectorsFollow, priority=1.0)
            with self._programFills():
                self._guiTag = parameters.connectGui(self.ui)
            self.addObserver(node, modified, self._afterSelectorsFollow, priority=-1.0)
            self.addObserver(node, modified, self.onParametersModified, priority=-2.0)
        self.refresh()

    @contextmanager
    def _programFills(self):
        """Slicer's selectors say `nodeActivated` also when a program sets them; in here nobody has chosen by hand."""
        self._filling += 1
        try:
            yield
        finally:
            self._filling = max(0, self._filling - 1)

    def _beforeSelectorsFollow(self, caller=None, event=None):
        self._filling += 1

    def _afterSelectorsFollow(self, caller=None, event=None):
        self._filling = max(0, self._filling - 1)

    def onParametersModified(self, caller=None, event=None):
        self.refresh()
        self._showHeatMap()

    # Inputs

    def fillFromScene(self):
        """Let each plane that was not chosen by hand have the best volume of the study, and say why."""
        parameters = self._parameters
        if parameters is None or self.run.busy:
            return
        self._studies = StudyReader.loadedStudies(slicer.mrmlScene)
        names = [study.name for study in self._studies]
        if self._study not in names:
            self._study = names[0] if names else ""
        self.ui.studySelector.clear()
        self.ui.studySelector.addItems(names)
        if self._study in names:
            self.ui.studySelector.currentIndex = names.index(self._study)
        nodes = next((study.nodes for study in self._studies if study.name == self._study), ())
        choice = StudyReader.choosePlanes(nodes, side=self._sideChosen())
        byPlane = {plane.value: node for plane, node in choice.nodes.items()}
        reasons = {plane.value: reason for plane, reason in choice.reasons.items()}
        byHand = self._byHand()
        self._hideOwnVolumes()
        # All planes at once: Slicer drops an update of the selectors that falls into another one.
        with self._programFills(), slicer.util.NodeModify(parameters):
            for plane in PLANES:
                node = byPlane.get(plane)
                if plane in byHand:
                    node = slicer.mrmlScene.GetNodeByID(byHand[plane]) if byHand[plane] else None
                    reasons[plane] = _("Chosen by hand") if node else _("Left empty by hand")
                setattr(parameters, plane, node)
        self._reasons = reasons
        self._choice = choice
        self.refresh()

    def onSceneSettled(self):
        if self.run.busy:
            self._refill.start()  # the volumes in work are not taken away; look again later
        else:
            self.fillFromScene()

    def onChooseAgain(self):
        if self._parameters is not None:
            self._parameters.chosenByHand = ""
            self.fillFromScene()

    def onStudyChosen(self, index):
        self._study = self._studies[index].name
        self.onChooseAgain()

    def onSideChosen(self, index):
        self._parameters.side = SIDES[index]
        self.fillFromScene()

    def onBundleChosen(self, index):
        self._parameters.bundle = self._bundles[index].folder

    def fillBundles(self):
        """Show the bundles of this computer."""
        self._bundles = Bundles.choices()
        self.ui.bundleSelector.clear()
        self.ui.bundleSelector.addItems([bundle.title for bundle in self._bundles])

    def _chosenByHand(self, plane):
        def chosen(node):
            if self._filling or self._parameters is None:
                return  # a program has set it
            self._rememberByHand({**self._byHand(), plane: node.GetID() if node else ""})
            self.fillFromScene()

        return chosen

    def _rememberByHand(self, byHand):
        with self._programFills():
            self._parameters.chosenByHand = ",".join(f"{plane}:{nodeId}" for plane, nodeId in byHand.items())

    def _byHand(self, alsoGone=False):
        """Plane → node ID chosen by hand, an empty text for none; a plane whose volume has gone is free again."""
        pairs = (entry.partition(":")[::2] for entry in self._parameters.chosenByHand.split(",") if entry)
        return {
            plane: nodeId for plane, nodeId in pairs if alsoGone or not nodeId or slicer.mrmlScene.GetNodeByID(nodeId)
        }

    def _selector(self, plane):
        return getattr(self.ui, f"{plane}Selector")

    def _sideChosen(self):
        return Side.from_text(self._parameters.side) if self._parameters.side != "automatic" else None

    def _inputs(self):
        """Plane name → volume node, as the selectors show."""
        nodes = {plane: getattr(self._parameters, plane) for plane in PLANES}
        # A parameter may remember a volume that has left the scene.
        return {plane: node for plane, node in nodes.items() if node and slicer.mrmlScene.IsNodePresent(node)}

    def _hideOwnVolumes(self):
        """Heat maps are volumes too, and no input."""
        own = tuple(node.GetID() for node in StudyReader.ownVolumes(slicer.mrmlScene))
        with self._programFills():
            for plane in PLANES:
                self._selector(plane).sortFilterProxyModel().hiddenNodeIDs = own

    def _bundle(self):
        """The BundleChoice in use, None if there is no bundle."""
        wanted = self._parameters.bundle
        named = [bundle for bundle in self._bundles if bundle.folder == wanted]
        return next(iter(named or [bundle for bundle in self._bundles if bundle.usable]), None)

    # State

    def refresh(self, caller=None, event=None):
        """Bring every widget in line with parameters and run."""
        active, busy = self._parameters is not None, self.run.busy
        inputs = self._inputs() if active else {}
        bundle = self._bundle() if active else None
        for plane in PLANES:
            self._selector(plane).enabled = active and not busy
            _say(getattr(self.ui, f"{plane}Reason"), self._reasons.get(plane, ""))
        for widget in (self.ui.chooseButton, self.ui.sideSelector, self.ui.bundleSelector, self.ui.studySelector):
            widget.enabled = active and not busy
        self.referral.offer(bundle.clinical if bundle is not None else (), active and not busy and bool(inputs))
        if active and not busy:
            self.referral.keepFor({node.GetID() for node in inputs.values()})
        several = len(self._studies) > 1
        self.ui.studyLabel.visible = several
        self.ui.studySelector.visible = several
        if active:
            self.ui.sideSelector.currentIndex = SIDES.index(self._parameters.side)
            _say(self.ui.sideReason, self._sideWords())
            _say(self.ui.noticesLabel, "\n".join(self._inputNotices(inputs)))
        if bundle is not None:
            self.ui.bundleSelector.currentIndex = self._bundles.index(bundle)
            self.ui.bundleFacts.text = bundle.facts
        else:
            self.ui.bundleFacts.text = _("No bundle was found. Carry one in by ‘Offline installation’ below.")
        self.ui.analyzeButton.enabled = active and not busy and bool(inputs) and bundle is not None
        self.ui.analyzeButton.toolTip = self._analyzeToolTip(inputs, bundle)
        self.ui.cancelButton.enabled = busy
        self.ui.progressBar.visible = busy

    def _analyzeToolTip(self, inputs, bundle):
        if self.run.busy:
            return _("An analysis is running")
        if not inputs:
            return _("Load a knee study, or choose a volume for at least one plane")
        return _("Outline the structures and look for findings") if bundle else _("No bundle was found")

    def _sideWords(self):
        choice = self._choice
        if self._parameters.side != "automatic":
            return _("As you chose")
        if choice is None or not choice.nodes:
            return ""
        if choice.side is None:
            return _("No tag says it; the anatomy decides during the analysis")
        return _("{side}, by the DICOM tag").format(side=choice.side.value.capitalize())

    def _inputNotices(self, inputs):
        notices = []
        if len(self._studies) > 1:
            text = _("{n} studies are loaded; ‘{name}’ is used").format(n=len(self._studies), name=self._study)
            notices.append(text)
        homes = {study.name for study in self._studies for node in inputs.values() if node in study.nodes}
        if len(homes) > 1:
            notices.append(
                _("The chosen volumes are of different studies: {names}").format(names=", ".join(sorted(homes)))
            )
        if not self._studies:
            notices.append(_("No volume is loaded. Load a knee study."))
        elif not inputs:
            notices.append(
                (self._choice.problem if self._choice else "") or _("No plane was recognised; choose by hand")
            )
        return notices + list(self._choice.notices if self._choice else ())

    # Analysis

    def onAnalyze(self):
        if self.run.busy or self._asking:
            return  # the second of two clicks
        self.hideProblem()
        self._asking = True
        try:
            self.requirements.ensure()
        except OrthoDiffusionError as error:
            self.showProblem(error)
            return
        finally:
            self._asking = False
            self.showRequirements()
        if self._refill.isActive():  # volumes have come or gone a moment ago; the selectors may not be right yet
            self._refill.stop()
            self.fillFromScene()
        if self._parameters is None or not self._inputs():
            return  # the scene was closed while the question was open
        self._begin = time.monotonic()
        self._sent = self._inputs()
        bundle = self._bundle()
        self.run.start(
            self._sent,
            side=self._sideChosen(),
            byHand=self._byHand(),
            bundle=bundle.folder,
            clinical=self.referral.values(bundle.clinical),
            show3D=self._parameters.show3D,
        )
        self.refresh()

    def onCancel(self):
        self.run.cancel()

    def onProgress(self, fraction, message):
        if fraction is not None:
            self.ui.progressBar.value = round(1000 * fraction)
        self.ui.stageLabel.text = message

    def onFinished(self, nodes):
        present = {plane: node for plane, node in self._sent.items() if slicer.mrmlScene.IsNodePresent(node)}
        # There is no layout without a main window.
        if SliceViews.showInputs(slicer.mrmlScene, present) and slicer.app.layoutManager() is not None:
            slicer.util.resetSliceViews()
        self.showResults(nodes.table)
        self.ui.inputsButton.collapsed = True  # the findings need the room on a small screen
        seconds = time.monotonic() - self._begin
        device = self.run.worker.device
        done = _("Done in {n} s{device}").format(n=f"{seconds:.1f}", device=f" on {device}" if device else "")
        alarms = [f"⚠ {FindingsNodes.inWords(each)}" for each in FindingsNodes.alarmsOf(nodes.table)]
        self.ui.stageLabel.text = "\n".join([*alarms, done])
        self._hideOwnVolumes()
        self.refresh()

    def onSurfaces(self, problem):
        if problem:
            self.ui.stageLabel.text = _("No surfaces for the 3D view: {problem}").format(problem=problem)
        elif slicer.app.layoutManager() is not None:  # there is none without a main window
            slicer.util.resetThreeDViews()

    def onCancelled(self, reason):
        self.ui.stageLabel.text = reason or _("Cancelled; nothing in the scene has changed")
        self.refresh()

    def showProblem(self, error):
        """What is wrong, where, and what to do; the worker's own words in a fold-out."""
        where = f" ({error.where})" if error.where else ""
        self.ui.problemLabel.text = f"{error.what.rstrip('.')}{where}." + (f"\n{error.remedy}" if error.remedy else "")
        log = "\n".join(part for part in (error.log_path, self.run.worker.log.strip()) if part)
        self.ui.detailsText.setPlainText(log)
        self.ui.detailsButton.checked = False
        self.ui.detailsButton.visible = bool(log)
        self.ui.problemFrame.visible = True
        self.ui.stageLabel.text = ""
        self.refresh()

    def hideProblem(self):
        self.ui.problemFrame.visible = False

    # Results

    def showResultsOfScene(self):
        """Show the newest findings table of the scene, such as one that came with a scene file."""
        tables = FindingsNodes.tablesIn(slicer.mrmlScene)
        self.showResults(tables[-1] if tables else None)

    def showResults(self, table):
        self._table, self._shownKey = table, ""
        alarms = [FindingsNodes.inWords(each) for each in FindingsNodes.alarmsOf(table)] if table is not None else []
        self.findings.show(FindingsNodes.rowsOf(table) if table is not None else [], alarms)
        if (alarms or self._alarmed) and not self.run.busy:
            self.ui.stageLabel.text = "\n".join(f"⚠ {text}" for text in alarms)
        self._alarmed = bool(alarms)
        _say(self.ui.findingDetails, "")
        self._showWarnings()
        self.ui.intendedUseLabel.text = (table.GetAttribute(Provenance.PREFIX + "IntendedUse") or "") if table else ""
        for section in (self.ui.findingsButton, self.ui.segmentsButton):
            section.enabled = table is not None
            section.collapsed = table is None
        self.ui.segmentsTable.setSegmentationNode(
            table.GetNodeReference(Provenance.SEGMENTATION_ROLE) if table is not None else None
        )

    def _showWarnings(self):
        """What the analysis warned of, what no longer belongs together first; also whether outlines are missing."""
        table = self._table
        warnings = FindingsNodes.warningsOf(table) if table is not None else []
        if table is not None and table.GetNodeReference(Provenance.SEGMENTATION_ROLE) is None:
            missing = {"code": "outlines_deleted", "what": _("These findings are without outlines: their segmentation "
                       "was deleted"), "remedy": _("Analyze again to have them back.")}  # fmt: skip
            warnings = [missing, *warnings]
        _say(self.ui.warningsLabel, "\n".join(f"⚠ {FindingsNodes.inWords(warning)}" for warning in warnings))

    def onFindingClicked(self, row, column):
        """Take every slice view to the place, and lay the heat map over them."""
        finding = self.findings.rowAt(row)
        if finding is None or self._table is None:
            return
        _say(self.ui.findingDetails, details(finding))
        self._shownKey = finding.key
        self._showHeatMap()
        if finding.pointRAS is not None:
            SliceViews.jumpTo(slicer.mrmlScene, finding.pointRAS)

    def _showHeatMap(self):
        if self._table is None or not self._shownKey or self._parameters is None:
            return
        volume = FindingsNodes.evidenceNodes(self._table).get(self._shownKey) if self._parameters.showHeatMap else None
        SliceViews.showHeatMap(slicer.mrmlScene, volume, self._parameters.heatMapOpacity)

    # The scene

    def onSceneStartClose(self, caller, event):
        self.run.abort(_("The scene was closed; the analysis was stopped"))
        self.referral.clear()
        self.setParameterNode(None)
        self._wrapper = None  # its node will be emptied
        self.showResults(None)

    def onSceneEndClose(self, caller, event):
        self._reasons, self._studies, self._choice = {}, [], None
        if self._entered:
            self.initializeParameterNode()

    def onSceneStartImport(self, caller, event):
        """The selectors lose their nodes while a scene is read; what it remembers must not be lost with them."""
        self._importing = self._importing or self._parameters is not None
        self.setParameterNode(None)

    def onSceneImported(self, caller, event):
        self.showResultsOfScene()
        if self._importing:  # the parameter node may have come with the scene, and may be another one
            self.setParameterNode(self.logic.getParameterNode())
            self._renewHandChosenIDs()
        elif not self._entered:
            self._wrapper = None
        self._importing = False
        self._refill.start()

    def _renewHandChosenIDs(self):
        """A volume that came with a scene may have got another ID; the parameter's own reference has followed it."""
        byHand = {}
        for plane, nodeId in self._byHand(alsoGone=True).items():
            node = getattr(self._parameters, plane) if nodeId else None
            if node is not None or not nodeId:
                byHand[plane] = node.GetID() if node else ""
        self._rememberByHand(byHand)

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def onNodeAdded(self, caller, event, node):
        if node.IsA("vtkMRMLScalarVolumeNode"):
            self._refill.start()

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def onNodeRemoved(self, caller, event, node):
        if node is self._table:
            self.showResults(None)
        elif node.IsA("vtkMRMLSegmentationNode"):
            if self._table is not None and not slicer.mrmlScene.IsClosing():
                self.ui.segmentsTable.setSegmentationNode(self._table.GetNodeReference(Provenance.SEGMENTATION_ROLE))
                self._showWarnings()
        elif node.IsA("vtkMRMLScalarVolumeNode"):
            self.referral.forget(node.GetID())
            self._refill.start()

    # Offline installation

    def showRequirements(self):
        missing = self.requirements.missing()
        self.ui.requirementsLabel.text = (
            _("Missing Python packages: {packages}").format(packages=", ".join(missing))
            if missing
            else _("All Python packages are installed.")
        )

    def onBrowse(self):
        folder = qt.QFileDialog.getExistingDirectory(self.parent, _("Folder of wheels and bundles"))
        if folder:
            self.ui.offlineFolderEdit.text = folder

    def onInstall(self):
        """Take wheels and bundles from a folder, without any network."""
        self.hideProblem()
        folder, done = self.ui.offlineFolderEdit.text.strip(), []
        self.ui.offlineStatus.text = ""
        if not os.path.isdir(folder):
            self.ui.offlineStatus.text = _("Choose a folder that exists.")
            return
        try:
            for title in Bundles.copyBundles(folder, bundlesFolder()):
                done.append(_("Bundle {title}").format(title=title))
            if not done or self.requirements.wheelsIn(folder):  # a folder of bundles need not hold wheels as well
                done += self.requirements.installFromFolder(folder)
        except OrthoDiffusionError as error:
            self.showProblem(error)
        self.ui.offlineStatus.text = (
            _("Installed: {what}").format(what=", ".join(done)) if done else _("Nothing was installed.")
        )
        self.fillBundles()
        self.showRequirements()
        self.refresh()


class OrthoDiffusionLogic(ScriptedLoadableModuleLogic):
    """The same work for scripts and the Python console; waits for its result."""

    def __init__(self, parent=None):
        ScriptedLoadableModuleLogic.__init__(self, parent)
        self._analysis = None
        Bundles.keepIn(bundlesFolder())

    def getParameterNode(self):
        return OrthoDiffusionParameters(super().getParameterNode())

    def analyze(
        self, sagittal=None, coronal=None, axial=None, *, side=None, bundle=None, clinical=None, onProgress=None
    ):
        """Analyze volume nodes, wait, and return what is now in the scene.

        Args:
            sagittal, coronal, axial: volume nodes; those that are None are left out. With none at all, the volumes
                of the first study in the scene are chosen as the panel chooses them.
            side: ‘right’ or ‘left’; None for what tags and anatomy say.
            bundle: folder or name of a bundle; None for the default.
            clinical: what the referral tells, such as {"age": 42, "sex": "female", "trauma": "yes"}; any may be
                missing, and a bundle that did not learn from it leaves it aside and says so.
            onProgress: called with (fraction, message); printed by default.

        Returns:
            AnalysisNodes: segmentation, table, evidence, findings, warnings, messages.

        Raises:
            OrthoDiffusionError: saying what is wrong and what to do; the scene is unchanged.
            ValueError: for another side.
        """
        nodes = {"sagittal": sagittal, "coronal": coronal, "axial": axial}
        nodes = {plane: node for plane, node in nodes.items() if node is not None}
        wanted, byHand = _side(side), tuple(nodes)
        if not nodes:
            studies = StudyReader.loadedStudies(slicer.mrmlScene)
            choice = StudyReader.choosePlanes(studies[0].nodes if studies else (), side=wanted)
            nodes = {plane.value: node for plane, node in choice.nodes.items()}
            if not nodes:
                raise OrthoDiffusionError(choice.problem, remedy=_("Load a knee study, or name the volumes."))
            if len(studies) > 1:
                text = _("{n} studies are loaded; ‘{name}’ is used").format(n=len(studies), name=studies[0].name)
                (onProgress or showProgress)(0.0, text)
        return self._synchronous().analyze(
            nodes, side=wanted, byHand=byHand, bundle=bundle, clinical=clinical, onProgress=onProgress
        )

    def analyzeFolder(self, folder, out=None, *, side=None, bundle=None, clinical=None, onStudy=None):
        """Analyze a folder of studies, each in its own sub-folder; a bad one is a row, what is done is not repeated.

        Args:
            folder: holds one sub-folder of DICOM, NIfTI or NRRD files a study.
            out: folder for the results and for `analyses.csv`; by default ‘<folder>-results’.
            side, bundle: as in `analyze`, for all studies.
            clinical: sub-folder's name → what the referral tells, as in `analyze`.
            onStudy: called with (number, count, row); printed by default.

        Returns:
            One dict a study: study, state, side, problem, results, and each finding's probability.
        """

        def tell(number, count, row):
            print(f"{number} of {count}: {row['study']} {row['state']} {row['problem']}")

        return FolderAnalysis.analyzeFolder(
            self._synchronous().worker,
            folder,
            out,
            side=_side(side),
            bundle=bundle,
            clinical=clinical,
            onStudy=onStudy or tell,
        )

    def close(self):
        """End the worker."""
        if self._analysis is not None:
            self._analysis.close()
            self._analysis = None

    def _synchronous(self):
        if self._analysis is None:
            self._analysis = SynchronousAnalysis()
        return self._analysis


def bundlesFolder():
    """Where bundles that were carried in are kept: beside Slicer's settings, so that updates leave them alone."""
    default = os.path.join(os.path.dirname(slicer.app.slicerUserSettingsFilePath), "OrthoDiffusionBundles")
    return slicer.util.settingsValue("OrthoDiffusion/BundlesFolder", default)


def _side(side):
    if side is None or isinstance(side, Side):
        return side
    found = Side.from_text(side)
    if found is None:
        raise ValueError(f"side must be 'right', 'left' or None, got {side!r} instead")
    return found


def _say(label, text):
    """Show a text, or no label at all."""
    label.text = text
    label.visible = bool(text)


class OrthoDiffusionTest(ScriptedLoadableModuleTest):
    """Run by ctest in a real Slicer, and by ‘Reload and Test’: the same path as a user's, on the sample exam."""

    def setUp(self):
        slicer.mrmlScene.Clear()

    def test_planesAreRecognisedByThemselves(self):
        nodes = self._loadSample()
        choice = StudyReader.choosePlanes(list(nodes.values()))
        chosen = {plane.value: node for plane, node in choice.nodes.items()}
        self.assertEqual(chosen, nodes)

    def test_panelOpensAndFillsItself(self):
        nodes = self._loadSample()
        slicer.util.selectModule("OrthoDiffusion")
        widget = slicer.modules.orthodiffusion.widgetRepresentation().self()
        widget.fillFromScene()
        for plane, node in nodes.items():
            self.assertIs(getattr(widget.ui, f"{plane}Selector").currentNode(), node)
        self.assertEqual(widget.ui.analyzeButton.enabled, widget._bundle() is not None)

    def test_consoleAnalysisFillsTheScene(self):
        missing = PythonRequirements(os.path.join(os.path.dirname(__file__), "Resources", "requirements.txt")).missing()
        if missing or not Bundles.choices():
            self.skipTest(f"the analysis cannot run here: missing {missing or 'a bundle'}")
        nodes = self._loadSample()
        logic = OrthoDiffusionLogic()
        try:
            results = logic.analyze(**nodes)
        finally:
            logic.close()
        segmentation = results.segmentation.GetSegmentation()
        bounds = [0.0] * 6
        nodes["sagittal"].GetRASBounds(bounds)
        femur = results.segmentation.GetSegmentCenterRAS("femur")
        for axis in range(3):
            self.assertTrue(bounds[2 * axis] <= femur[axis] <= bounds[2 * axis + 1])
        self.assertGreater(femur[2], results.segmentation.GetSegmentCenterRAS("tibia")[2])
        self.assertGreaterEqual(segmentation.GetNumberOfSegments(), 11)
        self.assertEqual(len(results.findings), results.table.GetNumberOfRows())

    def _loadSample(self):
        """Plane name → loaded volume node."""
        nodes = {}
        for plane, (file, name, _checksum) in zip(PLANES, SampleKnee.SERIES, strict=False):
            node = slicer.util.loadVolume(str(SampleKnee.pathOf(file)))
            node.SetName(name)
            nodes[plane] = node
        return nodes
