"""The whole way on the real exam with the shipped bundle: what `make demo` shows, held against plain anatomy."""

from __future__ import annotations

import json

import pytest

from OrthoDiffusionLib.findings import Analysis


@pytest.fixture(scope="module")
def results(tmp_path_factory, project_root):
    from OrthoDiffusionLib.cli.main import main

    folder = tmp_path_factory.mktemp("real") / "demo-results"
    assert main(["analyze", str(project_root / "Resources" / "SampleData" / "knee_exam"), "--out", str(folder)]) == 0
    return folder


def test_all_three_planes_serve_and_the_side_is_said_with_its_source(results):
    study = json.loads((results / "findings.json").read_text(encoding="utf-8"))["study"]
    assert set(study["planes"]) == {"sagittal", "coronal", "axial"}
    assert study["side"] in ("right", "left")
    assert study["side_source"] in ("anatomy", "tag", "user")


def test_bones_cartilage_menisci_and_cruciates_are_found_where_they_belong(results):
    segmentation = Analysis.load(results).segmentation
    centre = segmentation.centroid_ras
    femur, tibia, patella = centre("femur"), centre("tibia"), centre("patella")
    assert femur[2] > tibia[2] + 30  # mm: above
    assert patella[1] > femur[1] + 15  # in front
    for name in ("femoral_cartilage", "medial_meniscus", "lateral_meniscus", "anterior_cruciate_ligament"):
        assert tibia[2] < centre(name)[2] < femur[2] + 10, name
    # In every knee the medial side looks to the midline: in a right one to the Left.
    medial = -1 if Analysis.load(results).study.side.value == "right" else 1
    assert medial * (centre("medial_meniscus")[0] - centre("lateral_meniscus")[0]) > 15
    assert 60 < segmentation.volume_ml("femur") < 400
    assert 5 < segmentation.volume_ml("patella") < 40


def test_the_sample_exam_is_a_plausible_knee_of_one_joint(results):
    codes = {warning["code"] for warning in json.loads((results / "findings.json").read_text("utf-8"))["warnings"]}
    assert not codes & {"implausible_result", "two_joints"}


@pytest.mark.long
def test_given_as_the_other_side_it_is_not_plausible(results, project_root, tmp_path):
    from OrthoDiffusionLib.cli.main import main

    side = json.loads((results / "findings.json").read_text(encoding="utf-8"))["study"]["side"]
    other = {"right": "left", "left": "right"}[side]
    exam = project_root / "Resources" / "SampleData" / "knee_exam"
    assert main(["analyze", str(exam), "--side", other, "--out", str(tmp_path / "r")]) == 0
    first = json.loads((tmp_path / "r" / "findings.json").read_text(encoding="utf-8"))["warnings"][0]
    assert first["code"] == "implausible_result" and f"analyse again as {side}" in first["remedy"]


def test_nothing_is_claimed_that_the_bundle_cannot_tell_from_chance(results):
    for finding in json.loads((results / "findings.json").read_text(encoding="utf-8"))["findings"]:
        if finding["assessed"]:
            assert 0 <= finding["probability"] <= 1
            assert set(finding["by_plane"]) <= {"sagittal", "coronal", "axial"}
        else:
            assert finding["probability"] is None
            assert finding["note"]
