"""From a worker's results to the study's own folder: staged beside it, then put there by the process that records."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from OrthoDiffusionLib.batch.records.study_record import StudyRecord
from OrthoDiffusionLib.errors import OutputError
from OrthoDiffusionLib.findings.complete_folder import exchange_folder
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.files.atomic import write_text

MARKER = "findings.json"
_READY, _RECORD = "ready", "ready.json"
_LONGEST = 60  # of a study's name within a temporary one, in letters
_LEFT_OVER = re.compile(
    r"\..+\.[0-9a-f]{8}\.(?:ready|ready\.json|replaced)|\.\..+\.[0-9a-f]{8}\.(?:unfinished|replaced)"
)


def is_complete(out: Path, study: str) -> bool:
    """Whether a study has its results folder; one that is there is complete."""
    return (out / study / MARKER).exists()


def staged_folder(out: Path, study: str, run: str) -> Path:
    """Where a worker puts the results of a study, beside their place."""
    return out / f".{_short(study)}.{run}.{_READY}"


def stage_record(out: Path, record: StudyRecord, run: str) -> None:
    """Write the record beside the staged results; both together are a study that only has to be put in its place.

    Raises:
        OutputError: if it cannot be written.
    """
    write_text(_record_path(staged_folder(out, record.study, run)), record.to_json())


def ready_record(out: Path, study: str, run: str) -> StudyRecord | None:
    """The record of a study that a worker of this run had complete when it died; None if it had not."""
    staged = staged_folder(out, study, run)
    record = _read_record(_record_path(staged))
    return record if record is not None and (staged / MARKER).exists() else None


def put_in_place(out: Path, record: StudyRecord, run: str) -> None:
    """Rename staged results to the study's own folder; what was there before goes when the new ones stand.

    Raises:
        OutputError: if that is not possible.
    """
    staged, folder = staged_folder(out, record.study, run), out / record.study
    aside = out / f".{_short(record.study)}.{run}.replaced"
    try:
        exchange_folder(staged, folder, aside)
    except OSError as error:
        values = {"kind": "results folder", "error": error.strerror or error}
        raise OutputError(Message("folder", "not_written", values), where=str(folder)) from error


def forget_record(out: Path, record: StudyRecord, run: str) -> None:
    """The journal has it now."""
    with contextlib.suppress(OSError):
        _record_path(staged_folder(out, record.study, run)).unlink()


def left_ready(out: Path) -> Iterator[tuple[StudyRecord, str]]:
    """Records whose results an earlier run had complete when it was killed, and the word of that run.

    The results lie staged, or already in their place.
    """
    for path in sorted(out.glob(f".*.{_RECORD}")):
        run = path.name.removesuffix(f".{_RECORD}").rpartition(".")[2]
        record = _read_record(path)
        if record is None:
            continue
        if (staged_folder(out, record.study, run) / MARKER).exists() or is_complete(out, record.study):
            yield record, run


def clear_left_over(out: Path) -> None:
    """Remove what killed runs have left half done; only while the folder's lock is held."""
    for path in out.iterdir() if out.is_dir() else ():
        if _LEFT_OVER.fullmatch(path.name):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                with contextlib.suppress(OSError):
                    path.unlink()


def _read_record(path: Path) -> StudyRecord | None:
    try:
        return StudyRecord.from_dict(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _short(study: str) -> str:
    """A study's name as part of another one: whole, or cut and with a digest."""
    if len(study) <= _LONGEST:
        return study
    return f"{study[:_LONGEST]}_{hashlib.sha256(study.encode()).hexdigest()[:8]}"


def _record_path(staged: Path) -> Path:
    return staged.with_name(f"{staged.name}.json")
