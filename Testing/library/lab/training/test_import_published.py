"""The authors' checkpoints become a bundle that can be fine-tuned; what is no such checkpoint is refused, and why."""

from __future__ import annotations

import os
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from library.lab.training.published_checkpoints import small_unet, state_of, write_checkpoint

from OrthoDiffusionLib.analysis.analyzer import Analyzer
from OrthoDiffusionLib.analysis.model import load_model
from OrthoDiffusionLib.anatomy import KNEE
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.bundles.catalogue import available_bundles, bundle_path
from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.encoders import build_view_encoder
from OrthoDiffusionLib.encoders.published_names import our_name, published_name
from OrthoDiffusionLib.errors import BundleError, OutputError, TrainingError
from OrthoDiffusionLib.lab.training.engine.recipe import load_recipe
from OrthoDiffusionLib.lab.training.engine.record import sources_of_weights
from OrthoDiffusionLib.lab.training.phantoms.finetune import begin_with_encoders, new_model
from OrthoDiffusionLib.lab.training.pretraining.pretrain import (
    Monitoring,
    load_pretrained,
    prepare_data,
    pretrain,
    pretrained_file,
)
from OrthoDiffusionLib.lab.training.published.import_bundle import import_published
from OrthoDiffusionLib.lab.training.published.plane_files import plane_files
from OrthoDiffusionLib.lab.training.tables.vocabulary import read_vocabulary, vocabulary_of
from OrthoDiffusionLib.volumes import Geometry, Plane, Volume, write_volume

SEEDS = {"sagittal": 1, "coronal": 2, "axial": 3}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """One checkpoint a plane, named after it."""
    folder = tmp_path_factory.mktemp("checkpoints")
    return {
        plane: write_checkpoint(folder / f"{plane}.pt", state_of(small_unet(seed))) for plane, seed in SEEDS.items()
    }


@pytest.fixture(scope="module")
def imported(files, tmp_path_factory):
    lines: list[str] = []
    done = import_published(
        [str(path) for path in files.values()], tmp_path_factory.mktemp("out"), joint="knee", report=lines.append
    )
    return done, lines


def refused(words, out: Path, match: str) -> TrainingError:
    with pytest.raises(TrainingError, match=match) as caught:
        import_published([str(word) for word in words], out, joint="knee", report=lambda line: None)
    assert not (out / "bundle").exists()
    return caught.value


def test_the_bundle_holds_the_averaged_weights_of_each_plane(imported):
    done, lines = imported
    model = load_model(Bundle.open(done.bundle.folder))
    assert [plane for plane in Plane if plane in model.planes] == list(Plane)
    for plane, seed in SEEDS.items():
        found = model.encoders.of(Plane(plane)).denoiser.network.unet.state_dict()
        for name, value in small_unet(seed).state_dict().items():
            assert torch.equal(found[name], value.half().float()), name
    assert any("sagittal.pt" in line and "21500 steps" in line for line in lines)


def test_the_bundle_says_whose_encoders_they_are_and_that_it_outlines_nothing(imported):
    manifest = imported[0].bundle.manifest
    assert manifest.encoders_only and manifest.licence == "MIT"
    (source,) = manifest.sources
    assert "Lan Tian" in source["licence"] and "lt-0123/OrthoDiffusion" in source["origin"]
    assert "outlines nothing" in manifest.intended_use
    assert "outlines nothing" not in manifest.to_json().split('"intended_use"')[0]


def test_an_analysis_with_encoders_alone_is_refused_and_they_are_no_default_bundle(imported, monkeypatch):
    done, _ = imported
    with pytest.raises(BundleError, match="encoders alone") as caught:
        Analyzer(done.bundle, device="cpu")
    assert "finetune" in caught.value.remedy
    monkeypatch.setenv("ORTHODIFFUSION_BUNDLES", str(done.bundle.folder.parent))
    entry = next(entry for entry in available_bundles() if entry.name == "published-knee")
    assert "encoders alone" in str(entry.problem)
    assert bundle_path(joint="knee") != entry.folder
    assert bundle_path("published-knee") == entry.folder


def test_a_table_of_cases_teaches_it_the_words_of_its_joint(imported, tmp_path):
    manifest = imported[0].bundle.manifest
    words = vocabulary_of(manifest).joint
    assert words.structures == KNEE.structures and words.abnormalities == KNEE.abnormalities
    path = tmp_path / "mine.toml"
    path.write_text('abnormalities = ["joint_effusion"]\n', encoding="utf-8")
    mine = read_vocabulary(path, manifest).joint
    assert [one.name for one in mine.abnormalities] == ["joint_effusion"] and mine.structures == KNEE.structures


def test_the_pretrained_files_and_the_recipe_beside_the_bundle_fit_together(imported):
    done, _ = imported
    recipe = load_recipe(done.recipe)
    assert recipe.network == dict(done.bundle.manifest.network)
    encoder = build_view_encoder(Plane.AXIAL, recipe.network)
    load_pretrained(encoder, done.recipe.parent)
    assert torch.equal(
        encoder.denoiser.network.unet.output_norm.weight, small_unet(3).output_norm.weight.half().float()
    )


def test_pretraining_goes_on_with_it(imported, tmp_path):
    done, _ = imported
    recipe = load_recipe(done.recipe)
    small = replace(
        recipe,
        in_plane_mm=1.5,
        data=replace(recipe.data, crop=(4, 16, 16)),
        pretrain=replace(recipe.pretrain, steps=2, warmup=1),
    )
    for number in range(2):
        rng = np.random.default_rng(number)
        coarse = rng.normal(size=(20, 12, 12)).cumsum(axis=1).cumsum(axis=2)
        values = np.kron(coarse, np.ones((1, 4, 4))) + rng.normal(0, 0.1, (20, 48, 48))
        path = tmp_path / "archive" / f"patient{number}" / "sag.nii.gz"
        path.parent.mkdir(parents=True)
        write_volume(Volume(values.astype(np.float32), Geometry((20, 48, 48), np.diag([4.0, 1.5, 1.5, 1.0]))), path)
    data = prepare_data(tmp_path / "archive", tmp_path / "views", small, joint="knee", report=lambda line: None)
    quiet = Monitoring(curves_every=0, pictures_every=0, held_back_percent=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        path = pretrain(
            data, tmp_path / "run", Plane.SAGITTAL, small, start=done.bundle, monitoring=quiet,
            report=lambda line: None,
        )  # fmt: skip
    assert path.exists()


def test_names_go_to_ours_and_back():
    for name in small_unet(0).state_dict():
        assert our_name(published_name(name)) == name


def test_weights_of_several_gpus_and_a_table_of_tensors_alone_are_read_too(tmp_path):
    unet = small_unet(7)
    wrapped = write_checkpoint(tmp_path / "axial.pt", state_of(unet, "denoise_fn.module."))
    whole = {f"module.{name}": value for name, value in state_of(small_unet(9)).items()}
    whole_file = write_checkpoint(tmp_path / "other" / "axial.pt", whole)
    import_published([str(whole_file)], tmp_path / "whole", joint="knee", report=lambda line: None)
    bare = tmp_path / "coronal.pt"
    torch.save({name: value for name, value in state_of(small_unet(8)).items() if name.startswith("denoise_fn.")}, bare)
    lines: list[str] = []
    done = import_published([str(wrapped), str(bare)], tmp_path / "out", joint="knee", report=lines.append)
    assert set(done.bundle.manifest.views) == {Plane.AXIAL, Plane.CORONAL}
    told = "\n".join(lines)
    assert "left out of the bundle: sagittal" in told
    assert "taken for the averaged weights" in told and "no noise schedule" in told


def test_a_number_in_the_authors_folder_names_tells_the_plane_and_that_it_is_assumed(tmp_path, files):
    paths = []
    for pose, plane in (("0", "axial"), ("1", "sagittal"), ("2", "coronal")):
        paths.append(tmp_path / f"train_diffusion_pose_{pose}" / "model.pt")
        paths[-1].parent.mkdir()
        os.link(files[plane], paths[-1])
    found, notices = plane_files([str(path) for path in paths])
    assert found == dict(zip((Plane.AXIAL, Plane.SAGITTAL, Plane.CORONAL), paths, strict=True))
    assert len(notices) == 3 and all("assumed" in notice for notice in notices)


def test_a_truncated_checkpoint_is_refused(files, tmp_path):
    whole = files["sagittal"].read_bytes()
    for share in (0.01, 0.5, 0.99):
        path = tmp_path / "sagittal.pt"
        path.write_bytes(whole[: int(share * len(whole))])
        error = refused([path], tmp_path / "out", "ends too early")
        assert "553 MB" in error.remedy and error.where == str(path)


def test_a_file_that_is_no_checkpoint_is_refused(tmp_path):
    empty = tmp_path / "axial_empty.pt"
    empty.touch()
    refused([empty], tmp_path / "out", "the file is empty")
    for number, content in enumerate((b"hello", b"<html>404</html>" * 50, bytes(range(256)) * 40)):
        path = tmp_path / f"axial_{number}.pt"
        path.write_bytes(content)
        refused([path], tmp_path / "out", "cannot be read: it is damaged, or no checkpoint")
    refused([tmp_path / "axial_none.pt"], tmp_path / "out", "no such file")


class Touch:
    """Unpickled by an ordinary reader, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("zipped", [True, False])
def test_code_inside_is_named_and_not_run(tmp_path, zipped):
    path, mark = tmp_path / "axial.pt", tmp_path / "ran"
    content = {"ema": state_of(small_unet(3)), "opt": Touch(mark)}
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    error = refused([path], tmp_path / "out", "holds more than tensors")
    assert not mark.exists()
    assert not zipped or "mkdir" in error.what


def test_every_tensor_that_does_not_fit_is_named(tmp_path):
    state = state_of(small_unet(1))
    state["denoise_fn.time_embed.2.weight"] = torch.zeros(7, 128)
    del state["denoise_fn.middle_block.1.qkv.bias"]
    state["denoise_fn.label_emb.weight"] = torch.zeros(3, 128)
    error = refused([write_checkpoint(tmp_path / "axial.pt", state)], tmp_path / "out", "3 do not fit")
    for line in (
        "time_embed.2.weight: of another shape, (7, 128) instead of (128, 128)",
        "middle_block.1.qkv.bias: missing",
        "label_emb.weight: unexpected, (3, 128)",
    ):
        assert line in error.what


def test_of_another_architecture_all_tensors_are_listed_in_a_file(tmp_path):
    other = {f"layer_{number}.weight": torch.zeros(2, 2) for number in range(40)}
    out = tmp_path / "out"
    error = refused([write_checkpoint(tmp_path / "axial.pt", other)], out, "another architecture")
    listed = (out / "axial.differences.txt").read_text(encoding="utf-8").splitlines()
    assert "more; all of them" in error.what and str(out / "axial.differences.txt") in error.what
    assert sum(line.endswith(": missing") for line in listed) == 244
    assert sum(": unexpected" in line for line in listed) == 40


def test_the_wrong_plane_and_one_plane_twice_are_refused(files, tmp_path):
    out = tmp_path / "out"
    error = refused([f"axial={files['sagittal']}"], out, "given as axial, and its name says sagittal")
    assert "sagittal=FILE" in error.remedy
    refused([f"frontal={files['sagittal']}"], out, "'frontal' is no plane")
    copy = tmp_path / "other_sagittal.pt"
    os.link(files["sagittal"], copy)
    refused([files["sagittal"], copy], out, "Two checkpoints are given for the sagittal plane")
    unnamed = tmp_path / "model.pt"
    os.link(files["sagittal"], unnamed)
    refused([unnamed], out, "Nothing says which plane")
    refused([files["sagittal"], f"axial={unnamed}"], out, "sagittal and the axial plane hold the same weights")


def test_other_noise_no_numbers_and_missing_averages_are_refused(tmp_path):
    out, path = tmp_path / "out", tmp_path / "axial.pt"
    state = state_of(small_unet(1))
    linear = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000), dim=0)
    write_checkpoint(path, {**state, "alphas_cumprod": linear})
    refused([path], out, "not the cosine schedule")
    write_checkpoint(path, {**state, "denoise_fn.out.2.bias": torch.tensor([float("nan")])})
    refused([path], out, r"no numbers: out\.2\.bias")
    torch.save({"step": 3, "model": state}, path)
    refused([path], out, "no averaged weights .* it has: model, step")


def test_networks_of_different_sizes_are_not_mixed(files, tmp_path):
    wide = write_checkpoint(tmp_path / "axial.pt", state_of(small_unet(1, (1, 2, 2))))
    error = refused([files["sagittal"], wide], tmp_path / "out", "different sizes")
    assert "sagittal [32, 32, 64]; axial [32, 64, 64]" in error.what


def test_weights_from_before_any_training_are_told(tmp_path):
    unet = small_unet(2)
    torch.nn.init.zeros_(unet.output_convolution.weight)
    lines: list[str] = []
    path = write_checkpoint(tmp_path / "axial.pt", state_of(unet))
    import_published([str(path)], tmp_path / "out", joint="knee", report=lines.append)
    assert any("learned nothing" in line for line in lines)


def test_the_command_imports_and_refuses(files, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["import-published", *map(str, files.values()), "--joint", "knee", "--out", str(out)]) == 0
    assert "published-knee 1.0.0" in capsys.readouterr().out
    assert main(["bundle", "verify", str(out / "bundle")]) == 0
    nothing = ["import-published", str(tmp_path / "nothing.pt"), "--joint", "knee"]
    assert main([*nothing, "--out", str(tmp_path / "other")]) == 2
    assert "no such file" in capsys.readouterr().err
    assert main(["import-published", str(files["axial"]), "--joint", "hand", "--out", str(tmp_path / "other")]) == 2
    assert "no joint 'hand'" in (told := capsys.readouterr().err) and "ankle, knee, shoulder" in told
    with pytest.raises(OutputError):
        import_published([str(files["axial"])], out, joint="knee", report=lambda line: None)


@pytest.mark.long
def test_a_table_of_cases_makes_a_bundle_of_it_that_analyses(imported, archive, vocabulary_file, tmp_path):
    done, _ = imported
    rows = archive.rows()
    for row, split in zip(rows, ("train", "train", "train", "train", "validation", "test"), strict=True):
        row.update(split=split)
    table, out = archive.table("published.csv", rows), tmp_path / "run"
    words = ["--table", str(table), "--vocabulary", str(vocabulary_file), "--from", str(done.bundle.folder)]
    assert main(["finetune", *words, "--steps", "2", "--device", "cpu", "--out", str(out)]) == 0
    tuned = Bundle.open(out / "bundle")
    assert not tuned.manifest.encoders_only and tuned.manifest.network["kind"] == "published-1"
    assert any("Lan Tian" in source["licence"] for source in tuned.manifest.sources)
    study = archive.folder / archive.truths[0]["name"]
    results = ["--bundle", str(out / "bundle"), "--side", "right", "--device", "cpu", "--out", str(tmp_path / "r")]
    assert main(["analyze", str(study), *results]) == 0


@pytest.mark.long
def test_the_experiment_on_the_representation_reads_it(imported, tmp_path):
    done, _ = imported
    recipe = tmp_path / "small.toml"
    text = done.recipe.read_text(encoding="utf-8").replace("[4, 128, 128]", "[4, 32, 32]")
    recipe.write_text(text.replace("in_plane_mm = 0.6", "in_plane_mm = 2.0"), encoding="utf-8")
    words = ["--pretrained", str(done.recipe.parent), "--recipe", str(recipe), "--studies", "12", "--seeds", "0"]
    assert main(["experiment", "representation", *words, "--only", "clean-0.42", "--out", str(tmp_path / "out")]) == 0
    assert "clean view" in (tmp_path / "out" / "representation.md").read_text(encoding="utf-8")


def test_a_training_on_digital_joints_begins_with_its_encoders(imported):
    done, _ = imported
    recipe = load_recipe(done.recipe)
    model = new_model(recipe, KNEE)
    begin_with_encoders(model, done.bundle, recipe, KNEE)
    found = model.encoders.of(Plane.CORONAL).denoiser.network.unet.state_dict()
    for name, value in small_unet(2).state_dict().items():
        assert torch.equal(found[name], value.half().float()), name
    files = [pretrained_file(done.recipe.parent, plane) for plane in Plane]
    (source,) = sources_of_weights(files)
    assert "Lan Tian" in source["licence"]
