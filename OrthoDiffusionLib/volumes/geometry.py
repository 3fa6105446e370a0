"""Geometry: where the voxels of an array lie in the patient, in RAS millimetres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from OrthoDiffusionLib.anatomy import BODY_AXES, Axes
from OrthoDiffusionLib.errors import GeometryError
from OrthoDiffusionLib.messages import Message

OPPOSITE = {"R": "L", "L": "R", "A": "P", "P": "A", "S": "I", "I": "S"}
"""Direction letters: Right, Left, Anterior, Posterior, Superior, Inferior, each with its opposite."""

_LARGEST_MM = 1e4
"""No voxel of a patient is longer; beyond it stand the numbers of damaged files."""

_LOOKED_AT_ASKEW = np.array([[1.0, -0.4e-4, 0.7e-4], [0.4e-4, 1.0, -1.0e-4], [-0.7e-4, 1.0e-4, 1.0]])
"""Turns the world by a hundredth of a degree before its nearest axes are named. Axes that stand just half-way, as
people turn slices by 45°, are then as near in whatever order they are stored and however their numbers are rounded."""

_NEARER_THE_BODY = 1e-3
"""An axis half-way between two of a joint's goes to the one whose place it has in the body: a straight coronal stack of
a shoulder, whose own planes stand 45° off, is coronal."""

_AS_NEAR = 0.01
"""Sums of three cosines that differ by less are of axes that are equally near."""

_WORLD_AXIS = {"R": 0, "L": 0, "A": 1, "P": 1, "S": 2, "I": 2}


def check_axis_codes(codes: str) -> str:
    """Return `codes` in capitals if they name three different body axes, e.g. ``"LIP"``.

    Raises:
        ValueError: for anything else.
    """
    letters = codes.upper()
    if len(letters) != 3 or sorted(_WORLD_AXIS.get(letter, -1) for letter in letters) != [0, 1, 2]:
        raise ValueError(
            f"axis codes must name right/left, anterior/posterior and superior/inferior once each, "
            f"such as 'RAS' or 'LIP', got {codes!r} instead"
        )
    return letters


def direction_vectors(codes: str) -> np.ndarray:
    """(3, 3) array whose columns are the RAS unit vectors of three axis codes."""
    vectors = np.zeros((3, 3))
    for axis, letter in enumerate(check_axis_codes(codes)):
        vectors[_WORLD_AXIS[letter], axis] = 1.0 if letter in "RAS" else -1.0
    return vectors


@dataclass(frozen=True, eq=False)
class Geometry:
    """A grid of voxel centres in patient space.

    World coordinates are RAS millimetres: +x to the patient's Right, +y Anterior, +z Superior.
    Oblique and left-handed grids are kept exactly as they are.

    Attributes:
        shape: number of voxels along the three array axes (I, J, K).
        affine: (4, 4) float64, read-only; maps a voxel index (i, j, k, 1) to RAS millimetres. Index
            (0, 0, 0) is the centre of the first voxel.

    Raises:
        GeometryError: if the affine is not finite, not invertible or not affine, a voxel is longer than 10 m, or an
            axis is empty.
    """

    shape: tuple[int, int, int]
    affine: np.ndarray

    def __post_init__(self) -> None:
        shape = tuple(int(n) for n in self.shape)
        if len(shape) != 3 or min(shape) < 1:
            raise GeometryError(Message("geometry", "shape", {"shape": tuple(self.shape)}))
        affine = np.array(self.affine, dtype=np.float64)
        if affine.shape != (4, 4) or not np.isfinite(affine).all():
            raise GeometryError(Message("geometry", "not_finite"))
        if not np.allclose(affine[3], (0.0, 0.0, 0.0, 1.0), atol=1e-9):
            raise GeometryError(Message("geometry", "last_row"))
        spacing = np.linalg.norm(affine[:3, :3], axis=0)
        if spacing.max() > _LARGEST_MM:
            raise GeometryError(Message("geometry", "huge_voxels", {"size": spacing.max()}))
        if spacing.min() <= 1e-6 or abs(np.linalg.det(affine[:3, :3] / spacing)) < 1e-3:
            raise GeometryError(Message("geometry", "flat"))
        affine[3] = (0.0, 0.0, 0.0, 1.0)
        affine.setflags(write=False)
        object.__setattr__(self, "shape", shape)
        object.__setattr__(self, "affine", affine)

    @classmethod
    def from_axes(
        cls,
        shape: tuple[int, int, int],
        *,
        spacing_mm: tuple[float, float, float],
        directions: np.ndarray,
        origin_ras: ArrayLike | None = None,
        centre_ras: ArrayLike | None = None,
    ) -> Geometry:
        """Build a grid from spacing, axis directions and either its first voxel or its centre.

        Args:
            shape: (I, J, K).
            spacing_mm: distance of voxel centres along each axis.
            directions: (3, 3), columns are RAS unit vectors of the three axes.
            origin_ras: (3,) centre of voxel (0, 0, 0), millimetres.
            centre_ras: (3,) middle of the grid, millimetres; give exactly one of the two.
        """
        if (origin_ras is None) == (centre_ras is None):
            raise ValueError("give either origin_ras or centre_ras")
        affine = np.eye(4)
        affine[:3, :3] = np.asarray(directions, dtype=np.float64) * np.asarray(spacing_mm)
        if origin_ras is not None:
            affine[:3, 3] = origin_ras
        else:
            middle = (np.asarray(shape, dtype=np.float64) - 1.0) / 2.0
            affine[:3, 3] = np.asarray(centre_ras, dtype=np.float64) - affine[:3, :3] @ middle
        return cls(shape, affine)

    @classmethod
    def from_box(
        cls,
        lo_ras: tuple[float, float, float],
        hi_ras: tuple[float, float, float],
        spacing_mm: float | tuple[float, float, float],
    ) -> Geometry:
        """An axis-aligned grid (i to Right, j to Anterior, k to Superior) that fills a box.

        Args:
            lo_ras: corner of the box with the smaller coordinates, RAS millimetres.
            hi_ras: opposite corner.
            spacing_mm: one number or three.

        Returns:
            A grid centred in the box whose voxel centres all lie inside it.

        Raises:
            GeometryError: if the box is empty.
        """
        lo, hi = np.asarray(lo_ras, dtype=np.float64), np.asarray(hi_ras, dtype=np.float64)
        spacing = np.broadcast_to(np.asarray(spacing_mm, dtype=np.float64), (3,))
        if not (np.isfinite(lo).all() and np.isfinite(hi).all() and (hi > lo).all()):
            raise GeometryError(Message("geometry", "empty_box", {"low": lo.tolist(), "high": hi.tolist()}))
        # A whole number of voxels, in spite of floating-point dust such as 7.000000001.
        shape = np.maximum(1, np.floor((hi - lo) / spacing + 1e-6)).astype(int)
        return cls.from_axes(tuple(shape), spacing_mm=tuple(spacing), directions=np.eye(3), centre_ras=(lo + hi) / 2.0)

    @property
    def spacing_mm(self) -> np.ndarray:
        """(3,) distance of neighbouring voxel centres along each array axis, millimetres."""
        return self._spacing_mm.copy()

    @cached_property
    def _spacing_mm(self) -> np.ndarray:
        # Kept: the choice of planes among many series asks for it a thousand times.
        return np.asarray(np.linalg.norm(self.affine[:3, :3], axis=0))

    @property
    def directions(self) -> np.ndarray:
        """(3, 3) float64; columns are the RAS unit vectors the array axes grow along."""
        return self.affine[:3, :3] / self.spacing_mm

    @property
    def origin_ras(self) -> np.ndarray:
        """(3,) centre of voxel (0, 0, 0), RAS millimetres."""
        return self.affine[:3, 3].copy()

    @property
    def centre_ras(self) -> np.ndarray:
        """(3,) middle of the grid, RAS millimetres."""
        return self.to_ras((np.asarray(self.shape) - 1.0) / 2.0)

    @property
    def corners_ras(self) -> np.ndarray:
        """(8, 3) centres of the eight corner voxels, RAS millimetres."""
        last = np.asarray(self.shape) - 1.0
        return self.to_ras(np.array(np.meshgrid(*[(0.0, n) for n in last], indexing="ij")).reshape(3, 8).T)

    @property
    def extent_mm(self) -> np.ndarray:
        """(3,) length covered along each array axis, whole voxels counted, millimetres."""
        return self.spacing_mm * np.asarray(self.shape)

    @property
    def voxel_volume_mm3(self) -> float:
        """Volume of one voxel in cubic millimetres."""
        return float(abs(np.linalg.det(self.affine[:3, :3])))

    @cached_property
    def axis_codes(self) -> str:
        """The body direction each array axis grows towards, e.g. ``"LIP"``; nearest if oblique."""
        # Greedy on the largest cosine, so that two axes at 45° never get the same body axis.
        directions = self.directions
        cosines = np.abs(_LOOKED_AT_ASKEW @ directions)
        codes = [""] * 3
        for _ in range(3):
            world, axis = divmod(int(np.argmax(cosines)), 3)
            codes[axis] = "RAS"[world] if directions[world, axis] > 0 else "LPI"[world]
            cosines[world, :] = -1.0
            cosines[:, axis] = -1.0
        return "".join(codes)

    @property
    def is_right_handed(self) -> bool:
        """Whether the array axes form a right-handed frame in RAS."""
        return bool(np.linalg.det(self.affine[:3, :3]) > 0)

    def to_ras(self, ijk: ArrayLike) -> np.ndarray:
        """Voxel indices (..., 3), fractions allowed → RAS millimetres (..., 3)."""
        return np.asarray(ijk, dtype=np.float64) @ self.affine[:3, :3].T + self.affine[:3, 3]

    def to_ijk(self, ras: ArrayLike) -> np.ndarray:
        """RAS millimetres (..., 3) → fractional voxel indices (..., 3)."""
        inverse = np.linalg.inv(self.affine[:3, :3])
        return (np.asarray(ras, dtype=np.float64) - self.affine[:3, 3]) @ inverse.T

    def is_same_grid(self, other: Geometry, tolerance_mm: float = 1e-3) -> bool:
        """Same shape, and every voxel centre within `tolerance_mm` of its counterpart."""
        if self.shape != other.shape:
            return False
        # The largest distance between two affine grids is at a corner.
        distance = np.linalg.norm(self.corners_ras - other.corners_ras, axis=1)
        return bool(distance.max() <= tolerance_mm)

    def in_axes(self, axes: Axes) -> Geometry:
        """The grid as seen in a frame of other axes: says which way its own axes run there, not where it lies.

        Args:
            axes: three perpendicular unit vectors in RAS, taken for Right, Anterior and Superior; a joint's `axes`.
        """
        if axes == BODY_AXES:
            return self
        affine = self.affine.copy()
        affine[:3] = (np.asarray(axes, dtype=float) + _NEARER_THE_BODY * np.eye(3)) @ affine[:3]
        return Geometry(self.shape, affine)

    def grows_along(self, codes: str, axes: Axes = BODY_AXES) -> bool:
        """Whether the array's axes grow along `codes` of a frame, see `in_axes`; or as nearly so as along others."""
        seen = self.in_axes(axes)
        wanted, nearest = (float((seen.directions * direction_vectors(one)).sum()) for one in (codes, seen.axis_codes))
        return wanted >= nearest - _AS_NEAR

    def reorientation_to(self, codes: str) -> tuple[tuple[int, int, int], tuple[bool, bool, bool]]:
        """How to permute and flip the array so that its axes grow along `codes`.

        Returns:
            (perm, flips): new axis n is old axis perm[n], reversed if flips[n].
        """
        own = self.axis_codes
        wanted = check_axis_codes(codes)
        flips = (wanted[0] not in own, wanted[1] not in own, wanted[2] not in own)
        stored = [OPPOSITE[letter] if flip else letter for letter, flip in zip(wanted, flips, strict=True)]
        return (own.index(stored[0]), own.index(stored[1]), own.index(stored[2])), flips

    def reoriented(self, codes: str, axes: Axes = BODY_AXES) -> Geometry:
        """The same voxels, indexed along `codes` of a frame (see `in_axes`); pairs with `Volume.reoriented`."""
        perm, flips = self.in_axes(axes).reorientation_to(codes)
        affine = self.affine.copy()
        affine[:3, :3] = self.affine[:3, list(perm)]
        shape = (self.shape[perm[0]], self.shape[perm[1]], self.shape[perm[2]])
        for axis, flip in enumerate(flips):
            if flip:
                affine[:3, 3] += affine[:3, axis] * (shape[axis] - 1)
                affine[:3, axis] *= -1.0
        return Geometry(shape, affine)

    def mirrored(self, x_ras: float = 0.0) -> Geometry:
        """Reflect the world at the sagittal plane x = `x_ras`; the array stays as it is.

        A left knee in such a geometry looks like a right one. Mirroring twice restores the grid.
        """
        reflection = np.diag((-1.0, 1.0, 1.0, 1.0))
        reflection[0, 3] = 2.0 * x_ras
        return Geometry(self.shape, reflection @ self.affine)

    def cropped(self, start: Sequence[int], stop: Sequence[int]) -> Geometry:
        """The grid of ``array[start[0]:stop[0], …]``; indices may lie outside, which pads."""
        affine = self.affine.copy()
        affine[:3, 3] = self.to_ras(start)
        i, j, k = (int(b - a) for a, b in zip(start, stop, strict=True))
        return Geometry((i, j, k), affine)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Geometry):
            return NotImplemented
        return self.shape == other.shape and bool(np.array_equal(self.affine, other.affine))

    def __hash__(self) -> int:
        return hash((self.shape, self.affine.tobytes()))

    def __repr__(self) -> str:
        spacing = " × ".join(f"{mm:.3g}" for mm in self.spacing_mm)
        origin = ", ".join(f"{mm:.1f}" for mm in self.origin_ras)
        return f"Geometry({self.shape}, {self.axis_codes}, {spacing} mm, origin ({origin}) RAS)"
