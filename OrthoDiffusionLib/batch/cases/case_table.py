"""A table of cases: CSV with a name, paths, and what else is known of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.batch.cases.case import Case
from OrthoDiffusionLib.errors import StudyError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.table_file import read_table
from OrthoDiffusionLib.volumes.plane import Plane

NAMES, PATHS = ("name", "study", "case"), ("path", "paths", "folder", "images", "image")
CLINICAL = ("age", "sex", "trauma")
SEPARATOR = ";"
"""Between several paths in one field; where it also divides the columns, such a field stands in quotation marks."""

_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)  # names Windows gives no folder
_NO_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]|^\.|[. ]$')
_LONGEST = 100


def cases_of_table(table: Path) -> list[Case]:
    """The cases of a table, in its order; paths are relative to the table.

    Columns: `name`; `path` (one or several, separated by ``;``), or one or more of `sagittal`, `coronal`, `axial`; and,
    if wanted, `side`, `date` and what a referral says (`age`, `sex`, `trauma`). Other columns are passed over.

    Raises:
        StudyError: if it cannot be read, lacks a column, or a row has no name, one that was there before or that no
            folder can have, no path, or another side than right and left. That a path is there is seen when the case
            is read.
    """
    rows, columns = read_table(table, error=StudyError)
    name, paths = (next((one for one in known if one in columns), None) for known in (NAMES, PATHS))
    planes = [plane.value for plane in Plane if plane.value in columns]
    if name is None or (paths is None and not planes):
        needed = {"name": NAMES[0], "path": PATHS[0], "planes": [plane.value for plane in Plane]}
        raise StudyError(Message("batch", "case_columns", needed), where=str(table))
    cases: dict[str, Case] = {}
    for line, row in rows:
        case = _case(row, row.get(name, ""), row.get(paths or "", ""), table, line)
        if case.name.casefold() in cases:
            raise StudyError(Message("batch", "case_twice", {"name": case.name}), where=_place(table, line))
        cases[case.name.casefold()] = case
    if not cases:
        raise StudyError(Message("batch", "no_cases"), where=str(table))
    return list(cases.values())


def _case(row: Mapping[str, str], name: str, paths: str, table: Path, line: int) -> Case:
    where = _place(table, line)
    if not name or len(name) > _LONGEST or _NO_NAME.search(name) or _RESERVED.fullmatch(name):
        raise StudyError(Message("batch", "case_name", {"name": name}), where=where)
    inputs = tuple(table.parent / part.strip() for part in paths.split(SEPARATOR) if part.strip())
    by_plane = {plane.value: (table.parent / row[plane.value],) for plane in Plane if row.get(plane.value)}
    if not inputs and not by_plane:
        raise StudyError(Message("batch", "case_without_path", {"name": name}), where=where)
    said = row.get("side", "")
    side = Side.from_text(said)
    if said and side is None:
        raise StudyError(Message("batch", "case_side", {"side": said}), where=where)
    return Case(
        name,
        inputs,
        by_plane,
        side=side,
        clinical={column: row[column] for column in CLINICAL if row.get(column)},
        date=row.get("date", ""),
    )


def _place(table: Path, line: int) -> Message:
    return Message("line", values={"file": str(table), "line": line})
