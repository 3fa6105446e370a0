"""Pretraining that is killed without a word, again and again, ends with the weights of one that ran through."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from files_below import files_below
from safetensors.torch import load_file

from OrthoDiffusionLib.volumes import Geometry, Volume, write_volume

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL; it runs on Linux and macOS"),
]

HERE = Path(__file__).parent
ROOT = HERE.parents[3]


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    """Four patients with one sagittal series each."""
    folder = tmp_path_factory.mktemp("archive")
    for number in range(4):
        rng = np.random.default_rng(number)
        coarse = rng.normal(size=(20, 12, 12)).cumsum(axis=1).cumsum(axis=2)
        array = np.kron(coarse, np.ones((1, 4, 4))) + rng.normal(0, 0.1, (20, 48, 48))
        (folder / f"patient{number}").mkdir()
        geometry = Geometry(array.shape, np.diag([4.0, 1.5, 1.5, 1.0]))
        write_volume(Volume(array.astype(np.float32), geometry), folder / f"patient{number}" / "sag.nii.gz")
    return folder


def start(archive: Path, out: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, str(HERE / "pretraining_to_kill.py"), str(archive), str(out)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def killed_when(process: subprocess.Popen, seen) -> None:
    """End a process at once when `seen()` is true, or let it end."""
    end = time.monotonic() + 300
    while process.poll() is None and not seen():
        assert time.monotonic() < end
        time.sleep(0.002)
    process.kill()
    process.communicate()


def test_however_often_it_is_killed_the_weights_are_the_same_and_nothing_half_written_counts(archive, tmp_path):
    through = start(archive, tmp_path / "whole")
    told, _ = through.communicate(timeout=300)
    assert through.returncode == 0, told

    out = tmp_path / "parts"
    checkpoint = out / "pretrain_sagittal" / "checkpoint.pt"
    # While the views are written, after the first checkpoint, and in the middle of later ones.
    killed_when(
        start(archive, out), lambda: any({".npy", ".npz", ".safetensors"} & {path.suffix} for path in files_below(out))
    )
    for _ in range(2):
        before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
        killed_when(
            start(archive, out), lambda before=before: checkpoint.exists() and checkpoint.stat().st_mtime_ns != before
        )
    last = start(archive, out)
    told, _ = last.communicate(timeout=300)
    assert last.returncode == 0, told
    assert "resuming at step" in told or "finished before" in told

    def weights(folder: Path) -> dict[str, torch.Tensor]:
        (path,) = folder.glob("*.safetensors")
        return load_file(path)

    whole, parts = weights(tmp_path / "whole"), weights(out)
    assert whole.keys() == parts.keys() and all(torch.equal(whole[name], parts[name]) for name in whole)
