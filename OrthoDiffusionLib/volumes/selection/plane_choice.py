"""Which of several volumes serves a plane best, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from OrthoDiffusionLib.anatomy import Axes, Joint
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.geometry import Geometry
from OrthoDiffusionLib.volumes.plane import (
    Plane,
    is_3d,
    plane_across,
    plane_of,
    slice_axis,
    slice_step_mm,
)
from OrthoDiffusionLib.volumes.selection.image_kind import (
    ImageKind,
    contrast_rank,
    is_reworked,
    kinds_of,
    says_localizer,
    words_of,
)
from OrthoDiffusionLib.volumes.selection.plane_words import planes_in
from OrthoDiffusionLib.volumes.volume import Volume

FEW_SLICES = 8
LARGE_STEP_MM = 8.0
"""A stack of fewer slices, or of a larger step, is taken for a localizer (ours)."""

HALF_A_JOINT, NEARLY_ALL = 0.6, 0.8
"""A stack that covers less than these shares of what the longest one covers was aborted, or leaves much out (ours)."""


def is_localizer(volume: Volume) -> bool:
    """Whether it looks like a localizer: by its words, few slices, or a very large step."""
    axis = slice_axis(volume.geometry)
    few = volume.geometry.shape[axis] < FEW_SLICES and not is_3d(volume.geometry)
    return says_localizer(volume) or few or slice_step_mm(volume.geometry) > LARGE_STEP_MM


def is_other_body_part(volume: Volume, joint: Joint) -> bool:
    """Whether its header names a part of the body that the joint does not lie in."""
    return not joint.fits_body_part(volume.body_part or "")


def can_serve(volume: Volume, plane: Plane, axes: Axes) -> bool:
    """Whether it can be cut in a plane: its own, or any if it is 3D."""
    geometry = volume.geometry
    return is_3d(geometry) or plane_across(geometry, slice_axis(geometry), axes) is plane


def served_by(volume: Volume, *remarks: Message) -> Message:
    """The reason of a plane that a volume serves: its name, number of slices, pixels and step, and remarks."""
    geometry = volume.geometry
    axis = slice_axis(geometry)
    return Message(
        "plane_served",
        values={
            "name": volume.name,
            "slices": geometry.shape[axis],
            "pixel_mm": in_plane_mm(geometry, axis),
            "step_mm": geometry.spacing_mm[axis],
            "remarks": remarks,
        },
    )


def with_remarks(reason: Message, *remarks: Message) -> Message:
    """The same reason, by `served_by`, with more remarks."""
    return replace(reason, values={**reason.values, "remarks": (*reason.values["remarks"], *remarks)})


def is_reformatted(volume: Volume, plane: Plane, axes: Axes) -> bool:
    """Whether the volume was acquired in another plane, or in none."""
    return plane_of(volume.geometry, axes) is not plane


def main_frame(volumes: Iterable[Volume], axes: Axes) -> str:
    """The frame of reference in which most planes have a good series of their own; "" if none says one."""
    served: dict[str, set[Plane | None]] = {}
    for volume in volumes:
        frame, plane = volume.origin.frame_of_reference, plane_of(volume.geometry, axes)
        if frame:
            served.setdefault(frame, set()).add(plane)
    return max(served, key=lambda frame: len(served[frame]), default="")


def named_plane(volume: Volume) -> Plane | None:
    """The one plane that a stack's words name; None of a 3D volume, which may be named after any."""
    words = planes_in(words_of(volume))
    return words.pop() if len(words) == 1 and not is_3d(volume.geometry) else None


def other_named_plane(volume: Volume, plane: Plane) -> Plane | None:
    """The one plane that a stack's words name, if it is another than `plane`."""
    named = named_plane(volume)
    return None if named is plane else named


class Ranking:
    """The candidates of a study, each plane's best first.

    Args:
        candidates: the volumes that may serve.
        joint: what is imaged.
        axes: of the side's joint, in RAS.
        frame: the frame of reference to prefer among equals; "" works it out.
    """

    def __init__(self, candidates: Sequence[Volume], joint: Joint, axes: Axes, frame: str = "") -> None:
        self._candidates = list(candidates)
        self._joint, self._axes = joint, axes
        self._kinds = dict(zip(map(id, self._candidates), kinds_of(self._candidates), strict=True))
        good = [v for v in self._candidates if not is_localizer(v) and self.kind(v).penalty == 0]
        self._frame = frame or main_frame(good, axes)
        self._ranks: dict[tuple[int, Plane], tuple[float, ...]] = {}  # they are asked for again and again
        self._best_first: dict[Plane, list[Volume]] = {}
        self._longest = {
            plane: max((self._covered(v) for v in good if not is_reformatted(v, plane, axes)), default=0.0)
            for plane in Plane
        }

    def knows(self, volume: Volume) -> bool:
        """Whether a volume is one of the candidates."""
        return id(volume) in self._kinds

    def kind(self, volume: Volume) -> ImageKind:
        """What kind of picture a candidate is."""
        return self._kinds[id(volume)]

    def best_first(self, plane: Plane) -> list[Volume]:
        """Every candidate that can serve a plane, the best first."""
        if plane not in self._best_first:
            able = [volume for volume in self._candidates if can_serve(volume, plane, self._axes)]
            self._best_first[plane] = sorted(able, key=lambda volume: self._rank(volume, plane))
        return list(self._best_first[plane])

    def why(self, best: Volume, other: Volume, plane: Plane) -> Message:
        """What speaks for one candidate and against another."""
        reasons = (
            Message("better", "localizer"),
            Message("better", "image_kind", {"kind": self.kind(other)}),
            Message("better", "body_part"),
            Message("better", "own_plane"),
            Message("better", "named_plane"),
            Message("better", "whole_joint"),
            self._better_contrast(best, other),
            Message("better", "frame"),
            Message("better", "original"),
            Message("better", "coverage"),
            Message("better", "earlier"),
            Message("better", "slices"),
            Message("better", "pixels"),
        )
        pairs = zip(self._rank(best, plane), self._rank(other, plane), strict=True)
        differing = (why for (a, b), why in zip(pairs, reasons, strict=True) if a != b)
        return next(differing, Message("better", "first"))

    def _better_contrast(self, best: Volume, other: Volume) -> Message:
        one, two = self.kind(best), self.kind(other)
        if one is ImageKind.WATER is not two:
            return Message("better", "water")
        if one is not two is ImageKind.IN_PHASE:
            return Message("better", "not_in_phase")
        return Message("better", "fluid")

    def _rank(self, volume: Volume, plane: Plane) -> tuple[float, ...]:
        """Smaller is better; one entry for each reason of `why`."""
        key = (id(volume), plane)
        if key not in self._ranks:
            self._ranks[key] = self._ranked(volume, plane)
        return self._ranks[key]

    def _ranked(self, volume: Volume, plane: Plane) -> tuple[float, ...]:
        geometry = volume.geometry
        axis = slice_axis(geometry)
        own = not is_reformatted(volume, plane, self._axes)
        kind = self.kind(volume)
        share = self._covered(volume) / self._longest[plane] if own and self._longest[plane] else 1.0
        frame = volume.origin.frame_of_reference
        return (
            is_localizer(volume),
            kind.penalty,
            is_other_body_part(volume, self._joint),
            not own,
            own and other_named_plane(volume, plane) is not None,
            share < HALF_A_JOINT,
            contrast_rank(volume, kind),
            bool(frame and self._frame and frame != self._frame),
            is_reworked(volume),
            share < NEARLY_ALL,
            volume.stack,
            -geometry.shape[axis] if own else 0,
            round(float(np.prod(in_plane_mm(geometry, axis))), 3),
        )

    def _covered(self, volume: Volume) -> float:
        """Millimetres from its first slice to its last."""
        return float(volume.geometry.extent_mm[slice_axis(volume.geometry)])


def in_plane_mm(geometry: Geometry, axis: int) -> tuple[float, float]:
    """Pixel sizes in the plane of the slices; `axis` is the one across them."""
    first, second = (float(mm) for n, mm in enumerate(geometry.spacing_mm) if n != axis)
    return first, second
