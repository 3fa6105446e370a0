"""One batch or node at a time writes into a folder of results: a lock file with a heartbeat, on network shares too."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from OrthoDiffusionLib.errors import OutputError
from OrthoDiffusionLib.messages import Message

LOCK = ".batch-lock"

BATCH, NODE = "batch", "node"
"""Who may hold it: `orthodiffusion batch`, or `orthodiffusion listen`."""

BEAT_SECONDS = 10.0
STALE_SECONDS = 120.0
"""A lock of another machine is left over if it was not touched for so long, by the file server's own clock (ours)."""


_held: set[str] = set()
"""Tokens of the locks that this process holds: one of its own that it does not know was left where a share had gone."""


class FolderLock:
    """A lock on a folder of results, from `acquire` to `release`.

    Args:
        folder: made if it is not there.
        holder: `BATCH` or `NODE`, for what is said to the next one.

    Attributes:
        lost: whether another process took it over, because this one had been stopped for minutes.
    """

    def __init__(self, folder: Path, holder: str = BATCH) -> None:
        self._folder, self._path, self._holder = folder, folder / LOCK, holder
        self._token = secrets.token_hex(8)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.lost = False

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            OutputError: if another batch or a node holds it (code ``batch_running``), or the folder cannot be written.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            while not self._made():
                holder = _content(self._path)
                if holder is not None and self._is_alive(holder):
                    raise OutputError(_in_use(holder), where=str(self._folder), code="batch_running")
                self._take_away(holder)
        except OSError as error:
            values = {"error": error.strerror or error}
            raise OutputError(Message("batch", "folder_not_writable", values), where=str(self._folder)) from error
        _held.add(self._token)
        self._thread = threading.Thread(target=self._beat, name="batch-lock", daemon=True)
        self._thread.start()

    def release(self) -> None:
        """Give it back; one that was lost stays with who has it."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        _held.discard(self._token)
        with contextlib.suppress(OSError):
            if self._is_ours():
                self._path.unlink()

    def check(self) -> None:
        """Raise if the lock was lost: nothing more may be written.

        Raises:
            OutputError: saying so.
        """
        if self.lost:
            raise OutputError(Message("batch", "lock_lost"), where=str(self._folder))

    def _made(self) -> bool:
        """Whether the lock file could be made; it appears with its content, whole."""
        content = json.dumps({"token": self._token, "holder": self._holder, **_who()}).encode()
        draft = self._path.with_name(f"{LOCK}.{self._token}")
        draft.write_bytes(content)
        try:
            try:
                os.link(draft, self._path)  # fails if it is there, on network file systems too
                return True
            except FileExistsError:
                return False
            except OSError:  # a file system without links
                return self._made_alone(content)
        finally:
            draft.unlink(missing_ok=True)

    def _made_alone(self, content: bytes) -> bool:
        try:
            handle = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        except FileExistsError:
            return False
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        return True

    def _is_alive(self, holder: dict[str, Any]) -> bool:
        own = _who()
        if sys.platform != "win32" and holder.get("machine") == own["machine"]:
            if holder.get("pid") == own["pid"] and holder.get("begun") == own["begun"]:
                return holder.get("token") in _held
            return _runs(int(holder.get("pid", 0)), str(holder.get("begun", "")))
        # The file server's clock on both sides: clocks of two machines may disagree.
        probe = self._path.with_name(f"{LOCK}.{self._token}.now")
        probe.write_bytes(b"")
        try:
            return probe.stat().st_mtime - self._path.stat().st_mtime < STALE_SECONDS
        except FileNotFoundError:
            return False
        finally:
            probe.unlink(missing_ok=True)

    def _take_away(self, holder: dict[str, Any] | None) -> None:
        """Remove a lock that is left over; of several who try, one succeeds."""
        aside = self._path.with_name(f"{LOCK}.{self._token}.old")
        with contextlib.suppress(FileNotFoundError):
            os.rename(self._path, aside)
            if _content(aside) != holder:  # another was quicker, and this is its new lock
                with contextlib.suppress(OSError):
                    os.link(aside, self._path)
            aside.unlink(missing_ok=True)

    def _is_ours(self) -> bool:
        content = _content(self._path)
        return content is not None and content.get("token") == self._token

    def _beat(self) -> None:
        while not self._stop.wait(BEAT_SECONDS):
            try:
                if self._is_ours():
                    os.utime(self._path)
                elif self._path.exists():
                    self.lost = True
                    return
                # Else a share has gone, or somebody removed the lock: nobody has taken it over.
            except OSError:  # a share that is gone for a while; the work itself will notice if it stays away
                continue


@contextlib.contextmanager
def locked(folder: Path, holder: str = BATCH) -> Iterator[FolderLock]:
    """The lock on a folder, held for a block.

    Raises:
        OutputError: as `FolderLock.acquire`.
    """
    lock = FolderLock(folder, holder)
    lock.acquire()
    try:
        yield lock
    finally:
        lock.release()


def is_there(folder: Path) -> bool:
    """Whether a folder can be listed and holds anything; the place of a share that was unmounted is empty."""
    try:
        return next(iter(folder.iterdir()), None) is not None
    except OSError:
        return False


def _in_use(holder: dict[str, Any]) -> Message:
    values = {"host": holder.get("host", "?"), "pid": holder.get("pid", "?")}
    if holder.get("holder") == NODE:
        return Message("batch", "in_use_by_node", values)
    return Message("batch", "in_use", values)


def _content(path: Path) -> dict[str, Any] | None:
    """What a lock says; None if it is not there or damaged."""
    try:
        content = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def _who() -> dict[str, Any]:
    """This process: machine, process number and when it began, since numbers are used again."""
    parts = [socket.gethostname()]
    for source in (Path("/proc/sys/kernel/random/boot_id"),):
        with contextlib.suppress(OSError):
            parts.append(source.read_text(encoding="ascii").strip())
    with contextlib.suppress(OSError):  # containers of one machine count their processes each by itself
        parts.append(os.readlink("/proc/self/ns/pid"))
    pid = os.getpid()
    return {"host": socket.gethostname(), "machine": "/".join(parts), "pid": pid, "begun": _begun(pid)}


def _runs(pid: int, begun: str) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # of another user
    return not begun or _begun(pid) == begun


def _begun(pid: int) -> str:
    """When a process began, in the system's own count; "" where it does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    # A process that was killed and not yet asked for by its parent does not run any more.
    return "" if len(fields) < 20 else ("gone" if fields[0] == "Z" else fields[19])
