"""Temporary folders of Slicer's, with an error that says what to do; removed even if another process still writes."""

import shutil
import tempfile

import qt
import slicer

from OrthoDiffusionLib.errors import OutputError
from OrthoDiffusionLib.messages import Message

LOOK_AGAIN = (2000, 10_000)
"""Milliseconds. A process that was told to end may be writing its last file and make its folder once more; what it
holds are a patient's images, which must not stay behind."""


def temporaryFolder(prefix):
    """Path of a new folder.

    Args:
        prefix: of its name.

    Raises:
        OutputError: if it cannot be made, as on a full disk.
    """
    try:
        return tempfile.mkdtemp(prefix=prefix, dir=slicer.app.temporaryPath)
    except OSError as error:
        raise OutputError(
            Message("worker", "no_temporary_folder", {"error": error.strerror or error}), where=slicer.app.temporaryPath
        ) from error


def removeFolder(folder):
    """Remove a folder and what it holds, now and once more if it comes back.

    Args:
        folder: its path; None does nothing.
    """
    if folder is None:
        return
    shutil.rmtree(folder, ignore_errors=True)
    for milliseconds in LOOK_AGAIN:
        qt.QTimer.singleShot(milliseconds, lambda: shutil.rmtree(folder, ignore_errors=True))
