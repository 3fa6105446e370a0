"""Whether the system has ended processes because memory ran out, by the kernel's own counts."""

from __future__ import annotations

import contextlib
from pathlib import Path

_COUNTS = (Path("/proc/vmstat"), Path("/sys/fs/cgroup/memory.events"), Path("/sys/fs/cgroup/memory/memory.oom_control"))


class MemoryKills:
    """Compares the counts of now with those of the last look."""

    def __init__(self) -> None:
        self._last = _count()

    def more(self) -> bool:
        """Whether there were any since the last look; False where the system does not count them."""
        now = _count()
        more, self._last = now > self._last, now
        return more


def _count() -> int:
    found = 0
    for path in _COUNTS:
        with contextlib.suppress(OSError, ValueError):
            for line in path.read_text(encoding="ascii").splitlines():
                name, _, value = line.partition(" ")
                if name == "oom_kill":
                    found += int(value)
    return found
