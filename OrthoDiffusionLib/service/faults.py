"""What the worker says of an unexpected fault: in words, with a log that names no person and no path."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path

from OrthoDiffusionLib import __version__
from OrthoDiffusionLib.errors import OrthoDiffusionError, text_without_names
from OrthoDiffusionLib.memory import is_out_of_memory
from OrthoDiffusionLib.messages import Message


def unexpected(error: BaseException) -> OrthoDiffusionError:
    """What to report of an unexpected fault; its trace goes to a log without names of people or paths."""
    if is_out_of_memory(error):
        return OrthoDiffusionError(Message("worker", "out_of_memory"))
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return OrthoDiffusionError(Message("worker", "disk_full"))
    if isinstance(error, PermissionError) and error.filename:
        values = {"error": error.strerror}
        return OrthoDiffusionError(Message("file", "folder_unreadable", values), where=str(error.filename))
    if isinstance(error, ImportError) and error.name:
        return OrthoDiffusionError(
            Message("worker", "package_missing", {"package": error.name.partition(".")[0]}), log_path=_write_log(error)
        )
    return OrthoDiffusionError(
        Message("worker", "internal_error"), where=type(error).__name__, log_path=_write_log(error)
    )


def _write_log(error: BaseException) -> str:
    """The stack with code places only: a message could quote a patient's name or a folder called after one."""
    lines = [
        time.strftime("%Y-%m-%d %H:%M:%S"),
        f"OrthoDiffusion {__version__}, Python {sys.version.split()[0]}, {sys.platform}",
        "".join(traceback.format_tb(error.__traceback__)).rstrip(),
        f"{type(error).__name__}: {text_without_names(error)}",
    ]
    path = Path(tempfile.gettempdir()) / f"orthodiffusion-{os.getpid()}.log"
    with contextlib.suppress(OSError):
        with path.open("a", encoding="utf-8") as log:
            log.write("\n".join(lines) + "\n\n")
        return str(path)
    return ""
