"""Prepares an archive and pretrains a tiny encoder on it: pretraining_to_kill.py ARCHIVE OUT. Safe after every step."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import torch

from OrthoDiffusionLib.lab.training.engine import engine
from OrthoDiffusionLib.lab.training.engine.recipe import load_recipe
from OrthoDiffusionLib.lab.training.pretraining.pretrain import Monitoring, prepare_data, pretrain
from OrthoDiffusionLib.volumes import Plane

STEPS = 12


def main() -> None:
    archive, out = map(Path, sys.argv[1:])
    torch.set_num_threads(1)
    engine.CHECKPOINT_SECONDS = 0.0
    knee = load_recipe("knee")
    recipe = replace(
        knee,
        in_plane_mm=1.5,
        network={**knee.network, "channels": [8, 8, 8, 8], "stem_channels": 8, "embedding": 16, "width": 16},
        data=replace(knee.data, crop=(12, 32, 32)),
        pretrain=replace(knee.pretrain, steps=STEPS, batch=1, warmup=2),
    )

    def report(line: str) -> None:
        print(line, flush=True)

    views = prepare_data(archive, out / "views", recipe, report=report, joint="knee")
    print("prepared", flush=True)
    pretrain(views, out, Plane.SAGITTAL, recipe, monitoring=Monitoring(curves_every=0, pictures_every=0), report=report)


if __name__ == "__main__":
    main()
