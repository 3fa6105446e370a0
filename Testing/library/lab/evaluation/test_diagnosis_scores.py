"""AUROC, calibration and their intervals against counts made by hand."""

import math

import numpy as np
import pytest

from OrthoDiffusionLib.lab.evaluation.scores.diagnosis_scores import (
    auroc,
    bootstrap_weights,
    delong_comparison,
    mean_with_interval,
    reliability_curve,
    roc_curve,
    score_finding,
    weighted_auroc,
    weighted_average_precision,
)


def test_auroc_counts_the_pairs_and_half_the_ties():
    scores = np.array([3.0, 2.0, 2.0, 2.0, 1.0])
    truth = np.array([1, 1, 1, 0, 0])
    # Six pairs: four won, two tied.
    assert auroc(scores, truth) == pytest.approx(5 / 6)


def test_average_precision_takes_tied_scores_together():
    scores = np.array([3.0, 2.0, 2.0, 2.0, 1.0])
    truth = np.array([1, 1, 1, 0, 0])
    area = score_finding(scores / 3, truth, repeats=10).auprc
    assert area.value == pytest.approx(1 / 3 * 1 + 2 / 3 * 3 / 4)


def test_the_curves_are_those_of_scikit_learn_for_every_draw():
    metrics = pytest.importorskip("sklearn.metrics")
    generator = np.random.default_rng(11)
    truth = generator.random(60) < 0.3
    scores = np.round(generator.normal(truth * 1.0, 1.0), 1)  # with ties
    weights = bootstrap_weights(np.arange(60), repeats=20)
    areas = [metrics.roc_auc_score(truth, scores, sample_weight=row) for row in weights]
    assert weighted_auroc(weights, scores, truth) == pytest.approx(np.array(areas))
    precisions = [metrics.average_precision_score(truth, scores, sample_weight=row) for row in weights]
    assert weighted_average_precision(weights, scores, truth) == pytest.approx(np.array(precisions))
    false, true, _ = metrics.roc_curve(truth, scores, drop_intermediate=False)
    assert roc_curve(scores, truth) == pytest.approx(np.stack([false, true], axis=1))


def test_the_roc_curve_encloses_the_auroc():
    generator = np.random.default_rng(3)
    truth = generator.random(80) < 0.4
    scores = np.round(generator.normal(truth * 1.0, 1.0), 1)
    x, y = roc_curve(scores, truth).T
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
    assert np.trapezoid(y, x) == pytest.approx(auroc(scores, truth))


def test_sensitivity_specificity_brier_and_calibration_error_are_as_counted():
    probabilities = np.array([0.9, 0.6, 0.2, 0.7, 0.1, 0.1])
    truth = np.array([1, 1, 1, 0, 0, 0])
    scores = score_finding(probabilities, truth, threshold=0.6)
    assert scores.prevalence == 0.5
    assert scores.sensitivity.value == pytest.approx(2 / 3)
    assert scores.specificity.value == pytest.approx(2 / 3)
    assert scores.brier.value == pytest.approx((0.01 + 0.16 + 0.64 + 0.49 + 0.01 + 0.01) / 6)
    # Bins: 0.1 twice (0 of 2 positive), then 0.2, 0.6, 0.7, 0.9 alone.
    assert scores.ece.value == pytest.approx((2 * 0.1 + 0.8 + 0.4 + 0.7 + 0.1) / 6)


def test_without_an_operating_point_no_sensitivity_is_made_up():
    scores = score_finding(np.array([0.9, 0.6, 0.2, 0.7]), np.array([1, 1, 0, 0]))
    told = scores.as_dict()
    assert told["threshold"] is None and told["sensitivity"] is None and told["specificity"] is None
    assert told["auroc"] == 0.75


def test_a_calibrated_probability_lies_on_the_diagonal_of_the_reliability_curve():
    generator = np.random.default_rng(0)
    probabilities = generator.random(20000)
    curve = reliability_curve(probabilities, generator.random(20000) < probabilities)
    assert sum(b.count for b in curve) == 20000
    assert all(abs(b.observed - b.mean_probability) < 0.05 for b in curve)


@pytest.mark.parametrize(("truth", "word"), [(np.ones(8), "positive"), (np.zeros(8), "negative")])
def test_one_class_only_has_no_auroc_and_says_why(truth, word):
    scores = score_finding(np.linspace(0.1, 0.9, 8), truth, repeats=100)
    assert scores.auroc.value is None and scores.auroc.low is None
    assert scores.as_dict()["auroc"] is None
    assert f"all studies are {word}" in scores.note
    assert scores.brier.value is not None


def test_a_single_positive_gives_an_auroc_but_no_interval():
    truth = np.zeros(10)
    truth[3] = 1
    estimate = score_finding(np.linspace(0.1, 0.9, 10), truth, repeats=500).auroc
    assert estimate.value == pytest.approx(3 / 9)
    assert estimate.low is None and "too few" in estimate.note


def test_the_interval_covers_the_true_auroc_about_as_often_as_it_says():
    generator = np.random.default_rng(1)
    separation = 1.2
    true_area = 0.5 * math.erfc(-separation / 2.0)  # normal cumulative at separation / sqrt(2)
    covered = 0
    for seed in range(100):
        truth = generator.random(100) < 0.4
        scores = 1 / (1 + np.exp(-generator.normal(truth * separation, 1.0)))
        area = score_finding(scores, truth, repeats=400, seed=seed).auroc
        covered += area.low <= true_area <= area.high
    assert 88 <= covered <= 100


def test_four_of_four_found_is_not_known_to_be_all_that_there_are():
    """Every bootstrap draw of a perfect score is perfect; another four patients need not be."""
    truth = np.arange(60) < 4
    scores = score_finding(np.where(truth, 0.9, 0.1), truth, threshold=0.5, repeats=200)
    assert scores.sensitivity.value == scores.specificity.value == scores.auroc.value == 1.0
    assert scores.sensitivity.low**4 == pytest.approx(0.025)  # Clopper and Pearson
    assert scores.specificity.low**56 == pytest.approx(0.025)
    low = scores.auroc.low
    # Newcombe's method 5: at the end, 1 is 1.96 standard deviations (Hanley and McNeil) away
    variance = low * (1 - low) * (1 + 29 * ((1 - low) / (2 - low) + low / (1 + low))) / (4 * 56)
    assert 1 - low == pytest.approx(1.959964 * math.sqrt(variance)) and 0.7 < low < 0.8
    assert scores.auprc.value == 1.0 and scores.auprc.low is None
    assert scores.sensitivity.high == scores.specificity.high == scores.auroc.high == 1.0


def test_the_interval_of_a_perfect_auroc_is_mirrored_at_its_worst_and_narrows_with_patients():
    truth = np.arange(20) < 10
    best, worst = (score_finding(np.where(truth, a, 1 - a), truth, repeats=100).auroc for a in (0.9, 0.1))
    assert (worst.low, worst.high) == pytest.approx((1 - best.high, 1 - best.low))
    more = score_finding(np.where(np.tile(truth, 5), 0.9, 0.1), np.tile(truth, 5), repeats=100).auroc
    assert best.low < more.low < 1.0
    same_people = score_finding(
        np.where(np.tile(truth, 5), 0.9, 0.1), np.tile(truth, 5), patients=np.tile(np.arange(20), 5), repeats=100
    ).auroc
    assert same_people.low == pytest.approx(best.low)


def test_two_knees_of_one_person_do_not_count_as_two_people():
    generator = np.random.default_rng(5)
    truth = generator.random(40) < 0.5
    probabilities = np.clip(generator.normal(0.4 + 0.2 * truth, 0.2), 0, 1)
    once = score_finding(probabilities, truth, seed=7).auroc
    patients = np.repeat(np.arange(40), 2)
    twice = score_finding(np.repeat(probabilities, 2), np.repeat(truth, 2), patients=patients, seed=7).auroc
    assert (twice.low, twice.high) == pytest.approx((once.low, once.high))
    as_if_independent = score_finding(np.repeat(probabilities, 2), np.repeat(truth, 2), seed=7).auroc
    assert as_if_independent.high - as_if_independent.low < 0.85 * (twice.high - twice.low)


def test_every_draw_has_as_many_patients_as_the_cohort_and_the_seed_repeats_it():
    weights = bootstrap_weights(np.array(["a", "a", "b", "c"]), repeats=50, seed=2)
    assert np.all(weights[:, 0] == weights[:, 1])
    assert np.all(weights[:, 1:].sum(axis=1) == 3)
    assert np.array_equal(weights, bootstrap_weights(np.array(["a", "a", "b", "c"]), repeats=50, seed=2))


@pytest.mark.parametrize("value", [0.1, 0.929, 13 / 14, 0.999])
@pytest.mark.parametrize("count", [3, 12, 39])
def test_equal_values_have_an_interval_of_no_width_whichever_way_sums_are_rounded(value, count):
    estimate = mean_with_interval(np.full(count, value), repeats=200)
    assert estimate.low == estimate.value == estimate.high == pytest.approx(value)


def test_the_mean_leaves_out_what_is_not_there():
    estimate = mean_with_interval(np.array([0.8, np.nan, 0.9, 0.7]))
    assert estimate.value == pytest.approx(0.8)
    assert 0.7 <= estimate.low < 0.8 < estimate.high <= 0.9
    assert mean_with_interval(np.array([np.nan])).value is None


def test_delong_agrees_with_the_variance_worked_out_by_hand():
    truth = np.array([1, 1, 1, 0, 0, 0])
    a = np.array([0.9, 0.8, 0.4, 0.5, 0.3, 0.1])
    b = np.array([0.7, 0.9, 0.6, 0.8, 0.2, 0.1])
    comparison = delong_comparison(a, b, truth)
    assert comparison.auroc_a == pytest.approx(8 / 9)
    assert comparison.auroc_b == pytest.approx(7 / 9)
    # The components differ by (1/3, 0, 0) in either class: variance 1/81 + 1/81, so z = 1/sqrt(2).
    assert comparison.p_value == pytest.approx(math.erfc(0.5))
    assert comparison.difference.high - comparison.difference.value == pytest.approx(1.959964 * math.sqrt(2) / 9)


def test_delong_of_a_reader_with_himself_finds_no_difference():
    truth = np.array([1, 1, 0, 0, 1])
    scores = np.array([0.3, 0.9, 0.4, 0.1, 0.5])
    comparison = delong_comparison(scores, scores, truth)
    assert (comparison.difference.value, comparison.p_value) == (0.0, 1.0)
    assert delong_comparison(scores, scores, np.ones(5)).p_value is None


@pytest.mark.parametrize(
    ("probabilities", "truth", "message"),
    [
        ([0.1, np.nan], [0, 1], "1 of 2 scores are not finite"),
        ([0.1, 1.2], [0, 1], r"must be in \[0, 1\], got 0.1 to 1.2"),
        ([0.1, 0.2], [0, 2], "truth must be 0 or 1"),
        ([0.1, 0.2], [0], "two equally long rows"),
        ([], [], "two equally long rows"),
    ],
)
def test_rows_that_cannot_be_scored_are_refused_with_the_reason(probabilities, truth, message):
    with pytest.raises(ValueError, match=message):
        score_finding(np.array(probabilities), np.array(truth))
