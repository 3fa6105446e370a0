"""A surface that was painted in voxels is smooth where it is looked up between them, and lies where it was."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.lab.phantom.engine.sampling import PartBlocks, sample_parts
from OrthoDiffusionLib.volumes import Geometry

SPACING = 0.8


class Still:
    """A joint that lies as it was painted."""

    @staticmethod
    def to_canonical(points):
        return np.asarray(points, np.float32)


def grid(shape, spacing, centre=(0.0, 0.0, 0.0)):
    return Geometry.from_axes(shape, spacing_mm=spacing, directions=np.eye(3), centre_ras=centre)


def places(geometry):
    index = np.stack(np.meshgrid(*(np.arange(n) for n in geometry.shape), indexing="ij"), -1)
    return geometry.to_ras(index.astype(float))


@pytest.mark.parametrize("normal", [(1.0, 0.35, 0.0), (0.5, 0.7, 0.6), (0.2, -0.9, 0.4)])
def test_a_slanted_surface_has_no_steps(normal):
    normal = np.array(normal) / np.linalg.norm(normal)
    joint = grid((40, 40, 40), (SPACING,) * 3)
    parts = (places(joint) @ normal > 0.1).astype(np.uint8) * 3
    fine = grid((50, 50, 50), (0.31, 0.31, 0.31), (0.05, 0.1, -0.15))
    found = sample_parts(PartBlocks(parts), joint, Still, fine)[0]
    distance = places(fine) @ normal - 0.1
    wrong = (found == 3) != (distance > 0)
    assert np.abs(distance[wrong]).max() < 0.45 * SPACING  # nearest neighbour errs by up to 0.87 voxels
    nearest = parts[tuple(np.moveaxis(np.rint(joint.to_ijk(places(fine))).astype(int), -1, 0))]
    assert wrong.mean() < 0.8 * ((nearest == 3) != (distance > 0)).mean()
    assert abs(float((found == 3).mean() - (distance > 0).mean())) < 0.003  # neither part grows


def test_a_voxel_centre_keeps_its_part():
    rng = np.random.default_rng(0)
    joint = grid((12, 14, 16), (SPACING,) * 3)
    parts = rng.integers(0, 60, joint.shape).astype(np.uint8)
    assert np.array_equal(sample_parts(PartBlocks(parts), joint, Still, joint)[0], parts)


def test_no_part_appears_between_two_others():
    joint = grid((12, 12, 12), (SPACING,) * 3)
    parts = np.full(joint.shape, 2, np.uint8)
    parts[6:] = 60
    fine = grid((50, 50, 50), (0.17, 0.17, 0.17))
    assert set(np.unique(sample_parts(PartBlocks(parts), joint, Still, fine))) == {2, 60}


def test_beyond_its_ends_the_limb_is_its_own_mirror_image():
    rng = np.random.default_rng(3)
    joint = grid((12, 14, 16), (SPACING,) * 3)
    parts = rng.integers(0, 60, joint.shape).astype(np.uint8)
    longer = grid((12, 14, 24), (SPACING,) * 3)
    found = sample_parts(PartBlocks(parts), joint, Still, longer)[0]
    assert np.array_equal(found[:, :, 4:20], parts)
    assert np.array_equal(found[:, :, 20:], parts[:, :, -2:-6:-1])
    assert np.array_equal(found[:, :, :4], parts[:, :, 4:0:-1])


def test_beside_the_joint_is_air_and_along_the_limb_it_goes_on():
    joint = grid((10, 10, 10), (SPACING,) * 3)
    parts = np.full(joint.shape, 5, np.uint8)
    wide = grid((30, 30, 30), (SPACING,) * 3)
    found = sample_parts(PartBlocks(parts), joint, Still, wide)[0]
    assert (found[10:20, 10:20] == 5).all()
    assert (found[:9] == 0).all()
    assert (found[:, 21:] == 0).all()
