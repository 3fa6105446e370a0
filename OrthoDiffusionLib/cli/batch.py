"""Analyse a folder of studies, each a folder of its own; run again, it goes on where it stopped.

Exit status: 0 all done, 3 some failed, 4 none done, 2 bad input.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from OrthoDiffusionLib.cli.analyze import add_dicom, add_language, add_network, add_side
from OrthoDiffusionLib.cli.console import ProgressLine
from OrthoDiffusionLib.messages import Message, language_of

if TYPE_CHECKING:
    from OrthoDiffusionLib.analysis.batch import BatchOutcome


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("studies", type=Path, metavar="FOLDER", help="the folder that holds a folder for each study")
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help="where a results folder for each study and results.csv go",
    )
    add_side(parser)
    parser.add_argument(
        "--clinical", type=Path, metavar="CSV", help="what referrals say: columns study and age, sex or trauma"
    )
    add_network(parser)
    add_language(parser)
    add_dicom(parser)
    parser.add_argument("--overwrite", action="store_true", help="analyse the studies that are done already, too")


def run(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.analysis.analysis_run import open_analyzer
    from OrthoDiffusionLib.analysis.batch import StudyBatch
    from OrthoDiffusionLib.analysis.batch_table import TABLE
    from OrthoDiffusionLib.analysis.clinical_table import read_clinical_table
    from OrthoDiffusionLib.analysis.study_inputs import open_bundle
    from OrthoDiffusionLib.volumes.studies_in_folder import find_studies, loose_images

    find_studies(arguments.studies)  # refused now, not after the bundle is checked
    bundle = open_bundle(arguments.bundle)
    clinical = read_clinical_table(arguments.clinical) if arguments.clinical else {}
    language = language_of(arguments.language)
    with ProgressLine(language=language) as progress:
        batch = StudyBatch(
            arguments.studies,
            arguments.out,
            bundle,
            lambda: open_analyzer(bundle, device=arguments.device),
            side=arguments.side,
            clinical=clinical,
            overwrite=arguments.overwrite,
            dicom=arguments.dicom,
            progress=progress,
            language=language,
        )
        outcome = batch.run()
    for message in _summary(outcome, arguments.out / TABLE, loose_images(arguments.studies)):
        print(message.words(language).what)
    for name, error in batch.errors.items():
        code = f"[{error.code}] " if error.code else ""
        print(f"  {name}: {code}{error.in_full(language)}")
    return outcome.exit_status


def _summary(outcome: BatchOutcome, table: Path, loose: Sequence[Path]) -> Iterator[Message]:
    """What was done, where it lies, and what a user should know of it."""
    counts = {"analysed": outcome.analysed, "before": outcome.done_before, "failed": len(outcome.failed)}
    yield Message("batch_done", values=counts)
    yield Message("batch_done", "table", {"table": str(table)})
    if outcome.done_before_with_clinical:
        yield Message("batch_done", "with_clinical", {"count": outcome.done_before_with_clinical})
    if loose:
        yield Message("batch_done", "loose_files", {"count": len(loose), "name": loose[0].name})
    if outcome.implausible:
        yield Message("batch_done", "implausible", {"names": outcome.implausible})
