"""`orthodiffusion batch` with real worker processes: shared memory, sudden deaths, a second batch, a cluster."""

from __future__ import annotations

import csv
import filecmp
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from OrthoDiffusionLib.batch.processes_below import children_of, proportional_mb
from OrthoDiffusionLib.resources import resource_path

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        sys.platform != "linux", reason="Windows and macOS have no /proc to look into; it runs on Linux"
    ),
]

COUNT = 6


@pytest.fixture
def studies(small_study, tmp_path) -> Path:
    for number in range(COUNT):
        shutil.copytree(small_study, tmp_path / "studies" / f"study {number}")
    return tmp_path / "studies"


@pytest.fixture
def batch(studies, small_bundle, quiet_environment, tmp_path):
    """Starts a batch of those studies, and ends it with the test."""
    started = []

    def start(*options, out="out", **more):
        command = [sys.executable, "-m", "OrthoDiffusionLib", "batch", studies, "--out", tmp_path / out, "--bundle",
                   small_bundle, "--side", "right", "--threads", 1, *options]  # fmt: skip
        process = subprocess.Popen(
            list(map(str, command)),
            env=quiet_environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **more,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def rows(out: Path) -> dict[str, dict[str, str]]:
    with (out / "results.csv").open(encoding="utf-8", newline="") as file:
        return {row["study"]: row for row in csv.DictReader(file)}


def workers_of(process) -> list[int]:
    """The workers of a batch: forks of its template."""
    return [pid for child in children_of(process.pid) for pid in children_of(child)]


def below(process) -> list[int]:
    return [*children_of(process.pid), *workers_of(process)]


def wait_until(condition, process, seconds=240.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.005)


def under_way(out: Path) -> bool:
    return any(out.glob("..*.unfinished"))


def test_a_killed_worker_costs_no_study(batch, tmp_path):
    process = batch("--workers", 2)
    wait_until(lambda: under_way(tmp_path / "out") and len(workers_of(process)) == 2, process)
    os.kill(workers_of(process)[0], signal.SIGKILL)
    told, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    assert f"{COUNT} analysed, 0 done before, 0 failed" in told
    assert {row["status"] for row in rows(tmp_path / "out").values()} == {"done"}
    assert not [path for path in (tmp_path / "out").iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_worker_that_is_refused_memory_costs_no_study(batch, tmp_path, workers):
    """As `ulimit -v` does it: whatever asks for more than the worker has now gets none, torch, numpy and C++ alike."""
    process = batch("--workers", workers)
    wait_until(lambda: under_way(tmp_path / "out") and len(workers_of(process)) == workers, process)
    refused = workers_of(process)[0]
    size = int(re.search(r"VmSize:\s+(\d+) kB", Path(f"/proc/{refused}/status").read_text()).group(1)) * 1024
    resource.prlimit(refused, resource.RLIMIT_AS, (size, size))
    told, said = process.communicate(timeout=300)
    assert process.returncode == 0, (told, said)
    assert f"{COUNT} analysed, 0 done before, 0 failed" in told
    assert {row["status"] for row in rows(tmp_path / "out").values()} == {"done"}
    assert not [path for path in (tmp_path / "out").iterdir() if path.name.startswith(".")]


def test_where_no_worker_finds_memory_each_study_says_so_and_the_batch_ends(batch, tmp_path):
    """The limit is that of the process that makes the workers, so that each has it from the start."""
    process = batch("--workers", 2)
    wait_until(lambda: under_way(tmp_path / "out") and len(workers_of(process)) == 2, process)
    for pid in below(process):
        size = int(re.search(r"VmSize:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text()).group(1)) * 1024
        resource.prlimit(pid, resource.RLIMIT_AS, (size, size))
    told, said = process.communicate(timeout=300)
    assert process.returncode in (3, 4), (told, said)
    after = rows(tmp_path / "out")
    failed = [row for row in after.values() if row["status"] == "failed"]
    assert len(after) == COUNT and {row["error_code"] for row in failed} <= {"out_of_memory", "worker_died"}, failed
    again = batch("--workers", 1)
    told, said = again.communicate(timeout=300)
    assert again.returncode == 0 and "0 failed" in told, said


def test_with_its_parent_killed_every_worker_ends_and_the_next_batch_goes_on(batch, tmp_path):
    process = batch("--workers", 2)
    wait_until(lambda: under_way(tmp_path / "out") and len(workers_of(process)) == 2, process)
    others = below(process)
    process.kill()
    process.communicate()
    end = time.monotonic() + 20
    while any(Path(f"/proc/{pid}/mem").exists() and is_running(pid) for pid in others):
        assert time.monotonic() < end, "a worker outlives its batch"
        time.sleep(0.05)
    again = batch("--workers", 2)
    told, said = again.communicate(timeout=300)
    assert again.returncode == 0, said
    analysed, before = map(int, re.search(r"(\d+) analysed, (\d+) done before, 0 failed", told).groups())
    assert analysed + before == COUNT
    assert len(rows(tmp_path / "out")) == COUNT


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_one_worker_and_two_write_the_same_bytes(batch, tmp_path):
    for workers, out in ((1, "one"), (2, "two")):
        process = batch("--workers", workers, out=out)
        assert process.wait(300) == 0, process.communicate()
    same = filecmp.dircmp(tmp_path / "one", tmp_path / "two")
    assert same.left_only == same.right_only == []
    files = [path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file()]
    differing = [
        str(name) for name in files if not filecmp.cmp(tmp_path / "one" / name, tmp_path / "two" / name, False)
    ]
    assert differing == ["journal.jsonl"]  # which has the times


def test_dicom_objects_of_a_batch_are_the_same_bytes_in_every_run(small_bundle, quiet_environment, tmp_path):
    pytest.importorskip("highdicom")
    for out in ("one", "two"):
        command = [sys.executable, "-m", "OrthoDiffusionLib", "batch", resource_path("SampleData"), "--out",
                   tmp_path / out, "--bundle", small_bundle, "--threads", 1, "--dicom"]  # fmt: skip
        subprocess.run(list(map(str, command)), env=quiet_environment, capture_output=True, timeout=300)
    written = {path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file()}
    assert {path.name for path in written} >= {"report.dcm", "overview.dcm", "seg_sagittal.dcm"}
    assert written == {path.relative_to(tmp_path / "two") for path in (tmp_path / "two").rglob("*") if path.is_file()}
    same = [filecmp.cmp(tmp_path / "one" / name, tmp_path / "two" / name, False) for name in sorted(written)]
    assert [str(name) for name, equal in zip(sorted(written), same, strict=True) if not equal] == ["journal.jsonl"]


def test_a_second_batch_is_refused_while_the_first_goes_on(batch, tmp_path):
    first = batch("--workers", 1)
    wait_until(lambda: under_way(tmp_path / "out"), first)
    second = batch("--workers", 1)
    _, said = second.communicate(timeout=120)
    assert second.returncode == 2 and f"process {first.pid} on" in said
    told, _ = first.communicate(timeout=300)
    assert f"{COUNT} analysed" in told


def test_ctrl_c_leaves_no_process_and_no_half_results(batch, tmp_path):
    process = batch("--workers", 2)
    wait_until(lambda: under_way(tmp_path / "out"), process)
    others = below(process)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert not any(is_running(pid) for pid in others)
    assert not [path for path in (tmp_path / "out").iterdir() if path.name.startswith(".")]


@pytest.fixture
def full_disk(tmp_path):
    """A folder that has no room, and what makes room: a small disk in memory, else a limit on the size of files."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        yield disk, {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))}, lambda: None
        return
    try:
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(24_000_000))
        yield disk, {}, ballast.unlink
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_stops_the_batch_with_a_word_and_the_next_one_goes_on(batch, full_disk):
    disk, limits, make_room = full_disk
    process = batch("--workers", 1, out=disk / "out", **limits)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 2 and ("disk is full" in said or "No space left" in said), said
    make_room()
    again = batch("--workers", 1, out=disk / "out")
    told, said = again.communicate(timeout=300)
    assert again.returncode == 0, (told, said)
    assert len(rows(disk / "out")) == COUNT


def test_workers_share_the_library_and_the_weights(batch, tmp_path):
    """Measured at work, on the small network: less than half of what a process of its own holds (about 400 MB)."""
    process = batch("--workers", 2)
    wait_until(lambda: under_way(tmp_path / "out") and len(workers_of(process)) == 2, process)
    held = [proportional_mb(pid) for pid in workers_of(process)]
    process.communicate(timeout=300)
    assert held and max(held) < 400.0


def test_a_cluster_of_two_workers_does_the_same_with_one_killed_in_mid_run(batch, tmp_path, quiet_environment):
    scheduler = tmp_path / "scheduler.json"
    quiet = {"env": quiet_environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    dask = [sys.executable, "-m"]
    named = ["--scheduler-file", str(scheduler), "--no-dashboard"]
    here = [*dask, "distributed.cli.dask_scheduler", *named, "--host", "127.0.0.1", "--port", "0"]
    worker = [*dask, "distributed.cli.dask_worker", *named, "--nthreads", "1", "--no-nanny", "--local-directory"]
    processes = [subprocess.Popen(here, **quiet)]
    try:
        end = time.monotonic() + 60
        while not scheduler.exists():
            assert time.monotonic() < end
            time.sleep(0.05)
        processes += [subprocess.Popen([*worker, str(tmp_path)], **quiet) for _ in range(2)]
        time.sleep(5)
        process = batch("--cluster", scheduler)
        wait_until(lambda: under_way(tmp_path / "out"), process)
        processes[1].kill()
        told, said = process.communicate(timeout=400)
        assert process.returncode == 0, said
        assert f"{COUNT} analysed, 0 done before, 0 failed" in told
        assert len(rows(tmp_path / "out")) == COUNT
    finally:
        for one in processes:
            one.kill()
            one.communicate()
