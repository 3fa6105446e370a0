"""Crops of the studies whose labels an arm may see: the same ones for every arm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.lab.phantom.datasets.shards import focus_of_shards, read_study
from OrthoDiffusionLib.lab.phantom.engine.view_parts import ViewParts
from OrthoDiffusionLib.lab.training.engine.recipe import Recipe
from OrthoDiffusionLib.lab.training.samples.crops import ViewCrop, at_encoder_pixels, crop_view, draw_focus
from OrthoDiffusionLib.volumes import Plane

Crop = dict[Plane, ViewCrop]

# Streams of chance, so that order, crops and the choice of labelled studies share none.
_ORDER, _CROPS, _CHOICE = 7, 2, 5


def labelled_studies(paths: Sequence[Path], share: float, seed: int) -> list[Path]:
    """Those of an archive's studies that have labels: a share of them, others with every seed.

    Args:
        paths: of the studies, in a fixed order.
        share: above 0, 1 for all; at least one study is chosen.
    """
    count = max(1, round(share * len(paths)))
    chosen = np.random.default_rng([seed, _CHOICE]).permutation(len(paths))[:count]
    return [paths[index] for index in sorted(chosen)]


class LabelCrops:
    """Crops with truth of some planes; crop k depends on the recipe's seed, the studies and k alone.

    The appearance is drawn anew with every crop, for every arm alike. Views stay in memory once they are read:
    about 2.5 MB each.

    Args:
        paths: of the labelled studies.
        planes: of each crop.
        recipe: crop size, pixel, seed.
    """

    def __init__(self, paths: Sequence[Path], planes: Sequence[Plane], recipe: Recipe) -> None:
        self.paths, self.planes, self.recipe = tuple(paths), tuple(planes), recipe
        self._focus = focus_of_shards(self.paths[0].parent)
        self._views: dict[int, dict[Plane, ViewParts]] = {}

    def __getitem__(self, step: int) -> Crop:
        rng = np.random.default_rng([self.recipe.seed, _CROPS, step])
        views = self._study(step)
        shown = next((view for view in views.values() if view.lesions.any()), next(iter(views.values())))
        focus = draw_focus(shown.lesions, shown.geometry, self._focus, rng)
        return {plane: crop_view(view, focus, self.recipe.data, rng) for plane, view in views.items()}

    def stream(self, start: int, stop: int) -> Iterator[Crop]:
        """Crops `start` to `stop - 1`, made here and now: side by side with other cells every core is busy."""
        return (self[step] for step in range(start, stop))

    def _study(self, step: int) -> dict[Plane, ViewParts]:
        epoch, place = divmod(step // self.recipe.data.draws_per_study, len(self.paths))
        order = np.random.default_rng([self.recipe.seed, _ORDER, epoch]).permutation(len(self.paths))
        index = int(order[place])
        if index not in self._views:
            views = read_study(self.paths[index], self.planes).views
            self._views[index] = {plane: at_encoder_pixels(views[plane], self.recipe) for plane in self.planes}
        return self._views[index]
