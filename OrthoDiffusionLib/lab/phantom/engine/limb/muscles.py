"""MuscleSpace: the space that the muscles of a limb share, with sheets of fascia and fat between them."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.limb.limb_parts import MUSCLE_DRAW
from OrthoDiffusionLib.lab.phantom.engine.part import PartList
from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Box, Canvas, grow, noise


class MuscleSpace:
    """Every place goes to the muscle that lies nearest to it.

    Args:
        box: the space.
        parts: of the joint.
        swell_mm: how far muscles swell beyond their outlines until they meet; broadcastable to the box's shape.
    """

    def __init__(self, box: Box, parts: PartList, swell_mm: np.ndarray) -> None:
        self._box, self._parts = box, parts
        self._nearest = np.empty(box.shape, FLOAT)
        self._nearest[...] = swell_mm
        self._owner = np.zeros(box.shape, np.uint8)
        self._sheets = np.zeros(box.shape, bool)
        self._kinds: np.ndarray = np.zeros(256, np.uint8)
        self._count = 0

    def new_muscle(self, rng: np.random.Generator, part: str = "") -> int:
        """The number of another muscle.

        Args:
            part: name of its part; empty for one without a name of its own, whose shade is drawn.
        """
        self._count += 1
        self._kinds[self._count] = self._parts.number(part or MUSCLE_DRAW[rng.integers(len(MUSCLE_DRAW))])
        return self._count

    def clipped(self, box: Box) -> Box:
        """What of a box lies in the space."""
        inside = self._inside(box)
        mine = self._box
        return Box(box.slices, mine.x[inside[0]], mine.y[:, inside[1]], mine.z[:, :, inside[2]], box.first)

    def claim(self, number: int, box: Box, distance: np.ndarray) -> np.ndarray:
        """Give a muscle what lies nearer to it than to those before.

        Args:
            box: from `clipped`.
            distance: mm to the muscle over the box, negative inside.

        Returns:
            bool, the box's shape: what it got.
        """
        inside = self._inside(box)
        nearest = self._nearest[inside]
        wins = distance < nearest
        np.copyto(nearest, distance, where=wins)
        np.copyto(self._owner[inside], np.uint8(number), where=wins)
        sheets = self._sheets[inside]
        sheets &= ~wins
        return wins

    def add_inner_sheet(self, box: Box, sheet: np.ndarray) -> None:
        """A tendon that runs on inside a muscle as a thin sheet, bool over a box of `clipped`."""
        sheets = self._sheets[self._inside(box)]
        sheets |= sheet

    def paint(
        self, canvas: Canvas, rng: np.random.Generator, *, fat_above: float, across: tuple[int, ...] = (0, 1)
    ) -> None:
        """Paint all muscles where the canvas is empty, a sheet of fascia between any two, and fat beside it.

        Args:
            fat_above: fat lies where a random field of standard deviation 1 is above this.
            across: axes along which neighbours are looked for; muscles that all run along z need none along it.
        """
        owner = self._owner
        seam = np.zeros(owner.shape, bool)
        for axis in across:
            a, b = [slice(None)] * 3, [slice(None)] * 3
            a[axis], b[axis] = slice(1, None), slice(None, -1)
            seam[tuple(a)] |= owner[tuple(a)] != owner[tuple(b)]
        seam &= owner > 0
        fatty = grow(seam) & (owner > 0) & noise(self._box, rng, 8.5, above=fat_above)
        muscles = self._kinds[owner]
        fascia = self._parts.number("thin_fascia")
        muscles[self._sheets] = fascia
        muscles[fatty] = self._parts.number("intermuscular_fat")
        muscles[seam] = fascia
        view = canvas.view(self._box)
        np.copyto(view, muscles, where=(muscles > 0) & (view == 0))

    def _inside(self, box: Box) -> tuple[slice, ...]:
        return tuple(
            slice(max(a.start, b.start) - b.start, max(min(a.stop, b.stop) - b.start, 0))
            for a, b in zip(box.slices, self._box.slices, strict=True)
        )
