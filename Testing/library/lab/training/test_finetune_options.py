"""`finetune` refuses options it would pass over; figures of a table are taken at the bundle's own thresholds."""

from __future__ import annotations

import pytest

from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.findings import sigmoid
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import ScoredStudy
from OrthoDiffusionLib.lab.training.tables.table_figures import PatientCohort, calibrated_bundle, figures_of

EFFUSION = "joint_effusion"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (["--train", "all"], "--train"),
        (["--patience", "5"], "--patience"),
        (["--validate-every", "100"], "--validate-every"),
        (["--look-every", "100"], "--validate-every"),
        (["--learning-rate", "0"], "--learning-rate"),
        (["--seed", "0"], "--seed"),
    ],
)
def test_an_option_of_tables_is_refused_beside_digital_joints(given, named, tmp_path, capsys):
    command = ["finetune", "--data", str(tmp_path), "--out", str(tmp_path / "out"), "--from-scratch", *given]
    assert main(command) == 2
    assert f"{named} cannot be combined with --data" in capsys.readouterr().err


def test_a_training_on_digital_joints_without_a_start_says_how_to_name_one(tmp_path, capsys):
    assert main(["finetune", "--data", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "exactly one of --pretrained DIR, --from BUNDLE" in said and "`orthodiffusion bundle list`" in said


def records(count: int, positive: int, shift: float = 0.0) -> list[ScoredStudy]:
    """Patients of whom the first `positive` have an effusion, with logits that overlap."""
    found = []
    for number in range(count):
        has_it = number < positive
        logit = -1.0 + has_it + 0.15 * (number % 7) + shift
        finding = {
            "positive": has_it, "logit": logit, "probability": float(sigmoid(logit)),
            "by_plane": dict.fromkeys(("sagittal", "coronal", "axial"), logit),
            "assessed": False, "point_distance_mm": None,
        }  # fmt: skip
        found.append(ScoredStudy(f"case{number}", f"p{number}", {}, findings={EFFUSION: finding}))
    return found


def test_figures_of_a_table_are_taken_at_the_operating_points_of_the_new_bundle(untrained, tmp_path):
    validation, held_out = records(40, 10), records(30, 8, shift=0.05)
    cohort = PatientCohort("table t, held-out patients", "1", ())
    figures = figures_of(held_out, cohort, untrained, patients=30, repeats=20)
    bundle = calibrated_bundle(
        untrained, tmp_path / "new", validation=validation, held_out=held_out, figures=figures,
        kept={}, kept_from="", repeats=20,
    )  # fmt: skip
    calibration = bundle.manifest.calibration_of(EFFUSION)
    point = calibration.operating_point
    assert point.threshold == 0.25
    measured = bundle.manifest.figures["abnormalities"][EFFUSION]
    called = [point.is_positive(calibration.probability(r.findings[EFFUSION]["logit"])) for r in held_out]
    assert measured["threshold"] == point.threshold
    assert measured["sensitivity"] == pytest.approx(sum(called[:8]) / 8)
    assert measured["specificity"] == pytest.approx(1 - sum(called[8:]) / 22)
    assert measured["sensitivity"] > 0.5
