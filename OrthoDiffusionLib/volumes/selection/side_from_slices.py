"""The side of a joint with oblique planes, where nothing names it: from its place, and from how its slices lie.

The sides of a shoulder must be known before planes are chosen. Two things tell them apart without a look at tissue: a
shoulder lies far to one side of the scanner's middle, and its sagittal and coronal slices are turned one way in a right
and the other way in a left one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from OrthoDiffusionLib.anatomy import Joint, Side
from OrthoDiffusionLib.volumes.plane import slice_axis
from OrthoDiffusionLib.volumes.selection.plane_choice import is_localizer, named_plane
from OrthoDiffusionLib.volumes.selection.two_places import WIDEST_OF_ONE_MM, reach
from OrthoDiffusionLib.volumes.volume import Volume

OFF_THE_MIDDLE_MM = 10.0
"""An image that ends farther than this from the scanner's middle lies on one side of it. A file whose position was lost
begins or ends in its middle, so that nothing is made of it (ours)."""

LEAST_DIFFERENCE_DEGREES = 20.0
"""A stack that fits one side less than this better than the other is not turned enough to tell them apart (ours)."""

NEAREST_DEGREES = 35.0
"""A stack that is farther than this from the plane that its words name says nothing (ours)."""


def side_from_slices(volumes: Sequence[Volume], joint: Joint) -> Side | None:
    """The side that place and direction of the slices show; None where they show none, or not the same one.

    Args:
        volumes: of one joint whose planes are oblique to the body; localizers are not looked at.
        joint: with `is_oblique`.
    """
    looked_at = [volume for volume in volumes if not is_localizer(volume)]
    if not all(volume.is_oriented for volume in looked_at):
        return None
    sides = {_side_of_place(volume) for volume in looked_at}
    sides |= {_side_of_direction(volume, joint) for volume in looked_at}
    sides.discard(None)
    return sides.pop() if len(sides) == 1 else None


def _side_of_place(volume: Volume) -> Side | None:
    """By where the image lies; RAS x grows to the patient's right."""
    low, high = reach(volume)
    if high - low > WIDEST_OF_ONE_MM:
        return None
    if low >= OFF_THE_MIDDLE_MM:
        return Side.RIGHT
    return Side.LEFT if high <= -OFF_THE_MIDDLE_MM else None


def _side_of_direction(volume: Volume, joint: Joint) -> Side | None:
    """By which side's plane its slices lie nearer to, of the one plane that its words name."""
    plane = named_plane(volume)
    if plane is None:
        return None
    across = volume.geometry.directions[:, slice_axis(volume.geometry)]
    apart = {side: _degrees(across, joint.axes_of(side)[plane.normal_axis]) for side in Side}
    nearest = min(Side, key=lambda side: apart[side])
    clear = apart[nearest.opposite] - apart[nearest] >= LEAST_DIFFERENCE_DEGREES
    return nearest if clear and apart[nearest] <= NEAREST_DEGREES else None


def _degrees(one: np.ndarray, other: Sequence[float]) -> float:
    """Angle between two lines, 0 to 90; (3,) unit vectors."""
    return float(np.degrees(np.arccos(min(1.0, abs(float(one @ np.asarray(other)))))))
