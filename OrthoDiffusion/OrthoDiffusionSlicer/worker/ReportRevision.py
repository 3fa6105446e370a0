"""The DICOM report of an analysis, written anew beside a saved report with what the reader has decided."""

from pathlib import Path

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionSlicer.panel import KeptObjects
from OrthoDiffusionSlicer.Signal import Signal
from OrthoDiffusionSlicer.worker.LibraryJob import LibraryJob


class ReportRevision:
    """One after the other, in a process of its own: Slicer's Python may hold an older highdicom than that needs.

    Attributes:
        written: Signal(path of the new report).
        failed: Signal(OrthoDiffusionError).
        job: the LibraryJob.
    """

    def __init__(self):
        self.written, self.failed = Signal(), Signal()
        self.job = LibraryJob()
        self.job.done.connect(self._onDone)
        self.job.failed.connect(self._onFailed)
        self.job.cancelled.connect(self._next)
        self._waiting, self._table = [], None

    @property
    def busy(self):
        return self.job.busy or bool(self._waiting)

    def start(self, table, folder):
        """Begin as soon as possible; does nothing for results without DICOM objects.

        Args:
            table: the findings table.
            folder: of the saved report, with its findings.json.
        """
        if KeptObjects.reportOf(table) is not None:
            self._waiting.append((table, folder))
            self._next()

    def stop(self):
        """The panel goes away."""
        self._waiting = []
        self.job.stop()

    def _next(self):
        if self.job.busy or not self._waiting:
            return
        self._table, folder = self._waiting.pop(0)
        try:
            # Asked again: the one before may have given it another to follow.
            self.job.start(["report", folder, "--dicom", "--earlier", KeptObjects.reportOf(self._table)])
        except OrthoDiffusionError as error:
            self._onFailed(error)

    def _onDone(self, result):
        if result["report"]:  # else readers have decided nothing
            folder = Path(result["report"]).parent
            KeptObjects.note(self._table, folder)
            try:
                KeptObjects.addToDatabase(folder)
            except OrthoDiffusionError as error:
                self.failed(error)
            self.written(result["report"])
        self._next()

    def _onFailed(self, error):
        self.failed(error)
        self._next()
