"""Real processes on a small study and a small bundle: what is tested is the way, not what the networks know."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from OrthoDiffusionLib.volumes import Geometry, Volume, write_volume

COMMAND = [sys.executable, "-m", "OrthoDiffusionLib"]


@pytest.fixture(scope="session")
def small_bundle(tmp_path_factory) -> Path:
    """A bundle of a tiny network with random weights."""
    import torch

    from OrthoDiffusionLib.lab.training.engine.packaging import write_trained_bundle
    from OrthoDiffusionLib.lab.training.engine.recipe import load_recipe
    from OrthoDiffusionLib.lab.training.phantoms.finetune import new_model

    torch.manual_seed(0)
    recipe = load_recipe("knee")
    tiny = {"channels": [8, 8, 16, 16], "stem_channels": 8, "embedding": 16, "width": 8}
    recipe = replace(recipe, network={**recipe.network, **tiny})
    folder = tmp_path_factory.mktemp("bundles") / "small"
    write_trained_bundle(
        new_model(recipe, joint="knee"), recipe, folder, {"command": "random weights, for a test"}, joint="knee"
    )
    return folder


@pytest.fixture(scope="session")
def small_study(tmp_path_factory) -> Path:
    """A folder with one sagittal volume of 48 mm: a bright ball in the dark, no knee at all."""
    folder = tmp_path_factory.mktemp("study")
    # Slices grow to the Left, rows down, columns to Posterior; stored columns first, as files do.
    affine = np.array([[0, 0, -4.0, 24], [-1.0, 0, 0, 24], [0, -1.0, 0, 24], [0, 0, 0, 1]])
    geometry = Geometry((48, 48, 12), affine)
    index = np.stack(np.meshgrid(*(np.arange(n) for n in geometry.shape), indexing="ij"), axis=-1)
    distance = np.linalg.norm(geometry.to_ras(index) - geometry.centre_ras, axis=-1)
    noise = np.random.default_rng(0).normal(0, 20, geometry.shape)
    array = np.clip(np.where(distance < 18, 700, 200) + noise, 0, None).astype(np.int16)
    write_volume(Volume(array, geometry), folder / "sagittal.nii.gz")
    return folder


@pytest.fixture(scope="session")
def quiet_environment() -> dict[str, str]:
    """The environment for processes of a test; one thread each, so that they stay quick on a busy machine."""
    own = {"OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8", "ORTHODIFFUSION_BUNDLES": ""}
    return {**os.environ, **own}


@pytest.fixture
def orthodiffusion(quiet_environment):
    """Runs `orthodiffusion ARGUMENTS` to its end."""

    def run(*arguments) -> subprocess.CompletedProcess:
        return subprocess.run(
            [*COMMAND, *(str(argument) for argument in arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=quiet_environment,
            check=False,
            timeout=300,
        )

    return run
