"""Where the tendon of the cap meets the lower bone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.measurements.levels import by_level, percentiles
from OrthoDiffusionLib.measurements.limb_frame import LimbFrame, limb_frame
from OrthoDiffusionLib.measurements.measuring import BORDER_MM, Measuring, NotMeasurable
from OrthoDiffusionLib.messages import Message

GAP_MM = 1.5
"""The tendon lies on the bone where less than this is between them."""

INSERTION_MM = 10.0
"""How much of the way down from there is the insertion that sideways distances are taken from."""

_LEVEL_MM = 1.0
_BELOW_LEVELS = 5
_MIDDLE_MM = 4.0
_SIDES = (3.0, 97.0)


@dataclass(frozen=True, eq=False)
class TendonInsertion:
    """Places in the limb's frame.

    Attributes:
        upper_end: (3,) on the back of the tendon, where it first lies on the bone.
        middle: (3,) of the tendon over the 10 mm below, halfway between its two sides.
    """

    upper_end: np.ndarray
    middle: np.ndarray


def tendon_insertion(measuring: Measuring, upper: str, lower: str, tendon: str) -> TendonInsertion:
    """Follow the tendon down to the bone.

    How far down an outline goes on over the bone differs between readers; where tendon and bone meet does not.

    Raises:
        NotMeasurable: if the tendon was not found, or does not reach the bone, or not within the field of view.
    """
    limb = measuring.once(limb_frame, upper, lower)
    measuring.need(tendon)
    places = limb.frame.to_frame(measuring.voxels(tendon))
    level = np.floor(places[:, 2] / _LEVEL_MM).astype(int)
    highest = int(level.max())
    backs = np.full((highest - int(level.min()) + 1, 3), np.nan)  # from above
    for one, here in by_level(level, places):
        if len(here) < 5:
            continue
        x = sum(percentiles(here[:, 0], *_SIDES)) / 2
        near = here[np.abs(here[:, 0] - x) <= _MIDDLE_MM]
        if len(near):
            back = percentiles(near[:, 1], 5)[0] - measuring.spacing_mm / 2
            backs[highest - one] = x, back, (one + 0.5) * _LEVEL_MM
    touches = _touches(measuring, limb, lower, backs)
    first = _first_to_stay(touches)
    if first is None:
        end = limb.frame.to_points(backs[np.flatnonzero(np.isfinite(backs[:, 0]))[-1]])
        measuring.need_seen(tendon, end - [0.0, 0.0, BORDER_MM])
        values = {"structure": measuring.title(tendon), "bone": measuring.title(lower)}
        raise NotMeasurable(Message("not_measured", "not_attached", values))
    upper_end = backs[first]
    insertion = places[(places[:, 2] <= upper_end[2]) & (places[:, 2] >= upper_end[2] - INSERTION_MM)]
    middle = insertion.mean(axis=0)
    middle[0] = np.percentile(insertion[:, 0], _SIDES).mean()  # bone may take more of one side
    measuring.need_seen(tendon, limb.frame.to_points(middle - np.array([0.0, 0.0, BORDER_MM])))
    return TendonInsertion(upper_end, middle)


def _first_to_stay(touches: np.ndarray) -> int | None:
    """The first place that touches and after which nearly all do; None if there is none."""
    for n in map(int, np.flatnonzero(touches)):
        below = touches[n : n + _BELOW_LEVELS]
        if below.sum() >= min(_BELOW_LEVELS - 1, len(below)):
            return n
    return None


def _touches(measuring: Measuring, limb: LimbFrame, bone: str, backs: np.ndarray) -> np.ndarray:
    """(N,) bool, whether bone lies close behind each place of the tendon's back; nan does not."""
    known = np.isfinite(backs[:, 0])
    behind = backs[known][:, None, None] - np.stack(
        np.broadcast_arrays(
            np.array([-2.0, 0.0, 2.0])[:, None], np.arange(0.0, GAP_MM + 0.1, 0.5), np.zeros((3, 1))
        ),
        axis=-1,
    )  # fmt: skip
    found = np.zeros(len(backs), dtype=bool)
    found[known] = measuring.inside(bone, limb.frame.to_points(behind)).any(axis=2).sum(axis=1) >= 2
    return found
