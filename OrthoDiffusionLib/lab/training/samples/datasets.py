"""Datasets: sample k of a training is a function of seed and k alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
from torch.utils.data import DataLoader, Dataset

from OrthoDiffusionLib.lab.phantom.datasets.shards import ShardReader, StreamedStudies, focus_of_shards, joint_of_shards
from OrthoDiffusionLib.lab.phantom.engine.view_parts import SampledStudy
from OrthoDiffusionLib.lab.training.engine.engine import Sample
from OrthoDiffusionLib.lab.training.engine.recipe import Recipe
from OrthoDiffusionLib.lab.training.samples.crops import CropAim, StudyCrop, crop_study
from OrthoDiffusionLib.volumes import Plane


class _Studies(Protocol):
    """Training studies by index."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> SampledStudy: ...


class _Draws(Dataset[Sample]):
    """Walks the studies in a shuffled order, several draws from each before the next."""

    def __init__(self, reader: _Studies, recipe: Recipe) -> None:
        self.reader = reader
        self.recipe = recipe
        self._loaded: tuple[int, object] | None = None

    def __len__(self) -> int:
        return 2**31 - 1

    def read(self, index: int):
        """What a draw needs of one study."""
        return self.reader[index]

    def index_of(self, draw: int) -> int:
        """Which study serves one draw: all of them in a shuffled order, then again in another."""
        count = len(self.reader)
        turn = draw // self.recipe.data.draws_per_study
        epoch, place = divmod(turn, count)
        return int(np.random.default_rng([self.recipe.seed, 7, epoch]).permutation(count)[place])

    def study_of(self, draw: int):
        """What serves one draw; kept while the next draws want the same."""
        index = self.index_of(draw)
        if self._loaded is None or self._loaded[0] != index:
            self._loaded = (index, self.read(index))
        return self._loaded[1]


class LabelledCrops(_Draws[StudyCrop]):
    """Study crops with truth, for fine-tuning."""

    def __init__(self, folder: Path, recipe: Recipe, *, reader: _Studies | None = None) -> None:
        super().__init__(ShardReader(folder) if reader is None else reader, recipe)
        fine_labels = [part.label for part in joint_of_shards(folder).structures if not part.is_bone]
        self.aim = CropAim(focus_of_shards(folder), fine_labels)

    def __getitem__(self, draw: int) -> StudyCrop:
        """The crop of a draw; a step of the training averages `accumulate` of them."""
        rng, step = np.random.default_rng([self.recipe.seed, 2, draw]), draw // self.recipe.finetune.accumulate
        shown = 3 - int(rng.choice(3, p=self.recipe.finetune.view_subsets))
        kept = set(rng.permutation(len(Plane))[:shown])
        planes = tuple(plane for number, plane in enumerate(Plane) if number in kept)
        detail = self.recipe.has_detail and step >= self.recipe.finetune.steps_alone
        study = self.study_of(draw)
        return crop_study(study, planes, self.recipe, rng, aim=self.aim, detail=detail)


class StreamedCrops(LabelledCrops):
    """The same from studies that are made while the training runs.

    A draw takes one of the last `streamed_window` studies; the window moves on by a study every `streamed_draws`
    draws, so that processes that make crops ahead rarely wait for the same new study.
    """

    def __init__(self, studies: StreamedStudies, recipe: Recipe) -> None:
        super().__init__(studies.folder, recipe, reader=studies)

    def index_of(self, draw: int) -> int:
        data = self.recipe.data
        newest = draw // data.streamed_draws
        back = np.random.default_rng([self.recipe.seed, 11, draw]).integers(min(data.streamed_window, newest + 1))
        return (newest - int(back)) % len(self.reader)


def stream(dataset: Dataset[Sample], start: int, stop: int, *, step: int = 1, workers: int = 1) -> Iterator[Sample]:
    """Samples `start`, `start + step`, ... below `stop`, in that order, made ahead in other processes."""
    loader = DataLoader(
        dataset,
        batch_size=None,
        sampler=range(start, stop, step),
        num_workers=workers,
        prefetch_factor=4,
        worker_init_fn=_give_way,
    )
    return iter(loader)


def _give_way(worker: int) -> None:
    # The network's threads wait for each other; a loader that takes a core from one of them stops them all.
    if hasattr(os, "nice"):
        os.nice(5)
