"""A bundle is opened if every byte of it is what its manifest says, and refused with the reason if not."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
import torch

from OrthoDiffusionLib.anatomy import KNEE, KNEE_ABNORMALITIES, KNEE_STRUCTURES
from OrthoDiffusionLib.bundles import Bundle, bundle_path, write_bundle
from OrthoDiffusionLib.bundles.model_card import model_card
from OrthoDiffusionLib.errors import BundleError, OutputError
from OrthoDiffusionLib.findings import Calibration, OperatingPoint
from OrthoDiffusionLib.volumes import Plane


def _edit(bundle: Bundle, change) -> Path:
    path = bundle.folder / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    return bundle.folder


def test_a_bundle_opens_with_all_it_was_written_with(bundle, fields):
    again = Bundle.open(bundle.folder)
    manifest = again.manifest
    assert manifest.structures == KNEE_STRUCTURES and manifest.abnormalities == KNEE_ABNORMALITIES
    assert manifest.grids == {plane: view.grid for plane, view in manifest.views.items()}
    assert manifest.views[Plane.CORONAL] == fields["views"]["coronal"]
    assert manifest.network == {"channels": [16, 32]} and manifest.fusion_spacing_mm == 0.7
    assert manifest.calibration_of("joint_effusion") == fields["calibration"]["joint_effusion"]
    assert manifest.logit_adjustment == fields["logit_adjustment"]
    assert not manifest.calibration_of("patellar_dislocation").assessable
    assert "Not a medical device" in manifest.intended_use and "phantom" in manifest.intended_use
    assert again.sha256 == hashlib.sha256((bundle.folder / "manifest.json").read_bytes()).hexdigest()
    weights = safetensors.numpy.load_file(again.weight_paths["fusion.safetensors"])["weight"]
    assert weights.dtype == np.float16 and weights[0, 0, 0] == -1.0


def test_torch_tensors_in_half_precision_that_share_memory_are_written(fields, tmp_path):
    whole = torch.arange(12, dtype=torch.bfloat16).reshape(3, 4)
    bundle = write_bundle(
        tmp_path / "b", fields, {"a.safetensors": {"whole": whole, "turned": whole.T, "half": whole[:1].half()}}
    )
    with safetensors.safe_open(bundle.weight_paths["a.safetensors"], "pt") as file:
        assert torch.equal(file.get_tensor("turned"), whole.T)
        assert file.get_tensor("half").dtype == torch.float16


def test_a_weight_that_overflowed_half_precision_is_refused(fields, tmp_path):
    with np.errstate(over="ignore"):
        weights = {"w": np.array([1e6]).astype(np.float16)}
    with pytest.raises(ValueError, match=r"a\.safetensors: tensor w must be finite"):
        write_bundle(tmp_path / "b", fields, {"a.safetensors": weights})
    assert os.listdir(tmp_path) == []


def test_an_older_bundle_is_replaced_only_when_asked(bundle, fields):
    weights = {"other.safetensors": {"w": np.zeros(2, np.float32)}}
    with pytest.raises(OutputError, match="bundle folder exists already"):
        write_bundle(bundle.folder, fields, weights)
    assert write_bundle(bundle.folder, fields, weights, overwrite=True).weight_paths.keys() == weights.keys()
    assert os.listdir(bundle.folder.parent) == [bundle.folder.name]


def test_a_wrong_checksum_names_the_file_and_both_sums(bundle):
    path = bundle.weight_paths["sagittal.safetensors"]
    data = bytearray(path.read_bytes())
    expected = hashlib.sha256(data).hexdigest()
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(BundleError) as caught:
        Bundle.open(bundle.folder)
    found = hashlib.sha256(data).hexdigest()
    assert f"its SHA-256 must be {expected}, found {found}" in caught.value.what
    assert "sagittal.safetensors" in caught.value.what and caught.value.where == str(path)


def test_an_unknown_schema_version_names_the_one_that_is_needed(bundle):
    folder = _edit(bundle, lambda c: c.update(schema_version=7, a_new_key=1))
    with pytest.raises(BundleError, match="schema version 7; this program reads schema versions 1 to 2") as caught:
        Bundle.open(folder)
    assert "Use a bundle of schema version 1 to 2" in caught.value.remedy


@pytest.mark.parametrize("name", ["weights.pt", "model.PTH", "x.pkl", "pytorch_model.bin", "last.ckpt"])
def test_a_pickle_beside_the_weights_is_refused(bundle, name):
    (bundle.folder / name).write_bytes(pickle.dumps({"a": 1}))
    with pytest.raises(BundleError, match="can run code when it is loaded") as caught:
        Bundle.open(bundle.folder)
    assert name in caught.value.what


@pytest.mark.parametrize("content", [pickle.dumps([1, 2]), b"PK\x03\x04" + bytes(50)])
def test_a_pickle_under_the_name_of_weights_is_refused_even_with_the_right_checksum(bundle, content):
    bundle.weight_paths["fusion.safetensors"].write_bytes(content)
    sha = hashlib.sha256(content).hexdigest()
    folder = _edit(bundle, lambda c: c["files"].update({"fusion.safetensors": sha}))
    with pytest.raises(BundleError, match=r"fusion\.safetensors is a pickle under another name"):
        Bundle.open(folder)


@pytest.mark.parametrize("content", [b"", b"1234", bytes(100), b"\xff" * 100])
def test_what_is_no_safetensors_file_is_refused(bundle, content):
    bundle.weight_paths["fusion.safetensors"].write_bytes(content)
    sha = hashlib.sha256(content).hexdigest()
    folder = _edit(bundle, lambda c: c["files"].update({"fusion.safetensors": sha}))
    with pytest.raises(BundleError, match="is no safetensors file"):
        Bundle.open(folder)


@pytest.mark.parametrize(
    "header",
    [
        b'{"w": {"dtype": "F32", "shape": [4], "data_offsets": [0, 999]}}',  # beyond the end
        b'{"w": {"dtype": "F32", "shape": [4], "data_offsets": [0, 4]}}',  # not as long as its shape
        b'{"w": {"dtype": "F32", "shape": [4]}}',
        b'{"w": 3}',
    ],
)
def test_weights_that_lie_outside_their_file_are_refused(bundle, header):
    content = struct.pack("<Q", len(header)) + header + bytes(16)
    bundle.weight_paths["fusion.safetensors"].write_bytes(content)
    sha = hashlib.sha256(content).hexdigest()
    folder = _edit(bundle, lambda c: c["files"].update({"fusion.safetensors": sha}))
    with pytest.raises(BundleError, match="is no safetensors file"):
        Bundle.open(folder)


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", "desktop.ini"])
def test_what_a_file_browser_leaves_behind_does_not_spoil_a_bundle(bundle, name):
    (bundle.folder / name).write_bytes(b"x")
    assert Bundle.open(bundle.folder).sha256 == bundle.sha256


RULES = KNEE.rules()


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ({}, 1),
        ({"joint_rules": RULES}, 2),
        ({"logit_adjustment": {"fine": {"femur": 0.5}}}, 2),
        ({"calibration": {"joint_effusion": Calibration(operating_point=OperatingPoint(0.3, 0.9, 0.8))}}, 2),
    ],
    ids=["nothing new", "joint_rules", "logit_adjustment", "operating_point"],
)
def test_a_bundle_names_the_oldest_schema_version_that_can_say_what_it_says(fields, tmp_path, said, version):
    fields.pop("logit_adjustment")
    fields |= {"calibration": {"joint_effusion": Calibration(1.2, -0.3, 0.95, 0.9, 0.98)}, **said}
    bundle = write_bundle(tmp_path / "b", fields, {"a.safetensors": {"w": np.zeros(2, np.float32)}})
    content = json.loads((bundle.folder / "manifest.json").read_text(encoding="utf-8"))
    assert content["schema_version"] == bundle.manifest.schema_version == version


def test_a_bundle_of_schema_version_1_is_still_read(bundle):
    folder = _edit(bundle, lambda c: c.update(schema_version=1))
    assert Bundle.open(folder).manifest.logit_adjustment == bundle.manifest.logit_adjustment


def test_a_schema_version_of_another_kind_is_quoted_as_it_stands(bundle):
    folder = _edit(bundle, lambda c: c.update(schema_version="1"))
    with pytest.raises(BundleError, match='schema version "1"; this program reads schema versions 1 to 2'):
        Bundle.open(folder)


def test_a_file_that_is_not_listed_and_one_that_is_missing_are_refused(bundle):
    extra = bundle.folder / "notes.txt"
    extra.write_text("hello", encoding="utf-8")
    with pytest.raises(BundleError, match=r"holds notes\.txt, which its manifest does not list"):
        Bundle.open(bundle.folder)
    extra.unlink()
    bundle.weight_paths["fusion.safetensors"].unlink()
    with pytest.raises(BundleError, match=r"lacks fusion\.safetensors"):
        Bundle.open(bundle.folder)


@pytest.mark.parametrize(
    "name", ["../x.safetensors", "/etc/x.safetensors", "a/b.safetensors", "..\\x.safetensors", "C:x.safetensors",
             ".safetensors", "weights.pt", "x.safetensors\n"],
)  # fmt: skip
def test_a_name_that_leads_out_of_the_bundle_is_refused(bundle, name):
    folder = _edit(bundle, lambda c: c["files"].update({name: "0" * 64}))
    with pytest.raises(BundleError, match="directly in the bundle's folder"):
        Bundle.open(folder)


def test_a_link_that_leads_out_of_the_bundle_is_refused(bundle, tmp_path):
    path = bundle.weight_paths["fusion.safetensors"]
    path.rename(tmp_path / "elsewhere.safetensors")
    path.symlink_to(tmp_path / "elsewhere.safetensors")
    with pytest.raises(BundleError, match="a link that leads out of the bundle"):
        Bundle.open(bundle.folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.update(colour="blue"), "keys this program does not know: colour"),
        (lambda c: c.pop("calibration"), "lacks calibration"),
        (lambda c: c.pop("schema_version"), "names no schema version"),
        (lambda c: c["views"]["axial"].update(hanging="RAS"), "axial view must hang SPL, got 'RAS'"),
        (lambda c: c["views"].update(oblique={}), "plane must be one of sagittal, coronal, axial"),
        (lambda c: c["fusion_grid"].update(spacing_mm=1.5), r"spacing_mm must be in \[0\.1, 0\.7\], got 1\.5"),
        (lambda c: c["calibration"]["joint_effusion"].update(auroc=2), "AUROC must lie in its interval"),
        (lambda c: c["calibration"].update(cough={"a": 1}), r"abnormalities, got \['cough'\]"),
        (lambda c: c["calibration"]["joint_effusion"].update(operating_point={"threshold": 2}), "sensitivity"),
        (lambda c: c["calibration"]["joint_effusion"]["operating_point"].update(threshold=2), r"threshold must be in"),
        (lambda c: c["logit_adjustment"].update(middle={}), "coarse or fine, got 'middle'"),
        (lambda c: c["logit_adjustment"]["fine"].update(shinbone=1), r"structures, got \['shinbone'\]"),
        (lambda c: c["logit_adjustment"]["fine"].update(femur="much"), "much"),
        (lambda c: c["structures"][1].update(label=1), "structures must have different labels"),
        (lambda c: c["structures"][0].update(code=None), "femur: a code must have scheme, value and meaning"),
        (lambda c: c["structures"][0].update(category=None), "femur: a code must have scheme, value and meaning"),
        (lambda c: c["structures"][0].update(colour=[1, 2]), "femur: colour must be three numbers"),
        (lambda c: c["abnormalities"][0].update(site=None), "a code must have scheme, value and meaning"),
        (lambda c: c["abnormalities"][0].update(name="../acl"), "must be a key"),
        (lambda c: c["files"].update({"fusion.safetensors": "short"}), "fusion.safetensors must match"),
        (lambda c: c.update(files={}), "a file of weights"),
        (lambda c: c.update(name="../knee"), "name must match"),
        (lambda c: c.update(sources=[{"name": "somewhere"}]), "a name and a licence"),
        (lambda c: c["logit_adjustment"]["fine"].update(femur=10**400), "too large"),
        (
            lambda c: c.update(figures={"structures": {"femur": 0.9}}),
            "figures of structures must be",
        ),
        (lambda c: c.update(figures={"structures": {"femur": {"dice": "0.9"}}}), "must be objects with a dice"),
    ],
)
def test_a_manifest_that_is_not_valid_is_refused_with_the_reason(bundle, change, message):
    with pytest.raises(BundleError, match=message) as caught:
        Bundle.open(_edit(bundle, change))
    assert caught.value.where.endswith("manifest.json")


def test_a_damaged_manifest_and_a_folder_without_one_are_refused(bundle, tmp_path):
    (bundle.folder / "manifest.json").write_text('{"name": NaN', encoding="utf-8")
    with pytest.raises(BundleError, match=r"manifest\.json is damaged"):
        Bundle.open(bundle.folder)
    with pytest.raises(BundleError, match="This is no bundle"):
        Bundle.open(tmp_path / "nowhere")


def test_fields_that_make_no_manifest_are_a_callers_mistake(fields, tmp_path):
    weights = {"a.safetensors": {"w": np.zeros(2, np.float32)}}
    with pytest.raises(ValueError, match="licence"):
        write_bundle(tmp_path / "b", {k: v for k, v in fields.items() if k != "licence"}, weights)
    with pytest.raises(ValueError, match=r"got \['mood'\] as well"):
        write_bundle(tmp_path / "b", {**fields, "mood": "good"}, weights)
    with pytest.raises(ValueError, match="JSON compliant"):
        write_bundle(tmp_path / "b", {**fields, "figures": {"dice": float("nan")}}, weights)
    assert os.listdir(tmp_path) == []


def test_the_model_card_says_what_it_is_not_what_it_learned_from_and_what_it_can_tell(bundle):
    card = bundle.model_card()
    assert card.startswith("# knee-small 0.1\n")
    for words in (
        "Not a medical device", "mskt label maps (MIT), mskt 0.1.22", "phantom-knees-1", "dice: 0.9123",
        "| Joint effusion | 0.95 (0.90 to 0.98) |",
        "| 0.30 (calibration cohort: sensitivity 0.90, specificity 0.80) | yes |",
        "| Lateral meniscus injury | 0.55 (0.45 to 0.65) | — (no operating point: a probability alone, neither "
        "positive nor negative) |",
        "| no: cannot be distinguished from chance |",
        "| Patellar dislocation | not evaluated | — | no: not evaluated |",
        "Outlines 11 structures on a grid of 0.7 mm",
    ):  # fmt: skip
        assert words in card, words


def test_the_model_card_does_not_say_chance_of_a_finding_that_nobody_evaluated(bundle):
    """`finetune` gives such a finding the interval 0 to 1, and the reason; `adapt` no calibration at all."""
    few = "1 of the table's held-out patients is labelled as with it, at least 5 must be"
    calibration = {
        "joint_effusion": Calibration(1.3, 0.2, 0.5, 0.0, 1.0, OperatingPoint(0.4, 0.9, 0.8)),
        "patellar_dislocation": Calibration(),
    }
    figures = {"abnormalities": {"joint_effusion": {"not_assessed": few}, "medial_meniscus_injury": "unknown"}}
    card = model_card(replace(bundle.manifest, calibration=calibration, figures=figures))
    assert f"| Joint effusion | not evaluated | — | no: not evaluated ({few}) |" in card
    assert "| Patellar dislocation | not evaluated | — | no: not evaluated |" in card
    assert "| Medial meniscus injury | not evaluated | — | no: not evaluated |" in card
    assert "chance" not in card and "0.50 (0.00 to 1.00)" not in card


def test_the_model_card_tells_the_scores_of_an_evaluation_on_one_page(bundle):
    structures = {
        s.name: {"dice": 0.5, "dice_low": 0.4, "dice_high": 0.6, "hd95_mm": None, "nsd_1mm": 0.1}
        for s in bundle.manifest.structures
    }
    findings = {
        a.name: {"studies": 40, "positives": 9, "auroc": 0.8, "auroc_low": 0.7, "auroc_high": 0.9}
        for a in bundle.manifest.abnormalities
    }
    cohort = {"name": "phantom-knees-1", "version": 2, "count": 40}
    figures = {"cohort": cohort, "structures": structures, "abnormalities": findings, "strata": {"centre": {"a": {}}}}
    card = model_card(replace(bundle.manifest, figures=figures))
    assert "Cohort `phantom-knees-1`, version 2, 40 studies." in card
    assert "| Femur | 0.50 (0.40 to 0.60) | — |" in card
    assert "| Joint effusion | 40 | 9 | 0.80 (0.70 to 0.90) |" in card
    assert "nsd_1mm" not in card and "strata" not in card


def test_the_model_card_tells_each_training_once_with_its_own_recipe_alone_in_full(bundle):
    oldest = {
        "recipe": {"name": "first", "version": "0.1", "steps": 3000},
        "commands": ["pretrain old"],
        "began_with": None,
    }
    before = {"name": "knee-older", "version": "0.1", "sha256": "ab12", "training": oldest}
    recipe = {"name": "second", "version": "0.2", "channels": [32, 64], "steps": 1000}
    training = {"recipe": recipe, "commands": ["finetune new"], "pretraining": None, "began_with": before}
    card = model_card(replace(bundle.manifest, training=training))
    own, _, earlier = card.partition("## Figures")[0].partition("### It began with knee-older 0.1\n")
    assert "- steps: 1000" in own and "- channels: 32, 64" in own and "finetune new" in own
    assert "- sha256: ab12" in earlier and "- recipe: first 0.1" in earlier and "pretrain old" in earlier
    assert "3000" not in card and "None" not in card


def test_what_a_bundles_own_evaluation_finds_nothing_of_is_not_outlined_reliably():
    ankle, knee = (Bundle.open(bundle_path(joint=joint)).manifest for joint in ("ankle", "knee"))
    assert ankle.unreliable_structures == ("retrocalcaneal_bursa",)  # few voxels; its Dice is 0
    assert knee.unreliable_structures == ()
    assert replace(ankle, figures={}).unreliable_structures == ()


def test_opening_a_bundle_loads_no_torch(bundle):
    script = (
        "import sys; from OrthoDiffusionLib.bundles import Bundle; Bundle.open(sys.argv[1]).model_card();"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script, str(bundle.folder)], check=True)


def test_a_training_reference_stands_in_manifest_and_a_file_of_its_own(fields, tmp_path):
    usual = {"certainty": {"centre": 0.95, "lowest": 0.9}, "detail": {"centre": 9.0, "lowest": 5.0, "highest": 20.0}}
    reference = {"file": "reference.safetensors", "cohort": "knees", "studies": 60, "views": {"axial": usual}}
    weights = {"weight": np.ones((2, 3), dtype=np.float16)}
    files = {"fusion.safetensors": weights, "reference.safetensors": {"axial.mean": np.zeros(4, dtype=np.float32)}}
    fields = {**fields, "training_reference": reference}
    written = write_bundle(tmp_path / "with", fields, files)
    found = Bundle.open(tmp_path / "with").manifest.training_reference
    assert found is not None and found.as_dict() == reference
    assert written.manifest.schema_version == 2
    with pytest.raises(ValueError, match="one of files"):
        write_bundle(tmp_path / "without", fields, {"fusion.safetensors": weights})
