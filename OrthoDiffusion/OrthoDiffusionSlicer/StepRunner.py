"""Runs a generator of small steps from the event loop, so that the window answers in between."""

import time

import qt

# A tick ends after so many milliseconds; one step may be longer, and is what counts.
_TICK_MS = 12


REST = object()
"""What a generator yields before a step that is long in itself: it gets a tick of its own."""


class StepRunner:
    """One generator at a time; an exception in it goes to `onError`, never into Qt."""

    def __init__(self):
        self._steps = None
        self._timer = qt.QTimer()
        self._timer.setInterval(0)
        self._timer.connect("timeout()", self._tick)
        self.longestStepMs = 0.0

    @property
    def busy(self):
        return self._steps is not None

    def run(self, steps, onDone, onError):
        """Start; what ran before is dropped.

        Args:
            steps: a generator.
            onDone: called when it is exhausted.
            onError: called with the exception it raised.
        """
        self.stop()
        self._steps, self._onDone, self._onError = steps, onDone, onError
        self.longestStepMs = 0.0
        self._timer.start()

    def stop(self):
        """Drop the generator where it stands; its `finally` blocks run."""
        self._timer.stop()
        steps, self._steps = self._steps, None
        if steps is not None:
            steps.close()

    def _tick(self):
        steps = self._steps
        end = time.perf_counter() + _TICK_MS / 1000
        while self._steps is steps and steps is not None:
            begin = time.perf_counter()
            try:
                rest = next(steps) is REST
            except StopIteration:
                self._finish(self._onDone)
                return
            except Exception as error:
                self._finish(self._onError, error)
                return
            now = time.perf_counter()
            self.longestStepMs = max(self.longestStepMs, 1000 * (now - begin))
            if rest or now > end:
                return

    def _finish(self, callback, *args):
        self._timer.stop()
        self._steps = None
        callback(*args)
