"""Pose: how one person's joint lies in the scanner, as a smooth map from world to canonical millimetres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.placing import Hinge

# Box that carries the warp (ours: larger than any joint's canvas needs); points outside take the displacement of its
# border.
_WARP_LO_MM = np.array([-90.0, -100.0, -125.0])
_WARP_HI_MM = np.array([90.0, 100.0, 125.0])
_WARP_STEP_MM = 5.0


@dataclass(frozen=True, eq=False)
class Pose:
    """One rigid, bent and warped placement of a canonical joint.

    Attributes:
        rotation: (3, 3) rotation from canonical to world axes.
        shift_mm: (3,) world position of the canonical origin, RAS millimetres.
        scale: (3,) size of this person against the canonical joint, one factor an axis.
        flexion_deg: bend of what lies below the joint, positive to posterior.
        warp_mm: (3, I, J, K) float32 displacement in canonical millimetres on a 5 mm grid, or None.
        hinge: what it bends about; None for a joint that does not bend.
    """

    rotation: np.ndarray
    shift_mm: np.ndarray
    scale: np.ndarray
    flexion_deg: float
    warp_mm: np.ndarray | None = None
    hinge: Hinge | None = None

    def to_canonical(self, points_ras: np.ndarray) -> np.ndarray:
        """Map world points to the canonical frame of the parts.

        Args:
            points_ras: (..., 3) RAS millimetres in the right-knee world of the study.

        Returns:
            (..., 3) float32 RAS millimetres of the canonical joint.
        """
        points = np.asarray(points_ras, np.float32).reshape(-1, 3)
        q = (points - self.shift_mm.astype(np.float32)) @ (self.rotation / self.scale).astype(np.float32)
        if self.hinge is not None and self.flexion_deg:
            q = _unbend(q, np.float32(np.deg2rad(self.flexion_deg)), self.hinge)
        if self.warp_mm is not None:
            q += _sample_warp(self.warp_mm, q)
        return q.reshape(np.shape(points_ras))

    def to_world(self, canonical: np.ndarray) -> np.ndarray:
        """Where places of the canonical joint lie in the world: the inverse of `to_canonical`.

        Args:
            canonical: (N, 3) RAS millimetres.

        Returns:
            (N, 3) float64, right to a hundredth of a millimetre unless the warp folds there.
        """
        wanted = np.asarray(canonical, dtype=float)
        points = wanted * self.scale @ self.rotation.T + self.shift_mm
        for _ in range(60):
            off = wanted - self.to_canonical(points).astype(float)
            # A share of the step: a steep warp would make whole ones swing.
            points = points + 0.7 * (off * self.scale @ self.rotation.T)
            if np.abs(off).max() < 2e-3:
                break
        return points


def draw_pose(rng: np.random.Generator, hinge: Hinge | None, *, warp: float = 1.0) -> Pose:
    """Draw a pose as patients lie: a few degrees and millimetres off, and bent as far as the hinge lets them.

    Args:
        rng: the only source of chance.
        hinge: what the joint bends about; None for one that does not.
        warp: factor on the elastic part; at 1 it is up to 3 mm at 35 mm knots plus 1 mm at 14 mm knots (standard
            deviations), less in most people, as a strong warp also makes skin and shafts wavy.
    """
    rotation = rotation_matrix(rng.normal(0.0, [3.0, 3.0, 6.0]).clip(-15.0, 15.0))
    shift = rng.normal(0.0, [4.0, 5.0, 6.0])
    scale = np.clip(rng.normal(1.0, 0.035), 0.92, 1.08) * rng.normal(1.0, 0.015, 3)
    flexion = hinge.bend_deg.draw(rng) if hinge is not None else 0.0
    warp *= float(rng.uniform(0.35, 1.0))
    field = _spline_noise(rng, 35.0, 3.0 * warp) + _spline_noise(rng, 14.0, 1.0 * warp)
    return Pose(rotation, shift, scale, flexion, field, hinge)


def rotation_matrix(degrees_xyz: np.ndarray) -> np.ndarray:
    """(3, 3) rotation about x, then y, then z, angles in degrees."""
    (cx, cy, cz), (sx, sy, sz) = np.cos(np.deg2rad(degrees_xyz)), np.sin(np.deg2rad(degrees_xyz))
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return about_z @ about_y @ about_x


def _unbend(q: np.ndarray, flexion: np.float32, hinge: Hinge) -> np.ndarray:
    """Turn what lies below the joint line back about the hinge's axis.

    Turning about the centre of the rolling surface slides the lower bone along the cartilage, so joint spaces keep
    their width.
    """
    angle = flexion / (1.0 + np.exp(np.clip(q[:, 2] / np.float32(hinge.layer_mm), -30, 30)))
    y, z = q[:, 1] - np.float32(hinge.axis_y_mm), q[:, 2] - np.float32(hinge.axis_z_mm)
    cosine, sine = np.cos(angle), np.sin(angle)
    straight = q.copy()
    straight[:, 1] = y * cosine - z * sine + np.float32(hinge.axis_y_mm)
    straight[:, 2] = y * sine + z * cosine + np.float32(hinge.axis_z_mm)
    return straight


def _spline_noise(rng: np.random.Generator, knot_mm: float, sd_mm: float) -> np.ndarray:
    """(3, I, J, K) float32 displacement: cubic B-splines through random knots, of standard deviation `sd_mm`."""
    extent = _WARP_HI_MM - _WARP_LO_MM
    bases = [
        _cubic_basis(np.arange(int(length / _WARP_STEP_MM) + 1) * _WARP_STEP_MM / knot_mm, int(length / knot_mm) + 4)
        for length in extent
    ]
    knots = rng.standard_normal((3, *(basis.shape[1] for basis in bases)), dtype=np.float32)
    field = np.einsum("ia,cabd->cibd", bases[0], knots)
    field = np.einsum("jb,cibd->cijd", bases[1], field)
    field = field @ bases[2].T
    # A B-spline averages its knots; without this the field would be weaker than asked for.
    gain = np.prod([np.sqrt(np.mean(np.sum(basis**2, axis=1))) for basis in bases])
    return (field * np.float32(sd_mm / gain)).astype(np.float32)


def _cubic_basis(positions: np.ndarray, knots: int) -> np.ndarray:
    """(N, knots) weights of the uniform cubic B-spline at positions in knot units, knot 1 at position 0."""
    distance = np.abs(positions[:, None] + 1.0 - np.arange(knots)[None, :])
    near = 2.0 / 3.0 - distance**2 + distance**3 / 2.0
    far = np.clip(2.0 - distance, 0.0, None) ** 3 / 6.0
    return np.where(distance < 1.0, near, far).astype(np.float32)


def _sample_warp(warp_mm: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Displacement at canonical points (N, 3), trilinear."""
    shape = np.array(warp_mm.shape[1:])
    position = (q - _WARP_LO_MM.astype(np.float32)) / np.float32(_WARP_STEP_MM)
    np.clip(position, 0.0, (shape - 1.001).astype(np.float32), out=position)
    base = position.astype(np.int32)
    weight = position - base
    vectors = np.ascontiguousarray(np.moveaxis(warp_mm, 0, -1)).reshape(-1, 3)
    stride = np.array([shape[1] * shape[2], shape[2], 1], np.int32)
    first = base @ stride
    result = np.zeros_like(q)
    for corner in range(8):
        bits = np.array([corner >> 2 & 1, corner >> 1 & 1, corner & 1])
        share = np.prod(np.where(bits, weight, 1.0 - weight), axis=1, dtype=np.float32)
        result += share[:, None] * vectors[first + int(bits @ stride)]
    return result
