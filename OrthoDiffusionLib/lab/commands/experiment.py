"""Run an experiment, arm by arm; run the same command again to go on. Its tables say how many cells are done."""

from __future__ import annotations

import argparse
from pathlib import Path

from OrthoDiffusionLib.cli.numbers import whole_number
from OrthoDiffusionLib.lab.commands.pretrain import PLANES

NAMES = (
    "variants: which digital knees teach best; labels: how many labels pretraining saves;"
    " transfer: what the knee's encoders are worth on another joint;"
    " representation: which features of the diffusion model to read; planes: one, two, three planes, fused or averaged;"
    " centres: by field strength and imaging site; corrections: what ten corrected cases teach;"
    " limits: what limits the outlines;"
    " adapt: a site without labels"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help=NAMES)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where data, cells and results go")
    parser.add_argument("--only", nargs="+", default=(), metavar="ARM", help="run these arms; else all")
    parser.add_argument(
        "--jobs", type=whole_number(1), default=1, metavar="N", help="cells side by side, sharing the cores"
    )
    parser.add_argument(
        "--steps",
        type=whole_number(1),
        metavar="N",
        help="training steps of every arm, the most where validation stops it; else the recipe's",
    )
    parser.add_argument("--seeds", nargs="+", type=int, metavar="S", help="of every arm, instead of the experiment's")
    parser.add_argument("--recipe", metavar="R", help="a name in Resources/Recipes or a TOML file; else its own")
    parser.add_argument(
        "--studies", type=whole_number(1), metavar="N", help="phantom studies an arm is trained on; else its own"
    )
    parser.add_argument(
        "--evaluated", type=whole_number(1), metavar="N", help="evaluation studies; of variants, of each family"
    )
    parser.add_argument("--pretrained", type=Path, metavar="DIR", help="folder of `orthodiffusion pretrain`")
    parser.add_argument("--data", type=Path, metavar="DIR", help="phantom shards it learned from; else made")
    parser.add_argument(
        "--planes", nargs="+", choices=PLANES, default=("sagittal",), help="views of each study; else sagittal"
    )
    parser.add_argument("--bundle", metavar="B", help="folder or name, where one is asked for; else the default")
    parser.add_argument(
        "--minutes",
        type=whole_number(1),
        metavar="M",
        help="of an idle core for a cell (labels, transfer); else its own",
    )
    parser.add_argument("--joint", metavar="J", help="the new joint (transfer)")
    parser.add_argument("--site", metavar="S", help="the imaging site, which no training may draw (adapt)")
    parser.add_argument("--scores", type=Path, metavar="FILE", help="of `orthodiffusion evaluate --json` (centres)")
    parser.add_argument("--page", type=Path, metavar="FILE", help="update the tables of this page, pictures beside it")
    parser.add_argument("--results-only", action="store_true", help="run nothing, show what is done so far")


def run(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.lab.experiments.catalogue import Options, prepared_experiment
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
    )
    prepared = prepared_experiment(arguments.name, options, seeds=arguments.seeds)
    if not arguments.results_only:
        prepared.run(only=arguments.only, jobs=arguments.jobs)
    print(prepared.publish(arguments.page or arguments.out / f"{arguments.name}.md"))
    return 0
