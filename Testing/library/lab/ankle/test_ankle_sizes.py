"""A digital ankle's bones, tendons and joint spaces are as large as people's, in millimetres.

Sources stand in each test; where two numbers are given they are mean and standard deviation.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from OrthoDiffusionLib.lab.phantom.ankle import parts as p
from OrthoDiffusionLib.lab.phantom.ankle.ankle import ANATOMIES
from OrthoDiffusionLib.lab.phantom.ankle.body import draw_body

from .test_ankle_anatomy import VOXEL_MM, at_height


def section(ankle, name, z):
    """(N, 2) mm of one layer of voxels of a structure."""
    points = ankle.points(name)
    return points[np.abs(points[:, 2] - z) < VOXEL_MM / 2][:, :2]


@pytest.mark.parametrize("anatomy", ANATOMIES)
def test_the_dome_is_an_arc_and_a_wedge(anatomy):
    """Radius 20.7 ± 2.6 mm (n = 21, PMC1888582); breadth 31.0 in front, 28.2 in the middle, 21.4 behind (160 tali)."""
    body, _ = draw_body(anatomy, np.random.default_rng(1))
    talus = body.bones["talus"]
    top = talus[(talus[:, 2] > talus[:, 2].max() - 9) & (np.abs(talus[:, 0] + 1) < 5) & (np.abs(talus[:, 1]) < 14)]
    equations = np.column_stack([2 * top[:, 1], 2 * top[:, 2], np.ones(len(top))])
    y, z, rest = np.linalg.lstsq(equations, (top[:, 1:] ** 2).sum(axis=1), rcond=None)[0]
    assert np.sqrt(rest + y**2 + z**2) / body.size == pytest.approx(20.7, abs=2 * 2.6)

    def breadth(y):
        slab = talus[np.abs(talus[:, 1] - y * body.size) < 2.5]
        return np.ptp(slab[slab[:, 2] > slab[:, 2].max() - 5][:, 0])

    assert 22 < breadth(0) / body.size < 36
    assert breadth(9) > breadth(-10)


def test_every_bone_has_a_shell_of_cortex_round_its_marrow(healthy):
    for bone in p.BONES:
        cortex = healthy.part(f"{bone}_cortex", f"{bone}_thin_cortex")
        marrow = healthy.part(*(f"{bone}_{kind}" for kind in ("marrow", "red_marrow", "physeal_scar", "oedema")))
        whole = cortex | marrow
        where = [np.flatnonzero(whole.any(axis=tuple(m for m in range(3) if m != n))) for n in range(3)]
        box = tuple(slice(w[0], w[-1] + 1) for w in where)
        # Where a bone leaves the canvas it is cut, and no outside is seen.
        padded = np.pad(whole[box], 2)
        for axis, w in enumerate(where):
            if w[-1] + 1 == whole.shape[axis]:
                end = tuple(slice(-2, None) if n == axis else slice(None) for n in range(3))
                padded[end] = np.take(padded, [-3], axis=axis)
        depth = distance_transform_edt(padded, sampling=VOXEL_MM)[2:-2, 2:-2, 2:-2][marrow[box]]
        assert marrow.sum() > cortex.sum() > 0.08 * whole.sum(), bone
        assert (depth < 1.0).mean() < 0.04, bone


def test_the_shafts_have_a_thick_cortex_and_the_ends_a_thin_one(healthy):
    for bone in ("tibia", "fibula"):
        parts = healthy.built.canvas.parts
        shares = []
        for z in (4.0, 78.0):
            level = parts[:, :, healthy.built.canvas.frame.index(2, z)]
            cortex = p.members(f"{bone}_cortex", f"{bone}_thin_cortex")[level].sum()
            shares.append(cortex / (p.LIST.members_of_structure(p.BONES[bone])[level]).sum())
        assert shares[1] > 1.6 * shares[0], bone


def test_tibia_fibula_and_talus_stand_as_far_apart_as_peoples(healthy):
    """Syndesmosis 3.7 mm in front and 7.8 behind (cone-beam, n = 20, PMC6544278); medially 2 to 4 mm (assumed)."""
    fibula, tibia = (section(healthy, name, 10.0) for name in ("fibula", "tibia"))

    def gap(points):
        return min(np.sqrt(((tibia - point) ** 2).sum(axis=1)).min() for point in points)

    front, back = (fibula[:, 1] > np.percentile(fibula[:, 1], 70)), (fibula[:, 1] < np.percentile(fibula[:, 1], 30))
    assert 1.2 < gap(fibula[front]) < 6.0
    assert 3.0 < gap(fibula[back]) < 11.0
    assert gap(fibula[back]) > gap(fibula[front])
    malleolus, talus = (at_height(healthy.points(name), -7.0, 2.0) for name in ("tibia", "talus"))
    inner = malleolus[malleolus[:, 0] < -10][::5]
    assert 1.2 < min(np.sqrt(((talus - point) ** 2).sum(axis=1)).min() for point in inner) < 4.5


def test_tendons_are_as_thick_as_peoples(healthy):
    """Tibialis posterior at most 7.5 by 3.9 mm (jcpsp 2022.09.1110), flexor digitorum about half of it; the peroneal
    tendons 15 mm above the tip of the fibula: longus 6.7 ± 1.4 wide (PMC3751327)."""
    voxel = VOXEL_MM**2
    posterior = section(healthy, "posterior_tibial_tendon", 0.0)
    flexors = section(healthy, "flexor_tendons", 0.0)
    digitorum, hallucis = flexors[flexors[:, 0] < -14], flexors[flexors[:, 0] > -12]
    assert 12 < len(posterior) * voxel < 48
    assert 0.25 < len(digitorum) / len(posterior) < 0.95
    assert 8 < len(hallucis) * voxel < 45
    tip = healthy.points("fibula")[:, 2].min()
    peroneal = section(healthy, "peroneal_tendons", tip + 15)
    assert 5.0 < np.ptp(peroneal[:, 0]) + VOXEL_MM < 13
    assert 25 < len(peroneal) * voxel < 95


def test_the_achilles_tendon_is_flat_or_hollow_in_front_and_wide_at_its_insertion(healthy):
    """25.7 ± 3.0 mm wide at the insertion (n = 81, Szaro)."""
    heel, tendon = healthy.points("calcaneus"), healthy.points("achilles_tendon")
    insertion = heel[heel[:, 1].argmin()]
    assert 17 < np.ptp(at_height(tendon, insertion[2], 1.0)[:, 0]) + VOXEL_MM < 34
    level = at_height(tendon, insertion[2] + 40, VOXEL_MM / 2)
    columns = np.rint(level[:, 0] / VOXEL_MM)
    front = np.array([level[columns == column][:, 1].max() for column in np.unique(columns)])
    inner = front[3:-3]
    assert np.ptp(inner) <= 1.5
    assert inner[len(inner) // 2] <= np.percentile(inner, 90) + 0.1


def test_vessels_and_nerve_lie_behind_the_medial_malleolus_between_two_flexors(healthy):
    """The tarsal tunnel: from the malleolus back tibialis posterior, flexor digitorum, vessels, nerve, hallucis."""
    box = healthy.built.canvas.box((-40, -40, -6), (0, 0, 4))
    parts = healthy.built.canvas.view(box)
    origin = np.array([box.x.flat[0], box.y.flat[0], box.z.flat[0]])
    artery, nerve = (origin + VOXEL_MM * np.argwhere(p.members(name)[parts]) for name in ("artery", "nerve"))
    assert len(artery) > 20 and len(nerve) > 20
    posterior, flexors = (
        at_height(healthy.points(name), 0.0) for name in ("posterior_tibial_tendon", "flexor_tendons")
    )
    hallucis = flexors[flexors[:, 0] > -12].mean(0)
    for cord in (artery, nerve):
        assert posterior[:, 0].mean() < cord[:, 0].mean() < hallucis[0] + 2
        assert cord[:, 1].mean() < posterior[:, 1].mean()


def test_a_limb_has_muscles_vessels_nerves_fascia_and_skin(healthy):
    ml = {name: healthy.part(name).sum() * VOXEL_MM**3 / 1000 for name in p.SOFT_PARTS}
    assert 120 < sum(ml[name] for name in p.MUSCLES) < 480
    assert 25 < ml["skin"] < 250
    assert min(ml[name] for name in ("artery", "vein", "nerve", "thin_fascia", "fat_septum")) > 0.3
