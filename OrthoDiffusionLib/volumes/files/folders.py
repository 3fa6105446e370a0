"""Which files below a folder may be images."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from OrthoDiffusionLib.errors import VolumeFileError
from OrthoDiffusionLib.messages import Message

SYSTEM_FOLDERS = {"lost+found", "System Volume Information", "$RECYCLE.BIN", "RECYCLER", "@eaDir", "#recycle"}
"""What file systems and file servers keep for themselves, beside what users put there; often unreadable."""

_RESULTS = {"findings.json", "segmentation.nii.gz"}


def each_path(named: str | Path | Iterable[str | Path]) -> list[Path]:
    """What a user names, as a list: one path may stand alone. A text is one path, never a row of letters."""
    return [Path(named)] if isinstance(named, (str, Path)) else [Path(path) for path in named]


def check_there(path: Path) -> None:
    """Make sure that a named file or folder is there; a missing one and a closed folder above it are told apart.

    Raises:
        VolumeFileError: saying which of the two.
    """
    try:
        path.stat()
    except PermissionError as error:
        raise _unreadable(error, path.parent) from error
    except (OSError, ValueError) as error:
        raise VolumeFileError(Message("file", "not_there_named"), where=str(path)) from error


def files_below(folder: Path, *, faults: list[VolumeFileError] | None = None) -> tuple[list[Path], list[Path]]:
    """Look through a folder and its sub-folders, links to folders included, each once.

    Args:
        folder: where to begin.
        faults: gets what cannot be read, and the rest is looked through; None refuses.

    Raises:
        VolumeFileError: if a folder cannot be read, or a link leads nowhere: what is missing would be missed by nobody.

    Returns:
        The files, sorted, and the results folders of earlier analyses, which are left out: their label and
        evidence maps would pass for images. So are hidden files and folders, and those of the system.
    """
    files: list[Path] = []
    results: list[Path] = []
    seen: set[str] = set()

    def note(fault: VolumeFileError, cause: OSError | None = None) -> None:
        if faults is None:
            raise fault from cause
        faults.append(fault)

    for here, folders, names in os.walk(
        folder, followlinks=True, onerror=lambda error: note(_unreadable(error), error)
    ):
        real = os.path.realpath(here)
        if real in seen or set(names) >= _RESULTS:
            if real not in seen:
                results.append(Path(here))
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in SYSTEM_FOLDERS)
        paths = [Path(here, name) for name in names if not name.startswith(".")]
        for path in paths:
            if path.is_symlink() and not path.exists():
                note(VolumeFileError(Message("file", "broken_link"), where=str(path)))
        files += [path for path in paths if path.is_file()]
    return sorted(files), results


def _unreadable(error: OSError, folder: Path | None = None) -> VolumeFileError:
    values = {"error": error.strerror or error}
    return VolumeFileError(Message("file", "folder_unreadable", values), where=str(folder or error.filename))
