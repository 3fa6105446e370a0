"""Body: the bones of one person as surfaces that correspond point to point, so that attachments are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

# How far a bone carries along what lies beside it (assumed).
_REACH_MM = 11.0

THIN = 4
"""One in so many points of a bone moves what lies beside it."""


@dataclass(frozen=True, eq=False)
class Body:
    """The bones of one right joint.

    Attributes:
        bones: bone -> (N, 3) canonical RAS mm; the points of all people correspond.
        faces: bone -> (M, 3).
        mean: bone -> (N, 3) of the mean joint.
        size: of the person against the mean one.
        carriers: the bones that carry along what lies beside them, where nothing else is said.
    """

    bones: Mapping[str, np.ndarray]
    faces: Mapping[str, np.ndarray]
    mean: Mapping[str, np.ndarray]
    size: float
    carriers: tuple[str, ...]

    def at(self, bone: str, point) -> np.ndarray:
        """(3,) where this person's bone has what lies at a point of the mean joint's bone."""
        nearest = ((self.mean[bone] - np.asarray(point, dtype=float)) ** 2).sum(axis=1).argmin()
        return self.bones[bone][nearest]

    def place(self, points, bones: Sequence[str] = ()) -> np.ndarray:
        """(N, 3) where places beside the mean joint's bones lie in this person: they move along with the bones.

        Args:
            bones: that carry them; none for `carriers`.
        """
        points = np.atleast_2d(np.asarray(points, dtype=float))
        carriers = bones or self.carriers
        there = np.concatenate([self.mean[bone][::THIN] for bone in carriers])
        moved = np.concatenate([(self.bones[bone] - self.mean[bone])[::THIN] for bone in carriers])
        return points + carry_weights(points, there) @ moved


def carry_weights(points: np.ndarray, there: np.ndarray) -> np.ndarray:
    """(N, M) float32 how much of what moves at M places a point beside them takes part in."""
    points, there = points.astype(np.float32), there.astype(np.float32)
    away = (points**2).sum(axis=1)[:, None] + (there**2).sum(axis=1) - 2 * points @ there.T
    # Against the nearest, so that what lies far off still has a neighbour.
    away -= away.min(axis=1, keepdims=True)
    weight = np.exp(away * np.float32(-1 / (2 * _REACH_MM**2)))
    return weight / weight.sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class JointSpace:
    """The space between two bones that face each other.

    Attributes:
        upper, lower: the bones.
        wide_mm: how wide it has to be.
        moves: the bones that move down, or up, for it.
        facing_mm: points of the lower bone take part that lie nearer than this to the upper one in the mean joint.
    """

    upper: str
    lower: str
    wide_mm: float
    moves: tuple[str, ...]
    facing_mm: float


def seated(body: Body, spaces: Sequence[JointSpace]) -> Body:
    """The same bones with joint spaces as wide as the cartilage that fills them, one after the other."""
    bones = dict(body.bones)
    for space in spaces:
        shift = np.array([0.0, 0.0, _median_space(body, bones, space) - space.wide_mm])
        bones |= {bone: bones[bone] + shift for bone in space.moves}
    return replace(body, bones=bones)


def _median_space(body: Body, bones: Mapping[str, np.ndarray], space: JointSpace) -> float:
    """Median distance between two bones where they face each other in the mean joint, mm."""
    from scipy.spatial import cKDTree

    upper, lower = space.upper, space.lower
    near = cKDTree(body.mean[upper]).query(body.mean[lower])[0] < space.facing_mm
    return float(np.median(cKDTree(_denser(bones[upper], body.faces[upper])).query(bones[lower][near])[0]))


def _denser(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """A surface's points with the middles of its triangles."""
    return np.concatenate([vertices, vertices[faces].mean(axis=1)])
