"""Outlines are as large as the structures are: the constants that bring them there, and where they are kept."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from joints.toy_joint import TOY

from OrthoDiffusionLib.analysis.analyzer import Analyzer
from OrthoDiffusionLib.analysis.inference import FUSION_RATIO
from OrthoDiffusionLib.analysis.model import load_model
from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.lab.evaluation.cohorts.adjustment_fitting import (
    SampledLogits,
    adjusted_for_volume,
    fit_logit_adjustment,
)
from OrthoDiffusionLib.lab.evaluation.cohorts.calibration_fitting import fit_operating_point
from OrthoDiffusionLib.lab.evaluation.scores.diagnosis_scores import score_finding
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import run_key
from OrthoDiffusionLib.lab.phantom.datasets.cohort import phantom_study
from OrthoDiffusionLib.lab.phantom.phantom import BUILDERS
from OrthoDiffusionLib.lab.training.engine.packaging import publish
from OrthoDiffusionLib.volumes import Study

CLASSES = 4
FEMUR, ACL = 1, 2
LEFT_AS_IT_IS = 3


def study(seed: int, *, too_much: float = 2.0, elsewhere: int = 0) -> SampledLogits:
    """Places whose logits know the truth but for noise, and favour the second structure by `too_much`."""
    random = np.random.default_rng(seed)
    truth = random.choice([0, FEMUR, ACL], size=6000, p=[0.7, 0.2, 0.1]).astype(np.uint8)
    logits = 2.0 * np.eye(CLASSES)[truth] + random.normal(0, 1, (len(truth), CLASSES))
    logits[:, ACL] += too_much
    logits[:, LEFT_AS_IT_IS] -= 20
    further = np.array([0, elsewhere, 0, 0])
    return SampledLogits(logits.astype(np.float16), truth, 2.0, further, further)


def volume_errors(studies, adjustment) -> np.ndarray:
    outlined, true = zip(*(s.volumes(adjustment) for s in studies), strict=True)
    return np.mean(np.stack(outlined)[:, 1:3] / np.stack(true)[:, 1:3] - 1, axis=0)


def test_a_structure_that_is_outlined_too_large_is_brought_back_to_its_size():
    studies = [study(seed, elsewhere=500) for seed in range(8)]
    assert volume_errors(studies, np.zeros(CLASSES))[1] > 0.8  # nearly twice as large
    adjustment = fit_logit_adjustment(studies)
    assert volume_errors(studies, adjustment) == pytest.approx([0, 0], abs=0.01)
    fresh = [study(seed, elsewhere=500) for seed in range(100, 108)]
    assert volume_errors(fresh, adjustment) == pytest.approx([0, 0], abs=0.05)
    assert adjustment[0] == 0 and adjustment[ACL] < -1


def test_a_structure_that_too_few_studies_show_is_left_as_it_is():
    assert fit_logit_adjustment([study(0), study(1)])[LEFT_AS_IT_IS] == 0


def test_one_study_in_which_a_structure_is_missed_does_not_blow_it_up_in_the_others():
    missed = study(9, too_much=-9.0)
    adjustment = fit_logit_adjustment([*(study(seed) for seed in range(8)), missed])
    assert abs(volume_errors([study(seed) for seed in range(20, 28)], adjustment)[1]) < 0.25


class Cohort(SimpleNamespace):
    """Two small studies, a right and a left one."""

    name, version, joint = "two", 1, "toy"

    def __len__(self) -> int:
        return len(self.studies)

    def study(self, number: int):
        return self.studies[number]


@pytest.fixture(scope="module")
def cohort():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(BUILDERS, "toy", TOY)
        sides = (Side.RIGHT, Side.LEFT)
        return Cohort(
            studies=[phantom_study(n, joint="toy", side=side, anatomy="plain") for n, side in enumerate(sides)]
        )


COARSER_MM = 2.4
"""Of the fused grid: random weights see structures everywhere, and each voxel of them is asked finely."""


@pytest.fixture
def bundle(untrained) -> Bundle:
    grid = {**untrained.manifest.fusion_grid, "spacing_mm": COARSER_MM, "coarse_spacing_mm": FUSION_RATIO * COARSER_MM}
    return replace(untrained, manifest=replace(untrained.manifest, fusion_grid=grid))


def adjusted(bundle: Bundle, **grids) -> Bundle:
    return replace(bundle, manifest=replace(bundle.manifest, logit_adjustment=grids))


def test_the_network_of_a_bundle_has_its_adjustment(bundle):
    plain, moved = load_model(bundle), load_model(adjusted(bundle, coarse={"femur": -1.5}, fine={"femur": 0.5}))
    for layer, wanted in ((lambda m: m.segmentation.coarse, -1.5), (lambda m: m.segmentation.fine, 0.5)):
        difference = layer(moved).bias - layer(plain).bias
        assert difference[1].item() == pytest.approx(wanted, abs=1e-5)
        assert torch.count_nonzero(difference) == 1
        assert torch.equal(layer(moved).weight, layer(plain).weight)


def test_outlines_follow_the_adjustment(bundle, cohort):
    phantom = cohort.study(0)
    case = Study.from_volumes(phantom.volumes, side=phantom.side, joint=bundle.manifest.as_joint())
    never = adjusted(bundle, coarse={"femur": -4.0}, fine={"femur": -4.0})
    always = adjusted(bundle, coarse={"femur": 4.0}, fine={"femur": 4.0})
    small, large = (Analyzer(b, device="cpu").analyze(case).segmentation.volume_ml("femur") for b in (never, always))
    assert large > 2 * small + 1


def test_an_evaluation_of_other_outlines_is_another_one_and_of_the_same_the_same(bundle, cohort):
    assert run_key(bundle, cohort) == run_key(adjusted(bundle), cohort)
    assert run_key(bundle, cohort) != run_key(adjusted(bundle, fine={"femur": 1.0}), cohort)


def test_a_bundle_is_adjusted_on_a_cohort_and_keeps_that_when_it_is_published(bundle, untrained, cohort, tmp_path):
    kept = tmp_path / "kept.json"
    fitted = adjusted_for_volume(bundle, cohort, count=2, kept=kept, device="cpu")
    assert set(fitted.manifest.logit_adjustment) == {"coarse", "fine"}
    assert set(fitted.manifest.logit_adjustment["fine"]) == {s.name for s in bundle.manifest.structures}

    # Run again it does no work: what is in the file is taken, and only for the same weights and count.
    content = json.loads(kept.read_text(encoding="utf-8"))
    content["logit_adjustment"]["fine"]["femur"] = 0.125
    kept.write_text(json.dumps(content), encoding="utf-8")
    again = adjusted_for_volume(bundle, cohort, count=2, kept=kept, device="cpu")
    assert again.manifest.logit_adjustment["fine"]["femur"] == 0.125

    written = replace(again, manifest=replace(again.manifest, fusion_grid=untrained.manifest.fusion_grid))
    published = publish(written, tmp_path / "out", calibration=[], calibration_cohort="c", figures=None, version="0.9")
    assert published.manifest.logit_adjustment == again.manifest.logit_adjustment
    assert published.manifest.version == "0.9"
    assert Bundle.open(tmp_path / "out").manifest.logit_adjustment["fine"]["femur"] == 0.125


def test_a_finding_counts_as_positive_from_the_prevalence_on():
    probabilities = np.array([0.05, 0.1, 0.2, 0.3, 0.25, 0.1, 0.9, 0.15, 0.2, 0.4, 0.15, 0.6, 0.8, 0.5, 0.9])
    positive = np.array([0] * 10 + [1] * 5, dtype=bool)
    point = fit_operating_point(probabilities, positive)
    assert point.threshold == 0.3333
    assert (point.sensitivity, point.specificity) == (pytest.approx(4 / 5), pytest.approx(8 / 10))
    assert point.is_positive(0.3333) and not point.is_positive(0.333)


def test_an_operating_point_counts_with_the_digits_that_results_show():
    # 0.33328 is written as 0.3333, which is positive at a threshold of 0.3333
    probabilities = np.array([0.1] * 10 + [0.33328] * 5)
    point = fit_operating_point(probabilities, np.array([0] * 10 + [1] * 5, dtype=bool))
    assert (point.threshold, point.sensitivity) == (0.3333, 1.0)
    scores = score_finding(probabilities, np.array([0] * 10 + [1] * 5, dtype=bool), threshold=0.3333, repeats=10)
    assert scores.sensitivity.value == 1.0


@pytest.mark.parametrize("few", [0, 1, 4])
@pytest.mark.parametrize("of_class", [True, False])
def test_with_few_patients_of_a_class_there_is_no_operating_point(few, of_class):
    classes = np.array([of_class] * few + [not of_class] * 30)
    assert fit_operating_point(np.linspace(0.1, 0.9, classes.size), classes) is None
    assert fit_operating_point(np.linspace(0.1, 0.9, 35), np.array([of_class] * 5 + [not of_class] * 30)) is not None


def test_studies_of_one_patient_count_once_for_an_operating_point():
    classes = np.array([True] * 8 + [False] * 8)
    patients = np.array(["a"] * 5 + ["b", "c", "d"] + [f"p{number}" for number in range(8)])
    assert fit_operating_point(np.linspace(0.9, 0.1, 16), classes, patients) is None
    patients[0] = "e"
    assert fit_operating_point(np.linspace(0.9, 0.1, 16), classes, patients) is not None
