"""A folder that holds many studies, each in a folder of its own."""

from __future__ import annotations

from pathlib import Path

from OrthoDiffusionLib.errors import StudyError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.dicom.slices import looks_like_dicom
from OrthoDiffusionLib.volumes.files.volume_file import volume_ending


def find_studies(folder: Path) -> list[Path]:
    """The studies in a folder: its folders, hidden ones left out, by name.

    Raises:
        StudyError: if there is none.
    """
    if not folder.is_dir():
        raise StudyError(Message("batch", "no_folder"), where=str(folder))
    studies = sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if not studies:
        loose = len(loose_images(folder))
        if loose:
            raise StudyError(Message("batch", "loose_files", {"count": loose}), where=str(folder))
        raise StudyError(Message("batch", "no_folders"), where=str(folder))
    return studies


def loose_images(folder: Path) -> list[Path]:
    """Image files that lie in the folder itself, in no study's folder: it is not known which study they belong to."""
    return sorted(
        entry
        for entry in folder.iterdir()
        if entry.is_file() and not entry.name.startswith(".") and (volume_ending(entry) or looks_like_dicom(entry))
    )
