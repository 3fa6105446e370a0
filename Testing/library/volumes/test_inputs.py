"""Whatever is pointed at is read, and one bad file in a folder does not spoil the rest."""

from __future__ import annotations

import pytest

from OrthoDiffusionLib.errors import DicomError, StudyError, VolumeFileError
from OrthoDiffusionLib.progress import Cancelled
from OrthoDiffusionLib.volumes import read_inputs, write_volume


def test_image_files_and_dicom_folders_are_read_together(tmp_path, make_volume, write_series):
    write_volume(make_volume("LIP"), tmp_path / "cor.nii.gz")
    write_series(tmp_path / "dicom")
    volumes, notices = read_inputs([tmp_path / "cor.nii.gz", tmp_path / "dicom"])
    assert [volume.name for volume in volumes] == ["cor", "unnamed series"]
    assert notices == []


def test_a_folder_with_a_bad_file_gives_the_good_ones_and_a_notice(tmp_path, make_volume):
    write_volume(make_volume(), tmp_path / "good.nii.gz")
    (tmp_path / "bad.nii.gz").write_bytes((tmp_path / "good.nii.gz").read_bytes()[:500])
    (tmp_path / "readme.txt").write_text("hello")
    (volume,), notices = read_inputs([tmp_path])
    assert volume.name == "good"
    assert [(notice.code, notice.where) for notice in notices] == [("unreadable_file", "bad.nii.gz")]


def test_a_bad_file_that_was_named_is_an_error(tmp_path, make_volume):
    (tmp_path / "bad.nii.gz").write_bytes(b"junk")
    with pytest.raises(VolumeFileError):
        read_inputs([tmp_path / "bad.nii.gz"])
    with pytest.raises(VolumeFileError, match="no such file"):
        read_inputs([tmp_path / "nowhere"])
    (tmp_path / "picture.png").write_bytes(b"junk")
    with pytest.raises(VolumeFileError, match="does not end like"):
        read_inputs([tmp_path / "picture.png"])


def test_nothing_to_read_is_said_with_what_could_be(tmp_path):
    with pytest.raises(StudyError, match=r"no volume to analyse.*NIfTI"):
        read_inputs([tmp_path])
    with pytest.raises(StudyError, match="no volume to analyse"):
        read_inputs([])


def test_volumes_of_one_name_are_told_apart_and_own_results_passed_over(tmp_path, make_volume):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write_volume(make_volume(), tmp_path / folder / "sag.nii.gz")
    write_volume(make_volume(), tmp_path / "a" / "segmentation.seg.nrrd")
    volumes, _ = read_inputs([tmp_path])
    assert [volume.name for volume in volumes] == ["sag", "sag [2]"]


def test_earlier_results_below_a_study_are_never_taken_for_images(tmp_path, make_volume, write_series):
    write_volume(make_volume("PIR"), tmp_path / "sag.nii.gz")
    results = tmp_path / "results"
    (results / "evidence").mkdir(parents=True)
    (results / "findings.json").write_text("{}")
    write_volume(make_volume("RAS"), results / "segmentation.nii.gz")
    write_volume(make_volume("LIP"), results / "evidence" / "joint_effusion.nii.gz")
    volumes, notices = read_inputs([tmp_path])
    assert [volume.name for volume in volumes] == ["sag"]
    assert [notice.code for notice in notices] == ["results_left_out"]
    assert notices[0].where == "results"
    with pytest.raises(StudyError, match="results of an earlier analysis"):
        read_inputs([results])


def test_links_to_folders_are_followed_once(tmp_path, make_volume, write_series):
    study = tmp_path / "study"
    study.mkdir()
    write_series(tmp_path / "elsewhere" / "series 3")
    (study / "knee").symlink_to(tmp_path / "elsewhere")
    (study / "again").symlink_to(study)
    write_volume(make_volume("LIP"), study / "cor.nii.gz")
    volumes, _ = read_inputs([study])
    assert [volume.name for volume in volumes] == ["cor", "unnamed series"]


def test_one_file_that_is_not_dicom_is_named_with_a_remedy(tmp_path):
    (tmp_path / "page.dcm").write_text("<html>not found</html>")
    with pytest.raises(DicomError) as caught:
        read_inputs([tmp_path / "page.dcm"])
    assert caught.value.where == str(tmp_path / "page.dcm")
    assert "damaged" in caught.value.what
    assert "again" in caught.value.remedy


def test_reading_can_be_cancelled(tmp_path, write_series):
    write_series(tmp_path)

    def stop():
        raise Cancelled

    with pytest.raises(Cancelled):
        read_inputs([tmp_path], check_cancelled=stop)
