"""The plan of a batch: whatever a user names -> its cases in order, and all that is not used with the reason."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from OrthoDiffusionLib.anatomy import Joint
from OrthoDiffusionLib.batch.cases.bids import cases_in_bids, is_bids
from OrthoDiffusionLib.batch.cases.case import Case, Plan, Unused, in_order
from OrthoDiffusionLib.batch.cases.case_table import cases_of_table
from OrthoDiffusionLib.batch.cases.exams import exams_of, short_digest, split_cases
from OrthoDiffusionLib.batch.cases.source_digest import source_digest
from OrthoDiffusionLib.batch.cases.study_folders import Found, cases_in_folder
from OrthoDiffusionLib.errors import StudyError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.dicom.directory import is_directory_list, listed_files
from OrthoDiffusionLib.volumes.dicom.exam_header import exam_headers
from OrthoDiffusionLib.volumes.dicom.slices import looks_like_dicom
from OrthoDiffusionLib.volumes.files.volume_file import volume_ending

TABLE_ENDINGS = (".csv", ".tsv")
OWN_FILES = ("results.csv", "series.csv", "unused.csv", "journal.jsonl", "index.html", "thumbnails")
"""What a batch itself puts into the folder of results: no study can be called so."""

LONGEST_NAME = 200
"""Bytes of a case's name; with a side behind it, it stays below the 255 that file systems allow a folder (ours)."""


def plan_of(
    named: Path,
    *,
    joint: Joint | None = None,
    out: Path | None = None,
    check_cancelled: Callable[[], None] | None = None,
) -> Plan:
    """Find the studies behind what a user names; headers are read once, pixels are not.

    Args:
        named: a folder of any shape (a folder each study, DICOM exams mixed in any way, the layout of BIDS, files whose
            names go together), a DICOMDIR, or a CSV table.
        joint: exams that state another part of the body are not used; None for any.
        out: the folder of results; it is no study if it lies in `named`.
        check_cancelled: called now and then; may raise to stop.

    Raises:
        StudyError: if there is no such file or folder, it cannot be read, or there is no study in it.
        DicomError: if there are DICOM files and pydicom is missing.
    """
    home = named.parent if named.is_file() else named
    try:
        found = _found(named, joint, out, check_cancelled)
    except OSError as error:
        raise StudyError(
            Message("batch", "unreadable", {"error": error.strerror or error}), where=str(named)
        ) from error
    if not found.cases:
        raise _no_case(named, found)
    # A table has its own order.
    cases = tuple(found.cases) if _is_table(named) else in_order(found.cases)
    cases = tuple(_with_source(case, check_cancelled) for case in cases)
    return Plan(_with_own_names(cases, home), tuple(found.unused), home, tuple(found.loose))


def _found(named: Path, joint: Joint | None, out: Path | None, check_cancelled: Callable[[], None] | None) -> Found:
    if named.is_file():
        return _of_file(named, joint, check_cancelled)
    if not named.is_dir():
        raise StudyError(Message("batch", "no_folder"), where=str(named))
    if is_bids(named):
        return cases_in_bids(named, leave_out=out)
    found = cases_in_folder(named, joint=joint, leave_out=out, check_cancelled=check_cancelled)
    found.unused += _missing_of_list(named)
    return found


def _with_source(case: Case, check_cancelled: Callable[[], None] | None) -> Case:
    if check_cancelled is not None:
        check_cancelled()
    return case if case.source else replace(case, source=source_digest(case))


def _of_file(named: Path, joint: Joint | None, check_cancelled: Callable[[], None] | None) -> Found:
    if _is_table(named):
        return Found(cases_of_table(named))
    if looks_like_dicom(named) and is_directory_list(named):
        return _of_list(named, joint, check_cancelled)
    raise StudyError(Message("batch", "no_table"), where=str(named))


def _is_table(named: Path) -> bool:
    return named.is_file() and named.suffix.lower() in TABLE_ENDINGS


def _of_list(named: Path, joint: Joint | None, check_cancelled: Callable[[], None] | None) -> Found:
    """The exams that a DICOMDIR lists, and the files of it that are not there."""
    found = Found(unused=_missing_of_list(named.parent, named))
    try:
        files, _ = listed_files(named)
    except ValueError as error:
        raise StudyError(Message("batch", "damaged_list"), where=str(named)) from error
    headers, seen = [], set()
    for path, header in exam_headers(files, check_cancelled=check_cancelled):
        seen.add(path)
        if header is None:
            found.unused.append(Unused(path, Message("unused", "damaged")))
        else:
            headers.append(header)
    found.unused += [Unused(path, Message("unused")) for path in files if path not in seen]
    cases, unused = split_cases(exams_of(headers), joint)
    found.cases += cases
    found.unused += unused
    return found


def _missing_of_list(folder: Path, path: Path | None = None) -> list[Unused]:
    """What a DICOMDIR in a folder lists that is not there; one that cannot be read lists nothing."""
    path = path or next((entry for entry in folder.iterdir() if entry.name.upper() == "DICOMDIR"), None)
    if path is None or not path.is_file():
        return []
    try:
        _, missing = listed_files(path)
    except ValueError:
        return [Unused(path, Message("unused", "damaged"))]
    return [Unused(path.parent / name, Message("unused", "missing")) for name in missing]


def _no_case(named: Path, found: Found) -> StudyError:
    images = [path for path in found.loose if volume_ending(path)]
    if images and len(found.unused) >= len(images):
        return StudyError(Message("batch", "loose_files", {"count": len(images)}), where=str(named))
    if found.unused:
        reasons = list(dict.fromkeys(str(one.reason) for one in found.unused))
        first = {"count": len(found.unused), "reasons": [one.reason for one in _first_of(found.unused, reasons)]}
        return StudyError(Message("batch", "nothing_used", first), where=str(named))
    return StudyError(Message("batch", "no_folders"), where=str(named))


def _first_of(unused: Iterable[Unused], reasons: list[str], most: int = 3) -> list[Unused]:
    """One for each reason."""
    by_reason: dict[str, Unused] = {}
    for one in unused:
        by_reason.setdefault(str(one.reason), one)
    return [by_reason[reason] for reason in reasons[:most]]


def _with_own_names(cases: Iterable[Case], home: Path) -> tuple[Case, ...]:
    """No two names alike on any file system, none too long; a second one gets a digest of where its files lie."""
    taken = {name.casefold() for name in OWN_FILES}
    named = []
    # What has its folder's name keeps it.
    cases = list(cases)
    for case in sorted(cases, key=lambda one: [path.name for path in one.inputs] != [one.name]):
        name = _short_enough(case.name)
        if name.casefold() in taken:
            places = sorted(str(_beneath(path, home)) for path in (*case.inputs, *sum(case.by_plane.values(), ())))
            name = f"{name}_{hashlib.sha256('|'.join(places).encode(errors='surrogateescape')).hexdigest()[:8]}"
        taken.add(name.casefold())
        named.append((cases.index(case), case if name == case.name else replace(case, name=name)))
    return tuple(case for _, case in sorted(named, key=lambda one: one[0]))


def _short_enough(name: str) -> str:
    """The name, or its beginning with a digest of the whole; folders within folders make names of any length."""
    if len(os.fsencode(name)) <= LONGEST_NAME:
        return name
    digest = f"_{short_digest(name)}"
    start = os.fsencode(name)[: LONGEST_NAME - len(digest)].decode("utf-8", "ignore")
    return f"{start}{digest}"


def _beneath(path: Path, home: Path) -> Path:
    return path.relative_to(home) if path.is_relative_to(home) else path
