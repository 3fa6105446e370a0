"""The exported MONAI Bundle: its layout, what it states, and that nothing in it runs code of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from OrthoDiffusionLib.bundles import Bundle, bundle_path
from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.errors import OutputError
from OrthoDiffusionLib.monai_adapter.bundle_folder import export_monai_bundle
from OrthoDiffusionLib.monai_adapter.bundle_metadata import inference


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.open(bundle_path(joint="knee"))


@pytest.fixture(scope="module")
def exported(bundle, tmp_path_factory) -> Path:
    return export_monai_bundle(bundle, tmp_path_factory.mktemp("monai") / "knee")


def read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def every_text(value):
    """All keys and texts of nested JSON values."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from every_text(item)
    elif isinstance(value, list):
        for item in value:
            yield from every_text(item)
    elif isinstance(value, str):
        yield value


def test_it_has_the_layout_of_a_monai_bundle_and_the_same_weights(bundle, exported):
    files = {path.relative_to(exported).as_posix() for path in exported.rglob("*") if path.is_file()}
    assert {"LICENSE", "configs/metadata.json", "configs/inference.json", "docs/README.md"} <= files
    assert Bundle.open(exported / "models").sha256 == bundle.sha256


def test_nothing_in_it_can_run_code_of_its_own(exported):
    kinds = {path.suffix for path in exported.rglob("*") if path.is_file()}
    assert kinds == {"", ".json", ".md", ".txt", ".safetensors"}
    config = read(exported / "configs" / "inference.json")
    # `$` is evaluated as Python, `%` reads another file.
    assert [text for text in every_text(config) if text.startswith(("$", "%"))] == []
    targets = [part["_target_"] for part in config.values() if isinstance(part, dict)]
    assert targets and all(target.startswith("OrthoDiffusionLib.monai_adapter.") for target in targets)


def test_its_metadata_have_what_the_schema_requires(exported):
    """The keys that MONAI's schema of 25 July 2024 requires, with their types."""
    content = read(exported / "configs" / "metadata.json")
    for key in ("schema", "version", "monai_version", "pytorch_version", "numpy_version", "task", "description",
                "authors", "copyright"):  # fmt: skip
        assert isinstance(content[key], str) and content[key], key
    assert content["required_packages_version"]["orthodiffusion"]
    data = content["network_data_format"]
    assert list(data["inputs"]) == ["sagittal", "coronal", "axial"]
    for tensor in (*data["inputs"].values(), *data["outputs"].values()):
        assert isinstance(tensor["num_channels"], int) and isinstance(tensor["value_range"], list)
        assert {"type", "format", "spatial_shape", "dtype"} <= set(tensor)


def test_labels_have_the_names_and_numbers_of_the_bundle(bundle, exported):
    outputs = read(exported / "configs" / "metadata.json")["network_data_format"]["outputs"]
    expected = {str(structure.label): structure.name for structure in bundle.manifest.structures}
    assert outputs["pred"]["channel_def"] == {"0": "background", **expected}
    assert outputs["pred"]["value_range"] == [0, 18]
    assert list(outputs["findings"]["channel_def"].values()) == [a.name for a in bundle.manifest.abnormalities]


def test_what_a_referral_says_is_a_setting_only_where_the_bundle_learned_from_it(bundle, exported):
    assert "age" not in read(exported / "configs" / "inference.json")
    learned = replace(bundle.manifest, network={**bundle.manifest.network, "clinical": ["age", "trauma"]})
    config = inference(learned)
    assert config["age"] == config["trauma"] == "" and "sex" not in config
    assert config["run"]["clinical"] == {"age": "@age", "trauma": "@trauma"}


def test_figures_are_called_phantom_numbers_and_name_their_cohort(exported):
    metrics = read(exported / "configs" / "metadata.json")["eval_metrics"]
    assert metrics["cohort"].startswith("knee-frozen") and "not numbers of patients" in metrics["phantom_numbers"]


def test_licences_travel_with_it(exported):
    assert "Apache License" in (exported / "LICENSE").read_text(encoding="utf-8")
    said = (exported / "docs" / "data_license.txt").read_text(encoding="utf-8")
    assert "3D Slicer License" in said and "MIT" in said
    texts = {path.name for path in (exported / "docs" / "licenses").iterdir()}
    assert texts == {"3D-Slicer-License_spl-knee-atlas.txt", "MIT_mskt.txt"}


def test_an_export_is_replaced_when_asked_for_and_never_with_results_in_it(bundle, tmp_path):
    folder = export_monai_bundle(bundle, tmp_path / "knee")
    with pytest.raises(OutputError, match="The MONAI Bundle exists"):
        export_monai_bundle(bundle, folder)
    assert export_monai_bundle(bundle, folder, overwrite=True) == folder
    (folder / "eval").mkdir()
    with pytest.raises(OutputError, match="eval"):
        export_monai_bundle(bundle, folder, overwrite=True)


def test_the_command_says_where_it_wrote(tmp_path, capsys):
    words = ["bundle", "export-monai", "orthodiffusion-knee", "--out", str(tmp_path / "knee")]
    assert main(words) == 0
    assert str(tmp_path / "knee") in capsys.readouterr().out
    assert main(words) == 2  # it is there already
