"""The experiment on imaging sites tells from a scores file how far the worst place is from the best."""

from __future__ import annotations

import json

import pytest

from OrthoDiffusionLib.errors import OrthoDiffusionError, TrainingError
from OrthoDiffusionLib.lab.experiments.catalogue import Options, prepared_experiment


def stratum(dice, auroc=None):
    bounds = {"dice_mean_low": dice - 0.01, "dice_mean_high": dice + 0.01, "auroc_mean_low": None}
    return {
        "studies": 6, "dice_mean": dice, "auroc_mean": auroc, "auroc_mean_high": None, "dice": {"femur": dice},
        "auroc": {}, **bounds,
    }  # fmt: skip


def written(path, strata):
    path.write_text(
        json.dumps(
            {
                "schema_version": 1,
                "phantom_numbers": True,
                "cohort": {"name": "knee-frozen-v2", "count": 18},
                "bundle": {"name": "small", "version": "1.0", "sha256": "0" * 64},
                "structures": {"femur": {"title": "Femur", "auxiliary": False}},
                "strata": strata,
            }
        ),
        encoding="utf-8",
    )
    return path


STRATA = {
    "centre": {"clinic_15t_a": stratum(0.84, 0.9), "held_out_15t": stratum(0.80), "held_out_3t": stratum(0.83, 0.88)},
    "centre_kind": {"as in training": stratum(0.84), "held out": stratum(0.815)},
    "field_strength": {"1.5 T": stratum(0.82), "3 T": stratum(0.83)},
}


def test_the_page_names_the_worst_centre_and_whether_the_aim_is_met(tmp_path):
    ready = prepared_experiment("centres", Options(tmp_path, scores=written(tmp_path / "scores.json", STRATA)))
    ready.run()
    text = ready.publish(tmp_path / "page" / "centres.md")
    assert "| Held out: 1.5 T, intermediate echo times, weak fat suppression | 6 | 0.800 (0.790 to 0.810) | — |" in text
    assert "is 4.0 points below the best" in text and "aim of at most 3 points is missed" in text
    assert (
        "Mean AUROC: the worst imaging site (Held out: 3 T, long echo trains, strong shading, 0.880) is 2.0 points"
        in text
    )
    assert "| Femur | 0.84 | 0.80 | 0.83 |" in text
    assert {path.name for path in (tmp_path / "page").iterdir()} == {"centres.md", "centres.png"}
    page = (tmp_path / "page" / "centres.md").read_text(encoding="utf-8")
    assert "18 studies of knee-frozen-v2" in page and "Phantom numbers" in page


def test_scores_that_are_missing_or_not_split_by_centre_are_refused(tmp_path):
    with pytest.raises(OrthoDiffusionError, match="cannot be read"):
        prepared_experiment("centres", Options(tmp_path, scores=tmp_path / "none.json"))
    with pytest.raises(TrainingError, match="not split by imaging site"):
        prepared_experiment("centres", Options(tmp_path, scores=written(tmp_path / "scores.json", {})))


def test_there_are_no_arms_to_choose(tmp_path):
    ready = prepared_experiment("centres", Options(tmp_path, scores=written(tmp_path / "scores.json", STRATA)))
    with pytest.raises(TrainingError, match="has no arms"):
        ready.run(only=["clinic_15t_a"])
    assert prepared_experiment("centres", Options(tmp_path / "new")).publish(tmp_path / "page.md") == "No scores yet."
