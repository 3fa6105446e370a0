"""Adapts a tiny bundle to a site: adaptation_to_kill.py SITE BUNDLE OUT. Safe after every step."""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.bundles import Bundle, manifest
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.training.adaptation.adapt import SiteRun, adapt
from OrthoDiffusionLib.lab.training.adaptation.settings import AdaptSettings
from OrthoDiffusionLib.lab.training.engine import engine
from OrthoDiffusionLib.lab.training.engine.early_stopping import Patience

FINE_MM = 1.4
"""Twice what a bundle may have: what teaches does not depend on it, and an outline costs an eighth."""

SETTINGS = AdaptSettings(patience=Patience(steps=6, round_steps=3, rounds=9, warmup=1), least_certain=0.3)


def main() -> None:
    site, bundle, out = map(Path, sys.argv[1:])
    torch.set_num_threads(1)
    engine.CHECKPOINT_SECONDS = 0.0
    manifest.COARSEST_FUSION_MM = FINE_MM
    run = SiteRun(Bundle.open(bundle), site, out, SETTINGS, side=Side.RIGHT, even_if_worse=True, device="cpu")
    try:
        adapt(run, report=lambda line: print(line, flush=True))
    except TrainingError as error:  # whether anything is gained is chance in a network that has learned nothing
        print(error, flush=True)


if __name__ == "__main__":
    main()
