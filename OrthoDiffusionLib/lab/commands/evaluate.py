"""Evaluate a bundle on the frozen cohort of digital joints, never used in training; all figures are phantom numbers."""

from __future__ import annotations

import argparse
from pathlib import Path

from OrthoDiffusionLib.cli.analyze import add_network
from OrthoDiffusionLib.cli.console import ProgressLine
from OrthoDiffusionLib.cli.numbers import whole_number
from OrthoDiffusionLib.errors import OrthoDiffusionError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--cohort", metavar="NAME", help="name of the cohort (default: the frozen cohort of the bundle's joint)"
    )
    parser.add_argument(
        "--first-seed",
        type=int,
        metavar="N",
        help="instead of --cohort: fresh studies like those of the frozen cohort, with seeds from N upwards",
    )
    parser.add_argument("--count", type=whole_number(1), metavar="N", help="number of its studies (default: all)")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="number of the first study in the cohort (default: 0)"
    )
    parser.add_argument(
        "--json",
        type=Path,
        metavar="FILE",
        help="write all scores, e.g. structures.<name>.dice and abnormalities.<name>.auroc",
    )
    parser.add_argument(
        "--page", type=Path, metavar="FILE", help="write the tables as a Markdown page, with pictures beside it"
    )
    parser.add_argument(
        "--against",
        type=Path,
        metavar="FILE",
        help="scores of another bundle from an earlier --json: test the difference between the two (needs --json)",
    )
    add_network(parser)


def run(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.lab.evaluation.cohorts.evaluator import evaluate
    from OrthoDiffusionLib.lab.evaluation.pages.comparison_page import comparison_page
    from OrthoDiffusionLib.lab.evaluation.pages.page import scores_page, write_scores_page
    from OrthoDiffusionLib.lab.evaluation.scores.comparison import compare_scores

    if arguments.against is not None and arguments.json is None:
        raise OrthoDiffusionError(
            "--against needs --json", remedy="Give the file for this bundle's scores with --json."
        )
    with ProgressLine() as progress:
        scores = evaluate(
            arguments.bundle,
            cohort_name=arguments.cohort,
            first_seed=arguments.first_seed,
            count=arguments.count,
            seed=arguments.seed,
            json=arguments.json,
            device=arguments.device,
            progress=progress,
        )
    print(scores_page(scores))
    if arguments.page is not None:
        write_scores_page(arguments.page, scores, drawn=True)
    if arguments.against is not None:
        print(comparison_page(compare_scores(arguments.json, arguments.against)))
    return 0
