"""The experiment on the representation, on crops made of noise and slabs and a network of a few thousand weights."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from library.lab.experiments.tiny_network import NETWORK
from safetensors.torch import save_file

from OrthoDiffusionLib.diffusion import Denoiser
from OrthoDiffusionLib.encoders import build_view_encoder
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.experiments.catalogue import Options, prepared_experiment
from OrthoDiffusionLib.lab.experiments.common import runner
from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult, ScoreTable
from OrthoDiffusionLib.lab.experiments.common.runner import finished_results
from OrthoDiffusionLib.lab.experiments.representation.diffusion_targets import TARGETS
from OrthoDiffusionLib.lab.experiments.representation.feature_reading import Reading, read_features
from OrthoDiffusionLib.lab.experiments.representation.probe_crops import FINDINGS, read_probe_crop, write_probe_crop
from OrthoDiffusionLib.lab.experiments.representation.representation import (
    DICE,
    EXPERIMENT,
    PRESENT,
    SCORES,
    SIGMAS,
    arm_names,
)
from OrthoDiffusionLib.lab.experiments.representation.representation_command import prepared_representation
from OrthoDiffusionLib.lab.experiments.representation.representation_figures import (
    auroc,
    dice,
    difference,
    reading_figures,
)
from OrthoDiffusionLib.lab.experiments.representation.short_pretraining import (
    fresh_encoder,
    pretrain_target,
    untrained_encoder,
)
from OrthoDiffusionLib.lab.phantom.datasets.shards import write_shards
from OrthoDiffusionLib.lab.training.engine import engine
from OrthoDiffusionLib.lab.training.engine.recipe import load_recipe
from OrthoDiffusionLib.volumes import Plane

# Crops leave 3 slices in the deepest level: at 2 torch 2.13 gives wrong bfloat16 gradients on a CPU.
TINY = f"""
in_plane_mm = 2.0
{NETWORK}[data]
crop = [12, 32, 32]
[pretrain]
batch = 1
warmup = 2
"""
STUDIES = 16


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """On a busy machine the threads of so small a network wait for each other for minutes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "_cores", lambda: 1)
        yield


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    path = tmp_path_factory.mktemp("recipe") / "tiny.toml"
    path.write_text(TINY, encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def pretrained(tmp_path_factory, recipe):
    """A folder with the weights of a sagittal encoder, in the form `pretrain` writes."""
    folder = tmp_path_factory.mktemp("pretrained")
    torch.manual_seed(0)
    encoder = build_view_encoder(Plane.SAGITTAL, load_recipe(recipe).network)
    weights = {name: value.half() for name, value in encoder.state_dict().items()}
    save_file(weights, folder / "pretrained_sagittal.safetensors")
    return folder


@pytest.fixture(scope="module")
def crops(tmp_path_factory):
    """Crops in the form the experiment renders them: a bright femur over a grey tibia, findings by chance."""
    folder = tmp_path_factory.mktemp("crops")
    for number in range(2 * STUDIES):
        rng = np.random.default_rng(number)
        labels = np.zeros((12, 32, 32), np.uint8)
        edge = int(rng.integers(12, 20))
        labels[:, :edge, 8:24], labels[:, edge:, 8:24] = 1, 2
        image = np.choose(labels, [-1.0, 1.0, 0.2]) + 0.1 * rng.normal(size=labels.shape)
        present = rng.random(len(FINDINGS)) < 0.5
        places = np.full((len(FINDINGS), 3), 6)
        np.savez(
            folder / f"sagittal-{number:04d}.npz",
            image=image.astype(np.float16), labels=labels, present=present, places=places,
        )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shards")
    write_shards(folder, 1, 0, anatomy="procedural", pixel_mm=2.0, joint="knee")
    return folder


def probed(arm, seed, scores):
    """A finished cell of one reading: the scores of a finding, which the second half of the studies has."""
    studies = [f"study-{n:04d}" for n in range(len(scores))]
    rows = {"0.1 | all | joint_effusion": dict(zip(studies, scores, strict=True))}
    outlines = {"0.1 | all | Femur": dict.fromkeys(studies, 0.5 + 0.1 * seed)}
    present = {"joint_effusion": {study: float(2 * n >= len(scores)) for n, study in enumerate(studies)}}
    tables = (ScoreTable(DICE, outlines), ScoreTable(SCORES, rows), ScoreTable(PRESENT, present))
    return CellResult(arm, seed, {}, tables)


def test_two_seeds_that_err_are_not_as_good_as_both_asked_together():
    rng = np.random.default_rng(0)
    signal, error = np.arange(40) >= 20, rng.normal(0.0, 3.0, 40)
    seeds = [probed("clean-0.1", 0, signal + error), probed("clean-0.1", 1, signal - error)]
    (both,) = reading_figures(seeds)
    singly = [auroc(one, "all").values[0] for (one,) in (reading_figures([cell]) for cell in seeds)]
    assert auroc(both, "all").values[0] == pytest.approx(np.mean(singly)) and max(singly) < 0.8


def test_readings_are_held_against_each_other_on_the_seeds_that_both_have():
    scores = np.arange(40.0)
    cells = [probed("clean-0.1", 0, scores), probed("untrained", 0, scores), probed("untrained", 1, scores)]
    reference, other = reading_figures(cells)
    assert difference(dice, other, reference).values[0] == pytest.approx(0.0)
    assert dice(other, "all").values[0] == pytest.approx(0.55)


@pytest.fixture
def prepare(tmp_path, pretrained, recipe, crops):
    """Prepared experiment with its crops in place; `out` and options as asked."""

    def make(out="out", **options):
        out = tmp_path / out
        if not (out / "crops").exists():
            shutil.copytree(crops, out / "crops")
        options = {"pretrained": pretrained, "recipe": recipe, "studies": STUDIES, "steps": 6, **options}
        return prepared_representation(out, **options)

    return make


@pytest.mark.long
def test_an_encoder_sees_a_femur_that_is_bright_and_writes_page_and_plot(prepare, tmp_path):
    prepared = prepare()
    prepared.run(only=["clean-0.1", "untrained"])
    text = prepared.publish(tmp_path / "page" / "representation.md")
    assert text.startswith("2 of 25 runs finished.")
    assert "clean view, σ 0.1" in text and "untrained network" in text
    results = finished_results(prepared.experiment, prepared.out)
    outlines = results[0].tables[0].rows
    assert np.mean(list(outlines["0.1 | all | Femur"].values())) > 0.8
    assert set(outlines["0.1 | all | Femur"]) == {f"study-{n:04d}" for n in range(STUDIES, 2 * STUDIES)}
    page = (tmp_path / "page" / "representation.md").read_text(encoding="utf-8")
    for part in ("## Set-up", "--studies 16 --steps 6", "## Caveats", "representation.png", "By structure"):
        assert part in page
    assert (tmp_path / "page" / "representation.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.long
def test_the_same_cell_gives_the_same_numbers_twice_also_with_noise(prepare):
    one, two = prepare("one"), prepare("two")
    for prepared in (one, two):
        prepared.run(only=["one-draw-0.42"])
    first, second = (finished_results(prepared.experiment, prepared.out)[0] for prepared in (one, two))
    assert first.tables == second.tables


@pytest.mark.long
def test_done_cells_are_not_done_again(prepare):
    prepared = prepare()
    prepared.run(only=["clean-0.1"])
    file = prepared.out / "cells" / "clean-0.1-seed0" / "result.json"
    before = file.stat().st_mtime_ns
    prepared.run(only=["clean-0.1", "clean-1"])
    assert file.stat().st_mtime_ns == before
    assert len(finished_results(prepared.experiment, prepared.out)) == 2


@pytest.mark.long
def test_a_short_training_that_was_interrupted_goes_on_and_gives_the_same(tmp_path, shards, recipe, monkeypatch):
    monkeypatch.setattr(engine, "CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr(engine, "LOG_EVERY", 2)
    settings = load_recipe(recipe)
    settings = replace(settings, pretrain=replace(settings.pretrain, steps=6))
    said = []

    def stop(line):
        if "step 4" in line:
            raise KeyboardInterrupt

    def trained(folder, report):
        encoder = pretrain_target("epsilon", shards, tmp_path / folder, Plane.SAGITTAL, settings, report)
        return encoder.state_dict()

    whole = trained("whole", said.append)
    with pytest.raises(KeyboardInterrupt):
        trained("stopped", stop)
    resumed = trained("stopped", said.append)
    assert any("resuming at step 3" in line for line in said)
    assert all(torch.equal(value, resumed[name]) for name, value in whole.items())
    assert any(
        not torch.equal(value, untrained)
        for value, untrained in zip(
            whole.values(), fresh_encoder(Plane.SAGITTAL, settings).state_dict().values(), strict=True
        )
    )


@pytest.mark.long
def test_the_student_is_written_in_the_form_that_finetuning_reads(prepare, shards, pretrained):
    prepared = prepare(data=shards)
    prepared.run(only=["student"])
    folder = prepared.out / "cells" / "student-seed0"
    student = prepared_representation(
        prepared.out.parent / "next", pretrained=folder, recipe=recipe_of(prepared), studies=STUDIES
    ).work.encoder()
    teacher = prepared.work.encoder()
    moved = [name for name, value in student.state_dict().items() if not torch.equal(value, teacher.state_dict()[name])]
    assert moved


def recipe_of(prepared):
    """The recipe's file again, beside the experiment's folder."""
    path = prepared.out.parent / "again.toml"
    path.write_text(TINY, encoding="utf-8")
    return str(path)


def test_missing_weights_are_said_before_anything_is_rendered(tmp_path, recipe):
    with pytest.raises(TrainingError, match="no pretrained weights of the sagittal plane") as caught:
        prepared_representation(tmp_path / "out", pretrained=tmp_path, recipe=recipe)
    assert "pretrained_sagittal.safetensors" in caught.value.where
    with pytest.raises(TrainingError, match="none were given") as caught:
        prepared_representation(tmp_path / "out", pretrained=None)
    assert "--pretrained" in caught.value.remedy
    assert not (tmp_path / "out").exists()


def test_weights_of_another_architecture_are_refused(tmp_path, pretrained):
    with pytest.raises(TrainingError, match="another architecture") as caught:
        prepared_representation(tmp_path / "out", pretrained=pretrained, recipe="knee")
    assert "recipe" in caught.value.remedy


def test_other_weights_in_the_same_folder_are_refused(prepare, tmp_path, pretrained):
    prepare().run(only=["clean-0.1"])
    other = tmp_path / "other"
    shutil.copytree(pretrained, other)
    torch.manual_seed(1)
    encoder = build_view_encoder(Plane.SAGITTAL, prepare().work.recipe.network)
    weights = {name: value.half() for name, value in encoder.state_dict().items()}
    save_file(weights, other / "pretrained_sagittal.safetensors")
    with pytest.raises(TrainingError, match="different settings: weights"):
        prepare(pretrained=other).run(only=["clean-0.1"])


def test_impossible_numbers_are_refused(prepare):
    with pytest.raises(TrainingError, match="1 or more"):
        prepare(studies=0)
    with pytest.raises(TrainingError, match="got 2 planes"):
        prepare(planes=(Plane.SAGITTAL, Plane.AXIAL))
    with pytest.raises(TrainingError, match="no arm 'dirty'"):
        prepare().run(only=["dirty"])


def test_groups_stand_for_their_arms():
    assert arm_names(["clean"])[0] == "clean-0.1"  # what the others are held against
    assert sorted(arm_names(["clean"])) == sorted(f"clean-{sigma:g}" for sigma in SIGMAS)
    assert arm_names(["targets", "student"]) == ["target-edm", "target-v", "target-epsilon", "student"]
    groups = arm_names(["clean", "control", "levels", "noisy", "targets", "student"])
    assert groups == [arm.name for arm in EXPERIMENT.arms]


def test_several_levels_stand_side_by_side_and_draws_are_averaged(recipe):
    torch.manual_seed(0)
    encoder = build_view_encoder(Plane.SAGITTAL, load_recipe(recipe).network).eval()
    view = torch.randn((12, 32, 32), generator=torch.Generator().manual_seed(0))
    one, other = (read_features(encoder, view, Reading((sigma,)), seed=0) for sigma in (0.1, 1.0))
    both = read_features(encoder, view, Reading((0.1, 1.0)), seed=0)
    assert [torch.equal(torch.cat(pair), tap) for *pair, tap in zip(one, other, both, strict=True)] == [True] * 5
    # noise fades with its level: what is left is the clean reading
    faint = read_features(encoder, view, Reading((1e-4,), 4), seed=0)
    clean = read_features(encoder, view, Reading((1e-4,)), seed=0)
    assert all(torch.allclose(a, b, atol=0.05) for a, b in zip(faint, clean, strict=True))
    loud, louder = (read_features(encoder, view, Reading((1.0,), draws), seed=0) for draws in (1, 4))
    assert not torch.equal(loud[0], louder[0])


class Linear(torch.nn.Module):
    """A network that answers with what it was made to answer."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def forward(self, x, c_noise):
        return self.answer(x, c_noise)


@pytest.mark.parametrize("target", ["edm", "v"])
def test_the_targets_edm_and_v_are_one_up_to_the_sign(target):
    """For a view that is zero everywhere both are pure noise: the best answer is c_in x times cos, and its sign."""
    sign = {"edm": -1.0, "v": 1.0}[target]

    def answer(x, c_noise):  # x is (sigma epsilon) / sqrt(sigma^2 + sigma_data^2); wanted is cos(angle) epsilon
        sigma = torch.exp(4 * c_noise).reshape(-1, 1, 1, 1, 1)
        return sign * x * 0.5 / sigma

    clean = torch.zeros((2, 1, 4, 8, 8))
    torch.manual_seed(0)
    asked, loss = TARGETS[target]
    assert loss(Denoiser(Linear(answer), target=asked), clean).item() == pytest.approx(0.0, abs=1e-4)


def test_a_network_that_knows_the_noise_has_no_epsilon_loss():
    def answer(x, c_noise):
        sigma = torch.exp(4 * c_noise).reshape(-1, 1, 1, 1, 1)
        return x * (sigma.square() + 0.25).sqrt() / sigma

    torch.manual_seed(0)
    asked, loss = TARGETS["epsilon"]
    assert loss(Denoiser(Linear(answer), target=asked), torch.zeros((2, 1, 4, 8, 8))).item() < 1e-4


def test_a_crop_shows_the_middle_of_the_joint_and_only_lesions_that_are_in_it(tmp_path, recipe):
    settings = load_recipe(recipe)
    path = tmp_path / "crop.npz"
    write_probe_crop(path, 7_000_000, Plane.SAGITTAL, settings)
    crop = read_probe_crop(path)
    assert crop.image.shape == crop.labels.shape == settings.data.crop
    assert {1, 2, 4} <= set(np.unique(crop.labels))  # femur, tibia and cartilage meet in the middle
    assert crop.present.shape == (len(FINDINGS),) and crop.places.shape == (len(FINDINGS), 3)
    assert (crop.places >= 0).all() and (crop.places < crop.labels.shape).all()
    before = path.stat().st_mtime_ns
    write_probe_crop(path, 7_000_000, Plane.SAGITTAL, settings)
    assert path.stat().st_mtime_ns == before


def test_a_damaged_crop_is_named(tmp_path):
    path = tmp_path / "crop.npz"
    path.write_bytes(b"PK half a file")
    with pytest.raises(TrainingError, match="cannot be read") as caught:
        read_probe_crop(path)
    assert caught.value.where == str(path)


@pytest.mark.long
def test_scores_of_findings_and_what_is_true_are_kept_study_by_study(prepare):
    prepared = prepare()
    prepared.run(only=["clean-0.1"])
    content = json.loads((prepared.out / "cells" / "clean-0.1-seed0" / "result.json").read_text(encoding="utf-8"))
    tables = {table["title"]: table["rows"] for table in content["tables"]}
    shown = read_probe_crop(prepared.out / "crops" / f"sagittal-{STUDIES:04d}.npz").present
    assert [tables["truth"][name][f"study-{STUDIES:04d}"] for name in FINDINGS] == shown.astype(float).tolist()
    assert all(len(values) == STUDIES for values in tables[SCORES].values())


def test_the_control_has_weights_of_chance_in_every_layer(recipe):
    encoder = untrained_encoder(Plane.SAGITTAL, load_recipe(recipe))
    assert all(value.any() for name, value in encoder.state_dict().items() if name.endswith("conv.weight"))


def test_the_command_knows_the_experiment_by_its_name(tmp_path, pretrained, recipe):
    prepared = prepared_experiment("representation", Options(tmp_path / "out", recipe, pretrained=pretrained))
    assert prepared.publish(tmp_path / "representation.md") == "0 of 25 runs finished."
    assert not (tmp_path / "representation.md").exists()
