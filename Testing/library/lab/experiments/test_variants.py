"""The experiment on phantom variants, in the smallest form that still trains, scores and draws."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from library.lab.experiments.tiny_network import NETWORK

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.experiments.catalogue import Options, prepared_experiment
from OrthoDiffusionLib.lab.experiments.common import runner
from OrthoDiffusionLib.lab.experiments.common.evaluation_studies import dice_by_label, read_evaluation_study
from OrthoDiffusionLib.lab.experiments.common.runner import finished_results, run_experiment
from OrthoDiffusionLib.lab.experiments.variants.variants import EXPERIMENT, evaluation_studies, strip_file
from OrthoDiffusionLib.lab.phantom.imaging.imaging_sites import HELD_OUT_SITES
from OrthoDiffusionLib.lab.phantom.knee.atlas import HELD_OUT_ANATOMIES
from OrthoDiffusionLib.lab.training.engine import engine

# Crops leave 4 x 3 x 3 voxels in the deepest level: at 2 x 2 x 2 torch 2.13 gives wrong bfloat16 gradients on a CPU.
TINY = f"""
in_plane_mm = 2.0
{NETWORK}width = 8
[data]
crop = [16, 48, 48]
fusion_size = 4
fine_points = 64
[finetune]
steps = 24
learning_rate = 2e-3
warmup = 5
ema = 0.5
view_subsets = [1.0, 0.0, 0.0]
"""


def tiny(folder):
    recipe = folder / "tiny.toml"
    recipe.write_text(TINY, encoding="utf-8")
    return prepared_experiment("variants", Options(folder / "out", str(recipe), studies=1, evaluated=1))


def run(prepared, report=lambda line: None):
    run_experiment(prepared.experiment, prepared.work, prepared.out, only=["parametric"], report=report)
    return finished_results(prepared.experiment, prepared.out)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """On a busy machine the threads of so small a network wait for each other for minutes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "_cores", lambda: 1)
        yield


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """One arm, run without interruption."""
    prepared = tiny(tmp_path_factory.mktemp("whole"))
    run(prepared)
    return prepared


@pytest.mark.long
def test_a_cell_that_was_interrupted_and_run_again_gives_the_same_as_an_uninterrupted_one(tmp_path, whole, monkeypatch):
    prepared = tiny(tmp_path)
    for shared in ("studies", "evaluation"):
        shutil.copytree(whole.out / shared, prepared.out / shared)
    monkeypatch.setattr(engine, "CHECKPOINT_SECONDS", 0.0)
    said = []

    def stop_at_step_20(line):
        if "step 20" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(prepared, report=stop_at_step_20)
    assert finished_results(prepared.experiment, prepared.out) == ()
    (resumed,) = run(prepared, report=said.append)
    (expected,) = finished_results(whole.experiment, whole.out)
    assert any("resuming at step 19" in line for line in said)
    assert resumed.tables == expected.tables
    pictures = [strip_file(one.out / "cells" / "parametric-seed0").read_bytes() for one in (prepared, whole)]
    assert pictures[0] == pictures[1]


@pytest.mark.long
def test_a_cell_scores_both_families_and_draws_the_real_exams(whole):
    (result,) = finished_results(whole.experiment, whole.out)
    assert set(result.patients.values()) == {"mskt_t2_test_7labels"}
    assert all(name.startswith("heldout-") for name in result.patients) and len(result.patients) >= 1
    main = result.tables[0].rows
    assert list(main["bones and cartilages, held-out label map"]) == ["heldout-00-clinic_15t_a"]
    assert list(main["menisci and cruciate ligaments, procedural knees"]) == ["procedural-00-clinic_15t_a"]
    assert all(0 <= value <= 1 for table in result.tables for items in table.rows.values() for value in items.values())
    assert strip_file(whole.out / "cells" / "parametric-seed0").stat().st_size > 10_000


@pytest.mark.long
def test_its_page_holds_tables_plot_and_overlays(whole, tmp_path):
    text = whole.publish(tmp_path / "variants.md")
    assert text.startswith("1 of 5 runs finished.")
    assert {path.name for path in tmp_path.iterdir()} == {"variants.md", "variants.png", "variants_exams.jpg"}
    assert "variants_exams.jpg" in (tmp_path / "variants.md").read_text(encoding="utf-8")


@pytest.mark.long
def test_evaluation_studies_hold_images_and_truth_of_all_planes_on_one_grid_each(whole):
    study = read_evaluation_study(whole.out / "evaluation" / "procedural-00-clinic_15t_a.npz")
    assert len(study) == 3
    for plane, view in study.items():
        assert view.image.shape == view.labels.shape == view.geometry.shape
        assert view.geometry.axis_codes == plane.hanging
        # the femur lies above the tibia
        heights = [view.geometry.to_ras(np.argwhere(view.labels == label))[:, 2].mean() for label in (1, 2)]
        assert heights[0] > heights[1] + 20


def test_half_of_the_evaluation_studies_come_from_the_anatomy_and_some_from_centres_no_training_sees():
    studies = evaluation_studies(10)
    assert [study.anatomy for study in studies].count(HELD_OUT_ANATOMIES[0]) == 10
    assert {study.site for study in studies} > set(HELD_OUT_SITES)
    assert len({study.name for study in studies}) == 20


def test_the_five_arms_differ_in_anatomy_or_in_centre_alone():
    first, *others = (dict(arm.settings) for arm in EXPERIMENT.arms)
    assert len(others) == 4
    assert all(sum(other[key] != first[key] for key in first) == 1 for other in others)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", None])
def test_a_damaged_evaluation_study_is_named_and_may_be_deleted(tmp_path, content):
    path = tmp_path / "study.npz"
    if content is None:
        np.savez(path, sagittal_image=np.zeros((2, 3, 3), np.float32))
    else:
        path.write_bytes(content)
    with pytest.raises(TrainingError, match="cannot be read") as caught:
        read_evaluation_study(path)
    assert str(path) in str(caught.value) and "Delete the file" in caught.value.remedy


def test_dice_is_taken_over_all_views_of_a_study_together():
    truth = np.array([[1, 1, 2, 0]], np.uint8)
    close = np.array([[1, 2, 2, 0]], np.uint8)
    dice = dice_by_label([(truth, truth), (close, truth)])
    assert dice == {1: pytest.approx(2 * 3 / 7), 2: pytest.approx(2 * 2 / 5)}


def test_an_unknown_experiment_and_impossible_numbers_are_refused(tmp_path):
    with pytest.raises(TrainingError, match="no experiment 'varieties'") as caught:
        prepared_experiment("varieties", Options(tmp_path))
    assert "variants" in caught.value.remedy
    with pytest.raises(TrainingError, match="1 or more"):
        prepared_experiment("variants", Options(tmp_path, studies=0))
    with pytest.raises(TrainingError, match="1 or more"):
        prepared_experiment("variants", Options(tmp_path, steps=0))
