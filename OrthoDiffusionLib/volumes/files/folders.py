"""Which files below a folder may be images."""

from __future__ import annotations

import os
from pathlib import Path

_RESULTS = {"findings.json", "segmentation.nii.gz"}


def files_below(folder: Path) -> tuple[list[Path], list[Path]]:
    """Look through a folder and its sub-folders, links to folders included, each once.

    Args:
        folder: where to begin.

    Returns:
        The files, sorted, and the results folders of earlier analyses, which are left out: their label and
        evidence maps would pass for images. So are hidden files and folders.
    """
    files: list[Path] = []
    results: list[Path] = []
    seen: set[str] = set()
    for here, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(here)
        if real in seen or set(names) >= _RESULTS:
            if real not in seen:
                results.append(Path(here))
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (Path(here, name) for name in names if not name.startswith("."))
        files += [path for path in paths if path.is_file()]
    return sorted(files), results
