"""Where the voxels of a tendon lie in it: along its fibres, across them, and from its joint side to its bursal side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.cords import Course
from OrthoDiffusionLib.lab.phantom.engine.shapes import Box, Canvas, noise
from OrthoDiffusionLib.lab.phantom.shoulder.cuff import CuffTendon

_STEP_MM = 1.5


@dataclass(frozen=True, eq=False)
class Sheet:
    """Some voxels of a canvas that belong to one tendon, N of them.

    Attributes:
        index: (N, 3) of the voxels.
        box: that holds them all.
        along_mm: (N,) from the footprint's lateral edge, or a cord's origin.
        across_mm: (N,) from the first strand on; 0 for a cord.
        depth: (N,) from -1 on the joint side to 1 on the bursal side, in half thicknesses; about that.
        length_mm, width_mm: of the tendon, at the footprint.
    """

    index: np.ndarray
    box: Box
    along_mm: np.ndarray
    across_mm: np.ndarray
    depth: np.ndarray
    length_mm: float
    width_mm: float

    def noise(self, rng: np.random.Generator, scale_mm: float) -> np.ndarray:
        """(N,) a smooth random field of standard deviation 1."""
        i, j, k = (self.index - np.array(self.box.first)).T
        return noise(self.box, rng, scale_mm)[i, j, k]

    def paint(self, canvas: Canvas, mask: np.ndarray, number: int) -> None:
        """Make some of the voxels, (N,) bool, another part."""
        i, j, k = self.index[mask].T
        canvas.parts[i, j, k] = number

    def centre_ras(self, canvas: Canvas, mask: np.ndarray) -> tuple[float, float, float]:
        """The middle of some of the voxels, canonical mm; of all of them where the mask holds none."""
        i, j, k = (self.index[mask] if mask.any() else self.index).mean(axis=0)
        x, y, z = canvas.frame.affine[:3, :3] @ (i, j, k) + canvas.frame.affine[:3, 3]
        return float(x), float(y), float(z)


def sheet_of(canvas: Canvas, tendon: CuffTendon, members: np.ndarray, middle: np.ndarray) -> Sheet:
    """The voxels of a tendon of the cuff.

    Args:
        members: look-up table (256,) of the parts that are its.
        middle: (3,) of the head that it winds round, canonical mm: the joint side faces it.
    """
    count = max(2, int(tendon.length_mm / _STEP_MM))
    foot = tendon.footprint
    width = float(np.linalg.norm(np.diff(foot, axis=0), axis=1).sum())
    rows = max(2, int(width / _STEP_MM))
    shares = np.stack(np.meshgrid(np.linspace(0, 1, count), np.linspace(0, 1, rows), indexing="ij"), -1).reshape(-1, 2)
    places = np.array([tendon.place(along, across) for along, across in shares])
    index, box = _voxels(canvas, tendon.box(canvas), members)
    nearest, points = _nearest(canvas, index, places)
    outward = places[nearest] - middle
    outward /= np.linalg.norm(outward, axis=1)[:, None]
    depth = ((points - places[nearest]) * outward).sum(axis=1) / (0.5 * tendon.thick_mm)
    along, across = shares[nearest].T * ((tendon.length_mm,), (width,))
    return Sheet(index, box, along, across, depth, tendon.length_mm, width)


def cord_of(canvas: Canvas, line: Course, box: Box, members: np.ndarray, towards: np.ndarray) -> Sheet:
    """The voxels of a round tendon.

    Args:
        towards: (3,) direction that counts as its outer side.
    """
    count = max(2, int(line.length_mm))
    places = np.array([line.at(share) for share in np.linspace(0, 1, count)])
    index, box = _voxels(canvas, box, members)
    nearest, points = _nearest(canvas, index, places)
    depth = (points - places[nearest]) @ towards / float(line.thick.max())
    along = np.linspace(0, line.length_mm, count)[nearest]
    return Sheet(index, box, along, np.zeros(len(along)), depth, line.length_mm, 2 * float(line.wide.max()))


def _voxels(canvas: Canvas, box: Box, members: np.ndarray) -> tuple[np.ndarray, Box]:
    return np.argwhere(members[canvas.view(box)]) + np.array(box.first), box


def _nearest(canvas: Canvas, index: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each voxel the number of the nearest place, and its own place, canonical mm."""
    from scipy.spatial import cKDTree

    affine = canvas.frame.affine
    points = index @ affine[:3, :3].T + affine[:3, 3]
    return cKDTree(places).query(points)[1], points
