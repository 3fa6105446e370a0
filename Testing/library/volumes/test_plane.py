"""Planes are told from geometry, whatever the array order."""

from __future__ import annotations

import pytest

from OrthoDiffusionLib.volumes import Plane, is_3d, plane_of


@pytest.mark.parametrize(
    ("codes", "plane"),
    [("PIR", Plane.SAGITTAL), ("LIP", Plane.CORONAL), ("LPS", Plane.AXIAL), ("RAI", Plane.AXIAL)],
)
@pytest.mark.parametrize("tilt", [0.0, 25.0])
def test_a_stack_is_recognised_by_its_thick_axis_even_when_oblique(make_volume, codes, plane, tilt):
    geometry = make_volume(codes, tilt=tilt).geometry
    assert plane_of(geometry) is plane
    assert not is_3d(geometry)


def test_the_thick_axis_may_be_stored_first(make_volume):
    geometry = make_volume("RPI", shape=(20, 64, 64), spacing=(3.0, 0.6, 0.6)).geometry
    assert plane_of(geometry) is Plane.SAGITTAL


def test_an_isotropic_volume_has_no_plane_of_its_own_and_serves_all(make_volume):
    geometry = make_volume("LPS", spacing=(0.7, 0.7, 0.7)).geometry
    assert plane_of(geometry) is None
    assert is_3d(geometry)


def test_thin_slices_make_a_3d_volume_that_keeps_its_plane(make_volume):
    geometry = make_volume("PIR", spacing=(0.4, 0.4, 1.5)).geometry
    assert plane_of(geometry) is Plane.SAGITTAL
    assert is_3d(geometry)


def test_each_plane_hangs_as_in_the_reading_room():
    assert [plane.hanging for plane in Plane] == ["LIP", "PIL", "SPL"]
    assert Plane.from_name("Coronal") is Plane.CORONAL
    with pytest.raises(ValueError, match="sagittal, coronal, axial"):
        Plane.from_name("transverse")
