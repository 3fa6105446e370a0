"""Smooth shapes as signed distances in millimetres, painted into boxes of a voxel grid."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache, reduce

import numpy as np
import SimpleITK as sitk

from OrthoDiffusionLib.volumes.face_neighbours import with_face_neighbours

FLOAT = np.float32
_TILE = 96


@dataclass(frozen=True)
class Frame:
    """The box of space that a phantom fills, in RAS millimetres, with isotropic voxels.

    Attributes:
        lo_mm, hi_mm: opposite corners; voxel centres lie half a spacing inside.
        spacing_mm: edge of a voxel.
    """

    lo_mm: tuple[float, float, float]
    hi_mm: tuple[float, float, float]
    spacing_mm: float

    @property
    def shape(self) -> tuple[int, int, int]:
        i, j, k = (round((hi - lo) / self.spacing_mm) for lo, hi in zip(self.lo_mm, self.hi_mm, strict=True))
        return i, j, k

    @property
    def affine(self) -> np.ndarray:
        """(4, 4) from voxel index to RAS millimetres."""
        affine = np.diag([self.spacing_mm] * 3 + [1.0])
        affine[:3, 3] = np.array(self.lo_mm) + self.spacing_mm / 2
        return affine

    def axis(self, n: int) -> np.ndarray:
        """Voxel centres along axis `n`, millimetres, float32."""
        return (self.lo_mm[n] + self.spacing_mm * (np.arange(self.shape[n]) + 0.5)).astype(FLOAT)

    def index(self, n: int, position_mm: float) -> int:
        """The voxel along axis `n` that holds a position, clipped to the grid."""
        i = int(np.floor((position_mm - self.lo_mm[n]) / self.spacing_mm))
        return min(max(i, 0), self.shape[n] - 1)


@dataclass(frozen=True)
class Box:
    """Part of a canvas with the coordinates of its voxels, each broadcastable to the box's shape."""

    slices: tuple[slice, slice, slice]
    x: np.ndarray
    y: np.ndarray
    z: np.ndarray
    first: tuple[int, int, int]

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.x.shape[0], self.y.shape[1], self.z.shape[2]


@dataclass
class Canvas:
    """A volume of part numbers (I, J, K) uint8 on a frame, axes towards Right, Anterior, Superior."""

    frame: Frame
    parts: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.parts = np.zeros(self.frame.shape, dtype=np.uint8)
        self._axes = tuple(self.frame.axis(n) for n in range(3))

    def box(self, lo_mm, hi_mm) -> Box:
        """The voxels between two corners (RAS mm), clipped to the canvas, at least one voxel wide."""
        first = [self.frame.index(n, float(lo_mm[n])) for n in range(3)]
        last = [max(first[n], self.frame.index(n, float(hi_mm[n]))) for n in range(3)]
        i, j, k = (slice(first[n], last[n] + 1) for n in range(3))
        x, y, z = (axis[inside] for axis, inside in zip(self._axes, (i, j, k), strict=True))
        return Box((i, j, k), x[:, None, None], y[None, :, None], z[None, None, :], (i.start, j.start, k.start))

    def whole(self) -> Box:
        return self.box(self.frame.lo_mm, self.frame.hi_mm)

    def view(self, box: Box) -> np.ndarray:
        """The part numbers inside a box; writing to it writes to the canvas."""
        return self.parts[box.slices]

    def paint(self, box: Box, mask: np.ndarray, number: int, *, onto: np.ndarray | None = None) -> None:
        """Set voxels of a box to a part.

        Args:
            mask: bool, the box's shape.
            onto: look-up table (256,) bool of the parts that may be overwritten; None for all.
        """
        view = self.parts[box.slices]
        if onto is not None:
            mask = mask & onto[view]
        np.copyto(view, np.uint8(number), where=mask)


def smooth_min(a: np.ndarray, b: np.ndarray, radius_mm: float) -> np.ndarray:
    """Union of two shapes with a fillet (polynomial smooth minimum)."""
    h = np.maximum(FLOAT(radius_mm) - np.abs(a - b), 0)
    return np.minimum(a, b) - h * h * FLOAT(0.25 / radius_mm)


def smooth_max(a: np.ndarray, b: np.ndarray, radius_mm: float) -> np.ndarray:
    """Intersection of two shapes with a rounded edge."""
    return -smooth_min(-a, -b, radius_mm)


def ellipsoid(box: Box, centre, radii) -> np.ndarray:
    """Distance to an ellipsoid along the axes, exact to first order at its surface."""
    x = (box.x - FLOAT(centre[0])) / FLOAT(radii[0])
    y = (box.y - FLOAT(centre[1])) / FLOAT(radii[1])
    z = (box.z - FLOAT(centre[2])) / FLOAT(radii[2])
    k = np.sqrt(x * x + y * y + z * z)
    x, y, z = x / FLOAT(radii[0]), y / FLOAT(radii[1]), z / FLOAT(radii[2])
    gradient = np.sqrt(x * x + y * y + z * z) + FLOAT(1e-4)
    return k * (k - 1) / gradient


def barrel(box: Box, centre, half_width: float, radius_y: float, radius_z: float, *, square: float = 1.0) -> np.ndarray:
    """Distance to a barrel around the x axis: an ellipse in y-z with a bulging profile along x.

    Args:
        square: 1 for a superellipse of power four along x, 0 for an ellipsoid, between them a blend.
    """
    x = (box.x - FLOAT(centre[0])) / FLOAT(half_width)
    y = (box.y - FLOAT(centre[1])) / FLOAT(radius_y)
    z = (box.z - FLOAT(centre[2])) / FLOAT(radius_z)
    x2 = x * x
    y2, z2 = y * y, z * z
    r2 = y2 + z2
    k4 = x2 * x2 + r2 * r2
    k = np.sqrt(np.sqrt(k4))
    gradient2 = x2 * x2 * x2 / FLOAT(half_width**2) + r2 * r2 * (y2 / FLOAT(radius_y**2) + z2 / FLOAT(radius_z**2))
    distance = (k - 1) * k * k * k / (np.sqrt(gradient2) + FLOAT(1e-4))
    if square >= 1:
        return distance
    k = np.sqrt(x2 + r2)
    gradient = np.sqrt(x2 / FLOAT(half_width**2) + y2 / FLOAT(radius_y**2) + z2 / FLOAT(radius_z**2)) + FLOAT(1e-4)
    return FLOAT(square) * distance + FLOAT(1 - square) * k * (k - 1) / gradient


def capsule(box: Box, start, end, radius: float, end_radius: float | None = None) -> np.ndarray:
    """Distance to a straight round bar with round ends, its radius changing linearly."""
    start, end = np.asarray(start, FLOAT), np.asarray(end, FLOAT)
    d = end - start
    x, y, z = box.x - start[0], box.y - start[1], box.z - start[2]
    t = np.clip((x * d[0] + y * d[1] + z * d[2]) / FLOAT(max(float(d @ d), 1e-6)), 0, 1)
    change = 0.0 if end_radius is None else end_radius - radius
    x, y, z = x - t * d[0], y - t * d[1], z - t * d[2]
    return np.sqrt(x * x + y * y + z * z) - (FLOAT(radius) + FLOAT(change) * t)


def cord(box: Box, points, radii) -> np.ndarray:
    """Distance to a bent round bar through several points, with a radius at each."""
    pieces = (capsule(box, points[n], points[n + 1], radii[n], radii[n + 1]) for n in range(len(points) - 1))
    return reduce(np.minimum, pieces)


def band(box: Box, points, half_thickness: float, half_width: float, width_axis: int) -> np.ndarray:
    """Distance to a flat band along a polyline; its width lies along one of the axes."""
    scale = np.ones(3, FLOAT)
    scale[width_axis] = half_thickness / half_width
    squeezed = Box(box.slices, box.x * scale[0], box.y * scale[1], box.z * scale[2], box.first)
    points = [np.asarray(p, FLOAT) * scale for p in points]
    return cord(squeezed, points, [half_thickness] * len(points))


def ribbon(box: Box, points, half_thickness, half_width, across) -> np.ndarray:
    """Distance to a bent bar of elliptic cross-section, exact to first order at its surface.

    Args:
        points: (N, 3) its middle line.
        half_thickness, half_width: (N,) mm at each point.
        across: direction of the width, one (3,) or one a point (N, 3); only what is square to each piece counts.
    """
    points = np.asarray(points, dtype=float)
    sideways = np.broadcast_to(np.asarray(across, dtype=float), points.shape)

    def piece(n: int) -> np.ndarray:
        d = points[n + 1] - points[n]
        length = float(np.linalg.norm(d))
        along = d / length
        wide = sideways[n] - (sideways[n] @ along) * along
        wide /= np.linalg.norm(wide)
        thin = np.cross(along, wide)
        x, y, z = (FLOAT(1) * axis - FLOAT(c) for axis, c in zip((box.x, box.y, box.z), points[n], strict=True))

        def reach(v):
            return x * FLOAT(v[0]) + y * FLOAT(v[1]) + z * FLOAT(v[2])

        t = reach(along) / FLOAT(length)
        beyond = (t - np.clip(t, 0, 1)) * FLOAT(length)
        t = np.clip(t, 0, 1)
        a = FLOAT(half_width[n]) + FLOAT(half_width[n + 1] - half_width[n]) * t
        b = FLOAT(half_thickness[n]) + FLOAT(half_thickness[n + 1] - half_thickness[n]) * t
        q = np.sqrt((reach(wide) / a) ** 2 + (reach(thin) / b) ** 2 + (beyond / b) ** 2)
        return (q - 1) * b

    return reduce(np.minimum, map(piece, range(len(points) - 1)))


def tube(box: Box, stations) -> np.ndarray:
    """Distance to a tube along z given by elliptic cross-sections.

    Args:
        stations: rows (z, x, y, radius_u, radius_v, angle) in mm and radians; u is turned from x by the angle.
            Between rows everything is interpolated, outside them there is no tube.
    """
    rows = np.asarray(sorted(map(tuple, stations)), dtype=np.float64)
    z = box.z.ravel().astype(np.float64)
    x0, y0, a, b, angle = (np.interp(z, rows[:, 0], rows[:, n]).astype(FLOAT) for n in range(1, 6))
    c, s = np.cos(angle), np.sin(angle)
    dx, dy = box.x - x0, box.y - y0
    u, v = (dx * c + dy * s) / a, (dy * c - dx * s) / b
    distance = (np.sqrt(u * u + v * v) - 1) * np.minimum(a, b)
    outside = (z < rows[0, 0]) | (z > rows[-1, 0])
    return np.where(outside, FLOAT(1e3), distance)


def stations_box(canvas: Canvas, stations, margin_mm: float = 2.0) -> Box:
    """The smallest box that holds a tube of these stations."""
    rows = np.asarray(stations, dtype=float)
    reach = np.maximum(rows[:, 3], rows[:, 4]) + margin_mm
    lo = ((rows[:, 1] - reach).min(), (rows[:, 2] - reach).min(), rows[:, 0].min())
    hi = ((rows[:, 1] + reach).max(), (rows[:, 2] + reach).max(), rows[:, 0].max())
    return canvas.box(lo, hi)


def points_box(canvas: Canvas, points, margin_mm: float) -> Box:
    """The smallest box that holds some points (N, 3) with a margin."""
    points = np.asarray(points, dtype=float)
    return canvas.box(points.min(0) - margin_mm, points.max(0) + margin_mm)


# The finest changes from voxel to voxel: what is sprinkled with it looks half filled in slices of some millimetres.
_NOISE_SCALES_MM = (0.5, 1.6, 2.2, 3.0, 4.2, 6.0, 8.5, 12.0)


@lru_cache(maxsize=len(_NOISE_SCALES_MM))
def _noise_tile(scale_voxels: float) -> np.ndarray:
    """Periodic Gaussian noise (96, 96, 96) of mean 0 and standard deviation 1 with a correlation length."""
    white = np.random.default_rng(20260101).standard_normal((_TILE,) * 3, dtype=np.float32)
    f = np.fft.fftfreq(_TILE)
    half = np.fft.rfftfreq(_TILE)
    f2 = f[:, None, None] ** 2 + f[None, :, None] ** 2 + half[None, None, :] ** 2
    spectrum = np.fft.rfftn(white) * np.exp(-2 * (np.pi * scale_voxels) ** 2 * f2)
    smooth = np.fft.irfftn(spectrum, s=white.shape, axes=(0, 1, 2))
    smooth = (smooth / smooth.std()).astype(FLOAT)
    smooth.setflags(write=False)
    return smooth


def noise(
    box: Box, rng: np.random.Generator, scale_mm: float, *, above: float | None = None, sheets: float | None = None
) -> np.ndarray:
    """Smooth random field of standard deviation 1 over a box; its blobs are about twice `scale_mm` wide.

    The scale is taken to the nearest that is kept in memory (for voxels of 0.8 mm).

    Args:
        above: return instead where the field is above this, bool; fast for big boxes.
        sheets: return instead where the field is nearer to zero than this: thin wavy sheets, bool.
    """
    nearest = min(_NOISE_SCALES_MM, key=lambda scale: abs(scale - scale_mm))
    tile = _noise_tile(nearest / 0.8)
    if above is not None:
        tile = tile > above
    elif sheets is not None:
        tile = np.abs(tile) < sheets
    offsets = rng.integers(0, _TILE, 3)
    steps = rng.choice([-1, 1], 3)
    index = [(offsets[n] + steps[n] * np.arange(box.shape[n])) % _TILE for n in range(3)]
    # One axis after the other: all but the last axis are copied in runs, which is several times faster.
    axes = (2, 1, 0) if box.shape[0] * box.shape[1] > _TILE**2 else (0, 1, 2)
    for axis in axes:
        tile = tile.take(index[axis], axis=axis)
    return tile


def grow(mask: np.ndarray, steps: int = 1) -> np.ndarray:
    """Dilate a mask by whole voxels over its six neighbours."""
    for _ in range(steps):
        mask = with_face_neighbours(mask)
    return mask


def signed_distance(mask: np.ndarray, spacing_mm: float) -> np.ndarray:
    """Distance in mm to the surface of a mask of any shape, negative inside, float32."""
    if not mask.any():
        return np.full(mask.shape, 1e3, dtype=FLOAT)
    image = sitk.GetImageFromArray(mask.astype(np.uint8))
    image.SetSpacing([spacing_mm] * mask.ndim)
    return sitk.GetArrayFromImage(
        sitk.SignedMaurerDistanceMap(image, insideIsPositive=False, squaredDistance=False, useImageSpacing=True)
    )


class CoarseField:
    """A smooth field sampled at the centres of blocks of voxels, read back plane by plane.

    Args:
        samples: (I / factor, J / factor, K / factor) values.
        shape: (I, J, K) of the fine grid.
        factor: voxels along each edge of a block.
    """

    def __init__(self, samples: np.ndarray, shape: tuple[int, int, int], factor: int) -> None:
        self._low, self._part = zip(
            *(_between(n, m, factor) for n, m in zip(samples.shape, shape, strict=True)), strict=True
        )
        low, part = self._low[2], self._part[2]
        rows = samples[:, :, low] * (1 - part) + samples[:, :, low + 1] * part
        low, part = self._low[1], self._part[1][None, :, None]
        # In order of its axes, which indexing by arrays leaves aside: a plane is then one run of memory.
        self._planes = np.ascontiguousarray(rows[:, low] * (1 - part) + rows[:, low + 1] * part, dtype=FLOAT)

    def plane(self, i: int) -> np.ndarray:
        """The field on one plane of the fine grid across its first axis, (J, K) float32."""
        low, part = self._low[0][i], self._part[0][i]
        return self._planes[low] * (1 - part) + self._planes[low + 1] * part


def _between(n: int, m: int, factor: int) -> tuple[np.ndarray, np.ndarray]:
    """For each of `m` fine voxels the coarse sample below it and how far it is on to the next."""
    position = np.clip((np.arange(m) + 0.5) / factor - 0.5, 0, n - 1)
    low = np.minimum(position.astype(int), n - 2)
    return low, (position - low).astype(FLOAT)


def largest_component(mask: np.ndarray) -> np.ndarray:
    """The biggest connected piece of a mask, over faces."""
    from scipy.ndimage import label

    labels, _ = label(mask)
    counts = np.bincount(labels.ravel())
    if len(counts) < 3:
        return mask.copy()
    counts[0] = 0
    return labels == counts.argmax()
