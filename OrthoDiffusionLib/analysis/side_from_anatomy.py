"""Whether a joint is a right or a left one: how much of its lateral structure does each way of looking find?

The networks know right joints alone, so a study is shown to them as it is and as its mirror image. They expect what
lies lateral, a knee's fibula, on one side: shown the wrong way, they find little of it there, or none. How sure they
are of their outlines says nothing: they are as sure of the mirror image.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.analysis.inference import CoarseStudy
from OrthoDiffusionLib.anatomy import Joint, Side, SideRule
from OrthoDiffusionLib.views import View
from OrthoDiffusionLib.volumes import Geometry, Plane

SURE_LATERAL_ML = 4.0  # ours: of a fibula in the images more is found lateral, if the side is correct
LEAST_LATERAL_ML = 0.3  # ours: less is a few stray voxels, which say nothing about the side
SURE_RATIO = 4.0  # ours: one plane decides alone if it shows so many times as much one way as the other
LEAST_RATIO = 2.0  # ours: all planes together must show so many times as much, or the side is not known


@dataclass(frozen=True, eq=False)
class Look:
    """A study as it looks if it is taken for a joint of one side.

    Attributes:
        side: which.
        views: those that were looked at, in the world of a right joint.
        coarse: their outlines.
        lateral_ml: how much of the lateral structure lies lateral.
    """

    side: Side
    views: Mapping[Plane, View]
    coarse: CoarseStudy
    lateral_ml: float


def side_rule(joint: Joint) -> SideRule | None:
    """What tells right from left, if the joint's structures hold it."""
    rule, names = joint.side_rule, {structure.name for structure in joint.structures}
    return rule if rule is not None and {rule.lateral, rule.of} <= names else None


def lateral_ml(labels: np.ndarray, geometry: Geometry, joint: Joint) -> float:
    """Millilitres of the joint's lateral structure to the right of the middle of the bone that it lies lateral of.

    Args:
        labels: (I, J, K) uint8 in the world of a right joint, where lateral is to the right: +x in RAS.
        geometry: of `labels`, axis-aligned, RAS mm.
        joint: whose rule says which structures these are; 0 without a rule, or without the bone.
    """
    rule = side_rule(joint)
    if rule is None:
        return 0.0
    numbers = {structure.name: structure.label for structure in joint.structures}
    planes = labels.reshape(len(labels), -1)
    lateral, other = (np.count_nonzero(planes == numbers[name], axis=1) for name in (rule.lateral, rule.of))
    if not other.any():
        return 0.0
    place = np.arange(len(labels))
    middle = (other * place).sum() / other.sum()
    return float(lateral[place > middle].sum()) * geometry.voxel_volume_mm3 / 1000.0


def shows_the_side(looks: Sequence[Look]) -> bool:
    """Whether one plane, looked at both ways, tells the sides apart without the others."""
    more, less = sorted((look.lateral_ml for look in looks), reverse=True)
    return more >= SURE_LATERAL_ML and more >= SURE_RATIO * less


def better_of(looks: Sequence[Look]) -> tuple[Look, bool]:
    """The look that makes more sense, and whether it does so by enough to name the side."""
    best = max(looks, key=lambda look: (look.lateral_ml, look.coarse.confidence))
    others = [look.lateral_ml for look in looks if look is not best]
    return best, best.lateral_ml >= max(LEAST_LATERAL_ML, *(LEAST_RATIO * other for other in others))
