"""Measure what a bundle finds unlike its training: unaltered studies, altered ones, other joints, your images."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from OrthoDiffusionLib.cli.analyze import add_network, add_side
from OrthoDiffusionLib.cli.console import ProgressLine
from OrthoDiffusionLib.cli.numbers import whole_number

if TYPE_CHECKING:
    from OrthoDiffusionLib.bundles import Bundle
    from OrthoDiffusionLib.lab.evaluation.unlike.scoring import ScoredImages
    from OrthoDiffusionLib.volumes import Volume


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="output folder for the table, the scores and the picture"
    )
    parser.add_argument(
        "--cohort",
        metavar="NAME",
        help="cohort of unaltered studies (default: the frozen cohort of the bundle's joint)",
    )
    parser.add_argument(
        "--count", type=whole_number(2), default=40, metavar="N", help="number of its studies (default: 40)"
    )
    parser.add_argument(
        "--kinds", nargs="*", metavar="KIND",
        help="alterations of these studies (default: all): shuffled_slices, inverted, ct_like, metal, motion",
    )  # fmt: skip
    parser.add_argument(
        "--other", action="append", default=[], metavar="COHORT", help="a cohort of another joint; can be repeated"
    )
    parser.add_argument(
        "--images", action="append", default=[], metavar="NAME=PATH",
        help="a file or folder of images; each volume is scored separately; can be repeated",
    )  # fmt: skip
    add_side(parser)
    add_network(parser)


def run(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.analysis.study_inputs import open_bundle
    from OrthoDiffusionLib.errors import OrthoDiffusionError
    from OrthoDiffusionLib.lab.evaluation.unlike.alterations import ALTERATIONS
    from OrthoDiffusionLib.lab.evaluation.unlike.score_plot import draw_scores
    from OrthoDiffusionLib.lab.evaluation.unlike.scoring import summarise, summary_table

    kinds = tuple(ALTERATIONS) if arguments.kinds is None else tuple(arguments.kinds)
    unknown = [kind for kind in kinds if kind not in ALTERATIONS]
    if unknown:
        raise OrthoDiffusionError(
            f"There is no alteration {unknown[0]!r}", remedy=f"Choose from {', '.join(ALTERATIONS)}."
        )
    rows = _scores(arguments, open_bundle(arguments.bundle), kinds)
    arguments.out.mkdir(parents=True, exist_ok=True)
    table = summary_table(summarise(rows))
    (arguments.out / "table.md").write_text(table + "\n", encoding="utf-8")
    content = [row.as_dict() for row in rows]
    (arguments.out / "scores.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    draw_scores(rows, arguments.out / "scores.png")
    print(table)
    return 0


def _scores(arguments: argparse.Namespace, bundle: Bundle, kinds: tuple[str, ...]) -> list[ScoredImages]:
    """All studies and volumes that were asked for, honest studies first."""
    from OrthoDiffusionLib.analysis.analyzer import Analyzer
    from OrthoDiffusionLib.analysis.training_likeness import TrainingLikeness
    from OrthoDiffusionLib.anatomy import Side
    from OrthoDiffusionLib.lab.evaluation.cohorts.cohort_run import choose_studies
    from OrthoDiffusionLib.lab.evaluation.cohorts.kept_observations import KeptObservations
    from OrthoDiffusionLib.lab.evaluation.scores.scored_study import weights_of
    from OrthoDiffusionLib.lab.evaluation.unlike.scoring import ImagesToScore, scored
    from OrthoDiffusionLib.lab.phantom.datasets.cohort import FROZEN, cohort_named
    from OrthoDiffusionLib.volumes.inputs import read_inputs

    # Whatever cannot be is refused now, not after an hour of work.
    likeness = TrainingLikeness(bundle)
    honest = cohort_named(arguments.cohort or f"{bundle.manifest.joint}-{FROZEN}")
    others = [cohort_named(name) for name in arguments.other]
    choose_studies(len(honest), arguments.count, None, where=honest.name)
    images_of: list[tuple[str, Sequence[Volume]]] = []
    for words in arguments.images:
        name, _, path = words.rpartition("=")
        images_of.append((name or Path(path).name, read_inputs([path])[0]))
    side = Side(arguments.side) if arguments.side else Side.RIGHT
    # Run again, it goes on with the study it was stopped at; another reference of the same weights looks at none again.
    kept = KeptObservations(arguments.out / "observations.jsonl", weights_of(bundle.manifest))
    with ProgressLine() as progress:
        images = ImagesToScore(Analyzer(bundle, device=arguments.device), kept, progress)
        rows = list(images.cohort(honest, count=arguments.count, kinds=kinds))
        for other in others:
            rows += images.other_joint(other, count=min(arguments.count, len(other)))
        for name, volumes in images_of:
            rows += images.volumes(name, volumes, side=side)
    return [scored(row, likeness) for row in rows]
