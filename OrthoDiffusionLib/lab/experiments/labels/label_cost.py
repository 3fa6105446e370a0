"""How long the experiment on labels will take, said before it begins."""

from __future__ import annotations

import math
from collections.abc import Sequence

from OrthoDiffusionLib.lab.experiments.common.experiment import Cell
from OrthoDiffusionLib.lab.experiments.labels.label_efficiency import LabelsWork
from OrthoDiffusionLib.lab.training.pretraining.pretrain import pretrained_file

# Seconds of one core (Xeon of 2023 with bfloat16 units; elsewhere longer), measured.
_STEP = {"ours": 2.15, "frozen": 0.9, "dynunet": 2.8, "densenet": 0.6, "published": 3.0}  # a million voxels
_PRETRAINING_STEP = 11.8  # of the original's small network, a million voxels
_CROP = 0.08
_READ_VIEW = 0.4
_STUDY, _EVALUATION_STUDY = 4.0, 8.0


def cell_seconds(work: LabelsWork, cell: Cell) -> float:
    """Seconds of one core that a cell takes."""
    settings = cell.arm.settings
    kind = "frozen" if settings.get("frozen") else str(settings["network"])
    voxels = math.prod(work.recipe.data.crop) / 1e6
    step = len(work.planes) * (_CROP + _STEP[kind] * voxels)
    return work.steps_of(cell) * step + work.evaluated * len(work.planes) * _READ_VIEW


def expected_minutes(work: LabelsWork, cells: Sequence[Cell], jobs: int) -> str:
    """What is ahead, in words.

    Args:
        cells: that are not done.
        jobs: cells side by side, each with a core.
    """
    shared = 0.0
    if work.archive is None:
        made = len(list(work.archive_folder.glob("study_*.npz")))
        shared += _STUDY * max(0, work.studies - made) / jobs
    shared += _EVALUATION_STUDY * sum(not work.evaluation_file(n).exists() for n in range(work.evaluated)) / jobs
    if any(cell.arm.settings["network"] == "published" for cell in cells):
        open_planes = sum(not pretrained_file(work.published, plane).exists() for plane in work.planes)
        crop = math.prod(work.recipe.data.crop) / 1e6
        shared += open_planes * work.pretraining.crops * (_CROP + _PRETRAINING_STEP * crop) / jobs
    each = [cell_seconds(work, cell) for cell in cells]
    minutes = (shared + max(max(each), sum(each) / jobs)) / 60
    return (
        f"{len(cells)} cells to do, {jobs} side by side: about {minutes:.0f} minutes where each has a core of its own"
        f" ({shared / 60:.0f} of them for what the cells share, {sum(each) / len(each) / 60:.1f} for a cell)"
    )
