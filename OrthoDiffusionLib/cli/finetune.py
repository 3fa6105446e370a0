"""Train fusion, outlines and findings on labelled studies and write a bundle; run the command again to resume."""

from __future__ import annotations

import argparse
from pathlib import Path

from OrthoDiffusionLib.cli.pretrain import add_training, read_recipe

HELP = "train fusion, outlines and findings, and write a bundle"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_training(parser)
    start = parser.add_mutually_exclusive_group(required=True)
    start.add_argument(
        "--pretrained", type=Path, metavar="DIR", help="the folder that `orthodiffusion pretrain` wrote to"
    )
    start.add_argument("--from-scratch", action="store_true", help="begin with random encoders, to compare")


def run(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.training.finetune import finetune
    from OrthoDiffusionLib.training.packaging import write_trained_bundle
    from OrthoDiffusionLib.training.pretrain import pretrained_file
    from OrthoDiffusionLib.training.record import data_record, pretraining_record, this_command
    from OrthoDiffusionLib.volumes import Plane

    recipe = read_recipe(arguments, "finetune")
    pretrained = None if arguments.from_scratch else arguments.pretrained
    model = finetune(arguments.data, pretrained, arguments.out, recipe)
    training = {
        "commands": [this_command()],
        "data": data_record(arguments.data),
        "seed": recipe.seed,
        "pretraining": pretraining_record({plane: pretrained_file(pretrained, plane) for plane in Plane})
        if pretrained is not None
        else None,
    }
    bundle = write_trained_bundle(model, recipe, arguments.out / "bundle", training)
    print(f"{bundle.manifest.name} {bundle.manifest.version} in {bundle.folder}")
    return 0
