"""Diseases of many digital ankles, those that are held out among them: each lies where it belongs in everybody."""

from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pytest

from OrthoDiffusionLib.lab.phantom.ankle import parts as p
from OrthoDiffusionLib.lab.phantom.ankle.body import held_out_anatomies
from OrthoDiffusionLib.lab.phantom.phantom import BUILDERS

from .conftest import painted

ATFL, CFL, ACHILLES, TALUS = p.LESIONS
BITS = {ATFL: p.ATFL_BIT, CFL: p.CFL_BIT, ACHILLES: p.ACHILLES_BIT, TALUS: p.TALUS_BIT}
PEOPLE = [*((name, 60 + n) for n, name in enumerate(held_out_anatomies())), *(("mixed", 70 + n) for n in range(5))]


def away(point, points):
    return float(np.sqrt(((points[::3] - point) ** 2).sum(axis=1)).min())


@pytest.mark.long
@pytest.mark.parametrize(("anatomy", "seed"), PEOPLE)
def test_every_disease_lies_where_it_belongs(anatomy, seed):
    """Places in millimetres from the bones of the person: ATFL in front of the malleolus, CFL below its tip, Achilles 2
    to 6 cm above the insertion, talar lesions under the dome."""
    ankle = painted(seed, anatomy, **dict.fromkeys(p.LESIONS, 1 + seed % 3))
    middle = {name: ankle.mm(ankle.lesion(bit)).mean(axis=0) for name, bit in BITS.items()}
    fibula, talus, heel = (ankle.points(name) for name in ("fibula", "talus", "calcaneus"))
    tip, insertion = fibula[fibula[:, 2].argmin()], heel[heel[:, 1].argmin()]
    assert away(middle[ATFL], fibula) < 20 and away(middle[ATFL], talus) < 16
    assert middle[ATFL][1] > tip[1] + 4 and -8 < middle[ATFL][2] - tip[2] < 24
    assert away(middle[CFL], heel) < 16
    assert -26 < middle[CFL][2] - tip[2] < 9 and middle[CFL][0] > heel[:, 0].mean() + 5
    assert 12 < middle[ACHILLES][2] - insertion[2] < 68 and abs(middle[ACHILLES][0] - insertion[0]) < 9
    assert middle[ACHILLES][1] < insertion[1] + 22
    assert away(middle[TALUS], talus) < 2.0
    assert talus[:, 2].max() - 14 * ankle.built.body.size < middle[TALUS][2] < talus[:, 2].max() + 3
    # Extent: the reach of each lesion about its middle.
    for name, bit in BITS.items():
        spread = np.abs(ankle.mm(ankle.lesion(bit)) - middle[name]).max()
        assert 1.0 < spread < {ATFL: 30, CFL: 30, ACHILLES: 75, TALUS: 34}[name], name
    for name, drawn in ankle.built.lesions.items():
        assert drawn.grade == 1 + seed % 3
        if name in (ATFL, CFL):
            assert 0.1 < drawn.share < 0.9


@pytest.mark.long
def test_sprains_bring_their_companions():
    """Fluid in the peroneal sheath with a torn CFL, fluid in front of the malleolus with a torn ATFL and bruises on the
    medial side of talus or tibia: each in some people, and nothing of them in the same person without the tear."""
    sheath, bruises, leaks = [], [], []
    for seed in range(80, 88):
        torn, whole = painted(seed, **{ATFL: 3, CFL: 3}), painted(seed)
        sheath.append(int(torn.part("sheath_fluid").sum()) - int(whole.part("sheath_fluid").sum()))
        marrow = [int(one.part("talus_oedema", "tibia_oedema", "fibula_oedema").sum()) for one in (torn, whole)]
        bruises.append(marrow[0] - marrow[1])
        leaks.append(int(torn.part("anterior_talofibular_gap").sum()))
        assert not whole.lesion(p.ATFL_BIT).any() and not whole.lesion(p.CFL_BIT).any()
    assert 3 <= sum(count > 50 for count in sheath) <= 8
    assert 3 <= sum(count > 100 for count in bruises) <= 8
    assert sum(count > 100 for count in leaks) >= 4


@pytest.mark.long
def test_an_ankle_costs_no_more_time_and_memory_than_a_knee():
    """Processor seconds and the peak of what is allocated; as much more is let pass as a busy machine makes of it."""
    costs = {}
    for name, anatomy in (("knee", "procedural"), ("ankle", "mixed")):
        builder = BUILDERS[name]
        grades = dict.fromkeys(builder.abnormalities, 0)
        builder.build(0, anatomy=anatomy, grades=grades)  # what is kept in memory is made
        seconds = []
        for seed in (1, 2):
            start = time.process_time()
            builder.build(seed, anatomy=anatomy, grades=grades)
            seconds.append(time.process_time() - start)
        tracemalloc.start()
        builder.build(3, anatomy=anatomy, grades=grades)
        costs[name] = min(seconds), tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    for ankle, knee in zip(costs["ankle"], costs["knee"], strict=True):
        assert ankle < 1.4 * knee, costs
