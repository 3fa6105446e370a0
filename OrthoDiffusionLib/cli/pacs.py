"""Ask a hospital's archive for studies, fetch them for an analysis, and send DICOM objects to it.

Exit status: 0 all done, 3 some failed, were refused or lay beyond --limit, 4 none done, 2 bad input or no connection.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from OrthoDiffusionLib.cli.archive_options import add_address, add_connection, add_move, archive_of
from OrthoDiffusionLib.cli.console import ProgressLine, print_error, table
from OrthoDiffusionLib.cli.language import add_language
from OrthoDiffusionLib.errors import ArchiveError, OrthoDiffusionError, printable
from OrthoDiffusionLib.messages import Language, Message, language_of, title_of
from OrthoDiffusionLib.progress import ProgressCallback, part_of

if TYPE_CHECKING:
    from OrthoDiffusionLib.archive.archive import Archive
    from OrthoDiffusionLib.archive.fetching import FetchedStudy
    from OrthoDiffusionLib.archive.query import Found, StudyQuery
    from OrthoDiffusionLib.archive.sending import Sent

ALL_DONE, SOME_FAILED, NONE_DONE = 0, 3, 4
LIMIT = 200
_CRITERIA = ("patient_id", "accession", "date", "description", "modality", "study")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    echo = actions.add_parser("echo", help="ask whether the archive is there and lets us in")
    query = actions.add_parser("query", help="list the studies that fit, and their series")
    fetch = actions.add_parser("fetch", help="fetch the studies that fit, a folder each, ready for analyze and batch")
    send = actions.add_parser("send", help="send the DICOM objects of results folders")
    for action, act in ((echo, _echo), (query, _query), (fetch, _fetch), (send, _send)):
        add_address(action)
        action.set_defaults(act=act)
    for action in (query, fetch):
        _add_criteria(action)
    query.add_argument("--series", action="store_true", help="list the series of each study, too")
    _add_fetching(fetch)
    send.add_argument(
        "paths", nargs="+", type=Path, metavar="RESULTS", help="results folders, a folder of these, files"
    )
    for action in (query, fetch, send):
        action.add_argument("--json", action="store_true", help="print JSON on standard output")
    for action in (fetch, send):
        action.add_argument(
            "--patience", type=float, default=60.0, metavar="SECONDS", help="wait so long for an archive that went away"
        )
    for action in (echo, query, fetch, send):
        add_connection(action)
        add_language(action)


def _add_criteria(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("which studies; * and ? stand for any signs and for one")
    group.add_argument("--patient-id", metavar="ID", help="Patient ID")
    group.add_argument("--accession", metavar="NUMBER", help="Accession Number")
    group.add_argument("--date", metavar="DAYS", help="20260131, 20260101-20260131, 20260101- or -20260131")
    group.add_argument("--description", metavar="TEXT", help="anywhere in the Study Description")
    group.add_argument("--modality", metavar="CODE", help="the study holds a series of it, e.g. MR")
    group.add_argument("--study", metavar="UID", help="Study Instance UID")
    group.add_argument("--limit", type=int, default=LIMIT, metavar="N", help=f"at most so many studies ({LIMIT})")


def _add_fetching(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where a folder for each study goes")
    parser.add_argument("--all", action="store_true", help="fetch without any criterion: every study, up to --limit")
    parser.add_argument("--all-modalities", action="store_true", help="fetch every series, not those of MR alone")
    add_move(parser)


def run(arguments: argparse.Namespace) -> int:
    return arguments.act(arguments, language_of(arguments.language))


def _echo(arguments: argparse.Namespace, language: Language) -> int:
    with archive_of(arguments) as archive:
        archive.echo()
    print(Message("pacs", "answers", {"address": arguments.address}).words(language).what)
    return ALL_DONE


def _asked(arguments: argparse.Namespace) -> StudyQuery:
    from OrthoDiffusionLib.archive.query import DateRange, StudyQuery

    if arguments.limit < 1:
        raise ArchiveError(Message("archive", "no_limit"))
    given = {name: getattr(arguments, name) for name in _CRITERIA if getattr(arguments, name) is not None}
    for name, text in given.items():
        if not text.strip():  # an empty variable of a script would ask for everything
            raise ArchiveError(Message("archive", "empty_criterion", {"option": _option(name)}))
    return StudyQuery(
        patient_id=given.get("patient_id", ""),
        accession_number=given.get("accession", ""),
        dates=DateRange.parse(given["date"]) if "date" in given else None,
        description=given.get("description", ""),
        modality=given.get("modality", ""),
        study_uid=given.get("study", ""),
    )


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _query(arguments: argparse.Namespace, language: Language) -> int:
    query = _asked(arguments)
    with archive_of(arguments) as archive:
        found = archive.find_studies(query, limit=arguments.limit)
        series = {one.study_uid: archive.find_series(one.study_uid) for one in found.studies if arguments.series}
    if arguments.json:
        records = [
            {**one.as_dict(), **({"series_records": [s.as_dict() for s in series[one.study_uid]]} if series else {})}
            for one in found.studies
        ]
        print(json.dumps({"studies": records, "cut_off": found.cut_off}, indent=2))
        return SOME_FAILED if found.cut_off else ALL_DONE
    if found.studies:
        head = [title_of(f"pacs_{name}", language) for name in _COLUMNS]
        rows = []
        for one in found.studies:
            counts = ["" if count is None else str(count) for count in (one.series, one.instances)]
            cells = [one.patient_id, one.accession_number, one.date, one.description, "/".join(one.modalities)]
            rows.append([*cells, *counts, one.study_uid])
            rows += [
                ["", "", "", f"  {s.number} {s.description}", s.modality, "", str(s.instances or ""), s.series_uid]
                for s in series.get(one.study_uid, ())
            ]
        print(table([head, *([printable(cell) for cell in row] for row in rows)], indent=""))
    _say_found(found, arguments.limit, language)
    return SOME_FAILED if found.cut_off else ALL_DONE


_COLUMNS = ("patient", "accession", "date", "description", "modalities", "series", "instances", "uid")


def _say_found(found: Found, limit: int, language: Language) -> None:
    """What the list of studies does not show by itself; not for programs, whose record has it."""
    if not found.studies:
        print(Message("pacs", "none_found").words(language).what, file=sys.stderr)
    if found.cut_off:
        print(Message("pacs", "more_found", {"limit": limit}).words(language).what)


def _fetch(arguments: argparse.Namespace, language: Language) -> int:
    from OrthoDiffusionLib.archive.query import StudyQuery

    query = _asked(arguments)
    if query == StudyQuery() and not arguments.all:
        options = [_option(name) for name in _CRITERIA]
        raise ArchiveError(Message("archive", "no_criterion", {"options": options}))
    if query != StudyQuery() and arguments.all:
        raise ArchiveError(Message("archive", "all_and_criterion"))
    errors: dict[str, OrthoDiffusionError] = {}
    done: list[FetchedStudy] = []
    modalities = None if arguments.all_modalities else ("MR",)
    with archive_of(arguments) as archive, ProgressLine(language=language) as progress:
        found = archive.find_studies(query, limit=arguments.limit)
        for number, study in enumerate(found.studies):
            part = part_of(progress, number / len(found.studies), (number + 1) / len(found.studies))
            try:
                done.append(_fetch_one(archive, study.study_uid, arguments, modalities, part))
            except OrthoDiffusionError as error:
                errors[study.study_uid] = error
    if arguments.json:
        print(json.dumps({**_fetched_as_dict(done, errors), "cut_off": found.cut_off}, indent=2))
    else:
        for one in done:
            values = {"folder": str(one.folder), "count": one.instances, "new": one.new}
            print(Message("pacs", "fetched", values).words(language).what)
            if one.other_modalities:
                left = {"modalities": list(one.other_modalities)}
                print("  " + Message("pacs", "left_out", left).words(language).what)
        for problem in errors.values():
            print_error(problem, language=language)
        _say_found(found, arguments.limit, language)
    return NONE_DONE if not found.studies else _status(len(done), len(errors) + found.cut_off)


def _fetch_one(
    archive: Archive,
    uid: str,
    arguments: argparse.Namespace,
    modalities: Sequence[str] | None,
    progress: ProgressCallback | None,
) -> FetchedStudy:
    from OrthoDiffusionLib.archive.fetching import fetch_study
    from OrthoDiffusionLib.archive.patience import patiently

    return patiently(
        lambda: fetch_study(archive, uid, arguments.out, modalities=modalities, progress=progress),
        seconds=arguments.patience,
    )


def _fetched_as_dict(done: Sequence[FetchedStudy], errors: dict[str, OrthoDiffusionError]) -> dict[str, object]:
    return {
        "fetched": [
            {
                "study_uid": one.folder.name,
                "folder": str(one.folder),
                "instances": one.instances,
                "new": one.new,
                "other_modalities": list(one.other_modalities),
            }
            for one in done
        ],
        "failed": {uid: error.as_dict() for uid, error in errors.items()},
    }


def _status(done: int, failed: int) -> int:
    return ALL_DONE if not failed else SOME_FAILED if done else NONE_DONE


def _send(arguments: argparse.Namespace, language: Language) -> int:
    from OrthoDiffusionLib.archive.sending import check_objects, objects_below, send_objects

    paths = check_objects(one for path in arguments.paths for one in objects_below(path))
    with archive_of(arguments) as archive, ProgressLine(language=language) as progress:
        sent = send_objects(archive, paths, patience=arguments.patience, progress=progress)
    refused = [one for one in sent if not one.stored.is_there]
    if arguments.json:
        print(json.dumps({"sent": [_sent_as_dict(one) for one in sent]}, indent=2))
    else:
        values = {"count": len(sent) - len(refused), "address": arguments.address}
        print(Message("pacs", "sent", values).words(language).what)
        for one in refused:
            words = one.stored.reason.words(language)
            print(f"  {one.path}: {words.what}. {words.remedy}".rstrip(), file=sys.stderr)
    return _status(len(sent) - len(refused), len(refused))


def _sent_as_dict(one: Sent) -> dict[str, object]:
    reason = "" if one.stored.is_there else str(one.stored.reason)
    return {
        "file": str(one.path),
        "stored": one.stored.is_there,
        "status": f"{one.stored.status:04X}",
        "comment": one.stored.comment,
        "reason": reason,
    }
