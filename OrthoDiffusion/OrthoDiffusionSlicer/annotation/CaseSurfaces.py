"""Surfaces for the 3D view of outlines that no analysis has just made: of a case that was opened, or corrected."""

import slicer

from OrthoDiffusionLib.errors import OutputError
from OrthoDiffusionSlicer.annotation import FlatLabels, SegmentLayers
from OrthoDiffusionSlicer.scene.SegmentationWriter import LABELMAP
from OrthoDiffusionSlicer.scene.SurfaceProcess import SurfaceProcess
from OrthoDiffusionSlicer.StepRunner import StepRunner
from OrthoDiffusionSlicer.worker.TemporaryFolder import removeFolder, temporaryFolder


class CaseSurfaces:
    """Makes all surfaces of one segmentation in another process; what was asked for before is dropped.

    Segments that overlap get none here: the Segment Editor's own ‘Show 3D’ makes theirs.

    Args:
        process: CaseProcess.
    """

    def __init__(self, process):
        self._process, self._folder, self._asked = process, None, 0
        self._surfaces, self._steps = SurfaceProcess(), StepRunner()
        self._surfaces.finished.connect(self._onFinished)

    @property
    def busy(self):
        return self._folder is not None

    def make(self, node):
        """Begin; the segments get their surfaces when all of them are there."""
        self.stop()
        layers = SegmentLayers.layersOf(node)
        if layers is None or len(layers.arrays) > 1:
            return
        try:
            self._folder = temporaryFolder("outlines-")
        except OutputError:
            return  # as after any other failure: the outlines are there, without surfaces
        geometry = layers.geometry
        facts = {
            "grids": [{"shape": list(geometry.shape), "affine": geometry.affine.tolist()}],
            "out": self._folder,
        }
        numbers = {record.id: number for number, record in enumerate(layers.segments, 1)}
        data = FlatLabels.flat(layers).tobytes(order="F")
        self._asked = self._process.ask(
            "arrays", facts, data, lambda answer: self._start(node, numbers), lambda error: self.stop()
        )

    def stop(self):
        """Drop what is being made."""
        self._process.forget(self._asked)
        self._steps.stop()
        self._surfaces.stop()
        self._tidy()

    def _start(self, node, numbers):
        segmentation = node.GetSegmentation()
        segments = {name: segmentation.GetSegment(name) for name in numbers}
        there = {  # one that was emptied or never drawn has no labelmap
            name: numbers[name]
            for name, segment in segments.items()
            if segment is not None and segment.GetRepresentation(LABELMAP) is not None
        }
        if not slicer.mrmlScene.IsNodePresent(node) or not there:
            self.stop()
            return
        try:
            self._surfaces.start(self._folder, node, there, {})
        except (OSError, OutputError):  # a full disk
            self.stop()

    def _onFinished(self, problem):
        if problem:
            self.stop()
        else:
            self._steps.run(self._surfaces.steps(), self.stop, lambda error: self.stop())

    def _tidy(self):
        folder, self._folder = self._folder, None
        removeFolder(folder)
