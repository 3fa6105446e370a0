"""Train the diffusion model of one plane, without labels; run the same command again to resume."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "train the diffusion model of one plane, without labels"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plane", required=True, choices=("sagittal", "coronal", "axial"))
    add_training(parser)


def add_training(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="studies made by `orthodiffusion phantom`"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where weights, checkpoints and log go")
    parser.add_argument("--recipe", default="knee", metavar="R", help="a name in Resources/Recipes, or a TOML file")
    parser.add_argument("--steps", type=int, metavar="N", help="instead of the recipe's number of steps")


def read_recipe(arguments: argparse.Namespace, part: str):
    """The recipe that was named, with the number of steps of one of its parts changed if that was asked for."""
    from dataclasses import replace

    from OrthoDiffusionLib.training.recipe import load_recipe

    recipe = load_recipe(arguments.recipe)
    if arguments.steps is not None:
        recipe = replace(recipe, **{part: replace(getattr(recipe, part), steps=arguments.steps)})
    return recipe


def run(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.training.pretrain import pretrain
    from OrthoDiffusionLib.training.record import this_command
    from OrthoDiffusionLib.volumes import Plane

    recipe = read_recipe(arguments, "pretrain")
    path = pretrain(arguments.data, arguments.out, Plane(arguments.plane), recipe, command=this_command())
    print(f"The pretrained {arguments.plane} encoder: {path}")
    return 0
