"""The experiment on corrections with a tiny network: predict, correct, export, learn, measure, write the page."""

from __future__ import annotations

import pytest
import torch

from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.experiments.corrections import ten_corrections
from OrthoDiffusionLib.lab.experiments.corrections.corrections_page import prepared_corrections
from OrthoDiffusionLib.lab.experiments.corrections.ten_corrections import (
    CORRECTED_SEED,
    DICE,
    EXPERIMENT,
    HELD_OUT_SEED,
    MEAN,
    SITE,
    study_name,
)
from OrthoDiffusionLib.lab.phantom.datasets.cohort import PhantomStudy, phantom_study
from OrthoDiffusionLib.lab.phantom.engine.seeds import CALIBRATION_SEEDS, FRESH_SEEDS
from OrthoDiffusionLib.lab.phantom.imaging.imaging_sites import IMAGING_SITES
from OrthoDiffusionLib.lab.phantom.phantom import make_phantom
from OrthoDiffusionLib.lab.training.engine.packaging import write_trained_bundle
from OrthoDiffusionLib.lab.training.engine.recipe import Recipe
from OrthoDiffusionLib.lab.training.phantoms.finetune import new_model

NETWORK = {
    "kind": "orthodiffusion-1", "channels": [8, 8, 16, 16], "stem_channels": 8, "embedding": 16,
    "sigma": 0.1, "sigma_data": 0.5, "width": 8,
}  # fmt: skip


def test_what_is_measured_was_neither_trained_on_nor_corrected():
    assert CORRECTED_SEED in CALIBRATION_SEEDS and HELD_OUT_SEED in FRESH_SEEDS
    assert SITE.name not in IMAGING_SITES, "no training draws this clinic"


def test_fewer_than_three_cases_cannot_be_split(tmp_path):
    with pytest.raises(TrainingError, match="At least four corrected cases"):
        prepared_corrections(tmp_path, studies=3)


@pytest.mark.long
def test_the_whole_experiment_runs_and_goes_on_where_it_was_stopped(tmp_path, monkeypatch):
    torch.manual_seed(5)
    knee = make_phantom("knee", 3)  # one for all patients: making it is most of the time

    def patient(seed: int) -> PhantomStudy:
        return phantom_study(seed, site=SITE, phantom=knee, name=study_name(seed), field_of_view_mm=140.0)

    monkeypatch.setattr(ten_corrections, "site_study", patient)
    recipe = Recipe(network=NETWORK, in_plane_mm=1.6)
    bundle = write_trained_bundle(
        new_model(recipe, joint="knee"), recipe, tmp_path / "bundle", {"command": "none"}, joint="knee"
    )
    assert isinstance(bundle, Bundle)
    prepared = prepared_corrections(tmp_path / "out", bundle=tmp_path / "bundle", steps=2, studies=4, evaluated=1)
    prepared.run(only=["shipped", "outlines"])
    page = tmp_path / "corrections.md"
    tables = prepared.publish(page)
    assert tables.startswith(f"2 of {len(EXPERIMENT.arms)} runs finished.")
    assert DICE in tables and f"{MEAN} (n = 1)" in tables
    words = page.read_text(encoding="utf-8")
    assert "phantom numbers" in words and "2 train, 1 validation, 1 test" in words
    assert (tmp_path / "corrections.png").is_file()
    table = tmp_path / "out" / "corrections" / "corrections.csv"
    before = table.stat().st_mtime_ns
    prepared.run(only=["shipped", "outlines"])
    assert table.stat().st_mtime_ns == before
