"""Tables that people make: CSV as spreadsheets and scripts write it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.messages import Message

DELIMITERS = ",;\t"


def read_table(path: Path, *, error: type[OrthoDiffusionError]) -> tuple[list[tuple[int, dict[str, str]]], list[str]]:
    """Read a table whose first line names its columns.

    Commas, semicolons and tabs are recognised, as are a byte-order mark and the line `sep=;` that some spreadsheets
    write first. Empty lines are passed over; values and names lose the spaces around them.

    Args:
        path: UTF-8.
        error: what is raised.

    Returns:
        (line number, column -> value) of each row that holds anything, and the columns.

    Raises:
        OrthoDiffusionError: as `error`, if the file cannot be read, is no CSV, or a row is longer than the header.
    """
    where = str(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as problem:
        raise error(Message("table", "unreadable", {"error": problem.strerror}), where=where) from problem
    except UnicodeDecodeError as problem:
        raise error(Message("table", "no_text"), where=where) from problem
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = _next_line(lines, 0)
    marker = lines[first].strip().lower()
    delimiter = marker[4:] if marker.startswith("sep=") and len(marker) == 5 else ""
    if delimiter:
        first = _next_line(lines, first + 1)
    delimiter = delimiter or max(DELIMITERS, key=lines[first].count)
    reader = csv.reader(io.StringIO("\n".join(lines[first:]), newline=""), delimiter=delimiter, strict=True)
    try:
        header = [column.strip() for column in next(reader, [])]
        while header and not header[-1]:  # a delimiter at the end of the line
            header.pop()
        rows = []
        for values in reader:
            values = [value.strip() for value in values]
            if not any(values):
                continue
            if any(values[len(header) :]):
                found = {"line": first + reader.line_num, "values": len(values), "columns": len(header)}
                raise error(Message("table", "too_many_values", found), where=where)
            rows.append((first + reader.line_num, dict(zip(header, values, strict=False))))
    except csv.Error as problem:
        raise error(
            Message("table", "no_csv", {"line": first + reader.line_num, "error": problem}), where=where
        ) from problem
    return rows, header


def _next_line(lines: list[str], start: int) -> int:
    """The first line from `start` on that holds anything; the last one if none does."""
    return next((n for n in range(start, len(lines)) if lines[n].strip(f" {DELIMITERS}")), len(lines) - 1)
