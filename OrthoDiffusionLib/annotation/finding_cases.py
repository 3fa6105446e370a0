"""The cases of a new worklist: from a folder of studies, or from a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.annotation.case import PLANES, Case
from OrthoDiffusionLib.annotation.names import CASES, folder_name
from OrthoDiffusionLib.annotation.worklist import Order, Worklist
from OrthoDiffusionLib.annotation.worklist_file import WorklistError, stored_path
from OrthoDiffusionLib.errors import StudyError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.moment import now
from OrthoDiffusionLib.table_file import read_table
from OrthoDiffusionLib.volumes import volume_ending
from OrthoDiffusionLib.volumes.studies_in_folder import find_studies, loose_images

_LABEL_MAP = re.compile(r"(?:^|[-_. ])(?:seg|segmentation|labels?|labelmap|mask)$", re.IGNORECASE)
_NAME_COLUMNS, _IMAGE_COLUMNS = ("case", "study", "name"), ("folder", "images", "image")
_LABEL_COLUMNS = ("label_map", "world_labels", "labels", "segmentation")


def worklist_of_folder(folder: Path, home: Path) -> Worklist:
    """A worklist of what lies in a folder; nothing is read of the images themselves.

    Each sub-folder is a case, as for the command `batch`. A folder without sub-folders is taken as one case an image
    file. A file whose name ends in `seg`, `label` or `mask` (`knee_seg.nii.gz`, `knee.seg.nrrd`) is no image, but the
    label map to start from; where a case has several of them, none is taken.

    Args:
        folder: the studies.
        home: the folder that the worklist's file will lie in; it is no study itself.

    Raises:
        StudyError: if there is no case in the folder.
    """
    images = _image_files(loose_images(folder)) if folder.is_dir() else []
    try:
        own = {home.resolve(), (home / CASES).resolve()}
        studies = [study for study in find_studies(folder) if study.resolve() not in own]
    except StudyError:
        if not images:
            raise
        return _worklist(_cases_of_files(images, home))
    if not studies and images:
        return _worklist(_cases_of_files(images, home))
    name = _namer()
    return _worklist([_case_of_folder(study, home, name(study.name)) for study in studies])


def worklist_of_table(table: Path, home: Path) -> Worklist:
    """A worklist of a CSV table; paths are relative to the table.

    Columns: `case`; `folder` (also for a single file), or one or more of `sagittal`, `coronal`, `axial`; and, if
    wanted, `label_map` and `side`. The table that `finetune --table` reads can be used as it is. An image that is not
    there is no error here: the case says so when it is opened, and the others go on.

    Args:
        table: CSV.
        home: the folder that the worklist's file will lie in.

    Raises:
        WorklistError: if the table cannot be read, or a row names no image, a name that was there before, or another
            side than right and left.
    """
    rows, columns = read_table(table, error=WorklistError)
    named = {wanted: _column(columns, names) for wanted, names in
             (("name", _NAME_COLUMNS), ("folder", _IMAGE_COLUMNS), ("label_map", _LABEL_COLUMNS))}  # fmt: skip
    if named["folder"] is None and not set(PLANES) & set(columns):
        raise WorklistError(Message("worklist", "no_images_column"), where=str(table))
    cases, seen = [], set()
    for line, row in rows:
        case = _case_of_row(row, named, table.parent, home, f"{table}, line {line}")
        if case.name.casefold() in seen:
            raise WorklistError(
                Message("worklist", "same_name", {"name": case.name}),
                where=Message("line", values={"file": str(table), "line": line}),
            )
        seen.add(case.name.casefold())
        cases.append(case)
    if not cases:
        raise WorklistError(Message("worklist", "no_rows"), where=str(table))
    return _worklist(cases)


def is_label_map(path: Path) -> bool:
    """Whether a file's name says that it holds labels and no image."""
    ending = volume_ending(path) or ""
    return bool(ending) and _LABEL_MAP.search(path.name[: -len(ending)]) is not None


def _worklist(cases: Sequence[Case]) -> Worklist:
    return Worklist(list(cases), Order.NAME, created=now())


def _image_files(files: Iterable[Path]) -> list[Path]:
    return [path for path in files if volume_ending(path) and not is_label_map(path)]


def _cases_of_files(images: Sequence[Path], home: Path) -> list[Case]:
    name = _namer()
    cases = []
    for path in images:
        stem = path.name[: -len(volume_ending(path) or "")]
        beside = sorted(other for other in path.parent.iterdir() if is_label_map(other) and _belongs(other, stem))
        label_map = stored_path(beside[0], home) if len(beside) == 1 else ""
        cases.append(Case(name(stem), (stored_path(path, home),), label_map=label_map))
    return cases


def _belongs(label_map: Path, stem: str) -> bool:
    """Whether a label map is that of an image: its stem, and then only a word such as ‘seg’."""
    ending = volume_ending(label_map) or ""
    rest = label_map.name[: -len(ending)]
    return rest.startswith(stem) and re.fullmatch(r"[-_. ]?[A-Za-z]+", rest[len(stem) :]) is not None


def _case_of_folder(study: Path, home: Path, name: str) -> Case:
    files = sorted(entry for entry in study.iterdir() if entry.is_file() and not entry.name.startswith("."))
    label_maps = [path for path in files if is_label_map(path)]
    images = _image_files(files)
    # The folder as a whole, unless a label map in it would be read as an image.
    paths = [study] if not label_maps or not images else images
    label_map = stored_path(label_maps[0], home) if len(label_maps) == 1 else ""
    return Case(name, tuple(stored_path(path, home) for path in paths), label_map=label_map)


def _case_of_row(row: dict[str, str], named: dict[str, str | None], folder: Path, home: Path, where: str) -> Case:
    def path(column: str | None) -> str:
        text = row.get(column, "") if column is not None else ""
        return stored_path(folder / text, home) if text else ""

    planes = {plane: path(plane) for plane in PLANES if row.get(plane)}
    images = path(named["folder"])
    if not planes and not images:
        raise WorklistError(Message("worklist", "no_image"), where=where)
    first = Path(images or next(iter(planes.values())))
    name = row.get(named["name"] or "", "") or first.name.removesuffix(volume_ending(first) or "")
    said = row.get("side", "")
    side = Side.from_text(said)
    if said and side is None:
        raise WorklistError(Message("batch", "case_side", {"side": said}), where=where)
    return Case(_safe(name), (images,) if images else (), planes, path(named["label_map"]), side.value if side else "")


def _column(columns: Sequence[str], names: Sequence[str]) -> str | None:
    return next((name for name in names if name in columns), None)


def _safe(name: str) -> str:
    return folder_name(name) or "case"


def _namer() -> Callable[[str], str]:
    """Gives each name once; a second one gets a number."""
    taken: set[str] = set()

    def name(text: str) -> str:
        wanted, number = _safe(text), 1
        unique = wanted
        while unique.casefold() in taken:
            number += 1
            unique = f"{wanted}_{number}"
        taken.add(unique.casefold())
        return unique

    return name
