"""The joint's own frame: the limb's long axis, the line behind both condyles, the lower end of the upper bone."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.measurements.measuring import BORDER_MM, Measuring, NotMeasurable
from OrthoDiffusionLib.measurements.sections import Frame, middle_of_runs, section
from OrthoDiffusionLib.messages import Message

SHAFT_MM = 60.0
"""Where the centres of both shafts are taken, from the lower end of the upper bone."""

LEAST_SHAFT_MM = 40.0
"""With less shaft the ends of the bones themselves would decide the axis."""

_LEAST_AREA_MM2 = 100.0
_SLAB_MM = 3.0
_CONDYLES_MM = (2.0, 30.0)
_LEAST_CONDYLES_APART_MM = 20.0
_LEAST_NOTCH_MM = 3.0


@dataclass(frozen=True, eq=False)
class LimbFrame:
    """What the measurements of one joint are taken in.

    Attributes:
        frame: origin between the condyles' backs at the height of the upper bone's lower end; axes along the posterior
            condylar line to lateral, to the front, and up the long axis.
        medial_condyle, lateral_condyle: (3,) their rearmost places, in the frame.
        upper_seen_mm, lower_seen_mm: how far above and below the origin the two bones were imaged.
    """

    frame: Frame
    medial_condyle: np.ndarray
    lateral_condyle: np.ndarray
    upper_seen_mm: float
    lower_seen_mm: float

    def condyles_at(self, height_mm: float) -> np.ndarray:
        """(2, 3) the posterior condylar line's two ends, projected into an axial slice; points."""
        ends = np.stack([self.medial_condyle, self.lateral_condyle])
        ends[:, 2] = height_mm
        return self.frame.to_points(ends)


def limb_frame(measuring: Measuring, upper: str, lower: str) -> LimbFrame:
    """The frame of a hinge between two long bones, the upper one with two condyles.

    The long axis runs through the centres of both shafts' cross-sections, 60 mm above and below the lower end of the
    upper bone or as far as was imaged: how the limb lies, and how technicians lay axial slices. The posterior condylar
    line touches both condyles from behind, seen along that axis.

    Raises:
        NotMeasurable: if a bone is missing, its shaft is short, or the condyles were not imaged.
    """
    measuring.need(upper, lower)
    high, low = measuring.voxels(upper, every=2), measuring.voxels(lower, every=2)
    end, top = _solid_span(high[:, 2], measuring.spacing_mm)
    bottom, _ = _solid_span(low[:, 2], measuring.spacing_mm)
    upper_seen, lower_seen = top - end, end - bottom
    for name, seen in ((upper, upper_seen), (lower, lower_seen)):
        if seen < LEAST_SHAFT_MM + _SLAB_MM:
            raise NotMeasurable(
                Message(
                    "not_measured",
                    "short_shaft",
                    {"structure": measuring.title(name), "seen_mm": seen, "needed_mm": LEAST_SHAFT_MM + _SLAB_MM},
                )
            )
    above = _centre(measuring, upper, high, end + min(SHAFT_MM, upper_seen - _SLAB_MM))
    below = _centre(measuring, lower, low, end - min(SHAFT_MM, lower_seen - _SLAB_MM))
    up = (above - below) / np.linalg.norm(above - below)
    front = np.array([0.0, 1.0, 0.0]) - up[1] * up
    front /= np.linalg.norm(front)
    start = below + up * ((end - below[2]) / up[2])
    rough = Frame(start, np.stack([np.cross(front, up), front, up]))
    medial, lateral = _condyles(measuring, upper, rough)
    measuring.need_seen(upper, *(rough.to_points(place - [0.0, BORDER_MM, 0.0]) for place in (medial, lateral)))
    along = np.array([*(lateral - medial)[:2], 0.0]) @ rough.axes
    along /= np.linalg.norm(along)
    origin = rough.to_points([*((medial + lateral) / 2)[:2], 0.0])
    frame = Frame(origin, np.stack([along, np.cross(up, along), up]))
    medial, lateral = (frame.to_frame(rough.to_points(place)) for place in (medial, lateral))
    return LimbFrame(frame, medial, lateral, upper_seen, lower_seen)


def _solid_span(heights: np.ndarray, spacing_mm: float) -> tuple[float, float]:
    """From and to which height a bone's cross-section is more than a speck; every second voxel is given."""
    wide = 2 * spacing_mm
    edges = np.arange(heights.min() - wide / 2, heights.max() + wide, wide)
    counts, _ = np.histogram(heights, edges)
    solid = np.flatnonzero(counts * wide**2 >= _LEAST_AREA_MM2)
    if len(solid) == 0:
        return float(heights.max()), float(heights.min())
    return float(edges[solid[0]]), float(edges[solid[-1] + 1])


def _centre(measuring: Measuring, name: str, voxels: np.ndarray, height: float) -> np.ndarray:
    """(3,) centre of gravity of a bone's cross-section at a height, which must be imaged all round."""
    level = voxels[np.abs(voxels[:, 2] - height) <= _SLAB_MM]
    if len(level) == 0:
        raise NotMeasurable(Message("not_measured", "cut_off", {"structure": measuring.title(name)}))
    low, high = level.min(axis=0) - BORDER_MM, level.max(axis=0) + BORDER_MM
    centre = level.mean(axis=0)
    round_it = np.array([(low[0], centre[1]), (high[0], centre[1]), (centre[0], low[1]), (centre[0], high[1])])
    measuring.need_seen(name, np.column_stack([round_it, np.full(4, centre[2])]))
    return centre


def _condyles(measuring: Measuring, bone: str, frame: Frame) -> tuple[np.ndarray, np.ndarray]:
    """(3,) twice: where a line touches both condyles from behind, medial and lateral, in the frame."""
    low, high = _CONDYLES_MM
    levels = np.arange(low, high + 1, 2.0)
    cuts = [
        section(
            measuring, bone, frame, across=2, at_mm=level, half_mm=0.0, first_mm=(-60.0, 60.0),
            second_mm=(-75.0, 15.0), step_mm=0.75,
        )
        for level in levels
    ]  # fmt: skip
    x, y = cuts[0].first, cuts[0].second
    filled = np.stack([cut.share > 0 for cut in cuts])
    # Seen from above; what shows at one level alone is a speck.
    seen = filled.sum(axis=0) >= 2
    back = np.where(seen.any(axis=1), y[seen.argmax(axis=1)], np.nan)
    back = middle_of_runs(back, 5)
    medial, lateral = _touched(measuring, bone, x, back)
    found = []
    for i in (medial, lateral):
        near = filled[:, max(0, i - 1) : i + 2, :][:, :, np.abs(y - back[i]) <= 1.5].any(axis=(1, 2))
        found.append(np.array([x[i], back[i], levels[near].mean() if near.any() else levels.mean()]))
    return found[0], found[1]


def _touched(measuring: Measuring, bone: str, x: np.ndarray, back: np.ndarray) -> tuple[int, int]:
    """Which two columns a straight edge laid on from behind touches, with the notch between them."""
    hull: list[int] = []
    for i in map(int, np.flatnonzero(np.isfinite(back))):
        while len(hull) > 1 and _turns_back(x, back, hull[-2], hull[-1], i):
            hull.pop()
        hull.append(i)
    spans = [(x[b] - x[a], a, b) for a, b in itertools.pairwise(hull)]
    if not spans:
        raise NotMeasurable(Message("not_measured", "unclear", {"structure": measuring.title(bone)}))
    wide, medial, lateral = max(spans)
    line = np.interp(x[medial : lateral + 1], x[[medial, lateral]], back[[medial, lateral]])
    notch = np.nanmax(back[medial : lateral + 1] - line)
    if wide < _LEAST_CONDYLES_APART_MM or notch < _LEAST_NOTCH_MM:
        raise NotMeasurable(Message("not_measured", "unclear", {"structure": measuring.title(bone)}))
    return medial, lateral


def _turns_back(x: np.ndarray, y: np.ndarray, a: int, b: int, c: int) -> bool:
    """Whether b lies on or before the line from a to c, seen from behind."""
    return (x[b] - x[a]) * (y[c] - y[a]) - (y[b] - y[a]) * (x[c] - x[a]) <= 0
