"""Tilt of the patella against the posterior condylar line."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.measurements.limb_frame import limb_frame
from OrthoDiffusionLib.measurements.measuring import Measuring
from OrthoDiffusionLib.measurements.method import Parts, PointMethod
from OrthoDiffusionLib.measurements.patella import side_edges
from OrthoDiffusionLib.measurements.posterior_line import angle_to_line, condyle_points
from OrthoDiffusionLib.measurements.vectors import Points


def find(measuring: Measuring, parts: Parts) -> dict[str, np.ndarray]:
    """The patella's two edges, with the posterior condylar line in their slice."""
    bones = parts["upper"], parts["lower"]
    limb = measuring.once(limb_frame, *bones)
    medial, lateral = measuring.once(side_edges, *bones, parts["cap"])
    return {
        **condyle_points(limb, float(medial[2])),
        "medial_patellar_edge": limb.frame.to_points(medial),
        "lateral_patellar_edge": limb.frame.to_points(lateral),
    }


def value(points: Points) -> float:
    """Degrees, positive where the lateral edge is tilted backwards."""
    return -angle_to_line(points, "medial_patellar_edge", "lateral_patellar_edge")


PATELLAR_TILT = PointMethod(find, value)
