"""Fresh cohorts: like the frozen one, of seeds that nobody else draws."""

from __future__ import annotations

import pytest

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.lab.evaluation.cohorts.evaluator import evaluate
from OrthoDiffusionLib.lab.phantom.datasets.cohort import cohort_named, fresh_cohort

FIRST = 9_500_000


def test_it_differs_from_the_frozen_cohort_in_name_and_seeds_alone():
    frozen, fresh = cohort_named("knee-frozen"), fresh_cohort("knee", FIRST)
    assert fresh.name == "knee-fresh-9500000"
    assert list(fresh.seeds) == list(range(FIRST, FIRST + len(frozen)))
    for same in ("version", "anatomies", "sites", "prevalence", "missing_plane", "joint"):
        assert getattr(fresh, same) == getattr(frozen, same)
    assert cohort_named("knee-fresh-9500000") == fresh
    assert {fresh.setting(n)[1] for n in range(12)} == set(frozen.sites)


@pytest.mark.parametrize(
    ("first", "message"),
    [
        (9_000_000, "are those of the frozen cohort"),
        (9_000_239, "are those of the frozen cohort"),
        (8_999_900, "are those of the frozen cohort"),
        (0, "are not reserved for evaluation"),
        (8_500_000, "are not reserved for evaluation"),
        (2**31 - 10, "are not reserved for evaluation"),
    ],
)
def test_seeds_that_others_draw_are_refused(first, message):
    with pytest.raises(OrthoDiffusionError, match=message) as caught:
        fresh_cohort("knee", first)
    assert "from 9000240" in caught.value.remedy


def test_a_joint_without_cohorts_is_refused():
    with pytest.raises(OrthoDiffusionError, match="no cohort called 'elbow-frozen'"):
        fresh_cohort("elbow", FIRST)


def test_a_name_and_a_first_seed_are_refused_together():
    with pytest.raises(OrthoDiffusionError, match="cannot both be evaluated"):
        evaluate(None, cohort_name="knee-frozen", first_seed=FIRST)
