"""Distances and angles against the posterior condylar line, in the axial slice of the points."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.measurements.limb_frame import LimbFrame
from OrthoDiffusionLib.measurements.vectors import Points, between, square_to, unit

MEDIAL, LATERAL = "posterior_medial_condyle", "posterior_lateral_condyle"


def condyle_points(limb: LimbFrame, height_mm: float) -> dict[str, np.ndarray]:
    """The line's two ends, projected into an axial slice."""
    medial, lateral = limb.condyles_at(height_mm)
    return {MEDIAL: medial, LATERAL: lateral}


def to_lateral(points: Points) -> np.ndarray:
    """(3,) unit vector along the line."""
    return unit(between(points, MEDIAL, LATERAL))


def to_front(points: Points, *others: str) -> np.ndarray:
    """(3,) unit vector square to the line, towards the middle of other points; all lie in one axial slice."""
    middle = np.mean([between(points, MEDIAL, other) for other in others], axis=0)
    return unit(square_to(to_lateral(points), middle))


def angle_to_line(points: Points, start: str, end: str) -> float:
    """Degrees from the line to the way from one point to another; positive where that leads to the front."""
    way = between(points, start, end)
    return float(np.degrees(np.arctan2(way @ to_front(points, start, end), way @ to_lateral(points))))
