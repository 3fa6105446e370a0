"""Where the ankle's ligaments are fixed in every person, by the surfaces of the bones alone, in millimetres."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.lab.phantom.ankle import ligaments
from OrthoDiffusionLib.lab.phantom.ankle.ankle import ANATOMIES
from OrthoDiffusionLib.lab.phantom.ankle.body import (
    MIXED,
    draw_body,
    held_out_anatomies,
    shape_set,
    training_anatomies,
)


@pytest.fixture(scope="module", params=[*held_out_anatomies(), *training_anatomies()[::5], MIXED])
def body(request):
    return draw_body(request.param, np.random.default_rng(3))[0]


def away(point, vertices):
    return float(np.sqrt(((vertices - point) ** 2).sum(axis=1)).min())


def test_the_two_lateral_ligaments_leave_the_front_of_the_fibula_below_each_other(body):
    fibula = body.bones["fibula"]
    tip = fibula[fibula[:, 2].argmin()]
    upper, lower = body.at("fibula", ligaments.ATFL_FIBULA), body.at("fibula", ligaments.CFL_FIBULA)
    assert np.linalg.norm(upper - tip) == pytest.approx(13.8 * body.size, abs=3.5)
    assert np.linalg.norm(lower - tip) == pytest.approx(5.3 * body.size, abs=3.0)
    assert 6.0 < np.linalg.norm(upper - lower) / body.size < 12.5
    assert upper[1] > tip[1] + 4


def test_the_anterior_talofibular_ligament_is_as_long_as_peoples(body):
    """17 ± 3 mm; it goes to the front edge of the talar body, more than half of the way up."""
    line = ligaments.atfl_course(body, np.random.default_rng(0))
    assert 12 < line.length_mm < 24
    end = body.at("talus", ligaments.ATFL_TALUS)
    assert away(line.points[-1], body.bones["talus"]) < 2.0
    talus = body.bones["talus"]
    edge = talus[(talus[:, 0] > 8) & (talus[:, 1] > 0)]
    share = (end[2] - edge[:, 2].min()) / (edge[:, 2].max() - edge[:, 2].min())
    assert 0.45 < share < 0.85


def test_the_calcaneofibular_ligament_is_as_long_as_peoples_and_goes_down_and_back(body):
    """27 ± 3 mm, 131 degrees to the fibula's axis, 17 mm below the subtalar joint."""
    line = ligaments.cfl_course(body, np.random.default_rng(0))
    assert 20 < line.length_mm < 37
    along = line.points[-1] - line.points[0]
    along /= np.linalg.norm(along)
    angle = np.degrees(np.arccos(along @ [0, 0, 1.0]))
    assert 112 < angle < 155
    assert along[1] < -0.2
    end = body.at("calcaneus", ligaments.CFL_CALCANEUS)
    assert away(line.points[-1], body.bones["calcaneus"]) < 2.0
    heel = body.bones["calcaneus"]
    facet = heel[(np.abs(heel[:, 1] - end[1]) < 4) & (heel[:, 0] > 2)][:, 2].max()
    assert 12 < facet - end[2] < 28


def test_the_other_ligaments_are_as_long_as_peoples(body):
    """Posterior talofibular 20 to 25 mm; the syndesmosis' 10.1 ± 2.4 and 11.7 ± 2.6 mm between their centres."""

    def length(first, last):
        return float(np.linalg.norm(body.at(*first) - body.at(*last)))

    assert 16 < length(("fibula", ligaments.PTFL_FIBULA), ("talus", ligaments.PTFL_TALUS)) < 28
    assert 5.5 < length(("tibia", ligaments.AITFL_TIBIA), ("fibula", ligaments.AITFL_FIBULA)) < 17
    assert 7 < length(("tibia", ligaments.PITFL_TIBIA), ("fibula", ligaments.PITFL_FIBULA)) < 19
    tip = body.bones["fibula"][:, 2].min()
    assert body.at("fibula", ligaments.AITFL_FIBULA)[2] - tip == pytest.approx(30.5 * body.size, abs=5.0)


def test_bones_of_one_person_do_not_run_into_each_other(body):
    for one, other in (("tibia", "talus"), ("talus", "calcaneus"), ("fibula", "talus"), ("talus", "navicular")):
        first, second = body.bones[one], body.bones[other]
        assert min(away(point, second) for point in first[::5]) > 0.2, (one, other)


def test_training_never_sees_an_ankle_that_is_held_out(monkeypatch):
    shapes = shape_set()
    assert len(shapes.held_out) == 5 and len(shapes.ankles) == 27
    assert set(ANATOMIES) == {MIXED, *training_anatomies(), *held_out_anatomies()}
    spoilt = {
        name: {bone: vertices * (np.nan if name in shapes.held_out else 1.0) for bone, vertices in one.items()}
        for name, one in shapes.ankles.items()
    }
    heels = {name: v * (np.nan if name in shapes.held_out_calcanei else 1.0) for name, v in shapes.calcanei.items()}
    monkeypatch.setattr(
        "OrthoDiffusionLib.lab.phantom.ankle.body.shape_set",
        lambda: type(shapes)(shapes.mean, shapes.faces, spoilt, heels, shapes.held_out, shapes.held_out_calcanei),
    )
    for seed in range(60):
        bones = draw_body(MIXED, np.random.default_rng(seed))[0].bones
        assert all(np.isfinite(vertices).all() for vertices in bones.values())
