"""What commands and worker say of a fault that nothing has caught: in words, with a log that names no person and no
path. What a user can put right is told apart from a mistake of the program."""

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

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
_OF_THE_DISK = (errno.EIO, errno.EROFS, errno.ESTALE, errno.EFBIG)
_OF_THE_PROGRAM = (errno.ENOENT, errno.EMFILE, errno.ENFILE)  # files of a user's are looked for first; too many open
_LONGEST_NAME = 260


class InternalError(OrthoDiffusionError):
    """A mistake of the program: no user can put it right."""


def unexpected(error: BaseException) -> OrthoDiffusionError:
    """What to report of an unexpected fault; its trace goes to a log without names of people or paths.

    Returns:
        An `InternalError`, or another OrthoDiffusionError for what a user can put right: memory, disk, what the system
        says of a file or folder, a missing package.
    """
    if is_out_of_memory(error):
        return OrthoDiffusionError(Message("worker", "out_of_memory"))
    if isinstance(error, OSError) and error.errno in _DISK_FULL:
        return OrthoDiffusionError(Message("worker", "disk_full"), where=_file_of(error))
    if isinstance(error, OSError) and (error.errno in _OF_THE_DISK or _is_about_a_file(error)):
        return OrthoDiffusionError(Message("file", "unusable", {"error": error.strerror}), where=_file_of(error))
    if isinstance(error, ImportError) and error.name:
        return OrthoDiffusionError(
            Message("worker", "package_missing", {"package": error.name.partition(".")[0]}), log_path=_write_log(error)
        )
    return InternalError(Message("worker", "internal_error"), where=type(error).__name__, log_path=_write_log(error))


def exit_status(problem: OrthoDiffusionError) -> int:
    """With which status a command ends: 1 for a mistake of the program, 2 for what a user can put right."""
    return 1 if isinstance(problem, InternalError) else 2


def _is_about_a_file(error: OSError) -> bool:
    return bool(error.filename) and error.errno not in _OF_THE_PROGRAM


def _file_of(error: OSError) -> str:
    """The file or folder that the system speaks of; a name that is too long is cut in the middle."""
    name = os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes, os.PathLike)) else ""
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME // 2]}…{name[-_LONGEST_NAME // 2 :]}"


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
