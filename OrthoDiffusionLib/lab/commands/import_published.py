"""Convert the encoders published by the authors of the original method into a bundle that can be fine-tuned.

One checkpoint per plane, as the authors distribute them (https://github.com/lt-0123/OrthoDiffusion, MIT); nothing is
downloaded. Only tensors are read, never code. See Docs/published_encoders.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from OrthoDiffusionLib.lab.commands.pretrain import joint_asked_for

EPILOG = (
    "The plane of a FILE comes from PLANE=FILE, or from the name of the file or its folder: sagittal, axial, pose_1."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="a checkpoint, or PLANE=FILE, e.g. sagittal=model.pt; one per plane"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="output folder for bundle, pretrained weights and recipe"
    )
    parser.add_argument("--joint", metavar="NAME", help="the joint of the views (default: that of the default bundle)")


def run(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.bundles.catalogue import default_joint
    from OrthoDiffusionLib.lab.training.engine.record import this_command
    from OrthoDiffusionLib.lab.training.published.import_bundle import import_published

    joint = joint_asked_for(arguments.joint or default_joint()).name
    done = import_published(arguments.files, arguments.out, joint=joint, command=this_command())
    print(f"{done.bundle.manifest.name} {done.bundle.manifest.version} in {done.bundle.folder}")
    print("It cannot outline structures or detect findings yet. Next step, with a table of cases (Docs/finetuning.md):")
    print(f"  orthodiffusion finetune --table cases.csv --from {done.bundle.folder} --out runs/mine")
    return 0
