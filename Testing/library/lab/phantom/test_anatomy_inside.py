"""What lies inside the joint and ties it together, in millimetres and millilitres against published measurements.

Each range is the published mean three standard deviations to either side, where that is given, rounded outwards
for voxels of 0.8 mm; what has no source is called assumed. These are phantoms: no figure here is a person's.
"""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import find_structure
from OrthoDiffusionLib.lab.phantom.engine.shapes import grow, signed_distance
from OrthoDiffusionLib.lab.phantom.knee import parts as p
from OrthoDiffusionLib.lab.phantom.knee.atlas import atlas_parts, draw_warp, warped
from OrthoDiffusionLib.lab.phantom.knee.knee import KNEE_FRAME
from OrthoDiffusionLib.lab.phantom.phantom import make_phantom

pytestmark = pytest.mark.long

HEALTHY = dict.fromkeys(p.LESIONS, 0)
SPACING_MM = 0.8
KNEES = (
    (40, "procedural"),
    (41, "procedural"),
    (42, "mskt_dess_right_10labels"),
    (43, "mskt_right_knee_example_7labels"),
    (44, "spl_knee_atlas_left"),
)


@pytest.fixture(scope="module", params=KNEES, ids=[f"{name}-{seed}" for seed, name in KNEES])
def knee(request):
    seed, anatomy = request.param
    return make_phantom("knee", seed, anatomy=anatomy, abnormalities=HEALTHY)


def mask(knee, name: str) -> np.ndarray:
    return knee.structures() == find_structure(name).label


def points(knee, name: str) -> np.ndarray:
    """Voxel centres of a structure, (N, 3) RAS mm."""
    return knee.geometry.to_ras(np.argwhere(mask(knee, name)))


def volume_ml(knee, name: str) -> float:
    return float(mask(knee, name).sum()) * SPACING_MM**3 / 1000


def along_main_axis(where: np.ndarray) -> np.ndarray:
    """(N, 3) points in the axes of their own spread, longest first, mm."""
    centred = where - where.mean(0)
    return centred @ np.linalg.svd(centred, full_matrices=False)[2].T


def test_the_anterior_cruciate_is_a_band_as_long_and_large_as_measured(knee):
    """Length 36.8 +- 4 mm (Rai 2022) and 40.6 +- 3.6 mm (PMC7120849); waist 10.0 +- 1.9 by 6.5 +- 1.3 mm
    (doi 10.1177/0363546517699828); volume 1712 +- 356 mm3 in men, 1200 +- 338 in women (J Athl Train 2019;54:513),
    2151 on average elsewhere (Am J Sports Med 2009;37:1282).
    """
    own = along_main_axis(points(knee, "anterior_cruciate_ligament"))
    assert 25 < np.ptp(own[:, 0]) < 52
    assert 0.6 < volume_ml(knee, "anterior_cruciate_ligament") < 3.0
    waist = own[np.abs(own[:, 0]) < 4]
    section_mm2 = len(waist) * SPACING_MM**3 / 8
    assert 18 < section_mm2 < 90


def test_the_posterior_cruciate_is_as_long_as_measured_and_no_thinner_than_the_anterior_one(knee):
    """Length 39 +- 4 mm (Rai 2022, Journal of Morphological Sciences); section 1.2 to 1.5 times the anterior one's."""
    own = along_main_axis(points(knee, "posterior_cruciate_ligament"))
    assert 27 < np.ptp(own[:, 0]) < 53
    ratio = volume_ml(knee, "posterior_cruciate_ligament") / volume_ml(knee, "anterior_cruciate_ligament")
    assert 0.8 < ratio < 3.2  # assumed


def test_the_posterior_cruciate_is_bowed():
    knee = make_phantom("knee", 40, anatomy="procedural", abnormalities=HEALTHY)
    where = points(knee, "posterior_cruciate_ligament")
    top, bottom = where[where[:, 2] > where[:, 2].max() - 4].mean(0), where[where[:, 2] < where[:, 2].min() + 4].mean(0)
    chord = (bottom - top) / np.linalg.norm(bottom - top)
    off = (where - top) - np.outer((where - top) @ chord, chord)
    assert np.median(off @ np.array([0, -0.6, 0.8])) > 1.5  # assumed


def test_fat_and_synovium_part_the_cruciates_from_the_walls_of_the_notch(knee):
    """A cruciate has neighbours that it stands out from along most of its length (assumed)."""
    around = p.members("other_fat_pad", "synovium", "joint_fluid", "infrapatellar_fat_pad", "intermuscular_fat")
    for name in ("anterior_cruciate_ligament", "posterior_cruciate_ligament"):
        own = mask(knee, name)
        shell = grow(own) & ~own
        assert around[knee.parts[shell]].mean() > 0.3, name


def test_the_medial_collateral_reaches_as_far_below_the_joint_line_as_measured(knee):
    """Length 94.8 mm and lower end 61.2 mm below the joint line (LaPrade 2007, J Bone Joint Surg); centre of the
    tibial insertion at 62.4 +- 5.5 mm (doi 10.1186/1749-799X-5-69).
    """
    where = points(knee, "medial_collateral_ligament")
    assert -80 < where[:, 2].min() < -46
    assert 70 < np.ptp(where[:, 2]) < 113
    # A ribbon: far wider from front to back than it is thick.
    middle = where[np.abs(where[:, 2] + 20) < 0.5]
    assert np.ptp(middle[:, 1]) > 2 * (np.ptp(middle[:, 0]) - 1.5)


def test_the_lateral_collateral_is_a_cord_from_the_epicondyle_to_the_fibula_in_fat(knee):
    """Length 48.3 (standard error 1.1) mm and width 4 mm in 70 knees (doi 10.1002/ca.22416), 61.4 +- 6.2 and
    4.1 +- 0.7 mm in 61 (doi 10.3969/j.issn.0529-1356.2011.04.017).
    """
    name = "lateral_collateral_ligament"
    own = along_main_axis(points(knee, name))
    assert 38 < np.ptp(own[:, 0]) < 81
    assert 0.2 < volume_ml(knee, name) < 2.8
    touching = grow(mask(knee, name), 2)
    assert (touching & (knee.structures() == find_structure("fibula").label)).any()
    shell = grow(mask(knee, name)) & ~mask(knee, name)
    fat = p.members("intermuscular_fat", "other_fat_pad", "subcutaneous_fat", "synovium", "joint_fluid")
    assert fat[knee.parts[shell]].mean() > 0.4  # assumed


@pytest.mark.parametrize("side", ["medial", "lateral"])
def test_menisci_are_wedges_of_measured_size(knee, side):
    """Front to back about 47 and 35 mm; medial widths about 8 mm in front and in the middle and 13.5 mm behind; heights
    behind about 7 and 7.5 mm (all assumed: no primary source was read)."""
    own = mask(knee, f"{side}_meniscus")
    where = points(knee, f"{side}_meniscus")
    low, high = {"medial": (33, 60), "lateral": (24, 50)}[side]
    assert low < np.ptp(where[:, 1]) < high
    assert 0.7 < volume_ml(knee, f"{side}_meniscus") < 5.0  # assumed
    plateau = points(knee, f"{side}_tibial_cartilage").mean(0)
    outward = 1.0 if side == "lateral" else -1.0
    columns = np.argwhere(own.any(2))
    xy = knee.geometry.to_ras(np.c_[columns, np.zeros(len(columns))])[:, :2] - plateau[:2]
    angle, radius = np.rad2deg(np.arctan2(xy[:, 1], outward * xy[:, 0])), np.hypot(*xy.T)
    tall = own.sum(2)[tuple(columns.T)] * SPACING_MM
    body = np.abs(angle) < 15
    width = np.ptp(radius[body])
    assert 4.5 < width < 17
    rim, edge = radius[body] > np.quantile(radius[body], 0.75), radius[body] < np.quantile(radius[body], 0.25)
    assert tall[body][rim].mean() > 1.3 * tall[body][edge].mean(), "it is no wedge"
    assert 2.4 < np.quantile(tall, 0.95) < 10.5


@pytest.mark.parametrize(
    ("name", "bone", "low", "high"),
    [
        ("femoral_cartilage", "femur", 1.2, 3.0),
        ("medial_tibial_cartilage", "tibia", 1.1, 3.0),
        ("lateral_tibial_cartilage", "tibia", 1.2, 3.3),
        ("patellar_cartilage", "patella", 1.2, 3.6),
    ],
)
def test_cartilage_is_as_thick_as_measured_at_its_surface(knee, name, bone, low, high):
    """Means of 686 people: femur 1.86 and 1.77, tibia 1.73 medially and 2.09 mm laterally (PubMed 20691798); in 27
    young men 2.76 mm on average and 5.72 at most in the patella (PubMed 11237657). Worn plates widen the range.
    """
    plate, hard = mask(knee, name), mask(knee, bone)
    distance = signed_distance(hard, SPACING_MM)
    surface = plate & grow(~plate & ~hard)
    thickness = distance[surface] + SPACING_MM / 2
    assert low < thickness.mean() < high
    assert np.quantile(thickness, 0.99) < 6.2


def test_the_plates_of_a_worn_label_map_meet_over_a_film_and_not_over_a_hole():
    """Joint space between the cartilages where no meniscus lies: a film (assumed at most 2.4 mm in the middle)."""
    for seed in range(50, 52):
        knee = make_phantom("knee", seed, anatomy="spl_knee_atlas_left", abnormalities=HEALTHY)
        k = np.arange(knee.parts.shape[2])
        under = np.where(mask(knee, "femur") | mask(knee, "femoral_cartilage"), k, 10_000).min(2)
        for side in ("medial", "lateral"):
            plate = mask(knee, f"{side}_tibial_cartilage")
            top = np.where(plate, k, -1).max(2)
            i, j = np.argwhere(plate.any(2)).mean(0).astype(int)
            middle = (slice(i - 7, i + 8), slice(j - 7, j + 8))
            bearing = (plate.any(2) & (under < 10_000) & ~mask(knee, f"{side}_meniscus").any(2))[middle]
            assert np.median((under - top - 1)[middle][bearing]) * SPACING_MM <= 2.4


def test_a_label_map_is_bent_into_another_person_each_time_without_tearing():
    original = atlas_parts("mskt_dess_right_10labels", KNEE_FRAME)
    first, second = (warped(original, KNEE_FRAME, draw_warp((1, 1, 1), np.random.default_rng(n))) for n in (1, 2))
    femur = p.FEMUR[first]
    overlap = 2 * (femur & p.FEMUR[second]).sum() / (femur.sum() + p.FEMUR[second].sum())
    assert 0.85 < overlap < 0.985
    # Cartilage still lies on its bone: hardly any of it further off than it was.
    plate = first == p.part_number("femoral_cartilage")
    assert (plate & ~grow(femur, 7)).sum() < 0.01 * plate.sum()
    again = warped(original, KNEE_FRAME, draw_warp((1, 1, 1), np.random.default_rng(1)))
    assert np.array_equal(first, again)


@pytest.mark.parametrize("side", ["medial", "lateral"])
@pytest.mark.parametrize("grade", [1, 2, 3])
def test_a_meniscal_tear_is_long_and_wide_enough_for_a_clinical_slice_and_reaches_a_surface(side, grade):
    injured = HEALTHY | {f"{side}_meniscus_injury": grade}
    knee = make_phantom("knee", 60 + grade, anatomy="procedural", abnormalities=injured)
    torn = knee.parts == p.part_number(f"torn_{side}_meniscus")
    assert torn.sum() * SPACING_MM**3 > 15
    meniscus = mask(knee, f"{side}_meniscus")
    assert (torn & grow(~meniscus)).sum() > 8, "it reaches no surface"
    assert (meniscus & ~torn).sum() > 0.3 * meniscus.sum(), "nothing whole is left"
