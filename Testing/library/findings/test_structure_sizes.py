"""Thickness in millimetres, on shapes whose thickness is known."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import KNEE_STRUCTURES
from OrthoDiffusionLib.findings import Segmentation, cartilage_thickness_mm, structure_sizes, thickness_map
from OrthoDiffusionLib.volumes import Geometry, Volume


def _knee(array, spacing=0.5):
    hi = np.array(array.shape) * spacing
    return Segmentation(Volume(array, Geometry.from_box((0, 0, 0), hi, spacing)), KNEE_STRUCTURES)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("voxels", [2, 4, 6])
def test_a_flat_plate_on_bone_is_as_thick_as_it_is(axis, voxels):
    array = np.zeros((60, 60, 60), np.uint8)
    array[10:50, 10:50, 5:20] = 2
    array[14:46, 14:46, 20 : 20 + voxels] = 5
    array = np.moveaxis(array, 2, axis)
    thickness = cartilage_thickness_mm(_knee(np.ascontiguousarray(array)), "medial_tibial_cartilage")
    assert thickness == pytest.approx(np.full(len(thickness), voxels * 0.5))


def test_a_spherical_shell_of_2_4_mm_measures_2_4_mm():
    at = np.stack(np.meshgrid(*[np.arange(100) - 49.5] * 3, indexing="ij"), -1) * 0.7
    radius = np.linalg.norm(at, axis=-1)
    array = np.where(radius < 22.0, 1, np.where(radius < 24.4, 4, 0)).astype(np.uint8)
    thickness = cartilage_thickness_mm(_knee(array, 0.7), "femoral_cartilage")
    assert thickness.mean() == pytest.approx(2.4, abs=0.25)


def test_a_left_knee_measures_like_its_mirror_image(right_knee):
    left = Segmentation(right_knee.labels.mirrored(), KNEE_STRUCTURES)
    assert [m.value for m in structure_sizes(left)] == pytest.approx([m.value for m in structure_sizes(right_knee)])


def test_the_cartilages_of_a_real_knee_have_plausible_thicknesses(right_knee):
    mean = {m.structure: m.value for m in structure_sizes(right_knee) if m.name == "mean_thickness"}
    assert set(mean) == {
        "femoral_cartilage", "medial_tibial_cartilage", "lateral_tibial_cartilage", "patellar_cartilage"
    }  # fmt: skip
    assert all(1.0 < value < 4.0 for value in mean.values()), mean


def test_a_cartilage_that_touches_no_bone_has_no_thickness():
    array = np.zeros((30, 30, 30), np.uint8)
    array[5:10, 5:10, 5:10] = 4
    array[20:25, 20:25, 20:25] = 1
    assert len(cartilage_thickness_mm(_knee(array), "femoral_cartilage")) == 0
    assert cartilage_thickness_mm(_knee(array), "medial_tibial_cartilage") is None
    assert [m.name for m in structure_sizes(_knee(array))] == ["volume", "volume"]


def _plate(hole):
    """A plate of 2 mm on a block of bone, 32 mm wide, with some of it gone."""
    array = np.zeros((80, 80, 40), np.uint8)
    array[5:75, 5:75, 5:20] = 2
    array[8:72, 8:72, 20:24] = 5
    array[hole][array[hole] == 5] = 0
    return _knee(array)


def test_bare_bone_that_cartilage_surrounds_counts_as_0_mm():
    whole = thickness_map(_plate(np.s_[0:0]), "medial_tibial_cartilage")
    worn = thickness_map(_plate(np.s_[30:46, 30:46]), "medial_tibial_cartilage")
    assert whole.bare_share == 0 and whole.thickness_mm.mean() == pytest.approx(2.0)
    assert worn.bare_share == pytest.approx(16**2 / 64**2, rel=0.03)
    bare = worn.points_ras[worn.thickness_mm == 0]
    assert bare.min(axis=0)[:2] == pytest.approx([15.25, 15.25])
    assert bare.max(axis=0)[:2] == pytest.approx([22.75, 22.75])
    # The rim of the hole is left out like the rim of the plate.
    assert worn.thickness_mm.mean() == pytest.approx(2.0 * (1 - 16**2 / 64**2), abs=0.08)


def test_bare_bone_at_the_rim_of_a_plate_cannot_be_told_and_is_not_counted():
    assert thickness_map(_plate(np.s_[8:30, 30:46]), "medial_tibial_cartilage").bare_share == 0


@pytest.mark.parametrize("by", ["the grid", "the field of view"])
def test_where_the_picture_ends_a_plate_is_no_thinner(by):
    """A plate of 3 mm, half of which is not imaged: its cut edge lies near, and is not its articular side."""
    whole = np.zeros((60, 60, 60), np.uint8)
    whole[10:50, 10:50, 5:20], whole[14:46, 14:46, 20:26] = 2, 5
    if by == "the grid":
        seen = _knee(np.ascontiguousarray(whole[30:]))
    else:
        imaged = np.arange(60)[:, None, None] >= np.full((60, 60, 60), 30)
        knee = _knee(whole * imaged)
        seen = Segmentation(knee.labels, KNEE_STRUCTURES, imaged=imaged)
    found = cartilage_thickness_mm(seen, "medial_tibial_cartilage")
    assert len(found) > 50
    assert found == pytest.approx(np.full(len(found), 3.0))
    assert not seen.complete("medial_tibial_cartilage")


def test_the_places_of_a_thickness_map_lie_on_the_bone():
    found = thickness_map(_plate(np.s_[0:0]), "medial_tibial_cartilage")
    assert found.points_ras.shape == (len(found.thickness_mm), 3)
    assert found.points_ras[:, 2] == pytest.approx(10.25)


@pytest.mark.parametrize("spacing_mm", [(0.7, 0.7, 0.7), (0.5, 0.8, 1.1)])
def test_thickness_is_the_distance_to_the_nearest_voxel_outside_unless_that_lies_on_the_bone(spacing_mm):
    height = 8 + np.random.default_rng(0).integers(0, 4, (22, 24))
    array = np.zeros((22, 24, 20), np.uint8)
    array[1:-1, 1:-1][np.arange(20) < height[1:-1, 1:-1, None]] = 5
    array[:, :, :5] = 2
    grid = Geometry.from_axes(array.shape, spacing_mm=spacing_mm, directions=np.eye(3), origin_ras=(3.0, -8.0, 20.0))
    found = thickness_map(Segmentation(Volume(array, grid), KNEE_STRUCTURES), "medial_tibial_cartilage")
    around = np.pad(array, 3)
    outside, on_bone = around == 0, np.zeros(around.shape, bool)
    for axis in range(3):
        on_bone |= np.roll(around == 2, 1, axis) | np.roll(around == 2, -1, axis)
    expected = []
    for place in np.argwhere((around == 5) & on_bone):
        away = np.linalg.norm((np.argwhere(outside) - place) * spacing_mm, axis=1)
        nearest = away <= away.min() + 1e-6
        if not on_bone[outside][nearest].any():
            expected.append((*grid.to_ras(place - 3.0), away.min()))
    covered = found.thickness_mm > 0
    assert len(expected) > 20
    assert np.column_stack([found.points_ras, found.thickness_mm])[covered] == pytest.approx(
        np.array(expected), abs=1e-4
    )
