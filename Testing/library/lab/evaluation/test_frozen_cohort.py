"""The frozen cohorts themselves, held against a reader who knows the truth and against what they held before."""

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import KNEE, find_structure
from OrthoDiffusionLib.findings import Analysis, BundleRecord, Calibration, Finding, Segmentation, StudyRecord
from OrthoDiffusionLib.lab.evaluation.cohorts.evaluator import score_study
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import recalibrated
from OrthoDiffusionLib.lab.evaluation.scores.study_scoring import PhantomTruth
from OrthoDiffusionLib.lab.phantom.datasets.cohort import cohort_named
from OrthoDiffusionLib.volumes import Geometry


@pytest.fixture(scope="module")
def phantom():
    return cohort_named("knee-frozen").study(0)


def all_knowing(phantom):
    """Answers with the phantom's own truth on a grid of 1.5 mm, and points at each lesion."""

    def analyze(study, *, progress=None):
        corners = np.concatenate([volume.geometry.corners_ras for volume in study.volumes])
        grid = Geometry.from_box(corners.min(axis=0), corners.max(axis=0), 1.5)
        truth, findings = PhantomTruth(phantom, grid), []
        for abnormality in KNEE.abnormalities:
            lesion = truth.lesion(abnormality.name)
            inside = np.argwhere(lesion.array)
            point = tuple(grid.to_ras(inside[len(inside) // 2])) if len(inside) else None
            there = phantom.abnormalities[abnormality.name]
            findings.append(Finding(abnormality.name, True, 0.9 if there else 0.1, point_ras=point))
        return Analysis(
            StudyRecord("knee", study.side, study.side_source, {}),
            BundleRecord("truth", "1", "0" * 64),
            tuple(findings),
            Segmentation(phantom.truth_on(grid), KNEE.structures),
        )

    return analyze


@pytest.fixture(scope="module")
def record(phantom, bundle):
    return score_study(all_knowing(phantom), bundle, phantom, phantom.name)


@pytest.mark.long
def test_who_knows_the_truth_scores_one_in_every_structure_and_points_into_every_lesion(phantom, record):
    assert record.error is None
    found = {name: score for name, score in record.structures.items() if score["presence"] != "absent"}
    assert {"femur", "tibia", "patella", "medial_meniscus", "anterior_cruciate_ligament"} <= set(found)
    for name, score in found.items():
        assert (score["dice"], score["hd95_mm"]) == (1.0, 0.0), name
    for name, finding in record.findings.items():
        assert finding["positive"] == phantom.abnormalities[name]
        if finding["positive"] and finding["point_distance_mm"] is not None:
            assert finding["point_distance_mm"] == 0.0
    assert record.strata["centre"] == phantom.site
    assert record.strata["field_strength"] == f"{phantom.field_strength_t:g} T"


@pytest.mark.long
def test_the_calibration_decides_what_is_assessed(record):
    good, poor = Calibration(0.0, 0.0, 0.9, 0.8, 0.95), Calibration(1.0, 0.0, 0.55, 0.45, 0.65)
    told = recalibrated(record, lambda name: good if name == "joint_effusion" else poor)
    assert told.findings["joint_effusion"]["assessed"]
    assert told.findings["joint_effusion"]["probability"] == 0.5
    assert not told.findings["medial_meniscus_injury"]["assessed"]


# What three studies of each frozen cohort hold: side, planes, ml of three structures in the first volume, its mean and
# its 99th percentile. Figures of bundles are of these studies: a change that moves one of these numbers is a change of
# the cohort, so the version of its joint is raised, never the numbers.
PINNED = {
    "knee-frozen-v3": ("femur", "femoral_cartilage", "medial_meniscus"),
    "ankle-frozen-v1": ("talus", "talar_dome_cartilage", "achilles_tendon"),
}
FROZEN = {
    ("knee-frozen-v3", 0): ("right", "sca", 182.7709, 13.0553, 2.9724, 318.6876, 888.0),
    ("knee-frozen-v3", 4): ("left", "sca", 169.3643, 12.1146, 2.9944, 72.591, 254.0),
    ("knee-frozen-v3", 8): ("right", "s", 134.3036, 11.8721, 2.5651, 154.9469, 836.0),
    ("ankle-frozen-v1", 0): ("right", "sca", 24.4145, 1.6459, 5.7753, 47.666, 204.0),
    ("ankle-frozen-v1", 4): ("left", "sca", 31.1013, 1.824, 7.7665, 68.5387, 255.0),
    ("ankle-frozen-v1", 7): ("right", "ca", 29.3161, 2.2754, 6.523, 44.3843, 204.0),
}


def facts(study, names) -> tuple:
    labels, first = study.labels[0], study.volumes[0].array
    ml = float(np.prod(labels.geometry.spacing_mm)) / 1000.0
    volumes = [int((labels.array == find_structure(name, study.joint).label).sum()) * ml for name in names]
    planes = "".join(plane.value[0] for plane in study.planes)
    return study.side.value, planes, *volumes, float(first.mean()), float(np.percentile(first, 99))


@pytest.mark.long
@pytest.mark.parametrize(("cohort", "number"), sorted(FROZEN))
def test_the_studies_of_the_frozen_cohorts_stay_as_they_are(cohort, number):
    side, planes, *numbers = facts(cohort_named(cohort).study(number), PINNED[cohort])
    pinned = FROZEN[cohort, number]
    assert (side, planes) == pinned[:2]
    assert numbers == pytest.approx(pinned[2:], rel=1e-3)
