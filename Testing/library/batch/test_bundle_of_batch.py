"""A batch is of one joint: named by the user, by the bundles there are, or by the studies themselves."""

from __future__ import annotations

import pytest

from OrthoDiffusionLib.batch.bundle_of_batch import bundle_of_batch
from OrthoDiffusionLib.errors import BundleError


def joint_of(studies, *, bundle=None, joint=None):
    return bundle_of_batch(studies, None, bundle=bundle, joint=joint).manifest.joint


def test_with_bundles_of_one_joint_or_with_a_word_of_the_user_the_studies_are_not_looked_at(tmp_path, bundles_of):
    bundles_of("ankle")
    assert joint_of(tmp_path / "nothing there") == "ankle"


def test_the_users_word_comes_first(tmp_path, bundles_of):
    bundles_of("knee", "ankle")
    assert joint_of(tmp_path / "nothing there", joint="ankle") == "ankle"
    assert joint_of(tmp_path / "nothing there", bundle="knee-small") == "knee"


def test_the_joint_is_the_one_that_all_studies_name_that_name_one(tmp_path, bundles_of, write_exam):
    bundles_of("knee", "ankle")
    write_exam(tmp_path / "studies" / "one", "P1", "11", BodyPartExamined="ANKLE")
    write_exam(tmp_path / "studies" / "two", "P2", "12", BodyPartExamined="LEG")
    assert joint_of(tmp_path / "studies") == "ankle"


def test_image_files_say_it_by_their_names(tmp_path, bundles_of, write_image):
    bundles_of("knee", "ankle")
    write_image(tmp_path / "studies" / "one" / "knee_sag.nii.gz")
    assert joint_of(tmp_path / "studies") == "knee"


def test_studies_of_two_joints_are_refused_with_their_numbers(tmp_path, bundles_of, write_exam):
    bundles_of("knee", "ankle")
    write_exam(tmp_path / "studies" / "one", "P1", "11", BodyPartExamined="ANKLE")
    write_exam(tmp_path / "studies" / "two", "P2", "12")
    write_exam(tmp_path / "studies" / "three", "P3", "13")
    with pytest.raises(BundleError, match=r"ankle and knee \(1, 2 studies\)") as caught:
        joint_of(tmp_path / "studies")
    assert caught.value.code == "several_joints" and "--joint" in caught.value.remedy


def test_studies_that_do_not_say_it_are_taken_for_knees_if_there_is_a_bundle_of_it(tmp_path, bundles_of, write_image):
    write_image(tmp_path / "studies" / "one" / "sag.nii.gz")
    bundles_of("shoulder", "ankle")
    with pytest.raises(BundleError) as caught:
        joint_of(tmp_path / "studies")
    assert caught.value.code == "joint_unknown"
    bundles_of("knee")
    assert joint_of(tmp_path / "studies") == "knee"
