"""Where the files that come with the library lie."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_path(*parts: str) -> Path:
    """The path of something in the Resources folder.

    In a checkout and in Slicer's extension the folder is the library's neighbour. An installed wheel carries it inside
    the package. Resources/packaged.txt names the folders that travel.

    Args:
        parts: names below Resources, e.g. ``resource_path("SampleData", "knee_exam")``.

    Returns:
        An absolute path; whether something is there is for the caller to see.
    """
    inside = _PACKAGE / "Resources"
    folder = inside if inside.is_dir() else _PACKAGE.parent / "Resources"
    return folder.joinpath(*parts)
