"""A folder that is complete or not there at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from OrthoDiffusionLib.errors import OutputError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_THERE = {errno.ENOENT, errno.ENOTDIR}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}


FREE_SPACE = "Free some space (about 30 MB), or choose a folder on another disk."

SYSTEM_FILES = {".DS_Store", "Thumbs.db", "desktop.ini"}
"""What file browsers leave in folders that they have shown."""

_LONGEST_STEM = 50  # of a temporary name: with its ending at most 255 bytes, whatever the letters


@contextlib.contextmanager
def complete_folder(
    folder: Path,
    *,
    overwrite: bool,
    ours: Callable[[str], bool],
    marker: str,
    kind: str = "results folder",
) -> Iterator[Path]:
    """Gives a temporary folder beside `folder`, and renames it to `folder` when the block is done.

    Everything is on the disk before the rename. Whatever ends the block early, Ctrl-C included, leaves
    nothing behind and an older folder as it was.

    Args:
        folder: where the files shall be; its parents are made as needed.
        overwrite: replace an older folder of the same kind, after the new one is complete.
        ours: whether a file or folder of that name belongs to a folder of this kind; one with anything else
            in it is not replaced.
        marker: the file that every folder of this kind has; one without it is not replaced either.
        kind: what the folder is, for messages.

    Raises:
        OutputError: if the folder exists and may not be replaced, cannot be written, or the disk is full.
    """
    try:
        folder = Path(os.path.realpath(folder))
    except ValueError as error:  # a null character
        raise OutputError(f"The name of the {kind} is invalid", remedy="Choose another name.") from error
    _check_free(folder, overwrite, ours, marker, kind)
    # Named before they are made, so that an interrupt at any moment finds them.
    token = secrets.token_hex(4)
    temporary = folder.with_name(f".{folder.name[:_LONGEST_STEM]}.{token}.unfinished")
    aside = folder.with_name(f".{folder.name[:_LONGEST_STEM]}.{token}.replaced")
    missing = [parent for parent in folder.parents if not os.path.lexists(parent)]
    try:
        with _as_output_error(folder, kind):
            temporary.mkdir(parents=True)
            yield temporary
            _flush_to_disk(temporary)
            _check_free(folder, overwrite, ours, marker, kind)
            if folder.exists():
                os.rename(folder, aside)
            os.rename(temporary, folder)
            _flush_folder(folder.parent)
    except BaseException:
        if aside.exists() and not folder.exists():
            os.rename(aside, folder)
        shutil.rmtree(temporary, ignore_errors=True)
        for parent in missing:  # the deepest first; what is no longer empty stays
            with contextlib.suppress(OSError):
                parent.rmdir()
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _check_free(folder: Path, overwrite: bool, ours: Callable[[str], bool], marker: str, kind: str) -> None:
    try:
        os.lstat(folder)
    except OSError as error:
        if error.errno in _NOT_THERE:
            return
        raise _output_error(error, folder, kind) from error
    if os.path.ismount(folder):  # it could not be renamed, after all the work
        raise OutputError(
            f"The {kind} is the top of a disk", where=str(folder), remedy="Choose a new folder inside it."
        )
    if not folder.is_dir():
        raise OutputError(
            f"The {kind} is a file",
            where=str(folder),
            remedy="Choose another name, or move the file away.",
        )
    with _as_output_error(folder, kind):
        held = sorted(set(os.listdir(folder)) - SYSTEM_FILES)
    unknown = [name for name in held if not ours(name)] or (held if held and marker not in held else [])
    if unknown:
        raise OutputError(
            f"The {kind} holds other files, such as {unknown[0]}",
            where=str(folder),
            remedy="Choose a new folder; files of others are never deleted.",
        )
    if held and not overwrite:
        raise OutputError(
            f"The {kind} exists already",
            where=str(folder),
            remedy="Choose another folder, or allow overwriting (--overwrite).",
        )


def _flush_to_disk(folder: Path) -> None:
    for where, _, files in os.walk(folder, topdown=False):
        for name in files:
            with open(os.path.join(where, name), "rb+") as file:
                os.fsync(file.fileno())
        _flush_folder(Path(where))


def _flush_folder(folder: Path) -> None:
    # Windows cannot open folders, and some network file systems cannot flush them; the files are safe anyway.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _as_output_error(folder: Path, kind: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _output_error(error, folder, kind) from error
    except OutputError as error:
        # A writer of one file names its temporary path; the user chose the folder.
        if isinstance(error.__cause__, OSError):
            raise _output_error(error.__cause__, folder, kind) from error
        raise


def _output_error(error: OSError, folder: Path, kind: str) -> OutputError:
    if error.errno in _FULL:
        what, remedy = "The disk is full", FREE_SPACE
    elif error.errno in _NOT_ALLOWED:
        what = f"The {kind} cannot be written"
        remedy = "Choose a folder you may write to, such as one in your home folder."
    else:
        what = f"The {kind} could not be written: {error.strerror or error}"
        remedy = "Choose another folder."
    return OutputError(what, where=str(folder), remedy=remedy)
