"""A plan for people: the lines of `batch --plan`, and the table of what is not used."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from OrthoDiffusionLib.batch.cases.case import Case, Plan
from OrthoDiffusionLib.errors import printable
from OrthoDiffusionLib.messages import ENGLISH, Language, Message
from OrthoDiffusionLib.reports.csv_rows import safe_cell
from OrthoDiffusionLib.volumes.files.atomic import write_text

UNUSED = "unused.csv"


def plan_lines(plan: Plan, language: Language = ENGLISH) -> Iterator[str]:
    """One line a case, then what is not used by reason, with the first names of each."""
    if plan.cases:
        yield Message("plan", "head").words(language).what
    for case in plan.cases:
        yield _line_of(case, plan.home).words(language).what
    yield Message("plan", values={"count": len(plan.cases), "unused": len(plan.unused)}).words(language).what
    by_reason: dict[str, list[str]] = {}
    for one in plan.unused:
        by_reason.setdefault(one.reason.words(language).what, []).append(_shown(one.path, plan.home))
    for reason, paths in by_reason.items():
        values = {"reason": reason, "count": len(paths), "names": paths[:3]}
        yield "  " + Message("plan", "unused", values).words(language).what


def write_unused(plan: Plan, path: Path) -> None:
    """A row for each file or folder that no case uses: path, code and reason.

    Raises:
        OutputError: if it cannot be written.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("path", "code", "reason"))
    for one in sorted(plan.unused, key=lambda one: str(one.path)):
        code = one.reason.variant or "no_image"
        rows.writerow((safe_cell(_shown(one.path, plan.home)), code, one.reason.words().what))
    write_text(path, text.getvalue())


def _line_of(case: Case, home: Path) -> Message:
    places = [*case.inputs, *(path for paths in case.by_plane.values() for path in paths)]
    said = case.side.value if case.side else case.stated_side
    name, side = case.name, said or "?"
    missing = [path for path in places if not path.exists()]
    place = _shown((missing or places)[0], home) + (", …" if len(places) > 1 else "")
    if missing:
        return Message("plan", "missing", {"name": name, "side": side, "place": place})
    if not case.files:  # nothing that is read, or of a table, whose folders are looked into when their turn comes
        return Message("plan", "uncounted", {"name": name, "side": side, "place": place})
    if not case.series:  # NIfTI and the like, whose files are in no DICOM series
        return Message("plan", "images", {"name": name, "side": side, "files": case.files, "place": place})
    values = {"name": name, "side": side, "files": case.files, "series": case.series, "place": place}
    return Message("plan", "case", values)


def _shown(path: Path, home: Path) -> str:
    return printable(str(path.relative_to(home)) if path.is_relative_to(home) else str(path))
