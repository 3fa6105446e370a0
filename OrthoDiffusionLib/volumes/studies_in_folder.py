"""A folder that holds many studies, each in a folder of its own."""

from __future__ import annotations

from pathlib import Path

from OrthoDiffusionLib.errors import StudyError
from OrthoDiffusionLib.volumes.dicom.slices import looks_like_dicom
from OrthoDiffusionLib.volumes.files.volume_file import volume_ending


def find_studies(folder: Path) -> list[Path]:
    """The studies in a folder: its folders, hidden ones left out, by name.

    Raises:
        StudyError: if there is none.
    """
    if not folder.is_dir():
        raise StudyError("There is no such folder", where=str(folder), remedy="Name the folder that holds the studies.")
    studies = sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if not studies:
        loose = len(loose_images(folder))
        raise StudyError(
            f"The folder holds {loose} image files, but no folders, one for each study"
            if loose
            else "The folder holds no folders, one for each study",
            where=str(folder),
            remedy=f"If the files are a single study, use `orthodiffusion analyze`. {OWN_FOLDER}"
            if loose
            else "For a single study use `orthodiffusion analyze`.",
        )
    return studies


OWN_FOLDER = "Several studies need a folder each: put the files of each study into a folder of its own."


def loose_images(folder: Path) -> list[Path]:
    """Image files that lie in the folder itself, in no study's folder: it is not known which study they belong to."""
    return sorted(
        entry
        for entry in folder.iterdir()
        if entry.is_file() and not entry.name.startswith(".") and (volume_ending(entry) or looks_like_dicom(entry))
    )
