"""One analysis after the other: what runs, what the last one came to, what went wrong."""

import time

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionSlicer.panel.AnalysisRun import AnalysisRun
from OrthoDiffusionSlicer.panel.Outcome import Cancelled, Done, NoSurfaces, Progress
from OrthoDiffusionSlicer.Signal import Signal


class Analysis:
    """What an AnalysisRun has reported so far.

    Args:
        scene: the MRML scene.

    Attributes:
        changed: Signal().
        finished: Signal(findings table node, plane name → volume node): the results of these are in the scene.
        surfacesShown: Signal(): so are the surfaces of the 3D view.
        run: the AnalysisRun.
        outcome: Progress, Done, Cancelled, NoSurfaces or None.
        problem: the OrthoDiffusionError to be shown, None for none.
        bundle: folder of the bundle of the newest analysis, None before the first.
        problemLog: the worker's own words about it.
    """

    def __init__(self, scene):
        self._scene = scene
        self.changed, self.finished, self.surfacesShown = Signal(), Signal(), Signal()
        self.outcome = self.problem = None
        self.problemLog = ""
        self._volumes, self._begin, self.bundle = {}, 0.0, None
        self.run = AnalysisRun(scene)
        self.run.progressed.connect(self._onProgress)
        self.run.finished.connect(self._onFinished)
        self.run.surfacesDone.connect(self._onSurfaces)
        self.run.failed.connect(self.fail)
        self.run.cancelled.connect(self._onCancelled)

    @property
    def busy(self):
        return self.run.busy

    def start(self, volumes, **settings):
        """Begin.

        Args:
            volumes: plane name → volume node.
            settings: as of AnalysisRun.start.
        """
        self._begin, self._volumes, self.bundle = time.monotonic(), volumes, settings.get("bundle")
        self.run.start(volumes, **settings)
        self.changed()

    def fail(self, error):
        """Show an OrthoDiffusionError, until the next attempt."""
        self.outcome, self.problem = None, error
        self.problemLog = "\n".join(part for part in (error.log_path, self.run.worker.log.strip()) if part)
        self.changed()

    def attempt(self, action):
        """Call a function that may raise an OrthoDiffusionError; this takes the place of the problem of before.

        Returns:
            True if nothing went wrong.
        """
        self.problem = None
        self.changed()  # the action may ask the user, and take its time
        try:
            action()
        except OrthoDiffusionError as error:
            self.fail(error)
        return self.problem is None

    def _onProgress(self, fraction, message):
        if fraction is None:
            fraction = self.outcome.fraction if isinstance(self.outcome, Progress) else 0.0
        self.outcome = Progress(fraction, message)
        self.changed()

    def _onFinished(self, nodes):
        present = {plane: node for plane, node in self._volumes.items() if self._scene.IsNodePresent(node)}
        self.finished(nodes.table, present)
        self.outcome = Done(time.monotonic() - self._begin, self.run.worker.device)
        self.changed()

    def _onSurfaces(self, problem):
        if problem:
            self.outcome = NoSurfaces(problem)
            self.changed()
        else:
            self.surfacesShown()

    def _onCancelled(self, reason):
        self.outcome = Cancelled(reason)
        self.changed()
