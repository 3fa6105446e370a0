"""The ankle's cohorts and its studies as a clinic stores them."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import ANKLE, Side
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.phantom.ankle.body import held_out_anatomies
from OrthoDiffusionLib.lab.phantom.datasets.cohort import cohort_named, phantom_study
from OrthoDiffusionLib.lab.phantom.datasets.shards import TrainingStudies
from OrthoDiffusionLib.lab.phantom.phantom import BUILDERS, _draw_grades
from OrthoDiffusionLib.volumes import Plane

LABELS = {part.name: part.label for part in ANKLE.structures}


def test_any_forty_studies_of_the_frozen_cohort_have_five_positives_of_each_finding():
    frozen = cohort_named("ankle-frozen")
    assert frozen.name == "ankle-frozen-v1" and len(frozen) == 240
    drawn = [
        _draw_grades(BUILDERS["ankle"], None, frozen.prevalence, np.random.default_rng([seed, 7]))
        for seed in frozen.seeds
    ]
    for name in BUILDERS["ankle"].abnormalities:
        positive = np.array([grades[name] > 0 for grades in drawn])
        assert positive.mean() > 0.15
        assert np.convolve(positive, np.ones(40, int), mode="valid").min() >= 6, name
        assert {grades[name] for grades in drawn} == {0, 1, 2, 3}


@pytest.mark.long
def test_what_was_drawn_for_the_frozen_cohort_is_seen_in_its_pictures():
    frozen = cohort_named("ankle-frozen")
    shown, drawn = [], []
    for number in range(40):
        study = frozen.study(number)
        grades = _draw_grades(
            BUILDERS["ankle"], None, frozen.prevalence, np.random.default_rng([frozen.seeds[number], 7])
        )
        shown.append([study.abnormalities[name] for name in BUILDERS["ankle"].abnormalities])
        drawn.append([grades[name] > 0 for name in BUILDERS["ankle"].abnormalities])
    assert (np.sum(shown, axis=0) >= 5).all()
    assert np.sum(shown) > 0.93 * np.sum(drawn)


def test_the_frozen_cohort_holds_out_five_ankles_and_three_imaging_sites():
    frozen, training = cohort_named("ankle-frozen"), cohort_named("ankle-training")
    assert {name for name, _ in frozen.anatomies} >= set(held_out_anatomies())
    assert not {name for name, _ in training.anatomies} & set(held_out_anatomies())
    assert sum("held_out" in site for site in frozen.sites) == 3
    for name in held_out_anatomies():
        with pytest.raises(TrainingError):
            TrainingStudies(1, 0, joint="ankle", anatomy=name)


WANTED = dict.fromkeys(BUILDERS["ankle"].abnormalities, 2)


@pytest.fixture(scope="module")
def right():
    return phantom_study(31, joint="ankle", site="clinic_15t_a", side=Side.RIGHT, abnormalities=WANTED)


@pytest.mark.long
def test_the_left_ankle_is_the_mirror_image_of_the_right(right):
    left = phantom_study(31, joint="ankle", site="clinic_15t_a", side=Side.LEFT, abnormalities=WANTED)
    for one, other in zip(
        (*left.volumes, *left.labels, *left.lesions), (*right.volumes, *right.labels, *right.lesions), strict=True
    ):
        mirrored = one.mirrored().reoriented(other.geometry.axis_codes)
        assert np.array_equal(mirrored.array, other.array)


def test_a_study_shows_its_findings_in_their_planes_and_lies_on_its_side(right):
    study = right
    assert all(study.abnormalities.values())
    records = study.lesion_records()
    assert {name: record.grade for name, record in records.items()} == dict.fromkeys(records, 2)
    labels = study.labels[0]
    fibula, tibia = (
        labels.geometry.to_ras(np.argwhere(labels.array == LABELS[name]).mean(0)) for name in ("fibula", "tibia")
    )
    assert fibula[0] > tibia[0] + 15
    assert Plane.SAGITTAL in study.seen_in["achilles_tendon_rupture"]
    for name, record in records.items():
        assert all(1 < mm < 90 for mm in record.extent_mm), name
        assert 0.02 < record.volume_ml < 60


def test_every_plane_shows_the_joint_from_end_to_end(right):
    for labels in right.labels:
        shown = set(np.unique(labels.array))
        for name in ("tibia", "fibula", "talus", "calcaneus", "achilles_tendon", "talar_dome_cartilage"):
            assert LABELS[name] in shown, (labels.name, name)
