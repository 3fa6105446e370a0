"""Signal: notifies listeners that something happened, for plain Python objects."""


class Signal:
    """A list of functions that are called together.

    Qt's own signals need a class derived from QObject, which Slicer's PythonQt cannot make in Python.
    """

    def __init__(self):
        self._listeners = []

    def connect(self, listener):
        self._listeners.append(listener)

    def disconnect(self, listener):
        self._listeners = [other for other in self._listeners if other != listener]

    def __call__(self, *args):
        for listener in list(self._listeners):
            listener(*args)
