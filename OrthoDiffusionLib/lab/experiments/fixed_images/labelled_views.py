"""Views of the studies that an arm may learn from: each one whole, the same image in every epoch, and augmented."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.encoders.view_encoder import EMPTY
from OrthoDiffusionLib.lab.experiments.common.evaluation_studies import EvaluationView, read_evaluation_study
from OrthoDiffusionLib.lab.experiments.fixed_images.augmentation import Augmentation
from OrthoDiffusionLib.volumes import Geometry, Plane

Size = tuple[int, int, int]

VALIDATION_SHARE = 0.2
"""Of the labelled studies; they choose when to stop, and are never learned from."""

# Streams of chance, so that order, augmentation and the choice of labelled studies share none.
_ORDER, _AUGMENTATION, _CHOICE = 7, 2, 5


@dataclass(frozen=True)
class LabelledStudies:
    """The studies whose labels an arm may see.

    Attributes:
        training: files that it learns from.
        validation: files that choose when to stop.
    """

    training: tuple[Path, ...]
    validation: tuple[Path, ...]

    @property
    def count(self) -> int:
        """All that have labels."""
        return len(self.training) + len(self.validation)

    def without(self, paths: Sequence[Path]) -> tuple[Path, ...]:
        """Those of an archive's studies whose labels it may not see."""
        known = {*self.training, *self.validation}
        return tuple(path for path in paths if path not in known)


def labelled_studies(paths: Sequence[Path], share: float, seed: int) -> LabelledStudies:
    """Those of an archive's studies that have labels: a share of them, others with every seed; a fifth validates.

    Args:
        paths: of the studies, in a fixed order; two or more.
        share: above 0, 1 for all; at least two studies are chosen.
    """
    count = min(len(paths), max(2, round(share * len(paths))))
    drawn = [int(n) for n in np.random.default_rng([seed, _CHOICE]).permutation(len(paths))[:count]]
    back = max(1, round(VALIDATION_SHARE * count))
    validation, training = sorted(drawn[:back]), sorted(drawn[back:])
    return LabelledStudies(tuple(paths[n] for n in training), tuple(paths[n] for n in validation))


def whole_view(view: EvaluationView, size: Size) -> EvaluationView:
    """A view at a fixed size about its middle, where technicians put the joint, with air where it is smaller.

    Args:
        size: (S, H, W), so large that the whole joint is inside: in a part that leaves a lesion out, what the study
            has would be said of an image that does not show it.
    """
    shape = view.image.shape
    start = [max(0, (have - want) // 2) for have, want in zip(shape, size, strict=True)]
    kept = [min(have, want) for have, want in zip(shape, size, strict=True)]
    begin = [(want - have) // 2 for have, want in zip(kept, size, strict=True)]
    source = tuple(slice(a, a + n) for a, n in zip(start, kept, strict=True))
    target = tuple(slice(a, a + n) for a, n in zip(begin, kept, strict=True))
    image, labels = np.full(size, EMPTY, np.float32), np.zeros(size, np.uint8)
    image[target], labels[target] = view.image[source], view.labels[source]
    affine = view.geometry.affine.copy()
    affine[:3, 3] = view.geometry.to_ras(np.array([[a - b for a, b in zip(start, begin, strict=True)]], float))[0]
    return EvaluationView(image, labels, Geometry(size, affine), view.findings)


def fixed_view(path: Path, plane: Plane, size: Size) -> EvaluationView:
    """The view of one study at the fixed size, as every epoch sees it before augmentation."""
    return whole_view(read_evaluation_study(path)[plane], size)


class LabelledViews:
    """Sample k is a function of seed, studies and k alone. Views stay in memory: 2 MB each.

    Args:
        paths: of the studies, one or more.
        plane: which view.
        size: (S, H, W) voxels.
        seed: of order and augmentation.
    """

    def __init__(self, paths: Sequence[Path], plane: Plane, size: Size, *, seed: int) -> None:
        self.paths, self.seed = tuple(paths), seed
        self._augmented = Augmentation()
        self._view = cache(lambda index: fixed_view(self.paths[index], plane, size))

    def study_of(self, step: int) -> Path:
        """Which study a step shows: all of them in a shuffled order, then again in another."""
        return self.paths[self._index(step)]

    def __getitem__(self, step: int) -> EvaluationView:
        view = self._view(self._index(step))
        # MONAI's transforms want one number
        seed = int(np.random.SeedSequence([self.seed, _AUGMENTATION, step]).generate_state(1)[0])
        image, labels = self._augmented(view.image, view.labels, seed=seed)
        return EvaluationView(image, labels, view.geometry, view.findings)

    def stream(self, start: int, stop: int) -> Iterator[EvaluationView]:
        """Samples `start` to `stop - 1`, made here and now: side by side with other cells every core is busy."""
        return (self[step] for step in range(start, stop))

    def _index(self, step: int) -> int:
        epoch, place = divmod(step, len(self.paths))
        return int(np.random.default_rng([self.seed, _ORDER, epoch]).permutation(len(self.paths))[place])
