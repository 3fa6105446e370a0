"""Store what a reader decides about the findings of a results folder, beside what the model says.

Reports show both: the folder's own page is written anew, `orthodiffusion report` says it, and so does the DICOM report
with --dicom.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from OrthoDiffusionLib.cli.language import add_page_language, page_language
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.messages import Message


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("results", type=Path, metavar="RESULTS", help="a results folder of `analyze` or `batch`")
    parser.add_argument(
        "--finding", nargs=2, action="append", required=True, metavar=("NAME", "WORD"),
        help="a finding's key, such as joint_effusion, and positive, negative, unsure or withdrawn; may be repeated",
    )  # fmt: skip
    parser.add_argument("--reader", default="", metavar="NAME", help="who decides, as it shall stand in the reports")
    parser.add_argument(
        "--note", metavar="TEXT", help="your own words about the finding; else a note that is there stays"
    )
    parser.add_argument(
        "--dicom", action="store_true", help="write RESULTS/dicom/report.dcm anew, too; the one before stays beside it"
    )
    add_page_language(parser)


def run(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.findings.analysis import DICOM_FOLDER, DICOM_REPORT, REPORT_PAGE
    from OrthoDiffusionLib.reports.deciding import EDITED_TEXT, decide
    from OrthoDiffusionLib.reports.report_sentences import finding_line

    folder = arguments.results.resolve()
    language = page_language(arguments, folder / REPORT_PAGE)
    said = _said(arguments)
    if arguments.dicom:
        from OrthoDiffusionLib.dicom_objects.revised_report import check_revisable, write_revised_report

        check_revisable(folder)
    record = decide(folder, said, reader=arguments.reader.strip(), note=arguments.note, language=language)
    for finding in record.findings:
        if finding.name in said:
            print(finding_line(finding).text(language))
    if (folder / REPORT_PAGE).exists() and (folder / EDITED_TEXT).exists():
        print(Message("decided", "page_kept", {"page": REPORT_PAGE}).words(language).what, file=sys.stderr)
    if arguments.dicom:
        written = write_revised_report(folder)
        print(written or Message("report_done", "nothing_new").words(language).what)
    elif (folder / DICOM_FOLDER / DICOM_REPORT).is_file():
        print(Message("decided", "dicom_before").words(language).what, file=sys.stderr)
    return 0


def _said(arguments: argparse.Namespace) -> dict[str, str]:
    """Finding -> word.

    Raises:
        OrthoDiffusionError: for an unknown word, a finding that is named twice, or one note for several.
    """
    from OrthoDiffusionLib.reports.deciding import DECISIONS

    said: dict[str, str] = {}
    for name, word in arguments.finding:
        if word not in DECISIONS:
            raise OrthoDiffusionError(Message("decided", "no_word", {"word": word, "known": list(DECISIONS)}))
        if name in said:
            raise OrthoDiffusionError(Message("decided", "twice", {"finding": name}))
        said[name] = word
    if arguments.note is not None and len(said) > 1:
        raise OrthoDiffusionError(Message("decided", "one_note"))
    return said
