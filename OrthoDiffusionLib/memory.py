"""How much memory this process holds, and what keeps it from growing in a long run.

Three things grow in a process that works through volumes of varied size (torch 2.13 on a CPU; measured):

- oneDNN keeps the last 1024 compiled convolutions, products and reorders, by shape: 0.1 to 0.4 MB each. An analysis
  has about 160 of them, a step of fine-tuning about 230, and 17 more each step whose points are another number.
- torch's own layer above it keeps the last 1024 products, by shape, once more: 0.3 MB each.
- glibc keeps what was freed and lies below something still used; with sizes that vary, the heap grows by that, and
  the peak within an analysis with it.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ParamSpec, TypedDict, TypeVar

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.messages import Message

KEPT = {
    ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "DNNL_PRIMITIVE_CACHE_CAPACITY"): 384,
    ("LRU_CACHE_CAPACITY",): 96,
}
"""Names of a setting, the first of which is set -> how many compiled operations are kept: those of an exam or of a
training step, with some to spare. With fewer, each would be compiled anew each time."""

TORN_MB = 1000
"""A heap with so many free MB between what is used is full of holes: an exam that is analysed again and again leaves
up to 700."""

SETTLED = 10
"""After so many analyses what is kept has its size; what comes on top is growth."""

GROWTH_AIM_MB = 100

_MB = 1024**2
_Arguments = ParamSpec("_Arguments")
_Returned = TypeVar("_Returned")


class Growth(TypedDict):
    """How much more a process held than in its first pieces of work, see `growth`. MB; None: not measured."""

    count: int
    settled: int
    settled_mb: float | None
    end_mb: float | None
    growth_mb: float | None


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
    if (library := _glibc()) is not None:
        library.malloc_trim(0)


def trim_fragmented_heap() -> None:
    """Give the system what was freed, in the middle of work, if so much is free that new sizes find no hole to fit.

    Elsewhere it would cost time: what is given back must be got again. Does nothing where glibc is not there, or
    older than 2.33.
    """
    library = _glibc()
    if library is not None and hasattr(library, "mallinfo2"):
        library.mallinfo2.restype = _HeapSizes
        if library.mallinfo2().fordblks > TORN_MB * _MB:
            library.malloc_trim(0)


def giving_back(function: Callable[_Arguments, _Returned]) -> Callable[_Arguments, _Returned]:
    """Decorates what ends a piece of work: when it has left, by an exception too, what it freed is given back."""

    @functools.wraps(function)
    def wrapped(*arguments: _Arguments.args, **named: _Arguments.kwargs) -> _Returned:
        try:
            return function(*arguments, **named)
        finally:  # here, not inside, where its own variables still hold the largest arrays
            give_back()

    return wrapped


def resident_mb() -> float | None:
    """The memory that this process holds now, in MB; None where it cannot be measured (Windows)."""
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
    """The most memory that this process has held so far, in MB; None where it cannot be measured (Windows)."""
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (_MB if sys.platform == "darwin" else 1024)  # macOS counts bytes, Linux kilobytes


def check_long_run(count: int, settled: int = SETTLED) -> int:
    """How many pieces of work are watched, if growth can be seen in them or is not asked for.

    Raises:
        OrthoDiffusionError: if they are too few.
    """
    if 0 < count <= settled:
        values = {"settled": settled, "count": count, "least": settled + 1}
        raise OrthoDiffusionError(Message("worker", "short_run", values))
    return count


def growth(held: Sequence[float | None], settled: int = SETTLED) -> Growth:
    """How much more a process held than in its first pieces of work.

    Args:
        held: MB after each piece of work, more than `settled` of them; None where it cannot be measured.
        settled: the first ones, in which what is kept comes to its size.

    Returns:
        "count" of pieces, "settled" of them; "settled_mb", the most until then, "end_mb" after the last, and
        "growth_mb", by how much the most since then is above it: None where it cannot be measured.
    """
    count, known = len(held), [one for one in held if one is not None]
    if len(known) < count:
        return Growth(count=count, settled=settled, settled_mb=None, end_mb=None, growth_mb=None)
    most = max(known[:settled])
    more = max(0.0, max(known[settled:]) - most)
    return Growth(count=count, settled=settled, settled_mb=most, end_mb=known[-1], growth_mb=more)


def growth_lines(numbers: Growth, what: str) -> list[str]:
    """The numbers of `growth` for a person; `what` names the pieces of work, such as "analyses"."""
    if numbers["growth_mb"] is None:
        return [f"memory over {numbers['count']} {what}: cannot be measured on this system"]
    return [
        f"memory over {numbers['count']} {what}",
        f"  after {numbers['settled']:<17}{numbers['settled_mb']:9.0f} MB",
        f"  at the end             {numbers['end_mb']:9.0f} MB",
        f"  growth at most         {numbers['growth_mb']:9.0f} MB (aim: below {GROWTH_AIM_MB} MB)",
    ]


def shown_mb(value: float | None) -> str:
    """A number of MB for a line of a table, or that there is none."""
    return "  cannot be measured on this system" if value is None else f"{value:9.0f} MB"


class _HeapSizes(ctypes.Structure):
    """glibc's `struct mallinfo2`, in bytes; `fordblks` is free."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]


@functools.cache
def _glibc() -> ctypes.CDLL | None:
    """The C library, if it is glibc."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        library = ctypes.CDLL(None)
        return library if hasattr(library, "malloc_trim") else None
    except OSError:
        return None


_NO_MEMORY = (
    "out of memory", "not enough memory", "can't allocate memory", "cannot allocate memory", "failed to allocate",
)  # fmt: skip


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, of the machine or of the graphics card.

    torch says it by a RuntimeError on the processor and by a child of it on a graphics card, SimpleITK by a
    RuntimeError, the system by an OSError, and an ImportError says it of a library that could not be loaded.
    """
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    text = str(error).lower()
    return isinstance(error, (RuntimeError, ImportError)) and any(sign in text for sign in _NO_MEMORY)
