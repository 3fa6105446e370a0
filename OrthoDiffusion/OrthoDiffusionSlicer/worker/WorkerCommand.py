"""Which Python runs the worker: Slicer's own."""

import shutil
import sys
from pathlib import Path

from OrthoDiffusionLib.errors import OrthoDiffusionError


def workerProgram():
    """Path of the Python that runs the worker: Slicer's PythonSlicer, outside Slicer the running Python.

    Raises:
        OrthoDiffusionError: if there is none.
    """
    program = shutil.which("PythonSlicer")
    if program is None and Path(sys.executable or "").stem.lower().startswith("python"):
        program = sys.executable
    if program is None:
        raise OrthoDiffusionError(
            "The analysis cannot start: Slicer's Python (PythonSlicer) was not found",
            where="bin folder of Slicer",
            remedy="Repair the installation of Slicer, and start it by its own launcher.",
        )
    return program
