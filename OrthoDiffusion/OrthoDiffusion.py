"""Slicer module: outlines a joint in three-plane MR volumes and says which findings are likely."""

import contextlib
import os
import sys
from pathlib import Path

import qt
import slicer
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

from OrthoDiffusionSlicer import Translation, Words  # noqa: E402
from OrthoDiffusionSlicer.panel import Bundles, SettingsPage  # noqa: E402
from OrthoDiffusionSlicer.panel.corrections import ConsoleCorrections  # noqa: E402
from OrthoDiffusionSlicer.panel.ParameterNode import PLANES, OrthoDiffusionParameters  # noqa: E402
from OrthoDiffusionSlicer.panel.PythonRequirements import PythonRequirements  # noqa: E402
from OrthoDiffusionSlicer.panel.sections.Sections import Sections  # noqa: E402
from OrthoDiffusionSlicer.panel.Session import Session  # noqa: E402
from OrthoDiffusionSlicer.panel.Software import Software  # noqa: E402
from OrthoDiffusionSlicer.panel.Views import Views  # noqa: E402
from OrthoDiffusionSlicer.scene import SampleKnee, StudyReader, Terminology  # noqa: E402
from OrthoDiffusionSlicer.worker.SynchronousAnalysis import SynchronousAnalysis, showProgress  # noqa: E402

from OrthoDiffusionLib.anatomy import KNEE, Side  # noqa: E402
from OrthoDiffusionLib.errors import OrthoDiffusionError  # noqa: E402


class OrthoDiffusion(ScriptedLoadableModule):
    """What Slicer shows of the module before it is opened. Nothing slow happens here."""

    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        Translation.load(os.path.join(os.path.dirname(__file__), "Resources", "Translations"))  # before the first text
        self.parent.title = _("OrthoDiffusion")
        self.parent.categories = [translate("qSlicerAbstractCoreModule", "Segmentation")]
        self.parent.dependencies = [
            "Colors", "Markups", "Models", "Segmentations", "Tables", "Terminologies", "Volumes"
        ]  # fmt: skip
        self.parent.contributors = ["OrthoDiffusion contributors"]
        self.parent.helpText = _(
            "Outlines bones, cartilages, ligaments and tendons in sagittal, coronal and axial MR volumes of a joint "
            "that there is a bundle of networks for, such as the knee, and gives calibrated probabilities of findings "
            "with the place where each was seen. Load a study, press <b>Analyze</b>, click a row of the findings. "
            "Research use only: no medical device; a probability is a network's estimate and not a diagnosis."
        )
        self.parent.acknowledgementText = _(
            "Built on 3D Slicer and PyTorch. What each bundle of networks learned from, with its licences, "
            "stands in the bundle's model card."
        )
        self._registered = False
        self.settingsPage = None
        slicer.app.connect("startupCompleted()", self._register)
        # A module that is loaded later gets no startupCompleted(); while Slicer starts, this may come too early.
        qt.QTimer.singleShot(0, self._registerIfThere)

    def _registerIfThere(self):
        if hasattr(slicer.modules, "sampledata") and hasattr(slicer.modules, "terminologies"):
            self._register()

    def _register(self):
        """Offer the sample exam, the terminology and the page of settings, once."""
        if self._registered:
            return
        self._registered = True
        SampleKnee.register(os.path.join(os.path.dirname(self.parent.path), "Resources", "Icons"))
        Terminology.load()
        self.settingsPage = SettingsPage.install()


class OrthoDiffusionWidget(ScriptedLoadableModuleWidget, VTKObservationMixin):
    """The panel: a Session that knows, Sections that show, Views that follow; this class gives them their life.

    Attributes:
        logic: OrthoDiffusionLogic.
        session: Session; everything that the panel knows and can do, for scripts as well.
        run: the AnalysisRun of the session's analysis.
        sections: Sections.
        ui: their named widgets.
    """

    def __init__(self, parent=None):
        self.logic = self.session = self.sections = None
        VTKObservationMixin.__init__(self)  # first: without a parent the other one calls `setup`, which observes
        ScriptedLoadableModuleWidget.__init__(self, parent)

    def setup(self):
        ScriptedLoadableModuleWidget.setup(self)
        self.logic = OrthoDiffusionLogic()
        software = Software(PythonRequirements(self.resourcePath("requirements.txt")))
        self.session = Session(slicer.mrmlScene, self.logic.getParameterNode, software)
        self.run = self.session.analysis.run
        self.views = Views(self.session)
        self.sections = Sections(self.session, self.resourcePath("UI"))
        self.layout.addWidget(self.sections.widget)
        self.ui = self.sections.ui
        scene, session = slicer.mrmlScene, self.session
        for event, slot in (
            (scene.StartCloseEvent, session.onSceneStartClose),
            (scene.EndCloseEvent, session.onSceneEndClose),
            (scene.StartImportEvent, session.onSceneStartImport),
            (scene.EndImportEvent, session.onSceneEndImport),
            (scene.NodeAddedEvent, session.onNodeAdded),
            (scene.NodeRemovedEvent, session.onNodeRemoved),
        ):
            self.addObserver(scene, event, slot)
        # Before the subject hierarchy's own observer, which has priority 0.
        self.addObserver(scene, scene.NodeAboutToBeRemovedEvent, session.onNodeAboutToBeRemoved, priority=1.0)
        slicer.app.settingsDialog().connect("accepted()", self._onSettings)
        session.start()
        if self.parent.visible:  # reloaded: Slicer calls `enter` only when another module was shown before
            self.enter()

    def cleanup(self):
        """Slicer closes or the module is reloaded: no process, no observer and no file stays.

        Whatever of it fails, the session is closed: it holds the work that is not on the disk yet. A panel whose
        `setup` has failed is cleaned up as well.
        """
        with contextlib.ExitStack() as closing:  # the last one first
            for part in (self.logic, self.session, self.sections):
                if part is not None:
                    closing.callback(part.close)
            closing.callback(self._forgetSettings)
            closing.callback(self.removeObservers)

    def _forgetSettings(self):
        dialog = slicer.app.settingsDialog()
        if dialog is not None:  # an application that ends without its event loop deletes it before the modules
            dialog.disconnect("accepted()", self._onSettings)

    def enter(self):
        self.session.enter()

    def _onSettings(self):
        self.session.findBundles()  # the folder of bundles may be another one

    def exit(self):
        self.session.exit()


class OrthoDiffusionLogic(ScriptedLoadableModuleLogic):
    """The same work for scripts and the Python console; waits for its result."""

    def __init__(self, parent=None):
        ScriptedLoadableModuleLogic.__init__(self, parent)
        self._analysis = None
        Bundles.keepIn(Bundles.keptFolder())

    def getParameterNode(self):
        return OrthoDiffusionParameters(super().getParameterNode())

    def analyze(
        self, sagittal=None, coronal=None, axial=None, *, side=None, bundle=None, joint=None, clinical=None,
        onProgress=None,
    ):  # fmt: skip
        """Analyze volume nodes, wait, and return what is now in the scene.

        Args:
            sagittal, coronal, axial: volume nodes; those that are None are left out. With none at all, the volumes
                of the first study in the scene are chosen as the panel chooses them.
            side: ‘right’ or ‘left’; None for what tags and anatomy say.
            bundle: folder or name of a bundle; None for the default of the joint.
            joint: ‘knee’, ‘ankle’, …; None for the bundle's, of several the one that the volumes' descriptions name.
            clinical: what the referral says, such as {"age": 42, "sex": "female", "trauma": "yes"}; any may be
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
            loaded = studies[0].nodes if studies else ()
            bundle = Bundles.bundleFor(loaded, bundle=bundle, joint=joint)
            known = Bundles.jointOf(bundle)
            choice = StudyReader.choosePlanes(loaded, known, side=wanted)
            nodes = {plane.value: node for plane, node in choice.nodes.items()}
            if not nodes:
                raise OrthoDiffusionError(
                    choice.problem,
                    remedy=_("Load a study of the {joint}, or name the volumes.").format(joint=Words.word(known.name)),
                )
            if len(studies) > 1:
                text = _("{n} studies are loaded; ‘{name}’ is used").format(n=len(studies), name=studies[0].name)
                (onProgress or showProgress)(0.0, text)
        else:
            bundle = Bundles.bundleFor(nodes.values(), bundle=bundle, joint=joint)
        return self._synchronous().analyze(
            nodes, side=wanted, byHand=byHand, bundle=bundle, clinical=clinical, onProgress=onProgress
        )

    def analyzeFolder(
        self, folder, out=None, *, side=None, bundle=None, joint=None, clinical=None, onStudy=None, **further
    ):
        """Analyze many studies; a bad one is a row, what is done is not repeated.

        Args:
            folder: holds one sub-folder of DICOM, NIfTI or NRRD files a study, DICOM exams mixed in any way, or the
                layout of BIDS; or is a DICOMDIR, or a CSV table of studies.
            out: folder for the results and for `results.csv`; by default ‘<folder>-results’.
            side, bundle, joint: as in `analyze`, for all studies.
            clinical: sub-folder's name → what the referral says, as in `analyze`.
            onStudy: called with (number, count, row); printed by default.
            further: onProgress, called with (fraction, message), which may raise `Cancelled` to stop; workers, a number
                of processes; cluster, the address of a Dask cluster; overwrite=True, which analyzes what is done
                already as well; dicom=True, which writes DICOM objects of each study.

        Returns:
            FolderResult: rows, one dict a study with the columns of `results.csv`, and outcome with the exit_status
            of the command `orthodiffusion batch`, which does the same.
        """

        def show(number, count, row):
            problem = row["implausible"] or " ".join(filter(None, (row["error"], row["remedy"])))
            line = _("{number} of {count}: {study} {status} {problem}").format(
                number=number, count=count, study=row["study"], status=Words.word(row["status"]), problem=problem
            )
            print(line.rstrip())

        return self._synchronous().analyzeFolder(
            folder,
            out,
            side=_side(side),
            bundle=Bundles.bundleFor((), bundle=bundle, joint=joint),
            clinical=clinical,
            onStudy=onStudy or show,
            **further,
        )

    def compareOutlines(self, table=None):
        """How far each outline is from its prediction; see ConsoleCorrections.compareOutlines."""
        return ConsoleCorrections.compareOutlines(slicer.mrmlScene, table)

    def exportCorrection(self, folder, **facts):
        """Export the corrected case as a row of a table to learn from; see ConsoleCorrections.exportCorrection."""
        return ConsoleCorrections.exportCorrection(slicer.mrmlScene, folder, **facts)

    def fineTune(self, table, name, **settings):
        """Make a new bundle from a table of corrected cases, and wait; see ConsoleCorrections.fineTune."""
        return ConsoleCorrections.fineTune(table, name, **settings)

    def close(self):
        """End the worker."""
        if self._analysis is not None:
            self._analysis.close()
            self._analysis = None

    def _synchronous(self):
        if self._analysis is None:
            self._analysis = SynchronousAnalysis()
        return self._analysis


def _side(side):
    if side is None or isinstance(side, Side):
        return side
    found = Side.from_text(side)
    if found is None:
        raise ValueError(f"side must be 'right', 'left' or None, got {side!r} instead")
    return found


class OrthoDiffusionTest(ScriptedLoadableModuleTest):
    """Run by ctest in a real Slicer, and by ‘Reload and Test’: the same path as a user's, on the sample exam."""

    def setUp(self):
        slicer.mrmlScene.Clear()

    def test_planesAreRecognisedByThemselves(self):
        nodes = self._loadSample()
        choice = StudyReader.choosePlanes(list(nodes.values()), KNEE)
        chosen = {plane.value: node for plane, node in choice.nodes.items()}
        self.assertEqual(chosen, nodes)

    def test_panelOpensAndFillsItself(self):
        nodes = self._loadSample()
        slicer.util.selectModule("OrthoDiffusion")
        widget = slicer.modules.orthodiffusion.widgetRepresentation().self()
        widget.session.fillFromScene()
        for plane, node in nodes.items():
            self.assertIs(widget.sections.inputs.selector(plane).currentNode(), node)
        self.assertEqual(widget.ui.analyzeButton.enabled, widget.session.bundle is not None)

    def test_consoleAnalysisFillsTheScene(self):
        missing = PythonRequirements(os.path.join(os.path.dirname(__file__), "Resources", "requirements.txt")).missing()
        if missing or not Bundles.choices():
            self._leaveOut(f"the analysis cannot run here: missing {missing or 'a bundle'}")
            return
        nodes = self._loadSample()
        logic = OrthoDiffusionLogic()
        try:
            results = logic.analyze(**nodes, joint=KNEE.name)
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

    def _leaveOut(self, reason):
        """Skip a test; ‘Reload and Test’ calls the methods itself, and a skip would end it before the others."""
        if self.id().endswith(".runTest"):
            self.delayDisplay(reason)
        else:
            self.skipTest(reason)

    def _loadSample(self):
        """Plane name → loaded volume node."""
        nodes = {}
        for plane, (file, name, _checksum) in zip(PLANES, SampleKnee.SERIES, strict=False):
            node = slicer.util.loadVolume(str(SampleKnee.pathOf(file)))
            node.SetName(name)
            nodes[plane] = node
        return nodes
