"""The experiment on adaptation with a tiny network: take the site's studies, adapt, measure, write the page."""

from __future__ import annotations

import pytest

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.experiments.adaptation.adaptation_page import prepared_adaptation
from OrthoDiffusionLib.lab.experiments.adaptation.site_adaptation import (
    EVALUATED_SEED,
    SITES,
    UNLABELLED_SEED,
    facts_as_text,
)
from OrthoDiffusionLib.lab.phantom.engine.seeds import CALIBRATION_SEEDS, FRESH_SEEDS, TRAINING_SEEDS
from OrthoDiffusionLib.lab.phantom.imaging.imaging_sites import IMAGING_SITES, site_named


def test_no_training_draws_the_sites_and_no_study_is_both_learned_from_and_measured():
    assert UNLABELLED_SEED in CALIBRATION_SEEDS and EVALUATED_SEED in FRESH_SEEDS
    assert UNLABELLED_SEED not in TRAINING_SEEDS
    for site in SITES.values():
        if site.name in IMAGING_SITES:
            with pytest.raises(Exception, match="must not be trained on"):
                site_named(site, training=True)


def test_a_site_that_training_sees_and_too_few_studies_are_refused(tmp_path):
    with pytest.raises(TrainingError, match="Training sees the imaging site 'clinic_3t_a'") as caught:
        prepared_adaptation(tmp_path, site="clinic_3t_a")
    assert "held_out_3t" in caught.value.remedy
    with pytest.raises(TrainingError, match="5 studies are the least"):
        prepared_adaptation(tmp_path, studies=4)


def test_what_became_of_an_adaptation_is_said():
    assert "never agreed better" in facts_as_text({"gain": False})
    agreement = {"before": 0.71, "after": 0.73}
    facts = {"gain": True, "best_step": 50, "last_step": 100, "studies": {"train": 7}, "left_out": 0}
    assert "best after step 50 of 100 (7 train; 0 left out)" in facts_as_text({**facts, "agreement": agreement})
