"""pydicom warns and logs by quoting unusual values, a person's name among them; here it is silent."""

from __future__ import annotations

import contextlib
import logging
import threading
import warnings
from collections.abc import Iterator

_entering = threading.Lock()
_inside = 0
_before: tuple[bool, contextlib.AbstractContextManager[object]] | None = None


@contextlib.contextmanager
def quiet_pydicom() -> Iterator[None]:
    """Silence pydicom's warnings as long as any thread is in such a block.

    Filters and loggers are those of the whole process: were each thread to put them back by itself, the first that is
    done would let the others speak.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _inside, _before
    with _entering:
        if _inside == 0:
            logger, kept = logging.getLogger("pydicom"), warnings.catch_warnings()
            _before = logger.disabled, kept
            kept.__enter__()
            warnings.simplefilter("ignore")
            logger.disabled = True
        _inside += 1


def _leave() -> None:
    global _inside, _before
    with _entering:
        _inside -= 1
        if _inside == 0 and _before is not None:
            logging.getLogger("pydicom").disabled, kept = _before
            kept.__exit__(None, None, None)
            _before = None
