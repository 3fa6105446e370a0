"""The frozen cohort itself, held against a reader who knows the truth."""

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import KNEE
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


# What three studies of knee-frozen-v3 hold: number -> (side, planes, ml of femur, femoral cartilage and medial
# meniscus in the first volume, its mean, its 99th percentile). Figures of bundles are of these studies: a change that
# moves one of these numbers is a change of the cohort, so `KNEE_VERSION` is raised, never the numbers.
FROZEN_V3 = {
    0: ("right", "sca", 182.7709, 13.0553, 2.9724, 318.6876, 888.0),
    4: ("left", "sca", 169.3643, 12.1146, 2.9944, 72.591, 254.0),
    8: ("right", "s", 134.3036, 11.8721, 2.5651, 154.9469, 836.0),
}


def facts(study) -> tuple:
    labels, first = study.labels[0], study.volumes[0].array
    ml = float(np.prod(labels.geometry.spacing_mm)) / 1000.0
    volumes = [int((labels.array == label).sum()) * ml for label in (1, 4, 8)]
    planes = "".join(plane.value[0] for plane in study.planes)
    return study.side.value, planes, *volumes, float(first.mean()), float(np.percentile(first, 99))


@pytest.mark.long
@pytest.mark.parametrize("number", sorted(FROZEN_V3))
def test_the_studies_of_the_frozen_cohort_stay_as_they_are(number):
    side, planes, *numbers = facts(cohort_named("knee-frozen-v3").study(number))
    assert (side, planes) == FROZEN_V3[number][:2]
    assert numbers == pytest.approx(FROZEN_V3[number][2:], rel=1e-3)
