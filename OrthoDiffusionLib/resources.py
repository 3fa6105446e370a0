"""Where the files that come with the library lie."""

from __future__ import annotations

from pathlib import Path


def resource_path(*parts: str) -> Path:
    """The path of something in the Resources folder, which is the library's sibling in every layout.

    Args:
        parts: names below Resources, e.g. ``resource_path("SampleData", "knee_exam")``.

    Returns:
        An absolute path; whether something is there is for the caller to see.
    """
    return Path(__file__).resolve().parent.parent.joinpath("Resources", *parts)
