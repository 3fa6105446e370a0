"""A folder of any shape -> cases: a folder each study, exams mixed in folders, files whose names go together."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from OrthoDiffusionLib.anatomy import Joint, Side
from OrthoDiffusionLib.batch.cases.case import Case, Unused
from OrthoDiffusionLib.batch.cases.exams import LOOSE, Exam, exams_of, short_digest, split_cases
from OrthoDiffusionLib.batch.cases.file_names import named_image
from OrthoDiffusionLib.batch.cases.source_digest import source_digest
from OrthoDiffusionLib.errors import VolumeFileError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.dicom.exam_header import exam_headers
from OrthoDiffusionLib.volumes.files.folders import SYSTEM_FOLDERS, files_below
from OrthoDiffusionLib.volumes.files.volume_file import volume_ending

_SERIES_NUMBER = re.compile(r"(?:s|se|ser|series)?\d{1,4}", re.IGNORECASE)


@dataclass
class Found:
    """Cases and what is not used, as they are found."""

    cases: list[Case] = field(default_factory=list)
    unused: list[Unused] = field(default_factory=list)
    loose: list[Path] = field(default_factory=list)


@dataclass(frozen=True)
class _Folder:
    """One folder in the folder of studies.

    Attributes:
        path: the folder.
        images: image files in it and below, label maps among them.
        exams: DICOM files in it and below.
        damaged: files that look like DICOM and cannot be read.
        others: files that are neither; results: folders of earlier analyses.
        unreadable: whether not all of it can be looked through; then the others are what can be.
    """

    path: Path
    images: tuple[Path, ...]
    exams: tuple[Exam, ...]
    damaged: tuple[Path, ...]
    others: tuple[Path, ...]
    results: tuple[Path, ...]
    unreadable: bool = False


def cases_in_folder(
    folder: Path, *, joint: Joint | None, leave_out: Path | None, check_cancelled: Callable[[], None] | None = None
) -> Found:
    """The cases of a folder that holds folders of studies, exams mixed in any way, or both.

    - A folder in it that holds one exam, or image files of one study, is one case of the folder's name.
    - Parts of one exam in several folders are one case; copies of one exam stay a case each.
    - Several exams in one folder are a case each, named ``<folder>_<digest>``.
    - Image files of several studies, in folders of their own further down, are a case each, ``<folder>_<folder>``.
    - A folder without any image is not used.
    - Loose files go together by patient and study, or by what their names share.

    Args:
        folder: where to look.
        joint: exams that state another part of the body are not used; None for any.
        leave_out: the folder of results, if it lies in there.
        check_cancelled: called now and then; may raise to stop.
    """
    found = Found()
    shown = (entry for entry in folder.iterdir() if entry.name not in SYSTEM_FOLDERS)
    entries = sorted(entry for entry in shown if not entry.name.startswith("."))
    own = leave_out.resolve() if leave_out is not None else None
    folders = [
        _looked_through(entry, check_cancelled) for entry in entries if entry.is_dir() and entry.resolve() != own
    ]
    spread = _spread_exams(folders)
    for each in folders:
        _add_folder(found, each, spread, joint)
    merged = exams_of(header for exams in spread.values() for exam in exams for header in exam.headers)
    _add_exams(found, merged, joint)
    _add_loose(found, folder.name, [entry for entry in entries if entry.is_file()], joint, check_cancelled)
    neither = (entry for entry in entries if not entry.is_file() and not entry.is_dir())
    found.unused += [Unused(entry, Message("unused", "no_file")) for entry in neither]
    return found


def _looked_through(folder: Path, check_cancelled: Callable[[], None] | None) -> _Folder:
    if check_cancelled is not None:
        check_cancelled()
    faults: list[VolumeFileError] = []
    files, results = files_below(folder, faults=faults)
    images = tuple(path for path in files if volume_ending(path))
    headers, damaged, seen = [], [], set(images)
    for path, header in exam_headers((path for path in files if path not in seen), check_cancelled=check_cancelled):
        seen.add(path)
        if header is None:
            damaged.append(path)
        else:
            headers.append(header)
    others = tuple(path for path in files if path not in seen)
    return _Folder(folder, images, tuple(exams_of(headers)), tuple(damaged), others, tuple(results), bool(faults))


def _spread_exams(folders: Sequence[_Folder]) -> dict[tuple[str, str], list[Exam]]:
    """Exams of which several folders hold different parts; those that state no study are not compared."""
    by_key: dict[tuple[str, str], list[Exam]] = {}
    for folder in folders:
        for exam in () if folder.unreadable else folder.exams:
            if exam.key[1]:
                by_key.setdefault(exam.key, []).append(exam)
    return {key: exams for key, exams in by_key.items() if len(exams) > 1 and _are_parts(exams)}


def _are_parts(exams: Sequence[Exam]) -> bool:
    """Whether no two of them hold the same image."""
    seen: set[str] = set()
    for exam in exams:
        if seen & exam.images:
            return False
        seen |= exam.images
    return True


def _add_folder(found: Found, folder: _Folder, spread: dict[tuple[str, str], list[Exam]], joint: Joint | None) -> None:
    exams = [exam for exam in folder.exams if exam.key not in spread]
    name = folder.path.name
    if folder.unreadable:  # what it holds is not known: a study that fails when it is read, with the reason
        found.cases.append(Case(_name_of_unknown(folder), (folder.path,)))
        return
    found.unused += [Unused(path, Message("unused", "results")) for path in folder.results]
    if not (folder.images or folder.exams or folder.damaged):
        if folder.path not in folder.results:
            found.unused.append(Unused(folder.path, Message("unused", "no_images")))
        return
    found.unused += [Unused(path, Message("unused")) for path in folder.others]
    if len(exams) < len(folder.exams) or (len(exams) > 1 and not _is_pair(exams)):
        found.unused += [Unused(path, Message("unused", "damaged")) for path in folder.damaged]
        _add_exams(found, exams, joint, name)
        _add_images(found, folder.path, folder.images)
        return
    if exams:
        shown = name if not _names_patient(exams, name) else f"{LOOSE}_{exams[0].digest}"
        whole = Exam(tuple(header for exam in exams for header in exam.headers))
        found.cases.append(_with_images(whole.case(shown, joint, [folder.path]), folder.images))
        return
    parts = _studies_below(folder)
    if parts:
        for part, images in parts.items():
            inner = "_".join(part.relative_to(folder.path).parts)
            found.cases.append(Case(f"{name}_{inner}", tuple(images), files=len(images)))
        return
    # Also one whose images are all damaged: somebody has to see that this study is missing.
    found.cases.append(Case(_name_of_unknown(folder), (folder.path,), files=len(folder.images)))


def _name_of_unknown(folder: _Folder) -> str:
    """The folder's name if what can be read shows that it is no patient's: image files have none, headers do."""
    name = folder.path.name
    if (folder.images or folder.exams) and not _names_patient(folder.exams, name):
        return name
    return f"{LOOSE}_{short_digest(os.path.abspath(folder.path))}"


def _with_images(case: Case, images: Sequence[Path]) -> Case:
    """The case of an exam whose folder holds image files as well, which are read with it and count like it."""
    beside = tuple(path for path in images if not named_image(path).is_label_map)
    if not beside:
        return case
    source = short_digest(f"{case.source}|{source_digest(Case(LOOSE, beside))}")
    return replace(case, files=case.files + len(beside), source=source)


def _is_pair(exams: Sequence[Exam]) -> bool:
    """Whether two exams are the right and the left joint of one person: one folder, and two studies when it is read."""
    if len(exams) != 2 or len({exam.key[0] for exam in exams}) != 1:
        return False
    sides = [exam.sides for exam in exams]
    return frozenset({Side.LEFT}) in sides and frozenset({Side.RIGHT}) in sides


def _names_patient(exams: Sequence[Exam], text: str) -> bool:
    return any(exam.headers[0].names_patient(text) for exam in exams)


def _studies_below(folder: _Folder) -> dict[Path, list[Path]]:
    """Folders below -> their images, where several of them hold files of the same names: a study each."""
    by_folder: dict[Path, list[Path]] = {}
    for path in folder.images:
        by_folder.setdefault(path.parent, []).append(path)
    if folder.path in by_folder or len(by_folder) < 2:
        return {}
    names = [{path.name.casefold() for path in images} for images in by_folder.values()]
    together = set.intersection(*names)
    planes = [{named_image(path).plane for path in images} - {None} for images in by_folder.values()]
    return by_folder if together or all(len(one) > 1 for one in planes) else {}


def _add_exams(found: Found, exams: Sequence[Exam], joint: Joint | None, name: str = LOOSE) -> None:
    prefix = LOOSE if _names_patient(exams, name) else name
    cases, unused = split_cases(exams, joint, prefix=prefix)
    found.cases += cases
    found.unused += unused


def _add_images(found: Found, folder: Path, images: Sequence[Path]) -> None:
    """Image files beside several exams: it is not known which one they belong to."""
    found.unused += [Unused(path, Message("unused", "beside_exams")) for path in images]


def _add_loose(
    found: Found, name: str, files: Sequence[Path], joint: Joint | None, check_cancelled: Callable[[], None] | None
) -> None:
    """Files in the folder itself, which is called `name`."""
    images = [path for path in files if volume_ending(path)]
    headers, dicom = [], set()
    for path, header in exam_headers((p for p in files if p not in set(images)), check_cancelled=check_cancelled):
        dicom.add(path)
        if header is None:
            found.unused.append(Unused(path, Message("unused", "damaged")))
        else:
            headers.append(header)
    _add_exams(found, exams_of(headers), joint)
    groups, left = grouped_by_name(images)
    if _are_series_of_one(groups):
        side = next((side for _, side in groups if side is not None), None)
        groups = {(name, side): [path for members in groups.values() for path in members]}
    for (of, side), members in groups.items():
        found.cases.append(_named_case(of, side, members))
    found.loose += left
    found.unused += [Unused(path, Message("unused", "no_study")) for path in left]
    others = [path for path in files if path not in dicom and not volume_ending(path)]
    found.unused += [Unused(path, Message("unused")) for path in others if path.name.upper() != "DICOMDIR"]


def grouped_by_name(
    images: Sequence[Path],
) -> tuple[dict[tuple[str, Side | None], list[Path]], list[Path]]:
    """Images by whose they are and which side, and those whose names do not tell.

    An image goes into a group if its name says a plane and something more; label maps go into none.
    """
    groups: dict[tuple[str, Side | None], list[Path]] = {}
    left = []
    for one in map(named_image, images):
        if one.plane is None or not one.of or one.is_label_map:
            left.append(one.path)
        else:
            groups.setdefault((one.of, one.side), []).append(one.path)
    return groups, left


def _are_series_of_one(groups: Mapping[tuple[str, Side | None], Sequence[Path]]) -> bool:
    """Whether names are told apart by a number of the series alone, as ``S04_ax`` and ``S09_sag``: one exam.

    Where the numbers are those of studies, several images share one, or all are of the same plane.
    """
    numbers = [of for of, _ in groups]
    planes = {named_image(path).plane for members in groups.values() for path in members}
    return (
        len(planes) > 1
        and all(len(members) == 1 for members in groups.values())
        and all(_SERIES_NUMBER.fullmatch(of) for of in numbers)
        and len(set(numbers)) == len(numbers)
        and len({side for _, side in groups} - {None}) < 2
    )


def _named_case(of: str, side: Side | None, members: Sequence[Path]) -> Case:
    name = of if side is None else f"{of}_{side.value}"
    return Case(name, tuple(members), files=len(members), patient=of, stated_side=side.value if side else "")
