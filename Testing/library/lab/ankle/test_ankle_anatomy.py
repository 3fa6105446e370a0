"""A digital ankle's structures lie where anatomy says, in millimetres; sources stand in the simulator."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import binary_dilation, distance_transform_edt
from scipy.ndimage import label as pieces_of

from OrthoDiffusionLib.lab.phantom.ankle import parts as p

from .conftest import LABELS

VOXEL_MM = 0.7


def near(ankle, points, mm):
    """(N,) whether points of a painted ankle, canonical mm, lie so near to each other's set."""
    return np.array([np.sqrt(((points - point) ** 2).sum(1)).min() < mm for point in ankle])


def at_height(points, z, half=1.5):
    return points[np.abs(points[:, 2] - z) < half]


def sizes_of_pieces(ankle, name):
    mask = ankle.structures == LABELS[name]
    where = [np.flatnonzero(mask.any(axis=tuple(m for m in range(3) if m != n))) for n in range(3)]
    pieces, _ = pieces_of(mask[tuple(slice(w[0], w[-1] + 1) for w in where)])
    return np.bincount(pieces.ravel())[1:]


def test_every_structure_is_there_and_each_bone_is_one_piece(healthy):
    volumes = {name: (healthy.structures == label).sum() * VOXEL_MM**3 / 1000 for name, label in LABELS.items()}
    assert min(volumes.values()) > 0.02, volumes
    for bone in ("tibia", "fibula", "talus", "calcaneus", "navicular", "cuboid"):
        assert sizes_of_pieces(healthy, bone).size == 1, bone
    for name in ("anterior_talofibular_ligament", "calcaneofibular_ligament", "achilles_tendon"):
        sizes = sizes_of_pieces(healthy, name)
        assert sizes.max() > 0.9 * sizes.sum(), name


def test_bones_are_as_large_as_peoples(healthy):
    """Talus 54 to 61 by 40 to 43 by 30 to 34 mm on average, calcaneus 74 long (CT); these ankles are mostly larger."""
    length, width, height = (np.ptp(healthy.points("talus"), axis=0) + VOXEL_MM)[[1, 0, 2]]
    assert 46 < length < 74 and 36 < width < 56 and 27 < height < 46
    assert 66 < np.ptp(healthy.points("calcaneus")[:, 1]) < 96
    talus, calcaneus = (
        (healthy.structures == LABELS[name]).sum() * VOXEL_MM**3 / 1000 for name in ("talus", "calcaneus")
    )
    assert 20 < talus < 55 and 45 < calcaneus < 110
    shaft = at_height(healthy.points("tibia"), 80.0)
    assert 18 < np.ptp(shaft[:, 0]) < 34
    plafond = at_height(healthy.points("tibia"), 5.0)
    assert 36 < np.ptp(plafond[:, 0]) < 62 and 28 < np.ptp(plafond[:, 1]) < 48


def test_fibula_is_lateral_and_lower_and_the_sustentaculum_medial(healthy):
    fibula, tibia, calcaneus = (healthy.points(name) for name in ("fibula", "tibia", "calcaneus"))
    lateral_tip, medial_tip = fibula[fibula[:, 2].argmin()], tibia[tibia[:, 2].argmin()]
    assert 5 < medial_tip[2] - lateral_tip[2] < 22
    assert 2 < medial_tip[1] - lateral_tip[1] < 20
    assert 42 < lateral_tip[0] - medial_tip[0] < 72
    upper = calcaneus[(np.abs(calcaneus[:, 1]) < 6) & (calcaneus[:, 2] > -40)]
    assert upper[:, 0].min() < calcaneus[:, 0].mean() - 18


def test_the_ankle_joint_has_two_plates_of_cartilage_as_thick_as_peoples(healthy):
    box = healthy.built.canvas.box((-8, -8, -12), (7, 8, 10))
    view = healthy.structures[box.slices]
    talar, tibial = (
        (view == LABELS[f"{name}_cartilage"]).sum(2) * VOXEL_MM for name in ("talar_dome", "tibial_plafond")
    )
    assert 0.8 < talar.mean() < 2.0
    assert 0.7 < tibial.mean() < 1.9
    covered = (talar > 0) & (tibial > 0)
    assert covered.mean() > 0.9
    bone = np.isin(view, [LABELS["tibia"], LABELS["talus"]])
    space = (~bone).sum(2) * VOXEL_MM
    assert 1.6 < np.median(space) < 4.2


def test_the_talar_plate_is_thickest_at_the_shoulders_of_the_dome(healthy):
    box = healthy.built.canvas.box((-20, -10, -14), (18, 10, 8))
    view = healthy.structures[box.slices]
    cartilage = view == LABELS["talar_dome_cartilage"]
    depth = distance_transform_edt(view != LABELS["talus"], sampling=VOXEL_MM)
    where = np.array([box.x.flat[0], box.y.flat[0], box.z.flat[0]]) + VOXEL_MM * np.argwhere(cartilage)
    on_top = (where[:, 2] > -7) & (np.abs(where[:, 1]) < 9)
    deep = depth[cartilage]
    size = healthy.built.body.size
    across = np.abs(where[:, 0] + 1.0) / size
    shoulder = np.percentile(deep[on_top & (across > 10) & (across < 15)], 97)
    middle = np.percentile(deep[on_top & (across < 6)], 97)
    assert shoulder > middle


def test_the_subtalar_joint_is_filled_with_cartilage(healthy):
    view = healthy.structures[healthy.built.canvas.box((-26, -34, -50), (30, 24, -12)).slices]
    plate = view == LABELS["subtalar_cartilage"]
    for bone in ("talus", "calcaneus"):
        assert (distance_transform_edt(view != LABELS[bone], sampling=VOXEL_MM)[plate] < 3.4).mean() > 0.97
    assert 0.7 < plate.sum() * VOXEL_MM**3 / 1000 < 6.0


ENDS = {
    "anterior_talofibular_ligament": ("fibula", "talus"),
    "calcaneofibular_ligament": ("fibula", "calcaneus"),
    "posterior_talofibular_ligament": ("fibula", "talus"),
    "deltoid_ligament": ("tibia", "calcaneus"),
    "tibiofibular_syndesmosis": ("tibia", "fibula"),
    "achilles_tendon": ("calcaneus", "calcaneus"),
}


@pytest.mark.parametrize("name", ENDS)
def test_a_ligament_is_fixed_to_its_bones(healthy, name):
    view = healthy.structures[healthy.built.canvas.box((-45, -70, -75), (50, 45, 35)).slices]
    ligament = binary_dilation(view == LABELS[name], iterations=2)
    for bone in ENDS[name]:
        assert (ligament & (view == LABELS[bone])).sum() > 10, bone


def test_the_achilles_tendon_is_as_thick_as_peoples_and_ends_on_the_back_of_the_heel(healthy):
    tendon, heel = healthy.points("achilles_tendon"), healthy.points("calcaneus")
    insertion = heel[heel[:, 1].argmin()]
    low = tendon[tendon[:, 2] < insertion[2] + 4]
    assert low[:, 1].mean() < insertion[1] + 4 and abs(low[:, 0].mean() - insertion[0]) < 6
    # 4.9 ± 0.5 mm thick and 14.7 ± 1.8 wide four centimetres above.
    level = at_height(tendon, insertion[2] + 40)
    middle = level[np.abs(level[:, 0] - level[:, 0].mean()) < 1.5]
    assert 3.2 < np.ptp(middle[:, 1]) + VOXEL_MM < 7.5
    assert 10 < np.ptp(level[:, 0]) + VOXEL_MM < 21
    assert tendon[:, 2].max() > 80


def test_flexor_tendons_pass_behind_the_medial_malleolus_in_their_order(healthy):
    level = -2.0
    malleolus = at_height(healthy.points("tibia"), level)
    posterior_tibial = at_height(healthy.points("posterior_tibial_tendon"), level).mean(0)
    flexors = at_height(healthy.points("flexor_tendons"), level)
    digitorum, hallucis = flexors[flexors[:, 0] < -14].mean(0), flexors[flexors[:, 0] > -12].mean(0)
    assert posterior_tibial[0] < digitorum[0] < hallucis[0]
    behind = malleolus[np.abs(malleolus[:, 0] - posterior_tibial[0]) < 3][:, 1].min()
    assert -9 < posterior_tibial[1] - behind < 1


def test_peroneal_tendons_pass_behind_the_fibula_and_over_the_calcaneofibular_ligament(healthy):
    fibula = at_height(healthy.points("fibula"), -8.0)
    tendons = at_height(healthy.points("peroneal_tendons"), -8.0)
    assert -10 < tendons[:, 1].mean() - fibula[:, 1].min() < 0
    assert abs(tendons[:, 0].mean() - fibula[:, 0].mean()) < 8
    ligament = healthy.points("calcaneofibular_ligament")
    all_tendons = healthy.points("peroneal_tendons")
    crossing = [
        (point, level[np.abs(level[:, 1] - point[1]) < 3])
        for point in ligament[(ligament[:, 2] < -30) & (ligament[:, 2] > -40)]
        for level in [at_height(all_tendons, point[2])]
    ]
    beside = [(point[0], tendon[:, 0].mean()) for point, tendon in crossing if len(tendon)]
    assert len(beside) > 5
    assert np.mean([ligament_x < tendon_x for ligament_x, tendon_x in beside]) > 0.9


def test_extensor_tendons_pass_in_front_of_the_tibia(healthy):
    tibia = at_height(healthy.points("tibia"), 10.0)
    tendons = at_height(healthy.points("extensor_tendons"), 10.0)
    assert 1 < tendons[:, 1].mean() - tibia[:, 1].max() < 10
    assert np.ptp(tendons[:, 0]) > 15


def test_kagers_fat_lies_before_the_tendon_and_the_bursa_between_tendon_and_heel(healthy):
    fat, tendon, bursa = (healthy.points(name) for name in ("kager_fat_pad", "achilles_tendon", "retrocalcaneal_bursa"))
    for z in (-15.0, 0.0, 12.0):
        assert at_height(fat, z)[:, 1].mean() > at_height(tendon, z)[:, 1].mean() + 4
    assert 3 < (healthy.structures == LABELS["kager_fat_pad"]).sum() * VOXEL_MM**3 / 1000 < 30
    heel = healthy.points("calcaneus")
    assert near([bursa.mean(0)], heel[heel[:, 1] < -30], 5.0).all()
    assert near([bursa.mean(0)], tendon, 6.0).all()
    assert (healthy.structures == LABELS["retrocalcaneal_bursa"]).sum() * VOXEL_MM**3 / 1000 < 1.5


def test_skin_and_fat_lie_between_every_bone_and_the_air(healthy):
    parts = healthy.built.canvas.parts[::2, :-30:2, ::2]  # the foot goes on beyond the canvas
    away = distance_transform_edt(parts > 0, sampling=2 * VOXEL_MM)
    assert away[p.BONE[parts]].min() > 1.5


def test_the_heel_pad_is_as_thick_as_peoples(healthy):
    heel = healthy.points("calcaneus")
    lowest = heel[heel[:, 2].argmin()]
    frame = healthy.built.canvas.frame
    column = healthy.built.canvas.parts[frame.index(0, lowest[0]), frame.index(1, lowest[1])]
    ground = np.flatnonzero(column)[0] * frame.spacing_mm + frame.lo_mm[2]
    assert 8 < lowest[2] - ground < 25


def test_a_trace_of_fluid_is_normal_and_the_recesses_hold_it(healthy):
    volume = (healthy.structures == LABELS["joint_fluid"]).sum() * VOXEL_MM**3 / 1000
    assert 0.05 < volume < 9
    fluid = healthy.points("joint_fluid")
    assert ((fluid[:, 2] > -50) & (fluid[:, 2] < 25)).all()
