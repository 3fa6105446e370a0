"""A training reference lets honest studies pass and says in words what is beyond them."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.analysis.training_likeness import ViewObservation, judged
from OrthoDiffusionLib.bundles.training_reference import TrainingReference, UsualRange
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.evaluation.cohorts.kept_observations import KeptObservations
from OrthoDiffusionLib.lab.evaluation.cohorts.reference_fitting import fit_feature_space, fit_reference
from OrthoDiffusionLib.unlikeness import LIMIT, Unlikeness, unlike_training
from OrthoDiffusionLib.volumes import Plane

USUAL = {
    "slice_distance": (3.5, 0.4), "slice_order": (0.58, 0.05), "background": (-1.0, 0.15), "brightness": (-0.1, 0.04),
    "detail": (9.0, 1.5), "void_rim": (0.0, 0.0), "ghosting": (0.02, 0.008), "certainty": (0.955, 0.006),
}  # fmt: skip


def honest_view(rng: np.random.Generator) -> ViewObservation:
    statistics = {name: float(rng.normal(*usual)) for name, usual in USUAL.items()}
    return ViewObservation(statistics, rng.normal(1.0, 0.2, 60).astype(np.float32) + np.float32(rng.normal(0, 0.3)))


@pytest.fixture(scope="module")
def observations() -> list[dict[Plane, ViewObservation]]:
    rng = np.random.default_rng(4)
    kept = [[plane for plane in Plane if plane is Plane.SAGITTAL or rng.random() > 0.1] for _ in range(60)]
    return [{plane: honest_view(rng) for plane in planes} for planes in kept]


@pytest.fixture(scope="module")
def reference(observations) -> TrainingReference:
    return fit_reference(observations, cohort="knee-calibration-v0")[0]


def score(reference: TrainingReference, **changed: float) -> float:
    usual = {name: centre for name, (centre, _) in USUAL.items()}
    return judged({**usual, **changed}, reference.views[Plane.CORONAL]).score


def test_honest_studies_pass_and_each_fault_does_not(reference, observations):
    named = [
        max(judged(view.statistics, reference.views[plane]).score for plane, view in study.items())
        for study in observations
    ]
    assert np.mean(np.array(named) >= LIMIT) <= 0.04
    faults = {"slice_order": 1.0, "background": 0.4, "detail": 40.0, "certainty": 0.8, "void_rim": 1.6, "ghosting": 0.2}
    for fault in ({name: value} for name, value in faults.items()):
        assert score(reference, **fault) >= LIMIT, fault
    assert score(reference, certainty=0.99) < LIMIT  # more certain than usual is no fault


def test_what_is_not_a_number_is_no_honest_study_and_can_be_written(reference):
    for name in ("certainty", "slice_order"):
        told = judged({**{key: centre for key, (centre, _) in USUAL.items()}, name: float("nan")},
                      reference.views[Plane.CORONAL])  # fmt: skip
        assert told.score >= LIMIT and told.reasons
        assert "nan" not in " ".join(reason.text for reason in told.reasons)


def test_features_far_from_all_honest_ones_have_a_large_distance(observations):
    features = np.stack([study[Plane.AXIAL].features for study in observations if Plane.AXIAL in study])
    space = fit_feature_space(features)
    assert space.distance(features.mean(axis=0)) < space.distance(features[0]) < 2.0
    shifted = features[0] + np.where(np.arange(60) % 2, 0.8, -0.8)
    assert space.distance(shifted) > 2.0 * space.distance(features[0])


def test_the_notice_names_plane_and_reason_and_what_to_do(reference):
    usual = {name: centre for name, (centre, _) in USUAL.items()}
    planes = {
        "axial": judged({**usual, "slice_order": 2.0, "certainty": 0.7}, reference.views[Plane.AXIAL]),
        "coronal": judged(usual, reference.views[Plane.CORONAL]),
    }
    notice = unlike_training(planes, joint="knee")
    assert notice is not None and notice.code == "unlike_training"
    assert "axial view" in notice.what and "coronal" not in notice.what
    assert "neighbouring slices do not continue each other" in notice.what and "70% certain" in notice.what
    assert "Do not rely" in notice.remedy and "knee" in notice.remedy
    assert unlike_training({"coronal": planes["coronal"]}, joint="knee") is None


def test_a_reference_is_what_it_was_after_the_manifest(reference):
    assert TrainingReference.from_dict(reference.as_dict()) == reference
    with pytest.raises(ValueError, match="around its centre"):
        UsualRange(1.0, highest=0.5)


def test_too_few_studies_of_a_plane_are_refused(observations):
    with pytest.raises(TrainingError, match="8 are needed"):
        fit_reference(observations[:5], cohort="knee-calibration-v0")


def test_a_patient_who_has_several_studies_is_not_honest_by_their_likeness_to_each_other():
    """Views of a few people, each with features of his own: the next person is farther than another study of these."""
    rng = np.random.default_rng(6)
    own = rng.normal(1.0, 1.0, (6, 60))
    who = np.repeat(np.arange(6), 10)
    statistics = {name: centre for name, (centre, _) in USUAL.items()}
    studies = [
        {Plane.CORONAL: ViewObservation(statistics, (own[n] + rng.normal(0, 0.05, 60)).astype(np.float32))} for n in who
    ]
    order = rng.permutation(60)
    alone, together = (
        fit_reference([studies[n] for n in order], cohort="c", patients=patients)[0].views[Plane.CORONAL]["features"]
        for patients in (None, [f"person {who[n]}" for n in order])
    )
    assert together.highest > 1.5 * alone.highest
    with pytest.raises(TrainingError, match="one patient"):
        fit_reference(studies, cohort="c", patients=["person"] * 60)


def test_scores_survive_the_results_file():
    unlike = Unlikeness({"sagittal": 0.4, "axial": 1.25})
    assert unlike.score == 1.25 and Unlikeness.from_dict(unlike.as_dict()) == unlike


def test_a_run_that_was_killed_goes_on_with_the_study_it_was_at(observations, tmp_path):
    path = tmp_path / "lines.jsonl"
    KeptObservations(path, "weights").add("one", observations[0])
    with path.open("a", encoding="utf-8") as file:
        file.write('{"weights": "weights", "study": "tw')
    again = KeptObservations(path, "weights")
    assert "one" in again and "two" not in again and "one" not in KeptObservations(path, "other weights")
    again.add("two", observations[1])
    assert "two" in KeptObservations(path, "weights")
