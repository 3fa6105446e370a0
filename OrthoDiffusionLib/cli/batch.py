"""Analyse a folder of studies, each a folder of its own; run again, it goes on where it stopped.

Exit status: 0 all done, 3 some failed, 4 none done, 2 bad input.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from OrthoDiffusionLib.cli.analyze import add_network, add_side
from OrthoDiffusionLib.cli.console import ProgressLine


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
    parser.add_argument("--overwrite", action="store_true", help="analyse the studies that are done already, too")


def run(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.analysis.analysis_run import open_analyzer
    from OrthoDiffusionLib.analysis.batch import StudyBatch
    from OrthoDiffusionLib.analysis.batch_table import TABLE
    from OrthoDiffusionLib.analysis.clinical_table import read_clinical_table
    from OrthoDiffusionLib.analysis.study_inputs import open_bundle
    from OrthoDiffusionLib.volumes.studies_in_folder import OWN_FOLDER, find_studies, loose_images

    find_studies(arguments.studies)  # refused now, not after the bundle is checked
    bundle = open_bundle(arguments.bundle)
    clinical = read_clinical_table(arguments.clinical) if arguments.clinical else {}
    with ProgressLine() as progress:
        outcome = StudyBatch(
            arguments.studies,
            arguments.out,
            bundle,
            lambda: open_analyzer(bundle, device=arguments.device),
            side=arguments.side,
            clinical=clinical,
            overwrite=arguments.overwrite,
            progress=progress,
        ).run()
    print(
        f"{outcome.analysed} analysed, {outcome.done_before} done before, {len(outcome.failed)} failed."
        f"\nOne row a study: {arguments.out / TABLE}"
    )
    if outcome.done_before_with_clinical:
        print(
            f"{outcome.done_before_with_clinical} of those done before have clinical values in the table. Their results"
            " are unchanged; --overwrite analyses them again with these values."
        )
    if loose := loose_images(arguments.studies):
        print(f"{len(loose)} image files beside the folders were passed over, such as {loose[0].name}. {OWN_FOLDER}")
    if outcome.implausible:
        print(f"Implausible results, not to be used: {', '.join(outcome.implausible)}")
    for name, message in outcome.failed.items():
        print(f"  {name}: {message}")
    return outcome.exit_status
