"""Pretraining on an archive: it can be killed, resumed, watched, begun from a bundle, and says what is wrong."""

from __future__ import annotations

import contextlib
import errno
import json
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from OrthoDiffusionLib.analysis.model import load_model
from OrthoDiffusionLib.encoders import build_view_encoder
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.training.engine import engine
from OrthoDiffusionLib.lab.training.engine.checkpoint import load_checkpoint
from OrthoDiffusionLib.lab.training.engine.fabric import CPU, Machine, launch
from OrthoDiffusionLib.lab.training.engine.packaging import write_trained_bundle
from OrthoDiffusionLib.lab.training.engine.recipe import load_recipe
from OrthoDiffusionLib.lab.training.phantoms.finetune import new_model
from OrthoDiffusionLib.lab.training.pretraining.learning_curves import SIGMAS
from OrthoDiffusionLib.lab.training.pretraining.pretrain import (
    Monitoring,
    load_pretrained,
    prepare_data,
    pretrain,
    recipe_of_bundle,
)
from OrthoDiffusionLib.lab.training.pretraining.unlabelled import ArchiveViews, archive_crop
from OrthoDiffusionLib.volumes import Geometry, Plane, Volume, write_volume

PRETRAIN = "OrthoDiffusionLib.lab.training.pretraining.pretrain"


BLIND = Monitoring(curves_every=0, pictures_every=0)


@pytest.fixture(scope="module")
def recipe():
    knee = load_recipe("knee")
    network = {**knee.network, "channels": [8, 8, 8, 8], "stem_channels": 8, "embedding": 16, "width": 16}
    return replace(
        knee,
        in_plane_mm=1.5,
        network=network,
        data=replace(knee.data, crop=(12, 32, 32)),
        pretrain=replace(knee.pretrain, steps=4, batch=1, warmup=2),
    )


@pytest.fixture(scope="module")
def archive(tmp_path_factory, recipe):
    """Six patients with one sagittal series each, prepared."""
    folder = tmp_path_factory.mktemp("archive")
    for number in range(6):
        rng = np.random.default_rng(number)
        coarse = rng.normal(size=(20, 12, 12)).cumsum(axis=1).cumsum(axis=2)
        array = np.kron(coarse, np.ones((1, 4, 4))) + rng.normal(0, 0.1, (20, 48, 48))
        geometry = Geometry(array.shape, np.diag([4.0, 1.5, 1.5, 1.0]))
        (folder / f"patient{number}").mkdir()
        write_volume(Volume(array.astype(np.float32), geometry), folder / f"patient{number}" / "sag.nii.gz")
    return prepare_data(folder, tmp_path_factory.mktemp("views"), recipe, report=lambda line: None, joint="knee")


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch):
    """Networks this small only wait for each other in several."""
    monkeypatch.setattr(f"{PRETRAIN}.use_all_cores", lambda processes: torch.set_num_threads(1))


def run(archive, out, recipe, **more):
    return pretrain(archive, out, Plane.SAGITTAL, recipe, **{"monitoring": BLIND, "report": lambda line: None, **more})


def test_a_run_that_is_killed_and_resumed_ends_with_the_same_weights(archive, recipe, tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "CHECKPOINT_SECONDS", 0.0)
    whole = load_file(run(archive, tmp_path / "whole", recipe))
    update, done = engine.MovingAverage.update, []

    def killed(average, module):
        done.append(1)
        if len(done) == 3:
            raise KeyboardInterrupt
        update(average, module)

    with monkeypatch.context() as patch:
        patch.setattr(engine.MovingAverage, "update", killed)
        with pytest.raises(KeyboardInterrupt):
            run(archive, tmp_path / "parts", recipe)
    assert not list((tmp_path / "parts").glob("*.safetensors"))
    lines = []
    resumed = load_file(run(archive, tmp_path / "parts", recipe, report=lines.append))
    assert "resuming at step 2" in lines[0]
    assert whole.keys() == resumed.keys() and all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_a_finished_training_is_not_done_again(archive, recipe, tmp_path):
    first = load_file(run(archive, tmp_path, recipe))
    lines = []
    shorter = replace(recipe, pretrain=replace(recipe.pretrain, steps=2))
    again = load_file(run(archive, tmp_path, shorter, report=lines.append))
    assert lines == ["finished before, at step 4"]
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert load_checkpoint(tmp_path / "pretrain_sagittal" / "checkpoint.pt")["step"] == 4


def test_a_step_of_two_batches_is_a_step_of_one_batch_of_two(archive, recipe, tmp_path, monkeypatch):
    monkeypatch.setattr(f"{PRETRAIN}.autocast", lambda device: contextlib.nullcontext())
    # the loss of each view must not depend on which batch it came in, so its noise is fixed here
    monkeypatch.setattr(f"{PRETRAIN}.denoising_loss", _loss_of_fixed_noise)
    settings = replace(recipe.pretrain, filter_rate=0.0)
    small = replace(recipe, pretrain=replace(settings, batch=1, accumulate=2))
    large = replace(recipe, pretrain=replace(settings, batch=2, accumulate=1))
    one, other = (load_file(run(archive, tmp_path / f"{r.pretrain.batch}", r)) for r in (small, large))
    for name in one:
        assert torch.allclose(one[name].float(), other[name].float(), atol=2e-3), name


def _loss_of_fixed_noise(denoise, views, *, sigma_data, target):
    sigma = torch.full((len(views),), 0.4)
    noise = torch.randn(views.shape[1:], generator=torch.Generator().manual_seed(3))
    return (denoise(views + 0.4 * noise, sigma) - views).square().mean()


def test_while_it_runs_it_can_be_seen(archive, recipe, tmp_path):
    run(archive, tmp_path, recipe, monitoring=Monitoring(curves_every=2, pictures_every=4))
    folder = tmp_path / "pretrain_sagittal"
    records = [json.loads(line) for line in (folder / "curves.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [record["step"] for record in records] == [2, 4]
    for record in records:
        for part in ("training", "validation"):
            assert list(record[part]) == [f"{sigma:g}" for sigma in SIGMAS]
            assert all(0 < value < 50 for value in record[part].values())
    with Image.open(folder / "curves.png") as curves, Image.open(folder / "pictures" / "step_0000004.png") as sheet:
        assert curves.width > 400
        assert sheet.width > 6 * 64 and np.ptp(np.asarray(sheet)) > 200


def test_the_patients_who_validate_are_not_trained_on(archive, recipe):
    views = ArchiveViews(archive, recipe, Plane.SAGITTAL, 20)
    back = {archive.views[index].bucket for index in views.validation}
    assert back and not back & {archive.views[index].bucket for index in views.training}
    assert views[3].shape == (1, 1, 12, 32, 32)
    assert torch.equal(views[3], ArchiveViews(archive, recipe, Plane.SAGITTAL, 20)[3])


def test_a_crop_of_a_small_view_is_filled_with_air(recipe):
    crop = archive_crop(np.ones((4, 40, 20), np.float16), (12, 32, 32), np.random.default_rng(0))
    assert crop.shape == (12, 32, 32) and crop[0, 0, 0] == -1.0
    assert (crop > 0.5).sum() == 4 * 32 * 20


def test_a_loss_that_is_not_a_number_keeps_the_last_good_checkpoint(archive, recipe, tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "CHECKPOINT_SECONDS", 0.0)
    wild = replace(recipe, pretrain=replace(recipe.pretrain, steps=30, warmup=2, learning_rate=1e30, filter_rate=0.0))
    with pytest.raises(TrainingError, match="not a number") as caught:
        run(archive, tmp_path, wild)
    assert "last good checkpoint" in caught.value.remedy
    kept = load_checkpoint(tmp_path / "pretrain_sagittal" / "checkpoint.pt")
    assert kept is None or kept["step"] < 30
    assert not list(tmp_path.glob("*.safetensors"))


def test_a_full_disk_keeps_the_last_good_checkpoint(archive, recipe, tmp_path, monkeypatch):
    run(archive, tmp_path, recipe)
    before = (tmp_path / "pretrain_sagittal" / "checkpoint.pt").read_bytes()

    def full(content, file):
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("OrthoDiffusionLib.lab.training.engine.checkpoint.torch.save", full)
    longer = replace(recipe, pretrain=replace(recipe.pretrain, steps=6))
    with pytest.raises(TrainingError, match="No space left") as caught:
        run(archive, tmp_path, longer)
    assert "Free some space" in caught.value.remedy
    folder = tmp_path / "pretrain_sagittal"
    assert (folder / "checkpoint.pt").read_bytes() == before and not list(folder.glob("*.tmp"))


@pytest.mark.long
def test_a_checkpoint_of_another_architecture_names_the_first_weight_that_differs(archive, recipe, tmp_path):
    run(archive, tmp_path, recipe)
    wider = replace(recipe, network={**recipe.network, "channels": [16, 8, 8, 8]})
    with pytest.raises(TrainingError, match="another architecture") as caught:
        run(archive, tmp_path, wider)
    first = build_view_encoder(Plane.SAGITTAL, wider.network).state_dict()
    differing = next(n for n, v in build_view_encoder(Plane.SAGITTAL, recipe.network).state_dict().items()
                     if v.shape != first[n].shape)  # fmt: skip
    assert f"first {differing!r}" in caught.value.what
    with pytest.raises(TrainingError, match="pretrained weights are of another architecture"):
        load_pretrained(build_view_encoder(Plane.SAGITTAL, wider.network), tmp_path)


def test_a_training_can_begin_with_a_bundles_encoders(archive, recipe, tmp_path):
    torch.manual_seed(7)
    model = new_model(recipe, joint="knee")
    bundle = write_trained_bundle(model, recipe, tmp_path / "bundle", {}, joint="knee")
    network = recipe_of_bundle(replace(load_recipe("knee"), in_plane_mm=9.0), bundle).network
    assert network == {**recipe.network, "solid_labels": [1, 2, 3, 12], "detail_labels": list(range(4, 12))}
    still = replace(recipe, pretrain=replace(recipe.pretrain, steps=1, learning_rate=0.0, filter_rate=0.0))
    path = run(archive, tmp_path, still, start=bundle)
    found, begun = load_file(path), load_file(bundle.weight_paths["encoder_sagittal.safetensors"])
    assert all(torch.equal(found[name], begun[name]) for name in found)
    other = replace(recipe, network={**recipe.network, "channels": [8, 8, 8, 16]})
    with pytest.raises(TrainingError, match="bundle's encoder is of another architecture") as caught:
        run(archive, tmp_path / "other", other, start=bundle)
    assert "--recipe" in caught.value.remedy


@pytest.mark.long
def test_an_encoder_that_names_the_noise_learns_travels_and_is_not_mixed_with_another(archive, recipe, tmp_path):
    noise = replace(
        recipe,
        network={**recipe.network, "target": "epsilon"},
        pretrain=replace(recipe.pretrain, steps=40, learning_rate=3e-3),
    )
    run(archive, tmp_path, noise, monitoring=Monitoring(curves_every=40, pictures_every=40))
    log = [
        json.loads(line)
        for line in (tmp_path / "pretrain_sagittal" / "log.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert log[-1]["loss"] < log[0]["loss"] < 1.1
    assert (tmp_path / "pretrain_sagittal" / "pictures" / "step_0000040.png").exists()
    with pytest.raises(TrainingError, match="differs in: target"):
        run(archive, tmp_path, recipe)
    model = new_model(noise, joint="knee")
    load_pretrained(model.encoders["sagittal"], tmp_path)
    bundle = write_trained_bundle(model, noise, tmp_path / "bundle", {}, joint="knee")
    assert recipe_of_bundle(recipe, bundle).network["target"] == "epsilon"
    assert load_model(bundle).encoders["sagittal"].denoiser.target == "epsilon"


def test_a_folder_goes_on_with_its_own_run_alone(archive, recipe, tmp_path):
    bundle = write_trained_bundle(new_model(recipe, joint="knee"), recipe, tmp_path / "bundle", {}, joint="knee")
    out = tmp_path / "out"
    run(archive, out, recipe, start=bundle)
    weights = (out / "pretrained_sagittal.safetensors").read_bytes()
    with pytest.raises(TrainingError, match="holds another run; it differs in: from"):
        run(archive, out, recipe)
    with pytest.raises(TrainingError, match="differs in: held back"):
        run(archive, out, recipe, start=bundle, monitoring=replace(BLIND, held_back_percent=40))
    assert (out / "pretrained_sagittal.safetensors").read_bytes() == weights
    longer = replace(recipe, pretrain=replace(recipe.pretrain, steps=6, learning_rate=1e-4))
    run(archive, out, longer, start=bundle)
    assert load_checkpoint(out / "pretrain_sagittal" / "checkpoint.pt")["step"] == 6


@pytest.mark.parametrize("monitoring", [{"held_back_percent": 150}, {"curves_every": -3}])
def test_numbers_that_make_no_sense_are_refused(recipe, monitoring):
    with pytest.raises(TrainingError, match="must be 0"):
        Monitoring(**monitoring)
    with pytest.raises(TrainingError, match="steps must be 1 or more, got -5"):
        replace(recipe.pretrain, steps=-5)


def test_a_plane_that_no_study_has_is_named(archive, recipe, tmp_path):
    with pytest.raises(TrainingError, match="no coronal view") as caught:
        pretrain(archive, tmp_path, Plane.CORONAL, recipe, monitoring=BLIND)
    assert "--plane" in caught.value.remedy


@pytest.mark.parametrize("slices", [4, 8])
def test_crops_that_are_two_slices_deep_somewhere_are_refused(archive, recipe, tmp_path, slices):
    thin = replace(recipe, data=replace(recipe.data, crop=(slices, 32, 32)))
    with pytest.raises(TrainingError, match="two slices deep") as caught:
        pretrain(archive, tmp_path, Plane.SAGITTAL, thin, monitoring=BLIND)
    assert "12 slices or more" in caught.value.remedy


def test_phantom_shards_are_recognised_and_not_mixed_with_patients(recipe, tmp_path):
    shards, clinic = tmp_path / "shards", tmp_path / "clinic"
    for folder in (shards, clinic):
        folder.mkdir()
    (shards / "study_0000001.npz").touch()
    assert prepare_data(shards, tmp_path / "views", recipe, joint="knee") == shards
    with pytest.raises(TrainingError, match="beside another folder"):
        prepare_data([shards, clinic], tmp_path / "views", recipe, joint="knee")


def test_without_lightning_fabric_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "lightning_fabric", None)
    with pytest.raises(TrainingError, match="lightning-fabric") as caught:
        launch(CPU)
    assert "orthodiffusion[train]" in caught.value.remedy


def test_gpus_that_are_not_there_are_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(TrainingError, match="no CUDA GPU"):
        launch(Machine("cuda", 2))
    with pytest.raises(TrainingError, match="cannot run"):
        Machine("cpu", 1, 0)
