"""Sections: a structure in a slab of any orientation, as the share of the slab's thickness that it fills."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from OrthoDiffusionLib.measurements.measuring import Measuring

STEP_MM = 0.5
"""Finer than the grid: a plane that is oblique to it is smooth to a fraction of a voxel."""


@dataclass(frozen=True, eq=False)
class Frame:
    """A right joint's own axes.

    Attributes:
        origin: (3,) mm.
        axes: (3, 3), rows are unit vectors to lateral, to the front and upwards.
    """

    origin: np.ndarray
    axes: np.ndarray

    def to_frame(self, points: ArrayLike) -> np.ndarray:
        """(..., 3) mm lateral, in front of and above the origin."""
        return (np.asarray(points, dtype=float) - self.origin) @ self.axes.T

    def to_points(self, places: ArrayLike) -> np.ndarray:
        """(..., 3) points of places in the frame."""
        return np.asarray(places, dtype=float) @ self.axes + self.origin


@dataclass(frozen=True, eq=False)
class Section:
    """A structure in one slab.

    Attributes:
        first, second: (N,), (M,) mm along the two axes of the plane in the order of the frame's axes.
        share: (N, M) 0 to 1, of the thickness of the slab that is filled.
    """

    first: np.ndarray
    second: np.ndarray
    share: np.ndarray

    @property
    def mask(self) -> np.ndarray:
        """(N, M) bool, at least half filled."""
        return self.share >= 0.5

    @property
    def places(self) -> np.ndarray:
        """(K, 2) mm of what is at least half filled."""
        i, j = np.nonzero(self.mask)
        return np.column_stack([self.first[i], self.second[j]])


def section(
    measuring: Measuring,
    name: str,
    frame: Frame,
    *,
    across: int,
    at_mm: float,
    half_mm: float,
    first_mm: tuple[float, float],
    second_mm: tuple[float, float],
    step_mm: float = STEP_MM,
) -> Section:
    """Cut a structure.

    Args:
        name: of the structure.
        frame: whose axes the slab follows.
        across: the axis of the frame that the slab is square to: 0 sagittal, 1 coronal, 2 axial.
        at_mm: place of the slab's middle along that axis.
        half_mm: half its thickness; looked at every millimetre.
        first_mm, second_mm: from and to along the two other axes, in their order.
        step_mm: between places along them.
    """
    first = np.arange(first_mm[0], first_mm[1] + step_mm / 2, step_mm)
    second = np.arange(second_mm[0], second_mm[1] + step_mm / 2, step_mm)
    depths = at_mm + np.linspace(-half_mm, half_mm, max(1, round(2 * half_mm) + 1))
    one, other = (axis for axis in range(3) if axis != across)
    axes = frame.axes
    filled = measuring.inside_lattice(
        name, frame.origin, np.outer(depths, axes[across]), np.outer(first, axes[one]), np.outer(second, axes[other])
    )
    return Section(first, second, np.count_nonzero(filled, axis=0) / len(depths))


def middle_of_runs(values: np.ndarray, width: int) -> np.ndarray:
    """Running median of a line, (N,) to (N,), its ends carried on; nan stays out of it."""
    if width < 2:
        return values
    padded = np.pad(values, width // 2, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, width)
    known = np.isfinite(windows).any(axis=1)
    out = np.full(len(windows), np.nan)
    out[known] = np.nanmedian(windows[known], axis=1)
    return out[: len(values)]
