"""`--dicom`: objects beside the other results, the same in each run, refused before the work where none can be made."""

from __future__ import annotations

from dataclasses import replace

import pydicom
import pytest

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.volumes import read_volume
from OrthoDiffusionLib.volumes.dicom.writing import write_dicom_series

NAMES = {"seg_sagittal.dcm", "report.dcm", "overview.dcm"}


@pytest.fixture(scope="module")
def dicom_study(small_study, tmp_path_factory):
    """The small study as DICOM files of a right knee."""
    folder = tmp_path_factory.mktemp("dicom") / "exam"
    volume = replace(read_volume(small_study / "sagittal.nii.gz"), side=Side.RIGHT, description="sag PD")
    write_dicom_series(volume, folder, patient="one")
    return folder


@pytest.mark.long
def test_analyze_writes_them_the_same_in_each_run(orthodiffusion, small_bundle, dicom_study, tmp_path):
    first, second = (
        orthodiffusion("analyze", dicom_study, "--bundle", small_bundle, "--out", tmp_path / name, "--dicom",
                       "--on-inputs")
        for name in ("first", "second")
    )  # fmt: skip
    assert first.returncode == second.returncode == 0, first.stderr
    assert "as DICOM objects" in first.stdout

    files = {path.name: path for path in (tmp_path / "first" / "dicom").iterdir()}
    assert set(files) == NAMES
    for name, path in files.items():
        assert path.read_bytes() == (tmp_path / "second" / "dicom" / name).read_bytes(), name
    # As many voxels as the same labels have on the input's own grid.
    labels = read_volume(tmp_path / "first" / "segmentation_sagittal.nii.gz").array
    assert pydicom.dcmread(files["seg_sagittal.dcm"]).pixel_array.sum() == (labels > 0).sum() > 0


@pytest.mark.long
def test_without_dicom_input_it_is_refused_before_the_networks_run(orthodiffusion, small_bundle, small_study, tmp_path):
    done = orthodiffusion(
        "analyze", small_study, "--bundle", small_bundle, "--side", "right", "--out", tmp_path / "r", "--dicom"
    )
    assert done.returncode == 2
    assert "leave --dicom out" in done.stderr and "Outlining" not in done.stderr
    assert not (tmp_path / "r").exists()


@pytest.mark.long
def test_a_batch_writes_them_too(orthodiffusion, small_bundle, dicom_study, tmp_path):
    done = orthodiffusion("batch", dicom_study.parent, "--bundle", small_bundle, "--out", tmp_path / "out", "--dicom")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "out" / "exam" / "dicom").iterdir()} == NAMES
