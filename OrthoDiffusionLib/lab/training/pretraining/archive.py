"""A hospital's own archive: which studies, series and files lie below some folders, without reading a pixel.

DICOM files are grouped by their study and series, image files by their folder. Who the patient is stays in this
file: what leaves it are a key of the files' places, sizes and dates, and a number from 0 to 99.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from OrthoDiffusionLib.errors import DicomError, StudyError
from OrthoDiffusionLib.volumes.dicom.quiet import quiet_pydicom
from OrthoDiffusionLib.volumes.dicom.slices import looks_like_dicom, read_header
from OrthoDiffusionLib.volumes.files.folders import files_below
from OrthoDiffusionLib.volumes.files.volume_file import volume_ending

BUCKETS = 100

DAMAGED = "cannot be read: it is damaged or ends too early"


@dataclass(frozen=True)
class Skipped:
    """One file, series or study that is not learned from.

    Attributes:
        path: relative to the folder that was given, with "/".
        reason: one sentence without a name, a date or a description from a header.
    """

    path: str
    reason: str


@dataclass(frozen=True)
class ArchiveSeries:
    """Files that are read together: one DICOM series, or one image file.

    Attributes:
        path: what to call it in a report, relative: its file, or the folder of its files.
        files: where they are.
    """

    path: str
    files: tuple[Path, ...]


@dataclass(frozen=True)
class ArchiveStudy:
    """One visit of one patient.

    Attributes:
        key: of its files' relative places, sizes and dates; another one as soon as a file changes.
        bucket: 0 to 99, the same for all studies of a patient; decides who is held back.
        path: what to call it in a report, relative.
        series: in the order of their paths.
    """

    key: str
    bucket: int
    path: str
    series: tuple[ArchiveSeries, ...]


@dataclass(frozen=True)
class Listing:
    """The files below some folders, before any of them is opened.

    Attributes:
        files: (folder that was given, file), sorted.
        skipped: what is left out by its name alone.
        fingerprint: changes when a file comes, goes or changes.
    """

    files: tuple[tuple[Path, Path], ...]
    skipped: tuple[Skipped, ...]
    fingerprint: str


def list_files(folders: Sequence[Path]) -> Listing:
    """Walk the folders.

    Raises:
        StudyError: if a folder is missing, or nothing lies in any of them.
    """
    files: list[tuple[Path, Path]] = []
    skipped: list[Skipped] = []
    for folder in folders:
        if not folder.is_dir():
            raise StudyError("There is no such folder", where=str(folder), remedy="Check the name.")
        found, results = files_below(folder)
        files += [(folder, path) for path in found]
        skipped += [Skipped(_relative(path, folder), "holds the results of an earlier analysis") for path in results]
    if not files:
        raise StudyError(
            "There is no file below the folder",
            where=", ".join(str(folder) for folder in folders),
            remedy="Give the folder that holds the studies, as DICOM, NIfTI, NRRD or MetaImage files.",
        )
    return Listing(tuple(files), tuple(skipped), _digest(_state(path, folder) for folder, path in files))


def find_studies(
    listing: Listing, report: Callable[[int, int], None] | None = None
) -> tuple[list[ArchiveStudy], list[Skipped], int]:
    """Sort the files into studies and series by their headers.

    Args:
        listing: from `list_files`.
        report: gets (files looked at, files in all) now and then.

    Returns:
        The studies in a fixed order, what cannot be used, and how many files are no images at all.

    Raises:
        DicomError: if there are DICOM files and pydicom is missing.
    """
    series: dict[tuple[str, str], list[tuple[Path, Path]]] = {}
    patients: dict[str, str] = {}
    skipped = list(listing.skipped)
    others = 0
    for number, (folder, path) in enumerate(listing.files):
        if report is not None and number % 500 == 0:
            report(number, len(listing.files))
        relative = _relative(path, folder)
        if volume_ending(path):
            if path.name.lower().endswith(".seg.nrrd"):
                skipped.append(Skipped(relative, "is a segmentation, not an image"))
                continue
            study = f"{folder}\0{relative.rpartition('/')[0] or relative}"
            patients.setdefault(study, _patient_of_place(relative))
            series.setdefault((study, relative), []).append((folder, path))
        elif path.name.upper() != "DICOMDIR" and looks_like_dicom(path):
            try:
                identity = _identity(path)
            except DicomError as error:
                if not error.where:  # not this file: pydicom itself is missing
                    raise
                skipped.append(Skipped(relative, DAMAGED))
                continue
            if identity is None:
                skipped.append(Skipped(relative, "is DICOM, but no image"))
                continue
            patient, study, one = identity
            study = study or f"{folder}\0{relative.rpartition('/')[0]}"
            patients.setdefault(study, patient or _patient_of_place(relative))
            series.setdefault((study, one), []).append((folder, path))
        else:
            others += 1
    grouped: dict[str, list[list[tuple[Path, Path]]]] = {}
    for (study, _), files in series.items():
        grouped.setdefault(study, []).append(files)
    studies = [_study(patients[study], found) for study, found in grouped.items()]
    return sorted(studies, key=lambda study: (study.path, study.key)), skipped, others


def bucket_of(who: str) -> int:
    """0 to 99, evenly and always the same for the same text."""
    return int(hashlib.sha256(f"orthodiffusion {who}".encode()).hexdigest(), 16) % BUCKETS


def held_back(buckets: Sequence[int], percent: int) -> frozenset[int]:
    """Which buckets validate: those below `percent`, or the lowest if none is; none if that would be all there are.

    Args:
        buckets: of all that could be learned from.
        percent: share of the patients, 0 for none.
    """
    there = set(buckets)
    below = {bucket for bucket in there if bucket < percent}
    chosen = below or ({min(there)} if there and percent > 0 else set())
    return frozenset(chosen if chosen < there else ())


def _identity(path: Path) -> tuple[str, str, str] | None:
    """Patient, study and series as a DICOM file names them; None if it holds no picture."""
    header = read_header(path)
    with quiet_pydicom():
        if not header.get("Rows"):
            return None
        words = ("PatientID", "StudyInstanceUID", "SeriesInstanceUID")
        patient, study, series = (str(header.get(word) or "") for word in words)
        return patient, study, series


def _patient_of_place(relative: str) -> str:
    """Where no header says it: the first folder on the way to the file is the patient, or the file itself."""
    return relative.partition("/")[0]


def _study(patient: str, found: list[list[tuple[Path, Path]]]) -> ArchiveStudy:
    folders = {file[1].parent for files in found for file in files}
    series = []
    for files in found:
        folder, first = files[0]
        whole = len(files) > 1 and sum(other[0][1].parent == first.parent for other in found) == 1
        path = _relative(first.parent if whole else first, folder)
        series.append(ArchiveSeries(path, tuple(file for _, file in files)))
    root = found[0][0][0]
    common = next(iter(folders)) if len(folders) == 1 else _common(folders)
    path = _relative(common, root) if len(found) > 1 and common != root else series[0].path
    key = _digest(sorted(_state(file, folder) for files in found for folder, file in files))
    return ArchiveStudy(key, bucket_of(patient), path, tuple(sorted(series, key=lambda one: one.path)))


def _common(folders: set[Path]) -> Path:
    first, *others = folders
    for candidate in (first, *first.parents):
        if all(other.is_relative_to(candidate) for other in others):
            return candidate
    return first


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name


def _state(path: Path, folder: Path) -> str:
    try:
        facts = path.stat()
    except OSError:
        return _relative(path, folder)
    return f"{_relative(path, folder)}\0{facts.st_size}\0{facts.st_mtime_ns}"


def _digest(texts) -> str:
    whole = hashlib.sha256()
    for text in texts:
        whole.update(text.encode("utf-8", "surrogateescape") + b"\1")
    return whole.hexdigest()[:16]
