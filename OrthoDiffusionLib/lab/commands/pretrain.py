"""Train the diffusion model of each plane, without labels; run the same command again to resume."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from OrthoDiffusionLib.cli.numbers import whole_number
from OrthoDiffusionLib.errors import TrainingError

if TYPE_CHECKING:
    from OrthoDiffusionLib.anatomy import Joint

PLANES = ("sagittal", "coronal", "axial")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, nargs="+", required=True, metavar="DIR",
        help="folders of DICOM, NIfTI or NRRD studies, or one folder of `orthodiffusion phantom --for-training`",
    )  # fmt: skip
    parser.add_argument(
        "--plane",
        choices=(*PLANES, "all"),
        default="all",
        help="the plane to train (default: all, one after the other)",
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="output folder for weights, checkpoints and log"
    )
    parser.add_argument(
        "--recipe", metavar="R", help="a name in Resources/Recipes or a TOML file (default: the joint's recipe)"
    )
    parser.add_argument(
        "--steps", type=whole_number(1), metavar="N", help="number of training steps (default: from the recipe)"
    )
    parser.add_argument(
        "--from", dest="start", metavar="BUNDLE", help="start from this bundle's encoders, to adapt them to a site"
    )
    _add_archive(parser.add_argument_group("a clinic's own archive"))
    _add_machine(parser.add_argument_group("hardware"))
    _add_monitoring(parser.add_argument_group("monitoring"))


def _add_archive(archive: argparse._ArgumentGroup) -> None:
    archive.add_argument("--cache", type=Path, metavar="DIR", help="folder for the prepared views (default: OUT/views)")
    archive.add_argument(
        "--joint", metavar="NAME", help="the joint that the series show (default: that of the default bundle)"
    )
    archive.add_argument(
        "--workers",
        type=whole_number(1),
        default=1,
        metavar="N",
        help="number of processes that prepare the views (default: 1)",
    )
    archive.add_argument("--prepare-only", action="store_true", help="prepare the views, print a report, and stop")


def _add_machine(machine: argparse._ArgumentGroup) -> None:
    machine.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="auto: GPUs if available")
    machine.add_argument(
        "--devices",
        type=whole_number(0),
        default=0,
        metavar="N",
        help="number of GPUs or processes (default: all GPUs)",
    )
    machine.add_argument(
        "--nodes", type=whole_number(1), default=1, metavar="N", help="number of computers; see Docs/pretraining.md"
    )


def _add_monitoring(monitoring: argparse._ArgumentGroup) -> None:
    monitoring.add_argument(
        "--curves-every",
        type=whole_number(0),
        default=200,
        metavar="N",
        help="steps between points of the learning curves; 0 for none (default: 200)",
    )
    monitoring.add_argument(
        "--pictures-every",
        type=whole_number(0),
        default=1000,
        metavar="N",
        help="steps between pictures; 0 for none (default: 1000)",
    )
    monitoring.add_argument(
        "--held-back",
        type=whole_number(0, 99),
        default=5,
        metavar="PERCENT",
        help="share of patients held out for the curves (default: 5)",
    )


def joint_asked_for(name: str) -> Joint:
    """The joint of that name.

    Raises:
        TrainingError: naming those there are.
    """
    from OrthoDiffusionLib.anatomy import find_joint, known_joints

    found = find_joint(name)
    if found is None:
        remedy = f"Choose one of: {', '.join(sorted(one.name for one in known_joints()))}."
        raise TrainingError(f"There is no joint {name!r}", remedy=remedy)
    return found


def read_recipe(arguments: argparse.Namespace, part: str, joint: str):
    """The recipe that was named, else that of the joint; with the steps of one part changed if that was asked for."""
    from dataclasses import replace

    from OrthoDiffusionLib.lab.training.engine.recipe import load_recipe

    recipe = load_recipe(arguments.recipe or joint)
    if arguments.steps is not None:
        recipe = replace(recipe, **{part: replace(getattr(recipe, part), steps=arguments.steps)})
    return recipe


def run(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.analysis.study_inputs import open_bundle
    from OrthoDiffusionLib.bundles.catalogue import default_joint
    from OrthoDiffusionLib.lab.phantom.datasets.shards import joint_of_shards
    from OrthoDiffusionLib.lab.training.engine.fabric import Machine, is_first_process, launch, wait_for_all
    from OrthoDiffusionLib.lab.training.engine.record import this_command
    from OrthoDiffusionLib.lab.training.pretraining.pretrain import Monitoring, prepare_data, pretrain, recipe_of_bundle
    from OrthoDiffusionLib.lab.training.pretraining.unlabelled import is_phantom_folder
    from OrthoDiffusionLib.volumes import Plane

    start = open_bundle(arguments.start) if arguments.start is not None else None
    if is_phantom_folder(arguments.data[0]):
        joint = joint_of_shards(arguments.data[0])
    else:
        joint = joint_asked_for(arguments.joint or (start.manifest.joint if start else default_joint()))
    recipe = read_recipe(arguments, "pretrain", joint.name)
    if start is not None and arguments.recipe is None:
        recipe = recipe_of_bundle(recipe, start)
    cache = arguments.cache or arguments.out / "views"
    quiet = not is_first_process()
    prepared = {"joint": joint, "workers": arguments.workers}
    data = None if quiet else prepare_data(arguments.data, cache, recipe, **prepared)
    if arguments.prepare_only:
        return 0
    fabric = launch(Machine(arguments.device, arguments.devices, arguments.nodes))
    wait_for_all(fabric, arguments.out)  # the first process may have prepared meanwhile
    if data is None:
        data = prepare_data(arguments.data, cache, recipe, **prepared, report=lambda line: None)
    monitoring = Monitoring(arguments.curves_every, arguments.pictures_every, arguments.held_back)
    for plane in PLANES if arguments.plane == "all" else (arguments.plane,):
        path = pretrain(
            data,
            arguments.out,
            Plane(plane),
            recipe,
            start=start,
            fabric=fabric,
            monitoring=monitoring,
            command=this_command(),
        )
        if fabric.is_global_zero:
            print(f"Pretrained {plane} encoder: {path}")
    return 0
