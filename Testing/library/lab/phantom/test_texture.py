"""Texture belongs to the body: it does not depend on the view that shows it."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.lab.phantom.engine.texture import CHANNELS, texture_fields
from OrthoDiffusionLib.volumes import Geometry, Plane
from OrthoDiffusionLib.volumes.geometry import direction_vectors


def stack(plane: Plane, step_mm: float = 1.0) -> Geometry:
    return Geometry.from_axes(
        (41, 61, 61), spacing_mm=(step_mm, 1.0, 1.0), directions=direction_vectors(plane.hanging), centre_ras=(3, -4, 5)
    )


def test_two_views_show_the_same_texture_at_the_same_place():
    sagittal, axial = stack(Plane.SAGITTAL), stack(Plane.AXIAL)
    index = np.argwhere(np.ones(axial.shape, bool))
    there = np.rint(sagittal.to_ijk(axial.to_ras(index))).astype(int)
    inside = ((there >= 0) & (there < sagittal.shape)).all(axis=1)
    assert inside.sum() > 10_000
    one = texture_fields(axial, 7)[(slice(None), *index[inside].T)]
    other = texture_fields(sagittal, 7)[(slice(None), *there[inside].T)]
    # Places are kept to a thousandth of a voxel: a few lie between two voxels of the block and fall to either.
    assert (one == other).all(axis=0).mean() > 0.98


def test_a_crop_has_the_texture_of_its_whole():
    whole = stack(Plane.CORONAL, 3.0)
    crop = whole.cropped((5, 10, 20), (15, 40, 50))
    there = texture_fields(whole, 3)[:, 5:15, 10:40, 20:50]
    assert (texture_fields(crop, 3) == there).all(axis=0).mean() > 0.98


def test_people_differ_and_one_person_stays_the_same():
    grid = stack(Plane.AXIAL, 3.0)
    one, same, other = (texture_fields(grid, seed) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert abs(np.corrcoef(one[0].ravel(), other[0].ravel())[0, 1]) < 0.05


def test_fields_have_unit_spread_and_fibres_run_along_the_limb():
    fields = dict(zip(CHANNELS, texture_fields(stack(Plane.SAGITTAL), 4), strict=True))
    for name in ("grain", "patch", "strands"):
        assert fields[name].std() == pytest.approx(1.0, abs=0.15)
    strands = fields["strands"]
    # Rows of a sagittal picture run down the limb.
    along, across = (np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in (
        (strands[:, 4:], strands[:, :-4]), (strands[:, :, 4:], strands[:, :, :-4])
    ))  # fmt: skip
    assert along > across + 0.3
