"""Surfaces for the 3D view, made by a process while the segments can already be seen on the slices."""

import os
import shutil
import tempfile
from pathlib import Path

import qt
import slicer

from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.service.client import last_line
from OrthoDiffusionLib.service.command import worker_environment
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.scene.SegmentationWriter import LABELMAP, SURFACE
from OrthoDiffusionSlicer.scene.Surfaces import WHILE_WANTED, readSurface
from OrthoDiffusionSlicer.Signal import Signal
from OrthoDiffusionSlicer.worker import LeavingProcesses
from OrthoDiffusionSlicer.worker.WorkerCommand import workerProgram


class SurfaceProcess:
    """Runs `Surfaces` for one segmentation and hands the result to its segments.

    Attributes:
        finished: Signal(problem): an empty text, or why there are no surfaces.
    """

    def __init__(self, program=None):
        self.finished = Signal()
        self._program = program
        self._process = None
        self._folder = None

    @property
    def busy(self):
        return self._process is not None

    def start(self, results, segmentation, labelOfSegment, earlier):
        """Make the surfaces.

        Args:
            results: the folder that the worker handed back; keep it until `finished`.
            segmentation: the segmentation node.
            labelOfSegment: segment id → label of the segments that an analysis wrote.
            earlier: segment id → surface of segments that were kept.
        """
        self.stop()
        self._segmentation, self._labelOfSegment, self._earlier = segmentation, labelOfSegment, dict(earlier)
        # An edit while the surfaces are being made would make them untrue.
        segments = segmentation.GetSegmentation()
        images = {name: segments.GetSegment(name).GetRepresentation(LABELMAP) for name in labelOfSegment}
        self._images = {name: (image, image.GetMTime()) for name, image in images.items()}
        self._folder = Path(tempfile.mkdtemp(prefix="surfaces-", dir=slicer.app.temporaryPath))
        environment = qt.QProcessEnvironment.systemEnvironment()
        variables = worker_environment()
        module = str(Path(__file__).resolve().parents[2])
        variables["PYTHONPATH"] = os.pathsep.join((module, variables["PYTHONPATH"]))
        for name, value in variables.items():
            environment.insert(name, value)
        labels = sorted(set(labelOfSegment.values()))
        process = self._process = qt.QProcess()
        process.setProcessEnvironment(environment)
        process.connect("finished(int,QProcess::ExitStatus)", self._onFinished)
        process.connect("errorOccurred(QProcess::ProcessError)", self._onError)
        arguments = ["-m", "OrthoDiffusionSlicer.scene.Surfaces", WHILE_WANTED, str(results), str(self._folder)]
        arguments += map(str, labels)
        process.start(self._program or workerProgram(), arguments)

    def steps(self):
        """Read the surfaces, one a step, then give them to the segments in the last step."""
        surfaces = {}
        for label in sorted(set(self._labelOfSegment.values())):
            surfaces[label] = readSurface(self._folder / f"{label}.vtp")
            yield
        self._give(surfaces)

    def stop(self):
        """End it, silently."""
        process, self._process = self._process, None
        if process is not None:
            LeavingProcesses.release(process)
            # PythonSlicer is a launcher: killed, it leaves its child, which ends when its standard input closes.
            process.closeWriteChannel()
            process.kill()
            # The child may have been about to make its folder; it takes a moment to notice.
            folder = self._folder
            qt.QTimer.singleShot(2000, lambda: shutil.rmtree(folder, ignore_errors=True))
        self.tidy()

    def tidy(self):
        """Remove the files."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _give(self, surfaces):
        if not slicer.mrmlScene.IsNodePresent(self._segmentation):
            return
        segments = self._segmentation.GetSegmentation()
        wasModifying = self._segmentation.StartModify()
        for segmentId, label in self._labelOfSegment.items():
            segment = segments.GetSegment(segmentId)
            if segment is not None and self._unchanged(segment, segmentId):
                segment.AddRepresentation(SURFACE, surfaces[label])
        for segmentId, surface in self._earlier.items():
            segment = segments.GetSegment(segmentId)
            if segment is not None:
                segment.AddRepresentation(SURFACE, surface)
        # Only segments that have none yet: those that were changed or drawn meanwhile.
        segments.CreateRepresentation(SURFACE, False)
        self._segmentation.EndModify(wasModifying)
        segments.InvokeEvent(slicer.vtkSegmentation.ContainedRepresentationNamesModified)

    def _unchanged(self, segment, segmentId):
        image, time = self._images[segmentId]
        return segment.GetRepresentation(LABELMAP) is image and image.GetMTime() == time

    def _onFinished(self, exitCode, exitStatus):
        process, self._process = self._process, None
        if process is None:
            return
        LeavingProcesses.release(process)
        words = last_line(bytes(process.readAllStandardError().data()).decode(errors="replace"))
        failed = exitCode != 0 or exitStatus == qt.QProcess.CrashExit
        self.finished((words or Words.said(Message("surfaces", "stopped"))) if failed else "")

    def _onError(self, error):
        if error == qt.QProcess.FailedToStart and self._process is not None:
            process, self._process = self._process, None
            LeavingProcesses.release(process)
            self.finished(Words.said(Message("surfaces", "not_started")))
