"""The patella's landmarks: poles, articular edges, widest slice; its height and tilt are measured from them."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.measurements.levels import by_level, percentiles
from OrthoDiffusionLib.measurements.limb_frame import LimbFrame, limb_frame
from OrthoDiffusionLib.measurements.measuring import Measuring, NotMeasurable
from OrthoDiffusionLib.measurements.sections import STEP_MM, Section, section
from OrthoDiffusionLib.messages import Message

_HALF_SLAB_MM = 4.0
_REACH_MM = 40.0
_EDGE_MM = 1.5


def cap_places(measuring: Measuring, upper: str, lower: str, cap: str) -> np.ndarray:
    """(N, 3) the cap's voxels in the limb's frame.

    Raises:
        NotMeasurable: if it was not found or is cut off.
    """
    limb = measuring.once(limb_frame, upper, lower)
    measuring.need_whole(cap)
    return limb.frame.to_frame(measuring.voxels(cap))


def sagittal_section(measuring: Measuring, limb: LimbFrame, name: str, centre: np.ndarray) -> Section:
    """A structure in the sagittal slab through a place of the frame."""
    return section(
        measuring, name, limb.frame, across=0, at_mm=centre[0], half_mm=_HALF_SLAB_MM,
        first_mm=(centre[1] - _REACH_MM, centre[1] + _REACH_MM),
        second_mm=(centre[2] - _REACH_MM, centre[2] + _REACH_MM),
    )  # fmt: skip


def poles(measuring: Measuring, upper: str, lower: str, cap: str) -> tuple[np.ndarray, np.ndarray]:
    """(3,) twice: upper and lower pole, the ends of the cap's longest line in its middle sagittal slab; in the frame.

    Raises:
        NotMeasurable: as `cap_places` does.
    """
    limb = measuring.once(limb_frame, upper, lower)
    centre = measuring.once(cap_places, upper, lower, cap).mean(axis=0)
    cut = sagittal_section(measuring, limb, cap, centre)
    ends = row_ends(cut)
    if len(ends) < 2:
        raise NotMeasurable(Message("not_measured", "unclear", {"structure": measuring.title(cap)}))
    distance = np.linalg.norm(ends[:, None] - ends[None], axis=2)
    # The mean of all pairs that are as good as the longest: one ragged voxel does not turn the line.
    far = distance >= distance.max() - STEP_MM
    one, other = np.nonzero(far & (ends[:, None, 1] > ends[None, :, 1]))
    if len(one) == 0:  # all at one height
        raise NotMeasurable(Message("not_measured", "unclear", {"structure": measuring.title(cap)}))
    top, bottom = ends[one].mean(axis=0), ends[other].mean(axis=0)
    return np.array([centre[0], *top]), np.array([centre[0], *bottom])


def row_ends(cut: Section) -> np.ndarray:
    """(N, 2) the outermost places of a section in each row of its second axis, half a step outwards."""
    mask = cut.mask
    rows = np.flatnonzero(mask.any(axis=0))
    first = mask[:, rows].argmax(axis=0)
    last = mask.shape[0] - 1 - mask[::-1, rows].argmax(axis=0)
    back = np.column_stack([cut.first[first] - STEP_MM / 2, cut.second[rows]])
    front = np.column_stack([cut.first[last] + STEP_MM / 2, cut.second[rows]])
    return np.concatenate([back, front])


def articular_edges(
    measuring: Measuring, upper: str, lower: str, cap: str, cartilage: str
) -> tuple[np.ndarray, np.ndarray]:
    """(3,) twice: upper and lower end of the cap's cartilage in the sagittal slab through its middle; in the frame.

    Raises:
        NotMeasurable: if cap or cartilage was not found, or one is cut off.
    """
    limb = measuring.once(limb_frame, upper, lower)
    top, bottom = measuring.once(poles, upper, lower, cap)
    measuring.need_whole(cartilage)
    centre = limb.frame.to_frame(measuring.voxels(cartilage)).mean(axis=0)
    places = sagittal_section(measuring, limb, cartilage, centre).places
    if len(places) < 5:
        raise NotMeasurable(Message("not_measured", "unclear", {"structure": measuring.title(cartilage)}))
    along = (top - bottom)[1:] / np.linalg.norm((top - bottom)[1:])
    height = places @ along
    found = []
    for near, end in (
        (height >= height.max() - _EDGE_MM, height.max() + STEP_MM / 2),
        (height <= height.min() + _EDGE_MM, height.min() - STEP_MM / 2),
    ):
        middle = places[near].mean(axis=0)
        found.append(np.array([centre[0], *(middle + (end - middle @ along) * along)]))
    return found[0], found[1]


def side_edges(measuring: Measuring, upper: str, lower: str, cap: str) -> tuple[np.ndarray, np.ndarray]:
    """(3,) twice: medial and lateral edge of the cap in the axial slab where it is widest; in the frame.

    Raises:
        NotMeasurable: as `cap_places` does.
    """
    limb = measuring.once(limb_frame, upper, lower)
    places = measuring.once(cap_places, upper, lower, cap)
    height = _widest_height(places)
    centre = places.mean(axis=0)
    cut = section(
        measuring, cap, limb.frame, across=2, at_mm=height, half_mm=2.0,
        first_mm=(centre[0] - _REACH_MM, centre[0] + _REACH_MM),
        second_mm=(centre[1] - _REACH_MM, centre[1] + _REACH_MM),
    )  # fmt: skip
    found = cut.places
    if len(found) < 5:
        raise NotMeasurable(Message("not_measured", "unclear", {"structure": measuring.title(cap)}))
    along = np.array([1.0, 0.0])
    for _ in range(4):  # the ends of a tilted cap are looked for along the cap itself
        medial, lateral = _end(found, -along), _end(found, along)
        along = (lateral - medial) / np.linalg.norm(lateral - medial)
    return np.array([*medial, height]), np.array([*lateral, height])


def _widest_height(places: np.ndarray) -> float:
    """The height at which the cap is widest from side to side, specks left out."""
    level = np.floor(places[:, 2]).astype(int)
    heights = np.arange(level.min(), level.max() + 1)
    widths = np.zeros(len(heights))
    for height, here in by_level(level, places):
        if len(here) > 10:
            left, right = percentiles(here[:, 0], 1, 99)
            widths[height - heights[0]] = right - left
    smooth = np.convolve(widths, np.ones(5) / 5, mode="same")
    return float(heights[smooth >= smooth.max() - 0.25].mean() + 0.5)


def _end(places: np.ndarray, along: np.ndarray) -> np.ndarray:
    """(2,) the middle of the outermost millimetre of a section in a direction, at its end."""
    reach = places @ along
    middle = places[reach >= reach.max() - 1.0].mean(axis=0)
    return middle + (reach.max() + STEP_MM / 2 - middle @ along) * along
