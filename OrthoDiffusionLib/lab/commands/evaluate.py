"""Measure a bundle on the frozen cohort of digital joints that no training draws; all figures are phantom numbers."""

from __future__ import annotations

import argparse
from pathlib import Path

from OrthoDiffusionLib.cli.analyze import add_network
from OrthoDiffusionLib.cli.console import ProgressLine
from OrthoDiffusionLib.cli.numbers import whole_number
from OrthoDiffusionLib.errors import OrthoDiffusionError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cohort", metavar="NAME", help="which cohort; else the frozen one of the bundle's joint")
    parser.add_argument(
        "--first-seed",
        type=int,
        metavar="N",
        help="in place of --cohort: fresh studies, as the frozen cohort's but of the seeds from N on",
    )
    parser.add_argument("--count", type=whole_number(1), metavar="N", help="how many of its studies; else all")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="where in the cohort to begin")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write structures.<name>.dice, abnormalities.<name>.auroc and more"
    )
    parser.add_argument(
        "--page", type=Path, metavar="FILE", help="write the tables as a page in Markdown, with pictures beside it"
    )
    parser.add_argument(
        "--against",
        type=Path,
        metavar="FILE",
        help="scores of another bundle by an earlier --json; say whether the difference is chance (needs --json)",
    )
    add_network(parser)


def run(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.lab.evaluation.cohorts.evaluator import evaluate
    from OrthoDiffusionLib.lab.evaluation.pages.comparison_page import comparison_page
    from OrthoDiffusionLib.lab.evaluation.pages.page import scores_page, write_scores_page
    from OrthoDiffusionLib.lab.evaluation.scores.comparison import compare_scores

    if arguments.against is not None and arguments.json is None:
        raise OrthoDiffusionError(
            "--against needs --json", remedy="Name the file for this bundle's scores with --json."
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
