"""Which image files a case is made of, as a digest that does not depend on the folder that they lie in."""

from __future__ import annotations

import hashlib
from pathlib import Path

from OrthoDiffusionLib.batch.cases.case import Case
from OrthoDiffusionLib.volumes.files.folders import files_below

_BYTES = 4096


def source_digest(case: Case) -> str:
    """Of names, sizes and some bytes of its files; empty if they cannot be read, which the analysis will say.

    A few bytes at the start and in the middle tell the images of two persons apart that have one name and one size.
    """
    digest = hashlib.sha256()
    try:
        for named in (*case.inputs, *(path for plane in sorted(case.by_plane) for path in case.by_plane[plane])):
            for path in sorted(files_below(named)[0]) if named.is_dir() else [named]:
                shown = path.relative_to(named) if path != named else Path(path.name)
                digest.update(f"{shown.as_posix()}|{path.stat().st_size}|".encode("utf-8", "surrogateescape"))
                digest.update(_some_bytes(path))
    except OSError:
        return ""
    return digest.hexdigest()[:16]


def _some_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        start = file.read(_BYTES)
        file.seek(path.stat().st_size // 2)
        return start + file.read(_BYTES)
