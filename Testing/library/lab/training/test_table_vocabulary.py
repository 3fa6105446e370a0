"""A vocabulary is data: what both bundles know keeps its weights, what is new starts fresh."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from OrthoDiffusionLib.analysis.model import build_model, load_model
from OrthoDiffusionLib.anatomy import ANKLE, PRIVATE_SCHEME
from OrthoDiffusionLib.bundles.training_reference import TrainingReference
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.training.tables.transfer import (
    keep_rows,
    transferred_model,
    vocabulary_axes,
    with_vocabulary,
)
from OrthoDiffusionLib.lab.training.tables.vocabulary import read_vocabulary, vocabulary_of

CYST = {"name": "bakers_cyst", "title": "Baker's cyst", "best_planes": ["sagittal", "axial"]}


@pytest.fixture
def read(tmp_path, untrained):
    def of(**content):
        path = tmp_path / "mine.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        return read_vocabulary(path, untrained.manifest)

    return of


def test_without_a_file_the_bundle_keeps_its_words(untrained):
    vocabulary = vocabulary_of(untrained.manifest)
    assert vocabulary.joint.structures == untrained.manifest.structures
    assert vocabulary.joint.abnormalities == untrained.manifest.abnormalities
    assert vocabulary.covers is None


def test_a_list_names_what_is_known_and_describes_what_is_new(read, untrained):
    vocabulary = read(abnormalities=["joint_effusion", CYST])
    effusion, cyst = vocabulary.joint.abnormalities
    assert effusion in untrained.manifest.abnormalities
    assert (cyst.title, cyst.best_planes) == ("Baker's cyst", ("sagittal", "axial"))
    assert cyst.code.scheme == PRIVATE_SCHEME
    assert vocabulary.joint.structures == untrained.manifest.structures


def test_the_findings_of_another_joint_are_known_by_name(read):
    vocabulary = read(joint="ankle", abnormalities=[a.name for a in ANKLE.abnormalities])
    assert vocabulary.joint.abnormalities == ANKLE.abnormalities
    assert vocabulary.joint.structures == ()
    assert vocabulary.classes == 1


def test_what_joints_share_by_name_is_that_of_the_joint_that_is_taught(read):
    names = ["tibia", "fibula", "talus", "joint_fluid"]
    joint = read(joint="ankle", structures=names, abnormalities=["joint_effusion"]).joint
    assert list(joint.structures) == [one for one in ANKLE.structures if one.name in names]
    (effusion,) = joint.abnormalities
    assert effusion.title == "Joint effusion"
    assert "Knee" not in effusion.site.meaning and "KNEE" not in effusion.code.value


def test_the_values_of_other_peoples_label_maps_are_given_by_name(read):
    vocabulary = read(label_maps={"values": {"femur": 10, "tibia": 20}})
    assert vocabulary.covers == ("femur", "tibia")
    assert vocabulary.values == {"femur": 10, "tibia": 20}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"abnormalitys": []}, "Unknown keys in the vocabulary: abnormalitys"),
        ({"abnormalities": ["bakers_cyst"]}, "'bakers_cyst' is new, and the vocabulary does not describe it"),
        ({"abnormalities": ["Baker's cyst"]}, "must be one word of small letters"),
        ({"abnormalities": [{"name": "age", "title": "Old"}]}, "cannot be named 'age'"),
        ({"abnormalities": [{**CYST, "best_planes": ["oblique"]}]}, "unknown planes"),
        ({"abnormalities": [{**CYST, "structures": ["cyst"]}]}, "speaks of cyst, which are no structures"),
        ({"abnormalities": ["joint_effusion", "joint_effusion"]}, "the same name: joint_effusion"),
        ({"structures": ["femur", {"name": "tibia", "label": 1}]}, "the same label: 1"),
        ({"structures": [{"name": "plica", "title": "Plica"}]}, "'plica' is new"),
        ({"structures": [{"name": "plica", "title": "Plica", "label": 64}]}, "Labels must be 63 or less"),
        ({"label_maps": {"covers": ["femur", "shinbone"]}}, "unknown structures: shinbone"),
        ({"label_maps": {"values": {"femur": 0}}}, "whole numbers from 1"),
        ({"label_maps": {"values": {"femur": 1, "tibia": 1}}}, "the same value in the label maps"),
        ({"joint": "elbow"}, "neither structures nor abnormalities"),
    ],
)
def test_what_cannot_be_is_said(read, content, message):
    with pytest.raises(TrainingError, match=message):
        read(**content)


def test_a_file_that_is_no_toml_is_said(tmp_path, untrained):
    (tmp_path / "v.toml").write_text("joint = ", encoding="utf-8")
    with pytest.raises(TrainingError, match="neither valid TOML"):
        read_vocabulary(tmp_path / "v.toml", untrained.manifest)


def test_what_a_bundle_knows_of_its_training_is_left_behind(untrained):
    reference = TrainingReference("reference.safetensors", "knee-calibration-v9", 30, {})
    files = {**untrained.manifest.files, reference.file: "0" * 64}
    known = replace(untrained.manifest, training_reference=reference, files=files)
    assert with_vocabulary(known, vocabulary_of(known).joint).training_reference is None


def test_known_rows_travel_by_name_and_new_ones_start_fresh(read, untrained):
    vocabulary = read(
        structures=["tibia", "femur", {"name": "plica", "title": "Plica", "label": 20}],
        abnormalities=[CYST, "joint_effusion", "medial_meniscus_injury"],
    )
    old = load_model(untrained)
    new = transferred_model(untrained, with_vocabulary(untrained.manifest, vocabulary.joint))
    numbers = {abnormality.name: i for i, abnormality in enumerate(untrained.manifest.abnormalities)}
    for row, name in ((1, "joint_effusion"), (2, "medial_meniscus_injury")):
        assert torch.equal(new.diagnosis.verdict.weight[row], old.diagnosis.verdict.weight[numbers[name]])
        assert torch.equal(new.diagnosis.fused.weight[row], old.diagnosis.fused.weight[numbers[name]])
    assert new.segmentation.fine.weight.shape[0] == 21
    for label in (0, 1, 2):  # background, femur and tibia keep their labels
        assert torch.equal(new.segmentation.fine.weight[label], old.segmentation.fine.weight[label])
    for name, value in old.encoders.state_dict().items():
        assert torch.equal(new.encoders.state_dict()[name], value)


def test_what_is_solid_and_what_is_looked_at_closely_travels_by_name(read, untrained):
    structures = [
        {"name": "medial_meniscus", "label": 1}, {"name": "femur", "label": 8}, "fibula",
        {"name": "plica", "title": "Plica", "label": 2},
    ]  # fmt: skip
    joint = read(structures=structures).joint
    close = replace(untrained.manifest, network={**untrained.manifest.network, "detail": True})
    model = build_model(with_vocabulary(close, joint))
    assert set(model.solid_labels) == {8, 12}  # femur and fibula
    assert set(model.detail_labels) == {1, 2}  # the meniscus, and what nobody knows yet
    same = vocabulary_of(untrained.manifest).joint
    assert with_vocabulary(close, same).network == close.network


def test_every_weight_that_speaks_of_words_is_found(untrained):
    axes = vocabulary_axes(untrained.manifest)
    assert {kind for kind, _ in axes.values()} == {"structures", "abnormalities"}
    assert all(name.startswith("segmentation.") == (kind == "structures") for name, (kind, _) in axes.items())


def test_rows_that_are_kept_are_as_they_were_to_the_bit(untrained):
    manifest = with_vocabulary(untrained.manifest, vocabulary_of(untrained.manifest).joint)
    start = load_model(untrained).state_dict()
    moved = {name: value + 1 for name, value in start.items()}
    kept = keep_rows(moved, start, manifest, ["joint_effusion"])
    number = [abnormality.name for abnormality in manifest.abnormalities].index("joint_effusion")
    weight = kept["diagnosis.verdict.weight"]
    assert torch.equal(weight[number], start["diagnosis.verdict.weight"][number])
    others = np.delete(np.arange(len(weight)), number)
    assert torch.equal(weight[others], moved["diagnosis.verdict.weight"][others])


def test_clinical_values_are_an_input_and_never_a_need(untrained):
    joint = vocabulary_of(untrained.manifest).joint
    model = transferred_model(untrained, with_vocabulary(untrained.manifest, joint, ("age", "sex")))
    torch.nn.init.normal_(model.clinical.out.weight)
    assert torch.equal(model.clinical_logits({}), torch.zeros(len(joint.abnormalities)))
    assert model.clinical_logits({"age": 0.3}).abs().sum() > 0
    assert not torch.equal(model.clinical_logits({"sex": 1.0}), model.clinical_logits({"sex": -1.0}))
