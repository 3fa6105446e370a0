"""`orthodiffusion analyze` and `batch` as a person runs them."""

from __future__ import annotations

import csv
import json
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest

from OrthoDiffusionLib.volumes import Geometry, Volume, read_volume, write_volume

CONTRACT_FILES = {
    "findings.json",
    "findings.csv",
    "segmentation.seg.nrrd",
    "segmentation.nii.gz",
    "evidence",
    "overview.png",
    "report.html",
}


def test_analyze_writes_the_folder_of_the_contract_and_closes_with_a_summary(
    orthodiffusion, small_bundle, small_study, tmp_path
):
    done = orthodiffusion("analyze", small_study, "--bundle", small_bundle, "--side", "left", "--out", tmp_path / "ü r")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "ü r").iterdir()} == CONTRACT_FILES
    findings = json.loads((tmp_path / "ü r" / "findings.json").read_text(encoding="utf-8"))
    assert findings["schema_version"] == 2
    thickness = {entry["name"]: entry["value"] for entry in findings["measurements"]}
    assert set(thickness) > {"patellar_cartilage_thickness", "femoral_cartilage_thickness"}
    assert findings["study"]["uids"] == {}
    assert (findings["study"]["side"], findings["study"]["side_source"]) == ("left", "user")
    assert list(findings["study"]["planes"]) == ["sagittal"]
    assert len(findings["findings"]) == 8
    # Nothing was calibrated, so nothing may be claimed.
    assert not any(finding["assessed"] for finding in findings["findings"])
    for words in (
        "Left knee (side given by the user)",
        "not assessed",
        "mL",
        "Warnings",
        f"Results in {tmp_path / 'ü r'}",
    ):
        assert words in done.stdout
    assert "100 %" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.long
def test_what_was_not_used_stands_in_the_summary_with_its_reason(orthodiffusion, small_bundle, small_study, tmp_path):
    study = shutil.copytree(small_study, tmp_path / "study")
    shutil.copy(study / "sagittal.nii.gz", study / "sagittal localizer.nii.gz")
    done = orthodiffusion("analyze", study, "--bundle", small_bundle, "--side", "left", "--out", tmp_path / "r")
    assert done.returncode == 0, done.stderr
    assert (
        "not used  ‘sagittal localizer’: ‘sagittal’ is used for the sagittal plane; the other one looks like"
        in done.stdout
    )


@pytest.mark.long
def test_the_side_may_come_from_a_file_s_name(orthodiffusion, small_bundle, small_study, tmp_path):
    named = tmp_path / "knee_L.nii.gz"
    shutil.copy(small_study / "sagittal.nii.gz", named)
    done = orthodiffusion("analyze", named, "--bundle", small_bundle, "--out", tmp_path / "r")
    study = json.loads((tmp_path / "r" / "findings.json").read_text(encoding="utf-8"))["study"]
    assert (study["side"], study["side_source"]) == ("left", "description")
    assert "Left knee (side from the series descriptions)" in done.stdout


@pytest.mark.long
def test_json_alone_goes_to_standard_output(orthodiffusion, small_bundle, small_study, tmp_path):
    volume = small_study / "sagittal.nii.gz"
    done = orthodiffusion(
        "analyze", "--sagittal", volume, "--bundle", small_bundle, "--side", "right", "--out", tmp_path / "r", "--json"
    )
    assert json.loads(done.stdout)["study"]["planes"] == {"sagittal": "sagittal"}


@pytest.mark.long
def test_the_labels_come_on_the_input_s_own_grid_on_request(orthodiffusion, small_bundle, small_study, tmp_path):
    done = orthodiffusion(
        "analyze", small_study, "--bundle", small_bundle, "--side", "right", "--out", tmp_path / "r", "--on-inputs"
    )
    assert done.returncode == 0, done.stderr
    assert "segmentation_sagittal.nii.gz" in done.stdout
    labels = read_volume(tmp_path / "r" / "segmentation_sagittal.nii.gz")
    assert labels.geometry.is_same_grid(read_volume(small_study / "sagittal.nii.gz").geometry)
    whole = read_volume(tmp_path / "r" / "segmentation.nii.gz")
    assert labels.array.dtype == "uint8" and set(labels.array.flat) <= set(whole.array.flat)


@pytest.mark.long
@pytest.mark.skipif(
    sys.platform == "win32", reason="a Ctrl-C cannot be sent to one process on Windows; it runs on Linux and macOS"
)
def test_ctrl_c_ends_with_130_and_leaves_nothing_behind(small_bundle, small_study, tmp_path, quiet_environment):
    out = tmp_path / "place" / "results"
    arguments = ["analyze", small_study, "--bundle", small_bundle, "--side", "right", "--out", out]
    process = subprocess.Popen(
        [sys.executable, "-m", "OrthoDiffusionLib", *(str(argument) for argument in arguments)],
        stderr=subprocess.PIPE,
        text=True,
        env=quiet_environment,
        # A shell's background job, as this test may run in, hands down an ignored Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    for line in process.stderr:
        if "Outlining" in line or "Looking" in line or "Preparing" in line:
            process.send_signal(signal.SIGINT)
            break
    said = process.stderr.read()
    assert process.wait(20) == 130, said
    process.stderr.close()
    assert "Nothing half-written" in said
    assert list(tmp_path.iterdir()) == []


def rows_of(path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["study"]: row for row in csv.DictReader(file)}


@pytest.mark.long
def test_a_batch_goes_on_after_a_bad_study_and_goes_on_where_it_stopped(
    orthodiffusion, small_bundle, small_study, tmp_path
):
    studies, out = tmp_path / "studies", tmp_path / "out"
    for name in ("anna", "berta"):
        shutil.copytree(small_study, studies / name)
    (studies / "broken").mkdir()
    (studies / "broken" / "sagittal.nii.gz").write_bytes(b"not an image")
    arguments = ("batch", studies, "--out", out, "--bundle", small_bundle, "--side", "right")

    first = orthodiffusion(*arguments)
    assert first.returncode == 3, first.stderr  # some failed
    assert "2 analysed, 0 done before, 1 failed" in first.stdout
    assert "  broken: " in first.stdout
    rows = rows_of(out / "results.csv")
    assert {name: row["status"] for name, row in rows.items()} == {"anna": "done", "berta": "done", "broken": "failed"}
    assert rows["broken"]["error"] and rows["broken"]["remedy"]
    assert not (out / "broken").exists()

    shutil.rmtree(out / "berta")
    shutil.copy(small_study / "sagittal.nii.gz", studies / "broken")
    before = (out / "anna" / "findings.json").stat().st_mtime_ns
    second = orthodiffusion(*arguments)
    assert "2 analysed, 1 done before, 0 failed" in second.stdout
    assert second.returncode == 0
    assert (out / "anna" / "findings.json").stat().st_mtime_ns == before
    assert [row["status"] for row in rows_of(out / "results.csv").values()] == ["done"] * 3


@pytest.mark.long
def test_a_batch_of_which_nothing_is_done_says_so_and_names_loose_files(
    orthodiffusion, small_bundle, small_study, tmp_path
):
    studies = tmp_path / "studies"
    (studies / "broken").mkdir(parents=True)
    (studies / "broken" / "sagittal.nii.gz").write_bytes(b"not an image")
    shutil.copy(small_study / "sagittal.nii.gz", studies / "loose.nii.gz")
    (studies / "notes.txt").write_text("no image")
    done = orthodiffusion("batch", studies, "--out", tmp_path / "out", "--bundle", small_bundle)
    assert done.returncode == 4, done.stderr
    assert "0 analysed, 0 done before, 1 failed" in done.stdout and "  broken: " in done.stdout
    assert "1 image file beside the folders was passed over: loose.nii.gz" in done.stdout
    assert "a folder of its own" in done.stdout

    shutil.rmtree(studies / "broken")
    refused = orthodiffusion("batch", studies, "--out", tmp_path / "out", "--bundle", small_bundle)
    assert refused.returncode == 2
    assert "holds 1 image file, but no folders" in refused.stderr and "orthodiffusion analyze" in refused.stderr


@pytest.fixture(scope="module")
def two_legs(tmp_path_factory):
    """A folder with one axial volume of two legs, 130 mm apart."""
    geometry = Geometry.from_axes(
        (66, 36, 14), spacing_mm=(4.0, 4.0, 6.0), directions=np.eye(3), centre_ras=(0.0, 0.0, 0.0)
    )
    x, y, _ = np.moveaxis(geometry.to_ras(np.moveaxis(np.indices(geometry.shape), 0, -1)), -1, 0)
    signal = np.where(np.hypot(abs(x) - 65.0, y) < 50.0, 500.0, 0.0)
    signal[np.hypot(abs(x) - 65.0, y) < 25.0] = 200.0
    noise = np.random.default_rng(0).normal(0.0, 15.0, geometry.shape)
    folder = tmp_path_factory.mktemp("pair")
    write_volume(Volume(abs(signal + noise).astype(np.int16), geometry), folder / "axial.nii.gz")
    return folder


@pytest.mark.long
def test_two_knees_in_one_picture_are_refused_and_with_a_side_one_is_looked_at(
    orthodiffusion, small_bundle, two_legs, tmp_path
):
    refused = orthodiffusion("analyze", two_legs, "--bundle", small_bundle, "--out", tmp_path / "r")
    assert refused.returncode == 2
    assert "Error [two_joints]: The images show two knees." in refused.stderr and "--side" in refused.stderr
    done = orthodiffusion(
        "analyze", two_legs, "--bundle", small_bundle, "--side", "left", "--out", tmp_path / "r", "--on-inputs"
    )
    assert done.returncode == 0, done.stderr
    warnings = json.loads((tmp_path / "r" / "findings.json").read_text(encoding="utf-8"))["warnings"]
    assert "two_joints" in {warning["code"] for warning in warnings}
    # Labels come back on the grid as it was given, and the right leg has none.
    labels = read_volume(tmp_path / "r" / "segmentation_axial.nii.gz")
    assert labels.geometry.shape == (66, 36, 14)
    places = labels.geometry.to_ras(np.argwhere(labels.array > 0))
    assert len(places) == 0 or places[:, 0].max() < 6.0


@pytest.mark.long
def test_a_batch_makes_two_studies_of_two_knees(orthodiffusion, small_bundle, two_legs, tmp_path):
    studies, out = tmp_path / "studies", tmp_path / "out"
    shutil.copytree(two_legs, studies / "anna")
    arguments = ("batch", studies, "--out", out, "--bundle", small_bundle)
    done = orthodiffusion(*arguments)
    assert done.returncode == 0, done.stderr
    assert "2 analysed, 0 done before, 0 failed" in done.stdout
    rows = rows_of(out / "results.csv")
    assert {name: row["side"] for name, row in rows.items()} == {"anna_right": "right", "anna_left": "left"}
    assert all("two_joints" in row["warnings"].split() for row in rows.values())
    again = orthodiffusion(*arguments)
    assert "0 analysed, 2 done before, 0 failed" in again.stdout and again.returncode == 0


@pytest.mark.long
def test_a_result_that_cannot_be_opens_with_the_words_not_to_use_it(
    orthodiffusion, small_bundle, small_study, tmp_path
):
    done = orthodiffusion("analyze", small_study, "--bundle", small_bundle, "--side", "left", "--out", tmp_path / "r")
    assert done.stdout.startswith("!!! Do not use this result"), done.stdout[:200]
    first = json.loads((tmp_path / "r" / "findings.json").read_text(encoding="utf-8"))["warnings"][0]
    assert first["code"] == "implausible_result" and first["remedy"]


def test_a_bundle_with_one_changed_byte_is_refused(orthodiffusion, small_bundle, small_study, tmp_path):
    shutil.copytree(small_bundle, tmp_path / "bundle")
    weights = next((tmp_path / "bundle").glob("*.safetensors"))
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    done = orthodiffusion("analyze", small_study, "--bundle", tmp_path / "bundle", "--out", tmp_path / "r")
    assert done.returncode == 2
    assert weights.name in done.stderr
    assert "Traceback" not in done.stderr
    assert orthodiffusion("bundle", "verify", tmp_path / "bundle").returncode == 2


def test_a_bundle_is_verified_and_described(orthodiffusion, small_bundle):
    verified = orthodiffusion("bundle", "verify", small_bundle)
    assert "complete and unchanged" in verified.stdout
    assert "Apache-2.0" in orthodiffusion("bundle", "info", small_bundle).stdout


@pytest.mark.long
def test_the_benchmark_names_every_stage(orthodiffusion, small_bundle, small_study, tmp_path):
    done = orthodiffusion(
        "benchmark", small_study, "--bundle", small_bundle, "--side", "right",
        "--repeat", "1", "--no-original", "--long-run", "11", "--json", tmp_path / "numbers.json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    numbers = json.loads((tmp_path / "numbers.json").read_text(encoding="utf-8"))
    for stage in ("import", "load", "read", "preprocess", "encoder_sagittal", "fusion", "draw", "write", "total"):
        assert numbers["cold"][stage] > 0
    assert numbers["warm"]["analysis"] <= numbers["warm"]["total"] < numbers["cold"]["total"]
    assert 50 < numbers["peak_memory_mb"] < 4000
    assert "bare networks" in done.stdout
    assert numbers["long_run"]["count"] == 11 and numbers["long_run"]["growth_mb"] >= 0
    assert "memory over 11 analyses of varied size" in done.stdout
