"""Analysis from the Python console: waits for the result, shows progress, returns the same nodes as the panel.

Only this blocking call lets Slicer repaint its window with `processEvents`: the panel never waits, so never needs it.
"""

import os
import shutil
import tempfile
import time

import slicer

from OrthoDiffusionSlicer.scene import FindingsNodes
from OrthoDiffusionSlicer.scene.SceneWriter import SceneWriter
from OrthoDiffusionSlicer.worker.SentVolumes import SentVolumes
from OrthoDiffusionSlicer.worker.StudySender import StudySender
from OrthoDiffusionSlicer.worker.SynchronousWorker import SynchronousWorker


class SynchronousAnalysis:
    """Keeps one worker warm between calls."""

    def __init__(self):
        self.worker = SynchronousWorker(idle=repaint)

    def analyze(self, nodes, *, side=None, byHand=None, bundle=None, clinical=None, onProgress=None):
        """Analyze volume nodes and write the results into the scene.

        Args:
            nodes: plane name → volume node.
            side: Side that the user says, None for automatic.
            byHand: names of the planes that the user named, None for all.
            bundle: folder or name of a bundle, None for the default.
            clinical: what the referral tells: age, sex, trauma → value; any may be missing.
            onProgress: called with (fraction, message); by default it is printed and shown in the status bar.

        Returns:
            AnalysisNodes.

        Raises:
            OrthoDiffusionError: saying what is wrong and what to do; the scene is unchanged.
        """
        show = onProgress or showProgress
        folder = tempfile.mkdtemp(prefix="knee-", dir=slicer.app.temporaryPath)
        try:
            study = os.path.join(folder, "study")
            os.mkdir(study)
            show(0.0, "Reading the volumes")
            sent = SentVolumes(slicer.mrmlScene, nodes)
            _runThrough(StudySender(study, nodes, side, byHand).steps())
            request = {
                "inputs": {"study": study},
                "bundle": str(bundle) if bundle else None,
                "out": os.path.join(folder, "results"),
                "options": {"device": "auto", "overwrite": False, "clinical": dict(clinical or {})},
            }
            results = self.worker.analyze(request, lambda stage, fraction, message: show(fraction, message))
            writer = SceneWriter(slicer.mrmlScene, results, nodes)
            _runThrough(writer.steps())
            sent.note(slicer.mrmlScene, writer.nodes.table)
            show(1.0, "Done")
            for alarm in FindingsNodes.alarmsOf(writer.nodes.table):
                show(1.0, f"⚠ {FindingsNodes.inWords(alarm)}")
            return writer.nodes
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def close(self):
        """End the worker."""
        self.worker.close()


def repaint():
    """Let Slicer's window answer, in the middle of a blocking call."""
    slicer.app.processEvents()


def _runThrough(steps):
    """All steps of a generator; the window is repainted now and then."""
    painted = time.monotonic()
    for _ in steps:
        if time.monotonic() > painted + SynchronousWorker.idleSeconds:
            repaint()
            painted = time.monotonic()


def showProgress(fraction, message):
    """One line in the Python console, and the status bar where there is a window."""
    print(f"{100 * fraction:3.0f} %  {message}")
    if slicer.util.mainWindow() is not None:
        slicer.util.showStatusMessage(message, 3000)
