"""What referrals tell about many studies: a small table beside a batch."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from OrthoDiffusionLib.errors import StudyError
from OrthoDiffusionLib.heads import encode_clinical
from OrthoDiffusionLib.heads.clinical import COLUMNS

STUDY = "study"


def read_clinical_table(path: Path) -> dict[str, dict[str, str]]:
    """Study name -> clinical column -> what the table says of it; what is empty is left out.

    Args:
        path: CSV, UTF-8, with the column `study` and any of `age`, `sex` and `trauma`; other columns are passed over.

    Raises:
        StudyError: if it cannot be read, lacks a column, names a study twice, or holds a value that cannot be.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError(
            f"The table of clinical values cannot be read: {getattr(error, 'strerror', None) or 'it is no UTF-8 text'}",
            where=str(path),
            remedy="Check the path, and save it as CSV with the encoding UTF-8.",
        ) from error
    reader = csv.DictReader(io.StringIO(text))
    columns = [column for column in COLUMNS if column in (reader.fieldnames or ())]
    if STUDY not in (reader.fieldnames or ()) or not columns:
        raise StudyError(
            f"The table of clinical values needs the column {STUDY} and at least one of {', '.join(COLUMNS)}",
            where=str(path),
        )
    values: dict[str, dict[str, str]] = {}
    for row in reader:
        name = (row[STUDY] or "").strip()
        where = f"{path}, line {reader.line_num}"
        if name in values:
            raise StudyError(f"The study {name!r} is in the table of clinical values twice", where=where)
        told = {column: (row[column] or "").strip() for column in columns}
        try:
            values[name] = {
                column: value for column, value in told.items() if encode_clinical(column, value) is not None
            }
        except ValueError as error:
            raise StudyError(
                f"A clinical value cannot be: {error}", where=where, remedy="Correct or empty it."
            ) from error
    return values
