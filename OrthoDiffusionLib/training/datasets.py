"""Datasets: sample k of a training is a function of seed and k alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from OrthoDiffusionLib.phantom.shards import ShardReader
from OrthoDiffusionLib.training.crops import StudyCrop, crop_study, crop_view
from OrthoDiffusionLib.training.recipe import Recipe
from OrthoDiffusionLib.volumes import Plane


class _Draws(Dataset):
    """Walks the studies in a shuffled order, several draws from each before the next."""

    def __init__(self, folder: Path, recipe: Recipe) -> None:
        self.reader = ShardReader(folder)
        self.recipe = recipe
        self._loaded: tuple[int, object] | None = None

    def __len__(self) -> int:
        return 2**31 - 1

    def read(self, index: int):
        """What a draw needs of one study."""
        return self.reader[index]

    def study_of(self, draw: int):
        """What serves one draw; kept while the next draws want the same."""
        count = len(self.reader)
        turn = draw // self.recipe.data.draws_per_study
        epoch, place = divmod(turn, count)
        index = int(np.random.default_rng([self.recipe.seed, 7, epoch]).permutation(count)[place])
        if self._loaded is None or self._loaded[0] != index:
            self._loaded = (index, self.read(index))
        return self._loaded[1]


class PlaneViews(_Draws):
    """Unlabelled crops of one plane, (batch, 1, S, H, W), for pretraining."""

    def __init__(self, folder: Path, recipe: Recipe, plane: Plane) -> None:
        super().__init__(folder, recipe)
        self.plane = plane

    def read(self, index: int):
        """One view: a third of the work of reading the study."""
        return self.reader.view(index, self.plane)

    def __getitem__(self, step: int) -> torch.Tensor:
        batch = []
        for element in range(self.recipe.pretrain.batch):
            draw = step * self.recipe.pretrain.batch + element
            rng = np.random.default_rng([self.recipe.seed, 1, draw])
            focus = np.array([0.0, 0.0, 4.0]) + rng.normal(0, [18.0, 18.0, 30.0])
            batch.append(crop_view(self.study_of(draw), focus, self.recipe.data, rng).image)
        return torch.from_numpy(np.stack(batch)[:, None])


class LabelledCrops(_Draws):
    """Study crops with truth, for fine-tuning."""

    def __getitem__(self, step: int) -> StudyCrop:
        rng = np.random.default_rng([self.recipe.seed, 2, step])
        shown = 3 - int(rng.choice(3, p=self.recipe.finetune.view_subsets))
        kept = set(rng.permutation(len(Plane))[:shown])
        planes = tuple(plane for number, plane in enumerate(Plane) if number in kept)
        return crop_study(self.study_of(step), planes, self.recipe.data, self.recipe.fine_spacing_mm, rng)


def stream(dataset: Dataset, start: int, stop: int) -> Iterator:
    """Samples `start` to `stop` - 1, made ahead in one other process."""
    loader = DataLoader(
        dataset,
        batch_size=None,
        sampler=range(start, stop),
        num_workers=1,
        prefetch_factor=4,
        worker_init_fn=_give_way,
    )
    return iter(loader)


def _give_way(worker: int) -> None:
    # The network's threads wait for each other; a loader that takes a core from one of them stops them all.
    if hasattr(os, "nice"):
        os.nice(5)
