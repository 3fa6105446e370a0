"""A bundle comes to this computer: copied, unpacked and verified in a process of its own; the window never waits."""

from slicer.i18n import tr as _

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionSlicer.panel import Bundles
from OrthoDiffusionSlicer.Signal import Signal
from OrthoDiffusionSlicer.worker.LibraryJob import LibraryJob


class BundleInstallation:
    """One after the other.

    Args:
        software: Software; it lists what came.

    Attributes:
        changed: Signal().
        ended: Signal(problem): the OrthoDiffusionError of what was not installed, None if all went well. Its code is
            ‘bundle_exists’ if another bundle of the same name and version is there.
        message: what goes on, a sentence; empty while nothing does.
        fraction: how far it is.
        job: the LibraryJob.
    """

    def __init__(self, software):
        self.changed, self.ended = Signal(), Signal()
        self.message, self.fraction = "", 0.0
        self._software = software
        self.job = LibraryJob()
        self.job.progressed.connect(self._onProgress)
        self.job.done.connect(self._onDone)
        self.job.failed.connect(self._end)
        self.job.cancelled.connect(lambda: self._end(None))

    @property
    def busy(self):
        return self.job.busy

    def start(self, path, overwrite=False, inUse=()):
        """Begin; `ended` follows.

        Args:
            path: of a bundle's folder, a .zip file of it, or a folder of these.
            overwrite: whether another bundle of the same name and version is replaced.
            inUse: folders of bundles that are not replaced.
        """
        if self.busy:
            return
        self._software.added, self._software.removed = [], ""
        self.message, self.fraction = _("Verifying and copying the bundle …"), 0.0
        arguments = ["bundle", "install", path, "--into", Bundles.keptFolder()]
        arguments += ["--overwrite"] if overwrite else []
        for folder in inUse:
            arguments += ["--in-use", folder]
        try:
            self.job.start(arguments)
        except OrthoDiffusionError as error:
            self._end(error)
        self.changed()

    def stop(self):
        """The panel goes away; the process ends and leaves nothing half-copied."""
        self.job.stop()
        self.message = ""

    def _onProgress(self, fraction, message):
        self.fraction, self.message = fraction, message
        self.changed()

    def _onDone(self, result):
        self._software.added = list(result["installed"])
        self._end(None)

    def _end(self, problem):
        self.message = ""
        self._software.findBundles()
        self.ended(problem)
        self.changed()
