"""Errors of measurements: against what phantoms know, and of predicted outlines against true ones."""

from __future__ import annotations

import pytest

from OrthoDiffusionLib.anatomy import KNEE
from OrthoDiffusionLib.lab.evaluation.cohorts.evaluator import evaluate_cohort
from OrthoDiffusionLib.lab.evaluation.pages.page import scores_page
from OrthoDiffusionLib.lab.evaluation.scores.measurement_scores import (
    MEASUREMENTS_VERSION,
    aim_of,
    summarise_measurements,
)
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import ScoredStudy, read_records, run_key
from OrthoDiffusionLib.measurements import definitions

DEFINITIONS = {one.name: one for one in definitions(KNEE)}


def _record(number: int, known, on_truth, predicted, name: str = "tt_tg_distance") -> ScoredStudy:
    row = {"known": known, "on_truth": on_truth, "predicted": predicted, "note": ""}
    return ScoredStudy(f"s{number}", f"p{number}", {}, measurements={name: row})


def test_both_errors_their_limits_and_what_was_not_measured():
    records = [
        _record(0, 8.0, 9.0, 10.0),
        _record(1, 5.0, 5.5, 5.5),
        _record(2, None, 7.0, 4.0),  # of a label map: no landmark is known
        _record(3, 6.0, 4.0, None),
        _record(4, 6.0, None, None),
    ]
    found = summarise_measurements(records, [DEFINITIONS["tt_tg_distance"]])["tt_tg_distance"]
    assert (found["n"], found["n_truth"]) == (3, 3)
    assert found["median_abs_error_truth"] == pytest.approx(1.0)
    assert found["median_abs_error_predicted"] == pytest.approx(1.0)
    assert found["not_measured"] == 1 and found["not_measured_truth"] == 1
    assert found["bias"] == pytest.approx(-2 / 3)
    low, high = found["limits_of_agreement"]
    assert (low + high) / 2 == pytest.approx(-2 / 3) and high - low == pytest.approx(2 * 1.96 * 2.0817, rel=1e-3)


def test_volumes_are_compared_in_percent():
    record = _record(0, 20.0, 22.0, 11.0, "effusion_volume")
    found = summarise_measurements([record], [DEFINITIONS["effusion_volume"]])["effusion_volume"]
    assert (found["unit"], found["aim"]) == ("%", 10.0)
    assert found["median_abs_error_truth"] == pytest.approx(10.0)
    assert found["median_abs_error_predicted"] == pytest.approx(50.0) and found["limits_of_agreement"] is None


def test_the_aims_are_those_of_each_kind():
    assert {name: aim_of(one) for name, one in DEFINITIONS.items() if one.unit != "mL"} == {
        "insall_salvati_ratio": 0.05, "caton_deschamps_ratio": 0.05, "trochlear_sulcus_angle": 3.0,
        "trochlear_depth": 1.5, "lateral_trochlear_inclination": 3.0, "patellar_tilt": 3.0, "tt_tg_distance": 1.5,
        "medial_tibial_slope": 3.0, "lateral_tibial_slope": 3.0, "medial_meniscal_extrusion": 0.8,
        "lateral_meniscal_extrusion": 0.8, "effusion_depth": 1.5, "femoral_cartilage_thickness": 0.25,
        "medial_tibial_cartilage_thickness": 0.25, "lateral_tibial_cartilage_thickness": 0.25,
        "patellar_cartilage_thickness": 0.25,
    }  # fmt: skip


def test_an_evaluation_measures_prints_and_keeps_every_measurement(reader, bundle, cohort, tmp_path):
    scores = evaluate_cohort(reader.analyze, bundle, cohort, count=3, repeats=50, json=tmp_path / "s.json")
    # Of boxes without cartilage no thickness is asked for.
    assert set(scores["measurements"]) == {one.name for one in KNEE.measurements}
    one = scores["measurements"]["tt_tg_distance"]
    assert one["n"] == 0 and one["median_abs_error_predicted"] is None and one["not_measured_truth"] == 3
    assert "| TT-TG distance | mm | 1.5 | 0 | — |" in scores_page(scores)
    told = summarise_measurements([_record(0, 8.0, 9.0, 12.0)], [DEFINITIONS["tt_tg_distance"]])
    row = "| TT-TG distance | mm | 1.5 | 1 | 1.00 | yes | 1 | 3.00 | no | — | 0 |"
    assert row in scores_page({**scores, "measurements": told}), "both errors, and which aims are met"
    text = (tmp_path / "s.studies.jsonl").read_text(encoding="utf-8")
    key = run_key(bundle, cohort, measurements=MEASUREMENTS_VERSION)
    assert all(set(record.measurements) == set(scores["measurements"]) for record in read_records(text, key))
    # Studies that were finished before anything was measured are analysed again.
    assert len(read_records(text, key)) == 3 and read_records(text, run_key(bundle, cohort)) == []
