"""Pages that are written anew by a command without `--language` keep theirs."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.volumes import read_volume
from OrthoDiffusionLib.volumes.dicom.writing import write_dicom_series

pytestmark = pytest.mark.long


def is_german(page: Path) -> bool:
    return '<html lang="de">' in page.read_text(encoding="utf-8")


def test_an_analysis_that_replaces_a_german_one_is_german(orthodiffusion, small_bundle, small_study, tmp_path):
    page = tmp_path / "knee" / "report.html"
    arguments = ("analyze", small_study, "--bundle", small_bundle, "--side", "left", "--out", page.parent)
    assert orthodiffusion(*arguments, "--language", "de").returncode == 0
    again = orthodiffusion(*arguments, "--overwrite")
    assert is_german(page) and "Kniegelenk links" in again.stdout
    other = orthodiffusion(*arguments, "--overwrite", "--language", "en")
    assert not is_german(page) and "Left knee" in other.stdout


def test_a_batch_that_goes_on_goes_on_in_its_language(orthodiffusion, small_bundle, small_study, tmp_path):
    studies, out = tmp_path / "studies", tmp_path / "out"
    shutil.copytree(small_study, studies / "anna")
    arguments = ("batch", studies, "--out", out, "--bundle", small_bundle, "--side", "right")
    assert orthodiffusion(*arguments, "--language", "de").returncode == 0
    shutil.copytree(small_study, studies / "berta")
    assert orthodiffusion(*arguments).returncode == 0
    assert is_german(out / "index.html") and is_german(out / "berta" / "report.html")


def test_a_node_that_was_started_again_keeps_the_language_of_a_study_of_which_more_came(
    small_bundle, small_study, tmp_path
):
    from OrthoDiffusionLib.archive.node.analysing import WorkerAnalysis

    volume = replace(read_volume(small_study / "sagittal.nii.gz"), side=Side.RIGHT, description="sag PD")
    write_dicom_series(volume, tmp_path / "exam", patient="one")
    for asked in ("de", None):
        analysis = WorkerAnalysis(str(small_bundle), "cpu", lambda: False, asked)
        try:
            analysis(tmp_path / "exam", tmp_path / "results", None)
        finally:
            analysis.close()
        assert is_german(tmp_path / "results" / "report.html")
