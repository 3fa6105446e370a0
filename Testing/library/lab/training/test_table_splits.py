"""No patient teaches and is tested; each split has its share of what is rare."""

from __future__ import annotations

import pytest

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.training.tables.case_splits import SPLITS, TEST, TRAIN, VALIDATION, split_by_patient


def patients(count: int, rare: int) -> dict[str, list[str]]:
    return {f"p{number}": ["common"] * (number % 2) + ["rare"] * (number < rare) for number in range(count)}


def test_the_shares_are_those_that_are_wanted():
    splits = list(split_by_patient(patients(50, 10), {}).values())
    assert [splits.count(split) for split in SPLITS] == [30, 10, 10]


def test_a_rare_finding_is_in_every_split():
    found = split_by_patient(patients(50, 5), {})
    assert {found[f"p{number}"] for number in range(5)} == set(SPLITS)


def test_the_same_seed_deals_the_same_and_another_one_otherwise():
    labels = patients(30, 5)
    assert split_by_patient(labels, {}) == split_by_patient(dict(reversed(labels.items())), {})
    assert split_by_patient(labels, {}) != split_by_patient(labels, {}, seed=1)


def test_what_the_table_says_stays():
    fixed = {"p0": TEST, "p1": TEST, "p2": VALIDATION, "p9": TRAIN}
    found = split_by_patient(patients(20, 3), fixed)
    assert {name: found[name] for name in fixed} == fixed
    assert set(found) == set(patients(20, 3))


def test_two_patients_are_too_few():
    with pytest.raises(TrainingError, match="2 patients leave the split .* empty") as caught:
        split_by_patient(patients(2, 0), {})
    assert "Four patients" in caught.value.remedy
