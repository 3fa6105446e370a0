"""Analyse many studies, of any shape of folder, a DICOMDIR or a table; run again, it goes on where it stopped.

Exit status: 0 all done, 3 some failed, 4 none done, 2 bad input.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from OrthoDiffusionLib.cli.analyze import add_dicom, add_joint, add_network, add_side
from OrthoDiffusionLib.cli.console import ProgressLine
from OrthoDiffusionLib.cli.language import add_page_language, page_language
from OrthoDiffusionLib.cli.numbers import whole_number
from OrthoDiffusionLib.errors import StudyError
from OrthoDiffusionLib.messages import Message

if TYPE_CHECKING:
    from OrthoDiffusionLib.batch.outcome import BatchOutcome
    from OrthoDiffusionLib.bundles import Bundle

_NAMES_SHOWN = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "studies",
        type=Path,
        metavar="STUDIES",
        help="a folder that holds a folder for each study, or exams mixed in any way, or the layout of BIDS;"
        " a DICOMDIR; or a CSV table with the columns name, path or planes, side",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="where a results folder for each study, results.csv and index.html go",
    )
    parser.add_argument("--plan", action="store_true", help="show what would be analysed and what is not used; no more")
    add_side(parser)
    parser.add_argument(
        "--clinical", type=Path, metavar="CSV", help="what referrals say: columns study and age, sex or trauma"
    )
    add_network(parser)
    add_joint(parser, otherwise="that of the bundle; of several, the one that the studies name")
    add_page_language(parser)
    add_dicom(parser)
    parser.add_argument("--overwrite", action="store_true", help="analyse the studies that are done already, too")
    scale = parser.add_argument_group("how much of the machine, or of other machines, is used")
    scale.add_argument(
        "--workers", type=whole_number(1), default=1, metavar="N", help="processes; they share the weights' memory"
    )
    scale.add_argument(
        "--threads", type=whole_number(0), default=0, metavar="N",
        help="of the processor for each worker; else the cores are shared out among the workers",
    )  # fmt: skip
    scale.add_argument(
        "--cluster", metavar="ADDRESS", default="",
        help="use the workers of a Dask cluster: tcp://HOST:PORT, or its scheduler file",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.batch.bundle_of_batch import bundle_of_batch, named_otherwise
    from OrthoDiffusionLib.batch.cases.plan import plan_of
    from OrthoDiffusionLib.batch.cases.plan_text import plan_lines
    from OrthoDiffusionLib.batch.page.batch_page import PAGE
    from OrthoDiffusionLib.batch.study_batch import Effort, StudyBatch, check_clinical, check_no_images

    if arguments.out is None and not arguments.plan:
        raise StudyError(Message("batch", "no_out"))
    if not arguments.studies.exists():
        raise StudyError(Message("batch", "no_folder"), where=str(arguments.studies))
    bundle = bundle_of_batch(arguments.studies, arguments.out, bundle=arguments.bundle, joint=arguments.joint)
    language = page_language(arguments, arguments.out and arguments.out / PAGE)
    clinical = {}
    if arguments.clinical:
        from OrthoDiffusionLib.batch.clinical_table import read_clinical_table

        clinical = read_clinical_table(arguments.clinical)
    if arguments.plan:
        # What the batch itself would refuse is refused now, in the same words.
        if arguments.out is not None:
            check_no_images(arguments.out)
        plan = plan_of(arguments.studies, joint=bundle.manifest.as_joint(), out=arguments.out)
        check_clinical(clinical, plan)
        print("\n".join(plan_lines(plan, language)))
        for message in _joint_of_all(bundle, named_otherwise(plan.cases, bundle.manifest.as_joint())):
            print(message.words(language).what)
        return 0
    effort = Effort(arguments.workers, arguments.cluster, arguments.threads, arguments.device)
    with ProgressLine(language=language) as progress:
        batch = StudyBatch(
            arguments.studies,
            arguments.out,
            bundle,
            side=arguments.side,
            clinical=clinical,
            overwrite=arguments.overwrite,
            dicom=arguments.dicom,
            progress=progress,
            language=language,
            effort=effort,
        )
        outcome = batch.run()
    for message in (*_summary(outcome, arguments.out), *_joint_of_all(bundle, outcome.named_otherwise)):
        print(message.words(language).what)
    for name, error in batch.errors.items():
        code = f"[{error.code}] " if error.code else ""
        print(f"  {name}: {code}{error.in_full(language)}")
    return outcome.exit_status


def _joint_of_all(bundle: Bundle, named_otherwise: Sequence[str]) -> Iterator[Message]:
    """What all studies are taken for, and which of them name another joint."""
    manifest = bundle.manifest
    values = {"joint": manifest.joint, "bundle": manifest.name, "version": manifest.version}
    yield Message("batch_done", "joint", values)
    if named_otherwise:
        first = list(named_otherwise[:_NAMES_SHOWN])
        others = {"count": len(named_otherwise), "names": first, "joint": manifest.joint}
        yield Message("batch_done", "named_otherwise", others)


def _summary(outcome: BatchOutcome, out: Path) -> Iterator[Message]:
    """What was done, where it lies, and what a user should know of it."""
    from OrthoDiffusionLib.batch.cases.plan_text import UNUSED
    from OrthoDiffusionLib.batch.page.batch_page import PAGE
    from OrthoDiffusionLib.batch.records.tables import TABLE

    counts = {"analysed": outcome.analysed, "before": outcome.done_before, "failed": len(outcome.failed)}
    yield Message("batch_done", values=counts)
    yield Message("batch_done", "table", {"table": str(out / TABLE)})
    yield Message("batch_done", "page", {"page": str(out / PAGE)})
    if outcome.done_before_with_clinical:
        yield Message("batch_done", "with_clinical", {"count": outcome.done_before_with_clinical})
    if outcome.done_by_other_bundle:
        yield Message("batch_done", "other_bundle", {"count": outcome.done_by_other_bundle})
    if outcome.loose:
        yield Message("batch_done", "loose_files", {"count": len(outcome.loose), "name": outcome.loose[0]})
    if outcome.unused:
        yield Message("batch_done", "unused", {"count": outcome.unused, "table": str(out / UNUSED)})
    if outcome.implausible:
        yield Message("batch_done", "implausible", {"names": outcome.implausible})
