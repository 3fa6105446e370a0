"""PatientPlace: from the world of a right joint, in which slices are planned, to that of the patient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.lab.phantom.engine.placing import Placing
from OrthoDiffusionLib.lab.phantom.engine.pose import rotation_matrix
from OrthoDiffusionLib.volumes.geometry import Geometry


@dataclass(frozen=True, eq=False)
class PatientPlace:
    """Where a joint lies in its patient: turned, mirrored if it is a left one, then moved.

    Attributes:
        side: of the joint.
        offset_ras: (3,) where it lies in the scanner, mm.
        turn: (3, 3) from the axes of a right joint to those of the body; None for a joint whose planes are the body's.
    """

    side: Side
    offset_ras: np.ndarray
    turn: np.ndarray | None = None

    def of(self, geometry: Geometry) -> Geometry:
        """A grid of the right joint's world in the patient."""
        if self.turn is not None:
            geometry = Geometry(geometry.shape, _turning(self.turn) @ geometry.affine)
        placed = geometry.mirrored() if self.side is Side.LEFT else geometry
        affine = placed.affine.copy()
        affine[:3, 3] += self.offset_ras
        return Geometry(placed.shape, affine)

    def back(self, geometry: Geometry) -> Geometry:
        """A grid of the patient in the right joint's world."""
        affine = geometry.affine.copy()
        affine[:3, 3] -= self.offset_ras
        moved = Geometry(geometry.shape, affine)
        right = moved.mirrored() if self.side is Side.LEFT else moved
        return right if self.turn is None else Geometry(right.shape, _turning(self.turn.T) @ right.affine)

    def point(self, point: np.ndarray) -> np.ndarray:
        """(3,) a place of the right joint's world in the patient."""
        turned = point if self.turn is None else self.turn @ point
        return turned * np.array([-1.0 if self.side is Side.LEFT else 1.0, 1.0, 1.0]) + self.offset_ras


def draw_place(rng: np.random.Generator, side: Side, placing: Placing) -> PatientPlace:
    """Where the joint lies in the scanner: beside the midline of a patient, or in the middle of the magnet; and how it
    is turned, where it is."""
    beside = rng.uniform(*placing.beside_mm) if rng.random() < 0.6 else rng.uniform(-15.0, 15.0)
    x = -beside if side is Side.LEFT else beside
    offset = np.array([x, *rng.uniform(-30.0, 30.0, 2)])
    if placing.turn_deg is None:
        return PatientPlace(side, offset)
    return PatientPlace(side, offset, rotation_matrix(np.array([angle.draw(rng) for angle in placing.turn_deg])))


def _turning(rotation: np.ndarray) -> np.ndarray:
    affine = np.eye(4)
    affine[:3, :3] = rotation
    return affine
