"""The experiment on labels, in the smallest form that still trains, reads and compares every arm."""

from __future__ import annotations

import shutil
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from library.lab.experiments.tiny_network import NETWORK

from OrthoDiffusionLib.anatomy import KNEE
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.experiments.catalogue import Options, prepared_experiment
from OrthoDiffusionLib.lab.experiments.common import runner
from OrthoDiffusionLib.lab.experiments.common.evaluation_studies import _shown
from OrthoDiffusionLib.lab.experiments.common.runner import finished_results
from OrthoDiffusionLib.lab.experiments.labels.label_command import prepared_labels
from OrthoDiffusionLib.lab.experiments.labels.label_crops import LabelCrops, labelled_studies
from OrthoDiffusionLib.lab.experiments.labels.label_efficiency import EXPERIMENT, LOGITS, TRUTH, evaluation_cohort
from OrthoDiffusionLib.lab.experiments.labels.label_training import build_network
from OrthoDiffusionLib.lab.experiments.labels.published_recipe import signal_share, small_unet
from OrthoDiffusionLib.lab.phantom.datasets.shards import ShardReader, write_shards
from OrthoDiffusionLib.lab.phantom.engine.seeds import FROZEN_SEEDS
from OrthoDiffusionLib.lab.phantom.imaging.imaging_sites import HELD_OUT_SITES
from OrthoDiffusionLib.lab.phantom.knee.atlas import HELD_OUT_ANATOMIES
from OrthoDiffusionLib.lab.training.engine import engine
from OrthoDiffusionLib.lab.training.engine.recipe import load_recipe
from OrthoDiffusionLib.lab.training.pretraining.pretrain import Monitoring, pretrain
from OrthoDiffusionLib.volumes import Plane

# Crops leave 6 x 3 x 3 voxels in the deepest level: at 2 x 2 x 2 torch 2.13 gives wrong bfloat16 gradients on a CPU.
TINY = f"""
name = "tiny"
in_plane_mm = 2.0
{NETWORK}width = 8
[data]
crop = [24, 48, 48]
[pretrain]
steps = 2
batch = 1
warmup = 1
[finetune]
steps = 3
warmup = 1
ema = 0.5
"""

NETWORKS = ("finetuned-10", "frozen-10", "random-10", "dynunet-10", "densenet-10", "published-10", "charged-10")


def silent(line):
    pass


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """On a busy machine the threads of so small a network wait for each other for minutes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "_cores", lambda: 1)
        patch.setattr(engine, "use_all_cores", lambda processes=1: torch.set_num_threads(1))
        yield


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """A recipe, an archive of two studies, and a sagittal encoder that learned from it."""
    folder = tmp_path_factory.mktemp("given")
    (folder / "tiny.toml").write_text(TINY, encoding="utf-8")
    write_shards(folder / "archive", 2, 0, pixel_mm=2.0, joint="knee")
    recipe = load_recipe(folder / "tiny.toml")
    pretrain(folder / "archive", folder / "pre", Plane.SAGITTAL, recipe, monitoring=Monitoring(0, 0), report=silent)
    return folder


def prepared(given, out, **options):
    settings = {"pretrained": given / "pre", "data": given / "archive", "studies": 2, "evaluated": 2, **options}
    return prepared_labels(out, recipe=str(given / "tiny.toml"), **settings)


@pytest.fixture(scope="module")
def whole(given, tmp_path_factory):
    """The first seed of every network at few labels, and one at all."""
    ready = prepared(given, tmp_path_factory.mktemp("whole"), seeds=(0,))
    ready.run(only=[*NETWORKS, "scratch-100", "finetuned-100"], report=silent)
    return ready


def results_of(ready):
    return {result.arm: result for result in finished_results(ready.experiment, ready.out)}


@pytest.mark.long
def test_every_arm_outlines_or_finds_and_says_what_it_cost(whole):
    results = results_of(whole)
    assert set(results) == {*NETWORKS, "scratch-100", "finetuned-100"}
    for arm, result in results.items():
        titles = [table.title for table in result.tables]
        assert ("Dice, sagittal view" in titles) == (not arm.startswith("densenet"))
        assert (LOGITS in titles) == (TRUTH in titles) == (not arm.startswith("dynunet"))
        assert result.facts["steps"] == (5 if arm.startswith("charged") else 3)
        assert result.facts["labelled"] == (2 if arm.endswith("100") else 1)
    (dice, logits, truth) = results["finetuned-10"].tables
    assert len(dice.rows) == 11 and len(logits.rows) == 8
    assert all(0 <= value <= 1 for row in dice.rows.values() for value in row.values())
    assert set(truth.rows["Joint effusion"]) == set(logits.rows["Joint effusion"]) and len(truth.rows) == 8


@pytest.mark.long
def test_networks_of_the_shipped_recipe_have_three_million_parameters_at_most(given, tmp_path):
    work = replace(prepared(given, tmp_path).work, recipe=load_recipe("labels"))
    for name in ("scratch-10", "dynunet-10", "densenet-10"):
        (cell,) = EXPERIMENT.cells([name])[:1]
        assert 1.5e6 < build_network(work, cell).in_use() < 3e6, name
    assert sum(parameter.numel() for parameter in small_unet().parameters()) < 3e6


@pytest.mark.long
def test_frozen_arms_keep_their_encoder_and_the_others_start_from_it(whole):
    work, cells = whole.work, {cell.arm.name: cell for cell in whole.experiment.cells(NETWORKS)}
    pretrained = build_network(work, cells["finetuned-10"]).encoders.state_dict()
    frozen = build_network(work, cells["frozen-10"])
    assert all(torch.equal(value, pretrained[name]) for name, value in frozen.encoders.state_dict().items())
    assert not any(parameter.requires_grad for parameter in frozen.encoders.parameters())
    trained = torch.load(whole.out / "cells/frozen-10-seed0/checkpoint.pt", weights_only=True)["module"]
    kept = {name.removeprefix("encoders."): value for name, value in trained.items() if name.startswith("encoders.")}
    assert kept and all(torch.equal(value, pretrained[name]) for name, value in kept.items())
    chance = build_network(work, cells["random-10"])
    filters = [p for name, p in chance.encoders.named_parameters() if name.endswith("conv.weight")]
    assert filters and all(weight.any() for weight in filters)


@pytest.mark.long
def test_a_cell_that_was_killed_gives_the_same_numbers_when_it_is_run_again(given, whole, tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr(engine, "LOG_EVERY", 2)
    again = prepared(given, tmp_path, seeds=(0,))
    shutil.copytree(whole.out / "evaluation", tmp_path / "evaluation")

    def killed(line):
        if "step 2 " in line:
            raise KeyboardInterrupt

    said = []
    with pytest.raises(KeyboardInterrupt):
        again.run(only=["finetuned-10"], report=killed)
    assert results_of(again) == {}
    again.run(only=["finetuned-10"], report=said.append)
    assert any("resuming at step 1" in line for line in said)
    assert results_of(again)["finetuned-10"].tables == results_of(whole)["finetuned-10"].tables


@pytest.mark.long
def test_the_expected_time_is_the_first_thing_said(given, tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr("OrthoDiffusionLib.lab.experiments.labels.label_command.run_experiment", lambda *a, **k: None)
    prepared(given, tmp_path).run(jobs=2, report=said.append)
    assert said[0].startswith("30 cells to do, 2 side by side: about ")
    prepared(given, tmp_path).run(only=["frozen", "charged-10"], report=said.append)
    assert said[1].startswith("5 cells to do, 1 side by side")  # frozen: three seeds at 10 %, one at 100 %


@pytest.mark.long
def test_the_page_holds_set_up_tables_plot_and_caveats(whole, tmp_path):
    text = whole.publish(tmp_path / "labels.md")
    assert text.startswith("9 of 16 cells done.")
    assert {path.name for path in tmp_path.iterdir()} == {"labels.md", "labels.png"}
    page = (tmp_path / "labels.md").read_text(encoding="utf-8")
    assert page.startswith("# How many labels pretraining saves\n")
    for part in ("## Set-up", "--planes sagittal --studies 2 --evaluated 2 --steps 3", "Phantom numbers", "labels.png"):
        assert part in page
    for title in ("Ours, pretrained and fine-tuned", "MONAI DenseNet (findings)", "The original's recipe in small"):
        assert f"| {title} |" in page
    assert "With pretraining charged" in page
    whole.publish(tmp_path / "longer.md")  # a page of another run beside it has a picture of its own
    assert "(longer.png)" in (tmp_path / "longer.md").read_text(encoding="utf-8") and (tmp_path / "longer.png").exists()


@pytest.mark.long
def test_results_can_be_told_without_the_pretrained_folder(whole, tmp_path):
    ready = prepared_experiment("labels", Options(whole.out))
    assert ready.publish(tmp_path / "labels.md").startswith("9 of 30 cells done.")


@pytest.mark.long
def test_missing_or_wrong_pretrained_weights_are_said_before_anything_is_made(given, tmp_path):
    with pytest.raises(TrainingError, match="needs the folder with pretrained encoders") as caught:
        prepared(given, tmp_path / "out", pretrained=None).run()
    assert "orthodiffusion pretrain" in caught.value.remedy
    with pytest.raises(TrainingError, match="no pretrained weights of the sagittal plane") as caught:
        prepared(given, tmp_path / "out", pretrained=tmp_path / "nowhere").run()
    assert "nowhere" in caught.value.where
    with pytest.raises(TrainingError, match="no pretrained weights of the axial plane"):
        prepared(given, tmp_path / "out", planes=[Plane.SAGITTAL, Plane.AXIAL]).run()
    other = prepared_labels(tmp_path / "out", pretrained=given / "pre", data=given / "archive", studies=2)
    with pytest.raises(TrainingError, match="another architecture"):
        other.run()
    assert not (tmp_path / "out").exists()


@pytest.mark.long
def test_another_pixel_than_the_pretraining_s_and_a_small_archive_are_refused(given, tmp_path):
    ready = prepared(given, tmp_path)
    coarse = replace(ready, work=replace(ready.work, recipe=replace(ready.work.recipe, in_plane_mm=1.0)))
    with pytest.raises(TrainingError, match="pretrained on pixels of 2 mm"):
        coarse.run()
    with pytest.raises(TrainingError, match="The archive has 2 studies, 3 were to have labels"):
        prepared(given, tmp_path, studies=3).run()
    other = replace(ready.work, recipe=replace(ready.work.recipe, in_plane_mm=1.5))
    with pytest.raises(TrainingError, match="pixel of 2 mm is neither the encoders' 1.5 mm nor half of it"):
        other._check_archive(ShardReader(given / "archive"))


@pytest.mark.long
def test_an_unknown_arm_names_the_possible_ones(given, tmp_path):
    with pytest.raises(TrainingError, match="no arm 'finetuned-5'") as caught:
        prepared(given, tmp_path).run(only=["finetuned-5"])
    assert "finetuned-10" in caught.value.remedy


def test_a_tenth_has_three_seeds_and_all_labels_one():
    counts = {}
    for cell in EXPERIMENT.cells():
        counts.setdefault(cell.arm.name, []).append(cell.seed)
    assert counts.pop("charged-10") == counts.pop("charged-100") == [0]
    assert {name: seeds for name, seeds in counts.items() if name.endswith("-10")} == {
        f"{kind}-10": [0, 1, 2]
        for kind in ("finetuned", "frozen", "scratch", "random", "dynunet", "densenet", "published")
    }
    assert all(seeds == [0] for name, seeds in counts.items() if name.endswith("-100")) and len(counts) == 14


def test_labelled_studies_are_a_share_of_the_archive_and_differ_between_seeds(tmp_path):
    paths = [tmp_path / str(number) for number in range(80)]
    few = [labelled_studies(paths, 0.1, seed) for seed in range(3)]
    assert [len(chosen) for chosen in few] == [8, 8, 8]
    assert few[0] != few[1] != few[2] and few[0] == labelled_studies(paths, 0.1, 0)
    assert labelled_studies(paths, 1.0, 5) == paths


@pytest.mark.long
def test_every_crop_has_an_appearance_of_its_own_and_the_same_one_in_every_arm(given):
    recipe = load_recipe(given / "tiny.toml")
    paths = ShardReader(given / "archive").paths
    one, two = (LabelCrops(paths, (Plane.SAGITTAL,), recipe) for _ in range(2))
    first, second = (one[step][Plane.SAGITTAL] for step in (0, 1))
    np.testing.assert_array_equal(two[0][Plane.SAGITTAL].image, first.image)
    assert first.image.shape == (24, 48, 48)
    assert abs(first.image - second.image).mean() > 0.1


def test_the_evaluation_studies_have_anatomy_and_centres_that_no_training_sees():
    cohort = evaluation_cohort(54)
    anatomies, sites = zip(*(cohort.setting(number) for number in range(54)), strict=True)
    assert set(HELD_OUT_ANATOMIES) < set(anatomies) and "procedural" in anatomies
    assert sum(site in HELD_OUT_SITES for site in sites) == 18
    assert all(seed in FROZEN_SEEDS for seed in cohort.seeds)


def test_a_finding_is_in_a_view_if_the_volume_it_was_made_from_shows_it():
    both = {abnormality.name: () for abnormality in KNEE.abnormalities}
    both["joint_effusion"] = (Plane.AXIAL,)
    apart = SimpleNamespace(planes=tuple(Plane), seen_in=both)
    assert not _shown(apart, Plane.SAGITTAL).any()
    assert list(np.flatnonzero(_shown(apart, Plane.AXIAL))) == [7]
    # a 3D volume is stored as sagittal and serves every plane
    one = SimpleNamespace(planes=(Plane.SAGITTAL,), seen_in={**both, "joint_effusion": (Plane.SAGITTAL,)})
    assert all(_shown(one, plane)[7] for plane in Plane)


def test_the_noise_schedule_is_the_published_cosine():
    share = signal_share(torch.tensor([0, 99, 499, 999]))
    # Nichol and Dhariwal 2021: cos^2((t/T + 0.008) / 1.008 * pi/2) over its value at 0
    assert share.tolist() == pytest.approx([0.99996, 0.9721, 0.4938, 0.0], abs=2e-4)
