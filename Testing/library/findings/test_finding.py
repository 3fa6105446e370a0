"""A finding cannot contradict itself."""

from __future__ import annotations

import math

import pytest

from OrthoDiffusionLib.findings import Finding, OperatingPoint


@pytest.mark.parametrize("probability", [-0.01, 1.01, math.nan])
def test_a_probability_outside_zero_to_one_is_refused(probability):
    with pytest.raises(ValueError, match=r"joint_effusion: probability must be in \[0, 1\]"):
        Finding("joint_effusion", assessed=True, probability=probability)


def test_a_finding_that_is_not_assessed_has_neither_probability_nor_point():
    with pytest.raises(ValueError, match="not assessed"):
        Finding("joint_effusion", assessed=False, probability=0.5)
    with pytest.raises(ValueError, match="not assessed"):
        Finding("joint_effusion", assessed=False, probability=None, point_ras=(0, 0, 0))
    with pytest.raises(ValueError, match="must have a probability"):
        Finding("joint_effusion", assessed=True, probability=None)
    said = Finding.not_assessed("joint_effusion", "The axial view is missing")
    assert (said.assessed, said.probability, said.note.text) == (False, None, "The axial view is missing")


def test_a_name_that_could_leave_the_evidence_folder_is_refused():
    with pytest.raises(ValueError, match="must be a key"):
        Finding.not_assessed("../joint_effusion", "")


def test_the_planes_disagreement_is_the_largest_difference_between_them():
    finding = Finding("joint_effusion", True, 0.5, {"sagittal": 0.9, "coronal": 0.2, "axial": 0.6})
    assert finding.disagreement == pytest.approx(0.7)
    assert Finding("joint_effusion", True, 0.5, {"axial": 0.6}).disagreement == 0.0


def test_a_finding_is_positive_from_its_operating_point_on():
    point = OperatingPoint(0.2, 0.9, 0.8)
    for probability, positive in ((0.2, True), (0.19, False), (0.9, True), (0.199996, True)):
        finding = Finding("joint_effusion", assessed=True, probability=probability, operating_point=point)
        assert finding.positive is positive  # with the four digits that the results file keeps
    assert Finding.not_assessed("joint_effusion", "the view is missing").positive is None


@pytest.mark.parametrize("probability", [0.02, 0.4, 0.98])
def test_without_an_operating_point_a_finding_is_neither_positive_nor_negative(probability):
    finding = Finding("joint_effusion", assessed=True, probability=probability)
    assert finding.positive is None and finding.word == "not_called"
    assert finding.marked is (probability > 0.5)  # pictures show where it is seen, and call it nothing
