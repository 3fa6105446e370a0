"""Run an experiment, arm by arm; run the same command again to continue. Its tables show how many runs are finished."""

from __future__ import annotations

import argparse
from pathlib import Path

from OrthoDiffusionLib.cli.numbers import positive_number, whole_number
from OrthoDiffusionLib.lab.commands.pretrain import PLANES

NAMES = (
    "variants: which digital knees are best for training; labels: how many labels pretraining saves;"
    " transfer: the knee encoder on another joint;"
    " representation: which features of the diffusion model to read; planes: one, two or three planes, fused or"
    " averaged; centres: results by field strength and imaging site; corrections: fine-tuning on ten corrected cases;"
    " limits: what limits the outlines; adapt: adaptation to a site without labels"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help=NAMES)
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="output folder for data, runs and results"
    )
    parser.add_argument("--only", nargs="+", default=(), metavar="ARM", help="run only these arms (default: all)")
    parser.add_argument(
        "--jobs", type=whole_number(1), default=1, metavar="N", help="runs in parallel, sharing the cores (default: 1)"
    )
    parser.add_argument(
        "--steps",
        type=whole_number(1),
        metavar="N",
        help="training steps of every arm, or the maximum if validation stops it early (default: from the recipe)",
    )
    parser.add_argument(
        "--seeds", nargs="+", type=int, metavar="S", help="random seeds of every arm (default: those of the experiment)"
    )
    parser.add_argument(
        "--recipe", metavar="R", help="a name in Resources/Recipes or a TOML file (default: the experiment's)"
    )
    parser.add_argument(
        "--studies",
        type=whole_number(1),
        metavar="N",
        help="phantom studies for training each arm (default: the experiment's)",
    )
    parser.add_argument(
        "--evaluated", type=whole_number(1), metavar="N", help="number of evaluation studies; for variants, per family"
    )
    parser.add_argument("--pretrained", type=Path, metavar="DIR", help="output folder of `orthodiffusion pretrain`")
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="phantom shards used for pretraining (default: new ones); for limits, those the bundle was trained on",
    )
    parser.add_argument(
        "--planes", nargs="+", choices=PLANES, default=("sagittal",), help="views of each study (default: sagittal)"
    )
    parser.add_argument(
        "--bundle", metavar="B", help="folder or name of the bundle (default: the default bundle; for transfer: none)"
    )
    _add_fixed_images(parser)
    parser.add_argument("--joint", metavar="J", help="the new joint (transfer)")
    parser.add_argument("--site", metavar="S", help="an imaging site that is not used in training (adapt)")
    parser.add_argument(
        "--scores", type=Path, metavar="FILE", help="scores written by `orthodiffusion evaluate --json` (centres)"
    )
    parser.add_argument(
        "--page", type=Path, metavar="FILE", help="page to update with the tables; pictures are written beside it"
    )
    _add_travelling(parser)
    parser.add_argument("--results-only", action="store_true", help="run nothing; show the results so far")


def _add_fixed_images(parser: argparse.ArgumentParser) -> None:
    """What the experiments on fixed images may be given."""
    parser.add_argument(
        "--minutes",
        type=positive_number,
        metavar="M",
        help="training time per run, in minutes of an idle core (labels, transfer; default: the experiment's)",
    )
    parser.add_argument(
        "--view-size",
        nargs=3,
        type=whole_number(1),
        metavar="N",
        help="slices, rows, columns of a view, with the whole joint inside (labels, transfer; default: 32 112 112)",
    )


def _add_travelling(parser: argparse.ArgumentParser) -> None:
    """How finished runs get from one machine to another."""
    parser.add_argument(
        "--import",
        dest="imported",
        type=Path,
        metavar="FILE",
        help="first take over finished runs that --export wrote on another machine, with the same settings",
    )
    parser.add_argument(
        "--export", type=Path, metavar="FILE", help="at the end write all finished runs into one small text file"
    )


def run(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.lab.experiments.catalogue import Options, export_runs, import_runs, prepared_experiment
    from OrthoDiffusionLib.lab.experiments.common.runner import to_standard_error
    from OrthoDiffusionLib.volumes import Plane

    options = Options(
        arguments.out,
        arguments.recipe,
        arguments.steps,
        arguments.studies,
        arguments.evaluated,
        arguments.pretrained,
        arguments.data,
        tuple(Plane(name) for name in arguments.planes),
        arguments.bundle,
        arguments.scores,
        arguments.joint,
        arguments.minutes,
        arguments.site,
        None if arguments.view_size is None else tuple(arguments.view_size),
    )
    prepared = prepared_experiment(arguments.name, options, seeds=arguments.seeds)
    if arguments.imported is not None:
        to_standard_error(f"Runs taken over from {arguments.imported}: {import_runs(prepared, arguments.imported)}")
    if not arguments.results_only:
        prepared.run(only=arguments.only, jobs=arguments.jobs)
    if arguments.export is not None:
        to_standard_error(f"Runs written to {arguments.export}: {export_runs(prepared, arguments.export)}")
    print(prepared.publish(arguments.page or arguments.out / f"{arguments.name}.md"))
    return 0
