"""Platt scaling turns logits into probabilities that mean what they say, also where few are positive."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.findings import Calibration, sigmoid
from OrthoDiffusionLib.lab.evaluation.scores.platt import fit_platt


def test_platt_scaling_finds_the_slope_and_offset_that_made_the_truth():
    random = np.random.default_rng(0)
    logits = random.normal(0.0, 2.0, 20000)
    positive = random.random(20000) < sigmoid(0.7 * logits - 1.2)
    a, b = fit_platt(logits, positive, ridge=0.0)
    assert (a, b) == pytest.approx((0.7, -1.2), abs=0.06)


def test_probabilities_sum_to_the_number_of_positives_even_when_few_are_positive():
    random = np.random.default_rng(1)
    positive = np.arange(200) < 6
    logits = np.where(positive, random.normal(3, 1, 200), random.normal(0, 1, 200))
    calibration = Calibration(*fit_platt(logits, positive))
    assert calibration.probability(logits).sum() == pytest.approx(6, abs=1.5)


def test_three_positives_that_are_perfectly_separated_do_not_make_certainty():
    logits = np.array([-3.0, -2.5, -2.0, -2.2, -1.9, 4.0, 4.5, 5.0])
    a, b = fit_platt(logits, logits > 0)
    probability = Calibration(a, b).probability(logits)
    assert 0.6 < probability[-1] < 0.99 and 0.01 < probability[0] < 0.4


@pytest.mark.parametrize("positive", [[False] * 5, [True] * 5])
def test_with_one_class_only_every_logit_gives_the_softened_prevalence(positive):
    a, b = fit_platt([0.0, 1.0, 2.0, 3.0, 4.0], positive)
    assert a == 0.0
    assert Calibration(a, b).probability(9.0) == pytest.approx(6 / 7 if positive[0] else 1 / 7)


def test_an_order_that_is_wrong_is_flattened_and_never_turned_round():
    logits = np.linspace(-3, 3, 100)
    a, b = fit_platt(logits, logits < 0)
    assert a == 0.0 and Calibration(a, b).probability(0.0) == pytest.approx(0.5)
