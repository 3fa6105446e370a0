"""How much computing something has cost, kept in a file through interruptions."""

from __future__ import annotations

import json
import time
from pathlib import Path

from OrthoDiffusionLib.volumes.files.atomic import write_text


class CpuClock:
    """Seconds of all cores that this process and those before it, which wrote to the same file, have computed.

    Not seconds of the clock: on a computer that does other work as well they would measure that work.

    Args:
        path: the file; what is there is gone on with.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._before = cpu_seconds(path) or 0.0
        self._begun = time.process_time()

    def keep(self) -> float:
        """Write down what has been used so far; returns it."""
        total = self._before + time.process_time() - self._begun
        write_text(self.path, json.dumps({"cpu_seconds": round(total, 1)}) + "\n")
        return total


def cpu_seconds(path: Path) -> float | None:
    """What a clock wrote, or None."""
    try:
        return float(json.loads(path.read_text(encoding="utf-8"))["cpu_seconds"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
