"""Two joints in series of their own: which lie to the patient's right and which to the left.

Where both knees are imaged one after the other and neither tags nor words name a side, the places still tell them
apart: RAS x grows to the patient's right. Two joints in one image are the matter of `two_joints`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.volumes.plane import plane_of
from OrthoDiffusionLib.volumes.selection.stated_side import stated_side
from OrthoDiffusionLib.volumes.volume import Volume

NEAREST_MIDDLES_MM = 62.0
"""The middles of two knees are farther apart than this, also where a small child's knees touch (ours, assumed)."""

WIDEST_OF_ONE_MM = 220.0
"""A wider image may show both joints, so it says nothing of where they lie (ours)."""


def sides_by_place(volumes: Sequence[Volume]) -> dict[int, Side]:
    """The side of each volume that lies on one of two places, as joints of one person do.

    Args:
        volumes: images of one exam, no localizers among them.

    Returns:
        `id` of a volume → side. Empty unless the volumes of one frame of reference lie on just two places along the
        right-left axis, far enough apart, with series of the same plane on both, and no tag or word contradicts it:
        planes of one joint whose positions are lost also lie apart, but each of them once. A wide image is on a side
        if all of it is.
    """
    frames = {volume.origin.frame_of_reference for volume in volumes}
    narrow = [volume for volume in volumes if np.ptp(reach(volume)) <= WIDEST_OF_ONE_MM]
    if len(frames) != 1 or len(narrow) < 2:
        return {}
    places = _places(narrow)
    if len(places) != 2:
        return {}
    left, right = sorted(places, key=_middle)
    planes_of_both = {plane_of(v.geometry) for v in left} & {plane_of(v.geometry) for v in right}
    if not planes_of_both or _middle(right) - _middle(left) < NEAREST_MIDDLES_MM:
        return {}
    found = {id(v): side for side, place in ((Side.LEFT, left), (Side.RIGHT, right)) for v in place}
    between = (_middle(left) + _middle(right)) / 2.0
    for volume in volumes:  # square slices that are turned in their plane reach far, as a shoulder's axial ones
        low, high = reach(volume)
        if id(volume) not in found and (low > between or high < between):
            found[id(volume)] = Side.RIGHT if low > between else Side.LEFT
    return {} if any(stated_side(v) not in (None, found.get(id(v))) for v in volumes if id(v) in found) else found


def _places(volumes: Sequence[Volume]) -> list[list[Volume]]:
    """Volumes that lie together: the middle of one is within the reach of another, directly or through others."""
    places: list[list[Volume]] = []
    for volume in volumes:
        near = [place for place in places if any(_together(volume, other) for other in place)]
        places = [place for place in places if place not in near]
        places.append([volume, *(other for place in near for other in place)])
    return places


def _together(one: Volume, other: Volume) -> bool:
    return any(low <= middle <= high for (low, high), middle in ((reach(one), _x(other)), (reach(other), _x(one))))


def reach(volume: Volume) -> tuple[float, float]:
    """Where a volume begins and ends along RAS x, mm."""
    x = volume.geometry.corners_ras[:, 0]
    return float(x.min()), float(x.max())


def _x(volume: Volume) -> float:
    return float(volume.geometry.centre_ras[0])


def _middle(place: Sequence[Volume]) -> float:
    return float(np.mean([_x(volume) for volume in place]))
