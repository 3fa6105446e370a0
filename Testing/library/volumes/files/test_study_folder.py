"""What the panel hands to its worker arrives as it left."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import KNEE, Side
from OrthoDiffusionLib.errors import OutputError, StudyError
from OrthoDiffusionLib.volumes import Origin, Plane, read_study_folder, write_study_folder


def test_volumes_planes_and_side_make_the_round_trip(tmp_path, make_volume):
    origin = Origin("p", "s", "1.2", "1.3", 4, ("ORIGINAL", "PRIMARY", "M"), "20240101")
    sagittal = make_volume("PIR", name="Knie sagittal ‘PD’", tilt=9, side=Side.LEFT, modality="MR",
                           body_part="KNEE", description="pd fs", study_description="MRT Knie", thickness_mm=3.0,
                           origin=origin)  # fmt: skip
    coronal = make_volume("LIP", name="cor", origin=origin)
    path = write_study_folder(
        tmp_path / "in", [(Plane.SAGITTAL, sagittal), (None, coronal)], side=Side.RIGHT, joint="knee"
    )
    assert path.name == "study.json"
    study = read_study_folder(tmp_path / "in", joint=KNEE)
    back = study.planes[Plane.SAGITTAL]
    np.testing.assert_array_equal(back.array, sagittal.array)
    assert back.geometry == sagittal.geometry
    for field in (
        "name",
        "side",
        "modality",
        "body_part",
        "description",
        "study_description",
        "thickness_mm",
        "origin",
    ):
        assert getattr(back, field) == getattr(sagittal, field)
    assert study.planes[Plane.CORONAL].name == "cor"
    assert (study.side, study.side_source) == (Side.RIGHT, "user")
    assert study.reasons[Plane.SAGITTAL].text.endswith("chosen by hand.")
    assert json.loads(path.read_text())["schema_version"] == 1


def test_one_3d_volume_for_all_planes_is_stored_once(tmp_path, make_volume):
    thin = make_volume("PIR", shape=(30, 30, 30), spacing=(1, 1, 1.2))
    write_study_folder(tmp_path, dict.fromkeys(Plane, thin), side=None, joint="knee")
    assert len(list(tmp_path.glob("*.npy"))) == 1
    assert len(read_study_folder(tmp_path, joint=KNEE).planes) == 3


def test_a_study_of_another_joint_is_refused(tmp_path, make_volume):
    write_study_folder(tmp_path, [(Plane.SAGITTAL, make_volume("PIR"))], side=None, joint="shoulder")
    with pytest.raises(StudyError, match="is of the shoulder, the bundle knows the knee"):
        read_study_folder(tmp_path, joint=KNEE)


def test_two_volumes_on_one_plane_are_refused(tmp_path, make_volume):
    pairs = [(Plane.SAGITTAL, make_volume("PIR", name=name)) for name in ("a", "b")]
    write_study_folder(tmp_path, pairs, side=None, joint="knee")
    with pytest.raises(StudyError, match="2 volumes are to be used for the sagittal plane"):
        read_study_folder(tmp_path, joint=KNEE)


def test_incomplete_newer_and_dangerous_folders_are_refused(tmp_path, make_volume):
    with pytest.raises(StudyError, match=r"no readable study\.json"):
        read_study_folder(tmp_path, joint=KNEE)
    path = write_study_folder(tmp_path, [(None, make_volume())], side=None, joint="knee")
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "schema_version": 2}))
    with pytest.raises(StudyError, match="version 2 of its format; version 1 is needed"):
        read_study_folder(tmp_path, joint=KNEE)
    content["volumes"][0]["array"] = "../0.npy"
    path.write_text(json.dumps(content))
    with pytest.raises(StudyError, match="outside of the folder"):
        read_study_folder(tmp_path, joint=KNEE)
    content["volumes"][0]["array"] = "0.npy"
    path.write_text(json.dumps(content))
    np.save(tmp_path / "0.npy", np.array([{"code": "x"}], dtype=object), allow_pickle=True)
    with pytest.raises(StudyError, match="cannot be read"):
        read_study_folder(tmp_path, joint=KNEE)
    np.save(tmp_path / "0.npy", np.zeros((3, 3)))
    with pytest.raises(StudyError, match="3 dimensions, this array has 2"):
        read_study_folder(tmp_path, joint=KNEE)


def test_a_place_that_cannot_be_written_to_is_named(tmp_path, make_volume):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="The volumes cannot be handed to the worker"):
        write_study_folder(tmp_path / "file", [(None, make_volume())], side=None, joint="knee")


def test_where_a_volume_comes_from_makes_the_round_trip(tmp_path, make_volume):
    origin = Origin(
        patient="ab" * 32,
        study="1.2.3",
        series="1.2.3.4",
        frame_of_reference="1.2.9",
        series_number=4,
        image_type=("ORIGINAL", "PRIMARY", "W"),
        acquired="20260102101112",
    )
    write_study_folder(tmp_path, {Plane.SAGITTAL: replace(make_volume("PIR"), origin=origin)}, side=None, joint="knee")
    assert read_study_folder(tmp_path, joint=KNEE).planes[Plane.SAGITTAL].origin == origin


def test_a_folder_that_tells_no_origin_or_more_than_is_known_is_read(tmp_path, make_volume):
    write_study_folder(tmp_path, {Plane.SAGITTAL: make_volume("PIR")}, side=None, joint="knee")
    path = tmp_path / "study.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    for told, expected in (
        (None, Origin()),
        ({"study": "1.2.3", "of_a_later_version": 1}, Origin(study="1.2.3")),
    ):
        content["volumes"][0]["origin"] = told
        if told is None:
            del content["volumes"][0]["origin"]
        path.write_text(json.dumps(content), encoding="utf-8")
        assert read_study_folder(tmp_path, joint=KNEE).planes[Plane.SAGITTAL].origin == expected
