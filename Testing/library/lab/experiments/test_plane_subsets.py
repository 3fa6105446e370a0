"""The experiment on planes: each set of views is asked about the same places, features fused or answers averaged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from OrthoDiffusionLib.analysis.model import load_model
from OrthoDiffusionLib.anatomy import KNEE, Side
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.errors import OrthoDiffusionError, TrainingError
from OrthoDiffusionLib.lab.experiments.common import runner
from OrthoDiffusionLib.lab.experiments.common.runner import finished_results
from OrthoDiffusionLib.lab.experiments.planes import plane_subsets
from OrthoDiffusionLib.lab.experiments.planes.plane_page import prepared_planes
from OrthoDiffusionLib.lab.experiments.planes.plane_subsets import EXPERIMENT, score_study, subsets
from OrthoDiffusionLib.lab.phantom.datasets.cohort import phantom_study
from OrthoDiffusionLib.lab.training.engine.packaging import write_trained_bundle
from OrthoDiffusionLib.lab.training.engine.recipe import Recipe
from OrthoDiffusionLib.lab.training.phantoms.finetune import new_model
from OrthoDiffusionLib.volumes import Plane

pytestmark = pytest.mark.long

NETWORK = {
    "kind": "orthodiffusion-1", "channels": [8, 8, 16, 16], "stem_channels": 8, "embedding": 16,
    "sigma": 0.1, "sigma_data": 0.5, "width": 8, "detail": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def bundle(tmp_path_factory) -> Bundle:
    """A tiny network of random weights."""
    torch.manual_seed(5)
    recipe = Recipe(network=NETWORK, in_plane_mm=1.2, fine_spacing_mm=0.7)
    folder = tmp_path_factory.mktemp("bundles") / "tiny"
    write_trained_bundle(
        new_model(recipe, joint="knee"), recipe, folder, {"command": "none: random weights"}, joint="knee"
    )
    return Bundle.open(folder)


@pytest.fixture(scope="module")
def study():
    return phantom_study(9_700_000, side=Side.LEFT, abnormalities={"joint_effusion": True}, joint="knee")


class OneCohort:
    """Two studies: one whole, one without its axial series."""

    name = "two-knees"

    def __init__(self, study):
        self.studies = [study, replace(study, volumes=study.volumes[:2])]

    def __len__(self):
        return 2

    def study(self, number):
        return self.studies[number]

    def study_name(self, number):
        return f"{self.name}-{number}"

    def patient(self, number):
        return "one knee"


def test_a_bundle_is_asked_with_every_set_of_planes_and_the_page_says_what_each_reached(
    bundle, study, tmp_path, monkeypatch
):
    monkeypatch.setattr(plane_subsets, "cohort_named", lambda name: OneCohort(study))
    monkeypatch.setattr(runner, "_cores", lambda: 1)
    ready = prepared_planes(tmp_path / "out", bundle=bundle.folder, evaluated=2)
    ready.run()
    results = finished_results(ready.experiment, ready.out)
    assert [result.arm for result in results] == [arm.name for arm in EXPERIMENT.arms]
    by_arm = {result.arm: {table.title: table.rows for table in result.tables} for result in results}
    logits = {arm: tables["Logits of the findings"] for arm, tables in by_arm.items()}
    for finding in KNEE.abnormalities:
        alone = [logits[plane.value][finding.title]["two-knees-0"] for plane in Plane]
        averaged = logits["sagittal-coronal-axial-averaged"][finding.title]["two-knees-0"]
        assert averaged == pytest.approx(np.mean(alone), abs=1e-5)
    assert by_arm["axial"]["Findings that any view shows"]["Joint effusion"] == {"two-knees-0": 1.0}
    assert results[0].facts["studies"] == 1 and results[0].facts["without_all_planes"] == 1
    assert results[0].patients == {"two-knees-0": "one knee", "two-knees-1": "one knee"}
    text = ready.publish(tmp_path / "planes.md")
    assert text.startswith("11 of 11 runs finished.")
    assert "| sagittal + coronal: fused − averaged |" in text
    assert {path.name for path in tmp_path.iterdir()} == {"out", "planes.md", "planes.png"}


def test_every_arm_is_asked_at_the_same_places_of_a_right_knee_s_world(bundle, study, monkeypatch):
    asked, told = [], []

    def record_places(model, fused, points):
        asked.append(points)
        inside = fused.grid.geometry.to_ijk(points.mean(dim=0).numpy())
        assert (inside > 0).all() and (inside < fused.grid.geometry.shape).all()
        return torch.zeros(1, 1)

    def record_labels(answer, labels, bundle):
        told.append(labels)
        return {}

    monkeypatch.setattr(plane_subsets, "probabilities", record_places)
    monkeypatch.setattr(plane_subsets, "_scores", record_labels)
    scores = score_study(load_model(bundle), bundle, study)
    assert len(asked) == len(subsets()) == 7 and len(told) == len(scores["arms"]) == 11
    assert all(torch.equal(points, asked[0]) for points in asked)
    assert all(np.array_equal(labels, told[0]) for labels in told)
    # the networks see right knees only: there the fibula lies to the right of the tibia, in this left knee as well
    fibula, tibia = (asked[0][told[0] == label, 0].mean() for label in (12, 2))
    assert fibula > tibia + 15


def test_without_all_planes_a_study_is_left_out(bundle, study):
    assert score_study(None, bundle, replace(study, volumes=study.volumes[:2])) is None


def test_bad_requests_are_refused_before_anything_is_scored(bundle, tmp_path):
    with pytest.raises(TrainingError, match="has 240 studies, 241 were asked for"):
        prepared_planes(tmp_path / "out", bundle=bundle.folder, evaluated=241).run()
    with pytest.raises(TrainingError, match="no arm 'oblique'"):
        prepared_planes(tmp_path / "out", bundle=bundle.folder).run(only=["oblique"])
    with pytest.raises(OrthoDiffusionError):
        prepared_planes(tmp_path / "out", bundle=tmp_path / "nowhere")
    assert not (tmp_path / "out").exists()
