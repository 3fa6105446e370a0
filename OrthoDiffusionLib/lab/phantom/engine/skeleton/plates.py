"""Two plates of cartilage in the space between two bones, with a film of fluid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.part import PartList
from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Box, Canvas, noise
from OrthoDiffusionLib.lab.phantom.engine.skeleton.bone import Bone


@dataclass(frozen=True, eq=False)
class Plate:
    """A plate of cartilage on a bone.

    Attributes:
        bone: that it lies on.
        part: name of its part.
        thick_mm: where there is room for it.
    """

    bone: Bone
    part: str
    thick_mm: float


def moist(box: Box, rng: np.random.Generator) -> np.ndarray:
    """Where a joint space that cartilage leaves is fluid; elsewhere it is synovium."""
    return noise(box, rng, 4.2) > FLOAT(rng.uniform(-1.5, 0.6))


def paint_facing_plates(
    canvas: Canvas,
    parts: PartList,
    pair: tuple[Plate, Plate],
    widest_mm: float,
    rng: np.random.Generator,
    *,
    fluid: str = "joint_fluid",
) -> None:
    """Two plates between two bones, each as thick as it is where there is room, and in proportion elsewhere.

    Args:
        pair: both plates.
        widest_mm: where the bones stand farther apart they do not face each other.
        fluid: name of the part of the film between them.
    """
    first, second = pair
    slices = [
        slice(max(a.start, b.start), min(a.stop, b.stop))
        for a, b in zip(first.bone.box.slices, second.bone.box.slices, strict=True)
    ]
    if any(s.start >= s.stop for s in slices):
        return
    lo = [canvas.frame.axis(n)[s.start] for n, s in enumerate(slices)]
    hi = [canvas.frame.axis(n)[s.stop - 1] for n, s in enumerate(slices)]
    box = canvas.box(lo, hi)
    one, other = first.bone.over(box), second.bone.over(box)
    gap = one + other
    facing = (one >= 0) & (other >= 0) & (gap < FLOAT(widest_mm))
    nearer = one * FLOAT(first.thick_mm + second.thick_mm) < gap * FLOAT(first.thick_mm)
    plate = facing & (one < first.thick_mm) & nearer
    counter = facing & (other < second.thick_mm) & ~nearer
    rest = facing & ~plate & ~counter
    empty = parts.members("air")
    canvas.paint(box, rest & moist(box, rng), parts.number(fluid), onto=empty)
    canvas.paint(box, rest, parts.number("synovium"), onto=empty)
    canvas.paint(box, plate, parts.number(first.part), onto=empty)
    canvas.paint(box, counter, parts.number(second.part), onto=empty)
