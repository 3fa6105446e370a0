"""Whatever a user points at → Volumes: files and folders, DICOM and image files, mixed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from ..errors import Notice, OrthoDiffusionError, StudyError, VolumeFileError
from .dicom_series import read_dicom_folder
from .dicom_slices import looks_like_dicom
from .files import read_volume, volume_ending
from .folders import files_below
from .volume import Volume

_RESULTS_LEFT_OUT = "results_left_out"

SAID = 5
"""So many bad files are named one by one if none can be read."""


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
    named_images, found_images, dicom_files, results = [], [], [], []
    for path in map(Path, paths):
        if not path.exists():
            raise VolumeFileError("There is no such file or folder", where=str(path), remedy="Check the name.")
        if path.is_dir():
            found, old = files_below(path)
            found_images += [one for one in found if volume_ending(one) and not _is_segmentation(one)]
            dicom_files += [one for one in found if not volume_ending(one) and looks_like_dicom(one)]
            results += old
        elif volume_ending(path):
            named_images.append(path)
        elif looks_like_dicom(path):
            dicom_files.append(path)
        else:
            read_volume(path)  # says what is wrong with it
    volumes, notices, errors = [], [_left_out(folder) for folder in results], []
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
        raise errors[0] if len(errors) == 1 else _nothing_read(paths, errors, notices)
    return _told_apart(volumes), notices


def _nothing_read(paths: Sequence[str | Path], errors: list[OrthoDiffusionError], notices: list[Notice]) -> StudyError:
    """One error for all, in which every bad file keeps its own reason and remedy."""
    remedies = [f"{notice}" for notice in notices if notice.code == _RESULTS_LEFT_OUT]
    remedies += dict.fromkeys(
        f"{Path(error.where).name}: {error.remedy}" for error in errors[:SAID] if error.remedy and error.where
    )
    reasons = [f"{error.what} ({Path(error.where).name})" if error.where else error.what for error in errors[:SAID]]
    if len(errors) > SAID:
        reasons.append(f"and {len(errors) - SAID} more")
    return StudyError(
        f"None of the {len(errors)} files can be read: {'; '.join(reasons)}"
        if errors
        else "There is no volume to analyse",
        where=", ".join(str(path) for path in paths),
        remedy=" ".join(
            [*remedies, "Choose NIfTI, NRRD or MetaImage files, or a folder with the DICOM images of one study."]
        ),
    )


def _is_segmentation(path: Path) -> bool:
    return path.name.lower().endswith(".seg.nrrd")


def _left_out(folder: Path) -> Notice:
    return Notice(
        _RESULTS_LEFT_OUT, "The folder holds the results of an earlier analysis and was left out", where=folder.name
    )


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
