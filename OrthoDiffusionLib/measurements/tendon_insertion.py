"""Where the tendon of the cap ends on the lower bone."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.measurements.limb_frame import limb_frame
from OrthoDiffusionLib.measurements.measuring import BORDER_MM, Measuring, NotMeasurable

_END_MM = 4.0
_SPECK = 0.5
_FARTHEST_MM = 8.0


def tendon_insertion(measuring: Measuring, upper: str, lower: str, tendon: str) -> np.ndarray:
    """(3,) the middle of the last 4 mm of the tendon, in the limb's frame.

    Raises:
        NotMeasurable: if the tendon was not found, is cut off, or does not reach the bone.
    """
    limb = measuring.once(limb_frame, upper, lower)
    measuring.need(tendon)
    places = limb.frame.to_frame(measuring.voxels(tendon))
    low = np.percentile(places[:, 2], _SPECK)
    end = places[places[:, 2] <= low + _END_MM].mean(axis=0)
    measuring.need_seen(tendon, limb.frame.to_points(end - [0.0, 0.0, _END_MM / 2 + BORDER_MM]))
    behind = end - np.outer(np.arange(0.0, _FARTHEST_MM + 0.5), [0.0, 1.0, 0.0])
    if not measuring.inside(lower, limb.frame.to_points(behind)).any():
        raise NotMeasurable("not_attached", structure=measuring.title(tendon), bone=measuring.title(lower))
    return end
