"""What a process and those below it hold: memory by share, and open files. Linux, which says so in /proc."""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

_SHARE = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True)
class Held:
    """What a batch holds at a moment.

    Attributes:
        own_mb: of the process that records.
        largest_worker_mb: of the largest worker, pages that several share counted by share.
        files: open files of all.
        worked_s: processor time of workers and template since each began.
    """

    own_mb: float
    largest_worker_mb: float
    files: int
    worked_s: float


def held_below(pid: int) -> Held:
    """Of a process, its children (the template) and theirs (the workers); those that end meanwhile are left out."""
    children = children_of(pid)
    workers = [one for child in children for one in children_of(child)]
    largest = max((proportional_mb(one) for one in workers or children), default=0.0)
    files = sum(open_files(one) for one in (pid, *children, *workers))
    return Held(proportional_mb(pid), largest, files, sum(map(processor_seconds, (*children, *workers))))


def children_of(pid: int) -> list[int]:
    """Processes that a process has started and that have not ended."""
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, path.read_text(encoding="ascii").split())
    return found


def proportional_mb(pid: int) -> float:
    """Memory of a process in MB, shared pages counted by share; 0 if it has ended or the system does not say."""
    with contextlib.suppress(OSError):
        found = _SHARE.search(Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii"))
        return int(found.group(1)) / 1024 if found else 0.0
    return 0.0


def open_files(pid: int) -> int:
    """How many files, pipes and sockets a process has open."""
    with contextlib.suppress(OSError):
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return 0


def processor_seconds(pid: int) -> float:
    """Time that a process has used of the processor; what its threads did counts, what its children did does not."""
    with contextlib.suppress(OSError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0
