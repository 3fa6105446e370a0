"""Views without labels, cut for pretraining: of phantom shards, or of an archive's prepared views.

Both kinds give the same: sample k, and a few fixed crops to measure with. A part of the patients is held back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from OrthoDiffusionLib.encoders.view_encoder import EMPTY
from OrthoDiffusionLib.lab.phantom.datasets.shards import ShardReader, focus_of_shards
from OrthoDiffusionLib.lab.training.engine.recipe import Recipe
from OrthoDiffusionLib.lab.training.pretraining.archive import bucket_of, held_back
from OrthoDiffusionLib.lab.training.pretraining.view_cache import ViewCache
from OrthoDiffusionLib.lab.training.samples.crops import at_encoder_pixels, crop_view
from OrthoDiffusionLib.volumes import Plane

HELD_BACK_PERCENT = 5

_SEED = re.compile(r"\d+")

# Streams of chance, so that training and measuring never share one.
_ORDER, _TRAINING, _MEASURING = 7, 1, 9

LEAST_SPREAD = 0.15
"""A crop of a smaller standard deviation shows next to nothing but air; normalised tissue has about 0.5."""
_TRIES = 4


class UnlabelledViews(Dataset):
    """(batch, 1, S, H, W) crops of one plane; sample k is a function of the recipe's seed and k alone.

    Args:
        recipe: batch, crop and seed.
        buckets: of each view's patient, 0 to 99.
        percent: share of the patients that is held back.

    Attributes:
        training, validation: which views are which; without a second patient nothing is held back.
    """

    def __init__(self, recipe: Recipe, buckets: Sequence[int], percent: int = HELD_BACK_PERCENT) -> None:
        back = held_back(buckets, percent)
        self.recipe = recipe
        self.training = [index for index, bucket in enumerate(buckets) if bucket not in back]
        self.validation = [index for index, bucket in enumerate(buckets) if bucket in back]
        self._loaded: tuple[int, object] | None = None

    def __len__(self) -> int:
        return 2**31 - 1

    def __getitem__(self, number: int) -> Tensor:
        batch = self.recipe.pretrain.batch
        draws = range(number * batch, (number + 1) * batch)
        return _stacked([self._crop(self._view_of(draw), self._chance(_TRAINING, draw)) for draw in draws])

    def fixed_crops(self, part: str, count: int) -> Tensor | None:
        """(count, 1, S, H, W) crops to measure with, the same in every run; None if the part is empty.

        Args:
            part: "training" or "validation".
        """
        indices = {"training": self.training, "validation": self.validation}[part]
        if not indices:
            return None
        chosen = self._chance(_MEASURING, 0).permutation(len(indices))
        return _stacked(
            [
                self._crop(self.read(indices[chosen[n % len(indices)]]), self._chance(_MEASURING, n + 1))
                for n in range(count)
            ]
        )

    def read(self, index: int):
        """What crops of one view are cut from."""
        raise NotImplementedError

    def _crop(self, view, rng: np.random.Generator) -> np.ndarray:
        raise NotImplementedError

    def _chance(self, stream: int, number: int) -> np.random.Generator:
        return np.random.default_rng([self.recipe.seed, stream, number])

    def _view_of(self, draw: int):
        """The views in a shuffled order, several draws from each before the next."""
        epoch, place = divmod(draw // self.recipe.data.draws_per_study, len(self.training))
        index = self.training[int(self._chance(_ORDER, epoch).permutation(len(self.training))[place])]
        if self._loaded is None or self._loaded[0] != index:
            self._loaded = (index, self.read(index))
        return self._loaded[1]


class PlaneViews(UnlabelledViews):
    """Crops of phantom shards, each with a contrast of its own.

    Args:
        folder: where `orthodiffusion phantom --for-training` wrote.
    """

    def __init__(self, folder: Path, recipe: Recipe, plane: Plane, percent: int = HELD_BACK_PERCENT) -> None:
        self.reader = ShardReader(folder)
        self.focus = focus_of_shards(folder)
        self.plane = plane
        super().__init__(recipe, [bucket_of(_SEED.findall(path.stem)[-1]) for path in self.reader.paths], percent)

    def read(self, index: int):
        """One view: a third of the work of reading the study."""
        return at_encoder_pixels(self.reader.view(index, self.plane), self.recipe)

    def _crop(self, view, rng: np.random.Generator) -> np.ndarray:
        focus = np.array(self.focus.middle_ras) + rng.normal(0, self.focus.unlabelled_mm)
        return crop_view(view, focus, self.recipe.data, rng).image


class ArchiveViews(UnlabelledViews):
    """Crops of an archive's prepared views.

    Args:
        cache: what `prepare_archive` made.
    """

    def __init__(self, cache: ViewCache, recipe: Recipe, plane: Plane, percent: int = HELD_BACK_PERCENT) -> None:
        self.cache = cache
        self.views = cache.of_plane(plane)
        super().__init__(recipe, [view.bucket for view in self.views], percent)

    def read(self, index: int) -> np.ndarray:
        """(S, H, W) float16, mapped from the disk."""
        return self.cache.array(self.views[index])

    def _crop(self, view: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return archive_crop(view, self.recipe.data.crop, rng)


def archive_crop(view: np.ndarray, size: tuple[int, int, int], rng: np.random.Generator) -> np.ndarray:
    """Cut a window anywhere in a view, rather where there is tissue than where there is air.

    Where the joint lies is not known, so that every place is as likely as any other. The scale is jittered as the
    phantom's is.

    Args:
        view: (S, H, W) normalised.
        size: of the window; where the view is smaller, the rest is empty.

    Returns:
        (S, H, W) float32.
    """
    for _ in range(_TRIES):
        start = [int(rng.integers(max(0, length - n) + 1)) for n, length in zip(size, view.shape, strict=True)]
        window = view[tuple(slice(a, a + n) for a, n in zip(start, size, strict=True))].astype(np.float32)
        if window.std() >= LEAST_SPREAD:
            break
    crop = np.full(size, EMPTY, np.float32)
    lost = [n - length for n, length in zip(size, window.shape, strict=True)]
    begin = [gap // 2 for gap in lost]
    scaled = window * rng.uniform(0.9, 1.1) + rng.normal(0.0, 0.05)
    crop[tuple(slice(a, a + n) for a, n in zip(begin, window.shape, strict=True))] = scaled
    return crop


def is_phantom_folder(folder: Path) -> bool:
    """Whether a folder holds phantom shards and no clinic's studies."""
    return next(folder.glob("study_*.npz"), None) is not None


def _stacked(crops: list[np.ndarray]) -> Tensor:
    return torch.from_numpy(np.stack(crops)[:, None])
