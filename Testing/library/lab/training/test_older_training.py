"""A training that an older version began goes on: checkpoints name weights, not modules."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from OrthoDiffusionLib.lab.phantom.datasets.shards import write_shards
from OrthoDiffusionLib.lab.training.engine.recipe import load_recipe
from OrthoDiffusionLib.lab.training.pretraining.pretrain import Monitoring, pretrain
from OrthoDiffusionLib.volumes import Plane

OLDER = Path(__file__).parents[3] / "cases" / "training_0.2.0"


@pytest.mark.long
def test_a_training_from_before_the_files_were_moved_goes_on(tmp_path):
    recipe = load_recipe(OLDER / "tiny.toml")
    recipe = replace(recipe, pretrain=replace(recipe.pretrain, steps=4))
    write_shards(tmp_path / "shards", 1, 0, joint="knee", pixel_mm=recipe.in_plane_mm)
    shutil.copytree(OLDER / "pretrain_sagittal", tmp_path / "run" / "pretrain_sagittal")
    said: list[str] = []
    written = pretrain(
        tmp_path / "shards",
        tmp_path / "run",
        Plane.SAGITTAL,
        recipe,
        monitoring=Monitoring(0, 0, 5),
        report=said.append,
    )
    assert "resuming at step 2" in said
    assert written.is_file()
