"""Slope of a tibial plateau against the axis of the tibial shaft."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.measurements.limb_frame import LimbFrame, limb_frame
from OrthoDiffusionLib.measurements.measuring import BORDER_MM, Measuring, NotMeasurable
from OrthoDiffusionLib.measurements.method import Parts, PointMethod
from OrthoDiffusionLib.measurements.sections import section
from OrthoDiffusionLib.measurements.vectors import Points, between, unit
from OrthoDiffusionLib.messages import Message

UPPER_SHAFT_MM, LOWER_SHAFT_MM, LEAST_SHAFT_MM = 40.0, 65.0, 55.0
"""Below the lower end of the femur: where the shaft's centres are taken, and what must be imaged of it."""

_SLAB_MM = 3.0
_HALF_PLATE_MM = 4.0


def find(measuring: Measuring, parts: Parts) -> dict[str, np.ndarray]:
    """The shaft's axis and the line that fits the bone under the plate in its middle sagittal slab.

    Raises:
        NotMeasurable: if bone or plate was not found or the shaft seen is short.
    """
    limb = measuring.once(limb_frame, parts["upper"], parts["lower"])
    upper, lower = measuring.once(_shaft, parts["upper"], parts["lower"])
    front, back = _plateau(measuring, limb, parts["lower"], parts["plate"])
    places = {
        "upper_tibial_shaft": upper,
        "lower_tibial_shaft": lower,
        "anterior_plateau": front,
        "posterior_plateau": back,
    }
    return {role: limb.frame.to_points(place) for role, place in places.items()}


def value(points: Points) -> float:
    """Degrees, positive where the plateau falls backwards."""
    axis = unit(between(points, "lower_tibial_shaft", "upper_tibial_shaft"))
    forwards = unit(between(points, "posterior_plateau", "anterior_plateau"))
    return float(np.degrees(np.arcsin(np.clip(forwards @ axis, -1.0, 1.0))))


def _shaft(measuring: Measuring, upper: str, lower: str) -> tuple[np.ndarray, np.ndarray]:
    """(3,) twice: centres of the shaft's cross-sections, in the frame."""
    limb = measuring.once(limb_frame, upper, lower)
    if limb.lower_seen_mm < LEAST_SHAFT_MM:
        raise NotMeasurable(
            Message(
                "not_measured",
                "short_shaft",
                {"structure": measuring.title(lower), "seen_mm": limb.lower_seen_mm, "needed_mm": LEAST_SHAFT_MM},
            )
        )
    places = limb.frame.to_frame(measuring.voxels(lower, every=2))
    found = []
    for depth in (UPPER_SHAFT_MM, min(LOWER_SHAFT_MM, limb.lower_seen_mm - 2 * _SLAB_MM)):
        level = places[np.abs(places[:, 2] + depth) <= _SLAB_MM]
        if len(level) == 0:
            raise NotMeasurable(Message("not_measured", "cut_off", {"structure": measuring.title(lower)}))
        centre = level.mean(axis=0)
        low, high = level.min(axis=0) - BORDER_MM, level.max(axis=0) + BORDER_MM
        round_it = [(x, y, centre[2]) for x, y in ((low[0], centre[1]), (high[0], centre[1]), (centre[0], low[1]))]
        round_it.append((centre[0], high[1], centre[2]))
        measuring.need_seen(lower, limb.frame.to_points(np.array(round_it)))
        found.append(centre)
    return found[0], found[1]


def _plateau(measuring: Measuring, limb: LimbFrame, bone: str, plate: str) -> tuple[np.ndarray, np.ndarray]:
    """(3,) twice: front and rear end of the line that fits the top of the bone under a plate, in the frame."""
    measuring.need_whole(plate)
    places = limb.frame.to_frame(measuring.voxels(plate))
    middle = float(np.median(places[:, 0]))
    near = places[np.abs(places[:, 0] - middle) <= _HALF_PLATE_MM]
    back, front = np.percentile(near[:, 1], [4, 96])
    low, high = np.percentile(near[:, 2], [1, 99]) + np.array([-12.0, 6.0])
    cut = section(
        measuring, bone, limb.frame, across=0, at_mm=middle, half_mm=_HALF_PLATE_MM, first_mm=(back, front),
        second_mm=(low, high),
    )  # fmt: skip
    mask = cut.mask
    top = np.where(mask.any(axis=1), cut.second[mask.shape[1] - 1 - mask[:, ::-1].argmax(axis=1)], np.nan)
    known = np.isfinite(top)
    if known.sum() < 20:
        raise NotMeasurable(Message("not_measured", "unclear", {"structure": measuring.title(bone)}))
    slope, height = np.polyfit(cut.first[known], top[known], 1)
    return np.array([middle, front, height + slope * front]), np.array([middle, back, height + slope * back])


TIBIAL_SLOPE = PointMethod(find, value)
