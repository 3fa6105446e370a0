"""Learning from a table of corrected cases: how long it takes, the run itself, and the bundle that comes of it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from slicer.i18n import tr as _

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionSlicer.panel import Bundles
from OrthoDiffusionSlicer.Signal import Signal
from OrthoDiffusionSlicer.worker.LibraryJob import LibraryJob

SEGMENTATION, HEADS, ALL = TRAINED = ("segmentation", "heads", "all")
STEPS = 120


@dataclass(frozen=True)
class Wish:
    """What is to be learned from what.

    Attributes:
        table: path of the CSV.
        bundle: folder of the bundle to begin with.
        name: of the new bundle.
        trained: SEGMENTATION, HEADS or ALL.
        steps: the most steps.
    """

    table: str
    bundle: str
    name: str
    trained: str = SEGMENTATION
    steps: int = STEPS


class FineTuning:
    """One run after the other, each a process of its own that can be stopped.

    Args:
        requirements: the PythonRequirements that must be met, one after the other.
        keepIn: called without arguments, returns the folder that new bundles are kept in.

    Attributes:
        changed: Signal().
        learned: Signal(folder of the new bundle).
        fraction, message: how far the run is; 0 and an empty text while none runs.
        problem: the OrthoDiffusionError of the last run, None for none.
        estimate: what `corrections estimate` said, a dict, and the Wish it is about; None before.
        result: what `corrections learn` said, a dict; None before.
        stopped: whether the last run was stopped.
        job: the LibraryJob.
    """

    def __init__(self, requirements, keepIn=Bundles.keptFolder):
        self.changed, self.learned = Signal(), Signal()
        self.requirements, self._keepIn = requirements, keepIn
        self.fraction, self.message = 0.0, ""
        self.problem = self.estimate = self.result = None
        self.stopped, self._wish, self._measured, self._asking = False, None, None, False
        self.job = LibraryJob()
        self.job.progressed.connect(self._onProgress)
        self.job.logged.connect(lambda line: self.changed())
        self.job.done.connect(self._onDone)
        self.job.failed.connect(self._onFailed)
        self.job.cancelled.connect(self._onCancelled)

    @property
    def busy(self):
        return self.job.busy

    @property
    def learning(self):
        """Whether a bundle is being made, and not only the time measured."""
        return self.busy and self._wish is not None

    def measure(self, wish):
        """Try a few steps on this computer, to say how long the wish would take."""
        if self._ready():
            self._begin(None, ["estimate", wish.table, *_options(wish)], _("Measuring on this computer"))
            self._measured = wish

    def learn(self, wish):
        """Begin; asks for missing packages before."""
        if self._ready():
            arguments = ["learn", wish.table, *_options(wish), "--name", wish.name, "--keep-in", self._keepIn()]
            self._begin(wish, arguments, _("Starting"))

    def cancel(self):
        """Stop; nothing of the run stays."""
        if self.busy:
            self.message = _("Stopping; what was begun is removed")
            self.job.cancel()
            self.changed()

    def stop(self):
        """The panel goes away; the process ends and tidies up by itself."""
        self.job.stop()

    def _ready(self):
        """Whether everything is there; a declined or failed installation is shown as the problem."""
        if self.busy or self._asking:
            return False
        self._asking, self.problem = True, None
        try:
            for requirements in self.requirements:
                requirements.ensure()
        except OrthoDiffusionError as error:
            self._onFailed(error)
            return False
        finally:
            self._asking = False
        return True

    def _begin(self, wish, arguments, message):
        self._wish, self.stopped, self.result = wish, False, None
        self.fraction, self.message = 0.0, message
        try:
            self.job.start(["corrections", *arguments])
        except OrthoDiffusionError as error:
            self._onFailed(error)
        self.changed()

    def _onProgress(self, fraction, message):
        self.fraction, self.message = fraction, message
        self.changed()

    def _onDone(self, result):
        wish = self._end()
        if wish is None:
            self.estimate = (result, self._measured)
            self.changed()
            return
        self.result = result
        self.changed()
        self.learned(result["bundle"])

    def _onFailed(self, error):
        self._end()
        self.problem = error
        self.changed()

    def _onCancelled(self):
        self._end()
        self.stopped = True
        self.changed()

    def _end(self):
        wish, self._wish = self._wish, None
        self.fraction, self.message = 0.0, ""
        if wish is not None:  # a process that had to be killed could not tidy up
            shutil.rmtree(Path(wish.table).parent / f".{wish.name}.unfinished", ignore_errors=True)
        return wish


def _options(wish):
    return ["--bundle", wish.bundle, "--train", wish.trained, "--steps", str(wish.steps)]
