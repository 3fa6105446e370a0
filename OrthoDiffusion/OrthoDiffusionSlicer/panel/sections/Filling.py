"""Filling: whether a program is setting the widgets, and not the user."""


class Filling:
    """A context manager that counts; true while at least one block of it, or one `begin` without `end`, is open.

    Slicer's node selectors say `nodeActivated` also when a program sets them.
    """

    def __init__(self):
        self._depth = 0

    def begin(self, caller=None, event=None):
        self._depth += 1

    def end(self, caller=None, event=None):
        self._depth = max(0, self._depth - 1)

    def reset(self):
        """Nothing is open any more."""
        self._depth = 0

    def __bool__(self):
        return self._depth > 0

    def __enter__(self):
        self.begin()

    def __exit__(self, *error):
        self.end()
