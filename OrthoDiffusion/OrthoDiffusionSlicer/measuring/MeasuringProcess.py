"""Measures the outlines as they stand in the scene, beside Slicer: numbers and surfaces coloured by thickness."""

import json

from OrthoDiffusionLib.errors import OrthoDiffusionError, OutputError
from OrthoDiffusionLib.findings.measurement import Measurement
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.measuring import OutlineFiles
from OrthoDiffusionSlicer.scene.Surfaces import readSurface
from OrthoDiffusionSlicer.Signal import Signal
from OrthoDiffusionSlicer.StepRunner import REST, StepRunner
from OrthoDiffusionSlicer.worker.HelperProcess import HelperProcess


class MeasuringProcess:
    """One measuring at a time; a second one takes the place of the first.

    Args:
        takeUp: called with table, Measurements and plate → vtkPolyData; a generator of steps that puts them to use.

    Attributes:
        done: Signal(table): all of it was taken up.
        failed: Signal(words): why there is no result.
    """

    def __init__(self, takeUp):
        self._takeUp = takeUp
        self.done, self.failed = Signal(), Signal()
        self._process = HelperProcess("OrthoDiffusionSlicer.measuring.MeasureOutlines", "measures-")
        self._process.finished.connect(self._onFinished)
        self._steps = StepRunner()
        self._table, self._plates = None, ()

    @property
    def busy(self):
        return self._table is not None

    @property
    def longestStepMs(self):
        """Of what the main thread did for it since `start`, or since the process ended."""
        return self._steps.longestStepMs

    def start(self, table, plates=()):
        """Begin.

        Args:
            table: the findings table whose outlines are measured.
            plates: names of the cartilages to be coloured.
        """
        self.stop()
        self._table, self._plates = table, tuple(plates)
        try:
            folder = self._process.makeFolder()
        except (OSError, OutputError) as error:
            self._fail(error)
            return
        self._steps.run(OutlineFiles.write(table, folder, self._plates), self._run, self._fail)

    def stop(self):
        """End it, silently, and leave no file."""
        self._steps.stop()
        self._process.stop()
        self._table = None

    def _run(self):
        try:
            self._process.run(self._process.folder)
        except (OrthoDiffusionError, OSError) as error:
            self._fail(error)

    def _onFinished(self, problem):
        if problem:
            self._fail(problem)
        else:
            self._steps.run(self._read(), lambda: None, self._fail)

    def _read(self):
        """Read what the process wrote, a file a step, and let it be taken up."""
        entries = json.loads((self._process.folder / "measurements.json").read_text(encoding="utf-8"))
        measured = [Measurement.from_dict(entry) for entry in entries]
        yield
        surfaces = {}
        for plate in self._plates:
            surfaces[plate] = readSurface(self._process.folder / f"{plate}.vtp")
            yield
        self._process.tidy()
        yield
        yield from self._takeUp(self._table, measured, surfaces)
        yield REST
        table, self._table = self._table, None
        self.done(table)

    def _fail(self, error):
        self._steps.stop()
        self._process.tidy()
        self._table = None
        self.failed(Words.error(error))
