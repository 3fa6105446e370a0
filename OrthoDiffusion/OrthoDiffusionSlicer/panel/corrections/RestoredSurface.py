"""The surface of one outline that was restored, where none was kept: made by a process, as those of an analysis."""

import json
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.findings.array_results import FILE_NAME, FOLDER, SCHEMA_VERSION
from OrthoDiffusionSlicer.scene.corrections import KeptOutlines
from OrthoDiffusionSlicer.scene.SurfaceProcess import SurfaceProcess
from OrthoDiffusionSlicer.StepRunner import StepRunner
from OrthoDiffusionSlicer.worker.TemporaryFolder import removeFolder, temporaryFolder


class RestoredSurface:
    """Makes one surface after the other; the last one that was asked for counts."""

    def __init__(self):
        self._process, self._steps, self._folder = SurfaceProcess(), StepRunner(), None
        self._process.finished.connect(self._onFinished)

    @property
    def busy(self):
        return self._process.busy or self._steps.busy

    def make(self, node, segmentId):
        """Begin, if the other outlines of the segmentation have surfaces and this one has none.

        Args:
            node: the segmentation node.
            segmentId: of the outline.
        """
        self.stop()
        if not KeptOutlines.lacksSurface(node, segmentId):
            return
        voxels = KeptOutlines.voxelsOf(node.GetSegmentation().GetSegment(segmentId))
        if voxels is None:
            return
        try:
            self._folder = Path(temporaryFolder("restored-"))
            _write(self._folder, *voxels)
            self._process.start(self._folder, node, {segmentId: 1}, {})
        except (OSError, OrthoDiffusionError):
            self.stop()  # the slices show the outline; without room for a file there is no surface of it

    def stop(self):
        """End it silently."""
        self._steps.stop()
        self._process.stop()
        self._tidy()

    def _onFinished(self, problem):
        if problem:
            self.stop()
        else:
            self._steps.run(self._process.steps(), self.stop, lambda error: self.stop())

    def _tidy(self):
        folder, self._folder = self._folder, None
        removeFolder(folder)


def _write(folder, mask, affine):
    """A mask (K, J, I) as the labels of an analysis, of value 1."""
    (folder / FOLDER).mkdir()
    np.save(folder / FOLDER / "segmentation.npy", mask.transpose(2, 1, 0).astype(np.uint8))
    grid = {"array": "segmentation.npy", "affine": affine.tolist()}
    content = {"schema_version": SCHEMA_VERSION, "segmentation": grid, "evidence": {}}
    (folder / FOLDER / FILE_NAME).write_text(json.dumps(content), encoding="utf-8")
