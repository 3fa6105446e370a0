"""Commands that are killed without a word (kill -9): no results that are not complete, and the next run goes on."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from OrthoDiffusionLib.findings import Analysis

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL; it runs on Linux and macOS"),
]

STUDIES = ("anna", "berta", "clara")


def started(*arguments, environment) -> subprocess.Popen:
    command = [sys.executable, "-m", "OrthoDiffusionLib", *map(str, arguments)]
    return subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def kill(process: subprocess.Popen) -> None:
    process.kill()
    process.communicate()


def complete(folder: Path) -> bool:
    """Whether a results folder of that name can be read; a folder that is there must be complete."""
    if not folder.exists():
        return False
    assert Analysis.load(folder).findings is not None
    return True


@pytest.mark.parametrize("moment", ["before the first is done", "after the first", "after the second"])
def test_a_killed_batch_has_complete_results_alone_and_goes_on_where_it_stopped(
    moment, orthodiffusion, small_bundle, small_study, tmp_path, quiet_environment
):
    studies, out = tmp_path / "studies", tmp_path / "out"
    for name in STUDIES:
        shutil.copytree(small_study, studies / name)
    arguments = ("batch", studies, "--out", out, "--bundle", small_bundle, "--side", "right")
    wanted = {"before the first is done": 0, "after the first": 1, "after the second": 2}[moment]
    process = started(*arguments, environment=quiet_environment)
    end = time.monotonic() + 300
    while process.poll() is None and (
        not any(out.glob(".*.unfinished")) or sum((out / name).exists() for name in STUDIES) < wanted
    ):
        assert time.monotonic() < end
        time.sleep(0.001)
    kill(process)
    done = {name for name in STUDIES if complete(out / name)}
    assert len(done) >= wanted
    times = {name: (out / name / "findings.json").stat().st_mtime_ns for name in done}

    again = orthodiffusion(*arguments)
    assert again.returncode == 0, again.stderr
    assert f"{len(STUDIES) - len(done)} analysed, {len(done)} done before, 0 failed" in again.stdout
    assert all(complete(out / name) for name in STUDIES)
    assert times == {name: (out / name / "findings.json").stat().st_mtime_ns for name in done}
    with (out / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["study"]: row["status"] for row in csv.DictReader(file)} == dict.fromkeys(STUDIES, "done")


@pytest.mark.parametrize("stage", ["segment", "write"])
def test_a_killed_worker_leaves_no_half_results_and_the_next_one_writes_them_to_the_same_place(
    stage, small_bundle, small_study, tmp_path, quiet_environment
):
    out = tmp_path / "results"
    request = {
        "type": "analyze",
        "id": "1",
        "inputs": {"files": [str(small_study)], "side": "right"},
        "bundle": str(small_bundle),
        "out": str(out),
        "options": {"device": "cpu", "overwrite": True},
    }

    def heard(until: str) -> list[str]:
        """Ask a new worker, listen until it says that stage or answers, and kill it."""
        process = started("worker", environment=quiet_environment)
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        said = []
        for line in process.stdout:
            message = json.loads(line)
            said.append(message.get("stage") or message["type"])
            if said[-1] in (until, "result", "error"):
                break
        kill(process)
        return said

    assert heard(stage)[-1] == stage
    assert stage == "write" or not out.exists()
    complete(out)
    assert heard("result")[-1] == "result"
    assert complete(out)
