"""What limits the outlines: pictures of one joint that differ in one thing, and studies that a training has seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.experiments.catalogue import NAMES, Options, prepared_experiment
from OrthoDiffusionLib.lab.experiments.common import runner
from OrthoDiffusionLib.lab.experiments.common.runner import finished_results
from OrthoDiffusionLib.lab.experiments.limits.limits import COMPARED, EXPERIMENT, FRESH_SEED
from OrthoDiffusionLib.lab.experiments.limits.pictures import How, ScannedKnee
from OrthoDiffusionLib.lab.phantom.datasets.shards import read_study, write_shards, write_study
from OrthoDiffusionLib.lab.phantom.engine.seeds import TRAINING_SEEDS
from OrthoDiffusionLib.lab.phantom.imaging.scanner import draw_scan
from OrthoDiffusionLib.lab.phantom.phantom import make_phantom
from OrthoDiffusionLib.lab.training.engine.packaging import write_trained_bundle
from OrthoDiffusionLib.lab.training.phantoms.finetune import new_model
from OrthoDiffusionLib.volumes import Plane

from .tiny_hospital import tiny_recipe, toy_known

PIXEL_MM = 2.0


@pytest.fixture(scope="module", autouse=True)
def small():
    with toy_known(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "_cores", lambda: 1)
        yield


@pytest.fixture(scope="module")
def joint() -> ScannedKnee:
    return ScannedKnee(*draw_scan(make_phantom("toy", 3), 3, style="slices", pixel_mm=PIXEL_MM), 3)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory) -> Path:
    torch.manual_seed(5)
    recipe = tiny_recipe()
    recipe = type(recipe)(network={**recipe.network, "width": 8, "detail": True}, in_plane_mm=PIXEL_MM)
    folder = tmp_path_factory.mktemp("bundles") / "tiny"
    write_trained_bundle(new_model(recipe, joint="toy"), recipe, folder, {"command": "none: random"}, joint="toy")
    return folder


@pytest.fixture
def data(tmp_path) -> Path:
    write_shards(tmp_path / "studies", 2, 0, joint="toy", pixel_mm=PIXEL_MM)
    return tmp_path / "studies"


def grain(image: np.ndarray, parts: np.ndarray) -> float:
    """How much a pixel differs from its four neighbours of the same tissue, as a share of the mean signal."""
    image = image.astype(float)
    inner = (slice(None), slice(1, -1), slice(1, -1))
    around = [tuple(np.roll(one, step, axis)[inner] for one in (image, parts)) for axis in (1, 2) for step in (-1, 1)]
    same = np.logical_and.reduce([part == parts[inner] for _, part in around])
    return float((image[inner] - np.mean([one for one, _ in around], axis=0))[same].std() / image.mean())


def test_a_picture_without_faults_shows_the_same_joint_without_noise(joint):
    views = joint.views()
    drawn, clear = (joint.study(views, How("pd-fs", clear=value)) for value in (False, True))
    for plane in Plane:
        assert drawn.planes[plane].geometry.is_same_grid(views[plane].geometry)
        noisy, without = (grain(study.planes[plane].array, views[plane].centre) for study in (drawn, clear))
        assert without < 0.6 * noisy
    again = joint.study(views, How("pd-fs"))
    assert all(np.array_equal(again.planes[plane].array, drawn.planes[plane].array) for plane in Plane)


def test_another_pixel_or_contrast_leaves_the_place_of_the_slices_and_what_is_true(joint):
    views = joint.views()
    fine = joint.views(1.0)
    for plane in Plane:
        coarse_box, fine_box = (one[plane].geometry.corners_ras for one in (views, fine))
        assert np.abs(coarse_box.mean(axis=0) - fine_box.mean(axis=0)).max() < 1e-6
        assert np.abs(np.ptp(coarse_box, axis=0) - np.ptp(fine_box, axis=0)).max() < 2 * PIXEL_MM
        assert fine[plane].geometry.spacing_mm[1] == pytest.approx(1.0)
    t1, pd = (joint.study(views, How(contrast=name)) for name in ("t1", "pd"))
    assert "T1" in t1.planes[Plane.SAGITTAL].description
    assert not np.array_equal(t1.planes[Plane.SAGITTAL].array, pd.planes[Plane.SAGITTAL].array)
    geometry = views[Plane.SAGITTAL].geometry
    tables = joint.phantom.tables
    assert np.mean(joint.labels_on(geometry) == tables.structure[views[Plane.SAGITTAL].centre]) > 0.999


def test_fresh_studies_are_of_seeds_that_a_training_may_draw_but_that_are_no_studies_of_evaluation():
    assert FRESH_SEED in TRAINING_SEEDS and FRESH_SEED + COMPARED in TRAINING_SEEDS


@pytest.mark.long
def test_every_arm_is_scored_on_its_studies_and_the_page_compares_them(bundle, data, tmp_path):
    assert EXPERIMENT.name in NAMES
    ready = prepared_experiment("limits", Options(tmp_path / "out", bundle=str(bundle), data=data, evaluated=1))
    ready.run()
    results = {result.arm: result for result in finished_results(ready.experiment, ready.out)}
    assert set(results) == {arm.name for arm in EXPERIMENT.arms}
    assert list(results["seen"].tables[0].rows["Primary structures"]) == ["0"]
    grid = results["labels-grid"].tables[0].rows["Primary structures"]
    assert 0.8 < grid[str(FRESH_SEED)] <= 1.0, "true labels on a grid of 0.7 mm are nearly what is true"
    text = ready.publish(tmp_path / "limits.md")
    assert text.startswith("13 of 13 runs finished.") and "to “fresh studies”" in text
    assert "orthodiffusion experiment limits" in (tmp_path / "limits.md").read_text(encoding="utf-8")


def test_a_training_s_studies_that_another_simulator_made_are_not_taken_for_its_own(bundle, data, tmp_path):
    first = sorted(data.glob("study_*.npz"))[0]
    study = read_study(first)
    study.views[Plane.SAGITTAL].centre[0, 0, 0] ^= 1
    write_study(first, study)
    ready = prepared_experiment("limits", Options(tmp_path / "out", bundle=str(bundle), data=data, evaluated=1))
    with pytest.raises(TrainingError, match="cannot be reproduced"):
        ready.run(only=["seen"])
    assert not list((tmp_path / "out").rglob("result.json"))


def test_without_the_training_s_studies_the_rest_can_be_asked_and_a_wrong_folder_is_refused(bundle, tmp_path):
    ready = prepared_experiment("limits", Options(tmp_path / "out", bundle=str(bundle)))
    assert "seen" not in [arm.name for arm in ready.experiment.arms]
    with pytest.raises(TrainingError):
        prepared_experiment("limits", Options(tmp_path / "out", bundle=str(bundle), data=tmp_path))
