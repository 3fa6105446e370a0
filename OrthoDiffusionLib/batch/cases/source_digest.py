"""Which image files a case is made of, as a digest that does not depend on the folder that they lie in."""

from __future__ import annotations

import hashlib
from pathlib import Path

from OrthoDiffusionLib.batch.cases.case import Case
from OrthoDiffusionLib.batch.cases.file_names import named_image
from OrthoDiffusionLib.errors import VolumeFileError
from OrthoDiffusionLib.volumes.dicom.slices import looks_like_dicom
from OrthoDiffusionLib.volumes.files.folders import files_below
from OrthoDiffusionLib.volumes.files.volume_file import volume_ending

_BYTES = 4096


def source_digest(case: Case) -> str:
    """Of names, sizes and some bytes of its files; empty if they cannot be read, which the analysis will say.

    A few bytes at the start and in the middle tell the images of two persons apart that have one name and one size.
    """
    digest = hashlib.sha256()
    try:
        for named in (*case.inputs, *(path for plane in sorted(case.by_plane) for path in case.by_plane[plane])):
            for path in filter(_is_image, files_below(named)[0]) if named.is_dir() else [named]:
                shown = path.relative_to(named) if path != named else Path(path.name)
                digest.update(f"{shown.as_posix()}|{path.stat().st_size}|".encode("utf-8", "surrogateescape"))
                digest.update(_some_bytes(path))
    except (OSError, VolumeFileError):
        return ""
    return digest.hexdigest()[:16]


def _is_image(path: Path) -> bool:
    """What file browsers and annotators leave beside the images does not make them others."""
    return not named_image(path).is_label_map if volume_ending(path) else looks_like_dicom(path)


def _some_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        start = file.read(_BYTES)
        file.seek(path.stat().st_size // 2)
        return start + file.read(_BYTES)
