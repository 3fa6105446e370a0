"""The digital knee's anatomy, in patient millimetres: x to the right, so lateral in a right knee."""

from __future__ import annotations

import numpy as np
import pytest
from library.lab.phantom.lesion_masks import lesion_mask

from OrthoDiffusionLib.anatomy import KNEE_ABNORMALITIES, KNEE_STRUCTURES, Side, find_structure
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.lab.phantom.engine.shapes import grow, largest_component
from OrthoDiffusionLib.lab.phantom.knee import parts as p
from OrthoDiffusionLib.lab.phantom.knee.atlas import HELD_OUT_ANATOMIES, TRAINING_ATLASES
from OrthoDiffusionLib.lab.phantom.knee.knee import _draw_anatomy
from OrthoDiffusionLib.lab.phantom.phantom import BUILDERS, make_phantom

HEALTHY = dict.fromkeys(p.LESIONS, False)
ANATOMIES = ("procedural", *TRAINING_ATLASES)


# Each takes seconds to build: two of them show every day what all of them have in common.
@pytest.fixture(
    scope="module",
    params=[*ANATOMIES[:2], *(pytest.param(anatomy, marks=pytest.mark.long) for anatomy in ANATOMIES[2:])],
)
def knee(request):
    return make_phantom("knee", 4, anatomy=request.param, abnormalities=HEALTHY)


def points(knee, name: str) -> np.ndarray:
    """Voxel centres of a structure, (N, 3) RAS mm."""
    return knee.geometry.to_ras(np.argwhere(knee.structures() == find_structure(name).label))


def centre(knee, name: str) -> np.ndarray:
    return points(knee, name).mean(0)


def extent(knee, name: str) -> np.ndarray:
    where = points(knee, name)
    return where.max(0) - where.min(0)


def cropped(mask: np.ndarray) -> np.ndarray:
    where = np.argwhere(mask)
    return mask[tuple(slice(lo, hi + 1) for lo, hi in zip(where.min(0), where.max(0), strict=True))]


def test_parts_speak_the_vocabulary_of_the_contract():
    assert tuple(item.name for item in KNEE_ABNORMALITIES) == p.LESIONS
    assert len({part.name for part in p.PARTS}) == len(p.PARTS)
    assert {part.structure for part in p.PARTS} == {0} | {item.label for item in KNEE_STRUCTURES}
    tables = BUILDERS["knee"].tables
    for number, part in enumerate(p.PARTS):
        assert p.part_number(part.name) == number
        assert tables.tissue_names[tables.tissue[number]] == part.tissue
        assert (tables.structure[number], tables.lesion[number]) == (part.structure, part.lesion)


def test_it_is_a_right_knee_and_its_fibula_lies_laterally(knee):
    assert knee.side is Side.RIGHT
    assert centre(knee, "fibula")[0] > 20
    assert centre(knee, "lateral_meniscus")[0] - centre(knee, "medial_meniscus")[0] > 30


def test_the_origin_lies_between_the_plateaus_at_the_joint_line(knee):
    medial, lateral = centre(knee, "medial_tibial_cartilage"), centre(knee, "lateral_tibial_cartilage")
    assert np.abs((medial + lateral)[0] / 2) < 4
    assert np.abs((medial + lateral)[2] / 2) < 5
    assert points(knee, "tibia")[:, 2].mean() < -20 < 20 < points(knee, "femur")[:, 2].mean()


def test_the_patella_lies_in_front_with_the_fat_pad_behind_its_tendon(knee):
    patella, tendon = centre(knee, "patella"), centre(knee, "patellar_tendon")
    assert patella[1] > points(knee, "femur")[:, 1].max() - 8
    assert centre(knee, "infrapatellar_fat_pad")[1] < tendon[1]
    tendon_z = points(knee, "patellar_tendon")[:, 2]
    assert tendon_z.min() < -15
    assert tendon_z.max() > points(knee, "patella")[:, 2].min() - 3
    assert centre(knee, "quadriceps_tendon")[2] > patella[2]


def test_the_posterior_cruciate_lies_behind_the_anterior_one(knee):
    anterior, posterior = points(knee, "anterior_cruciate_ligament"), points(knee, "posterior_cruciate_ligament")
    assert anterior.mean(0)[1] - posterior.mean(0)[1] > 3
    # At its lower end each is where its footprint is: in front of and behind the eminence.
    low = anterior[anterior[:, 2] < anterior[:, 2].min() + 4]
    assert low[:, 1].mean() > 0
    low = posterior[posterior[:, 2] < posterior[:, 2].min() + 5]
    assert low[:, 1].mean() < -14
    # The anterior one rises to the lateral condyle, the posterior one to the medial.
    assert anterior[anterior[:, 2] > anterior[:, 2].max() - 4][:, 0].mean() > 2
    assert posterior[posterior[:, 2] > posterior[:, 2].max() - 4][:, 0].mean() < 0


def test_the_collateral_ligaments_run_along_their_own_side(knee):
    medial, lateral = points(knee, "medial_collateral_ligament"), points(knee, "lateral_collateral_ligament")
    assert medial[:, 0].max() < -12
    assert lateral[:, 0].min() > 20
    assert medial[:, 2].min() < -25 < 15 < medial[:, 2].max()
    fibula_top = points(knee, "fibula")[:, 2].max()
    assert lateral[:, 2].min() < fibula_top + 4
    assert lateral[:, 2].max() > 12


@pytest.mark.parametrize("side", ["medial", "lateral"])
def test_menisci_lie_between_femur_and_tibia_and_open_towards_the_eminence(knee, side):
    structures = knee.structures()
    meniscus = structures == find_structure(f"{side}_meniscus").label
    femur = np.isin(structures, [1, 4])
    tibia = np.isin(structures, [2, 5, 6])
    k = np.arange(structures.shape[2])
    columns = meniscus.any(2) & femur.any(2) & tibia.any(2)
    lowest_femur = np.where(femur, k, 10_000).min(2)[columns]
    highest_tibia = np.where(tibia, k, -1).max(2)[columns]
    middle = ((meniscus * k).sum(2) / np.maximum(meniscus.sum(2), 1))[columns]
    assert columns.sum() > 0.45 * meniscus.any(2).sum()
    assert np.mean((middle < lowest_femur) & (middle > highest_tibia)) > 0.85

    plateau = centre(knee, f"{side}_tibial_cartilage")
    offset = points(knee, f"{side}_meniscus")[:, :2] - plateau[:2]
    outward = 1.0 if side == "lateral" else -1.0
    angle = np.rad2deg(np.arctan2(offset[:, 1], outward * offset[:, 0]))
    assert np.mean(np.abs(angle) > 165) < 0.02, "the ring is closed towards the eminence"
    assert (angle > 60).any() and (angle < -60).any(), "a horn is missing"


def test_bones_are_as_large_as_measured_ones(knee):
    # Bicondylar width 78.5 ± 3.0 (women) and 88.6 ± 4.2 mm (men): doi 10.1155/2012/679658; three deviations.
    assert 69 < extent(knee, "femur")[0] < 101
    condyles = points(knee, "femur")
    condyles = condyles[condyles[:, 2] < 40]
    # Condylar depth 55.9 ± 2.9 and 61.1 ± 3.4 mm in the same study; the trochlea's rim adds to ours (assumed).
    assert 48 < condyles[:, 1].max() - condyles[:, 1].min() < 80
    width, thickness, height = extent(knee, "patella")
    assert 34 < width < 56 and 14 < thickness < 30 and 32 < height < 56  # assumed


def test_cartilage_is_as_thick_as_measured(knee):
    """PubMed 11237657, 27 healthy men: 16.6 to 31.4 ml a knee, mean thickness 1.57 to 2.43 mm, patella 2.76 mm.

    Women's smaller and worn plates widen the ranges (assumed).
    """
    structures = knee.structures()
    voxel_ml = float(np.prod(knee.geometry.spacing_mm)) / 1000
    total = np.isin(structures, [4, 5, 6, 7]).sum() * voxel_ml
    assert 9 < total < 33
    spacing = float(knee.geometry.spacing_mm[0])
    for name, bone in (
        ("femoral_cartilage", "femur"),
        ("medial_tibial_cartilage", "tibia"),
        ("lateral_tibial_cartilage", "tibia"),
        ("patellar_cartilage", "patella"),
    ):
        cartilage = structures == find_structure(name).label
        touching = cartilage & grow(structures == find_structure(bone).label)
        # A voxel layer of a slanted surface counts about 1.2 times its area.
        thickness = cartilage.sum() / touching.sum() * spacing
        assert 0.9 < thickness < 3.6, name


def test_no_primary_structure_is_missing_or_floating(knee):
    structures = knee.structures()
    for item in KNEE_STRUCTURES[:11]:
        mask = structures == item.label
        assert mask.sum() * float(np.prod(knee.geometry.spacing_mm)) > 300, f"{item.name} is missing"
        mask = cropped(mask)
        assert largest_component(mask).sum() > 0.97 * mask.sum(), f"{item.name} is in pieces"


def test_shafts_reach_the_ends_and_everything_is_wrapped_in_skin(knee):
    structures = knee.structures()
    assert (structures[:, :, -1] == 1).sum() > 300
    assert (structures[:, :, 0] == 2).sum() > 300
    air = knee.parts == p.part_number("air")
    assert not (grow(np.isin(structures, range(1, 13))) & air).any()


def test_a_healthy_knee_shows_no_lesion(knee):
    assert not any(knee.abnormalities.values())
    assert not p.LESION_OF_PART[knee.parts].any()
    assert not lesion_mask(knee, "joint_effusion").any()


def test_the_same_seed_gives_the_same_bytes_and_another_one_another_knee():
    first, again, other = (make_phantom("knee", seed, anatomy="procedural") for seed in (11, 11, 12))
    assert first.parts.tobytes() == again.parts.tobytes()
    assert first.grades == again.grades
    assert first.parts.tobytes() != other.parts.tobytes()
    assert not first.parts.flags.writeable


def test_mixed_draws_every_training_anatomy_and_never_the_held_out_one():
    drawn = {_draw_anatomy("mixed", np.random.default_rng(seed))[0] for seed in range(400)}
    assert drawn == set(ANATOMIES)
    assert not drawn & set(HELD_OUT_ANATOMIES)


def test_atlas_draws_every_label_map_that_training_may_see_and_no_procedural_knee():
    drawn = {_draw_anatomy("atlas", np.random.default_rng(seed))[0] for seed in range(200)}
    assert drawn == set(TRAINING_ATLASES)


@pytest.mark.long
def test_the_held_out_anatomy_comes_when_asked_by_name_as_a_right_knee():
    knee = make_phantom("knee", 2, anatomy=HELD_OUT_ANATOMIES[0], abnormalities=HEALTHY)
    assert knee.anatomy == HELD_OUT_ANATOMIES[0]
    assert centre(knee, "fibula")[0] > 20
    assert centre(knee, "lateral_meniscus")[0] > 0 > centre(knee, "medial_meniscus")[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"joint": "elbow"}, ("elbow", "knee")),
        ({"anatomy": "marble"}, ("marble", "procedural", "mskt_dess_right_10labels")),
        ({"abnormalities": {"gout": True}}, ("gout", "joint_effusion")),
        ({"abnormalities": {"joint_effusion": 7}}, ("joint_effusion", "0 to 3")),
        ({"prevalence": 1.5}, ("prevalence", "between 0 and 1")),
        ({"prevalence": {"gout": 0.2}}, ("gout", "joint_effusion")),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(arguments, words):
    with pytest.raises(OrthoDiffusionError) as caught:
        make_phantom(**{"joint": "knee", "seed": 0} | arguments)
    for word in words:
        assert word in str(caught.value)


def test_a_negative_seed_is_a_callers_mistake():
    with pytest.raises(ValueError, match="not be negative"):
        make_phantom("knee", -1)
