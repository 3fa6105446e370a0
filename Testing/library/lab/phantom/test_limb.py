"""What lies around the joint is as uneven as in people: sheets, fat and the ends of the limb."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import find_structure
from OrthoDiffusionLib.lab.phantom.engine.pose import Pose
from OrthoDiffusionLib.lab.phantom.engine.sampling import PartBlocks, sample_parts
from OrthoDiffusionLib.lab.phantom.engine.shapes import grow
from OrthoDiffusionLib.lab.phantom.knee import parts as p
from OrthoDiffusionLib.lab.phantom.knee.soft_tissue import draw_build
from OrthoDiffusionLib.lab.phantom.phantom import make_phantom
from OrthoDiffusionLib.volumes import Geometry

SPACING_MM = 0.8


@pytest.fixture(scope="module")
def knee():
    return make_phantom("knee", 4, anatomy="procedural", abnormalities={}, prevalence=0.0)


def height(knee, z_mm: float) -> int:
    return round((z_mm - knee.geometry.to_ras(np.zeros((1, 3)))[0, 2]) / SPACING_MM)


def test_fat_under_the_skin_is_millimetres_thick_and_differs_between_people():
    thickness = np.array([draw_build(np.random.default_rng(seed)).fat_mm for seed in range(400)])
    assert 3.0 < np.median(thickness) < 5.0
    assert np.percentile(thickness, 5) < 2.5 and 6.5 < np.percentile(thickness, 95) < 11.0


@pytest.mark.long
def test_no_black_ring_lies_round_the_limb(knee):
    thick, thin = (knee.parts == p.part_number(name) for name in ("deep_fascia", "thin_fascia"))
    for z in (-70, 60):
        # How many of the rays from the middle of the limb cross a dark sheet, and a thin one, on their way to the skin.
        k = height(knee, z)
        middle = np.argwhere(knee.parts[:, :, k] > 0).mean(0)
        angles = np.deg2rad(np.arange(0, 360, 2))
        radii = np.arange(0, 110)
        rays = middle + np.stack([np.cos(angles), np.sin(angles)], -1)[:, None] * radii[None, :, None]
        i, j = np.clip(np.rint(rays).astype(int), 0, np.array(knee.parts.shape[:2]) - 1).transpose(2, 0, 1)
        crossed = thick[i, j, k].any(1).mean()
        assert 0.02 < crossed < 0.9
        assert thin[i, j, k].any(1).mean() > 0.3


@pytest.mark.long
def test_muscles_have_fat_and_sheets_between_and_inside_them(knee):
    muscle = p.MUSCLE[knee.parts]
    sheet = knee.parts == p.part_number("thin_fascia")
    inside = sheet & grow(muscle)
    calf = slice(0, height(knee, -40))
    assert 0.01 < inside[:, :, calf].sum() / muscle[:, :, calf].sum() < 0.25
    names = {p.PARTS[n].name for n in np.unique(knee.parts)}
    assert {"muscle_a", "muscle_b", "artery", "vein", "nerve", "intermuscular_fat", "thin_fascia"} <= names


@pytest.mark.long
def test_thin_cortex_is_a_shell_of_its_bone_and_moves_no_outline(knee):
    bone_of = {"femur": 1, "tibia": 2, "patella": 3, "fibula": 12}
    for bone, label in bone_of.items():
        assert find_structure(bone).label == label
        solid = knee.structures() == label
        thin = knee.parts == p.part_number(f"{bone}_thin_cortex")
        assert thin.any() and not (thin & ~solid).any()
        assert not (thin & ~grow(~solid)).any(), "it lies on the surface of the bone"


@pytest.mark.long
def test_the_limb_goes_on_at_its_ends_without_a_smear():
    knee = make_phantom("knee", 4, anatomy="procedural", abnormalities={}, prevalence=0.0)
    still = Pose(np.eye(3), np.zeros(3), np.ones(3), 0.0, np.zeros((3, 8, 8, 8), np.float32), None)
    top = Geometry.from_axes((60, 60, 25), spacing_mm=(1.6,) * 3, directions=np.eye(3), centre_ras=(0.0, 0.0, 128.0))
    parts = sample_parts(PartBlocks(knee.parts), knee.geometry, still, top)[0]
    assert (parts > 0).mean() > 0.5
    changes = [(parts[:, :, k] != parts[:, :, k + 1]).mean() for k in range(parts.shape[2] - 1)]
    assert min(changes) > 0.003, "each plane differs from the one below it"
