"""FeaturePyramid: what an encoder says about a view, level by level, each with its place in the world."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from torch import Tensor

from OrthoDiffusionLib.volumes import Geometry


@dataclass(frozen=True)
class FeatureLevel:
    """Features of one level of one view.

    Attributes:
        features: (C, S, H, W).
        affine: 4 x 4, from the level's own index (s, h, w) to RAS millimetres.
    """

    features: Tensor
    affine: np.ndarray


@dataclass(frozen=True)
class DetailWindow(FeatureLevel):
    """A part of the finest level once more, at twice its resolution.

    Attributes:
        start: (slice, row, column) of its first voxel in the view's own pixels, which are this window's.
    """

    start: tuple[int, int, int]


@dataclass(frozen=True)
class FeaturePyramid:
    """The levels of one view, finest first, and a still finer window if one was looked at."""

    levels: tuple[FeatureLevel, ...]
    detail: DetailWindow | None = None

    @property
    def window(self) -> DetailWindow:
        """The finer window.

        Raises:
            ValueError: if none was looked at.
        """
        if self.detail is None:
            raise ValueError("the view was not looked at in detail; the pyramid has no finer window")
        return self.detail

    def widened(self) -> FeaturePyramid:
        """With float32 features in the finest level and the finer window; the other levels stay as they are."""
        finest, *others = self.levels
        detail = self.detail and replace(self.detail, features=self.detail.features.float())
        return FeaturePyramid((replace(finest, features=finest.features.float()), *others), detail)


def level_affine(view: Geometry, stride: tuple[int, int, int]) -> np.ndarray:
    """Affine of a level whose voxels each cover `stride` voxels of the view.

    The centre of the level's voxel 0 is the centre of the view's first `stride` voxels, not its voxel 0:
    forgetting this moves a coarse level by millimetres.
    """
    scale = np.diag([*map(float, stride), 1.0])
    scale[:3, 3] = (np.asarray(stride, dtype=float) - 1) / 2
    return view.affine @ scale
