"""The table of a batch, results.csv: one row a study, kept through many runs."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

from OrthoDiffusionLib.errors import OutputError
from OrthoDiffusionLib.messages import Message

TABLE = "results.csv"


class BatchTable:
    """results.csv, always complete on disk: each change writes it anew beside and renames."""

    def __init__(self, path: Path, columns: tuple[str, ...]) -> None:
        self._path = path
        self._columns = columns
        self._rows: dict[str, dict[str, str]] = {}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists():
                text = path.read_text(encoding="utf-8-sig")
                self._rows = {row["study"]: row for row in csv.DictReader(io.StringIO(text))}
        except (OSError, KeyError, UnicodeDecodeError, csv.Error) as error:
            raise OutputError(Message("batch", "table_not_made"), where=str(path)) from error

    def row(self, study: str) -> dict[str, str]:
        """The row of a study with all columns, those that are empty too."""
        known = self._rows.get(study, {})
        return {column: known.get(column, "") for column in self._all_columns()}

    def says_done(self, study: str) -> bool:
        return self._rows.get(study, {}).get("status") == "done"

    def says_implausible(self, study: str) -> bool:
        return bool(self._rows.get(study, {}).get("implausible"))

    def drop(self, study: str) -> None:
        """Forget a row; the next `put` writes the table without it."""
        self._rows.pop(study, None)

    def put(self, row: dict[str, str]) -> None:
        """Add or replace the row of `row["study"]`.

        Raises:
            OutputError: if the table cannot be written; the one on disk stays as it was.
        """
        self._rows[row["study"]] = row
        text = io.StringIO()
        writer = csv.DictWriter(text, self._all_columns(), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(self._rows.values())
        temporary = self._path.with_name(f".{self._path.name}.partial")
        try:
            temporary.write_text(text.getvalue(), encoding="utf-8")
            os.replace(temporary, self._path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise OutputError(
                Message("batch", "table_not_written", {"error": error.strerror}), where=str(self._path)
            ) from error

    def _all_columns(self) -> list[str]:
        # A table begun with another bundle keeps the columns that only its rows have.
        known = (column for row in self._rows.values() for column in row)
        return list(dict.fromkeys([*self._columns, *known]))
