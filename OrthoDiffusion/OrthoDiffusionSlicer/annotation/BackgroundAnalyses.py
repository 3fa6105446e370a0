"""Analyses of the cases that come next, by the panel's own worker while nobody needs it."""

import json

import qt

from OrthoDiffusionLib.annotation.uncertainty import uncertainty
from OrthoDiffusionLib.annotation.worklist import DONE, Order
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.service.protocol import Analyze
from OrthoDiffusionSlicer.panel import Settings

AHEAD = 3
"""So many cases after the open one; with ‘most uncertain first’ all of them, as the order needs them."""

_AGAIN_MS = 500


class BackgroundAnalyses:
    """Gives the worker one case at a time, and makes way at once for what the user starts.

    Args:
        session: Session.
        worklists: Worklists; its `list`, `case` and `tell` are used.

    Attributes:
        wanted: whether the user wants it.
        running: the Case that is being analysed, None for none.
    """

    def __init__(self, session, worklists):
        self._session, self._worklists = session, worklists
        self._worker = session.analysis.run.worker
        self.wanted, self.running = True, None
        self._failed = set()  # names of cases; not tried again before the worklist is opened anew
        self._there = set()  # names of cases whose results folder has been seen: a disk may be slow to say so
        self._list = None
        for signal, slot in (
            (self._worker.finished, self._onFinished),
            (self._worker.failed, self._onFailed),
            (self._worker.cancelled, self._onCancelled),
        ):
            signal.connect(slot)
        self._timer = qt.QTimer()
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AGAIN_MS)
        self._timer.connect("timeout()", self._begin)

    def wake(self):
        """There may be something to do, or to stop."""
        opened = self._worklists.list
        if opened is None:
            self._failed.clear()
            self._there.clear()
        if self.running is not None:
            if not self.wanted or opened is not self._list:
                self._worker.cancel()
        elif self.wanted and opened is not None and not self._timer.isActive():
            self._timer.start()

    def close(self):
        self._timer.stop()
        self.wanted = False

    def waiting(self):
        """The cases that are still to be analysed, one after the other."""
        opened = self._worklists.list
        order = opened.ordered()
        if self._worklists.case is not None and self._worklists.case in order:
            place = order.index(self._worklists.case)
            order = order[place:] + order[:place]
        left = [case for case in order if case.state(opened.reader) not in DONE]
        if opened.worklist.order is not Order.UNCERTAIN_FIRST:
            left = left[: AHEAD + 1]
        for case in left:
            if case.name not in self._failed and case.uncertainty is None and not self._isAnalysed(opened, case):
                yield case

    def _isAnalysed(self, opened, case):
        if case.name not in self._there and opened.folder(case).analysis.joinpath("findings.json").is_file():
            self._there.add(case.name)
        return case.name in self._there

    def _begin(self):
        session, opened = self._session, self._worklists.list
        if not self.wanted or opened is None or self.running is not None:
            return
        if session.analysis.busy or self._worker.busy or self._worklists.busy:
            self._timer.start()  # the user's own work comes first
            return
        if session.bundle is None or session.software.missing:
            return
        self._list = opened
        case = next(self.waiting(), None)
        if case is None:
            return
        try:
            options = Settings.options()
        except OrthoDiffusionError:  # told where the user starts an analysis
            return
        request = Analyze(
            {
                "files": [opened.fullPath(path) for path in case.images if path not in case.planes.values()],
                "side": case.side or None,
                **{plane: opened.fullPath(path) for plane, path in case.planes.items()},
            },
            str(opened.folder(case).analysis),
            # What holds for the volumes that are shown may not hold for these; then they say it themselves.
            session.bundle.folder if session.jointChoice.holdsForOthers else None,
            options,
        )
        self.running = case
        try:
            self._worker.analyze(request)
        except OrthoDiffusionError as error:
            self._onFailed(error)
        self._worklists.tell()

    def _take(self):
        """The case that an answer is about; None if the answer is somebody else's."""
        case, self.running = self.running, None
        return case

    def _onFinished(self, folder):
        case = self._take()
        if case is None:
            return
        opened = self._list
        path = opened.folder(case).analysis / "findings.json"
        try:
            case.uncertainty = uncertainty(json.loads(path.read_text(encoding="utf-8")))
            case.problem = ""
        except (OSError, ValueError) as error:
            case.problem = str(error)
            self._failed.add(case.name)
        self._changed(opened)

    def _onFailed(self, error):
        case = self._take()
        if case is None:
            return
        case.problem = str(error)
        self._failed.add(case.name)
        self._changed(self._list)

    def _onCancelled(self):
        if self._take() is not None:
            self._worklists.tell()
            self._timer.start()

    def _changed(self, opened):
        if opened is self._worklists.list:
            opened.save()
            self._worklists.tell()
        self._timer.start()
