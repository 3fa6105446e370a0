"""Adaptation to a site without labels: what teaches, what is measured, what is refused, and that a kill is no loss."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from library.lab.training.adaptation.adaptation_to_kill import SETTINGS

from OrthoDiffusionLib.analysis.model import load_model
from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.bundles.model_card import model_card
from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.training.adaptation.adapt import Adapted, SiteRun, site_of
from OrthoDiffusionLib.lab.training.adaptation.adapted_bundle import write_adapted
from OrthoDiffusionLib.lab.training.adaptation.plane_agreement import (
    Comparison,
    StudyAgreement,
    agreement_of_study,
    mean_agreement,
)
from OrthoDiffusionLib.lab.training.adaptation.settings import AdaptSettings
from OrthoDiffusionLib.lab.training.adaptation.site_loss import site_loss
from OrthoDiffusionLib.lab.training.adaptation.study_outlines import Outlines, outline_study, sure_labels
from OrthoDiffusionLib.lab.training.adaptation.targets import SiteDraws, make_targets, targets_of
from OrthoDiffusionLib.lab.training.engine.early_stopping import Best, Stopped
from OrthoDiffusionLib.lab.training.engine.losses import IGNORED
from OrthoDiffusionLib.lab.training.tables.case_preparation import prepared_case
from OrthoDiffusionLib.lab.training.tables.vocabulary import vocabulary_of
from OrthoDiffusionLib.messages import language_of
from OrthoDiffusionLib.volumes import Geometry

HERE = Path(__file__).parent
ROOT = HERE.parents[4]


def run_of(site: Path, bundle: Bundle, out: Path, **other) -> SiteRun:
    return SiteRun(bundle, site, out, **{"settings": SETTINGS, "side": Side.RIGHT, "device": "cpu", **other})


@pytest.fixture(scope="module")
def archive(site, certain, tmp_path_factory):
    """The site's studies, read and split once."""
    return site_of(run_of(site, certain, tmp_path_factory.mktemp("read")), report=lambda line: None)


# -- which studies


def test_the_folder_of_a_batch_is_read_and_no_patient_is_in_two_splits(archive):
    assert {split: len(studies) for split, studies in archive.by_split.items()} == {
        "train": 4, "validation": 1, "test": 1,
    }  # fmt: skip
    assert sum(archive.patients(split) for split in archive.by_split) == len(archive.used)
    assert all(study.planes == 3 for study in archive.used) and not archive.left_out


def test_no_label_map_that_lies_beside_is_learned_from(archive):
    prepared = [prepared_case(study.path) for study in archive.used]
    assert not any(case.has_labels for case in prepared)


def test_without_a_side_nothing_is_learned_from_and_it_is_said_in_both_languages(site, certain, tmp_path, capsys):
    words = ["adapt", "--data", str(site), "--from", str(certain.folder), "--out", str(tmp_path), "--device", "cpu"]
    assert main(words) == 2
    told = capsys.readouterr().err
    assert "Of 6 studies 0 can be used" in told and "right or a left joint; --side" in told
    assert main([*words, "--language", "de"]) == 2
    assert "Von 6 Studien sind 0 verwendbar" in capsys.readouterr().err
    with (tmp_path / "skipped.csv").open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 6
    assert not (tmp_path / "bundle").exists()


@pytest.fixture
def some(site, tmp_path):
    """Copies some studies of the site, some of their planes alone."""

    def copied(count: int, planes=("sagittal", "coronal", "axial")) -> Path:
        folder = tmp_path / "some"
        for study in sorted(path for path in site.iterdir() if path.is_dir())[:count]:
            for plane in planes:
                (folder / study.name).mkdir(parents=True, exist_ok=True)
                shutil.copy(study / f"{plane}.nii.gz", folder / study.name)
        return folder

    return copied


def test_the_bundle_to_begin_with_is_of_the_joint_that_the_studies_name(site, tmp_path, bundles_of, capsys):
    bundles_of("knee", "ankle")
    image = next(path for path in sorted(site.rglob("sagittal*.nii.gz")) if "label" not in path.name)
    for study, name in (("one", "ankle_sag"), ("two", "knee_sag")):
        (tmp_path / "site" / study).mkdir(parents=True)
        shutil.copy(image, tmp_path / "site" / study / f"{name}.nii.gz")
    words = ["adapt", "--data", str(tmp_path / "site"), "--out", str(tmp_path / "run"), "--check", "--device", "cpu"]
    assert main(words) == 2
    assert "ankle and knee (1, 1 studies)" in capsys.readouterr().err
    assert main([*words, "--joint", "shoulder"]) == 2
    assert "No bundle for the shoulder" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_too_few_studies_are_refused_with_what_is_needed(some, certain, tmp_path):
    with pytest.raises(TrainingError, match="4 studies of 4 patients; an adaptation needs 5") as caught:
        site_of(run_of(some(4), certain, tmp_path / "out"), report=lambda line: None)
    assert "4 Studien von 4 Patienten" in caught.value.in_full(language_of("de"))


def test_studies_of_one_plane_cannot_teach_and_that_is_said(some, certain, tmp_path):
    with pytest.raises(TrainingError, match="All 6 studies have one plane alone") as caught:
        site_of(run_of(some(6, ["sagittal"]), certain, tmp_path / "out"), report=lambda line: None)
    assert "nur eine Ebene" in caught.value.in_full(language_of("de"))


@pytest.mark.long
def test_two_planes_can_teach_each_other(some, certain, tmp_path):
    archive = site_of(run_of(some(6, ["sagittal", "axial"]), certain, tmp_path / "out"), report=lambda line: None)
    assert [study.planes for study in archive.used] == [2] * 6


def test_images_that_are_no_such_joint_are_left_out(some, untrained, tmp_path):
    # a knee bundle that has learned nothing outlines what cannot be a knee
    told: list[str] = []
    with pytest.raises(TrainingError, match="0 can be used"):
        site_of(run_of(some(2), untrained, tmp_path / "out"), report=told.append)
    assert len(told) == 2 and all("is left out" in line for line in told)


@pytest.mark.long
def test_other_settings_are_another_run(site, certain, tmp_path):
    site_of(run_of(site, certain, tmp_path), report=lambda line: None)
    (tmp_path / "training").mkdir()
    with pytest.raises(TrainingError, match="holds another run; it differs in: settings"):
        site_of(run_of(site, certain, tmp_path, settings=AdaptSettings()), report=lambda line: None)


# -- what is taught


def test_only_sure_voxels_teach_and_a_thin_structure_as_much_of_itself_as_a_bone():
    rng = np.random.default_rng(0)
    labels = np.zeros((20, 20, 20), np.uint8)
    labels[:8], labels[10] = 1, 2  # a bone, and a thin plate that is nowhere as certain
    certainty = np.where(labels == 2, 0.62 + 0.1 * rng.random(labels.shape), 0.9 + 0.04 * rng.random(labels.shape))
    imaged = np.ones(labels.shape, bool)
    imaged[:, :, 0] = False
    settings = AdaptSettings(kept=0.7)
    found = sure_labels(Outlines(labels, certainty.astype(np.float32), imaged), settings)
    assert not (found[:, :, 0] != IGNORED).any(), "where no view looked"
    for label in (0, 1, 2):
        mine = (labels == label) & imaged
        assert (found[mine] == label).mean() == pytest.approx(0.7, abs=0.02)
        assert certainty[mine & (found == IGNORED)].max() <= certainty[mine & (found == label)].min()
    assert not (found[(found != IGNORED)] != labels[found != IGNORED]).any()
    doubtful = sure_labels(Outlines(labels, certainty.astype(np.float32) * 0.5, imaged), settings)
    assert (doubtful == IGNORED).all(), "below the lowest limit nothing teaches"


def test_the_targets_of_each_plane_lie_where_the_fused_outline_is_sure_in_ras_millimetres(archive, certain):
    model, spacing = load_model(certain), certain.manifest.fusion_spacing_mm
    prepared = prepared_case(archive.by_split["train"][0].path)
    targets = targets_of(model, prepared, spacing, SETTINGS)
    found = outline_study(model, prepared.views, spacing)
    sure = sure_labels(found.fused, SETTINGS)
    assert np.array_equal(targets.world.array, sure) and targets.world.geometry.is_same_grid(found.geometry)
    assert found.fused.certainty[sure != IGNORED].min() >= SETTINGS.least_certain
    for view in targets.views.values():
        taught = np.argwhere((view.labels != IGNORED) & (view.labels != 0))
        assert len(taught), "each plane is taught something"
        places = view.geometry.to_ras(taught.astype(float))
        index = np.rint(found.geometry.to_ijk(places)).astype(int).clip(0, np.array(found.geometry.shape) - 1)
        own = view.labels[tuple(taught.T)]
        # the label of a pixel is that of the largest share of what lies there, not always that of the nearest voxel
        assert (sure[tuple(index.T)] == own).mean() > 0.9
        outside = view.geometry.to_ras(np.argwhere(view.labels != IGNORED).astype(float))
        reach = found.geometry.to_ijk(outside)
        assert (reach > -0.51).all() and (reach < np.array(found.geometry.shape) - 0.49).all()


def test_each_plane_alone_is_taught_what_all_planes_say_and_the_pretraining_goes_on(archive, certain, tmp_path):
    model, manifest = load_model(certain), certain.manifest
    studies = archive.by_split["train"]
    make_targets(model, studies, manifest.fusion_spacing_mm, SETTINGS, tmp_path, report=lambda line: None)
    draws = SiteDraws(
        studies, tmp_path, vocabulary_of(manifest), manifest.fusion_spacing_mm, seed=0, pixel_ratio=model.pixel_ratio
    )
    shown = [len(draws[number].views) for number in range(8)]
    assert 1 in shown and max(shown) > 1
    sample = next(draws[number] for number in range(8) if shown[number] == 1)
    assert sample.known_classes.all()
    terms = site_loss(model, sample, 0, SETTINGS)
    assert {"planes", "coarse", "fine", "denoising", "loss"} <= terms.keys()
    terms["loss"].backward()
    (plane,) = sample.views
    moved = {
        name.split(".")[0]
        for name, parameter in model.encoders.named_parameters()
        if parameter.grad is not None and parameter.grad.abs().sum() > 0
    }
    assert moved == {plane.value}
    assert all(parameter.grad is None for parameter in model.diagnosis.parameters()), "findings are not touched"


def test_a_bundle_that_is_sure_of_nothing_cannot_teach(archive, certain, tmp_path):
    strict = replace(SETTINGS, least_certain=1.0, surely=1.0)
    model = load_model(certain)
    with torch.no_grad():
        model.segmentation.fine.weight.zero_()
        model.segmentation.coarse.weight.zero_()
    with pytest.raises(TrainingError, match="sure of no structure"):
        make_targets(model, archive.by_split["train"], certain.manifest.fusion_spacing_mm, strict, tmp_path)


# -- what is measured


def boxes(*extents: tuple[int, int]) -> Outlines:
    """One structure from one row to another, for each label in turn."""
    labels = np.zeros((20, 10, 10), np.uint8)
    for label, (first, stop) in enumerate(extents, 1):
        labels[first:stop] = label
    return Outlines(labels, np.ones(labels.shape, np.float32), np.ones(labels.shape, bool))


def test_agreement_is_the_dice_of_each_plane_with_all_and_of_planes_where_both_looked(certain):
    from OrthoDiffusionLib.lab.training.adaptation.study_outlines import StudyOutlines
    from OrthoDiffusionLib.volumes import Plane

    half = boxes((0, 8))
    half.imaged[:, :, 5:] = False
    geometry = Geometry.from_axes((20, 10, 10), spacing_mm=(1.0,) * 3, directions=np.eye(3), centre_ras=(0.0, 0.0, 0.0))
    found = StudyOutlines(geometry, boxes((0, 10)), {Plane.SAGITTAL: half, Plane.AXIAL: boxes((0, 6))})
    measured = agreement_of_study(found, certain.manifest.structures)
    assert measured.volumes_ml["upper_bone"] == pytest.approx(1.0)
    assert measured.dice["upper_bone"] == pytest.approx(
        {"sagittal-axial": 12 / 14, "sagittal-all": 16 / 18, "axial-all": 12 / 16}
    )
    assert measured.dice["lower_bone"] == {}, "nobody outlines it"


def test_planes_that_agree_on_nothing_left_do_not_agree_better():
    before = {"one": StudyAgreement({"a": {"x-all": 0.8}, "b": {"x-all": 0.6}}, {"a": 10.0, "b": 1.0})}
    better = {"one": StudyAgreement({"a": {"x-all": 0.9}, "b": {"x-all": 0.7}}, {"a": 11.0, "b": 1.2})}
    lost = {"one": StudyAgreement({"a": {"x-all": 0.99}, "b": {}}, {"a": 10.0, "b": 0.0})}
    swollen = {"one": StudyAgreement({"a": {"x-all": 0.99}, "b": {"x-all": 1.0}}, {"a": 10.0, "b": 2.1})}
    assert mean_agreement(before, before) == pytest.approx(0.7)
    assert mean_agreement(better, before) == pytest.approx(0.8)
    assert mean_agreement(lost, before) == pytest.approx(0.495)
    assert mean_agreement(swollen, before) == pytest.approx(0.495)
    assert Comparison(before, better).collapsed == ()
    assert Comparison(before, lost).collapsed == Comparison(before, swollen).collapsed == ("b",)


# -- what comes out


RECORD = {
    "command": "orthodiffusion adapt", "settings": {"trained": "all"}, "studies": {"train": 4},
    "patients": {"train": 4}, "agreement": {"before": 0.7, "after": 0.8},
}  # fmt: skip


def test_the_new_bundle_says_where_it_comes_from_and_keeps_no_figure_of_the_old_weights(certain, tmp_path):
    new = write_adapted(load_model(certain), certain, tmp_path / "bundle", "toy-adapted", RECORD)
    manifest = Bundle.open(new.folder).manifest
    assert manifest.calibration == {} and manifest.training_reference is None and not manifest.logit_adjustment
    assert all("calibrated" in one["not_assessed"] for one in manifest.figures["abnormalities"].values())
    record = manifest.training["adaptation"]
    assert record["from"]["sha256"] == certain.sha256 and record["agreement"]["after"] == 0.8
    assert manifest.sources[-1]["name"] == "4 studies of one site, without labels"
    assert "Adapted without labels" in model_card(manifest) and manifest.structures == certain.manifest.structures


def test_where_the_outlines_head_alone_learned_the_findings_keep_their_calibration(certain, tmp_path):
    from OrthoDiffusionLib.findings import Calibration

    calibrated = replace(
        certain, manifest=replace(certain.manifest, calibration={"swelling": Calibration(1.2, 0.1, 0.9, 0.8, 0.95)})
    )
    record = {**RECORD, "settings": {"trained": "segmentation"}}
    new = write_adapted(load_model(certain), calibrated, tmp_path / "bundle", "toy-adapted", record)
    assert new.manifest.calibration_of("swelling").auroc == 0.9
    assert "calibration_kept_from" in new.manifest.figures["abnormalities"]["swelling"]


def test_what_came_of_it_is_said_in_german_as_well(site, certain, tmp_path, monkeypatch, capsys):
    was, now = (StudyAgreement({"upper_bone": {"sagittal-all": dice}}, {"upper_bone": 5.0}) for dice in (0.5, 0.625))
    stopped = Stopped({"": Best({}, 40, 0.375)}, 60, (), early=True)
    done = Adapted(certain, stopped, Comparison({"p1": was}, {"p1": now}), ())
    monkeypatch.setattr("OrthoDiffusionLib.lab.training.adaptation.adapt.adapt", lambda run: done)
    words = ["adapt", "--data", str(site), "--from", str(certain.folder), "--out", str(tmp_path)]
    assert main(words) == 0
    assert "stopped early, after step 60; its best step was 40." in capsys.readouterr().out
    assert main([*words, "--language", "de"]) == 0
    told = capsys.readouterr().out
    assert "hörte vorzeitig auf, nach Schritt 60; der beste Schritt war 40." in told
    assert "in der zurückgehaltenen Studie, mittlerer Dice-Wert: 0,500, jetzt 0,625" in told
    assert "upper bone: 0,500, jetzt 0,625" in told and "Das neue Modellpaket beurteilt keinen Befund" in told
    assert not re.search(r"\b(the|of|now|training|No finding)\b", told.replace(str(tmp_path.parent), ""))


@pytest.mark.long
def test_the_command_writes_a_bundle_or_says_that_nothing_was_gained(site, certain, tmp_path, capsys):
    words = ["adapt", "--data", str(site), "--from", str(certain.folder), "--out", str(tmp_path / "run"),
             "--side", "right", "--steps", "2", "--validate-every", "1", "--device", "cpu"]  # fmt: skip
    status = main(words)
    told = capsys.readouterr()
    if status == 0:
        assert "Agreement of the planes" in told.out and Bundle.open(tmp_path / "run" / "bundle")
        assert json.loads((tmp_path / "run" / "agreement.json").read_text(encoding="utf-8"))["after"] > 0
    else:
        assert status == 2 and not (tmp_path / "run" / "bundle").exists()
        assert "Nothing was gained" in told.err or "agree less than before" in told.err or "lost structures" in told.err


# -- a kill


def started(site: Path, bundle: Bundle, out: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, str(HERE / "adaptation_to_kill.py"), str(site), str(bundle.folder), str(out)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def killed_when(process: subprocess.Popen, seen) -> None:
    """End a process at once when `seen()` is true, or let it end."""
    end = time.monotonic() + 1200
    while process.poll() is None and not seen():
        assert time.monotonic() < end
        time.sleep(0.002)
    process.kill()
    process.communicate()


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL; it runs on Linux and macOS")
def test_killed_again_and_again_it_ends_with_the_same_weights_and_agreement(site, certain, tmp_path):
    through = started(site, certain, tmp_path / "whole")
    told, _ = through.communicate(timeout=1200)
    assert through.returncode == 0, told
    out = tmp_path / "parts"
    checkpoint, targets = out / "training" / "checkpoint.pt", out / "targets"
    # While the first targets are made, between two steps, and while the averaged weights make the next targets.
    killed_when(started(site, certain, out), lambda: any(targets.glob("round_000/*.npz")))
    killed_when(started(site, certain, out), checkpoint.exists)
    killed_when(started(site, certain, out), lambda: any(targets.glob("round_001/*.npz")))
    last = started(site, certain, out)
    told, _ = last.communicate(timeout=1200)
    assert last.returncode == 0, told

    def weights(folder: Path) -> dict[str, torch.Tensor]:
        return torch.load(folder / "training" / "checkpoint.pt", weights_only=True)["average"]

    whole, parts = weights(tmp_path / "whole"), weights(out)
    assert whole.keys() == parts.keys() and all(torch.equal(whole[name], parts[name]) for name in whole)
    history = [(folder / "training" / "validation.json").read_text() for folder in (tmp_path / "whole", out)]
    assert history[0] == history[1]
    assert [path.name for path in targets.iterdir()] == ["round_001"], "older targets are outlines of patients"
