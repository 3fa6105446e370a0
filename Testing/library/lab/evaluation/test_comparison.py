"""Two bundles are compared on the same studies, not as two unknown ones."""

import numpy as np
import pytest

from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.lab.evaluation.cohorts.evaluator import evaluate_cohort, score_cohort
from OrthoDiffusionLib.lab.evaluation.pages.comparison_page import comparison_page
from OrthoDiffusionLib.lab.evaluation.scores.comparison import compare_records, compare_scores
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import ScoredStudy

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


def test_two_files_of_scores_are_compared_by_the_studies_beside_them(reader, bundle, cohort, tmp_path):
    evaluate_cohort(reader.analyze, bundle, cohort, json=tmp_path / "good.json", repeats=50)
    reader.shift_mm, reader.fails_on = 3.0, (3,)
    evaluate_cohort(reader.analyze, bundle, cohort, json=tmp_path / "poor.json", repeats=50)
    compared = compare_scores(tmp_path / "good.json", tmp_path / "poor.json", repeats=50)
    assert (compared["studies"], compared["cohort"]) == (12, "boxes-v1")
    # The study that could not be analysed counts as missed, as it does in the scores.
    assert compared["structures"]["femur"]["difference"] > 1 / 14
    page = comparison_page(compared)
    assert "| Femur | +0." in page and "boxes 1 against boxes 1 on boxes-v1" in page


def test_scores_of_different_cohorts_are_not_compared(reader, bundle, cohort, tmp_path):
    evaluate_cohort(reader.analyze, bundle, cohort, json=tmp_path / "one.json", repeats=50)
    cohort.version = 2
    evaluate_cohort(reader.analyze, bundle, cohort, json=tmp_path / "other.json", repeats=50)
    with pytest.raises(OrthoDiffusionError, match="different cohorts: boxes-v1, version 1, and boxes-v1, version 2"):
        compare_scores(tmp_path / "one.json", tmp_path / "other.json")


def test_studies_of_two_runs_in_one_file_are_refused(reader, bundle, cohort, tmp_path):
    for version in (1, 2):
        cohort.version = version
        evaluate_cohort(reader.analyze, bundle, cohort, count=2, json=tmp_path / "scores.json", repeats=50)
    with pytest.raises(OrthoDiffusionError, match="studies of 2 runs"):
        compare_scores(tmp_path / "scores.json", tmp_path / "scores.json")


def findings_only(study, patient, logit, positive):
    finding = {"joint_effusion": {"logit": logit, "positive": positive}}
    return ScoredStudy(study, patient, {}, findings=finding)


def test_the_same_patients_counted_again_make_no_difference_of_aurocs_surer():
    """A patient's second study is no second patient: DeLong's test would take it for one."""
    rng = np.random.default_rng(0)
    positive = rng.random(60) < 0.4
    good, poor = (rng.normal(2.0 * positive, spread) for spread in (1.0, 3.0))

    def compared(times):
        first, second = (
            [
                findings_only(f"study {n}.{again}", f"patient {n}", float(logits[n]), bool(positive[n]))
                for n in range(60)
                for again in range(times)
            ]
            for logits in (good, poor)
        )
        found = compare_records(first, second, structures=[], findings=["joint_effusion"])
        return found["abnormalities"]["joint_effusion"]

    once, often = compared(1), compared(4)
    assert often["difference"] == pytest.approx(once["difference"])
    assert often["high"] - often["low"] == pytest.approx(once["high"] - once["low"], rel=0.1)
    assert once["p_value"] < 0.05 and often["p_value"] is None
    assert "several studies" in often["note"]


def test_against_needs_the_scores_of_this_bundle_too(capsys, tmp_path):
    assert main(["evaluate", "--against", str(tmp_path / "other.json")]) == 2
    assert "--against needs --json" in capsys.readouterr().err
