"""`monai.bundle run` on an exported bundle gives what `analyze` gives."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.findings import Analysis
from OrthoDiffusionLib.monai_adapter.bundle_folder import export_monai_bundle
from OrthoDiffusionLib.volumes import read_volume


@pytest.fixture(scope="module")
def exported(small_bundle, tmp_path_factory) -> Path:
    return export_monai_bundle(Bundle.open(small_bundle), tmp_path_factory.mktemp("monai") / "small")


@pytest.fixture(scope="module")
def analysed(small_bundle, small_study, tmp_path_factory) -> Path:
    """The results folder of the command."""
    folder = tmp_path_factory.mktemp("analyze") / "results"
    words = ["analyze", small_study, "--bundle", small_bundle, "--side", "left", "--device", "cpu", "--out", folder]
    assert main([str(word) for word in words]) == 0
    return folder


def run(exported: Path, **overrides: object) -> None:
    """As `python -m monai.bundle run --KEY VALUE ...`; MONAI warns of every config file."""
    from monai.bundle import run as run_bundle

    with pytest.warns(UserWarning, match="parsing config_file"):
        run_bundle(
            bundle_root=str(exported),
            config_file=str(exported / "configs" / "inference.json"),
            meta_file=str(exported / "configs" / "metadata.json"),
            device="cpu",
            **overrides,
        )


def test_it_gives_the_same_voxels_and_findings_as_analyze(exported, small_study, analysed, tmp_path):
    run(exported, study=str(small_study), side="left", output_dir=str(tmp_path / "out"))
    files = ("segmentation.nii.gz", "findings.csv")
    assert [(tmp_path / "out" / name).read_bytes() == (analysed / name).read_bytes() for name in files] == [True] * 2
    said, expected = (json.loads((folder / "findings.json").read_text()) for folder in (tmp_path / "out", analysed))
    assert {**said, "created": ""} == {**expected, "created": ""}


@pytest.mark.long
def test_a_series_can_be_named_for_its_plane_and_results_lie_below_the_bundle(exported, small_study, analysed):
    run(exported, sagittal=str(small_study / "sagittal.nii.gz"), side="left", on_inputs=True)
    found = Analysis.load(exported / "eval")
    assert set(found.study.planes) == {"sagittal"}
    assert np.array_equal(found.segmentation.labels.array, Analysis.load(analysed).segmentation.labels.array)
    on_input = read_volume(exported / "eval" / "segmentation_sagittal.nii.gz")
    assert on_input.geometry.is_same_grid(read_volume(small_study / "sagittal.nii.gz").geometry)


def test_a_refusal_keeps_its_words(exported, tmp_path):
    with pytest.raises(RuntimeError) as told:
        run(exported, study=str(tmp_path / "nowhere"), output_dir=str(tmp_path / "out"))
    assert "There is no such file or folder" in str(told.value.__cause__)
    assert not (tmp_path / "out").exists()


def test_the_network_can_be_had_alone_with_its_weights(exported, small_bundle):
    from monai.bundle import ConfigParser

    from OrthoDiffusionLib.analysis.model import load_model

    parser = ConfigParser()
    parser.read_config(str(exported / "configs" / "inference.json"))
    parser["bundle_root"] = str(exported)
    network = parser.get_parsed_content("network_def")
    expected = load_model(Bundle.open(small_bundle)).state_dict()
    assert not network.training
    assert all(np.array_equal(value, expected[name]) for name, value in network.state_dict().items())
