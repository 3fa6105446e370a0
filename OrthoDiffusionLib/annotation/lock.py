"""One program at a time writes a worklist.

Beside the file lies ‘<file>.lock’, which says who has it open. On one computer the operating system holds it, and lets
go when the program ends, however it ends. Over a network that may not reach other computers: there the time decides
that the owner renews every minute. A computer that was asleep may have lost it meanwhile: see `WorklistLock.check`.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import time
from pathlib import Path
from typing import Any

from OrthoDiffusionLib.annotation.worklist_file import WorklistError
from OrthoDiffusionLib.errors import OutputError
from OrthoDiffusionLib.messages import Message

RENEW_SECONDS = 60
FORGOTTEN_SECONDS = 5 * RENEW_SECONDS
"""A lock of another computer that was not renewed for so long is taken over."""

_HELD_BYTE = 1 << 30  # far behind the text, which others may then read


class WorklistLock:
    """Holds the lock of one worklist from `__init__` to `release`.

    Args:
        worklist: path of the worklist's file.
        reader: who opens it, for the message that others get.

    Raises:
        WorklistError: if it is open elsewhere; says where and since when.
        OutputError: if the folder cannot be written.
    """

    def __init__(self, worklist: Path, reader: str) -> None:
        self.path = worklist.with_name(f"{worklist.name}.lock")
        self._renewed = time.time()
        self._facts = {"reader": reader, "computer": platform.node(), "process": os.getpid(), "since": time.time()}
        try:
            self._handle: int | None = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            values = {"error": error.strerror or error}
            raise OutputError(Message("worklist", "folder_not_written", values), where=str(worklist.parent)) from error
        there = _facts(self._handle)
        if not _hold(self._handle):
            self._let_go()
            raise _open_elsewhere(worklist, there)
        renewed = float(there.get("renewed", 0.0)) if there else 0.0
        if there and there.get("computer") != self._facts["computer"] and time.time() - renewed < FORGOTTEN_SECONDS:
            self._let_go()
            raise _open_elsewhere(worklist, there)
        self._write()

    def renew(self) -> None:
        """Say that the worklist is still open; call it every `RENEW_SECONDS`. A full disk is no reason to stop."""
        if self._handle is not None and (self._was_renewed() or self._is_ours(_facts_of(self.path))):
            self._write()

    def check(self) -> bool:
        """Make sure that the worklist may be written. Looks at the disk only where it was not renewed for long.

        Returns:
            False if somebody else had it open meanwhile and has closed it: what the file says now has to be taken up
            first. It is ours again.

        Raises:
            WorklistError: if it is open elsewhere now.
        """
        if self._handle is None or self._was_renewed():
            return True
        there = _facts_of(self.path)
        ours = self._is_ours(there)
        if not ours and there and time.time() - float(there.get("renewed", 0.0)) < FORGOTTEN_SECONDS:
            raise _open_elsewhere(self.path.with_name(self.path.name.removesuffix(".lock")), there)
        self._write()
        return ours

    def _was_renewed(self) -> bool:
        """Whether that was so short a time ago that nobody can have taken it over."""
        return 0.0 <= time.time() - self._renewed < FORGOTTEN_SECONDS

    def _is_ours(self, there: dict[str, Any]) -> bool:
        return all(there.get(key) == value for key, value in self._facts.items())

    def _write(self) -> None:
        assert self._handle is not None
        self._renewed = time.time()
        text = json.dumps({**self._facts, "renewed": self._renewed}).encode()
        with contextlib.suppress(OSError):
            os.lseek(self._handle, 0, os.SEEK_SET)
            os.write(self._handle, text)
            os.ftruncate(self._handle, len(text))

    def release(self) -> None:
        """Let others open the worklist; may be called twice."""
        if self._handle is None:
            return
        with contextlib.suppress(OSError):
            os.ftruncate(self._handle, 0)  # emptied, not removed: another program may wait with the same file
        self._let_go()

    def _let_go(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _facts(handle: int) -> dict[str, Any]:
    """What the lock's file says; nothing if it is empty or damaged."""
    try:
        os.lseek(handle, 0, os.SEEK_SET)
        content = json.loads(os.read(handle, 4096).decode())
        return content if isinstance(content, dict) else {}
    except (OSError, ValueError):
        return {}


def _facts_of(path: Path) -> dict[str, Any]:
    """The same of the file as it lies there now; an open one may be known from before."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return {}
    try:
        return _facts(handle)
    finally:
        os.close(handle)


def _hold(handle: int) -> bool:
    """Ask the operating system; False if another program holds it."""
    try:
        if os.name == "nt":
            import msvcrt

            os.lseek(handle, _HELD_BYTE, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # Windows alone has it
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        # A file system without locks: the time in the file decides alone.
        return os.name != "nt" or error.errno not in (13, 36)
    return True


def _open_elsewhere(worklist: Path, there: dict[str, Any]) -> WorklistError:
    who, computer = str(there.get("reader") or "–"), str(there.get("computer") or "–")
    since = float(there.get("since") or 0.0)
    values = {"reader": who, "computer": computer}
    if not since:
        return WorklistError(Message("worklist", "open", values), where=str(worklist), code="worklist_open")
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(since))
    message = Message("worklist", "open_since", {"reader": who, "computer": computer, "time": when})
    return WorklistError(message, where=str(worklist), code="worklist_open")
