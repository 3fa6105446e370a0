"""Intervals of means and areas, and comparisons on the same draws of studies."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.lab.experiments.common.study_statistics import Bootstrap, as_text, average

STUDIES = [f"study-{number:02d}" for number in range(40)]


def rows(values):
    return {"a": dict(zip(STUDIES, values, strict=True))}


def test_a_mean_over_structures_counts_each_structure_alike_however_many_studies_have_it():
    few = {"femur": dict.fromkeys(STUDIES, 0.9), "patella": {STUDIES[0]: 0.5, STUDIES[1]: 0.7}}
    assert Bootstrap(STUDIES, {}).mean(few).values[0] == pytest.approx((0.9 + 0.6) / 2)


def test_the_interval_holds_the_mean_and_shrinks_where_studies_agree():
    rng = np.random.default_rng(0)
    wide = Bootstrap(STUDIES, {}).mean(rows(rng.normal(0.7, 0.1, 40))).estimate
    narrow = Bootstrap(STUDIES, {}).mean(rows(rng.normal(0.7, 0.01, 40))).estimate
    assert wide.low < wide.value < wide.high
    # 1.96 standard errors of 40 studies
    assert wide.high - wide.low == pytest.approx(2 * 1.96 * 0.1 / 40**0.5, rel=0.3)
    assert narrow.high - narrow.low < 0.2 * (wide.high - wide.low)


def test_two_arms_that_differ_by_the_same_everywhere_differ_without_doubt():
    values = np.random.default_rng(0).uniform(0.3, 0.9, 40)
    bootstrap = Bootstrap(STUDIES, {})
    difference = bootstrap.mean(rows(values)).minus(bootstrap.mean(rows(values - 0.05))).estimate
    assert (difference.value, difference.low, difference.high) == pytest.approx((0.05, 0.05, 0.05))


def test_the_area_is_the_chance_that_a_positive_scores_higher_and_one_class_has_none():
    truth = rows([1.0] * 10 + [0.0] * 30)
    bootstrap = Bootstrap(STUDIES, {})
    assert bootstrap.auroc(rows([2.0] * 10 + [1.0] * 30), truth).values[0] == 1.0
    assert bootstrap.auroc(rows([1.0] * 40), truth).values[0] == 0.5
    assert bootstrap.auroc(rows([1.0] * 40), rows([0.0] * 40)) is None


def test_seeds_are_averaged_draw_by_draw_and_none_is_a_dash():
    bootstrap = Bootstrap(STUDIES, {})
    low, high = (bootstrap.mean(rows([value] * 40)) for value in (0.4, 0.6))
    assert as_text(average([low, high])) == "0.500 (0.500 to 0.500)"
    assert as_text(low.minus(high), signed=True) == "-0.200 (-0.200 to -0.200)"
    assert as_text(low.share_of(high), digits=1, scale=100) == "66.7 (66.7 to 66.7)"
    assert as_text(average([])) == "—"


def test_studies_of_one_stored_shape_are_drawn_together_and_alone_have_no_interval():
    values = np.random.default_rng(0).normal(0.7, 0.1, 40)
    shapes = {study: f"map {number % 4}" for number, study in enumerate(STUDIES)}
    values += 0.2 * np.array([number % 4 for number in range(40)])
    alone, shared = (Bootstrap(STUDIES, patients).mean(rows(values)).estimate for patients in ({}, shapes))
    assert shared.value == alone.value
    assert shared.high - shared.low > 2 * (alone.high - alone.low)
    of_one = Bootstrap(STUDIES, dict.fromkeys(STUDIES, "map 0")).mean(rows(values))
    assert of_one.estimate.low is None and as_text(of_one) == f"{alone.value:.3f}"
