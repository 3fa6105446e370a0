"""A few knees carry the screws of a rebuilt cruciate ligament, in their bones and nowhere else."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.hardware import with_hardware
from OrthoDiffusionLib.lab.phantom.phantom import make_phantom


def test_few_knees_have_screws_which_lie_in_femur_and_tibia():
    phantom = make_phantom("knee", 2, anatomy="procedural", abnormalities={}, prevalence=0.0)
    tables = phantom.tables
    changed = [with_hardware(phantom, seed) for seed in range(200)]
    operated = [other for other in changed if other is not phantom]
    assert 1 <= len(operated) <= 14
    for other in operated:
        new = other.parts != phantom.parts
        assert {tables.tissue_names[n] for n in np.unique(tables.tissue[other.parts[new]])} == {"metal"}
        assert set(np.unique(tables.structure[phantom.parts[new]])) == {1, 2}
        femoral, tibial = (other.geometry.to_ras(np.argwhere(new & (phantom.structures() == bone))) for bone in (1, 2))
        assert femoral[:, 0].mean() > 3  # in the lateral condyle
        assert tibial[:, 2].max() < 0 and tibial[:, 1].max() > 5  # below the joint line, towards the front
        # Two screws of some 20 x 8 mm.
        assert 500 < new.sum() * abs(np.linalg.det(phantom.geometry.affine[:3, :3])) < 4500
