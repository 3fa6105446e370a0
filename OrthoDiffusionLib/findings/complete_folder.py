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
from OrthoDiffusionLib.messages import Message

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_THERE = {errno.ENOENT, errno.ENOTDIR}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}


FULL_DISK = ("folder.disk_full", "results.disk_nearly_full", "worker.disk_full")
"""Keys of the messages that say so: no study is at fault, and the next one would meet the same."""

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
        raise OutputError(Message("folder", "invalid_name", {"kind": kind})) from error
    check_free(folder, overwrite, ours, marker, kind)
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
            check_free(folder, overwrite, ours, marker, kind)
            if not _takes_free_place(temporary, folder):
                check_free(folder, overwrite, ours, marker, kind)
                exchange_folder(temporary, folder, aside)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        for parent in missing:  # the deepest first; what is no longer empty stays
            with contextlib.suppress(OSError):
                parent.rmdir()
        raise


def _takes_free_place(new: Path, folder: Path) -> bool:
    """Rename a complete folder to a place where nothing, or an empty folder, is; False if that is not possible.

    The system looks and renames in one step, so that a folder that another program put there a moment ago stays.
    """
    try:
        os.rename(new, folder)
    except OSError:
        return False
    _flush_folder(folder.parent)
    return True


def exchange_folder(new: Path, folder: Path, aside: Path) -> None:
    """Rename a complete folder to its place. An older one there goes when the new one stands, and else comes back.

    Args:
        new: on the same disk.
        folder: its place.
        aside: a free name beside it, for the older one meanwhile.

    Raises:
        OSError: if that is not possible; the older folder is where it was.
    """
    try:
        if folder.exists():
            os.rename(folder, aside)
        os.rename(new, folder)
        _flush_folder(folder.parent)
    except BaseException:
        if aside.exists() and not folder.exists():
            with contextlib.suppress(OSError):  # the first error says more
                os.rename(aside, folder)
        raise
    finally:
        if folder.exists():
            shutil.rmtree(aside, ignore_errors=True)


def check_free(folder: Path, overwrite: bool, ours: Callable[[str], bool], marker: str, kind: str) -> None:
    """Make sure that a folder is not there, is empty, or may be replaced; arguments as of `complete_folder`.

    Raises:
        OutputError: if it may not.
    """
    try:
        os.lstat(folder)
    except OSError as error:
        if error.errno in _NOT_THERE:
            return
        raise _output_error(error, folder, kind) from error
    if os.path.ismount(folder):  # it could not be renamed, after all the work
        raise OutputError(Message("folder", "top_of_disk", {"kind": kind}), where=str(folder))
    if not folder.is_dir():
        raise OutputError(Message("folder", "is_file", {"kind": kind}), where=str(folder))
    with _as_output_error(folder, kind):
        held = sorted(set(os.listdir(folder)) - SYSTEM_FILES)
    unknown = [name for name in held if not ours(name)] or (held if held and marker not in held else [])
    if unknown:
        raise OutputError(Message("folder", "other_files", {"kind": kind, "file": unknown[0]}), where=str(folder))
    if held and not overwrite:
        raise OutputError(Message("folder", "exists", {"kind": kind}), where=str(folder))


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
        return OutputError(Message("folder", "disk_full"), where=str(folder))
    if error.errno in _NOT_ALLOWED:
        return OutputError(Message("folder", "not_allowed", {"kind": kind}), where=str(folder))
    values = {"kind": kind, "error": error.strerror or error}
    return OutputError(Message("folder", "not_written", values), where=str(folder))
