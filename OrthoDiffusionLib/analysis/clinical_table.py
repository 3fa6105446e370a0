"""What referrals say about many studies: a small table beside a batch."""

from __future__ import annotations

import difflib
from pathlib import Path

from OrthoDiffusionLib.errors import StudyError
from OrthoDiffusionLib.heads import encode_clinical
from OrthoDiffusionLib.heads.clinical import COLUMNS
from OrthoDiffusionLib.table_file import read_table

STUDY = "study"


def read_clinical_table(path: Path) -> dict[str, dict[str, str]]:
    """Study name -> clinical column -> what the table says of it; what is empty is left out.

    Args:
        path: CSV with the column `study` and any of `age`, `sex` and `trauma`; others are passed over, unless they look
            like one of these misspelt.

    Raises:
        StudyError: if it cannot be read, lacks a column, names a study twice, or holds an invalid value.
    """
    rows, header = read_table(path, error=StudyError)
    columns = [column for column in COLUMNS if column in header]
    if STUDY not in header or not columns:
        raise StudyError(
            f"The table of clinical values needs the column {STUDY} and at least one of {', '.join(COLUMNS)}",
            where=str(path),
            remedy=f"Its first line has: {', '.join(header) or 'nothing'}.",
        )
    for column in header:
        alike = difflib.get_close_matches(column.lower(), [STUDY, *COLUMNS], n=1, cutoff=0.75)
        if alike and column not in (STUDY, *COLUMNS):
            raise StudyError(
                f"The table of clinical values has a column {column!r}; is {alike[0]!r} meant?",
                where=str(path),
                remedy="Rename the column, or delete it.",
            )
    values: dict[str, dict[str, str]] = {}
    for line, row in rows:
        name = row.get(STUDY, "")
        where = f"{path}, line {line}"
        if not name or name in values:
            problem = f"The study {name!r} is in the table of clinical values twice" if name else "No study is named"
            raise StudyError(problem, where=where)
        try:
            values[name] = {
                column: row[column] for column in columns if encode_clinical(column, row.get(column, "")) is not None
            }
        except ValueError as error:
            raise StudyError(
                f"A clinical value is invalid: {error}", where=where, remedy="Correct or empty it."
            ) from error
    return values
