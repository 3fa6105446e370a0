"""How high the patella stands: Insall-Salvati and Caton-Deschamps."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.measurements.limb_frame import limb_frame
from OrthoDiffusionLib.measurements.measuring import BORDER_MM, Measuring, NotMeasurable
from OrthoDiffusionLib.measurements.method import Parts, PointMethod
from OrthoDiffusionLib.measurements.patella import articular_edges, poles, row_ends
from OrthoDiffusionLib.measurements.sections import section
from OrthoDiffusionLib.measurements.tendon_insertion import tendon_insertion
from OrthoDiffusionLib.measurements.vectors import Points, between, length, ratio
from OrthoDiffusionLib.messages import Message

_CORNER_MM = (-25.0, 12.0)
_FRONT_AND_UP = np.array([1.0, 1.0]) / np.sqrt(2.0)


def find_insall_salvati(measuring: Measuring, parts: Parts) -> dict[str, np.ndarray]:
    """Both poles of the patella and the insertion of its tendon."""
    bones = parts["upper"], parts["lower"]
    limb = measuring.once(limb_frame, *bones)
    upper, lower = measuring.once(poles, *bones, parts["cap"])
    insertion = measuring.once(tendon_insertion, *bones, parts["tendon"])
    places = {"upper_pole": upper, "lower_pole": lower, "tendon_insertion": insertion.upper_end}
    return {role: limb.frame.to_points(place) for role, place in places.items()}


def insall_salvati(points: Points) -> float:
    """Tendon by patella."""
    tendon = length(between(points, "lower_pole", "tendon_insertion"))
    return ratio(tendon, length(between(points, "upper_pole", "lower_pole")))


def find_caton_deschamps(measuring: Measuring, parts: Parts) -> dict[str, np.ndarray]:
    """Both ends of the articular surface and the corner of the tibia in the same sagittal slab."""
    bones = parts["upper"], parts["lower"]
    limb = measuring.once(limb_frame, *bones)
    upper, lower = measuring.once(articular_edges, *bones, parts["cap"], parts["cap_cartilage"])
    corner = _corner(measuring, *bones, at_mm=float(lower[0]))
    places = {"upper_articular_edge": upper, "lower_articular_edge": lower, "anterior_tibial_corner": corner}
    return {role: limb.frame.to_points(place) for role, place in places.items()}


def caton_deschamps(points: Points) -> float:
    """Distance to the tibia by length of the surface."""
    distance = length(between(points, "lower_articular_edge", "anterior_tibial_corner"))
    return ratio(distance, length(between(points, "upper_articular_edge", "lower_articular_edge")))


def _corner(measuring: Measuring, upper: str, lower: str, *, at_mm: float) -> np.ndarray:
    """(3,) the place of the lower bone that lies farthest to the front and upwards, in the frame."""
    limb = measuring.once(limb_frame, upper, lower)
    cut = section(
        measuring, lower, limb.frame, across=0, at_mm=at_mm, half_mm=4.0, first_mm=(0.0, 85.0), second_mm=_CORNER_MM
    )
    ends = row_ends(cut)
    if len(ends) == 0:
        raise NotMeasurable(Message("not_measured", "cut_off", {"structure": measuring.title(lower)}))
    reach = ends @ _FRONT_AND_UP
    corner = np.array([at_mm, *ends[reach >= reach.max() - 0.7].mean(axis=0)])
    measuring.need_seen(lower, limb.frame.to_points(corner + np.array([0.0, BORDER_MM, 0.0])))
    return corner


INSALL_SALVATI = PointMethod(find_insall_salvati, insall_salvati)
CATON_DESCHAMPS = PointMethod(find_caton_deschamps, caton_deschamps)
