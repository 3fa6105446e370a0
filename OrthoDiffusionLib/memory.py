"""How much memory this process holds, and what keeps it from growing in a long run.

Three things grow in a process that works through volumes of varied size (torch 2.13 on a CPU; measured):

- oneDNN keeps the last 1024 compiled convolutions, products and reorders, by shape: 0.1 to 0.4 MB each. An analysis
  has about 160 of them, a step of fine-tuning about 230, and 17 more each step whose points are another number.
- torch's own layer above it keeps the last 1024 products, by shape, once more: 0.3 MB each.
- glibc keeps what was freed and lies below something still used; with sizes that vary, the heap grows by that.
"""

from __future__ import annotations

import ctypes
import functools
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

KEPT = {
    ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "DNNL_PRIMITIVE_CACHE_CAPACITY"): 384,
    ("LRU_CACHE_CAPACITY",): 96,
}
"""Names of a setting, the first of which is set -> how many compiled operations are kept: those of an exam or of a
training step and room beside them. With fewer, each would be compiled anew each time."""

_MB = 1024**2
_Call = TypeVar("_Call", bound=Callable)


def bound_caches() -> None:
    """Bound what torch keeps of compiled operations, in this process and those it starts.

    Torch reads these settings when it compiles the first operation, not when it is imported; after that nothing
    changes. What the user has set, under either name, stays.
    """
    for names, count in KEPT.items():
        if not any(name in os.environ for name in names):
            os.environ[names[0]] = str(count)


def give_back() -> None:
    """Give the system what was freed; does nothing where the C library is not glibc."""
    if (trim := _trim()) is not None:
        trim(0)


def giving_back(function: _Call) -> _Call:
    """Decorates what ends a piece of work: when it has left, by an exception too, what it freed is given back."""

    @functools.wraps(function)
    def wrapped(*arguments, **named):
        try:
            return function(*arguments, **named)
        finally:  # here, not inside, where its own variables still hold the largest arrays
            give_back()

    return wrapped


def resident_mb() -> float | None:
    """The memory that this process holds now, in MB; None where it cannot be told (Windows)."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / _MB
    except (OSError, ValueError, IndexError, AttributeError):
        pass
    try:  # macOS
        asked = ["ps", "-o", "rss=", "-p", str(os.getpid())]
        return int(subprocess.run(asked, capture_output=True, check=True, text=True).stdout) / 1024
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def peak_mb() -> float | None:
    """The most memory that this process has held so far, in MB; None where it cannot be told (Windows)."""
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (_MB if sys.platform == "darwin" else 1024)  # macOS counts bytes, Linux kilobytes


@functools.cache
def _trim() -> Callable[[int], int] | None:
    """glibc's `malloc_trim`."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        return ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):  # another C library
        return None
