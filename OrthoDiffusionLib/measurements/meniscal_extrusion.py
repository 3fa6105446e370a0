"""How far a meniscus reaches beyond the edge of the tibial plateau."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.measurements.limb_frame import LimbFrame, limb_frame
from OrthoDiffusionLib.measurements.measuring import BORDER_MM, Measuring, NotMeasurable
from OrthoDiffusionLib.measurements.method import Parts, PointMethod
from OrthoDiffusionLib.measurements.sections import STEP_MM, Section, middle_of_runs, section
from OrthoDiffusionLib.measurements.vectors import Points, between, unit
from OrthoDiffusionLib.messages import Message

_HALF_SLAB_MM = 3.0
_BELOW_MM, _ABOVE_MM = 14.0, 2.0
_AS_GOOD_MM = 0.3
_SPUR_MM = 2.5
"""What stands out of the edge over less than this height twice is a spur."""


def find(measuring: Measuring, parts: Parts) -> dict[str, np.ndarray]:
    """Both edges of the tibia and the outer edge of the meniscus in one coronal slab.

    Raises:
        NotMeasurable: if one of them was not found or not imaged.
    """
    limb = measuring.once(limb_frame, parts["upper"], parts["lower"])
    measuring.need_whole(parts["meniscus"])
    places = limb.frame.to_frame(measuring.voxels(parts["meniscus"]))
    middle = float(np.percentile(places[:, 1], [2, 98]).mean())
    outward = 1 if np.median(places[:, 0]) > 0 else -1
    height = float(np.median(places[:, 2]))
    edge, opposite = (
        _tibial_edge(measuring, limb, parts["lower"], middle, height, sign) for sign in (outward, -outward)
    )
    meniscus = _meniscal_edge(measuring, limb, parts["meniscus"], middle, height, outward)
    found = {"opposite_tibial_edge": opposite, "tibial_edge": edge, "meniscal_edge": meniscus}
    beyond = max(edge[0] * outward, meniscus[0] * outward) + BORDER_MM
    measuring.need_seen(parts["meniscus"], limb.frame.to_points([outward * beyond, middle, height]))
    return {role: limb.frame.to_points(place) for role, place in found.items()}


def value(points: Points) -> float:
    """mm, negative where the meniscus ends inside the edge."""
    outward = unit(between(points, "opposite_tibial_edge", "tibial_edge"))
    return float(between(points, "tibial_edge", "meniscal_edge") @ outward)


def _tibial_edge(
    measuring: Measuring, limb: LimbFrame, bone: str, at_mm: float, height_mm: float, outward: int
) -> np.ndarray:
    """(3,) the outermost place of the plateau on one side, in the frame."""
    reach = (5.0, 60.0) if outward > 0 else (-60.0, -5.0)
    cut = section(
        measuring, bone, limb.frame, across=1, at_mm=at_mm, half_mm=_HALF_SLAB_MM, first_mm=reach,
        second_mm=(height_mm - _BELOW_MM, height_mm + _ABOVE_MM),
    )  # fmt: skip
    x = _outermost(cut, outward)
    x = middle_of_runs(x, 2 * round(_SPUR_MM / STEP_MM) + 1)
    if not np.isfinite(x).any():
        raise NotMeasurable(Message("not_measured", "unclear", {"structure": measuring.title(bone)}))
    # Of rows that are as good as the outermost the highest: a steep side ends at the plateau.
    row = int(np.flatnonzero(x * outward >= np.nanmax(x * outward) - _AS_GOOD_MM)[-1])
    place = np.array([x[row], at_mm, cut.second[row]])
    measuring.need_seen(bone, limb.frame.to_points(place + np.array([outward * BORDER_MM, 0.0, 0.0])))
    return place


def _meniscal_edge(
    measuring: Measuring, limb: LimbFrame, meniscus: str, at_mm: float, height_mm: float, outward: int
) -> np.ndarray:
    """(3,) the outermost place of the meniscus, in the frame; what stands out in one row alone is left out."""
    reach = (5.0, 65.0) if outward > 0 else (-65.0, -5.0)
    cut = section(
        measuring, meniscus, limb.frame, across=1, at_mm=at_mm, half_mm=_HALF_SLAB_MM, first_mm=reach,
        second_mm=(height_mm - 12.0, height_mm + 12.0),
    )  # fmt: skip
    x = _outermost(cut, outward)
    if np.isfinite(x).sum() < 3:
        raise NotMeasurable(Message("not_measured", "unclear", {"structure": measuring.title(meniscus)}))
    x = middle_of_runs(np.where(np.isfinite(x), x, 0.0), 3)
    row = int((x * outward).argmax())
    return np.array([x[row], at_mm, cut.second[row]])


def _outermost(cut: Section, outward: int) -> np.ndarray:
    """(M,) where each row of a section (N, M) ends outwards, between two places; nan for empty rows."""
    share = cut.share if outward < 0 else cut.share[::-1]
    along = cut.first if outward < 0 else cut.first[::-1]
    filled = share >= 0.5
    last = filled.argmax(axis=0)
    rows = np.arange(share.shape[1])
    inner, outer = share[last, rows], share[np.maximum(last - 1, 0), rows]
    beyond = (inner - 0.5) / np.maximum(inner - outer, 1e-6)
    return np.where(filled.any(axis=0), along[last] + outward * STEP_MM * np.clip(beyond, 0.0, 1.0), np.nan)


MENISCAL_EXTRUSION = PointMethod(find, value)
