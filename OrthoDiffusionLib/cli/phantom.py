"""Make digital knees with known truth, cut into three views each, as a folder that trainings draw from."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "make digital joints with known truth to train on"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder; it can grow by later runs")
    parser.add_argument("--count", type=int, required=True, metavar="N", help="how many studies")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the first study; the others follow")
    parser.add_argument("--anatomy", default="mixed", help="mixed, procedural, or the name of an atlas")
    parser.add_argument("--joint", default="knee", choices=("knee",))
    parser.add_argument(
        "--part", default="1/1", metavar="K/N", help="make every N-th study, the K-th of them, to share the work"
    )


def run(arguments: argparse.Namespace) -> int:
    part, parts = _part(arguments.part)
    from OrthoDiffusionLib.phantom.shards import write_shards

    written = write_shards(
        arguments.out,
        arguments.count,
        arguments.seed,
        part=part,
        parts=parts,
        anatomy=arguments.anatomy,
        joint=arguments.joint,
    )
    print(f"{written} studies written to {arguments.out}")
    return 0


def _part(text: str) -> tuple[int, int]:
    from OrthoDiffusionLib.errors import TrainingError

    part, slash, parts = text.partition("/")
    if slash and part.isdigit() and parts.isdigit() and 1 <= int(part) <= int(parts):
        return int(part), int(parts)
    raise TrainingError(f"--part must be K/N with K from 1 to N, got {text} instead", remedy="For example --part 1/2.")
