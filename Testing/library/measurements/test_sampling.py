"""Short ways to places, levels and percentiles find what the long ones find."""

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.measurements.levels import by_level, percentiles
from OrthoDiffusionLib.measurements.measuring import Measuring


@pytest.mark.parametrize("side", [Side.RIGHT, Side.LEFT])
def test_a_lattice_of_places_belongs_to_what_each_place_belongs_to(right_knee, side):
    measuring = Measuring(right_knee.segmentation, side)
    rng = np.random.default_rng(0)
    origin = rng.normal(size=3)
    steps = [
        np.outer(np.arange(-60.0, 60.0, step), axis)
        for step, axis in zip((7, 3, 2), rng.normal(size=(3, 3)), strict=True)
    ]
    places = origin + steps[0][:, None, None] + steps[1][:, None] + steps[2]
    found = measuring.inside_lattice("femur", origin, *steps)
    assert found.any() and not found.all()
    assert (found == measuring.inside("femur", places)).all()


@pytest.mark.parametrize("count", [1, 2, 5, 100])
def test_percentiles_are_numpys(count):
    values = np.random.default_rng(count).normal(size=count)
    wanted = (0, 1, 5, 50, 97, 100)
    assert percentiles(values, *wanted) == pytest.approx(np.percentile(values, wanted).tolist(), abs=1e-12)


def test_places_come_level_by_level_in_their_order():
    level, places = np.array([4, -1, 4, 2, -1]), np.arange(15.0).reshape(5, 3)
    found = dict(by_level(level, places))
    assert list(found) == [-1, 2, 4]
    assert all((part == places[level == number]).all() for number, part in found.items())
