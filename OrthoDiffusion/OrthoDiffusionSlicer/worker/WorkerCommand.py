"""How the worker is started: which Python, which arguments, which environment. For Qt and for subprocess alike."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import OrthoDiffusionLib
from OrthoDiffusionLib.errors import OrthoDiffusionError

PROTOCOL = 1
ARGUMENTS = ("-m", "OrthoDiffusionLib", "worker")

# Slicer's launcher turns a crash of its child, whatever ended it, into exit code 1 and this line of error output
# (commontk/AppLauncher, ctkAppLauncher.cpp, applicationFinished).
_LAUNCHERS_LINE = re.compile(r"^error: \[.*\] exit abnormally - Report the problem\.\s*$", re.MULTILINE)


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


def workerEnvironment():
    """Variables to set for the worker, beside those it inherits."""
    library = str(Path(OrthoDiffusionLib.__file__).resolve().parent.parent)
    inherited = os.environ.get("PYTHONPATH", "")
    return {
        # The library need not be installed: it lies beside the module, in source trees and in extensions.
        "PYTHONPATH": os.pathsep.join(part for part in (library, inherited) if part),
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8",
    }


def withoutWindow():
    """Keyword arguments for `subprocess`: no console window opens on Windows."""
    return {"creationflags": subprocess.CREATE_NO_WINDOW} if sys.platform == "win32" else {}


def endedFromOutside(exitCode, errorOutput):
    """Whether a signal ended the worker and not the worker itself, as far as an exit code and words can tell.

    Args:
        exitCode: of the launcher, or of the worker where there is none; negative for a signal (`subprocess`).
        errorOutput: the end of what both wrote to standard error.
    """
    # A shell as launcher says 128 + signal, Windows a large number; Slicer's own says it in words.
    return not 0 <= exitCode < 128 or bool(exitCode and _LAUNCHERS_LINE.search(errorOutput))


def lastLine(errorOutput):
    """The last line that the worker itself wrote to standard error, an empty text if there is none."""
    lines = [line.strip() for line in _LAUNCHERS_LINE.sub("", errorOutput).splitlines() if line.strip()]
    return lines[-1] if lines else ""


def checkHello(message):
    """Accept the worker's first words, or say why not.

    Raises:
        OrthoDiffusionError: for another protocol or another version of the library.
    """
    remedy = "Restart Slicer, so that panel and worker are of the same version; else install the extension again."
    if message.get("protocol") != PROTOCOL:
        raise OrthoDiffusionError(
            f"The worker speaks protocol {message.get('protocol')}, this panel speaks {PROTOCOL}", remedy=remedy
        )
    if message.get("version") != OrthoDiffusionLib.__version__:
        raise OrthoDiffusionError(
            f"The worker has version {message.get('version')}, this panel has {OrthoDiffusionLib.__version__}",
            remedy=remedy,
        )


def errorFrom(message):
    """The OrthoDiffusionError that a worker's `error` message describes."""
    return OrthoDiffusionError(
        message.get("what") or "The analysis failed",
        where=message.get("where") or "",
        remedy=message.get("remedy") or "",
        log_path=message.get("log_path") or message.get("log path") or "",
        code=message.get("code") or "",
    )


def notStartedError(program):
    """What to say when the operating system cannot start the worker's Python."""
    return OrthoDiffusionError(
        "The worker could not be started",
        where=program,
        remedy="Repair the installation of Slicer, and start it by its own launcher.",
    )


def stoppedError(crashed, lastWords):
    """What to say when the worker ended without an answer.

    Args:
        crashed: True if it was ended by a signal rather than by itself.
        lastWords: the end of its error output.
    """
    if crashed:
        return OrthoDiffusionError(
            "The analysis was stopped from outside, most often because the computer ran out of memory",
            remedy="Close other programs or scenes and press ‘Analyze knee’ again; nothing in the scene has changed.",
        )
    last = lastLine(lastWords)
    return OrthoDiffusionError(
        f"The worker stopped without a result: {last}" if last else "The worker stopped without a result",
        remedy="Press ‘Analyze knee’ again. If it stops again, the details below say more.",
    )
