"""How much fluid a joint holds, and how deep it stands above the cap."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.measurements.limb_frame import limb_frame
from OrthoDiffusionLib.measurements.measuring import BORDER_MM, Measuring, NotMeasurable
from OrthoDiffusionLib.measurements.method import Parts, PointMethod, VoxelMethod
from OrthoDiffusionLib.measurements.patella import poles
from OrthoDiffusionLib.measurements.sections import STEP_MM, section
from OrthoDiffusionLib.measurements.vectors import Points, between, length
from OrthoDiffusionLib.messages import Message

_HALF_SLAB_MM = 4.0
_ABOVE_MM = 60.0
SPECK_ML = 0.1
"""Fluid of less than this at the border of what was imaged is a speck of the outline; what lies beyond is no more."""

_FOLD_MM = 1.5
"""A thinner gap in the fluid is a fold of its lining."""


def volume_ml(measuring: Measuring, parts: Parts) -> float:
    """mL of all fluid.

    Raises:
        NotMeasurable: if there is none, or it reaches the border of what was imaged.
    """
    name = parts["fluid"]
    measuring.need(name)
    seen = measuring.segmentation.volume_ml(name)
    if not measuring.segmentation.complete(name) and _at_border_ml(measuring, name) > SPECK_ML:
        raise NotMeasurable(
            Message("not_measured", "fluid_cut_off", {"structure": measuring.title(name), "seen_ml": seen})
        )
    return seen


def _at_border_ml(measuring: Measuring, name: str) -> float:
    """mL of a structure that have a place beside them which was not imaged."""
    if measuring.segmentation.imaged is None and measuring.segmentation.completeness is not None:
        return measuring.segmentation.volume_ml(name)  # read from a results folder, which does not say where
    places = measuring.voxels(name)
    steps = 1.5 * measuring.spacing_mm * np.concatenate([np.eye(3), -np.eye(3)])
    beside = np.stack([~measuring.seen(places + step) for step in steps]).any(axis=0)
    return float(beside.sum()) * measuring.segmentation.labels.geometry.voxel_volume_mm3 / 1000.0


def find_depth(measuring: Measuring, parts: Parts) -> dict[str, np.ndarray]:
    """Front and back of the fluid where it is deepest above the cap, halfway between the condyles.

    Raises:
        NotMeasurable: if there is no fluid there, or the place was not imaged.
    """
    bones, fluid = (parts["upper"], parts["lower"]), parts["fluid"]
    limb = measuring.once(limb_frame, *bones)
    top, _ = measuring.once(poles, *bones, parts["cap"])
    measuring.need(fluid)
    cut = section(
        measuring, fluid, limb.frame, across=0, at_mm=0.0, half_mm=_HALF_SLAB_MM, first_mm=(0.0, 95.0),
        second_mm=(top[2], top[2] + _ABOVE_MM),
    )  # fmt: skip
    starts, ends = _longest_runs(cut.mask)
    depths = (ends - starts) * STEP_MM
    if not depths.any():
        raise NotMeasurable(Message("not_measured", "no_fluid_there", {"structure": measuring.title(fluid)}))
    row = int(np.convolve(depths, np.ones(5) / 5, mode="same").argmax())
    if not depths[row]:
        row = int(depths.argmax())
    back, front = cut.first[starts[row]] - STEP_MM / 2, cut.first[ends[row] - 1] + STEP_MM / 2
    height = cut.second[row]
    places = np.array([[0.0, front + BORDER_MM, height], [0.0, back - BORDER_MM, height]])
    measuring.need_seen(fluid, limb.frame.to_points(places))
    filled = cut.second[np.flatnonzero(cut.mask.any(axis=0))[-1]]
    measuring.need_seen(fluid, limb.frame.to_points([0.0, (front + back) / 2, filled + BORDER_MM]))
    return {
        "anterior_fluid": limb.frame.to_points([0.0, front, height]),
        "posterior_fluid": limb.frame.to_points([0.0, back, height]),
    }


def depth_mm(points: Points) -> float:
    """mm from front to back."""
    return length(between(points, "anterior_fluid", "posterior_fluid"))


def _longest_runs(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(M,) twice: first place of the longest run of each row of a section (N, M), and the one after its last."""
    gap = round(_FOLD_MM / STEP_MM)
    starts, ends = np.zeros(mask.shape[1], dtype=int), np.zeros(mask.shape[1], dtype=int)
    for row in np.flatnonzero(mask.any(axis=0)):
        filled = np.flatnonzero(mask[:, row])
        cuts = np.flatnonzero(np.diff(filled) > gap + 1)
        first, last = filled[np.append(0, cuts + 1)], filled[np.append(cuts, len(filled) - 1)]
        longest = int((last - first).argmax())
        starts[row], ends[row] = first[longest], last[longest] + 1
    return starts, ends


FLUID_VOLUME = VoxelMethod(volume_ml)
FLUID_DEPTH = PointMethod(find_depth, depth_mm)
