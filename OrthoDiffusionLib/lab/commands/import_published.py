"""Read the encoders that the original's authors published into a bundle that can be fine-tuned.

One checkpoint a plane, as its authors distribute them (https://github.com/lt-0123/OrthoDiffusion, MIT); nothing is
downloaded. Only tensors are read, never code. See Docs/published_encoders.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from OrthoDiffusionLib.lab.commands.pretrain import joint_asked_for

EPILOG = "The plane of a FILE is told by PLANE=FILE, else by its name or its folder's: sagittal, axial, pose_1."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="a checkpoint, or PLANE=FILE, e.g. sagittal=model.pt; one a plane"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="where bundle, pretrained weights and recipe go"
    )
    parser.add_argument("--joint", metavar="NAME", help="whose views it is for; else the joint of the default bundle")


def run(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.bundles.catalogue import default_joint
    from OrthoDiffusionLib.lab.training.engine.record import this_command
    from OrthoDiffusionLib.lab.training.published.import_bundle import import_published

    joint = joint_asked_for(arguments.joint or default_joint()).name
    done = import_published(arguments.files, arguments.out, joint=joint, command=this_command())
    print(f"{done.bundle.manifest.name} {done.bundle.manifest.version} in {done.bundle.folder}")
    print("It outlines and finds nothing yet. Next, with a table of cases (Docs/finetuning.md):")
    print(f"  orthodiffusion finetune --table cases.csv --from {done.bundle.folder} --out runs/mine")
    return 0
