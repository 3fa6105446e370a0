"""Which Python runs the worker: Slicer's own."""

import shutil
import sys
from pathlib import Path

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.messages import Message


def workerProgram():
    """Path of the Python that runs the worker: Slicer's PythonSlicer, outside Slicer the running Python.

    Raises:
        OrthoDiffusionError: if there is none.
    """
    program = shutil.which("PythonSlicer")
    if program is None and Path(sys.executable or "").stem.lower().startswith("python"):
        program = sys.executable
    if program is None:
        raise OrthoDiffusionError(Message("worker", "no_python"), where=Message("bin_folder"))
    return program
