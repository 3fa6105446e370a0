"""Write the report on a results folder: one page with pictures, or plain text; a prior exam may stand beside it.

With --dicom the DICOM report is written anew instead, with what readers have decided since.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from OrthoDiffusionLib.cli.language import add_page_language, page_language
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.messages import Message

if TYPE_CHECKING:
    from OrthoDiffusionLib.findings import ResultsRecord


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("results", type=Path, metavar="RESULTS", help="a results folder of `analyze` or `batch`")
    parser.add_argument(
        "--prior", type=Path, metavar="RESULTS", help="results of an earlier exam of the same joint, to compare with"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE",
        help="the page to write (else RESULTS.html beside the folder), or the text (else standard output)",
    )  # fmt: skip
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--text", action="store_true", help="plain text, to be pasted, in place of a page")
    instead.add_argument(
        "--dicom", action="store_true",
        help="write RESULTS/dicom/report.dcm anew, with what readers have decided, and no page",
    )  # fmt: skip
    parser.add_argument(
        "--earlier", type=Path, metavar="FILE",
        help="with --dicom: the DICOM report that it follows, where RESULTS holds none",
    )  # fmt: skip
    parser.add_argument("--events", action="store_true", help="with --dicom: tell it in JSON lines, for programs")
    add_page_language(parser)
    parser.add_argument("--overwrite", action="store_true", help="replace a page that is there already")


def run(arguments: argparse.Namespace) -> int:
    if not arguments.dicom and (arguments.earlier is not None or arguments.events):
        raise OrthoDiffusionError(Message("results", "only_with_dicom"))
    if arguments.dicom and (arguments.prior is not None or arguments.out is not None):
        raise OrthoDiffusionError(Message("results", "not_with_dicom"))
    return _dicom(arguments) if arguments.dicom else _page(arguments)


def _dicom(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.dicom_objects.revised_report import write_revised_report
    from OrthoDiffusionLib.service.one_job import do_and_tell

    folder = arguments.results.resolve()
    if arguments.events:
        return do_and_tell(
            lambda progress, log: {"report": str(write_revised_report(folder, earlier=arguments.earlier) or "")}
        )
    written = write_revised_report(folder, earlier=arguments.earlier)
    print(written or Message("report_done", "nothing_new").words(page_language(arguments)).what)
    return 0


def _page(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.errors import OutputError
    from OrthoDiffusionLib.findings.records import read_record
    from OrthoDiffusionLib.reports.comparison import check_prior
    from OrthoDiffusionLib.reports.report import report_of
    from OrthoDiffusionLib.reports.report_text import report_text
    from OrthoDiffusionLib.reports.results_page import results_page
    from OrthoDiffusionLib.volumes.files.atomic import write_text

    folder = arguments.results.resolve()
    page: Path | None = arguments.out or (None if arguments.text else folder.with_name(f"{folder.name}.html"))
    if page is not None and page.exists() and not arguments.overwrite:
        raise OutputError(Message("results", "page_exists"), where=str(page))
    record = read_record(folder)
    language = page_language(arguments, None if arguments.text else page)
    prior: ResultsRecord | None = None
    if arguments.prior is not None:
        prior = read_record(arguments.prior)
        check_prior(record, prior, where=str(arguments.prior))
    if arguments.text:
        content = report_text(report_of(record, prior=prior), language)
    else:
        content = results_page(folder, record, prior=prior, language=language)
    if page is None:
        print(content, end="")
        return 0
    write_text(page, content)
    print(page)
    return 0
