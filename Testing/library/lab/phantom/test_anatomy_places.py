"""Everything lies where it belongs, in millimetres, in every anatomy: healthy knees and knees with many injuries."""

from __future__ import annotations

import numpy as np
import pytest
from library.lab.phantom.lesion_masks import lesion_mask

from OrthoDiffusionLib.anatomy import KNEE_STRUCTURES, find_structure
from OrthoDiffusionLib.lab.phantom.engine.shapes import grow
from OrthoDiffusionLib.lab.phantom.knee import parts as p
from OrthoDiffusionLib.lab.phantom.phantom import make_phantom

pytestmark = pytest.mark.long

HEALTHY = dict.fromkeys(p.LESIONS, 0)
KNEES = (
    (51, "procedural"),
    (52, "procedural"),
    (53, "mskt_dess_right_10labels"),
    (54, "mskt_right_knee_example_7labels"),
    (55, "spl_knee_atlas_left"),
    (57, "mskt_t2_test_7labels"),
)
# Each injury that has a structure of its own.
SITES = {name: name.removesuffix("_injury") for name in p.LESIONS if name.endswith("_injury")}


@pytest.fixture(scope="module", params=KNEES, ids=[f"{name}-{seed}" for seed, name in KNEES])
def knee(request):
    seed, anatomy = request.param
    return make_phantom("knee", seed, anatomy=anatomy, abnormalities=HEALTHY)


@pytest.fixture(scope="module", params=[(61, "procedural"), (62, "spl_knee_atlas_left"), (63, "mskt_t2_test_7labels")])
def injured(request):
    """A knee with all that can be wrong with it, of different grades."""
    seed, anatomy = request.param
    grades = {name: 1 + (seed + number) % 3 for number, name in enumerate(p.LESIONS)}
    return make_phantom("knee", seed, anatomy=anatomy, abnormalities=grades)


def mask(knee, name: str) -> np.ndarray:
    return knee.structures() == find_structure(name).label


def points(knee, name: str) -> np.ndarray:
    """Voxel centres of a structure, (N, 3) RAS mm."""
    return knee.geometry.to_ras(np.argwhere(mask(knee, name)))


def touches(knee, one: str, other: str, voxels: int = 2) -> bool:
    """Whether two structures come within a number of voxels of 0.8 mm."""
    a, b = mask(knee, one), mask(knee, other)
    where = np.argwhere(a)
    window = tuple(
        slice(max(low - voxels, 0), high + voxels + 1) for low, high in zip(where.min(0), where.max(0), strict=True)
    )
    return bool((grow(a[window], voxels) & b[window]).any())


def nearest_mm(where: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Distance of each point to the nearest of `target`, mm; both thinned to a few hundred."""
    where, target = where[:: 1 + len(where) // 300], target[:: 1 + len(target) // 1500]
    return np.sqrt(((where[:, None] - target[None]) ** 2).sum(-1).min(1))


def test_the_fibula_stands_lateral_of_and_behind_the_middle_of_the_tibia_below_the_joint(knee):
    fibula, tibia = points(knee, "fibula"), points(knee, "tibia")
    head = fibula[fibula[:, 2] > fibula[:, 2].max() - 12]
    level = tibia[np.abs(tibia[:, 2] - head[:, 2].mean()) < 6]
    assert head[:, 0].mean() > np.percentile(level[:, 0], 85)
    assert head[:, 1].mean() < level[:, 1].mean()
    assert fibula[:, 2].max() < -3  # its styloid ends below the joint line (assumed)


def test_the_posterior_cruciate_stands_behind_the_anterior_one_at_the_tibia(knee):
    anterior, posterior = points(knee, "anterior_cruciate_ligament"), points(knee, "posterior_cruciate_ligament")
    # Higher up each comes to its own condyle, and the anterior one runs backwards.
    for height in (-4, 0, 4):
        front, back = (x[np.abs(x[:, 2] - height) < 2] for x in (anterior, posterior))
        if len(front) and len(back):
            assert front[:, 1].mean() > back[:, 1].mean() + 2


@pytest.mark.parametrize("side", ["medial", "lateral"])
def test_a_meniscus_rests_on_its_own_plateau_and_is_open_towards_the_eminence(knee, side):
    meniscus, plateau = points(knee, f"{side}_meniscus"), points(knee, f"{side}_tibial_cartilage")
    outward = 1.0 if side == "lateral" else -1.0
    assert (outward * meniscus[:, 0]).min() > -4
    assert touches(knee, f"{side}_meniscus", f"{side}_tibial_cartilage", 3)
    assert touches(knee, f"{side}_meniscus", "femoral_cartilage", 3)
    offset = meniscus[:, :2] - plateau.mean(0)[:2]
    angle = np.rad2deg(np.arctan2(offset[:, 1], outward * offset[:, 0]))
    assert np.mean(np.abs(angle) > 165) < 0.02, "the ring is closed towards the eminence"
    assert all(((angle > low) & (angle < low + 60)).any() for low in (-120, -60, 0, 60)), "a part of the crescent lacks"


def test_the_tibia_is_as_wide_against_the_femur_as_measured(knee):
    """Condylar widths, tibia to femur 0.91 +- 0.03 in 84 knees (doi 10.1186/s13018-018-0933-8); four deviations."""
    femur, tibia = points(knee, "femur"), points(knee, "tibia")
    femur, tibia = femur[np.abs(femur[:, 2] - 20) < 20], tibia[tibia[:, 2] > -25]
    assert 0.79 < np.ptp(tibia[:, 0]) / np.ptp(femur[:, 0]) < 1.03


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("anterior_cruciate_ligament", ("femur", "tibia")),
        ("posterior_cruciate_ligament", ("femur", "tibia")),
        ("medial_collateral_ligament", ("femur", "tibia")),
        ("lateral_collateral_ligament", ("femur", "fibula")),
        ("patellar_tendon", ("patella", "tibia")),
        ("quadriceps_tendon", ("patella",)),
        ("femoral_cartilage", ("femur",)),
        ("medial_tibial_cartilage", ("tibia",)),
        ("lateral_tibial_cartilage", ("tibia",)),
        ("patellar_cartilage", ("patella",)),
        ("medial_meniscus", ("tibia",)),
        ("lateral_meniscus", ("tibia",)),
    ],
)
def test_nothing_floats_each_structure_reaches_what_it_is_fixed_to(knee, name, ends):
    for end in ends:
        assert touches(knee, name, end, 4 if "meniscus" in name else 3), f"{name} does not reach the {end}"


def test_cartilage_lies_on_its_own_bone_everywhere(knee):
    for name, bone in (
        ("femoral", "femur"),
        ("patellar", "patella"),
        ("medial_tibial", "tibia"),
        ("lateral_tibial", "tibia"),
    ):
        away = nearest_mm(points(knee, f"{name}_cartilage"), points(knee, bone)[::2])
        # Bone is thinned for speed, which adds a few millimetres.
        assert np.percentile(away, 98) < 9, f"{name} cartilage hangs in the air"


def test_every_structure_is_there_and_within_the_limb(knee):
    air = knee.parts == p.part_number("air")
    present = set(np.unique(knee.structures())) - {0}
    assert present == {item.label for item in KNEE_STRUCTURES}
    assert not (grow(np.isin(knee.structures(), range(1, 17))) & air).any()


@pytest.mark.parametrize("name", sorted(SITES))
def test_an_injury_lies_on_its_own_structure_and_on_no_other(injured, name):
    where = injured.geometry.to_ras(np.argwhere(lesion_mask(injured, name)))
    assert np.percentile(nearest_mm(where, points(injured, SITES[name])), 95) < 16
    others = {find_structure(site).label for other, site in SITES.items() if other != name}
    assert not others & set(np.unique(injured.structures()[lesion_mask(injured, name)]))


def test_medial_injuries_are_medial_and_lateral_ones_lateral(injured):
    for name in SITES:
        x = injured.geometry.to_ras(np.argwhere(lesion_mask(injured, name)))[:, 0]
        if name.startswith("medial"):
            assert np.percentile(x, 98) < 4, name
        elif name.startswith("lateral"):
            assert np.percentile(x, 2) > -4, name
        else:
            assert np.abs(x.mean()) < 14, name


def test_an_effusion_lies_about_the_patella_and_femur_and_a_dislocation_marks_their_bones(injured):
    fluid = injured.geometry.to_ras(np.argwhere(lesion_mask(injured, "joint_effusion")))
    assert fluid[:, 2].max() > points(injured, "patella")[:, 2].mean()
    assert np.percentile(fluid[:, 2], 5) > -30
    bruises = np.unique(injured.structures()[lesion_mask(injured, "patellar_dislocation")])
    assert {find_structure("patella").label, find_structure("femur").label} <= set(bruises)
    assert not {find_structure("tibia").label, find_structure("fibula").label} & set(bruises)
