"""Small pictures of the studies, so that a page of thousands stays quick."""

from __future__ import annotations

import base64
import contextlib
from pathlib import Path

FOLDER = "thumbnails"
_SIZE = (240, 150)


def make_thumbnail(results: Path, out: Path, study: str) -> None:
    """A small copy of a study's overview; none where it has no overview. A page without it is no reason to fail."""
    from PIL import Image

    source, place = results / "overview.png", thumbnail_path(out, study)
    with contextlib.suppress(OSError, ValueError, Image.DecompressionBombError):
        with Image.open(source) as picture:
            small = picture.convert("RGB")
        small.thumbnail(_SIZE, reducing_gap=2.0)
        place.parent.mkdir(exist_ok=True)
        partial = place.with_name(f".{place.name}.partial")
        small.save(partial, "JPEG", quality=70)
        partial.replace(place)


def thumbnail_path(out: Path, study: str) -> Path:
    return out / FOLDER / f"{study}.jpg"


def embedded(path: Path) -> str:
    """A picture as a part of the page itself; empty if it is not there."""
    with contextlib.suppress(OSError):
        return f"data:image/jpeg;base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"
    return ""
