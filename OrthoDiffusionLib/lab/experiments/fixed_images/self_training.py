"""Self-training: a trained network outlines the archive's studies without labels, and learns on from that and from
the labelled ones, on images that are changed each time (as in noisy student, Xie et al. 2020, arXiv 1911.04252).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import torch

from OrthoDiffusionLib.lab.experiments.common.evaluation_studies import EvaluationView
from OrthoDiffusionLib.lab.experiments.fixed_images.label_network import LabelNetwork
from OrthoDiffusionLib.lab.experiments.fixed_images.labelled_views import LabelledViews, Size, fixed_view
from OrthoDiffusionLib.lab.training.engine.losses import IGNORED
from OrthoDiffusionLib.volumes import Plane

SURE = 0.8
"""Probability of the likeliest structure from which on a voxel teaches; the others teach nothing."""


class TaughtViews(LabelledViews):
    """Views of studies without labels, outlined by a network where it is sure; what they have is not known.

    Args:
        teacher: keeps its weights.
    """

    def __init__(self, paths: Sequence[Path], plane: Plane, size: Size, *, seed: int, teacher: LabelNetwork) -> None:
        super().__init__(paths, plane, size, seed=seed)
        self._view = cache(lambda index: taught_view(fixed_view(self.paths[index], plane, size), teacher))


class MixedViews:
    """Labelled views and taught ones in turn; sample k is a function of both and k alone."""

    def __init__(self, labelled: LabelledViews, taught: TaughtViews) -> None:
        self._kinds = (labelled, taught)

    def __getitem__(self, step: int) -> EvaluationView:
        return self._kinds[step % 2][step // 2]

    def stream(self, start: int, stop: int) -> Iterator[EvaluationView]:
        """Samples `start` to `stop - 1`."""
        return (self[step] for step in range(start, stop))


@torch.inference_mode()
def taught_view(view: EvaluationView, teacher: LabelNetwork) -> EvaluationView:
    """A view with a network's outlines in place of its own; `IGNORED` where it is not sure, and no findings."""
    teacher.eval()
    outlines = teacher.answers(view, 1, (0, 0), None).outlines
    if outlines is None:
        raise ValueError("the teacher must outline")
    chance, labels = outlines.float().softmax(dim=0).max(dim=0)
    labels = torch.where(chance >= SURE, labels, IGNORED).to(torch.uint8)
    return EvaluationView(view.image, labels.numpy(), view.geometry, np.zeros(0, bool))
