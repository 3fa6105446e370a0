"""A hospital of toy joints: few small studies, tiny networks, so that every arm of an experiment runs in seconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from joints.toy_joint import TOY, TOY_JOINT

from OrthoDiffusionLib.anatomy import registered
from OrthoDiffusionLib.lab.experiments.fixed_images.fixed_work import FixedImagesWork
from OrthoDiffusionLib.lab.experiments.fixed_images.prepared_fixed import PreparedFixed
from OrthoDiffusionLib.lab.phantom.phantom import BUILDERS
from OrthoDiffusionLib.lab.training.engine.recipe import Recipe, load_recipe

SIZE = (24, 32, 32)


@contextmanager
def toy_known() -> Iterator[str]:
    """The toy joint is known by name, as a real one is."""
    with registered(TOY_JOINT), pytest.MonkeyPatch.context() as patch:
        patch.setitem(BUILDERS, TOY_JOINT.name, TOY)
        yield TOY_JOINT.name


def tiny_recipe() -> Recipe:
    """The shipped recipe with the smallest network and a handful of steps."""
    recipe = load_recipe("labels")
    network = {**recipe.network, "channels": [8, 8, 8, 8], "stem_channels": 8, "embedding": 8}
    return replace(
        recipe,
        in_plane_mm=2.0,
        network=network,
        data=replace(recipe.data, crop=(24, 32, 32)),
        pretrain=replace(recipe.pretrain, steps=3, warmup=1),
        finetune=replace(recipe.finetune, steps=4, ema=0.5),
    )


def tiny(prepared: PreparedFixed) -> PreparedFixed:
    """An experiment as it is shipped, on twenty toy joints and four to evaluate, with tiny networks."""
    old = prepared.work
    recipe = tiny_recipe()
    if old.source is not None:
        recipe = replace(recipe, network=old.recipe.network, in_plane_mm=old.recipe.in_plane_mm)
    work = FixedImagesWork(old.out, "toy", recipe, 20, 4, old.plane, size=SIZE, source=old.source)
    return replace(prepared, work=work)


def silent(line: str) -> None:
    """Reports nothing."""


def results_folder(prepared: PreparedFixed, cell: str) -> Path:
    """Where a cell's files lie."""
    return prepared.work.out / "cells" / cell
