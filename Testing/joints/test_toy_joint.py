"""The toy joint goes everywhere the knee goes: a new joint is a file, and no program takes it for a knee."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from joints.conftest import HERE, run
from joints.toy_joint import TOY_JOINT
from panel.conftest import click, module, slicer, slicer_host, wait_for  # noqa: F401  (fixtures)

from OrthoDiffusionLib.analysis.model import load_model
from OrthoDiffusionLib.batch.benchmark import long_batch
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.findings import Analysis
from OrthoDiffusionLib.lab.training.engine.recipe import load_recipe
from OrthoDiffusionLib.lab.training.phantoms.finetune import finetune
from OrthoDiffusionLib.memory import GROWTH_AIM_MB
from OrthoDiffusionLib.volumes import read_volume

ROOT = Path(__file__).parents[2]


def dice_of_bones(analysis: Analysis, study: Path) -> float:
    """Dice of both bones together on the grid of the study's sagittal truth."""
    truth = read_volume(study / "sagittal_labels.nii.gz")
    found = analysis.segmentation.on(truth.geometry).array
    wanted, seen = np.isin(truth.array, (1, 2)), np.isin(found, (1, 2))
    right = (found == truth.array) & wanted
    return 2.0 * float(right.sum()) / float(wanted.sum() + seen.sum())


def test_its_bundle_brings_vocabulary_and_rules(trained):
    manifest = Bundle.open(trained).manifest
    assert manifest.joint == "toy" and manifest.name == "orthodiffusion-toy"
    assert manifest.as_joint() == TOY_JOINT
    assert manifest.network["solid_labels"] == [1, 2] and manifest.network["detail_labels"] == [3]
    assert [source["name"] for source in manifest.sources] == ["The toy joint of the tests"]


@pytest.mark.long
@pytest.mark.parametrize(("name", "side"), [("toy_0000005", "right"), ("toy_0000002", "left")])
def test_analyze_outlines_its_bones_on_either_side(learned, studies, tmp_path, name, side):
    files = [studies / name / f"{plane}.nii.gz" for plane in ("sagittal", "coronal", "axial")]
    run("analyze", *files, "--bundle", learned, "--side", side, "--out", tmp_path / "out")
    analysis = Analysis.load(tmp_path / "out")
    assert dice_of_bones(analysis, studies / name) > 0.3  # untrained: 0.05
    upper, lower = (analysis.segmentation.centroid_ras(bone) for bone in ("upper_bone", "lower_bone"))
    assert upper[2] - lower[2] > 12.0


def test_analyze_speaks_of_it_in_its_own_words(trained, studies, tmp_path):
    run("analyze", studies / "toy_0000002" / "axial.nii.gz", "--bundle", trained, "--side", "left",
        "--out", tmp_path / "out")  # fmt: skip
    analysis = Analysis.load(tmp_path / "out")
    assert analysis.study.joint == "toy"
    assert [structure.title for structure in analysis.segmentation.structures] == [
        "Upper bone", "Lower bone", "Lateral nodule",
    ]  # fmt: skip
    assert [finding.name for finding in analysis.findings] == ["swelling"]
    assert [measurement.name for measurement in analysis.measurements] == ["lateral_nodule_thickness"]
    assert "knee" not in json.dumps(analysis.as_dict()).lower()


def test_evaluate_measures_it_on_its_own_frozen_cohort(trained, tmp_path):
    run("evaluate", "--bundle", trained, "--count", 2, "--device", "cpu", "--json", tmp_path / "scores.json")
    scores = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    assert scores["cohort"]["name"] == "toy-frozen-v1" and scores["cohort"]["joint"] == "toy"
    assert set(scores["structures"]) == {"upper_bone", "lower_bone", "lateral_nodule"}
    assert set(scores["abnormalities"]) == {"swelling"}


def test_a_batch_writes_its_own_columns(trained, studies, tmp_path):
    run("batch", studies, "--bundle", trained, "--out", tmp_path / "out")
    with (tmp_path / "out" / "results.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["status"] for row in rows] == ["done", "done"]
    assert {row["joint"] for row in rows} == {"toy"}
    assert {"swelling", "volume_ml_upper_bone", "mean_thickness_mm_lateral_nodule"} <= set(rows[0])
    assert "volume_ml_femur" not in rows[0]


@pytest.mark.long
def test_a_long_batch_grows_neither_in_memory_nor_in_open_files(trained, studies, tmp_path):
    """`benchmark --batch --long-run N` measures the same for any number; Docs/archive/batch.md has the longest run."""
    exam = [studies / "toy_0000002" / "sagittal.nii.gz"]
    numbers = long_batch(Bundle.open(trained), exam, tmp_path / "long", side="left", count=120)
    assert numbers["studies"] == 120
    if numbers["recording"]["growth_mb"] is not None:
        assert numbers["recording"]["growth_mb"] < 20.0
        assert numbers["workers"]["growth_mb"] < GROWTH_AIM_MB
        assert numbers["files"][1] <= numbers["files"][0] + 4  # a file that is being written at that moment


def test_the_worker_knows_it_from_the_bundle_alone(trained, studies, tmp_path):
    """A process of its own, in which nobody has registered the joint."""
    folder = studies / "toy_0000005"
    inputs = {plane: str(folder / f"{plane}.nii.gz") for plane in ("sagittal", "coronal", "axial")}
    request = {"type": "analyze", "id": "1", "inputs": {**inputs, "side": "right"}, "bundle": str(trained),
               "out": str(tmp_path / "out")}  # fmt: skip
    command = [sys.executable, "-m", "OrthoDiffusionLib", "worker"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as worker:
        worker.stdin.write(json.dumps(request) + "\n")
        worker.stdin.flush()
        answers = iter(map(json.loads, worker.stdout))
        answer = next(answer for answer in answers if answer["type"] not in ("hello", "ready", "progress"))
        worker.stdin.close()  # ends the worker
    assert answer["type"] == "result", answer
    content = json.loads((tmp_path / "out" / "findings.json").read_text(encoding="utf-8"))
    assert content["study"]["joint"] == "toy"
    assert [entry["name"] for entry in content["structures"]] == ["upper_bone", "lower_bone", "lateral_nodule"]


def test_a_study_of_the_toy_is_not_taken_for_a_knee(studies, tmp_path, capsys):
    from OrthoDiffusionLib.cli.main import main

    folder = studies / "toy_0000005"
    words = ["evaluate", "--cohort", "toy-frozen", "--count", "1", "--json", str(tmp_path / "scores.json")]
    assert main(words) == 2
    assert "is of the toy, the bundle knows the knee" in capsys.readouterr().err
    assert folder.is_dir()


@pytest.fixture
def panel(module, slicer, learned, monkeypatch):  # noqa: F811
    import slicerhost

    monkeypatch.setenv("ORTHODIFFUSION_BUNDLES", str(learned.parent))
    widget = slicerhost.open_panel(module)
    yield widget
    slicerhost.close_panel(widget)


@pytest.mark.long
def test_a_click_outlines_the_toy_joint(panel, slicer, learned, studies, click, wait_for):  # noqa: F811
    from nodes import add_volume

    for plane in ("sagittal", "coronal", "axial"):
        volume = read_volume(studies / "toy_0000005" / f"{plane}.nii.gz")
        add_volume(slicer.mrmlScene, plane, affine=volume.geometry.affine, array=volume.array.transpose(2, 1, 0))
    panel.session.parameters.bundle = str(learned)
    panel.session.parameters.side = "right"
    wait_for(lambda: panel.session.parameters.axial is not None)
    click(panel.ui.analyzeButton)
    wait_for(lambda: not panel.run.busy, seconds=120)
    assert not panel.ui.problemFrame.isVisibleTo(panel.parent), panel.ui.problemLabel.text
    table = slicer.util.getNode("Toy findings")
    assert table.GetAttribute("OrthoDiffusion.Bundle") == "orthodiffusion-toy"
    nodes = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    (segmentation,) = [node for node in nodes if not node.GetHideFromEditors()]  # hidden: what was predicted
    segments = segmentation.GetSegmentation()
    names = [segments.GetNthSegment(number).GetName() for number in range(segments.GetNumberOfSegments())]
    assert names[:2] == ["Upper bone", "Lower bone"]  # the nodule may be too small for so short a training
    assert "nee" not in segmentation.GetName()


def test_a_training_begins_with_all_weights_of_a_bundle_and_averages_several_crops(trained, tmp_path):
    run("phantom", "--joint", "toy", "--for-training", "--count", 2, "--pixel-mm", 2.0, "--out", tmp_path / "shards")
    recipe, bundle = load_recipe(HERE / "toy.toml"), Bundle.open(trained)
    still = replace(recipe.finetune, steps=2, accumulate=3, steps_alone=0, learning_rate=0.0, filter_rate=0.0)
    recipe = replace(recipe, finetune=still)
    out = tmp_path / "run"
    model = finetune(tmp_path / "shards", None, out, recipe, start=bundle, report=lambda line: None)
    for name, value in load_model(bundle).state_dict().items():  # nothing moves at a rate of 0
        assert torch.allclose(model.state_dict()[name], value, atol=1e-6), name

    wider = replace(recipe, network={**recipe.network, "width": 16})
    with pytest.raises(TrainingError, match="is not the recipe's; it differs in: width"):
        finetune(tmp_path / "shards", None, tmp_path / "other", wider, start=bundle, report=lambda line: None)
    with pytest.raises(TrainingError, match="differs in: start"):
        finetune(tmp_path / "shards", None, out, recipe, report=lambda line: None)


def test_a_step_of_several_crops_sees_as_many_draws(tmp_path, toy):
    from OrthoDiffusionLib.lab.training.samples.datasets import LabelledCrops

    run("phantom", "--joint", toy, "--for-training", "--count", 2, "--pixel-mm", 2.0, "--out", tmp_path / "shards")
    recipe = load_recipe(HERE / "toy.toml")
    several = replace(recipe, finetune=replace(recipe.finetune, accumulate=4))
    draws = LabelledCrops(tmp_path / "shards", recipe), LabelledCrops(tmp_path / "shards", several)
    one, other = (dataset[5] for dataset in draws)  # the sixth draw, of whatever step
    assert np.array_equal(one.coarse.affine, other.coarse.affine) and np.array_equal(
        one.points.places, other.points.places
    )


def test_streamed_studies_are_made_when_the_training_needs_them_and_serve_the_next(trained, tmp_path):
    recipe = tmp_path / "short.toml"
    text = (HERE / "toy.toml").read_text().replace("steps = 400", "steps = 3").replace("steps_alone = 80", "")
    recipe.write_text(text.replace("fine_points", "streamed_draws = 2\nstreamed_window = 1\nfine_points"))
    command = ["finetune", "--data", tmp_path / "made", "--stream", "--first-seed", 40, "--from", trained,
               "--recipe", recipe, "--device", "cpu"]  # fmt: skip
    run(*command, "--out", tmp_path / "one")
    made = sorted((tmp_path / "made").glob("study_*.npz"))
    assert [path.name for path in made] == ["study_0000040.npz", "study_0000041.npz"]  # 3 crops, 2 of each
    times = [path.stat().st_mtime_ns for path in made]
    run(*command, "--out", tmp_path / "two", "--workers", 2)
    assert [path.stat().st_mtime_ns for path in made] == times  # nothing is made twice
    one, two = (load_model(Bundle.open(tmp_path / name / "bundle")).state_dict() for name in ("one", "two"))
    assert all(torch.equal(one[name], two[name]) for name in one)  # however many processes make the crops
    assert Bundle.open(tmp_path / "one" / "bundle").manifest.training["data"]["first_seed"] == 40


def test_streamed_draws_come_from_the_last_studies_alone_and_from_each_about_as_often(tmp_path, toy):
    from OrthoDiffusionLib.lab.phantom.datasets.shards import StreamedStudies, TrainingStudies
    from OrthoDiffusionLib.lab.training.samples.datasets import StreamedCrops

    recipe = load_recipe(HERE / "toy.toml")
    recipe = replace(recipe, data=replace(recipe.data, streamed_draws=4, streamed_window=6))
    crops = StreamedCrops(StreamedStudies(tmp_path, TrainingStudies(200, joint=toy)), recipe)
    drawn = np.array([crops.index_of(draw) for draw in range(800)])
    newest = np.arange(800) // 4
    assert ((newest - drawn >= 0) & (newest - drawn < 6)).all()
    often = np.bincount(drawn, minlength=200)[10:190]
    assert often.mean() == pytest.approx(4, abs=0.1) and often.max() <= 12
