"""Two bundles are compared on the same studies, not as two strangers."""

import pytest

from OrthoDiffusionLib.lab.evaluation.cohorts.evaluator import score_cohort
from OrthoDiffusionLib.lab.evaluation.scores.comparison import compare_records

STRUCTURES = ("femur", "tibia", "medial_meniscus")


def test_a_better_outline_is_better_in_every_study_and_the_interval_shows_it(reader, bundle, cohort):
    good = score_cohort(reader.analyze, bundle, cohort, count=6)
    reader.shift_mm = 3.0
    poor = score_cohort(reader.analyze, bundle, cohort)
    compared = compare_records(good, poor, structures=STRUCTURES, findings=["joint_effusion"], repeats=200)
    assert compared["studies"] == 6
    femur = compared["structures"]["femur"]
    # One voxel of fourteen off against two.
    assert femur["difference"] == pytest.approx(1 / 14)
    assert femur["low"] == pytest.approx(1 / 14)
    assert compared["dice_mean"]["difference"] > femur["difference"]  # the thin meniscus suffers most
    effusion = compared["abnormalities"]["joint_effusion"]
    assert (effusion["difference"], effusion["p_value"]) == (0.0, 1.0)


def test_the_other_way_round_only_the_sign_changes(reader, bundle, cohort):
    good = score_cohort(reader.analyze, bundle, cohort, count=4)
    reader.shift_mm = 3.0
    poor = score_cohort(reader.analyze, bundle, cohort, count=4)
    there = compare_records(good, poor, structures=STRUCTURES, findings=[], repeats=100)
    back = compare_records(poor, good, structures=STRUCTURES, findings=[], repeats=100)
    assert there["dice_mean"]["difference"] == pytest.approx(-back["dice_mean"]["difference"])


def test_cohorts_without_a_common_study_cannot_be_compared(reader, bundle, cohort):
    records = score_cohort(reader.analyze, bundle, cohort, count=4)
    with pytest.raises(ValueError, match="in common, got none"):
        compare_records(records[:2], records[2:], structures=STRUCTURES, findings=[])
