"""Train the network that recognises the joint, or measure it on digital studies, synthetic scenes and your images."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from OrthoDiffusionLib.cli.console import ProgressLine
from OrthoDiffusionLib.cli.numbers import whole_number

FRESH_SCENES = 31_000_000
"""No fitting draws made-up scenes of these seeds and later ones."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action", choices=("fit", "measure"), help="train the network and write its files, or measure a network"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR",
        help="output folder; fit: the two files; measure: tables, picture, and the pictures of all studies for reuse",
    )  # fmt: skip
    parser.add_argument(
        "--seed",
        type=whole_number(0),
        default=0,
        metavar="N",
        help="random seed of everything except the cohorts (default: 0)",
    )
    fitting = parser.add_argument_group("fit")
    fitting.add_argument(
        "--data", type=Path, action="append", default=[], metavar="FOLDER",
        help="training studies of one joint, from `phantom --for-training`; give it once per joint",
    )  # fmt: skip
    fitting.add_argument(
        "--most",
        type=whole_number(12),
        default=40,
        metavar="N",
        help="maximum number of studies per joint (default: 40)",
    )
    fitting.add_argument(
        "--steps", type=whole_number(1), default=300, metavar="N", help="training steps of 32 pictures (default: 300)"
    )
    fitting.add_argument("--begin", type=Path, metavar="FOLDER", help="a network of the same joints to start from")
    measuring = parser.add_argument_group("measure")
    measuring.add_argument(
        "--network", type=Path, metavar="FOLDER", help="output folder of `fit` (default: the shipped network)"
    )
    measuring.add_argument(
        "--cohort", action="append", default=[], metavar="NAME", help="e.g. knee-fresh-31000000; give one per joint"
    )
    measuring.add_argument(
        "--count", type=whole_number(2), default=20, metavar="N", help="number of studies of each kind (default: 20)"
    )
    measuring.add_argument(
        "--images", action="append", default=[], metavar="NAME=PATH", help="your images; can be repeated"
    )


def run(arguments: argparse.Namespace) -> int:
    return _fit(arguments) if arguments.action == "fit" else _measure(arguments)


def _fit(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.errors import OrthoDiffusionError
    from OrthoDiffusionLib.lab.recognition.fitting import Fitting, fit

    if len(arguments.data) < 2:
        raise OrthoDiffusionError(
            "The network needs training studies of two joints or more", remedy="Give --data for each joint."
        )
    settings = Fitting(arguments.steps, arguments.most, arguments.seed, arguments.begin)
    fit(arguments.data, arguments.out, settings)
    return 0


def _measure(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.lab.phantom.datasets.cohort import cohort_named
    from OrthoDiffusionLib.lab.recognition.looks import KeptLooks
    from OrthoDiffusionLib.lab.recognition.plot import draw_recognition
    from OrthoDiffusionLib.lab.recognition.scoring import Measuring, auroc_table, images_table, kinds_table
    from OrthoDiffusionLib.recognition.network import read_network, shipped_network

    network = shipped_network() if arguments.network is None else read_network(arguments.network)
    cohorts = [cohort_named(name) for name in arguments.cohort]
    with ProgressLine() as progress:
        measuring = Measuring(network, KeptLooks(arguments.out / "pictures"), progress)
        rows = [row for cohort in cohorts for row in measuring.cohort(cohort, arguments.count)]
        rows += measuring.scenes(arguments.count, FRESH_SCENES + arguments.seed)
        for words in arguments.images:
            name, _, path = words.rpartition("=")
            rows += measuring.images(name or Path(path).name, Path(path))
    tables = [auroc_table(rows, network.classes), kinds_table(rows), images_table(rows, network.classes)]
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "tables.md").write_text("\n\n".join(tables) + "\n", encoding="utf-8")
    content = [row.as_dict() for row in rows]
    (arguments.out / "rows.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    draw_recognition(rows, network.classes, network.sure, arguments.out / "recognition.png")
    print("\n\n".join(tables))
    return 0
