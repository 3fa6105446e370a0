"""Every disease of a digital ankle lies where it belongs, with its grade, its companions and its look-alikes."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.lab.phantom.ankle import parts as p
from OrthoDiffusionLib.lab.phantom.ankle import talar_lesions
from OrthoDiffusionLib.lab.phantom.ankle.body import MIXED, draw_body

from .conftest import LABELS, painted

ATFL, CFL, ACHILLES, TALUS = p.LESIONS
SEED = 22  # of tears that are not old
TENDINOSIS_SEED = 404


@pytest.fixture(scope="module")
def ligaments_torn():
    return painted(SEED, **{ATFL: 3, CFL: 2})


@pytest.fixture(scope="module")
def tendon_torn():
    return painted(SEED, **{ACHILLES: 3, TALUS: 2})


@pytest.fixture(scope="module")
def slightly_torn():
    return painted(SEED, **{ATFL: 1, ACHILLES: 1})


def distance(points, others):
    """(N,) of each point to the nearest of the others, mm."""
    points, others = (some[:: max(1, len(some) // most)] for some, most in ((points, 300), (others, 4000)))
    return np.array([np.sqrt(((others - point) ** 2).sum(axis=1)).min() for point in points])


def test_an_ankle_without_abnormalities_shows_no_lesion(healthy):
    assert not p.LESION_OF_PART[healthy.built.canvas.parts].any()
    assert not healthy.built.lesions


def test_a_torn_anterior_talofibular_ligament_is_torn_between_malleolus_and_talus(ligaments_torn):
    lesion = ligaments_torn.mm(ligaments_torn.lesion(p.ATFL_BIT))
    assert len(lesion) > 300
    for bone in ("fibula", "talus"):
        assert np.median(distance(lesion, ligaments_torn.points(bone))) < 14, bone
    # In front of the malleolus, above its tip, below the plafond.
    tip = ligaments_torn.points("fibula")[ligaments_torn.points("fibula")[:, 2].argmin()]
    centre = lesion.mean(0)
    assert centre[1] > tip[1] + 6 and tip[2] - 4 < centre[2] < tip[2] + 22
    assert centre[0] > 8
    assert {8, 22, 0} >= set(np.unique(p.STRUCTURE_OF_PART[np.unique(
        ligaments_torn.built.canvas.parts[ligaments_torn.lesion(p.ATFL_BIT)])]))  # fmt: skip


def test_a_torn_calcaneofibular_ligament_is_torn_under_the_peroneal_tendons(ligaments_torn):
    lesion = ligaments_torn.mm(ligaments_torn.lesion(p.CFL_BIT))
    assert len(lesion) > 60
    course = ligaments_torn.points("calcaneofibular_ligament")
    assert np.percentile(distance(lesion, course), 95) < 11
    centre = lesion.mean(0)
    fibula, heel = ligaments_torn.points("fibula"), ligaments_torn.points("calcaneus")
    assert centre[2] < fibula[:, 2].min() + 6 and centre[0] > heel[:, 0].mean()
    assert np.median(distance(lesion, ligaments_torn.points("peroneal_tendons"))) < 10


def test_a_worse_tear_leaves_less_of_the_ligament_and_more_oedema(slightly_torn, ligaments_torn):
    slight, severe = slightly_torn, ligaments_torn
    assert not slight.built.lesions[ATFL].old and not severe.built.lesions[ATFL].old
    assert slight.lesion(p.ATFL_BIT).sum() < severe.lesion(p.ATFL_BIT).sum()
    assert slight.part("anterior_talofibular_ligament").sum() > severe.part("anterior_talofibular_ligament").sum()
    assert slight.part("anterior_talofibular_gap").sum() < severe.part("anterior_talofibular_gap").sum()


def test_an_achilles_rupture_lies_two_to_six_centimetres_above_the_heel(tendon_torn):
    drawn = tendon_torn.built.lesions[ACHILLES]
    assert 20 <= drawn.above_insertion_mm <= 60 and drawn.gap_mm > 10
    heel = tendon_torn.points("calcaneus")
    insertion = heel[heel[:, 1].argmin()]
    gap = tendon_torn.mm(tendon_torn.part("achilles_gap"))
    assert 14 < gap[:, 2].mean() - insertion[2] < 68
    assert abs(gap[:, 0].mean() - insertion[0]) < 8
    # The ends are apart: nothing of the tendon is left at the middle of the gap.
    level = np.abs(tendon_torn.points("achilles_tendon")[:, 2] - drawn.centre_ras[2]) < 1.5
    assert level.sum() < 60
    oedema = tendon_torn.mm(tendon_torn.part("achilles_oedema"))
    assert len(oedema) > 200 and oedema[:, 1].mean() > gap[:, 1].mean()


def test_a_partial_rupture_has_no_gap_and_keeps_the_tendon_whole(slightly_torn):
    ankle = slightly_torn
    assert ankle.built.lesions[ACHILLES].gap_mm == 0
    assert not ankle.part("achilles_gap").any()
    torn = ankle.mm(ankle.part("torn_achilles_tendon"))
    assert len(torn) > 60
    tendon = ankle.points("achilles_tendon")
    levels = np.unique(np.rint(tendon[:, 2]))
    assert len(levels) > 0.97 * (tendon[:, 2].max() - tendon[:, 2].min())


def test_tendinosis_alone_is_no_rupture():
    """A spindle far thicker than a healthy tendon's 4.9 mm, grey inside, and nothing of it is a lesion."""
    ankle = painted(TENDINOSIS_SEED)
    assert "tendinosis" in ankle.built.distractors
    tendon = ankle.points("achilles_tendon")
    thick = max(
        np.ptp(level[np.abs(level[:, 0] - level[:, 0].mean()) < 1.5][:, 1])
        for z in np.arange(-25, 15, 3.0)
        for level in [tendon[np.abs(tendon[:, 2] - z) < 1.0]]
    )
    assert thick > 6.5
    assert ankle.part("achilles_tendinosis").sum() > 100
    assert not ankle.lesion(p.ACHILLES_BIT).any()


def test_an_osteochondral_lesion_lies_in_the_dome_in_its_zone(tendon_torn):
    drawn = tendon_torn.built.lesions[TALUS]
    lesion = tendon_torn.mm(tendon_torn.lesion(p.TALUS_BIT))
    assert len(lesion) > 50
    assert np.percentile(distance(lesion, np.array([drawn.centre_ras])), 95) < 20
    assert abs(np.median(lesion[:, 0]) - drawn.centre_ras[0]) < 5
    assert lesion[:, 2].max() < 4 and lesion[:, 2].min() > -30
    labels = set(np.unique(tendon_torn.structures[tendon_torn.lesion(p.TALUS_BIT)]))
    assert labels <= {0, LABELS["talus"], LABELS["talar_dome_cartilage"], LABELS["joint_fluid"]}


def test_osteochondral_lesions_are_spread_over_the_zones_as_in_people():
    """Medial 62, lateral 34 %; middle 80, posterior 14, anterior 6 % (n = 428); medial ones are larger."""
    body = draw_body(MIXED, np.random.default_rng(5))[0]
    rng = np.random.default_rng(6)
    drawn = [talar_lesions.draw_lesion(body, 1 + n % 3, rng) for n in range(600)]

    def share(**what):
        return np.mean([all(getattr(one, key) == value for key, value in what.items()) for one in drawn])

    assert share(across="medial") == pytest.approx(0.62, abs=0.06)
    assert share(across="lateral") == pytest.approx(0.34, abs=0.06)
    assert share(along="middle") == pytest.approx(0.80, abs=0.05)
    assert share(along="anterior") < share(along="posterior")
    area = {zone: np.mean([one.size_mm[0] * one.size_mm[1] for one in drawn if one.across == zone])
            for zone in ("medial", "lateral")}  # fmt: skip
    assert area["medial"] > 1.1 * area["lateral"]
    assert {one.stage for one in drawn} == set(talar_lesions.STAGES)
    for one in drawn:
        x, y, z = one.centre_ras
        assert {"medial": x < -4, "central": -6 < x < 5, "lateral": x > 3}[one.across]
        assert {"anterior": y > 4, "middle": -8 < y < 9, "posterior": y < -4}[one.along]
        assert -13 < z < 2


@pytest.mark.parametrize("stage", talar_lesions.STAGES)
def test_each_stage_of_hepple_looks_as_described(stage):
    """1 cartilage alone, 2a fracture and oedema, 2b fracture alone, 3 a rim of fluid, 4 the piece is gone, 5 cysts."""
    healthy = painted(11)
    canvas = type(healthy.built.canvas)(healthy.built.canvas.frame)
    canvas.parts[...] = healthy.built.canvas.parts
    rng = np.random.default_rng(8)
    lesion = talar_lesions.draw_lesion(healthy.built.body, 2, rng)
    lesion = type(lesion)(2, stage, lesion.across, lesion.along, lesion.centre_ras, lesion.size_mm)
    talar_lesions.paint_lesion(canvas, healthy.built.body, lesion, rng)

    def count(*names):
        return int(p.members(*names)[canvas.parts].sum())

    bone = count("talar_lesion_oedema", "talar_lesion_fracture", "talar_lesion_rim", "talar_lesion_cyst")
    assert (bone == 0) == (stage == "1")
    assert (count("talar_lesion_fracture") > 20) == (stage != "1")
    assert (count("talar_lesion_rim") > 20) == (stage in ("3", "4"))
    assert (count("talar_lesion_cyst") > 5) == (stage == "5")
    assert (count("loose_fragment") > 10) == (stage == "4")
    if stage in ("2a", "2b"):
        assert (count("talar_lesion_oedema") > 50) == (stage == "2a")
    assert count("talar_cartilage_fissure", "talar_cartilage_defect") > 0
