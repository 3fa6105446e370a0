"""Planes of another frame of reference are registered on the images or left out, and both are said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from OrthoDiffusionLib.resources import resource_path
from OrthoDiffusionLib.volumes import Geometry, Origin, Plane, Study, check_movement, check_study, read_inputs
from OrthoDiffusionLib.volumes.registration import find_motion

SAG, COR, AX = Plane


@pytest.fixture(scope="module")
def knee():
    """Sagittal, coronal and axial series of the sample exam, in one frame of reference."""
    volumes, _ = read_inputs([resource_path("SampleData", "knee_exam")])
    study = Study.from_volumes(volumes, joint="knee")
    return {plane: in_frame(volume, "a") for plane, volume in study.planes.items()}


def in_frame(volume, frame):
    return replace(volume, origin=Origin("p", "s", frame_of_reference=frame))


def moved(volume, shift_mm=(0.0, 0.0, 0.0), degrees=0.0, axis=2):
    """The same voxels where the header would put them had the patient moved."""
    angle = np.deg2rad(degrees)
    one, two = [n for n in range(3) if n != axis]
    motion = np.eye(4)
    motion[[one, one, two, two], [one, two, one, two]] = np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)
    middle = volume.geometry.centre_ras
    motion[:3, 3] = middle - motion[:3, :3] @ middle + np.asarray(shift_mm)
    return replace(volume, geometry=Geometry(volume.geometry.shape, motion @ volume.geometry.affine))


def error_mm(found, truth):
    """The largest distance of a voxel within 40 mm of the middle from where it belongs."""
    points = truth.centre_ras + 40.0 * np.concatenate([np.eye(3), -np.eye(3)])
    return np.linalg.norm(found.to_ras(truth.to_ijk(points)) - points, axis=1).max()


def test_a_plane_that_moved_is_registered_and_said(knee):
    sagittal = in_frame(moved(knee[SAG], (0.0, 8.0, -9.0), 5.0, axis=0), "b")
    study = Study.from_volumes([sagittal, knee[COR], knee[AX]], joint="knee")
    assert error_mm(study.planes[SAG].geometry, knee[SAG].geometry) < 1.0
    assert study.planes[SAG].header_geometry == sagittal.geometry
    assert study.planes[COR].geometry == knee[COR].geometry
    (notice,) = study.notices
    assert (notice.code, notice.where) == ("frame_of_reference", sagittal.name)
    assert "registered to the others (shifted by 12 mm and rotated by 5°)" in notice.what
    assert study.reasons[SAG].text.endswith("registered to the others (shifted by 12 mm and rotated by 5°).")


def test_another_frame_without_movement_loses_no_plane(knee):
    volumes = [in_frame(volume, frame) for volume, frame in zip(knee.values(), "abc", strict=True)]
    study = Study.from_volumes(volumes, joint="knee")
    assert [study.planes[plane].geometry for plane in Plane] == [volume.geometry for volume in volumes]
    assert [notice.code for notice in study.notices] == ["frame_of_reference"] * 2
    assert all("registration found no movement" in notice.what for notice in study.notices)


@pytest.mark.long  # the next test shows the same where another plane can take its place
def test_a_plane_that_cannot_be_registered_is_left_out(knee):
    noise = np.random.default_rng(0).normal(200, 40, knee[SAG].array.shape).astype(np.float32)
    study = Study.from_volumes([in_frame(knee[SAG].with_array(noise), "b"), knee[COR], knee[AX]], joint="knee")
    assert list(study.planes) == [COR, AX]
    assert [notice.code for notice in study.notices] == ["frame_of_reference"]
    assert "could not be registered to them and is not used" in study.notices[0].what
    assert "is not used" in study.reasons[SAG].text
    assert knee[SAG].name in study.not_used


def test_a_plane_of_the_same_frame_takes_the_place_of_one_that_cannot_be_registered(knee):
    noise = np.random.default_rng(0).normal(200, 40, knee[SAG].array.shape).astype(np.float32)
    displaced = replace(in_frame(knee[SAG].with_array(noise), "b"), name="sag_pd_fs")
    own = replace(knee[SAG], name="sag_t1")
    study = Study.from_volumes([displaced, own, knee[COR], knee[AX]], joint="knee")
    assert study.planes[SAG].name == "sag_t1"
    assert study.reasons[SAG].text.endswith("instead of ‘sag_pd_fs’, which lies in another frame of reference.")


def test_among_equals_the_one_that_shares_the_frame_is_chosen(knee):
    repeated = replace(in_frame(moved(knee[SAG], (10, 0, 0)), "b"), name="again_fs")
    study = Study.from_volumes([repeated, knee[SAG], knee[COR], knee[AX]], joint="knee")
    assert study.planes[SAG].name == knee[SAG].name
    assert study.notices == ()
    assert study.not_used["again_fs"].text.endswith("it shares its frame of reference with the other planes")


def test_a_plane_chosen_by_hand_is_kept_and_the_others_follow_it(knee):
    noise = np.random.default_rng(0).normal(200, 40, knee[SAG].array.shape).astype(np.float32)
    displaced = in_frame(knee[SAG].with_array(noise), "b")
    study = Study.from_volumes([], forced={SAG: displaced, COR: knee[COR], AX: knee[AX]}, joint="knee")
    assert study.planes[SAG].geometry == displaced.geometry
    assert "as you chose it" in study.notices[0].what
    followed = Study.from_volumes([knee[COR]], forced={SAG: in_frame(moved(knee[SAG], (0, 12, 0)), "b")}, joint="knee")
    assert followed.planes[SAG].header_geometry is None
    assert followed.planes[COR].header_geometry == knee[COR].geometry


def test_where_volumes_have_no_voxels_it_is_only_announced(knee):
    sagittal = in_frame(moved(knee[SAG], (0, 12, 0)), "b")
    study = Study.from_volumes([sagittal, knee[COR], knee[AX]], register=False, joint="knee")
    assert study.planes[SAG] is sagittal
    assert "will be found by registration" in study.notices[0].what


@pytest.mark.long
def test_a_movement_is_found_the_same_way_each_time(knee):
    sagittal = moved(knee[SAG], (5, -4, 3), 3.0)
    one, two = (find_motion(sagittal, [knee[COR]]) for _ in range(2))
    np.testing.assert_allclose(one.matrix, two.matrix, atol=1e-6)
    assert error_mm(one.applied_to(sagittal.geometry), knee[SAG].geometry) < 1.0


def test_a_series_that_lies_off_the_others_is_noticed_without_any_frame_of_reference(knee):
    plain = {plane: replace(volume, origin=Origin()) for plane, volume in knee.items()}
    together = Study.from_volumes(list(plain.values()), joint="knee")
    assert check_study(together) == check_movement(together) == []
    plain[SAG] = moved(plain[SAG], (0.0, 6.0, -10.0))
    (notice,) = check_movement(Study.from_volumes(list(plain.values()), joint="knee"))
    assert (notice.code, notice.where) == ("views_apart", knee[SAG].name)
    assert "shifted by 12 mm and rotated by 0°" in notice.what


def test_another_joint_is_not_taken_for_a_movement(knee):
    far = moved(knee[SAG], (160.0, 0.0, 0.0))
    assert find_motion(far, [knee[COR]]) is None
