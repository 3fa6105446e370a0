"""What referrals say about many studies: a small table beside a batch."""

from __future__ import annotations

import difflib
from pathlib import Path

from OrthoDiffusionLib.errors import StudyError
from OrthoDiffusionLib.heads import encode_clinical
from OrthoDiffusionLib.heads.clinical import COLUMNS
from OrthoDiffusionLib.messages import Message
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
        needed = {"study": STUDY, "columns": COLUMNS, "header": ", ".join(header) or "–"}
        raise StudyError(Message("batch", "clinical_columns", needed), where=str(path))
    for column in header:
        alike = difflib.get_close_matches(column.lower(), [STUDY, *COLUMNS], n=1, cutoff=0.75)
        if alike and column not in (STUDY, *COLUMNS):
            raise StudyError(Message("batch", "alike_column", {"column": column, "meant": alike[0]}), where=str(path))
    values: dict[str, dict[str, str]] = {}
    for line, row in rows:
        name = row.get(STUDY, "")
        where = Message("line", values={"file": path, "line": line})
        if not name or name in values:
            if not name:
                raise StudyError(Message("batch", "unnamed_study"), where=where)
            raise StudyError(Message("batch", "study_twice", {"study": name}), where=where)
        try:
            values[name] = {
                column: row[column] for column in columns if encode_clinical(column, row.get(column, "")) is not None
            }
        except ValueError as error:
            raise StudyError(Message("batch", "clinical_value", {"error": error}), where=where) from error
    return values
