"""Processes that were asked to end, kept until they have ended: deleted before, a Qt process complains and waits."""

import atexit
import contextlib

import qt

_leaving = []


def release(process):
    """Let go of a process a little later: deleted inside its own signal, a Qt object takes Slicer with it.

    Args:
        process: a qt.QProcess that has ended or was asked to.
    """
    if not _leaving:
        qt.QTimer.singleShot(0, _forget)
    _leaving.append(process)


def _forget():
    _leaving[:] = [process for process in _leaving if process.state() != qt.QProcess.NotRunning]
    if _leaving:
        qt.QTimer.singleShot(100, _forget)


def _endAll():
    """Slicer has closed its window and its event loop; these processes must not outlive it."""
    for process in _leaving:
        with contextlib.suppress(ValueError):  # PythonQt's: Qt has gone before, and has ended it
            process.kill()
            process.waitForFinished(2000)
    _leaving.clear()


atexit.register(_endAll)
