"""Measure how far digital knees are from the sample series: numbers, pictures and a two-sample test."""

from __future__ import annotations

import argparse
from pathlib import Path

from OrthoDiffusionLib.cli.console import ProgressLine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="output folder for tables and pictures")
    parser.add_argument(
        "--count", type=int, default=12, metavar="N", help="number of digital knees, 4 or more (default: 12)"
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="random seed of the first knee; the others follow (default: 0)"
    )
    parser.add_argument("--series", nargs="+", metavar="NAME", help="names of the real series (default: all)")
    parser.add_argument(
        "--blinded-look",
        type=int,
        metavar="N",
        help="no measurement: mix N real and digital slices on numbered sheets, and write the key to a separate file",
    )


def run(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.lab.evaluation.realism.gap import measure_gap
    from OrthoDiffusionLib.lab.evaluation.realism.report import write_report

    if arguments.blinded_look is not None:
        from OrthoDiffusionLib.lab.evaluation.realism.blinded_look import blinded_look

        with ProgressLine() as progress:
            files = blinded_look(arguments.out, arguments.blinded_look, first_seed=arguments.seed, progress=progress)
        print("Written: " + ", ".join(str(path) for path in files))
        return 0
    seeds = range(arguments.seed, arguments.seed + max(0, arguments.count))
    with ProgressLine() as progress:
        gap = measure_gap(seeds, names=tuple(arguments.series) if arguments.series else None, progress=progress)
    files = write_report(arguments.out, gap)
    inside = sum(row.inside for row in gap.rows)
    print(f"{inside} of {len(gap.rows)} measures of the real series lie within the digital knees' 5 to 95 %")
    print("Written: " + ", ".join(str(path) for path in files))
    return 0
