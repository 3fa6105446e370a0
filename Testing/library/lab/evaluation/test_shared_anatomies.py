"""Studies whose bones come from one stored shape are no independent people, and intervals know it."""

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pytest

from OrthoDiffusionLib.lab.evaluation.cohorts.evaluator import evaluate_cohort
from OrthoDiffusionLib.lab.evaluation.pages.page import scores_page
from OrthoDiffusionLib.lab.evaluation.scores.diagnosis_scores import equal_patients, mean_with_interval, score_finding
from OrthoDiffusionLib.lab.phantom.datasets.cohort import cohort_named, phantom_study
from OrthoDiffusionLib.lab.phantom.phantom import patient_of

from .conftest import EFFUSION, BoxCohort


@dataclass
class SharedCohort(BoxCohort):
    """The boxes, of which the first so many come from one stored shape."""

    shared: int = 8

    def study(self, number):
        phantom = super().study(number)
        return replace(phantom, anatomy="stored") if number < self.shared else phantom


def who(joint, number):
    cohort = cohort_named(f"{joint}-frozen")
    return patient_of(joint, cohort.seeds[number], cohort.setting(number)[0], cohort.study_name(number))


@pytest.mark.parametrize(("joint", "studies", "people", "most"), [("knee", 60, 39, 22), ("shoulder", 60, 60, 1)])
def test_frozen_studies_of_one_label_map_are_one_patient(joint, studies, people, most):
    counts = Counter(who(joint, number) for number in range(studies))
    assert (len(counts), max(counts.values())) == (people, most)


def test_a_mixed_knee_of_a_label_map_counts_as_that_map_and_a_drawn_one_as_itself():
    mapped, drawn = (phantom_study(seed, joint="knee", anatomy="mixed") for seed in (3, 5))
    assert mapped.patient == mapped.anatomy == patient_of("knee", 3, "mixed", "a name") == "mskt_dess_right_10labels"
    assert drawn.anatomy == "procedural" and drawn.patient == drawn.name
    assert patient_of("knee", 5, None, "a name") == "a name"


def test_an_evaluation_draws_whole_anatomies_and_says_how_few_they_are(reader, bundle):
    alone = evaluate_cohort(reader.analyze, bundle, BoxCohort(), repeats=500)
    shared = evaluate_cohort(reader.analyze, bundle, SharedCohort(), repeats=500)
    for scores in (alone, shared):
        assert scores["bootstrap"]["unit"] == "patient"
    effusions = [scores["abnormalities"][EFFUSION] for scores in (alone, shared)]
    width = [effusion["brier_high"] - effusion["brier_low"] for effusion in effusions]
    assert width[1] > 1.1 * width[0]
    assert shared["abnormalities"][EFFUSION]["auroc"] == alone["abnormalities"][EFFUSION]["auroc"]
    # Perfect ones: three people with an effusion, three without, in place of six and six.
    low = [s["abnormalities"][EFFUSION]["auroc_low"] for s in (shared, alone)]
    assert low[0] < low[1] - 0.05
    assert shared["bootstrap"]["patients"] == 5 and shared["bootstrap"]["most_studies_of_a_patient"] == 8
    assert shared["bootstrap"]["equal_patients"] == pytest.approx(144 / 68, abs=0.05)
    page = scores_page(shared)
    assert "The 12 studies are of 5 patients" in page and "one of them has 8 studies" in page
    assert "no more than 2.1 patients" in page and "may be too narrow" in page
    assert "patients with equally many" not in scores_page(alone)


def test_one_anatomy_alone_gives_no_interval_of_others(reader, bundle):
    scores = evaluate_cohort(reader.analyze, bundle, SharedCohort(), repeats=100)
    alone = scores["strata"]["anatomy"]["stored"]
    assert alone["patients"] == 1 and alone["dice_mean"] > 0.7
    assert alone["dice_mean_low"] is None and alone["auroc_mean_low"] is None
    row = next(line for line in scores_page(scores).splitlines() if line.startswith("| stored"))
    assert "8 of 1 patient |" in row and " to " not in row


def test_intervals_over_anatomies_hold_where_those_over_studies_do_not():
    """Fifteen anatomies of eight studies each, which share most of what makes them easy or hard."""
    rng = np.random.default_rng(7)
    patients, held, naive = np.repeat(np.arange(15), 8), 0, 0
    for seed in range(150):
        values = 0.8 + np.repeat(rng.normal(0, 0.05, 15), 8) + rng.normal(0, 0.02, 120)
        for counted, given in (("held", patients), ("naive", None)):
            found = mean_with_interval(values, patients=given, repeats=300, seed=seed)
            inside = found.low <= 0.8 <= found.high
            held, naive = held + (inside and counted == "held"), naive + (inside and counted == "naive")
    assert held / 150 > 0.85 and naive / 150 < 0.7


def test_studies_of_one_patient_have_no_interval_and_few_patients_are_counted_by_weight():
    assert mean_with_interval(np.array([0.7, 0.8]), patients=np.array(["a", "a"])).low is None
    truth = np.array([True, False, True, False])
    scores = score_finding(np.array([0.9, 0.2, 0.4, 0.6]), truth, patients=np.array(["a"] * 4), repeats=50)
    assert scores.auroc.value == 0.75 and scores.auroc.low is None and "one patient" in scores.auroc.note
    assert equal_patients(np.array(["a", "a", "b", "b"])) == 2.0
    assert equal_patients(np.array(["a", "a", "a", "b"])) == pytest.approx(1.6)
