"""The journal of a batch: a line for each study that ended, appended and never changed; the tables are made from it."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from OrthoDiffusionLib.batch.records.study_record import StudyRecord
from OrthoDiffusionLib.errors import OutputError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.moment import now

JOURNAL = "journal.jsonl"


class Journal:
    """journal.jsonl: an event a line, with its time. The last line about a study is the one that counts.

    Of each study only the place of its line is kept in memory. A line that a crash cut off is removed when the journal
    is opened. Only one process may have it open.

    Args:
        path: made with its folder if it is not there.

    Raises:
        OutputError: if it can be neither read nor made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places: dict[str, int] = {}
        self._status: dict[str, str] = {}
        self._done_source: dict[str, str] = {}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Unbuffered: what a full disk has refused must not be tried again with the next line.
            self._out = path.open("ab", buffering=0)
            self._in = path.open("rb")
            self._end = self._read_places()
        except OSError as error:
            raise OutputError(Message("batch", "table_not_made"), where=str(path)) from error

    def close(self) -> None:
        for file in (self._out, self._in):
            with contextlib.suppress(OSError):
                file.close()

    def __contains__(self, study: str) -> bool:
        return study in self._places

    def __len__(self) -> int:
        return len(self._places)

    @property
    def studies(self) -> list[str]:
        """The names it knows, in the order in which they came."""
        return list(self._places)

    def status(self, study: str) -> str:
        """ "done", "failed" or "" of a study that it does not know."""
        return self._status.get(study, "")

    def source_of_results(self, study: str) -> str:
        """Which files a study's results were made of, see `StudyRecord.source`; "" if that is not known.

        Later tries that failed have left the results of an earlier one in their place.
        """
        return self._done_source.get(study, "")

    def record(self, study: str) -> StudyRecord:
        """The last record of a study.

        Raises:
            KeyError: if there is none.
            OutputError: if the file cannot be read any more.
        """
        try:
            self._in.seek(self._places[study])
            return StudyRecord.from_dict(json.loads(self._in.readline()))
        except (OSError, ValueError, TypeError) as error:
            raise OutputError(Message("batch", "table_not_made"), where=str(self._path)) from error

    def put(self, record: StudyRecord) -> None:
        """Append a study's record; it is on the disk when this returns.

        Raises:
            OutputError: if it cannot be written; the journal is as it was.
        """
        content = json.loads(record.to_json())
        place = self._append({"event": "study", "time": now(), **content})
        self._know(record, place)

    def drop(self, study: str) -> None:
        """A study is no study any more: it has become two."""
        if study in self._places:
            self._append({"event": "dropped", "time": now(), "study": study})
            self._forget(study)

    def _know(self, record: StudyRecord, place: int) -> None:
        self._places[record.study], self._status[record.study] = place, record.status
        if record.is_done:
            self._done_source[record.study] = record.source

    def _forget(self, study: str) -> None:
        self._places.pop(study, None)
        self._status.pop(study, None)
        self._done_source.pop(study, None)

    def note(self, event: str, **values: object) -> None:
        """Append what happened to the batch as a whole, such as its start."""
        self._append({"event": event, "time": now(), **values})

    def _append(self, entry: dict[str, Any]) -> int:
        line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
        place = self._end
        try:
            written = self._out.write(line)
            if written < len(line):  # the disk is full: the rest would be refused with its reason
                self._out.write(line[written:])
            os.fsync(self._out.fileno())
        except OSError as error:
            with contextlib.suppress(OSError):  # what was written of the line must not stand before the next one
                os.truncate(self._path, place)
            raise OutputError(
                Message("batch", "table_not_written", {"error": error.strerror or error}), where=str(self._path)
            ) from error
        self._end += len(line)
        return place

    def _read_places(self) -> int:
        """Note where the last line of each study is, cut off what is no line, and give the end."""
        end = 0
        for line in self._in:
            if not line.endswith(b"\n"):
                break
            entry = _entry(line)
            if entry is not None:
                if entry.get("event") == "study":
                    self._know(StudyRecord.from_dict(entry), end)
                elif entry.get("event") == "dropped":
                    self._forget(str(entry.get("study", "")))
            end += len(line)
        os.truncate(self._path, end)
        return end


def _entry(line: bytes) -> dict[str, Any] | None:
    """None for a line that a disk has damaged: the others still count."""
    try:
        entry = json.loads(line)
        if entry.get("event") == "study":
            StudyRecord.from_dict(entry)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return entry


def events(path: Path) -> Iterator[dict[str, Any]]:
    """All events of a journal, oldest first; for pages and people."""
    with path.open("rb") as file:
        for line in file:
            entry = _entry(line)
            if entry is not None:
                yield entry
