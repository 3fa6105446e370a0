"""Whatever a user points at → Volumes: files and folders, DICOM and image files, mixed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from ..errors import Notice, OrthoDiffusionError, StudyError, VolumeFileError
from .dicom_series import read_dicom_folder
from .dicom_slices import looks_like_dicom
from .files import read_volume, volume_ending
from .volume import Volume

_SEGMENTATION = ".seg.nrrd"


def read_inputs(
    paths: Sequence[str | Path], *, check_cancelled: Callable[[], None] | None = None
) -> tuple[list[Volume], list[Notice]]:
    """Read all volumes behind some files and folders.

    Args:
        paths: NIfTI, NRRD and MetaImage files, DICOM files, folders of any of these.
        check_cancelled: called now and then; may raise to stop.

    Returns:
        The volumes, image files first, then DICOM stacks, and what was noticed. A bad file inside a
        folder is a notice; one that was named is an error.

    Raises:
        StudyError: if there is nothing to read.
        VolumeFileError, DicomError: if a file that was named, or all that was found, is bad.
    """
    named_images, found_images, dicom_files = [], [], []
    for path in map(Path, paths):
        if not path.exists():
            raise VolumeFileError("There is no such file or folder", where=str(path), remedy="Check the name.")
        if path.is_dir():
            images, others = _contents(path)
            found_images += images
            dicom_files += others
        elif volume_ending(path):
            named_images.append(path)
        elif looks_like_dicom(path):
            dicom_files.append(path)
        else:
            read_volume(path)  # says what is wrong with it
    volumes, notices, errors = [], [], []
    for path in named_images:
        volumes.append(read_volume(path))
    for path in found_images:
        if check_cancelled is not None:
            check_cancelled()
        try:
            volumes.append(read_volume(path))
        except OrthoDiffusionError as error:
            errors.append(error)
            notices.append(Notice("unreadable_file", error.what, where=path.name, remedy=error.remedy))
    if dicom_files:
        try:
            stacks, noticed = read_dicom_folder(dicom_files, check_cancelled=check_cancelled)
            volumes += stacks
            notices += noticed
        except OrthoDiffusionError as error:
            errors.append(error)
            notices.append(Notice("unreadable_file", error.what, where=error.where, remedy=error.remedy))
    if not volumes:
        if len(errors) == 1:
            raise errors[0]
        raise StudyError(
            "There is no volume to analyse"
            if not errors
            else f"None of the {len(errors)} files can be read; the first: {errors[0].what}",
            where=", ".join(str(path) for path in paths),
            remedy="Choose NIfTI, NRRD or MetaImage files, or a folder with the DICOM images of one study.",
        )
    return _told_apart(volumes), notices


def _contents(folder: Path) -> tuple[list[Path], list[Path]]:
    """Image files below a folder, and files that may be DICOM; hidden files and results left out."""
    images, dicom_files = [], []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name.startswith("."):
            continue
        if path.name.lower().endswith(_SEGMENTATION):
            continue
        if volume_ending(path):
            images.append(path)
        elif looks_like_dicom(path):
            dicom_files.append(path)
    return images, dicom_files


def _told_apart(volumes: list[Volume]) -> list[Volume]:
    """Names are how users and results speak of volumes, so no two may be the same."""
    taken: set[str] = set()
    named = []
    for volume in volumes:
        name, number = volume.name or "volume", 1
        while name in taken:
            number += 1
            name = f"{volume.name} [{number}]"
        taken.add(name)
        named.append(volume if name == volume.name else replace(volume, name=name))
    return named
