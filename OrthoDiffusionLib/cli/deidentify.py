"""Copy DICOM objects, and the images they were made from, without what identifies a person."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from OrthoDiffusionLib.cli.language import add_language
from OrthoDiffusionLib.messages import Message, language_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "inputs",
        nargs="+",
        type=Path,
        metavar="FILES_OR_FOLDERS",
        help="DICOM files, or folders of them, such as RESULTS/dicom and the exam's own folder",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder to make")
    parser.add_argument("--patient", default="", metavar="NAME", help="what to call the patient; else a pseudonym")
    parser.add_argument(
        "--key",
        type=Path,
        metavar="FILE",
        help="a file with a secret, made if missing, so that later exports get the same identifiers; keep it apart",
    )
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.dicom_objects.deidentification import deidentify_files
    from OrthoDiffusionLib.dicom_objects.deidentification.pseudonyms import Pseudonyms

    language = language_of(arguments.language)
    pseudonyms = Pseudonyms.of_file(arguments.key) if arguments.key else None
    done = deidentify_files(arguments.inputs, arguments.out, patient=arguments.patient, pseudonyms=pseudonyms)
    for notice in done.left_out:
        print(notice.in_full(language), file=sys.stderr)
    values = {"files": sum(done.series.values()), "series": len(done.series), "folder": arguments.out}
    print(Message("deidentify", "done", values).words(language).what)
    return 0
