"""Whatever is pointed at is read, and one bad file in a folder does not spoil the rest."""

from __future__ import annotations

import pytest

from OrthoDiffusionLib.errors import StudyError, VolumeFileError
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


def test_reading_can_be_cancelled(tmp_path, write_series):
    write_series(tmp_path)

    def stop():
        raise Cancelled

    with pytest.raises(Cancelled):
        read_inputs([tmp_path], check_cancelled=stop)
