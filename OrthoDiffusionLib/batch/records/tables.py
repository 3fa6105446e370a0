"""results.csv and series.csv, made from the journal: in the order of the plan, whole at any moment, written seldom."""

from __future__ import annotations

import contextlib
import csv
import io
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from OrthoDiffusionLib.batch.records.journal import Journal
from OrthoDiffusionLib.batch.records.study_record import StudyRecord
from OrthoDiffusionLib.errors import OutputError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.reports.csv_rows import safe_cell
from OrthoDiffusionLib.volumes.files.atomic import atomic_path

TABLE, SERIES = "results.csv", "series.csv"

SHARE = 0.03
"""Of the time at most so much goes into writing the tables anew: with many thousand rows each time takes longer."""

_SERIES_COLUMNS = ("study", "volume", "plane", "reason")


class ResultTables:
    """The tables of a batch, one row a study, kept through many runs.

    The journal is what counts; the tables may be some rows behind while a batch runs, and are made up to date when it
    stops, for whatever reason it can hear of.

    Args:
        folder: of the results.
        columns: of results.csv; those that only older rows have come after them.
        journal: holds the rows. Where it has none, an older results.csv is taken into it.
        order: names of studies in the order of their rows; others come last, by name.

    Raises:
        OutputError: if an older table cannot be read.
    """

    def __init__(self, folder: Path, columns: Sequence[str], journal: Journal, order: Iterable[str] = ()) -> None:
        self._folder, self._columns, self._journal = folder, tuple(columns), journal
        self._order = {name: number for number, name in enumerate(order)}
        self._cost, self._written = 0.0, float("-inf")
        self._more_columns: dict[str, None] = {}
        self._adopt_older()
        for study in journal.studies:
            self._know_columns(journal.record(study))

    def row(self, study: str) -> dict[str, str]:
        """The row of a study with all columns, those that are empty too."""
        known = self._journal.record(study).row if study in self._journal else {}
        return {column: known.get(column, "") for column in self._all_columns()}

    def put(self, record: StudyRecord) -> None:
        """Add or replace a study's row; on the disk at once in the journal, a little later in the tables.

        Raises:
            OutputError: if the journal cannot be written; what is on the disk stays as it was.
        """
        self._journal.put(record)
        self._know_columns(record)
        if time.monotonic() - self._written > self._cost / SHARE:
            try:
                self.write()
            except OutputError:  # a spreadsheet may have it open, which Windows then does not let us replace
                self._written = time.monotonic()  # the journal has the row; `finish` says it if that lasts

    def drop(self, study: str) -> None:
        """Forget a row."""
        self._journal.drop(study)

    def write(self) -> None:
        """Make the tables up to date.

        Raises:
            OutputError: if they cannot be written; those on the disk stay as they were.
        """
        began = time.monotonic()
        with _rewritten(self._folder / TABLE) as results, _rewritten(self._folder / SERIES) as series:
            rows = csv.DictWriter(results, self._all_columns(), restval="", lineterminator="\n")
            rows.writeheader()
            chosen = csv.writer(series, lineterminator="\n")
            chosen.writerow(_SERIES_COLUMNS)
            for record in self._in_order():
                rows.writerow(dict(record.row))
                for one in record.series:
                    chosen.writerow([record.study, *(safe_cell(one.get(key, "")) for key in _SERIES_COLUMNS[1:])])
        self._written = time.monotonic()
        self._cost = self._written - began

    def finish(self) -> None:
        """The same, at the end of a run: what an earlier one that was killed could not write any more is in it, too."""
        self.write()

    def _in_order(self) -> Iterator[StudyRecord]:
        last = len(self._order)
        for study in sorted(self._journal.studies, key=lambda name: (self._order.get(name, last), name)):
            yield self._journal.record(study)

    def _know_columns(self, record: StudyRecord) -> None:
        self._more_columns.update(dict.fromkeys(column for column in record.row if column not in self._columns))

    def _all_columns(self) -> list[str]:
        # A table begun with another bundle keeps the columns that only its rows have; sorted, so that who came first
        # does not show.
        return [*self._columns, *sorted(self._more_columns)]

    def _adopt_older(self) -> None:
        """Take in a table that was written before there were journals, or whose journal was removed."""
        path = self._folder / TABLE
        if len(self._journal) or not path.exists():
            return
        try:
            text = path.read_text(encoding="utf-8-sig")
            for row in csv.DictReader(io.StringIO(text)):
                kept = {column: value for column, value in row.items() if column and value}
                self._journal.put(StudyRecord(row["study"], row["study"], kept))
        except (OSError, KeyError, UnicodeDecodeError, csv.Error, AttributeError) as error:
            raise OutputError(Message("batch", "table_not_made"), where=str(path)) from error


@contextlib.contextmanager
def _rewritten(path: Path) -> Iterator[TextIO]:
    """A file to write, which takes the place of the older one when it is complete."""
    try:
        with atomic_path(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
            yield file
    except OutputError as error:
        cause = error.__cause__
        reason = cause.strerror or cause if isinstance(cause, OSError) else error
        raise OutputError(Message("batch", "table_not_written", {"error": reason}), where=str(path)) from error
