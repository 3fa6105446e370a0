"""Studies of digital shoulders: oblique series, both sides, time and memory."""

from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import SHOULDER, Side
from OrthoDiffusionLib.lab.phantom.datasets.cohort import phantom_study
from OrthoDiffusionLib.lab.phantom.phantom import BUILDERS
from OrthoDiffusionLib.volumes.plane import plane_of

from .conftest import LABELS


@pytest.fixture(scope="module")
def both_sides():
    return {side: phantom_study(5, joint="shoulder", side=side, prevalence=0.0) for side in Side}


def test_an_oblique_series_is_read_as_its_plane_on_both_sides(both_sides):
    for side, study in both_sides.items():
        for plane, volume in zip(study.planes, study.volumes, strict=True):
            assert plane_of(volume.geometry, SHOULDER.axes_of(side)) is plane
    # Slices of the coronal series stand about 45° off the body's coronal plane.
    coronal = both_sides[Side.RIGHT].volumes[1].geometry
    across = coronal.directions[:, int(np.argmax(coronal.spacing_mm))]
    assert 30 < np.rad2deg(np.arccos(abs(across[1]))) < 60


def test_a_left_shoulder_mirrors_the_right_one(both_sides):
    found = {}
    for side, study in both_sides.items():
        labels = study.labels[0]
        mirror = np.array([1.0 if side is Side.RIGHT else -1.0, 1.0, 1.0])
        middle = {
            name: labels.geometry.to_ras(np.argwhere(labels.array == LABELS[name])).mean(axis=0) * mirror
            for name in ("humerus", "scapula", "deltoid_muscle")
        }
        # Lateral and in front of the scapula: its plane is turned to the front.
        assert middle["humerus"][0] > middle["scapula"][0] + 20
        assert middle["humerus"][1] > middle["scapula"][1] + 10
        found[side] = middle
    assert np.abs(found[Side.RIGHT]["humerus"] - found[Side.LEFT]["humerus"]).max() < 0.01


def test_labels_are_the_truth_at_their_place_in_the_patient(both_sides):
    study = both_sides[Side.LEFT]
    for labels in study.labels:
        assert (study.truth_on(labels.geometry).array == labels.array).mean() > 0.999


@pytest.mark.long
def test_a_shoulder_costs_no_more_time_and_memory_than_a_knee_and_a_quarter():
    """Processor seconds and the peak of what is allocated; as much more is let pass as a busy machine makes of it."""
    costs = {}
    for name in ("knee", "shoulder"):
        builder = BUILDERS[name]
        grades = dict.fromkeys(builder.abnormalities, 0)
        builder.build(0, anatomy="procedural", grades=grades)  # what is kept in memory is made
        seconds = []
        for seed in (1, 2):
            start = time.process_time()
            builder.build(seed, anatomy="procedural", grades=grades)
            seconds.append(time.process_time() - start)
        tracemalloc.start()
        builder.build(3, anatomy="procedural", grades=grades)
        costs[name] = min(seconds), tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert costs["shoulder"][0] < 1.4 * costs["knee"][0], costs
    assert costs["shoulder"][1] < 1.25 * costs["knee"][1], costs
