"""What a reader does with the views: from finding to finding, heat map and outlines on and off, the hanging."""

from OrthoDiffusionSlicer.panel.ShownResults import inOrder
from OrthoDiffusionSlicer.Signal import Signal
from OrthoDiffusionSlicer.views.Hanging import Hanging

OPACITY_STEP = 0.1


class Reading:
    """Acts on a Session; keys and buttons call the same methods.

    Args:
        session: Session.

    Attributes:
        fitAsked: Signal(): the views show other volumes, or are of another size.
        hanging: Hanging.
    """

    def __init__(self, session):
        self._session = session
        self.fitAsked = Signal()
        self.hanging = Hanging(session.scene)

    def nextFinding(self):
        """Choose the finding after the chosen one, in the order of the table; after the last one the first."""
        self._step(1)

    def previousFinding(self):
        """The same, backwards."""
        self._step(-1)

    def toggleHeatMap(self):
        """Show heat maps of chosen findings, or no longer."""
        if self._session.parameters is not None:
            self._session.parameters.showHeatMap = not self._session.parameters.showHeatMap

    def strengthenHeatMap(self):
        """Make heat maps more opaque."""
        self._changeOpacity(OPACITY_STEP)

    def weakenHeatMap(self):
        """Make heat maps more transparent."""
        self._changeOpacity(-OPACITY_STEP)

    def toggleOutlines(self):
        """Show the outlines in all slice views, or no longer."""
        if self._session.parameters is not None:
            self._session.parameters.showOutlines = not self._session.parameters.showOutlines

    def toggleArrangement(self):
        """Hang the chosen volumes, or put the views back as they were."""
        if self.hanging.arranged:
            self.hanging.undo()
            self._session.changed()
        else:
            self.arrange(self._session.volumes, asked=True)

    def arrange(self, volumes, *, asked=False):
        """Hang volumes, plane name → node; see `Hanging.arrange`."""
        if volumes:
            mayNotFit = self.hanging.arrange(volumes, asked=asked)
            self._session.changed()
            if mayNotFit or asked:
                self.fitAsked()

    def _step(self, by):
        session = self._session
        rows = inOrder(session.results.rows) if session.results is not None else []
        if not rows:
            return
        keys = [row.key for row in rows]
        chosen = session.finding.key if session.finding is not None else None
        if chosen in keys:
            session.chooseFinding(rows[(keys.index(chosen) + by) % len(rows)])
        else:
            session.chooseFinding(rows[0 if by > 0 else -1])

    def _changeOpacity(self, by):
        parameters = self._session.parameters
        if parameters is not None:
            parameters.heatMapOpacity = min(1.0, max(0.0, round(parameters.heatMapOpacity + by, 2)))
