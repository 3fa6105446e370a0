"""Slicer is killed with signal 9 while somebody draws: nothing older than the interval is lost, again and again."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import nibabel
import numpy as np
import pytest

from OrthoDiffusionLib.annotation.case import Case
from OrthoDiffusionLib.annotation.case_folder import CaseFolder
from OrthoDiffusionLib.annotation.layers_file import read_layers
from OrthoDiffusionLib.annotation.worklist import Worklist
from OrthoDiffusionLib.annotation.worklist_file import read_worklist, write_worklist

HERE = Path(__file__).parent
SECONDS = 5
LOADED = 3.0  # what a computer that is busy with other tests may add to the time of writing
SHAPE = (96, 96, 40)


@pytest.fixture
def folder(tmp_path):
    """A worklist of one case that begins with an empty label map, but for one row."""
    voxels = (np.arange(np.prod(SHAPE)) % 700).astype(np.int16).reshape(SHAPE)
    labels = np.zeros(SHAPE, np.uint8)
    labels[:, 0, 0] = 1
    (tmp_path / "knee").mkdir()
    for name, array in (("sag.nii.gz", voxels), ("sag_seg.nii.gz", labels)):
        nibabel.save(nibabel.Nifti1Image(array, np.diag([1.0, 1.0, 3.0, 1.0])), tmp_path / "knee" / name)
    write_worklist(
        Worklist([Case("knee", ("knee/sag.nii.gz",), label_map="knee/sag_seg.nii.gz")]), tmp_path / "worklist.json"
    )
    return tmp_path


def strokes_on_disk(folder):
    state = CaseFolder(folder, "knee").latest("Ann")
    if state is None:
        return 1
    layers = read_layers(state.segmentation)
    return int(layers.mask(layers.segment("femur")).all(axis=0).sum())


def sit_and_be_killed(folder, after):
    """Draw for so many seconds, then signal 9; returns how it was opened and (stroke, time) of all that was drawn."""
    process = subprocess.Popen(
        [sys.executable, str(HERE / "sitting_to_kill.py"), str(folder), str(SECONDS)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, "PYTHONPATH": str(HERE.parent.parent)},
    )  # fmt: skip
    opened = process.stdout.readline()
    assert opened.startswith("opened"), "the sitting did not begin"
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    drawn = [line.split() for line in process.stdout.read().splitlines() if len(line.split()) == 2]
    process.wait(20)
    process.stdout.close()
    return opened, [(int(stroke), float(when)) for stroke, when in drawn], time.time()


@pytest.mark.long
def test_nothing_older_than_the_interval_is_lost_when_slicer_is_killed(folder):
    moments = random.Random(7)
    for number in range(2):
        before = strokes_on_disk(folder)
        opened, drawn, killed = sit_and_be_killed(folder, moments.uniform(4.0, 9.0))
        if number:
            assert "saved by itself" in opened
            assert drawn[0][0] == before + 1, "what was saved is what is opened, no stroke more or less"
        time.sleep(1.0)  # a save that had reached the other process is carried out
        kept = strokes_on_disk(folder)
        old = [stroke for stroke, when in drawn if when < killed - SECONDS - LOADED]
        assert kept >= max(old, default=before), f"{kept} strokes are kept of {drawn[-1][0]}"
        assert kept <= drawn[-1][0]
        assert read_worklist(folder / "worklist.json").case("knee") is not None
    assert kept > 1, "something was saved at all"
    left = [path.name for path in (folder / "cases").rglob("*.partial.*")]
    assert len(left) <= 2, "at most one unfinished file of each time that it was killed"
