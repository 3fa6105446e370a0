"""Method: how one kind of measurement is found in a segmentation, and worked out from its points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.measurements.measuring import Measuring
from OrthoDiffusionLib.measurements.vectors import Points
from OrthoDiffusionLib.messages import NOTHING, Message

Parts = Mapping[str, str]
"""What the method calls a part -> name of the structure."""

FindPoints = Callable[[Measuring, Parts], dict[str, np.ndarray]]
"""Role of each point -> (3,) RAS mm of the right joint. Raises NotMeasurable."""

ValueOf = Callable[[Points], float]
"""Raises ValueError where points coincide."""


@dataclass(frozen=True)
class PointMethod:
    """A measurement that is drawn from points.

    Attributes:
        find: where they are in a segmentation.
        value: the number that they give; the same after one was moved by hand.
        caution: why the points are less sure than usual; `NOTHING` where they are not.
    """

    find: FindPoints
    value: ValueOf
    caution: Callable[[Measuring, Parts], Message] = lambda measuring, parts: NOTHING


@dataclass(frozen=True)
class VoxelMethod:
    """A measurement of all voxels of a structure.

    Attributes:
        measure: the number. Raises NotMeasurable.
    """

    measure: Callable[[Measuring, Parts], float]


Method = PointMethod | VoxelMethod
