"""A bundle is published with figures of its very weights, and refuses numbers and figures that do not fit it."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.bundles.training_reference import TrainingReference, UsualRange
from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.findings import sigmoid
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import ScoredStudy, measured_bundle
from OrthoDiffusionLib.lab.training.engine.packaging import publish, with_figures, with_reference
from OrthoDiffusionLib.volumes import Plane

EFFUSION = "joint_effusion"
COHORT = "knee-calibration-v9"


def records() -> list[ScoredStudy]:
    found = []
    for number in range(24):
        logit = -1.0 + (number < 8) + 0.15 * (number % 7)
        finding = {
            "positive": number < 8, "logit": logit, "probability": float(sigmoid(logit)),
            "by_plane": {"sagittal": logit, "coronal": 0.5 * logit, "axial": 2 * logit + 1},
            "assessed": False, "point_distance_mm": None,
        }  # fmt: skip
        found.append(ScoredStudy(f"s{number}", f"s{number}", {}, findings={EFFUSION: finding}))
    return found


def published(bundle: Bundle, folder: Path, figures: Path | None = None) -> Bundle:
    return publish(bundle, folder, calibration=records(), calibration_cohort=COHORT, figures=figures)


@pytest.fixture
def figures(untrained, tmp_path):
    """A file of scores of the bundle that `publish` makes, and a way to change it."""
    scores = {
        "schema_version": 1,
        "cohort": {"name": "knee-frozen-v9", "version": 9, "count": 30, "joint": "knee"},
        "bundle": measured_bundle(published(untrained, tmp_path / "first")),
        "abnormalities": {EFFUSION: {"auroc": 0.81, "auroc_low": 0.7, "auroc_high": 0.9}},
    }

    def write(change=lambda scores: None) -> Path:
        change(scores)
        path = tmp_path / "scores.json"
        path.write_text(json.dumps(scores), encoding="utf-8")
        return path

    return write


def test_the_kernels_of_a_trained_bundle_take_a_sixth_less_once_compressed(untrained):
    """They lie on the digits of bfloat16, in which convolutions multiply them; all other weights keep theirs."""
    torch.manual_seed(0)
    rounded, plain = [], []
    for path in untrained.weight_paths.values():
        for name, value in load_file(path).items():
            if value.ndim > 2:
                assert value.dtype == torch.float16 and torch.equal(value, value.bfloat16().half()), name
                rounded.append(value)
                plain.append(value * (1 + torch.rand_like(value) / 128))
    size, before = (len(zlib.compress(b"".join(v.numpy().tobytes() for v in values))) for values in (rounded, plain))
    assert size < 0.87 * before


def test_figures_of_the_bundle_made_without_them_are_taken(untrained, figures, tmp_path):
    bundle = published(untrained, tmp_path / "second", figures())
    assert bundle.manifest.calibration_of(EFFUSION).auroc == 0.81
    assert bundle.manifest.figures["cohort"]["name"] == "knee-frozen-v9"


def test_figures_from_before_a_further_training_are_refused(untrained, figures, tmp_path):
    from safetensors.torch import load_file

    from OrthoDiffusionLib.bundles import write_bundle

    tensors = {name: load_file(path) for name, path in untrained.weight_paths.items()}
    first = next(iter(tensors))
    key = next(iter(tensors[first]))
    tensors[first][key] = tensors[first][key] + torch.ones_like(tensors[first][key])
    fields = {k: v for k, v in untrained.manifest.as_dict().items() if k not in ("files", "schema_version", "created")}
    further = write_bundle(tmp_path / "further", fields, tensors)
    with pytest.raises(OrthoDiffusionError, match="other weights or another volume correction"):
        published(further, tmp_path / "second", figures())
    assert not (tmp_path / "second").exists()


def test_figures_of_another_volume_correction_are_refused(untrained, figures, tmp_path):
    other = replace(untrained, manifest=replace(untrained.manifest, logit_adjustment={"fine": {"femur": 0.5}}))
    with pytest.raises(OrthoDiffusionError, match="another volume correction"):
        published(other, tmp_path / "second", figures())


def referenced(bundle: Bundle, folder: Path) -> Bundle:
    """The bundle with a training reference, of whatever studies."""
    usual = {"brightness": UsualRange(0.0, None, 1.0)}
    reference = TrainingReference("training_reference.safetensors", "knee-calibration-v9", 30, {Plane.SAGITTAL: usual})
    tensors = {"sagittal.mean": np.zeros(3, np.float32)}
    return with_reference(bundle, folder, reference, tensors)


def test_a_training_reference_stays_with_the_weights_it_was_made_of(untrained, figures, tmp_path):
    bundle = referenced(published(untrained, tmp_path / "first"), tmp_path / "referenced")
    again = published(bundle, tmp_path / "again", figures())
    assert again.manifest.training_reference == bundle.manifest.training_reference
    assert again.manifest.files == bundle.manifest.files
    adjusted = replace(bundle, manifest=replace(bundle.manifest, logit_adjustment={"fine": {"femur": 0.5}}))
    other = published(adjusted, tmp_path / "adjusted")
    assert other.manifest.training_reference is None  # which was made with other outlines
    assert "training_reference.safetensors" not in other.manifest.files


def test_figures_can_be_noted_alone(untrained, figures, tmp_path, capsys):
    bundle = referenced(published(untrained, tmp_path / "first"), tmp_path / "referenced")
    command = ["publish", str(bundle.folder), "--figures-only", "--out", str(tmp_path / "noted"), "--version", "0.1.9"]
    assert main(command) == 2 and "--figures" in capsys.readouterr().err
    assert main([*command, "--figures", str(figures())]) == 0
    noted = Bundle.open(tmp_path / "noted").manifest
    assert noted.files == bundle.manifest.files and noted.training_reference == bundle.manifest.training_reference
    assert noted.version == "0.1.9" and noted.figures["cohort"]["name"] == "knee-frozen-v9"
    kept = replace(bundle.manifest.calibration_of(EFFUSION), auroc=0.81, auroc_low=0.7, auroc_high=0.9)
    assert noted.calibration_of(EFFUSION) == kept


def test_figures_travel_with_six_decimals(untrained, figures, tmp_path):
    def third(scores):
        scores["abnormalities"][EFFUSION] |= {"auroc": 0.8 + 1 / 300, "roc": [[1 / 3, 2 / 3]]}

    noted = published(untrained, tmp_path / "noted", figures(third)).manifest
    assert noted.figures["abnormalities"][EFFUSION]["roc"] == [[0.333333, 0.666667]]
    assert noted.calibration_of(EFFUSION).auroc == 0.803333


def test_findings_that_no_study_could_evaluate_are_not_told_as_chance(untrained, figures, tmp_path, capsys):
    """One study gives no AUROC."""
    few = publish(untrained, tmp_path / "few", calibration=records()[:1], calibration_cohort=COHORT, figures=None)
    scores = figures(lambda scores: scores.update(bundle=measured_bundle(few), abnormalities={}))
    out = tmp_path / "noted"
    assert main(["publish", str(few.folder), "--figures-only", "--figures", str(scores), "--out", str(out)]) == 0
    assert "It assesses no finding: none was evaluated.\n" in capsys.readouterr().out


def test_figures_alone_make_no_bundle_ready(untrained, figures, tmp_path):
    with pytest.raises(OrthoDiffusionError, match="never calibrated"):
        with_figures(untrained, tmp_path / "noted", figures())
    assert not (tmp_path / "noted").exists()


def of_another_joint(scores) -> None:
    scores["cohort"]["joint"] = "shoulder"


def of_the_calibration_cohort(scores) -> None:
    scores["cohort"]["name"] = COHORT


def of_another_version(scores) -> None:
    scores["bundle"] = {"name": "orthodiffusion-knee", "version": "0.0.9", "sha256": "0" * 64}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (of_another_joint, "of the shoulder, the bundle knows the knee"),
        (of_the_calibration_cohort, "which the probabilities are fitted on"),
        (of_another_version, "of orthodiffusion-knee 0.0.9, the bundle to be made is orthodiffusion-knee 0.1.0"),
    ],
)
def test_figures_of_something_else_are_refused_and_nothing_is_written(untrained, figures, tmp_path, change, what):
    with pytest.raises(OrthoDiffusionError, match=what):
        published(untrained, tmp_path / "second", figures(change))
    assert not (tmp_path / "second").exists()


def test_older_figures_of_the_same_name_and_version_are_taken(untrained, figures, tmp_path):
    path = figures(lambda scores: scores["bundle"].pop("weights"))
    assert published(untrained, tmp_path / "second", path).manifest.calibration_of(EFFUSION).auroc == 0.81


def test_the_command_refuses_figures_before_any_work(untrained, figures, tmp_path, capsys):
    path = figures(of_another_joint)
    assert main(["publish", str(untrained.folder), "--out", str(tmp_path / "o"), "--figures", str(path)]) == 2
    assert "the bundle knows the knee" in capsys.readouterr().err


def _status(command: list[str]) -> int | str | None:
    try:
        return main(command)
    except SystemExit as stopped:  # an argument that the parser refuses
        return stopped.code


@pytest.mark.parametrize(
    ("option", "value", "what"),
    [
        ("--adjust", "-1", "must be a whole number from 0"),
        ("--count", "0", "must be a whole number from 1"),
        ("--adjust", "100000", "studies, 100000 were asked for"),
        ("--count", "100000", "studies, 100000 were asked for"),
    ],
)
def test_a_number_of_studies_that_cannot_be_is_refused(untrained, tmp_path, capsys, option, value, what):
    command = ["publish", str(untrained.folder), "--out", str(tmp_path / "o"), option, value]
    assert _status(command) == 2
    assert what in capsys.readouterr().err


def test_evaluate_refuses_a_count_of_no_study(untrained, capsys):
    assert _status(["evaluate", "--bundle", str(untrained.folder), "--count", "0"]) == 2
    assert "must be a whole number from 1" in capsys.readouterr().err
