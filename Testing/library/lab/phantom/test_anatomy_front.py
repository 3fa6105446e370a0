"""The front of the digital knee and its shafts, in patient millimetres and millilitres."""

from __future__ import annotations

import numpy as np
import pytest
from library.lab.phantom.lesion_masks import lesion_mask

from OrthoDiffusionLib.anatomy import find_structure
from OrthoDiffusionLib.lab.phantom.engine.shapes import grow
from OrthoDiffusionLib.lab.phantom.knee import parts as p
from OrthoDiffusionLib.lab.phantom.phantom import make_phantom

pytestmark = pytest.mark.long

HEALTHY = dict.fromkeys(p.LESIONS, 0)
SPACING_MM = 0.8


@pytest.fixture(scope="module", params=[(5, "procedural"), (6, "procedural"), (7, "mskt_dess_right_10labels")])
def knee(request):
    seed, anatomy = request.param
    return make_phantom("knee", seed, anatomy=anatomy, abnormalities=HEALTHY | {"joint_effusion": 1})


@pytest.fixture(scope="module", params=[5, 6])
def own_knee(request):
    """A knee whose bones are drawn, not taken from a label map."""
    return make_phantom("knee", request.param, anatomy="procedural", abnormalities=HEALTHY)


def part(knee, name: str) -> np.ndarray:
    return knee.parts == p.part_number(name)


def labelled(knee, name: str) -> np.ndarray:
    return knee.structures() == find_structure(name).label


def points(knee, mask: np.ndarray) -> np.ndarray:
    return knee.geometry.to_ras(np.argwhere(mask))


def volume_ml(mask: np.ndarray) -> float:
    return float(mask.sum()) * SPACING_MM**3 / 1000


def at_height(knee, mask: np.ndarray, z_mm: float) -> np.ndarray:
    """(I, J) the mask in the axial plane nearest to a height."""
    k = round((z_mm - knee.geometry.to_ras(np.zeros((1, 3)))[0, 2]) / SPACING_MM)
    return mask[:, :, k]


def width_mm(mask: np.ndarray, axis: int = 0) -> float:
    where = np.flatnonzero(mask.any(1 - axis))
    return float(where[-1] - where[0] + 1) * SPACING_MM


def test_the_quadriceps_tendon_ends_on_the_upper_pole_of_the_patella(knee):
    tendon, patella = labelled(knee, "quadriceps_tendon"), labelled(knee, "patella")
    pole = points(knee, patella)[:, 2].max()
    # No fibre over the patella's front is called a tendon.
    assert points(knee, tendon)[:, 2].min() > pole - 8
    assert (grow(tendon, 2) & patella).any()
    above = at_height(knee, tendon, pole + 10)
    assert 20 < width_mm(above) < 48
    assert 4.5 < width_mm(above, axis=1) < 11


def test_fat_lies_between_femur_and_recess_and_behind_the_quadriceps_tendon(knee):
    prefemoral, above = part(knee, "prefemoral_fat_pad"), part(knee, "suprapatellar_fat_pad")
    assert 2 < volume_ml(prefemoral) < 20
    assert 0.3 < volume_ml(above) < 8
    thickness = prefemoral.sum(1).max() * SPACING_MM
    assert 3 < thickness < 15
    # Where fluid is before the pad it is never behind it.
    fluid = labelled(knee, "joint_fluid") & (np.arange(knee.parts.shape[2]) > 190)
    both = prefemoral.any(1) & fluid.any(1)
    assert both.sum() * SPACING_MM**2 > 100
    j = np.arange(knee.parts.shape[1])[None, :, None]
    depth = [((mask * j).sum(1) / np.maximum(mask.sum(1), 1))[both] for mask in (prefemoral, fluid)]
    assert np.mean(depth[1] > depth[0]) > 0.95
    pole = points(knee, labelled(knee, "patella"))[:, 2].max()
    assert points(knee, above)[:, 2].mean() > pole - 2
    assert points(knee, above)[:, 1].mean() < points(knee, labelled(knee, "quadriceps_tendon"))[:, 1].max()


def test_the_infrapatellar_pad_is_as_large_as_measured_and_closed_in_front(knee):
    """26.0 ± 4.2 ml in 43 adults (doi 10.21037/qims-20-441); smaller knees and four deviations widen it."""
    pad = part(knee, "infrapatellar_fat_pad")
    assert 9 < volume_ml(pad) < 42
    rim = grow(pad) & ~pad
    leak = rim & part(knee, "subcutaneous_fat")
    assert leak.sum() < 0.01 * rim.sum(), "the fat pad runs into the subcutaneous fat"
    assert (rim & labelled(knee, "patellar_tendon")).sum() > 200


@pytest.mark.parametrize("side", [-1, 1])
def test_a_retinaculum_joins_the_patella_to_the_side_of_the_femur(knee, side):
    sheet = part(knee, "retinaculum")
    patella = points(knee, labelled(knee, "patella"))
    middle = patella[:, 2].mean()
    here = sheet & (np.abs(knee.geometry.to_ras(np.argwhere(np.ones((1, 1, sheet.shape[2]))))[:, 2] - middle) < 0.8)
    where = points(knee, here)
    edge = side * patella[:, 0]
    beside = where[side * where[:, 0] > edge.max() - 3]
    assert np.ptp(beside[:, 1]) > 12, "it does not reach back along the condyle"
    rows = np.unique(np.round(beside[:, 1] / SPACING_MM))
    assert len(rows) > 0.95 * np.ptp(beside[:, 1]) / SPACING_MM, "it has a gap"


@pytest.mark.parametrize(("grade", "least", "most"), [(1, 8, 34), (2, 18, 62), (3, 38, 125)])
def test_an_effusion_fills_recess_and_gutters_with_what_its_grade_says(grade, least, most):
    knee = make_phantom("knee", 40 + grade, anatomy="procedural", abnormalities=HEALTHY | {"joint_effusion": grade})
    fluid = lesion_mask(knee, "joint_effusion")
    assert least < volume_ml(fluid) < most
    where = points(knee, fluid)
    pole = points(knee, labelled(knee, "patella"))[:, 2].max()
    assert np.mean(where[:, 2] > pole) > 0.15, "the suprapatellar recess is empty"
    low = where[where[:, 2] < pole]
    for side in (-1, 1):
        assert np.sum(side * low[:, 0] > 18) * SPACING_MM**3 > 150, "a gutter is dry"
    assert not (fluid & part(knee, "prefemoral_fat_pad")).any()


def test_the_patella_has_an_apex_that_bears_no_cartilage(own_knee):
    patella = labelled(own_knee, "patella")
    where = points(own_knee, patella)
    low, high = where[:, 2].min(), where[:, 2].max()
    widths = [width_mm(at_height(own_knee, patella, low + share * (high - low))) for share in (0.12, 0.5)]
    assert widths[0] < 0.75 * widths[1]
    depths = [width_mm(at_height(own_knee, patella, low + share * (high - low)), axis=1) for share in (0.08, 0.6)]
    assert depths[0] < 0.7 * depths[1]
    cartilage = points(own_knee, labelled(own_knee, "patellar_cartilage"))[:, 2]
    assert cartilage.min() > low + 0.12 * (high - low)


def test_the_shafts_flare_to_the_joint_and_their_cortex_thins(own_knee):
    femur, tibia = labelled(own_knee, "femur"), labelled(own_knee, "tibia")
    assert 62 < width_mm(at_height(own_knee, tibia, -10)) < 92
    assert 46 < width_mm(at_height(own_knee, tibia, -25)) < 76
    assert 26 < width_mm(at_height(own_knee, tibia, -90)) < 38
    assert width_mm(at_height(own_knee, femur, 50)) > 1.25 * width_mm(at_height(own_knee, femur, 95))

    def cortex_mm(name, z):
        solid = at_height(own_knee, labelled(own_knee, name), z).sum()
        shell = at_height(own_knee, part(own_knee, f"{name}_cortex"), z).sum()
        return SPACING_MM * (np.sqrt(solid / np.pi) - np.sqrt((solid - shell) / np.pi))

    for name, shaft, end in (("femur", 104, 36), ("tibia", -104, -20)):
        assert 2.2 < cortex_mm(name, shaft) < 6.8
        assert cortex_mm(name, end) < 1.8


def test_head_and_neck_of_the_fibula_stay_apart_from_the_tibia(own_knee):
    fibula, tibia = labelled(own_knee, "fibula"), labelled(own_knee, "tibia")
    top = points(own_knee, fibula)[:, 2].max()
    neck = at_height(own_knee, fibula, top - 36).sum()
    head = at_height(own_knee, fibula, top - 14).sum()
    assert head > 1.4 * neck
    near = np.arange(fibula.shape[2])[None, None, :] > fibula.any((0, 1)).nonzero()[0].max() - 12
    assert not (grow(fibula & near) & tibia).any(), "the proximal tibiofibular joint is fused"
