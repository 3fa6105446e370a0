"""DICOMDIR: the list of files that a DICOM medium holds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from OrthoDiffusionLib.volumes.dicom.kinds import DIRECTORY_CLASS
from OrthoDiffusionLib.volumes.dicom.quiet import quiet_pydicom
from OrthoDiffusionLib.volumes.dicom.slices import import_pydicom

_DRIVE = re.compile("[A-Za-z]:")


def is_directory_list(path: Path) -> bool:
    """Whether a DICOM file is a DICOMDIR, whatever it is called."""
    pydicom = import_pydicom()
    if not path.is_file():  # reading from a pipe would wait for ever
        return False
    if path.name.upper() == "DICOMDIR":
        return True
    try:
        with path.open("rb") as file:
            head = file.read(1024)  # the class stands at the head of the file
        if DIRECTORY_CLASS.encode() not in head:
            return False
        with quiet_pydicom():
            meta = pydicom.filereader.read_file_meta_info(path)
        return str(meta.get("MediaStorageSOPClassUID", "")) == DIRECTORY_CLASS
    except Exception:  # whatever it is, it is no list
        return False


def listed_files(path: Path) -> tuple[list[Path], list[str]]:
    """The files that a DICOMDIR lists.

    Names are compared without regard to capitals, endings after a semicolon or ``.dcm``: media are copied by many
    systems.

    Returns:
        The files that are there, in the order of the list, and the names of those that are not.

    Raises:
        ValueError: if the list cannot be read.
    """
    pydicom = import_pydicom()
    found, missing = [], []
    try:
        with quiet_pydicom():
            dataset = pydicom.dcmread(path)
            names = [record.get("ReferencedFileID") for record in dataset.get("DirectoryRecordSequence") or []]
    except Exception as error:  # pydicom raises a dozen kinds for damaged files; all mean the same
        raise ValueError("the list of files cannot be read") from error
    for name in names:
        if not name:
            continue
        parts = [name] if isinstance(name, str) else [str(part) for part in name]
        place = _find(path.parent, _below(part for whole in parts for part in whole.replace("\\", "/").split("/")))
        if place is None:
            missing.append("/".join(parts))
        elif place not in found:
            found.append(place)
    return found, missing


def _below(parts: Iterable[str]) -> list[str]:
    """The folders and the file below the list's own folder: some writers begin with a dot, or with the drive."""
    named = [part for part in parts if part not in ("", ".")]
    return named[1:] if named and _DRIVE.fullmatch(named[0]) else named


def _find(folder: Path, parts: Iterable[str]) -> Path | None:
    """The file of these folder and file names below `folder`; never one above it."""
    place = folder
    for part in parts:
        if part == ".." or not place.is_dir():
            return None
        exact = place / part
        found = exact if exact.exists() else _alike(place, part)
        if found is None:
            return None
        place = found
    return place if place.is_file() else None


def _alike(folder: Path, name: str) -> Path | None:
    """The first entry of a folder whose name is the same but for what copying changes."""
    plain = _plain(name)
    return next((one for one in sorted(folder.iterdir()) if _plain(one.name) == plain), None)


def _plain(name: str) -> str:
    return name.casefold().partition(";")[0].removesuffix(".dcm").rstrip(".")
