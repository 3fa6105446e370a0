"""`orthodiffusion analyze` and `batch` as a person runs them."""

from __future__ import annotations

import csv
import json
import shutil
import signal
import subprocess
import sys

import pytest

from OrthoDiffusionLib.volumes import read_volume

CONTRACT_FILES = {
    "findings.json",
    "findings.csv",
    "segmentation.seg.nrrd",
    "segmentation.nii.gz",
    "evidence",
    "overview.png",
}


def test_analyze_writes_the_folder_of_the_contract_and_closes_with_a_summary(
    orthodiffusion, small_bundle, small_study, tmp_path
):
    done = orthodiffusion("analyze", small_study, "--bundle", small_bundle, "--side", "left", "--out", tmp_path / "ü r")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "ü r").iterdir()} == CONTRACT_FILES
    findings = json.loads((tmp_path / "ü r" / "findings.json").read_text(encoding="utf-8"))
    assert findings["schema_version"] == 1
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


def test_json_alone_goes_to_standard_output(orthodiffusion, small_bundle, small_study, tmp_path):
    volume = small_study / "sagittal.nii.gz"
    done = orthodiffusion(
        "analyze", "--sagittal", volume, "--bundle", small_bundle, "--side", "right", "--out", tmp_path / "r", "--json"
    )
    assert json.loads(done.stdout)["study"]["planes"] == {"sagittal": "sagittal"}


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
    assert first.returncode == 0, first.stderr
    assert "2 analysed, 0 done before, 1 failed" in first.stdout
    rows = rows_of(out / "results.csv")
    assert {name: row["status"] for name, row in rows.items()} == {"anna": "done", "berta": "done", "broken": "failed"}
    assert rows["broken"]["error"] and rows["broken"]["remedy"]
    assert not (out / "broken").exists()

    shutil.rmtree(out / "berta")
    shutil.copy(small_study / "sagittal.nii.gz", studies / "broken")
    before = (out / "anna" / "findings.json").stat().st_mtime_ns
    second = orthodiffusion(*arguments)
    assert "2 analysed, 1 done before, 0 failed" in second.stdout
    assert (out / "anna" / "findings.json").stat().st_mtime_ns == before
    assert [row["status"] for row in rows_of(out / "results.csv").values()] == ["done"] * 3


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


def test_the_benchmark_names_every_stage(orthodiffusion, small_bundle, small_study, tmp_path):
    done = orthodiffusion(
        "benchmark", small_study, "--bundle", small_bundle, "--side", "right",
        "--repeat", "1", "--no-original", "--long-run", "11", "--json", tmp_path / "numbers.json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    numbers = json.loads((tmp_path / "numbers.json").read_text())
    for stage in ("import", "load", "read", "preprocess", "encoder_sagittal", "fusion", "draw", "write", "total"):
        assert numbers["cold"][stage] > 0
    assert numbers["warm"]["analysis"] <= numbers["warm"]["total"] < numbers["cold"]["total"]
    assert 50 < numbers["peak_memory_mb"] < 4000
    assert "bare networks" in done.stdout
    assert numbers["long_run"]["count"] == 11 and numbers["long_run"]["growth_mb"] >= 0
    assert "memory over 11 analyses of varied size" in done.stdout
