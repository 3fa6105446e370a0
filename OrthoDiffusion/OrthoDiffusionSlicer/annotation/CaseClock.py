"""How long a case is open: counted in small pieces, so that a computer that slept counts for nothing."""

import time

import qt

_TICK_S = 5
_LONGEST_S = 60  # a longer pause between two ticks was no work


class CaseClock:
    """Adds seconds to somebody's account while it runs.

    Args:
        add: called with seconds, a few at a time.
    """

    def __init__(self, add):
        self._add, self._last = add, None
        self._timer = qt.QTimer()
        self._timer.connect("timeout()", self.tick)

    def start(self):
        self._last = time.monotonic()
        self._timer.start(1000 * _TICK_S)

    def tick(self):
        """Count what has gone by since."""
        if self._last is not None:
            now = time.monotonic()
            passed, self._last = now - self._last, now
            if passed <= _LONGEST_S:
                self._add(passed)

    def stop(self):
        """Count the rest, and no more."""
        self.tick()
        self._timer.stop()
        self._last = None
