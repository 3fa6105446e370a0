"""A cohort is scored study by study, and an interrupted evaluation goes on where it stopped."""

import json
from dataclasses import replace

import numpy as np
import pytest

import OrthoDiffusionLib
from OrthoDiffusionLib.analysis.analyzer import StudyEvidence
from OrthoDiffusionLib.errors import OrthoDiffusionError, OutputError
from OrthoDiffusionLib.findings import Calibration, sigmoid
from OrthoDiffusionLib.lab.evaluation.cohorts.calibration_fitting import fit_calibrations, score_for_calibration
from OrthoDiffusionLib.lab.evaluation.cohorts.cohort_run import choose_studies
from OrthoDiffusionLib.lab.evaluation.cohorts.evaluator import evaluate_cohort, score_cohort
from OrthoDiffusionLib.lab.evaluation.scores import scored_study
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import RunKey
from OrthoDiffusionLib.lab.evaluation.scores.study_scoring import (
    PhantomTruth,
    distance_to_lesion_mm,
    logit_of,
    with_raw_logits,
)
from OrthoDiffusionLib.progress import Cancelled

EFFUSION, TEAR = "joint_effusion", "medial_meniscus_injury"


def test_the_scores_hold_the_dice_that_a_shift_by_one_voxel_gives(reader, bundle, cohort):
    scores = evaluate_cohort(reader.analyze, bundle, cohort, repeats=200)
    # Fourteen voxels of femur from bottom to top, moved up by one.
    assert scores["structures"]["femur"]["dice"] == pytest.approx(13 / 14)
    assert scores["structures"]["femur"]["hd95_mm"] == pytest.approx(1.5)
    assert scores["structures"]["femur"]["missed"] == 0
    assert scores["phantom_numbers"] is True
    assert scores["cohort"] == {"name": "boxes-v1", "version": 1, "count": 12, "seed": None, "joint": "knee"}
    assert scores["bundle"]["sha256"] == bundle.sha256


def test_auxiliary_structures_are_scored_but_kept_out_of_the_mean(reader, bundle, cohort):
    reader.without = ("fibula",)
    scores = evaluate_cohort(reader.analyze, bundle, cohort, count=2, repeats=100)
    assert scores["structures"]["fibula"]["dice"] == 0
    primary = [s["dice"] for s in scores["structures"].values() if not s["auxiliary"]]
    assert len(primary) == 3
    assert scores["segmentation"]["dice_mean"] == pytest.approx(sum(primary) / 3)


def test_findings_are_ranked_by_logits_and_their_probabilities_calibrated_by_the_bundle(reader, bundle, cohort):
    scores = evaluate_cohort(reader.analyze, bundle, cohort, repeats=200)
    effusion, tear = scores["abnormalities"][EFFUSION], scores["abnormalities"][TEAR]
    assert effusion["auroc"] == 1.0 and 0.6 < effusion["auroc_low"] < 0.75  # of twelve studies
    assert effusion["prevalence"] == 0.5
    assert effusion["assessed"] == 12
    # The bundle brings no calibration for tears, so that it would not speak of them; they are scored all the same.
    assert tear["assessed"] == 0 and 0.0 < tear["auroc"] < 1.0
    assert effusion["point_distance_mm"] == pytest.approx(4.5)
    assert effusion["auroc_by_plane"]["axial"] == 1.0


def test_scores_are_split_by_what_could_matter(reader, bundle, cohort):
    strata = evaluate_cohort(reader.analyze, bundle, cohort, repeats=100)["strata"]
    assert {value: s["studies"] for value, s in strata["centre"].items()} == {"clinic_15t_a": 8, "held_out_3t": 4}
    assert {value: s["studies"] for value, s in strata["centre_kind"].items()} == {"as in training": 8, "held out": 4}
    assert {value: s["studies"] for value, s in strata["missing_plane"].items()} == {"axial": 3, "none": 9}
    assert set(strata["field_strength"]) == {"1.5 T", "3 T"}
    assert strata["anatomy"]["boxes"]["dice_mean"] > 0.7


def test_a_second_run_takes_the_finished_studies_from_the_file(reader, bundle, cohort, tmp_path):
    file = tmp_path / "deep" / "scores.json"
    evaluate_cohort(reader.analyze, bundle, cohort, count=4, json=file, repeats=100)
    assert reader.calls == 4
    second = evaluate_cohort(reader.analyze, bundle, cohort, count=6, json=file, repeats=100)
    assert reader.calls == 6 and cohort.made == [0, 1, 2, 3, 4, 5]
    assert second["cohort"]["count"] == 6
    assert json.loads(file.read_text(encoding="utf-8"))["structures"]["femur"]["dice"] == pytest.approx(13 / 14)


def test_another_version_of_the_program_goes_on_and_another_way_of_measuring_begins_anew(
    reader, bundle, cohort, tmp_path, monkeypatch
):
    file = tmp_path / "scores.json"
    evaluate_cohort(reader.analyze, bundle, cohort, count=3, json=file, repeats=100)
    monkeypatch.setattr(OrthoDiffusionLib, "__version__", "99.0")
    evaluate_cohort(reader.analyze, bundle, cohort, count=3, json=file, repeats=100)
    assert "99.0" not in (tmp_path / "scores.studies.jsonl").read_text(encoding="utf-8") and reader.calls == 3
    assert OrthoDiffusionLib.__version__ not in RunKey("w", "c", 1).as_dict().values()
    monkeypatch.setattr(scored_study, "MEASURING_VERSION", 99)
    evaluate_cohort(reader.analyze, bundle, cohort, count=3, json=file, repeats=100)
    assert reader.calls == 6


def test_a_cohort_of_another_version_is_analysed_anew(reader, bundle, cohort, tmp_path):
    file = tmp_path / "scores.json"
    evaluate_cohort(reader.analyze, bundle, cohort, count=2, json=file, repeats=100)
    cohort.version = 2
    evaluate_cohort(reader.analyze, bundle, cohort, count=2, json=file, repeats=100)
    assert reader.calls == 4


def test_a_line_torn_by_a_kill_costs_one_study_and_no_other(reader, bundle, cohort, tmp_path):
    file = tmp_path / "scores.json"
    evaluate_cohort(reader.analyze, bundle, cohort, count=3, json=file, repeats=100)
    lines = tmp_path / "scores.studies.jsonl"
    lines.write_text(lines.read_text(encoding="utf-8")[:-40], encoding="utf-8")
    evaluate_cohort(reader.analyze, bundle, cohort, count=4, json=file, repeats=100)
    assert reader.calls == 5  # three, then the torn one and the fourth
    evaluate_cohort(reader.analyze, bundle, cohort, count=4, json=file, repeats=100)
    assert reader.calls == 5


def test_cancelling_keeps_the_studies_that_are_finished(reader, bundle, cohort, tmp_path):
    def stop_at_half(progress):
        if progress.fraction >= 0.5:
            raise Cancelled

    file = tmp_path / "scores.json"
    with pytest.raises(Cancelled):
        evaluate_cohort(reader.analyze, bundle, cohort, count=4, json=file, progress=stop_at_half)
    assert not file.exists()
    assert len((tmp_path / "scores.studies.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def test_a_study_that_cannot_be_analysed_counts_as_missed_and_is_named(reader, bundle, cohort, tmp_path):
    reader.fails_on = (1,)
    file = tmp_path / "scores.json"
    scores = evaluate_cohort(reader.analyze, bundle, cohort, count=4, json=file, repeats=100)
    assert scores["structures"]["femur"]["missed"] == 1
    assert scores["structures"]["femur"]["dice"] == pytest.approx(0.75 * 13 / 14)
    assert scores["failures"][0]["study"] == "boxes-v1-0001"
    assert "cannot be analysed" in scores["failures"][0]["what"]
    reader.fails_on = ()
    assert not evaluate_cohort(reader.analyze, bundle, cohort, count=4, json=file, repeats=100)["failures"]


def test_what_no_volume_shows_is_not_held_against_the_outline(reader, bundle, cohort):
    whole = score_cohort(reader.analyze, bundle, cohort, count=1)[0].structures["femur"]["truth_ml"]
    assert whole == pytest.approx(20 * 16 * 14 * 1.5**3 / 1000)


def test_calibrations_are_fitted_from_the_logits_of_the_records(reader, bundle, cohort):
    records = score_cohort(reader.analyze, bundle, cohort)
    calibrations = fit_calibrations(records, [EFFUSION, TEAR], repeats=200)
    assert calibrations[EFFUSION].assessable and calibrations[EFFUSION].auroc == 1.0
    assert not calibrations[TEAR].assessable
    assert calibrations[EFFUSION].probability(2.5) > 0.8 > 0.2 > calibrations[EFFUSION].probability(-2.0)


def test_a_new_calibration_needs_no_new_analysis(reader, bundle, cohort, tmp_path):
    file = tmp_path / "scores.json"
    before = evaluate_cohort(reader.analyze, bundle, cohort, json=file, repeats=100)["abnormalities"][EFFUSION]
    sharper = {EFFUSION: Calibration(3.0, 0.0, 0.9, 0.8, 0.95)}
    published = replace(bundle, manifest=replace(bundle.manifest, calibration=sharper), sha256="1" * 64)
    after = evaluate_cohort(reader.analyze, published, cohort, json=file, repeats=100)["abnormalities"][EFFUSION]
    assert reader.calls == 12
    assert after["brier"] < 0.5 * before["brier"]
    other = replace(bundle, manifest=replace(bundle.manifest, network={"width": 7}))
    evaluate_cohort(reader.analyze, other, cohort, count=1, json=file, repeats=100)
    assert reader.calls == 13


def test_a_calibration_cohort_is_asked_for_evidence_alone(bundle, cohort, tmp_path):
    asked = []

    def evidence(study):
        asked.append(study.name)
        truth = int(study.name[-4:]) % 2 == 0
        of_effusion = {"fused": 2.0 if truth else -2.0, **{plane.value: 1.0 for plane in study.planes}}
        logits = {key: [value if name == EFFUSION else 0.5 for name in names] for key, value in of_effusion.items()}
        return {key: StudyEvidence(np.array(value), np.array(value)[:, None]) for key, value in logits.items()}

    names = [abnormality.name for abnormality in bundle.manifest.abnormalities]
    lines = tmp_path / "calibration.jsonl"
    records = score_for_calibration(evidence, bundle, cohort, lines=lines)
    assert score_for_calibration(evidence, bundle, cohort, lines=lines) == records
    assert len(asked) == 12
    assert records[0].findings[EFFUSION]["strongest"]["fused"] == [2.0]
    calibrations = fit_calibrations(records, names, repeats=200)
    assert calibrations[EFFUSION].auroc == 1.0
    assert calibrations[TEAR].auroc == 0.5 and not calibrations[TEAR].assessable


def test_raw_logits_come_back_from_plain_probabilities(bundle):
    raw = with_raw_logits(bundle)
    assert raw.sha256 == bundle.sha256
    for name in (EFFUSION, TEAR):
        calibration = raw.manifest.calibration_of(name)
        assert calibration.assessable
        for logit in (-12.0, 0.0, 3.25):
            assert logit_of(calibration.probability(logit)) == pytest.approx(logit, abs=1e-6)
    assert logit_of(float(sigmoid(60.0))) > 20


def test_the_distance_to_a_lesion_is_in_millimetres_and_zero_inside(cohort):
    phantom = cohort.study(0)
    geometry = phantom.volumes[0].geometry  # slices of 3 mm along x
    lesion = PhantomTruth(phantom, geometry).lesion(EFFUSION)
    centre = geometry.to_ras(geometry.to_ijk([6.75, 3.75, 0.75]).round())
    assert distance_to_lesion_mm(tuple(centre), lesion) == 0.0
    assert distance_to_lesion_mm((centre[0] + 3.0 + 4.0, centre[1], centre[2]), lesion) == pytest.approx(4.0)
    healthy = PhantomTruth(cohort.study(1), geometry)
    assert distance_to_lesion_mm((0, 0, 0), healthy.lesion(EFFUSION)) is None
    assert healthy.lesion("talar_osteochondral_lesion") is None


def test_a_torn_meniscus_is_still_a_meniscus(cohort):
    geometry = cohort.study(0).volumes[0].geometry
    torn, whole = PhantomTruth(cohort.study(3), geometry).labels, PhantomTruth(cohort.study(1), geometry).labels
    assert (torn.array == whole.array).all()


def test_the_seed_says_where_to_begin_and_the_first_study_follows_the_last():
    assert choose_studies(5, None, None) == [0, 1, 2, 3, 4]
    assert choose_studies(100, 4, 98) == [98, 99, 0, 1]
    assert choose_studies(100, 3, 1001) == [1, 2, 3]
    with pytest.raises(OrthoDiffusionError, match="0 or more, got -1"):
        choose_studies(9, 1, -1)


@pytest.mark.parametrize("count", [0, 101])
def test_more_studies_than_there_are_is_an_error_that_says_how_many_there_are(count):
    with pytest.raises(OrthoDiffusionError, match="has 100 studies") as caught:
        choose_studies(100, count, 0, where="knee-frozen-v1")
    assert "1 to 100" in caught.value.remedy


def test_scores_that_cannot_be_written_are_refused_before_the_first_study(reader, bundle, cohort, tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(OutputError, match="folder cannot be made"):
        evaluate_cohort(reader.analyze, bundle, cohort, count=2, json=tmp_path / "file" / "scores.json")
    assert reader.calls == 0
