"""The shoulder's cohorts: enough of each finding anywhere, and ranges of sizes that no training sees."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import SHOULDER
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.phantom.datasets.cohort import cohort_named
from OrthoDiffusionLib.lab.phantom.datasets.shards import TrainingStudies
from OrthoDiffusionLib.lab.phantom.phantom import BUILDERS, _draw_grades
from OrthoDiffusionLib.lab.phantom.shoulder.proportions import PROCEDURAL, WIDE

BUILDER = BUILDERS["shoulder"]


def test_any_forty_studies_of_the_frozen_cohort_have_five_positives_of_each_finding():
    frozen = cohort_named("shoulder-frozen")
    assert frozen.name == "shoulder-frozen-v1" and len(frozen) == 240
    assert BUILDER.abnormalities == tuple(one.name for one in SHOULDER.abnormalities)
    drawn = [_draw_grades(BUILDER, None, frozen.prevalence, np.random.default_rng([seed, 7])) for seed in frozen.seeds]
    for name in BUILDER.abnormalities:
        positive = np.array([grades[name] > 0 for grades in drawn])
        assert 0.28 < positive.mean() < 0.45, name
        assert np.convolve(positive, np.ones(40, int), mode="valid").min() >= 6, name
        assert {grades[name] for grades in drawn} == {0, 1, 2, 3}


def test_no_finding_of_the_frozen_cohort_is_read_off_another():
    """Phi of any two findings, 0 where one says nothing of the other."""
    frozen = cohort_named("shoulder-frozen")
    drawn = [_draw_grades(BUILDER, None, frozen.prevalence, np.random.default_rng([seed, 7])) for seed in frozen.seeds]
    table = np.corrcoef([[grades[name] > 0 for grades in drawn] for name in BUILDER.abnormalities])
    assert np.abs(table - np.eye(len(table))).max() < 0.25


def test_the_frozen_cohort_holds_out_wide_shoulders_and_three_imaging_sites():
    frozen, training = cohort_named("shoulder-frozen"), cohort_named("shoulder-training")
    assert dict(frozen.anatomies) == {PROCEDURAL: 0.6, WIDE: 0.4}
    assert [name for name, _ in training.anatomies] == [PROCEDURAL]
    assert [name for name, _ in cohort_named("shoulder-calibration").anatomies] == [PROCEDURAL]
    assert sum("held_out" in site for site in frozen.sites) == 3
    with pytest.raises(TrainingError):
        TrainingStudies(1, 0, joint="shoulder", anatomy=WIDE)


@pytest.mark.long
def test_what_was_drawn_for_the_frozen_cohort_is_seen_in_its_pictures():
    frozen = cohort_named("shoulder-frozen")
    for number in range(1, 6):
        study = frozen.study(number)
        grades = _draw_grades(BUILDER, None, frozen.prevalence, np.random.default_rng([frozen.seeds[number], 7]))
        shown = {name for name, ill in study.abnormalities.items() if ill}
        assert shown == {name for name, grade in grades.items() if grade}
        for name, record in study.lesion_records().items():
            # The longest is a biceps tendon that has gone: 80 mm, two standard deviations of 20 more.
            assert all(1 < mm < 120 for mm in record.extent_mm), name
            assert 0.02 < record.volume_ml < 60, name
