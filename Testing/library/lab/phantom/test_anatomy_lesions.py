"""Every injury lies where it belongs, is large enough to be seen, and leaves the rest alone."""

from __future__ import annotations

import numpy as np
import pytest
from library.lab.phantom.lesion_masks import lesion_mask

from OrthoDiffusionLib.anatomy import find_structure
from OrthoDiffusionLib.lab.phantom.knee import parts as p
from OrthoDiffusionLib.lab.phantom.phantom import make_phantom

pytestmark = pytest.mark.long

# Least volume of a lesion, mm^3: a meniscal tear of 6 mm by 1 mm by 2 mm is the smallest that is called one.
SMALLEST_MM3 = 10.0

# Half-spaces and boxes (lo, hi) in RAS mm of a right knee that hold nearly all of each lesion.
PLACES = {
    "anterior_cruciate_ligament_injury": ((-20, -32, -10), (20, 24, 34)),
    "posterior_cruciate_ligament_injury": ((-20, -40, -22), (20, 16, 32)),
    "medial_meniscus_injury": ((-48, -36, -14), (0, 32, 14)),
    "lateral_meniscus_injury": ((0, -36, -14), (48, 32, 14)),
    "medial_collateral_ligament_injury": ((-70, -32, -60), (-14, 34, 52)),
    "lateral_collateral_ligament_injury": ((14, -36, -40), (70, 24, 52)),
    "patellar_dislocation": ((-70, -30, -10), (62, 80, 80)),
    "joint_effusion": ((-62, -50, -14), (62, 72, 106)),
}
STAYS = {
    "anterior_cruciate_ligament_injury": "anterior_cruciate_ligament",
    "posterior_cruciate_ligament_injury": "posterior_cruciate_ligament",
    "medial_meniscus_injury": "medial_meniscus",
    "lateral_meniscus_injury": "lateral_meniscus",
    "medial_collateral_ligament_injury": "medial_collateral_ligament",
    "lateral_collateral_ligament_injury": "lateral_collateral_ligament",
}


def knee_with(grades: dict[str, int], *, seed: int, anatomy: str):
    return make_phantom("knee", seed, anatomy=anatomy, abnormalities=dict.fromkeys(p.LESIONS, 0) | grades)


def check_lesion(knee, name: str) -> None:
    mask = lesion_mask(knee, name)
    where = knee.geometry.to_ras(np.argwhere(mask))
    volume = len(where) * float(np.prod(knee.geometry.spacing_mm))
    assert volume > SMALLEST_MM3, f"{name} cannot be seen"
    lo, hi = (np.array(corner) for corner in PLACES[name])
    assert np.mean(((where >= lo) & (where <= hi)).all(1)) > 0.98, f"{name} lies elsewhere"
    if name in STAYS:
        labels = knee.structures()[mask]
        assert np.isin(labels, [0, 18, find_structure(STAYS[name]).label]).all()
        assert (labels == find_structure(STAYS[name]).label).any(), f"no torn {STAYS[name]}"


@pytest.mark.parametrize("name", p.LESIONS)
def test_one_injury_alone_is_where_it_belongs_and_nothing_else_is_called_ill(name):
    grade = 1 + p.LESIONS.index(name) % 3
    knee = knee_with({name: grade}, seed=31, anatomy="procedural")
    assert knee.grades[name] == grade
    check_lesion(knee, name)
    for other in p.LESIONS:
        if other != name:
            assert not knee.abnormalities[other]
            assert not lesion_mask(knee, other).any(), f"{name} brings {other}"


@pytest.mark.parametrize(("anatomy", "first"), [("mskt_dess_right_10labels", 1), ("spl_knee_atlas_left", 3)])
def test_all_injuries_together_stay_visible_in_a_label_maps_knee(anatomy, first):
    grades = {name: 1 + (first + n) % 3 for n, name in enumerate(p.LESIONS)}
    knee = knee_with(grades, seed=32, anatomy=anatomy)
    for name in p.LESIONS:
        check_lesion(knee, name)


def test_an_effusion_holds_more_fluid_the_higher_its_grade():
    volumes = []
    for grade in (0, 1, 3):
        knee = knee_with({"joint_effusion": grade}, seed=33, anatomy="procedural")
        volumes.append((knee.structures() == find_structure("joint_fluid").label).sum() * 0.512 / 1000)
    assert 0 < volumes[0] < volumes[1] < volumes[2]
    assert volumes[2] > volumes[0] + 10  # ml


def test_a_dislocated_patella_lies_laterally_with_its_bruises_facing_each_other():
    well = knee_with({}, seed=34, anatomy="procedural")
    ill = knee_with({"patellar_dislocation": 3}, seed=34, anatomy="procedural")
    assert ill.centroid_ras(3)[0] - well.centroid_ras(3)[0] > 6
    patella, femur = (
        ill.geometry.to_ras(np.argwhere(ill.parts == p.part_number(name))).mean(0)
        for name in ("patella_bruise", "femur_bruise")
    )
    assert patella[0] < ill.centroid_ras(3)[0], "the patella's bruise is on its medial facet"
    assert femur[0] > 15, "the femur's bruise is on the lateral condyle"


def test_prevalence_is_what_was_asked_for():
    from OrthoDiffusionLib.lab.phantom.phantom import BUILDERS, _draw_grades

    drawn = [
        _draw_grades(BUILDERS["knee"], None, {"medial_meniscus_injury": 0.4}, np.random.default_rng([n, 7]))
        for n in range(1500)
    ]
    share = np.mean([grades["medial_meniscus_injury"] > 0 for grades in drawn])
    assert share == pytest.approx(0.4, abs=0.05)
    assert not any(grades["posterior_cruciate_ligament_injury"] for grades in drawn)
