"""TT-TG: from the groove of the trochlea to the tendon's insertion, along the posterior condylar line."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.measurements.measuring import Measuring, NotMeasurable
from OrthoDiffusionLib.measurements.method import Parts, PointMethod
from OrthoDiffusionLib.measurements.posterior_line import condyle_points, to_lateral
from OrthoDiffusionLib.measurements.tendon_insertion import tendon_insertion
from OrthoDiffusionLib.measurements.trochlea import HEIGHT_MM, LEAST_DEPTH_MM, SHALLOW_MM, trochlea
from OrthoDiffusionLib.measurements.vectors import Points, between
from OrthoDiffusionLib.messages import NOTHING, Message


def find(measuring: Measuring, parts: Parts) -> dict[str, np.ndarray]:
    """The condyles in the slice of the groove, its floor, and the insertion in its own slice.

    Raises:
        NotMeasurable: as its parts do, and where the groove is so flat that it has no floor.
    """
    bones = parts["upper"], parts["lower"]
    groove = measuring.once(trochlea, *bones)
    if groove.hollow_mm < LEAST_DEPTH_MM:
        raise NotMeasurable(Message("not_measured", "flat_groove", {"depth_mm": groove.hollow_mm}))
    insertion = measuring.once(tendon_insertion, *bones, parts["tendon"])
    return {
        **condyle_points(groove.limb, HEIGHT_MM),
        "groove_floor": groove.point(groove.floor),
        "tendon_insertion": groove.point(insertion.middle),
    }


def value(points: Points) -> float:
    """mm, positive where the tendon inserts lateral of the groove."""
    return float(between(points, "groove_floor", "tendon_insertion") @ to_lateral(points))


def caution(measuring: Measuring, parts: Parts) -> Message:
    """That a shallow groove's floor is less sure."""
    depth_mm = measuring.once(trochlea, parts["upper"], parts["lower"]).hollow_mm
    return Message("shallow_groove", values={"depth_mm": depth_mm}) if depth_mm < SHALLOW_MM else NOTHING


TT_TG = PointMethod(find, value, caution)
