"""A batch is of one joint: named by the user, by the bundles there are, or by the studies themselves."""

from __future__ import annotations

import pytest

from OrthoDiffusionLib.anatomy import ANKLE, KNEE
from OrthoDiffusionLib.batch.bundle_of_batch import bundle_of_batch, named_otherwise
from OrthoDiffusionLib.batch.cases.plan import plan_of
from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.errors import BundleError, VolumeFileError


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


def test_studies_that_are_named_as_of_another_joint_are_told_before_and_after(tmp_path, write_image):
    for name in ("ankle_p1/sag", "p2/Sprunggelenk_sag", "p3/knee_sag", "p4/sag"):
        write_image(tmp_path / "studies" / f"{name}.nii.gz")
    cases = plan_of(tmp_path / "studies", joint=KNEE).cases
    assert sorted(named_otherwise(cases, KNEE)) == ["ankle_p1", "p2"]
    assert named_otherwise([case for case in cases if case.name != "p3"], ANKLE) == []


def test_a_study_with_a_broken_link_does_not_end_the_plan_of_the_others(tmp_path, bundles_of, write_image, capsys):
    bundles_of("knee", "ankle")
    write_image(tmp_path / "studies" / "p1" / "sag.nii.gz")
    write_image(tmp_path / "studies" / "p2" / "sag.nii.gz")
    (tmp_path / "studies" / "p1" / "more").symlink_to(tmp_path / "a share that is not there")
    assert main(["batch", str(tmp_path / "studies"), "--joint", "knee", "--plan"]) == 0
    assert "2 studies" in capsys.readouterr().out


def test_the_joint_is_seen_in_the_first_study_that_can_be_read(tmp_path, bundles_of, write_image):
    bundles_of("knee", "ankle")
    write_image(tmp_path / "studies" / "a" / "sag.nii.gz").write_bytes(b"no image at all")
    write_image(tmp_path / "studies" / "b" / "sag.nii.gz")
    assert joint_of(tmp_path / "studies") == "knee"
    (tmp_path / "studies" / "b" / "sag.nii.gz").write_bytes(b"nor this one")
    with pytest.raises(VolumeFileError, match="not a NIfTI file"):
        joint_of(tmp_path / "studies")


def test_the_plan_says_which_studies_name_another_joint_than_the_user(tmp_path, bundles_of, write_image, capsys):
    bundles_of("knee", "ankle")
    write_image(tmp_path / "studies" / "ankle_p1" / "sag.nii.gz")
    write_image(tmp_path / "studies" / "p2" / "sag.nii.gz")
    assert main(["batch", str(tmp_path / "studies"), "--joint", "knee", "--plan"]) == 0
    told = capsys.readouterr().out
    assert "1 study is named as of another joint than the knee; check the joint: ankle_p1" in told.splitlines()
    for number in range(2, 8):
        write_image(tmp_path / "studies" / f"ankle_p{number}" / "sag.nii.gz")
    assert main(["batch", str(tmp_path / "studies"), "--joint", "knee", "--plan"]) == 0
    told = capsys.readouterr().out
    names = ", ".join(f"ankle_p{number}" for number in range(1, 6))
    assert f"check the joint: {names} and 2 more" in told


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
