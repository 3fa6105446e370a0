"""Analysis from the Python console: waits for the result, shows progress, returns the same nodes as the panel.

Only this blocking call lets Slicer repaint its window with `processEvents`: the panel never waits, so never needs it.
"""

import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

import slicer

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.service.pipe import PipeWorker
from OrthoDiffusionLib.service.protocol import Batch, BatchResult
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.panel import Settings
from OrthoDiffusionSlicer.scene import FindingsNodes
from OrthoDiffusionSlicer.scene.SceneWriter import SceneWriter
from OrthoDiffusionSlicer.worker.SentVolumes import SentVolumes
from OrthoDiffusionSlicer.worker.StudySender import StudySender
from OrthoDiffusionSlicer.worker.TemporaryFolder import removeFolder, temporaryFolder
from OrthoDiffusionSlicer.worker.WorkerCommand import workerProgram


@dataclass(frozen=True)
class FolderResult:
    """How the analysis of a folder of studies ended.

    Attributes:
        rows: one dict a study, with the columns of results.csv: study, status (done, failed), side, the probability of
            each finding (empty where it was not assessed), implausible, error, …
        outcome: BatchResult: exit_status (0 all done, 3 some failed, 4 none done), analysed, done_before, failed,
            implausible, folder.
    """

    rows: list
    outcome: BatchResult


class SynchronousAnalysis:
    """Keeps one worker warm between calls."""

    def __init__(self):
        self.worker = PipeWorker(workerProgram, idle=self._repaint)
        self._running = self._sceneClosed = False

    def analyze(self, nodes, *, side=None, byHand=None, bundle=None, clinical=None, onProgress=None):
        """Analyze volume nodes and write the results into the scene.

        Args:
            nodes: plane name → volume node.
            side: Side that the user says, None for automatic.
            byHand: names of the planes that the user named, None for all.
            bundle: folder or name of a bundle, None for the default.
            clinical: what the referral says: age, sex, trauma → value; any may be missing.
            onProgress: called with (fraction, message); by default it is printed and shown in the status bar.

        Returns:
            AnalysisNodes.

        Raises:
            OrthoDiffusionError: saying what is wrong and what to do; the scene is unchanged.
        """
        if self._running:  # called from within, by a button or a timer that the window answers
            raise OrthoDiffusionError(Message("worker", "busy"))
        show = onProgress or showProgress
        folder = temporaryFolder("joint-")
        scene, self._running = slicer.mrmlScene, True
        observer = scene.AddObserver(scene.StartCloseEvent, self._onSceneStartClose)
        try:
            show(0.0, Words.said(Message("progress", "read")))
            sent = SentVolumes(scene, nodes)
            sender = StudySender(os.path.join(folder, "study"), nodes, side, byHand)
            self._runThrough(sender.steps())
            request = sender.request(bundle, clinical, Settings.options())
            results = self.worker.ask(
                request, lambda stage, fraction, message: show(fraction, Words.said(message))
            ).folder
            writer = SceneWriter(scene, results, nodes)
            self._runThrough(writer.steps())
            sent.note(scene, writer.nodes.table)
            show(1.0, Words.said(Message("progress", "done")))
            for alarm in FindingsNodes.alarmsOf(writer.nodes.table):
                show(1.0, f"⚠ {FindingsNodes.inWords(alarm)}")
            return writer.nodes
        finally:
            scene.RemoveObserver(observer)
            self._running = self._sceneClosed = False
            removeFolder(folder)

    def analyzeFolder(
        self, folder, out=None, *, side=None, bundle=None, clinical=None, onStudy=None, onProgress=None, workers=0,
        cluster="", overwrite=False, dicom=False,
    ):  # fmt: skip
        """Analyze many studies by the library's batch, the same that the command `batch` runs.

        Args:
            folder: a folder of studies of any shape, a DICOMDIR, or a table.
            out: folder of the results, one sub-folder a study, and of the table; by default ‘<folder>-results’,
                beside the folder or in the folder of results that is set.
            side: Side for all studies, None for automatic.
            bundle: folder or name of a bundle, None for the default.
            clinical: study's name → what its referral says; what is done already is not analyzed again for it.
            onStudy: called with (number, count, row) after each study.
            onProgress: called with (fraction, message); it and onStudy may raise `Cancelled`, and Ctrl-C stops as well.
            workers: processes; 0 analyzes in the worker that is warm.
            cluster: address of a Dask cluster whose workers are used instead.
            overwrite: analyze what is done already, too, and replace its results.
            dicom: write DICOM objects of each study as well.

        Returns:
            FolderResult.

        Raises:
            OrthoDiffusionError: if the folder holds no study, or the table cannot be written.
        """
        folder = Path(folder)
        out = Path(out) if out else Path(Settings.resultsFolder() or folder.parent) / f"{folder.name}-results"
        rows = []

        def onRow(message):
            rows.append(dict(message.row))
            if onStudy is not None:
                onStudy(message.number, message.count, rows[-1])

        request = Batch(
            # The worker may stand in another folder.
            str(folder.absolute()),
            str(out.absolute()),
            str(bundle) if bundle else None,
            side.value if side is not None else None,
            {study: dict(values) for study, values in (clinical or {}).items()},
            replace(Settings.options(), overwrite=overwrite, dicom=dicom),
            workers=workers,
            cluster=cluster,
        )

        def onStep(_stage, fraction, message):
            if onProgress is not None:
                onProgress(fraction, Words.said(message))

        return FolderResult(rows, self.worker.ask(request, onStep, on_row=onRow))

    def close(self):
        """End the worker."""
        self.worker.close()

    def _onSceneStartClose(self, caller, event):
        self._sceneClosed = True

    def _repaint(self):
        """Let the window answer; what a user does there may leave nothing to go on with.

        Raises:
            OrthoDiffusionError: if the scene of an analysis was closed: its results belong into no other one.
        """
        repaint()
        if self._sceneClosed:
            raise OrthoDiffusionError(Message("scene", "closed"))

    def _runThrough(self, steps):
        """All steps of a generator; the window is repainted now and then, and before the first."""
        self._repaint()
        painted = time.monotonic()
        for _ in steps:
            if time.monotonic() > painted + PipeWorker.idle_seconds:
                self._repaint()
                painted = time.monotonic()


def repaint():
    """Let Slicer's window answer, in the middle of a blocking call."""
    slicer.app.processEvents()


def showProgress(fraction, message):
    """One line in the Python console, and the status bar where there is a window."""
    print(f"{100 * fraction:3.0f} %  {message}")
    if slicer.util.mainWindow() is not None:
        slicer.util.showStatusMessage(message, 3000)
