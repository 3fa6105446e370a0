"""What a training costs is told in numbers that add up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.lab.training.engine.recipe import DataRecipe, Recipe
from OrthoDiffusionLib.lab.training.phantoms.cost import cost_table, training_cost

pytestmark = pytest.mark.long

NETWORK = {
    "kind": "orthodiffusion-1", "channels": [8, 8, 16, 16], "stem_channels": 8, "embedding": 16,
    "sigma": 0.1, "sigma_data": 0.5, "width": 8, "detail": True,
}  # fmt: skip
TINY = Recipe(
    in_plane_mm=0.8,
    network=NETWORK,
    data=DataRecipe(crop=(8, 32, 32), detail_crop=32, fusion_size=9, fine_points=512),
)


@pytest.fixture(scope="module")
def cost():
    return training_cost(TINY, joint="knee", steps=2, long_run=21, report=lambda text: None)


def test_the_parts_of_a_step_and_its_waiting_make_the_step(cost):
    for kind in cost["kinds"].values():
        told = sum(kind["parts"].values()) + kind["waiting"] * kind["seconds"]
        assert told == pytest.approx(kind["seconds"], rel=0.05)


def test_fusing_and_looking_closely_costs_more_operations_than_views_alone(cost):
    assert cost["kinds"]["views fused, in detail"]["gflop"] > 1.05 * cost["kinds"]["views alone"]["gflop"]


def test_operations_grow_with_the_crop(cost):
    larger = replace(TINY, data=replace(TINY.data, crop=(16, 32, 32)))
    grown = training_cost(larger, joint="knee", steps=1, long_run=0, report=lambda text: None)
    ratio = grown["kinds"]["views alone"]["gflop"] / cost["kinds"]["views alone"]["gflop"]
    assert ratio == pytest.approx(2.0, rel=0.1)


def test_no_step_is_faster_than_the_machine_multiplies(cost):
    assert all(0 < kind["share_of_peak"] < 1 for kind in cost["kinds"].values())
    table = cost_table(cost)
    assert "waiting for data" in table and "to draw a crop" in table
    assert all(kind["processor_seconds"] > 0 and kind["crop_processor_seconds"] > 0 for kind in cost["kinds"].values())
    assert "share of the peak" in table


def test_the_memory_after_the_tenth_step_and_at_the_end_is_told(cost):
    assert cost["long_run"]["count"] == 21
    table = cost_table(cost)
    assert "memory over 21 steps" in table and "after 20" in table and "at the end" in table
    assert "memory over" not in cost_table({**cost, "long_run": None})


def test_too_few_steps_to_tell_growth_are_refused_before_anything_is_timed():
    with pytest.raises(OrthoDiffusionError, match="shows none"):
        training_cost(TINY, joint="knee", steps=1, long_run=20, report=lambda text: pytest.fail("it began"))
