"""Damaged and hostile files: each is read as a valid volume or refused with a reason, whatever was done to it."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from library.volumes.files import mutants

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on memory; it runs on Linux and macOS"),
]

HERE = Path(__file__).parent
ROOT = HERE.parents[3]
SECONDS_EACH = 60  # far above what the slowest takes: a file that hangs takes for ever
LIMIT_MB = 1500
COUNTS = {".nii": 2000, ".nii.gz": 1500, ".nrrd": 1500, ".mha": 2000, ".dcm": 600}
"""How many of each kind of file; of `.dcm`, whole series."""


@pytest.fixture(scope="module")
def samples(tmp_path_factory) -> list[Path]:
    return mutants.samples(tmp_path_factory.mktemp("samples"))


def read_all(sample: Path, count: int, folder: Path) -> tuple[Counter, list[str], float]:
    """What came of the mutants of a file: how often what, the faults, and the largest memory in MB."""
    tally, faults, peak, first = Counter(), [], 0.0, 0
    while first < count and len(faults) < 20:
        arguments = [str(folder), str(sample), str(first), str(count), str(LIMIT_MB)]
        path = os.pathsep.join([str(ROOT), str(ROOT / "Testing")])
        process = subprocess.Popen(
            [sys.executable, str(HERE / "read_mutants.py"), *arguments],
            env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        lines: queue.Queue[str] = queue.Queue()
        listeners = [threading.Thread(target=_listen, args=(process.stdout, lines))]
        said: list[str] = []
        listeners.append(threading.Thread(target=lambda stream=process.stderr, said=said: said.append(stream.read())))
        for listener in listeners:
            listener.start()
        at = first
        try:
            while line := lines.get(timeout=SECONDS_EACH):
                told = json.loads(line)
                at = told["number"]
                if "came" in told:
                    tally[told["came"].partition(":")[0]] += 1
                    peak = max(peak, told["peak_mb"])
                    if told["came"] not in ("read", "refused"):
                        faults.append(f"{sample.name} {at}: {told['came']}")
                    at += 1
        except queue.Empty:
            process.kill()
            faults.append(f"{sample.name} {at}: hangs")
            at += 1
        else:
            if process.wait() != 0:
                faults.append(f"{sample.name} {at}: the process ended with {process.returncode}")
                at += 1
        for listener in listeners:
            listener.join()
        process.wait()
        process.stdout.close()
        process.stderr.close()
        if faults and said[0].strip():
            faults[-1] += "\n" + said[0][-1500:]
        first = max(at, first + 1)
    return tally, faults, peak


def _listen(stream, lines: queue.Queue) -> None:
    for line in stream:
        lines.put(line)
    lines.put("")


@pytest.mark.parametrize("ending", COUNTS)
def test_a_changed_file_is_a_valid_volume_or_a_refusal_and_costs_no_more_memory(ending, samples, tmp_path):
    (sample,) = (path for path in samples if path.name == f"piece{ending}")
    tally, faults, peak = read_all(sample, COUNTS[ending], tmp_path)
    assert not faults, "\n".join(faults)
    assert tally["read"] + tally["refused"] == COUNTS[ending]
    # Neither everything is refused nor everything let through: the mutants are worth reading.
    assert min(tally["refused"], tally["read"]) > 0.02 * COUNTS[ending], tally
    assert peak < 1000, f"{peak:.0f} MB at the peak"


def test_the_unchanged_files_are_read(samples):
    from OrthoDiffusionLib.volumes import read_inputs

    for sample in samples:
        volumes, _ = read_inputs([sample])
        assert len(volumes) == 1, sample.name
