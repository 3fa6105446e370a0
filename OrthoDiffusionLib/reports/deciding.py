"""A reader's decisions about the findings of a results folder, stored in it as the panel stores them in a scene."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from OrthoDiffusionLib.errors import OrthoDiffusionError, OutputError
from OrthoDiffusionLib.findings import Finding, ResultsRecord, Review
from OrthoDiffusionLib.findings.analysis import REPORT_PAGE, write_findings_csv
from OrthoDiffusionLib.findings.results_json import SCHEMA_VERSION, contradictions_in, read_findings_json
from OrthoDiffusionLib.findings.review import NEGATIVE, POSITIVE, UNSURE
from OrthoDiffusionLib.messages import Language, Message
from OrthoDiffusionLib.reports.page_language import language_of_page
from OrthoDiffusionLib.reports.results_page import results_page
from OrthoDiffusionLib.volumes.files.atomic import atomic_path, write_text

WITHDRAWN = "withdrawn"
DECISIONS = (POSITIVE, NEGATIVE, UNSURE, WITHDRAWN)
"""What a reader may say of a finding; "withdrawn" takes an earlier decision away."""

EDITED_TEXT = "report.txt"


def decide(
    folder: Path,
    said: Mapping[str, str],
    *,
    reader: str = "",
    note: str | None = None,
    language: Language | None = None,
) -> ResultsRecord:
    """Store what a reader says of findings in findings.json and findings.csv, and write the folder's page anew.

    What the model said stays as it is, and so do decisions about other findings. A page with a text that a reader
    edited in the panel is left alone.

    Args:
        folder: of `analyze` or `batch`, or one that the panel saved.
        said: key of a finding -> one of `DECISIONS`.
        reader: who decides; empty leaves it unsaid.
        note: the reader's own words about these findings; None keeps a note that is there.
        language: of the page; None keeps the one that it has. The files of data stay English.

    Returns:
        What the folder says now.

    Raises:
        OutputError: if it is no results folder, or cannot be written.
        OrthoDiffusionError: for a finding that is not in it, a note about a decision that is withdrawn, or a note of
            another reader, or of one who is not named, that would stand beside this one's name or beside none; nothing
            was changed.
        ValueError: for an unknown decision.
    """
    if unknown := sorted(set(said.values()) - set(DECISIONS)):
        raise ValueError(f"a decision must be one of {', '.join(DECISIONS)}, got {unknown[0]!r} instead")
    path = folder / "findings.json"
    content = read_findings_json(path)
    with contradictions_in(path):
        findings = {one.name: one for one in ResultsRecord.from_dict(content).findings}
    if missing := sorted(set(said) - set(findings)):
        values = {"finding": missing[0], "known": sorted(findings)}
        raise OrthoDiffusionError(Message("results", "no_such_finding", values), where=str(folder))
    _check_notes(findings, said, reader, note, where=str(folder))
    for entry in content["findings"]:
        name = entry["name"]
        if name in said:
            review = _decided(findings[name], said[name], reader, note)
            entry["review"] = None if review is None else review.as_dict()
    content["schema_version"] = SCHEMA_VERSION  # version 1 has been read as this one
    record = ResultsRecord.from_dict(content)
    page = ""
    if _has_own_page(folder):
        page = results_page(folder, record, language=language or language_of_page(folder / REPORT_PAGE))
    write_text(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    _write_table(folder / "findings.csv", content["findings"])
    if page:
        write_text(folder / REPORT_PAGE, page)
    return record


def _check_notes(
    findings: Mapping[str, Finding], said: Mapping[str, str], reader: str, note: str | None, *, where: str
) -> None:
    for name, word in said.items():
        before = findings[name].review
        if word == WITHDRAWN:
            if note:
                raise OrthoDiffusionError(Message("decided", "note_withdrawn", {"finding": name}), where=where)
        elif note is None and before is not None and before.note and before.reader != reader:
            why = "note_of_nobody" if not before.reader else "note_of_another" if reader else "note_without_name"
            values = {"finding": name, "reader": before.reader or reader}
            raise OrthoDiffusionError(Message("decided", why, values), where=where)


def _decided(finding: Finding, word: str, reader: str, note: str | None) -> Review | None:
    if word == WITHDRAWN:
        return None
    before = finding.review
    kept = before.note if note is None and before is not None else note or ""
    return Review.now(word, finding.word, finding.probability, kept, reader=reader)


def _has_own_page(folder: Path) -> bool:
    """Whether there is a page, and nobody's own text in it."""
    return (folder / REPORT_PAGE).is_file() and not (folder / EDITED_TEXT).exists()


def _write_table(path: Path, findings: list[dict]) -> None:
    try:
        with atomic_path(path) as temporary:
            write_findings_csv(temporary, findings)
    except OSError as error:
        raise OutputError(
            Message("file", "not_written", {"error": error.strerror or error}), where=str(path)
        ) from error
