"""A file is either whole or not there: write beside it, then rename."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

from ..errors import OutputError


@contextlib.contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """A temporary name beside `path`, with the same endings; renamed to `path` if the block succeeds.

    Raises:
        OutputError: if the folder is missing or not writable, or the disk is full. The temporary file
            is removed in every case, an older file at `path` is untouched unless all went well.
    """
    path = Path(path)
    temporary = path.with_name(f".{uuid.uuid4().hex[:8]}.partial.{path.name}")
    try:
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        raise OutputError(
            f"Cannot write the file: {error.strerror or error}",
            where=str(path),
            remedy="Check that the folder exists, may be written to, and has free space.",
        ) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
