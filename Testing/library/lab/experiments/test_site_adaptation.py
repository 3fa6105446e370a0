"""The experiment on adaptation with a tiny network: take the site's studies, adapt, measure, write the page."""

from __future__ import annotations

import pytest
from library.lab.training.adaptation.toy_site import CERTAINTY, NETWORK

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.experiments.adaptation import site_adaptation
from OrthoDiffusionLib.lab.experiments.adaptation.adaptation_page import prepared_adaptation
from OrthoDiffusionLib.lab.experiments.adaptation.site_adaptation import (
    AUROC,
    DICE,
    EVALUATED_SEED,
    EXPERIMENT,
    MEAN,
    REAL,
    SITES,
    UNLABELLED_SEED,
    facts_as_text,
)
from OrthoDiffusionLib.lab.phantom.datasets.cohort import PhantomStudy, phantom_study
from OrthoDiffusionLib.lab.phantom.engine.seeds import CALIBRATION_SEEDS, FRESH_SEEDS, TRAINING_SEEDS
from OrthoDiffusionLib.lab.phantom.imaging.imaging_sites import IMAGING_SITES, site_named
from OrthoDiffusionLib.lab.phantom.phantom import make_phantom


def test_no_training_draws_the_sites_and_no_study_is_both_learned_from_and_measured():
    assert UNLABELLED_SEED in CALIBRATION_SEEDS and EVALUATED_SEED in FRESH_SEEDS
    assert UNLABELLED_SEED not in TRAINING_SEEDS
    for site in SITES.values():
        if site.name in IMAGING_SITES:
            with pytest.raises(Exception, match="must not be trained on"):
                site_named(site, training=True)


def test_a_site_that_training_sees_and_too_few_studies_are_refused(tmp_path):
    with pytest.raises(TrainingError, match="'clinic_3t_a' is unknown, or it is used in training") as caught:
        prepared_adaptation(tmp_path, site="clinic_3t_a")
    assert "held_out_3t" in caught.value.remedy
    with pytest.raises(TrainingError, match="At least 5 studies are needed"):
        prepared_adaptation(tmp_path, studies=4)


def test_what_became_of_an_adaptation_is_said():
    assert "never agreed better" in facts_as_text({"gain": False})
    agreement = {"before": 0.71, "after": 0.73}
    facts = {"gain": True, "best_step": 50, "last_step": 100, "studies": {"train": 7}, "left_out": 0}
    assert "best after step 50 of 100 (7 train; 0 left out)" in facts_as_text({**facts, "agreement": agreement})


@pytest.mark.long
def test_the_whole_experiment_runs_and_goes_on_where_it_was_stopped(tmp_path, monkeypatch):
    import torch

    from OrthoDiffusionLib.lab.training.adaptation import site_study as reading
    from OrthoDiffusionLib.lab.training.engine.packaging import write_trained_bundle
    from OrthoDiffusionLib.lab.training.engine.recipe import Recipe
    from OrthoDiffusionLib.lab.training.phantoms.finetune import new_model

    torch.manual_seed(5)
    knee = make_phantom("knee", 3)  # one study for all patients: making it is most of the time

    place = next(iter(SITES.values()))
    taken = phantom_study(3, site=place, phantom=knee, side=Side.RIGHT, field_of_view_mm=140.0)

    def patient(site: str, seed: int) -> PhantomStudy:
        return taken

    monkeypatch.setattr(site_adaptation, "site_study", patient)
    # what a network that has learned nothing outlines can be no knee
    monkeypatch.setattr(reading, "ALARMS", ())
    recipe = Recipe(network=NETWORK, in_plane_mm=1.6)
    model = new_model(recipe, joint="knee")
    with torch.no_grad():
        for layer in (model.segmentation.coarse, model.segmentation.fine):
            layer.weight *= CERTAINTY
        model.segmentation.coarse.bias[0] += 20.0  # mostly background, so that little is outlined finely
    write_trained_bundle(model, recipe, tmp_path / "bundle", {"command": "none"}, joint="knee")
    prepared = prepared_adaptation(tmp_path / "out", bundle=tmp_path / "bundle", steps=1, studies=5, evaluated=1)
    prepared.run(only=["shipped", "adapted"])
    page = tmp_path / "adaptation.md"
    tables = prepared.publish(page)
    assert tables.startswith(f"2 of {len(EXPERIMENT.arms)} runs finished.")
    assert DICE in tables and f"{MEAN} (n = 1)" in tables and REAL in tables and AUROC not in tables
    words = page.read_text(encoding="utf-8")
    assert "phantom numbers" in words and "--site t1_dark --studies 5" in words
    assert (tmp_path / "adaptation.png").is_file()
    adapted = tmp_path / "out" / "cells" / "adapted-seed0" / "adapted.json"
    before = adapted.stat().st_mtime_ns
    prepared.run(only=["shipped", "adapted"])
    assert adapted.stat().st_mtime_ns == before
