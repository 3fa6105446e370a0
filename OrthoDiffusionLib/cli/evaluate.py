"""Measure a bundle on the frozen cohort of digital knees that no training draws; all figures are phantom numbers."""

from __future__ import annotations

import argparse
from pathlib import Path

from OrthoDiffusionLib.cli.analyze import add_network

HELP = "measure a bundle on digital joints that no training has seen"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=int, default=24, metavar="N", help="how many studies of the cohort")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="where in the cohort to begin")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write structures.<name>.dice, abnormalities.<name>.auroc"
    )
    add_network(parser)


def run(arguments: argparse.Namespace) -> int:
    raise NotImplementedError
