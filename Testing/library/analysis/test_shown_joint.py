"""With bundles of several joints, images are analysed by that of the joint they show, or not at all; once read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from OrthoDiffusionLib.analysis import shown_joint as module
from OrthoDiffusionLib.analysis import study_inputs
from OrthoDiffusionLib.analysis.shown_joint import (
    bundle_before_reading,
    bundle_of_images,
    doubt_of_pictures,
    other_joint,
)
from OrthoDiffusionLib.analysis.study_inputs import StudyFiles
from OrthoDiffusionLib.anatomy import ANKLE, KNEE, SHOULDER
from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.errors import BundleError
from OrthoDiffusionLib.findings.plausibility import is_usable
from OrthoDiffusionLib.recognition import JointPicture
from OrthoDiffusionLib.volumes import Geometry, Volume, read_volume, write_volume

RNG = np.random.default_rng(0)


def volume(**header):
    return Volume(RNG.integers(0, 99, (8, 8, 8)).astype(np.int16), Geometry((8, 8, 8), np.eye(4)), **header)


def test_with_bundles_of_one_joint_the_images_are_not_asked(bundles_of):
    bundles_of("knee")
    assert bundle_before_reading(None, None).manifest.joint == "knee"


def test_with_bundles_of_several_the_images_are_asked_unless_the_user_says_it(bundles_of):
    bundles_of("knee", "ankle")
    assert bundle_before_reading(None, None) is None
    assert bundle_before_reading(None, "ankle").manifest.joint == "ankle"
    assert bundle_before_reading("knee-small", None).manifest.joint == "knee"


@pytest.mark.parametrize(("part", "joint"), [("KNEE", "knee"), ("ANKLE", "ankle")])
def test_the_joint_that_headers_name_is_taken_and_said(bundles_of, part, joint):
    bundles_of("knee", "ankle")
    bundle, notices = bundle_of_images([volume(body_part=part), volume(body_part="LEG")])
    assert bundle.manifest.joint == joint
    assert [notice.code for notice in notices] == ["joint_not_said"] and f"Analysed as the {joint}" in notices[0].what


def test_where_headers_say_nothing_the_users_own_name_for_the_files_counts(bundles_of):
    bundles_of("knee", "ankle")
    bundle, notices = bundle_of_images([volume(name="S09_sag_fs")], paths=[Path("/shoulders/knee_exam")])
    assert bundle.manifest.joint == "knee" and "the name of the files or of their folder" in notices[0].what


@pytest.mark.parametrize("parts", [["LEG"], ["KNEE", "ANKLE"], []])
def test_images_that_do_not_say_it_are_taken_for_a_knee_and_that_is_said(bundles_of, parts):
    bundles_of("knee", "ankle")
    bundle, notices = bundle_of_images([volume(body_part=part) for part in parts] or [volume()])
    assert bundle.manifest.joint == "knee" and [notice.code for notice in notices] == ["joint_not_said"]
    assert "neither headers nor names of files say which joint it is" in notices[0].what
    assert "--joint" in notices[0].remedy


def test_without_a_bundle_of_the_knee_images_that_do_not_say_it_are_refused(bundles_of):
    bundles_of("ankle", "shoulder")
    with pytest.raises(BundleError, match="bundles for ankle and shoulder, and nothing says which") as caught:
        bundle_of_images([volume()])
    assert caught.value.code == "joint_unknown" and "--joint" in caught.value.remedy


def test_a_joint_without_a_bundle_is_not_taken_for_one_that_has_one(bundles_of):
    bundles_of("knee", "ankle")
    with pytest.raises(BundleError, match="No bundle for the shoulder"):
        bundle_of_images([volume(body_part="SHOULDER")])


def test_headers_that_name_another_joint_than_the_bundle_are_told():
    assert other_joint([volume(body_part="ANKLE")], ANKLE) is None
    assert other_joint([volume(description="PD SAG")], ANKLE) is None
    notice = other_joint([volume(study_description="MRI Knee left"), volume()], ANKLE)
    assert notice.code == "other_joint" and "name the knee, not the ankle" in notice.what
    assert other_joint([volume(description="right ankle")], KNEE).values == {"named": "ankle", "joint": "knee"}
    assert other_joint([volume(body_part="KNEE")], SHOULDER).values["named"] == "knee"


def test_the_name_of_a_study_counts_where_its_images_name_no_joint():
    assert other_joint([volume(name="sag")], KNEE, name="ankle_p1").values["named"] == "ankle"
    assert other_joint([volume(name="sag")], KNEE, name="knee_p1") is None
    assert other_joint([volume(body_part="KNEE")], KNEE, name="ankle_p1") is None


@pytest.fixture
def readings(monkeypatch):
    """What was read from the disk, one entry each time."""
    read, known = [], study_inputs.read_inputs

    def counted(paths, **settings):
        read.append([Path(path).name for path in paths])
        return known(paths, **settings)

    monkeypatch.setattr(study_inputs, "read_inputs", counted)
    return read


def exam(folder, name):
    """One sagittal stack of noise, by itself."""
    affine = np.array([[0, 0, 4.0, -24], [1.0, 0, 0, -24], [0, -1.0, 0, 24], [0, 0, 0, 1]])
    noise = RNG.integers(0, 900, (48, 48, 12)).astype(np.int16)
    folder.mkdir()
    write_volume(Volume(noise, Geometry((48, 48, 12), affine)), folder / f"{name}.nii.gz")
    return folder


def test_the_command_reads_the_images_once(bundles_of, tmp_path, readings, capsys):
    bundles_of("knee", "ankle")
    named = exam(tmp_path / "one", "ankle_sag")
    out = tmp_path / "results"
    main(["analyze", str(named), "--out", str(out)])  # the small bundle has no networks; it is refused after that
    assert readings == [["one"]]
    assert "nothing says which" not in capsys.readouterr().err


def test_the_command_refuses_what_does_not_say_its_joint_without_a_bundle_of_the_knee(
    bundles_of, tmp_path, readings, capsys
):
    bundles_of("shoulder", "ankle")
    unnamed = exam(tmp_path / "two", "sag")
    assert main(["analyze", str(unnamed), "--out", str(tmp_path / "results")]) == 2
    assert "bundles for ankle and shoulder, and nothing says which" in capsys.readouterr().err
    assert readings == [["two"]] and not (tmp_path / "results").exists()


def test_files_for_a_plane_are_asked_as_well(bundles_of, tmp_path):
    bundles_of("knee", "ankle")
    path = exam(tmp_path / "three", "right_ankle") / "right_ankle.nii.gz"
    files = StudyFiles.read([], by_plane={"sagittal": [path]})
    assert bundle_of_images(files.everything, paths=files.paths)[0].manifest.joint == "ankle"
    study = files.study(joint=ANKLE)
    assert study.joint is ANKLE and [plane.value for plane in study.planes] == ["sagittal"]
    assert np.allclose(study.volumes[0].array, read_volume(path).array)


@pytest.fixture(scope="module")
def real_exam():
    """The volumes of the sample exam, whose headers and names say nothing of the joint."""
    from OrthoDiffusionLib.resources import resource_path
    from OrthoDiffusionLib.volumes.inputs import read_inputs

    volumes, _ = read_inputs([resource_path("SampleData", "knee_exam")])
    return [replace(volume, name=f"series {number}") for number, volume in enumerate(volumes)]


def pictured(sure: str | None) -> JointPicture:
    shares = dict.fromkeys(("ankle", "knee", "none"), 0.01)
    return JointPicture({**shares, sure or "none": 0.98 if sure else 0.5}, sure)


def test_pictures_that_are_sure_say_the_joint_where_words_do_not(bundles_of, monkeypatch):
    bundles_of("knee", "ankle")
    monkeypatch.setattr(module, "joint_picture", lambda volumes: pictured("ankle"))
    bundle, notices = bundle_of_images([volume(body_part="LEG")])
    assert bundle.manifest.joint == "ankle"
    assert "nothing names the joint, and the images look like an ankle (98%)" in notices[0].what


def leaning(joint: str, probability: float) -> JointPicture:
    """Pictures that show a joint so likely, which is not for certain."""
    return JointPicture({"ankle": 0.01, "knee": 0.01, "none": 0.98 - probability, joint: probability})


def test_a_joint_that_the_pictures_show_likely_is_taken_rather_than_the_usual_one_and_that_is_said(
    bundles_of, monkeypatch
):
    bundles_of("knee", "ankle")
    monkeypatch.setattr(module, "joint_picture", lambda volumes: leaning("ankle", 0.7))
    bundle, (notice,) = bundle_of_images([volume()])
    assert bundle.manifest.joint == "ankle" and notice.code == "joint_not_said"
    assert "the images look most like an ankle (70%), which is not certain" in notice.what
    monkeypatch.setattr(module, "joint_picture", lambda volumes: leaning("ankle", 0.4))
    assert bundle_of_images([volume()])[0].manifest.joint == "knee"
    monkeypatch.setattr(module, "joint_picture", lambda volumes: leaning("shoulder", 0.7))  # there is no bundle of it
    assert bundle_of_images([volume()])[0].manifest.joint == "knee"


def test_words_that_the_pictures_contradict_choose_nothing(bundles_of, monkeypatch):
    bundles_of("knee", "ankle")
    monkeypatch.setattr(module, "joint_picture", lambda volumes: pictured("ankle"))
    with pytest.raises(BundleError, match="say knee, but the images look like an ankle") as caught:
        bundle_of_images([volume(body_part="KNEE")])
    assert "--joint" in caught.value.remedy


def test_words_and_pictures_that_agree_need_no_notice(bundles_of, monkeypatch):
    bundles_of("knee", "ankle")
    monkeypatch.setattr(module, "joint_picture", lambda volumes: pictured("ankle"))
    bundle, notices = bundle_of_images([volume(body_part="ANKLE")])
    assert bundle.manifest.joint == "ankle" and notices == ()


def test_words_stand_where_the_pictures_are_unsure(bundles_of, monkeypatch):
    bundles_of("knee", "ankle")
    monkeypatch.setattr(module, "joint_picture", lambda volumes: pictured(None))
    assert bundle_of_images([volume(body_part="KNEE")])[0].manifest.joint == "knee"


def test_the_sample_exam_without_words_is_analysed_as_the_knee(bundles_of, real_exam):
    bundles_of("knee", "ankle")
    bundle, notices = bundle_of_images(real_exam)
    assert bundle.manifest.joint == "knee" and notices[0].code == "joint_not_said"


def test_a_result_of_another_joint_than_the_pictures_show_is_not_to_be_used(monkeypatch):
    monkeypatch.setattr(module, "joint_picture", lambda volumes: pictured("ankle"))
    notice = doubt_of_pictures([volume(body_part="KNEE")], KNEE)
    assert notice.code == "other_joint_pictured" and not is_usable([notice])
    assert "look like an ankle (98%), but were analysed as the knee" in notice.what and "--joint" in notice.remedy
    assert doubt_of_pictures([volume(body_part="KNEE")], ANKLE) is None
    assert doubt_of_pictures([volume()], SHOULDER) is None  # of which the network knows nothing


def test_doubt_says_which_other_joint_the_pictures_look_more_like(monkeypatch):
    leaning = JointPicture({"ankle": 0.69, "knee": 0.02, "none": 0.29})
    monkeypatch.setattr(module, "joint_picture", lambda volumes: leaning)
    notice = doubt_of_pictures([volume()], KNEE)
    assert "as the knee (2%); they look more like an ankle (69%)" in notice.what and "--joint" in notice.remedy
    assert "look more like" not in doubt_of_pictures([volume()], ANKLE).what


def test_doubt_is_told_where_no_header_names_the_joint(monkeypatch):
    monkeypatch.setattr(module, "joint_picture", lambda volumes: pictured(None))
    notice = doubt_of_pictures([volume()], KNEE)
    assert notice.code == "joint_not_recognised" and is_usable([notice])
    assert doubt_of_pictures([volume(description="MRI knee")], KNEE) is None


def test_pictures_of_nothing_known_are_taken_for_a_knee_that_is_not_to_be_used(bundles_of, monkeypatch):
    monkeypatch.setattr(module, "joint_picture", lambda volumes: pictured("none"))
    bundles_of("knee", "ankle")
    assert bundle_of_images([volume()])[0].manifest.joint == "knee"
    notice = doubt_of_pictures([volume()], KNEE)
    assert notice.code == "other_joint_pictured" and not is_usable([notice])


def test_pictures_of_nothing_known_are_refused_without_a_bundle_of_the_knee(bundles_of, monkeypatch):
    monkeypatch.setattr(module, "joint_picture", lambda volumes: pictured("none"))
    bundles_of("ankle", "shoulder")
    with pytest.raises(BundleError, match="the images look like none of these") as caught:
        bundle_of_images([volume()])
    assert caught.value.code == "joint_unknown" and "--joint" in caught.value.remedy
