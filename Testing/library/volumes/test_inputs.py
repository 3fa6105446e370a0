"""Whatever is pointed at is read, and one bad file in a folder does not spoil the rest."""

from __future__ import annotations

import pytest

from OrthoDiffusionLib.analysis.study_inputs import read_study
from OrthoDiffusionLib.errors import DicomError, StudyError, VolumeFileError
from OrthoDiffusionLib.progress import Cancelled
from OrthoDiffusionLib.volumes import Plane, read_inputs, write_volume


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


def test_an_archive_that_was_named_is_refused_with_the_way_out(tmp_path):
    (tmp_path / "exam.zip").write_bytes(b"PK\x03\x04")
    with pytest.raises(VolumeFileError) as caught:
        read_inputs([tmp_path / "exam.zip"])
    assert "Unpack" in caught.value.remedy


def test_one_path_may_stand_alone_and_is_never_taken_for_its_letters(tmp_path, make_volume, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_volume(make_volume("PIR"), tmp_path / "sag.nii.gz")
    for path in ("sag.nii.gz", str(tmp_path), tmp_path / "sag.nii.gz"):
        (volume,), _ = read_inputs(path)
        assert volume.name == "sag"
        assert read_study(path, joint="knee").planes.keys() == {Plane.SAGITTAL}
    study = read_study([], by_plane={"sagittal": "sag.nii.gz"}, joint="knee")
    assert study.planes[Plane.SAGITTAL].name == "sag"


def test_a_file_that_is_named_and_lies_in_a_folder_that_is_named_is_read_once(tmp_path, make_volume):
    folder = tmp_path / "exam"
    folder.mkdir()
    write_volume(make_volume(), folder / "ax.nii.gz")
    write_volume(make_volume("LIP"), folder / "cor.nii.gz")
    (tmp_path / "link.nii.gz").symlink_to(folder / "ax.nii.gz")
    for paths in ([folder, folder / "ax.nii.gz"], [folder / "ax.nii.gz", folder], [folder, folder]):
        volumes, _ = read_inputs(paths)
        assert sorted(volume.name for volume in volumes) == ["ax", "cor"]
    volumes, _ = read_inputs([folder / "ax.nii.gz", tmp_path / "link.nii.gz"])
    assert [volume.name for volume in volumes] == ["ax"]


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


def test_several_bad_files_keep_each_its_own_word_and_remedy(tmp_path, make_volume):
    write_volume(make_volume(), tmp_path / "short.nii.gz")
    (tmp_path / "short.nii.gz").write_bytes((tmp_path / "short.nii.gz").read_bytes()[:500])
    head = "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 3 4 5\nencoding: bzip2\nspacings: 1 1 1\n\n"
    (tmp_path / "packed.nrrd").write_bytes(head.encode() + b"BZh9")
    with pytest.raises(StudyError, match="None of the 2 files") as caught:
        read_inputs([tmp_path])
    message = str(caught.value)
    assert "short.nii.gz: The file ends too early" in message and "short.nii.gz: Copy or export it again." in message
    assert "packed.nrrd: The voxels are stored with bzip2" in message
    assert "packed.nrrd: Save the file with gzip" in message
    write_volume(make_volume(), tmp_path / "good.nii.gz")
    with pytest.raises(StudyError, match=r"2 of the files that were named cannot be read.*bzip2.*too early"):
        read_inputs([tmp_path / "packed.nrrd", tmp_path / "good.nii.gz", tmp_path / "short.nii.gz"])


@pytest.mark.parametrize("name", ["sagittal.npy", "knee.h5", "slice.DCM.gz", "knee.pck", "t2.mat"])
def test_a_folder_of_files_of_another_kind_alone_names_them(tmp_path, name):
    """MRNet gives its knees as .npy, fastMRI as .h5, archives compress slices."""
    (tmp_path / name).write_bytes(b"something else")
    with pytest.raises(StudyError, match=f"unsupported formats were left out: {name}. Unpack or convert them"):
        read_inputs([tmp_path])


def test_files_of_other_kinds_are_named_and_not_passed_over(tmp_path, make_volume):
    write_volume(make_volume(), tmp_path / "good.nii.gz")
    for name in ("axial.mgz", "coronal.hdr", "coronal.img", "more.zip", "shot.png", "notes.txt"):
        (tmp_path / name).write_bytes(b"something else")
    _, notices = read_inputs([tmp_path])
    assert [notice.code for notice in notices] == ["file_not_read"]
    assert "axial.mgz, coronal.hdr, more.zip" in notices[0].what
    (tmp_path / "good.nii.gz").unlink()
    with pytest.raises(StudyError, match=r"no volume to analyse.*axial\.mgz.*shot\.png.*Choose NIfTI"):
        read_inputs([tmp_path])


@pytest.mark.parametrize("name", ["a b", "käse", "多", "with\nnewline", 'quote"x', "%s%d", "a.b.c", "-dash", "LIST"])
def test_odd_names_are_read_in_every_format(tmp_path, make_volume, name):
    volume, exam = make_volume(), tmp_path / "exam"
    exam.mkdir()
    for ending in (".nii.gz", ".nrrd", ".mha"):
        write_volume(volume, exam / (name + ending))
    write_volume(volume, tmp_path / f"{name}.nrrd")
    (exam / "link.nrrd").symlink_to(tmp_path / f"{name}.nrrd")
    volumes, notices = read_inputs([exam])
    assert len(volumes) == 4 and notices == []


def test_a_name_that_is_no_text_is_refused_or_read_and_never_ends_the_process(tmp_path, make_volume):
    import os

    odd = os.fsdecode(b"x\xff\xfe")
    for ending in (".nii", ".mha"):
        write_volume(make_volume(), tmp_path / f"a{ending}")
        (tmp_path / f"a{ending}").rename(tmp_path / (odd + ending))
    (volume,), (notice,) = read_inputs([tmp_path])
    assert volume.name == "x??" and notice.code == "unreadable_file" and "Rename it" in notice.remedy
    str(notice).encode("utf-8")
