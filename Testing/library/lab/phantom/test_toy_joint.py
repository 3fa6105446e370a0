"""A joint is data: a made-up one in one file goes the whole way that the knee goes."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from joints.toy_joint import LOWER_BONE, NODULE, PARTS, UPPER_BONE
from library.lab.phantom.lesion_masks import lesion_mask

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.cli import main as command
from OrthoDiffusionLib.errors import OrthoDiffusionError, OutputError, TrainingError
from OrthoDiffusionLib.lab.phantom.datasets.cohort import Cohort, phantom_study
from OrthoDiffusionLib.lab.phantom.datasets.shards import ShardReader, TrainingStudies, write_shards
from OrthoDiffusionLib.lab.phantom.engine.part import Part
from OrthoDiffusionLib.lab.phantom.engine.view_parts import PartTables
from OrthoDiffusionLib.lab.phantom.imaging.scanner import sample_study
from OrthoDiffusionLib.lab.phantom.phantom import make_phantom
from OrthoDiffusionLib.volumes import Plane, read_dicom_folder, read_volume

ILL = {"swelling": 3}


def run(*arguments) -> int:
    return command.main([str(argument) for argument in arguments])


def centroid_ras(study, label: int) -> np.ndarray:
    labels = study.labels[0]
    return labels.geometry.to_ras(np.argwhere(labels.array == label)).mean(axis=0)


def bytes_of(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_phantom_speaks_the_vocabulary_of_its_own_joint(toy):
    joint = make_phantom(toy, 0, abnormalities=ILL)
    assert set(np.unique(joint.structures())) == {0, UPPER_BONE, LOWER_BONE, NODULE}
    assert joint.centroid_ras(UPPER_BONE)[2] - joint.centroid_ras(LOWER_BONE)[2] > 25
    assert joint.anatomy == "plain"
    lesion = joint.geometry.to_ras(np.argwhere(lesion_mask(joint, "swelling"))).mean(0)
    assert lesion == pytest.approx([-6, 8, 0], abs=1)
    with pytest.raises(OrthoDiffusionError, match=r"no abnormality named joint_effusion. Choose among: swelling"):
        make_phantom(toy, 0, abnormalities={"joint_effusion": 1})
    with pytest.raises(OrthoDiffusionError, match=r"no anatomy named procedural for the toy. Choose one of: plain"):
        make_phantom(toy, 0, anatomy="procedural")


@pytest.mark.parametrize(("side", "lateral"), [(Side.RIGHT, +1), (Side.LEFT, -1)])
def test_its_study_has_three_planes_its_side_and_its_name(toy, side, lateral):
    study = phantom_study(2, joint=toy, side=side, abnormalities=ILL)
    assert study.planes == tuple(Plane)
    assert study.joint == "toy"
    assert {volume.body_part for volume in study.volumes} == {"TOY"}
    assert lateral * (centroid_ras(study, NODULE) - centroid_ras(study, UPPER_BONE))[0] > 10
    assert study.abnormalities == {"swelling": True}
    bright = study.volumes[0].array[study.lesions[0].array > 0].mean()
    assert bright > 1.5 * study.volumes[0].array[study.labels[0].array == UPPER_BONE].mean()


def test_it_has_cohorts(toy):
    cohort = Cohort("toy-frozen-v1", 1, range(9_000_000, 9_000_002), (("secret", 1.0),), ("clinic_3t_a",), joint=toy)
    studies = list(cohort)
    assert [study.name for study in studies] == ["toy-frozen-v1-0000", "toy-frozen-v1-0001"]
    assert {study.anatomy for study in studies} == {"secret"}


def test_it_has_training_studies_on_disk_and_without_one(toy, tmp_path):
    assert write_shards(tmp_path, 2, 5, joint=toy) == 2
    stored = ShardReader(tmp_path)
    for stored_study, made in zip(stored, TrainingStudies(2, 5, joint=toy), strict=True):
        assert stored_study.abnormalities == made.abnormalities
        assert stored_study.tables.abnormality_names == ("swelling",)
        assert np.array_equal(stored_study.world.labels, made.world.labels)
        assert UPPER_BONE in stored_study.world.labels
        for plane in Plane:
            assert np.array_equal(stored_study.views[plane].parts, made.views[plane].parts)
    with pytest.raises(TrainingError, match=r"'secret' is held out.*Choose one of: plain"):
        TrainingStudies(1, 0, joint=toy, anatomy="secret")


def test_the_command_writes_the_same_bytes_for_the_same_seed(toy, tmp_path, capsys):
    order = ("phantom", "--joint", toy, "--count", 2, "--seed", 3, "--centre", "held_out_03t")
    for folder in ("one", "two"):
        assert run(*order, "--out", tmp_path / folder) == 0
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")
    assert "findings.csv" in bytes_of(tmp_path / "one")
    assert run("phantom", "--joint", toy, "--seed", 5, "--centre", "dess_3t", "--out", tmp_path / "one") == 0
    with (tmp_path / "one" / "findings.csv").open() as file:
        assert [row["name"] for row in csv.DictReader(file)] == ["toy_0000003", "toy_0000004", "toy_0000005"]
    assert "findings.csv" in capsys.readouterr().out


def test_the_command_writes_the_same_dicom_bytes_too(toy, tmp_path):
    pytest.importorskip("pydicom")
    order = ("phantom", "--joint", toy, "--dicom", "--side", "left", "--centre", "clinic_3t_b")
    for folder in ("one", "two"):
        assert run(*order, "--out", tmp_path / folder) == 0
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")
    (series,), _ = read_dicom_folder(tmp_path / "one" / "toy_0000000" / "axial")
    labels = read_volume(tmp_path / "one" / "toy_0000000" / "axial_labels.nii.gz")
    assert series.side is Side.LEFT
    assert series.geometry.reoriented(labels.geometry.axis_codes).is_same_grid(labels.geometry, 1e-2)


@pytest.mark.long
def test_it_has_a_gallery(toy, tmp_path):
    assert run("phantom", "--joint", toy, "--gallery", "--out", tmp_path) == 0
    page = (tmp_path / "gallery.html").read_text(encoding="utf-8")
    assert page.count("<h2>Swelling</h2>") == 1
    assert "Real" not in page.split("</p>")[1]
    assert len(page) < 3_000_000


def test_truth_says_where_a_lesion_lies_and_how_large_it_is(toy, tmp_path):
    assert run("phantom", "--joint", toy, "--prevalence", "swelling=1", "--seed", 1, "--out", tmp_path) == 0
    folder = tmp_path / "toy_0000001"
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    (finding,) = truth["findings"]
    assert finding["present"] and finding["grade"] in (1, 2, 3)
    assert finding["seen_in"] == ["sagittal", "coronal", "axial"]
    lesions = read_volume(folder / "axial_lesions.nii.gz")
    seen = lesions.geometry.to_ras(np.argwhere(lesions.array)).mean(axis=0)
    assert finding["centre_ras"] == pytest.approx(seen, abs=2.0)
    radius = 2.0 + 2.0 * finding["grade"]
    assert finding["extent_mm"] == pytest.approx([2 * radius] * 3, rel=0.35)
    assert finding["volume_ml"] == pytest.approx(4.19 * radius**3 / 1000, rel=0.5)


def test_a_lesion_outside_the_pictures_makes_no_positive_label(toy):
    joint = make_phantom(toy, 4, anatomy="far", abnormalities=ILL)
    assert lesion_mask(joint, "swelling").any()
    study = phantom_study(4, phantom=joint)
    assert not any(volume.array.any() for volume in study.lesions)
    assert (study.abnormalities["swelling"], study.grades["swelling"]) == (False, 0)
    assert study.lesion_records() == {}
    sampled = sample_study(joint, 4)
    assert not sampled.abnormalities["swelling"]


def test_a_joint_may_have_more_abnormalities_than_a_byte_has_bits(toy, tmp_path):
    from OrthoDiffusionLib.lab.phantom.datasets.shards import read_study, write_study
    from OrthoDiffusionLib.lab.training.engine.losses import unpack_bits

    names = [f"disease_{n}" for n in range(12)]
    tables = PartTables.of((*PARTS, Part("rash", "synovial_fluid", 0, 1 << 11)), names)
    study = sample_study(make_phantom(toy, 3, abnormalities=ILL), 3)
    wide = replace(study, views={plane: replace(view, tables=tables) for plane, view in study.views.items()},
                   world=replace(study.world, tables=tables))  # fmt: skip
    view = wide.views[Plane.AXIAL]
    view.centre[0, 0, :5] = len(PARTS)  # the rash
    write_study(tmp_path / "study.npz", wide)
    again = read_study(tmp_path / "study.npz").views[Plane.AXIAL]
    assert again.lesion_voxels()["disease_11"] == 5
    truth = unpack_bits(torch.from_numpy(again.lesions).flatten(), 12)
    assert truth.sum(dim=1)[11] == 5 and truth.sum(dim=1)[3] == 0


def test_a_joints_tables_are_checked_when_they_are_made():
    with pytest.raises(ValueError, match="part 0 must be air"):
        PartTables.of(PARTS[1:], ("swelling",))
    with pytest.raises(ValueError, match="31 abnormalities at most"):
        PartTables.of(PARTS, [f"disease {n}" for n in range(32)])
    with pytest.raises(ValueError, match="bits beyond swelling"):
        PartTables.of((*PARTS, Part("rash", "skin", 0, 2)), ("swelling",))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--joint", "elbow"), ("no digital elbow", "knee")),
        (("--centre", "mars"), ("no imaging site called 'mars'", "clinic_15t_a")),
        (("--anatomy", "marble"), ("no anatomy named marble", "plain")),
        (("--prevalence", "1.5"), ("between 0 and 1", "1.5")),
        (("--prevalence", "gout=0.2"), ("no abnormality named gout", "swelling")),
        (("--prevalence", "swelling=lots"), ("P or NAME=P", "swelling=lots")),
        (("--missing-plane", "2"), ("missing plane", "between 0 and 1")),
        (("--field-of-view", "20"), ("50 to 260 mm", "20")),
        (("--count", "0"), ("1 or more", "0")),
        (("--seed", "-1"), ("seed -1", "0 or higher")),
        (("--for-training", "--pixel-mm", "9"), ("pixel must be 0.3 to 2.0 mm", "9")),
        (("--for-training", "--seed", "9000000"), ("reserved", "0 to 7999999")),
        (("--for-training", "--dicom", "--prevalence", "0"), ("--prevalence, --dicom", "Leave")),
        (("--gallery", "--for-training"), ("--gallery", "one")),
        (("--gallery", "--count", "3"), ("--count", "Leave")),
        (("--pixel-mm", "0.6"), ("--pixel-mm", "--for-training")),
        (("--part", "1/2"), ("--part", "--for-training")),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(toy, tmp_path, capsys, arguments, words):
    joint = () if "--joint" in arguments else ("--joint", toy)
    assert run("phantom", *joint, *arguments, "--out", tmp_path / "out") == 2
    said = capsys.readouterr().err
    assert all(word in said for word in words), said
    assert "Traceback" not in said
    assert "What to do:" in said


def test_a_folder_that_is_a_file_or_holds_other_things_is_refused_before_any_work(toy, tmp_path, capsys):
    (tmp_path / "file").touch()
    assert run("phantom", "--joint", toy, "--out", tmp_path / "file") == 2
    assert "The folder is a file" in capsys.readouterr().err
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").touch()
    assert run("phantom", "--joint", toy, "--out", tmp_path / "thesis") == 2
    assert "such as chapter.txt" in capsys.readouterr().err
    assert run("phantom", "--joint", toy, "--for-training", "--out", tmp_path / "file") == 2
    assert "cannot take studies" in capsys.readouterr().err


def test_studies_of_an_older_program_are_refused_before_any_work_and_leftovers_are_passed_over(toy, tmp_path, capsys):
    order = ("phantom", "--joint", toy, "--out", tmp_path)
    assert run(*order) == 0
    leftover = tmp_path / ".toy_0000001.0a1b2c3d.unfinished"
    leftover.mkdir()
    (leftover / "truth.json").write_text(
        (tmp_path / "toy_0000000" / "truth.json").read_text(encoding="utf-8"), encoding="utf-8"
    )
    assert run(*order, "--seed", 2) == 0
    with (tmp_path / "findings.csv").open() as file:
        assert [row["seed"] for row in csv.DictReader(file)] == ["0", "2"]
    truth = tmp_path / "toy_0000000" / "truth.json"
    for content, words in (('{"schema_version": 1}', "schema version 1"), ("[]", "cannot be read")):
        truth.write_text(content, encoding="utf-8")
        assert run(*order, "--seed", 3) == 2
        said = capsys.readouterr().err
        assert words in said and str(truth) in said
    assert not (tmp_path / "toy_0000003").exists()


def test_a_folder_that_may_not_be_written_is_refused(toy, tmp_path, monkeypatch):
    from OrthoDiffusionLib.lab.phantom.datasets import study_files

    # Whoever runs the tests as root may write everywhere.
    monkeypatch.setattr(study_files.os, "access", lambda path, mode: False)
    with pytest.raises(OutputError, match=r"may not be written to.*Choose a folder"):
        study_files.write_studies(tmp_path, 1, joint=toy)


def test_training_studies_of_different_settings_are_not_mixed(toy, tmp_path):
    write_shards(tmp_path, 1, 0, joint=toy)
    with pytest.raises(TrainingError, match=r"other settings.*pixel_mm 0.8.*Choose another folder"):
        write_shards(tmp_path, 2, 0, joint=toy, pixel_mm=1.2)
