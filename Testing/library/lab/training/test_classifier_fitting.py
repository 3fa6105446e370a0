"""Classifiers of whole studies are fitted to them where that foretells more than the trained ones do."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from OrthoDiffusionLib import Analyzer, Study
from OrthoDiffusionLib.heads.diagnosis_head import StudyClassifier, strongest_means
from OrthoDiffusionLib.lab.evaluation.scores.folds import folds_of
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import ScoredStudy
from OrthoDiffusionLib.lab.phantom.datasets.cohort import cohort_named
from OrthoDiffusionLib.lab.training.engine import classifier_fitting
from OrthoDiffusionLib.lab.training.engine.classifier_fitting import CLASSIFIERS, fit_classifiers
from OrthoDiffusionLib.lab.training.engine.packaging import publish
from Testing.library.lab.training.test_publish import COHORT, EFFUSION, published, referenced

TEAR = "medial_meniscus_injury"


def maps(count: int, positives: int) -> list[torch.Tensor]:
    """Evidence of whole studies: a lesion is ten strong places, among thousands whose level differs by study."""
    rng = np.random.default_rng(0)
    found = []
    for number in range(count):
        evidence = rng.normal(-6.0, 1.0, 4000) + rng.normal(0.0, 2.0)
        if number < positives:
            evidence[:10] = rng.normal(4.0, 1.0, 10)
        found.append(torch.from_numpy(evidence[None].astype(np.float32)))
    return found


@torch.no_grad()
def records(found: list[torch.Tensor], positives: int, classifier: StudyClassifier) -> list[ScoredStudy]:
    scored = []
    for number, evidence in enumerate(found):
        strongest, logit = strongest_means(evidence)[0].tolist(), float(classifier(evidence))
        finding = {
            "positive": number < positives, "logit": logit, "probability": 0.5, "by_plane": {"axial": logit},
            "strongest": {"fused": strongest, "axial": strongest}, "assessed": False, "point_distance_mm": None,
        }  # fmt: skip
        scored.append(ScoredStudy(f"s{number}", f"s{number}", {}, findings={TEAR: finding}))
    order = np.random.default_rng(1).permutation(len(scored))
    return [scored[n] for n in order]


def heads_of(classifier: StudyClassifier) -> dict[str, torch.Tensor]:
    state = classifier.state_dict()
    return {
        f"{prefix}.{part}": state[part].half()
        for key, prefix in CLASSIFIERS.items()
        if key in ("fused", "axial")
        for part in ("weight", "bias")
    }


def as_trained_on_crops() -> StudyClassifier:
    """Which looks at the strongest 256 alone, as few places of a crop are anything else."""
    classifier = StudyClassifier(1)
    with torch.no_grad():
        classifier.weight.copy_(torch.tensor([[0.0, 0.0, 1.0]]))
    return classifier


def ranks_rightly(logits: np.ndarray, positive: np.ndarray) -> float:
    """Area under the ROC curve."""
    return float((logits[positive][:, None] > logits[~positive][None]).mean())


@torch.no_grad()
def test_a_small_lesion_is_told_from_none_in_whole_studies():
    found, trained = maps(60, 20), as_trained_on_crops()
    scored = records(found, 20, trained)
    heads, fitted = fit_classifiers(heads_of(trained), [TEAR], scored)
    classifier = StudyClassifier(1)
    classifier.load_state_dict({part: heads[f"diagnosis.verdict.{part}"].float() for part in ("weight", "bias")})
    positive = np.arange(60) < 20
    before = np.array([float(trained(evidence)) for evidence in found])
    after = np.array([float(classifier(evidence)) for evidence in found])
    assert ranks_rightly(before, positive) < 0.75 < 0.99 < ranks_rightly(after, positive)
    # What is calibrated next are the logits that the bundle will give.
    by_name = {record.study: record.findings[TEAR] for record in fitted}
    for number, logit in enumerate(after):
        assert by_name[f"s{number}"]["logit"] == pytest.approx(logit, abs=1e-3)
        assert by_name[f"s{number}"]["by_plane"]["axial"] == pytest.approx(logit, abs=1e-3)
    assert all(record.findings[TEAR]["logit"] in before for record in scored), "the records given are left alone"


@torch.no_grad()
def test_with_too_few_positives_the_trained_ones_stay_to_the_bit():
    trained = as_trained_on_crops()
    heads, fitted = fit_classifiers(heads_of(trained), [TEAR], records(maps(60, 4), 4, trained))
    assert all(torch.equal(value, heads_of(trained)[name]) for name, value in heads.items())
    assert fitted == records(maps(60, 4), 4, trained)


def test_folds_keep_the_studies_of_a_patient_together_and_take_patients_in_turn():
    patients = np.array(["b", "a", "b", "c", "d", "e", "a", "f", "g"])
    fold = folds_of(patients, 5)
    assert all(len(set(fold[patients == one])) == 1 for one in set(patients))
    assert fold.tolist() == [0, 1, 0, 2, 3, 4, 1, 0, 1]
    assert folds_of(np.array([f"s{n}" for n in range(12)]), 5).tolist() == [n % 5 for n in range(12)]


def test_what_tells_patients_apart_and_nothing_else_is_not_learned():
    """Ninety-six studies of twelve people: by their own marks they are told well, and strangers not at all."""
    rng = np.random.default_rng(0)
    patients, positive = np.repeat(np.arange(12), 8), np.repeat(np.arange(12) % 2 == 0, 8)
    marks = rng.normal(0.0, 1.0, (12, 9))[patients] + 0.05 * rng.normal(0.0, 1.0, (96, 9))
    order = rng.permutation(96)
    known, truth = marks[order], positive[order]
    apart, together = (
        classifier_fitting.fit_classifier(known, truth, who, np.zeros(9), 0.0)
        for who in (np.arange(96), patients[order])
    )
    assert apart is not None and together is None


def test_fitting_them_anew_keeps_encoders_and_training_reference(untrained, tmp_path):
    bundle = referenced(published(untrained, tmp_path / "first"), tmp_path / "referenced")
    scored = []
    for record in records(maps(40, 16), 16, as_trained_on_crops()):
        scored.append(ScoredStudy(record.study, record.patient, {}, findings={EFFUSION: record.findings[TEAR]}))
    settings = {"calibration": scored, "calibration_cohort": COHORT, "figures": None}
    again = publish(bundle, tmp_path / "again", **settings)
    assert again.manifest.files == bundle.manifest.files
    anew = publish(bundle, tmp_path / "anew", refit=True, **settings)
    changed = {name for name in anew.manifest.files if anew.manifest.files[name] != bundle.manifest.files[name]}
    assert changed == {"heads.safetensors"}
    assert anew.manifest.training_reference == bundle.manifest.training_reference
    assert anew.manifest.calibration_of(EFFUSION).auroc > 0.95 > again.manifest.calibration_of(EFFUSION).auroc


@pytest.mark.long
def test_an_analyzer_gives_what_its_logits_are_made_from(untrained):
    phantom = cohort_named("knee-fresh-12000000").study(0)
    analyzer = Analyzer(untrained)
    study = Study.from_volumes(phantom.volumes, side=phantom.side, joint=untrained.manifest.as_joint())
    for key, found in analyzer.study_evidence(study).items():
        classifier = analyzer.model.diagnosis.verdict
        if key != "fused":
            classifier = analyzer.model.diagnosis.plane_verdict[key]
        weight, bias = (value.detach().numpy() for value in (classifier.weight, classifier.bias))
        assert found.logits == pytest.approx((found.strongest * weight).sum(axis=1) + bias, abs=1e-3)
